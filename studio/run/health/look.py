"""A look: one batch run forward and back, op by op, while a training stands between two steps; it leaves no trace."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from engine.core.dispatch import at, during
from engine.core.dtype import Array
from engine.core.witness import witnessed
from engine.runtime import rng
from engine.runtime.eager import constant
from engine.runtime.tape import GradientTape
from studio.document.lower import Program, Step, Training
from studio.run.health.flow import RECTIFIERS, SATURATED, Bent, Flow
from studio.run.health.records import (
    ActivationHealth,
    Histogram,
    InputHealth,
    OutputHealth,
    Sample,
    WeightHealth,
    Wiring,
)
from studio.run.lookup import weights_of

#: Looks that must agree that a unit is dead: each is at other examples.
DEAD_LOOKS: Final = 3
#: How much a prediction must change with another example of its batch, by its own size, to depend on it. Sums that
#: are rounded in another order differ by 1e-6.
_MIXED: Final = 1e-3


class Looker:
    """Looks at the training of a document.

    Parameters
    ----------
    program, training
        The document, and its model with its data.
    examples
        The examples that are looked at: positions in the data, a batch for each look, in turn.
    """

    def __init__(self, program: Program, training: Training, examples: Sequence[Array]) -> None:
        self._program, self._training, self._examples = program, training, examples
        self._losses: list[tuple[Step, str]] = [
            (step, step.sources[1].node) for ref in program.losses if (step := program.step(ref.node)) is not None
        ]
        self._weights = list(_named(program, training.model.trainable_variables))
        self._awake: dict[tuple[str, int], list[Array]] = {}
        """For each rectifier the units that were awake at the last looks."""
        self._looks = 0
        self._normalised = self._nodes_of("layer.BatchNormalization")
        self.wiring = Wiring()

    @property
    def losses(self) -> list[Step]:
        """The losses' nodes, in the order of the truths."""
        return [step for step, _source in self._losses]

    def arrays(self) -> list[Array]:
        """Return copies of the weights that are trained: as they are in front of a step."""
        return [weight.array.copy() for _node, _name, weight in self._weights]

    @np.errstate(all="ignore")
    def look(self, step: int, epoch: int, before: Sequence[Array] | None = None) -> Sample:
        """Return what there is to see.

        Parameters
        ----------
        step, epoch
            How many steps were made, and in which epoch.
        before
            What `arrays` gave in front of the step that was just made, if it is watched.
        """
        begin = time.perf_counter()
        index = self._examples[self._looks % len(self._examples)]
        flow, model = Flow(), self._training.model
        x = [constant(part[index]) for part in self._training.x]
        truths = [constant(part[index]) for part in self._training.y]
        with _untouched(model), GradientTape() as tape:
            with witnessed(flow):
                with during("forward"):
                    found = model(x if len(x) > 1 else x[0], training=True)
                predictions = list(found) if isinstance(found, list | tuple) else [found]
                with during("loss"):
                    losses = [self._loss(*each) for each in zip(self.losses, truths, predictions, strict=True)]
                    penalties = model.losses
            total = sum((*losses[1:], *penalties), start=losses[0])
            gradients = tape.gradient(total, [weight for _node, _name, weight in self._weights])
        self._look_at_wiring(flow, x, truths)
        at_work = {id(weight) for weight in model.trainable_variables}  # a layer may have been frozen meanwhile
        weights = tuple(
            self._weight(i, gradient, before[i] if before and id(self._weights[i][2]) in at_work else None)
            for i, gradient in enumerate(gradients)
        )
        self._looks += 1
        predicting = self._predicting(x, truths)
        return Sample(
            step,
            epoch,
            float(total),
            float(sum(map(float, penalties))),
            float(np.sqrt(sum(w.gradient_norm**2 for w in weights if w.gradient_norm is not None))),
            weights,
            tuple(self._activation(i, bent, flow, predictions) for i, bent in enumerate(flow.bent)),
            tuple(_input(node, array) for node, array in flow.first.items()),
            tuple(
                self._output(place, flow, prediction, float(loss))
                for place, prediction, loss in zip(self._losses, predictions, losses, strict=True)
            ),
            time.perf_counter() - begin,
            predicting,
        )

    def _predicting(self, x: Sequence[Any], truths: Sequence[Any]) -> float | None:
        """Return the loss with the layers as they predict, if that makes a difference which should be none."""
        if not self._normalised:
            return None
        found = map(constant, self.predictions([part.numpy() for part in x]))
        return sum(float(self._loss(*each)) for each in zip(self.losses, truths, found, strict=True))

    def predictions(self, x: Sequence[Array]) -> list[Array]:
        """Return what the model predicts for inputs."""
        inputs = [constant(part) for part in x]
        with _untouched(self._training.model):
            found = self._training.model(inputs if len(inputs) > 1 else inputs[0], training=False)
        return [p.numpy() for p in (found if isinstance(found, list | tuple) else [found])]

    @staticmethod
    def _loss(step: Step, truth: Any, prediction: Any) -> Any:
        with at(step.id):
            return step.made(truth, prediction)

    # --------------------------------------------------------------------------------------------------------- wiring

    def _look_at_wiring(self, flow: Flow, x: Sequence[Any], truths: Sequence[Any]) -> None:
        """At the first look, see what the graph itself is like."""
        if self._looks:
            return
        self.wiring = Wiring(
            tuple(flow.linear.values()),
            tuple(flow.doubled),
            tuple(self._mixed([part.numpy() for part in x])),
            tuple(step.id for step in self._normalised),
            {step.id: float(step.params["rate"]) for step in self._nodes_of("layer.Dropout")},
        )

    def _nodes_of(self, type_id: str) -> list[Step]:
        return [step for step in self._program.steps if step.node_type.id == type_id]

    def _mixed(self, x: Sequence[Array]) -> Iterator[str]:
        """Yield the losses of which the predictions change with another example of the batch."""
        if len(x[0]) < 2:
            return
        others = [np.concatenate([part[1:2], part[1:]]) for part in x]  # the first example becomes the second one
        pairs = zip(self.losses, self.predictions(x), self.predictions(others), strict=True)
        for step, one, other in pairs:
            is_batched = one.ndim and len(one) == len(x[0]) and one.size
            if is_batched and np.isfinite(one).all() and np.abs(one[1:] - other[1:]).max() > _MIXED * np.abs(one).max():
                yield step.id

    # ---------------------------------------------------------------------------------------------------- what is seen

    def _weight(self, number: int, gradient: Any, before: Array | None) -> WeightHealth:
        node, name, weight = self._weights[number]
        array = weight.array
        slope = None if gradient is None else np.asarray(gradient.numpy())
        norm, ratio = _length(array), None
        if before is not None:
            change = _length(array - before)
            ratio = change / norm if norm else float(change > 0)
        return WeightHealth(
            node,
            name,
            array.shape,
            array.size,
            norm,
            None if slope is None else _length(slope),
            ratio,
            Histogram.of(array),
            None if slope is None else Histogram.of(slope),
            array.ndim > 1 and array.shape[-1] > 1 and bool((array == array[..., :1]).all()),
        )

    def _activation(self, number: int, bent: Bent, flow: Flow, predictions: Sequence[Any]) -> ActivationHealth:
        array = bent.output.numpy()
        dead = saturated = None
        if bent.op in RECTIFIERS and array.ndim > 1 and np.isfinite(array).all():  # NaN is neither dead nor awake
            seen = self._awake.setdefault((bent.node, number), [])
            seen.append((array > 0).any(axis=tuple(range(array.ndim - 1))))
            del seen[:-DEAD_LOOKS]
            dead = float(1 - np.any(seen, axis=0).mean())
        elif bent.op in SATURATED and array.ndim:
            saturated = float(np.mean(SATURATED[bent.op](array)))
        return ActivationHealth(
            bent.node,
            bent.op,
            float(array.mean()),
            float(array.std()),
            saturated,
            dead,
            array.shape[-1] if array.ndim else 1,
            flow.is_result(bent, predictions),
            Histogram.of(array),
        )

    def _output(self, place: tuple[Step, str], flow: Flow, prediction: Any, loss: float) -> OutputHealth:
        step, source = place
        array = prediction.numpy().astype(np.float64)
        scores = array.shape[-1] if array.ndim else 1
        return OutputHealth(
            step.id,
            type(step.made).__name__,
            source,
            flow.made_by(prediction)[1],
            getattr(step.made, "from_logits", None),
            loss,
            float(array.min()),
            float(array.max()),
            bool(np.allclose(array.sum(axis=-1), 1.0, atol=1e-3)) if array.ndim else False,
            scores,
            float(array.std(axis=0).max()) if array.ndim else 0.0,
        )


