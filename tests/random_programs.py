"""Random programs for tests that hold ways of running against each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from random_steps import LARGEST, MOST_ELEMENTS, STEPS, Choice, LeaveOutError

import engine as tf
from engine.core.dtype import Array

#: The most steps of a program; each is an op, or a few.
MOST_STEPS = 40


@dataclass(frozen=True)
class Step:
    """A step of `STEPS`, the numbers of the values that it takes, and its attributes."""

    name: str
    taken: tuple[int, ...]
    given: tuple[Any, ...] = ()

    def run(self, values: list[Any]) -> list[Any]:
        """Return what the step makes of the values so far."""
        result = STEPS[self.name][1](*(values[i] for i in self.taken), *self.given)
        return list(result) if isinstance(result, list | tuple) else [result]


@dataclass(frozen=True)
class RandomProgram:
    """A program of up to `MOST_STEPS` steps, with several results, shared parts, and parts that lead nowhere.

    Parameters
    ----------
    inputs
        Shape and dtype of each; the numbers follow from `seed`.
    results
        The numbers of the values that it returns.
    """

    inputs: tuple[tuple[tuple[int, ...], str], ...]
    seed: int
    steps: tuple[Step, ...]
    results: tuple[int, ...]

    def arrays(self) -> list[Array]:
        """Return its arguments."""
        rng = np.random.default_rng(self.seed)
        return [
            (rng.uniform(-1.5, 1.5, shape) if dtype.startswith("float") else rng.integers(0, 5, shape)).astype(dtype)
            for shape, dtype in self.inputs
        ]

    def __call__(self, *inputs: Any) -> list[Any]:
        """Return the results, a number made of all that are floats, and its gradients for all inputs that are."""
        sources = [x for x in inputs if x.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            values = list(inputs)
            for step in self.steps:
                values += step.run(values)
            results = [values[i] for i in self.results]
            total = tf.constant(0.0, "float64")
            for y in results:
                if y.dtype.is_floating:
                    y = tf.cast(y, "float64")
                    total = total + tf.reduce_mean(y) + tf.reduce_mean(tf.square(y))
        return [*results, total, *tape.gradient(total, sources, unconnected_gradients="zero")]

    def is_single(self) -> bool:
        """Whether some of its floats have 32 bits."""
        return any(dtype == "float32" for _, dtype in self.inputs) or any("float32" in s.given for s in self.steps)


def _fits(results: list[Any]) -> bool:
    """Whether what a step gives is small, and finite."""
    for y in results:
        size = math.prod(y.shape)
        if not 0 < size <= MOST_ELEMENTS or len(y.shape) > 4:
            return False
        if not (np.abs(np.asarray(y, np.float64)) <= LARGEST).all():
            return False
    return True


@st.composite
def random_programs(draw: st.DrawFn) -> RandomProgram:
    """Draw a program. It runs as it is drawn: a step that would lead where numbers are uncertain is left out."""
    floats = draw(st.sampled_from(["float64", "float32"]))
    shapes = st.sampled_from([(4, 3), (3,), (2, 3, 2), (3, 3), (1, 4), (), (5,), (2, 1, 3)])
    inputs = [((4, 3), floats), *((draw(shapes), floats) for _ in range(draw(st.integers(0, 2))))]
    inputs += [(draw(shapes), "int32") for _ in range(draw(st.integers(0, 1)))]
    empty = RandomProgram(tuple(inputs), draw(st.integers(0, 2**16)), (), ())
    values: list[Any] = [tf.constant(a) for a in empty.arrays()]
    steps: list[Step] = []
    names = sorted(STEPS)
    count = draw(st.integers(1, MOST_STEPS))
    for _ in range(2 * count):  # many are left out
        if len(steps) == count:
            break
        name = draw(st.sampled_from(names))
        try:
            step = Step(name, *STEPS[name][0](Choice(draw, values)))
            made = step.run(values)
        except LeaveOutError:
            continue
        if _fits(made):
            steps.append(step)
            values += made
    later = st.integers(len(inputs) - 1, len(values) - 1)
    results = draw(st.lists(later, min_size=1, max_size=4, unique=True))
    return RandomProgram(tuple(inputs), empty.seed, tuple(steps), tuple({*results, len(values) - 1}))
