"""Tells what is seen of the layers of a training: the window, while it shows them, and the run's folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from engine.core.errors import EngineError
from engine.keras.callbacks import Callback
from studio.document.lower import Program, Training
from studio.run.health.layers import LayerHistory
from studio.run.health.layout import ActivationPlace, LayerPlace, Layout, Sampling, State, WeightPlace
from studio.run.health.messages import HealthWarned, LayersSeen
from studio.run.health.records import HealthWarning, Sample
from studio.run.lookup import weights_of
from studio.run.training.keeping import Keeping

if TYPE_CHECKING:
    from studio.run.training.listener import Host
    from studio.run.worker import Study

#: What the window observes while it shows layers.
LAYERS: Final = "layers"


class LayerTeller(Callback):
    """Takes what the health monitor finds, and passes it on as soon as the window knows that a training has begun.

    It is to be called behind the `Listener`, which says that.

    Parameters
    ----------
    host, study
        Where the training runs, and what of.
    run
        Its number.
    training
        Its model.
    keeping
        Writes it down.
    sampling
        How the monitor takes its looks.
    """

    def __init__(
        self,
        host: Host,
        study: Study,
        run: int,
        training: Training,
        keeping: Keeping | None,
        sampling: Sampling,
    ) -> None:
        self._host, self._study, self._training, self._keeping = host, study, training, keeping
        self._name = study.document, run
        self._sampling = sampling
        self._history: LayerHistory | None = None
        self._has_begun = False
        self._waiting: list[HealthWarned | tuple[Sample, int]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """The window knows of the training: it hears now what was found before."""
        self._has_begun = True
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._tell(each)

    def warn(self, warning: HealthWarning) -> None:
        """Tell of a warning."""
        self._tell(HealthWarned(*self._name, warning.id, warning.error, self._step))

    def take(self, sample: Sample) -> None:
        """Remember a look, and tell of it."""
        self._tell((sample, self._step))

    @property
    def _step(self) -> int:
        """How many steps were made, over all epochs, also before it was begun again."""
        position = self._training.model.position
        return int(position.epoch * self._steps + position.done)

    @property
    def _steps(self) -> int:
        return int(self.params["steps"])

    def _tell(self, found: HealthWarned | tuple[Sample, int]) -> None:
        if not self._has_begun:
            self._waiting.append(found)
        elif isinstance(found, HealthWarned):
            if self._keeping is not None:
                self._keeping.warned(found.rule, found.error, found.step)
            self._host.send(found)
        else:
            self._remember(*found)

    def _remember(self, sample: Sample, step: int) -> None:
        is_new = self._history is None
        history = self._history = self._history or self._begin(sample)
        row = history.row_of(sample, step)
        is_other = history.extend(row)
        if self._keeping is not None:
            whole = is_new or is_other
            self._keeping.layers(history.head() + history.rows.tobytes() if whole else row.tobytes(), whole)
        if self._host.observes(self._study.document, LAYERS):
            if is_new:
                self._host.send(LayersSeen(*self._name, history.raw.copy(), history.layout))
            else:
                self._host.send(LayersSeen(*self._name, history.rows_of(row).view("u1").reshape(1, -1)))

    def _begin(self, sample: Sample) -> LayerHistory:
        """Return a history with what was kept of an earlier part of the training, if there is something."""
        layout = layout_of(
            self._study.program, self._training, sample, self.params["epochs"], self._steps, self._sampling
        )
        history = self._study.layers = LayerHistory(layout)
        before = self._keeping.history() if self._keeping is not None else None
        if before is not None:
            try:
                earlier = before.layers()
            except EngineError:  # none, or damaged: what comes is kept all the same
                return history
            if earlier.layout.row == layout.row:
                history.extend(earlier.rows)
        return history


def tell_layers(study: Study, send: Callable[[Any], None]) -> None:
    """Say all that is remembered of the last training of a document, if there was one."""
    if (history := study.layers) is not None:
        send(LayersSeen(study.document, 0, history.raw.copy(), history.layout))


def layout_of(
    program: Program,
    training: Training,
    sample: Sample,
    epochs: int,
    steps: int,
    sampling: Sampling,
) -> Layout:
    """Return which layers a training has, with what a look has found in them."""
    learns = {(weight.node, weight.name) for weight in sample.weights}
    activations: dict[str, list[ActivationPlace]] = {}
    for each in sample.activations:
        activations.setdefault(each.node, []).append(ActivationPlace(each.op, each.units, each.is_output))
    members = {id(weight) for weight in training.model.weights}
    told: set[int] = set()
    layers = []
    for step in program.steps:
        weights = []
        for name, weight in weights_of(step).items():
            if id(weight) in members and id(weight) not in told:  # a shared one is told of where it comes first
                told.add(id(weight))
                state: State = "learns" if (step.id, name) in learns else "frozen" if weight.trainable else "kept"
                weights.append(WeightPlace(name, tuple(weight.array.shape), state))
        found: Sequence[ActivationPlace] = activations.get(step.id, ())
        if weights or found or step.node_type.id.startswith("layer."):
            layers.append(LayerPlace(step.id, step.node_type.title, tuple(weights), tuple(found)))
    return Layout(tuple(layers), max(1, epochs), max(1, steps), sampling)
