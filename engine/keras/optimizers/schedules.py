"""Learning rates that follow from the number of steps that were made."""

from __future__ import annotations

import math
from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.registry import Registry
from engine.keras.declared import Declared
from engine.keras.lookup import find, register
from engine.runtime.eager import convert_to_tensor


class LearningRateSchedule(Declared):
    """Base of the schedules: called with the number of steps that were made, it returns the learning rate."""

    def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name or type(self).__name__

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of a step, counted from 0."""
        raise TypeError(f"{type(self).__name__} does not say how the rate changes: define __call__(step).")


def _number(step: Any) -> Any:
    return OPS["cast"](convert_to_tensor(step), dtype="float32")


class ExponentialDecay(LearningRateSchedule):
    """Rate that shrinks by a factor every so many steps: η·rate^(step / decay_steps).

    Examples
    --------
    >>> round(float(ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)), 4)
    0.025
    """

    initial_learning_rate: float = param(help="Rate at the beginning.", min=0, below=math.inf)
    decay_steps: int = param(help="Number of steps in which it shrinks by the factor.", min=1)
    decay_rate: float = param(help="The factor.", min=0, below=math.inf)
    staircase: bool = param(False, "Shrink in stairs, at every multiple of the number of steps.")

    def __call__(self, step: Any) -> Any:
        return self.initial_learning_rate * OPS["pow"](self.decay_rate, _progress(self, step))


class InverseTimeDecay(LearningRateSchedule):
    """Rate that shrinks like one over the time: η / (1 + rate·step / decay_steps).

    Examples
    --------
    >>> round(float(InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)(10)), 4)
    0.05
    """

    initial_learning_rate: float = param(help="Rate at the beginning.", min=0, below=math.inf)
    decay_steps: int = param(help="Number of steps that count as one unit of time.", min=1)
    decay_rate: float = param(help="How quickly it shrinks.", min=0, below=math.inf)
    staircase: bool = param(False, "Shrink in stairs, at every multiple of the number of steps.")

    def __call__(self, step: Any) -> Any:
        return self.initial_learning_rate / (1.0 + self.decay_rate * _progress(self, step))


def _progress(schedule: Any, step: Any) -> Any:
    progress = _number(step) / float(schedule.decay_steps)
    return OPS["floor"](progress) if schedule.staircase else progress


class PiecewiseConstantDecay(LearningRateSchedule):
    """Rates by steps: the first up to and with the first boundary, the second to the next, and so on.

    Examples
    --------
    >>> schedule = PiecewiseConstantDecay([2, 4], [0.1, 0.05, 0.01])
    >>> [round(float(schedule(step)), 2) for step in (2, 3, 5)]
    [0.1, 0.05, 0.01]
    """

    boundaries: Any = param(help="Last steps of all rates but the last one, ascending.")
    values: Any = param(help="The rates, one more than boundaries.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.values) != len(self.boundaries) + 1 or list(self.boundaries) != sorted(self.boundaries):
            raise InvalidArgumentError(
                "PiecewiseConstantDecay has boundaries {boundaries} and {count} values.",
                hint="Give ascending boundaries, and one value more than these.",
                boundaries=str(list(self.boundaries)),
                count=len(self.values),
            )

    def __call__(self, step: Any) -> Any:
        number, rate = _number(step), convert_to_tensor(float(self.values[-1]))
        for boundary, value in reversed(list(zip(self.boundaries, self.values, strict=False))):
            rate = OPS["where"](OPS["less_equal"](number, float(boundary)), float(value), rate)
        return rate


class PolynomialDecay(LearningRateSchedule):
    """Rate that falls to an end along a power: (η - end)·(1 - step / decay_steps)^power + end.

    Examples
    --------
    >>> round(float(PolynomialDecay(0.1, decay_steps=10, end_learning_rate=0.0)(5)), 4)
    0.05
    """

    initial_learning_rate: float = param(help="Rate at the beginning.", min=0, below=math.inf)
    decay_steps: int = param(help="Number of steps after which the end is reached.", min=1)
    end_learning_rate: float = param(0.0001, "Rate at the end.", min=0, below=math.inf)
    power: float = param(1.0, "Power along which it falls: 1 is a straight line.", min=0, below=math.inf)
    cycle: bool = param(False, "Begin to fall anew, more slowly, each time the end is reached.")

    def __call__(self, step: Any) -> Any:
        number, steps = _number(step), float(self.decay_steps)
        if self.cycle:
            rounds = OPS["ceil"](number / steps)
            steps = steps * OPS["maximum"](rounds, 1.0)
        else:
            number = OPS["minimum"](number, steps)
        rest = OPS["pow"](1.0 - number / steps, self.power)
        return (self.initial_learning_rate - self.end_learning_rate) * rest + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Rate that falls along half a wave, after a straight way up if wanted.

    η·((1 - α)·(1 + cos(π·step / decay_steps)) / 2 + α). Source: Loshchilov and Hutter, arXiv:1608.03983.

    Examples
    --------
    >>> round(float(CosineDecay(0.1, decay_steps=10)(5)), 4)
    0.05
    """

    initial_learning_rate: float = param(help="Rate at the beginning.", min=0, below=math.inf)
    decay_steps: int = param(help="Number of steps after which the end is reached.", min=1)
    alpha: float = param(0.0, "Rate at the end, as a share of that at the beginning.", min=0, below=math.inf)
    warmup_target: float | None = param(None, "Rate to rise to before it falls.", min=0, below=math.inf)
    warmup_steps: int = param(0, "Number of steps in which it rises.", min=0)

    def __call__(self, step: Any) -> Any:
        number = _number(step)
        if self.warmup_target is None:
            return self._fall(number, self.initial_learning_rate)
        fallen = self._fall(number - float(self.warmup_steps), self.warmup_target)
        if not self.warmup_steps:
            return fallen
        rise = (self.warmup_target - self.initial_learning_rate) / self.warmup_steps
        return OPS["where"](
            OPS["less"](number, float(self.warmup_steps)), rise * number + self.initial_learning_rate, fallen
        )

    def _fall(self, number: Any, top: float) -> Any:
        share = OPS["minimum"](number, float(self.decay_steps)) / float(self.decay_steps)
        wave = 0.5 * (1.0 + OPS["cos"](math.pi * share))
        return top * ((1.0 - self.alpha) * wave + self.alpha)


SCHEDULES: Registry[type[LearningRateSchedule]] = Registry("schedule")
for _class in (ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay, CosineDecay):
    register(SCHEDULES, _class)


def get(identifier: Any) -> Any:
    """Return the schedule that a configuration or an object stands for; any function serves as one.

    Examples
    --------
    >>> get({"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 9}}).decay_steps
    9
    """
    if callable(identifier) and not isinstance(identifier, type):
        return identifier
    return find(SCHEDULES, identifier, LearningRateSchedule)