def _named(program: Program, variables: Sequence[Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield the variables that are trained with their node and name, from the data on, each once."""
    left = {id(variable) for variable in variables}
    for step in program.steps:
        for name, weight in weights_of(step).items():
            if id(weight) in left:
                left.discard(id(weight))
                yield step.id, name, weight


def _input(node: str, array: Array) -> InputHealth:
    values = array.astype(np.float64)
    return InputHealth(
        node, float(np.abs(values).max()), float(np.sqrt(np.mean(values**2))), float(values.std(axis=0).max())
    )


def _length(array: Array) -> float:
    flat = array.ravel()
    if flat.dtype != np.float32:
        flat = flat.astype(np.float64)
    return float(np.sqrt(np.dot(flat, flat)))


@contextmanager
def _untouched(model: Any) -> Iterator[None]:
    """Leave what a pass in training changes beside the weights as it was: running means, and where random draws are."""
    changed = [*model.non_trainable_weights, *(generator.state for generator in model.generators)]
    kept: Mapping[int, Array] = {i: variable.array.copy() for i, variable in enumerate(changed)}
    draws = rng.states()
    try:
        yield
    finally:
        for i, variable in enumerate(changed):
            variable.assign(kept[i])
        if rng.states() != draws:  # only then, since a compiled step holds on to the generators that there are
            rng.restore_states(draws)
