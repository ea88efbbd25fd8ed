"""What of a training is written into its folder, and when."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.io.checkpoint_file import Checkpoint
from engine.io.png import levels
from studio.document.lower import Program, Training
from studio.run.messages import CheckpointSaved, Train
from studio.run.runs import folder
from studio.run.runs.keeper import Drawn, Keeper
from studio.run.runs.record import Record, RunStatus

if TYPE_CHECKING:
    from studio.run.training.listener import Listener

#: Seconds between two checkpoints, and between two looks at how the weights are spread.
CHECKPOINT_INTERVAL: Final = 5.0
HISTOGRAM_INTERVAL: Final = 5.0
#: Checkpoints may take this share of the time at most.
CHECKPOINT_SHARE: Final = 0.01
#: Images of the first batch that are kept.
IMAGES: Final = 4
#: Most settings of a document that are written down.
SETTINGS: Final = 200


class Keeping:
    """Writes a training into its folder.

    Parameters
    ----------
    command
        What was asked for.
    versions
        Of the program and what it computes with.
    start
        The checkpoint that it goes on from, None if it begins.
    say
        Tells the window of checkpoints.
    trouble
        Called with what keeps it from being kept.
    """

    def __init__(
        self,
        command: Train,
        program: Program,
        training: Training,
        versions: Mapping[str, str],
        start: Checkpoint | None,
        say: Callable[[CheckpointSaved], None],
        trouble: Callable[[EngineError], None],
    ) -> None:
        assert command.keep is not None
        self._command, self._program, self._training = command, program, training
        self._versions, self._start, self._say, self._trouble = versions, start, say, trouble
        self._path = Path(command.keep.folder)
        self._keeper: Keeper | None = None
        self._saved = self._looked = 0.0
        self._was_idle = False
        """Whether all was written when the last steps came: as long as that takes, nothing large is added."""
        self._before = 0.0
        self._began = time.perf_counter()
        self._losses: dict[int, float] = {}
        """Losses of the validation, by epoch: of those that came before a checkpoint that it went on from, too."""
        self._best: tuple[int, Checkpoint] | None = None
        """Steps and state of the best epoch, while that is not written yet."""

    def _record(self, epochs: int, steps: int, parameters: int) -> Record:
        keep = self._command.keep
        assert keep is not None
        return Record(
            name=keep.name,
            created=time.time(),
            seed=self._program.seed,
            mode=self._command.mode,
            epochs=epochs,
            steps_per_epoch=steps,
            parameters=parameters,
            series=tuple(dict.fromkeys(("loss", *self._training.metrics))),
            settings=settings_of(self._program),
            sweep=keep.sweep,
            versions=self._versions,
        )

    def history(self) -> folder.RunFolder | None:
        """Return what was written before, if the training goes on from a checkpoint."""
        return folder.RunFolder(self._path) if self._start is not None else None

    def begin(self, listener: Listener, epochs: int, steps: int, parameters: int) -> None:
        """The training begins, or goes on."""
        record = self._record(epochs, steps, parameters)
        if self._start is not None:
            old = folder.RunFolder(self._path).record
            record = record.but(created=old.created, name=old.name, sweep=old.sweep)
            self._before = old.seconds
            rows = folder.RunFolder(self._path).epochs()
            self._losses = {row["epoch"]: row["logs"].get("val_loss", math.nan) for row in rows}
            self._forget(self._start)
        self._keeper = keeper = Keeper(self._path, record, self._trouble, self._start)
        keeper.begin(self._command.text)
        if self._start is None:
            keeper.graph(graph_of(self._program))
            for i, image in enumerate(_images(self._training)):
                keeper.image(0, f"inputs/{i}", image)
            self.checkpoint(0, listener.capture())
            self._spread(listener)
        self._saved = self._looked = time.perf_counter()

    def steps(self, listener: Listener, first: int, series: Mapping[str, Array], seconds: float) -> None:
        """Some steps were made."""
        if (keeper := self._keeper) is not None:
            rate = float(listener.model.optimizer.learning_rate)
            self._was_idle = keeper.is_idle
            keeper.steps(first, series, {"step/learning_rate": rate, "step/seconds": seconds})

    def tend(self, listener: Listener) -> None:
        """Write what is written now and then, if it is time for that: a checkpoint, and how the weights are spread.

        This comes behind all that is written of the steps before: from a checkpoint on, nothing of it is made again.
        """
        was_idle, self._was_idle = self._was_idle, False
        if (keeper := self._keeper) is None or not was_idle:
            return
        now = time.perf_counter()
        if now - self._saved > max(CHECKPOINT_INTERVAL, keeper.write_seconds / CHECKPOINT_SHARE):
            self.checkpoint(listener.step, listener.capture())
        if now - self._looked > HISTOGRAM_INTERVAL:
            self._spread(listener)

    def _spread(self, listener: Listener) -> None:
        """Write how the weights are spread."""
        self._looked = time.perf_counter()
        if self._keeper is not None:
            self._keeper.tensors(listener.step, {w.name: np.array(w.array) for w in listener.model.weights})

    def epoch(self, listener: Listener, epoch: int, logs: Mapping[str, float], seconds: float) -> None:
        """An epoch is over."""
        if (keeper := self._keeper) is None:
            return
        keeper.epoch(epoch, listener.step, logs, seconds)
        loss = logs.get("val_loss")
        if loss is not None and loss < min(self._losses.values(), default=math.inf):
            self._best = listener.step, listener.capture()  # to be written with the next one
        if loss is not None and math.isfinite(loss):
            self._losses[epoch] = loss

    def _write_best(self) -> None:
        if self._best is not None and self._keeper is not None:
            (step, taken), self._best = self._best, None
            self._keeper.checkpoint(step, taken, "best", self._tell)

    def _forget(self, start: Checkpoint) -> None:
        """Know of no epochs behind a checkpoint."""
        self._losses = {e: v for e, v in self._losses.items() if e < start.epoch and math.isfinite(v)}
        self._best = None

    def finish(self, listener: Listener) -> None:
        """All epochs are over."""
        self.checkpoint(listener.step, listener.capture(), insists=True)
        self._spread(listener)

    def checkpoint(self, step: int, taken: Checkpoint, kind: str = "auto", insists: bool = False) -> None:
        """Write a checkpoint; if the keeping has ended, and one insists, try once more."""
        if self._keeper is not None:
            if kind == "auto" and self._best is not None and self._best[0] == step:
                kind, self._best = "best", None  # one file is enough
            self._write_best()  # first: a run goes on from the checkpoint that was written last
            self._saved = time.perf_counter()
            self._keeper.checkpoint(step, taken, kind, self._tell, insists)

    def _tell(self, saved: folder.Saved) -> None:
        name = self._command.document, self._command.run
        self._say(CheckpointSaved(*name, str(saved.path), saved.step, saved.kind))

    def note(self, what: str, step: int, **facts: Any) -> None:
        """Write down that something was done."""
        if self._keeper is not None:
            self._keeper.note(what, step, **facts)

    def warned(self, rule: str, error: EngineError, step: int) -> None:
        """Write down what keeps it from going well."""
        if self._keeper is not None:
            self._keeper.warning(rule, error, step)

    def layers(self, data: bytes, is_whole: bool) -> None:
        """Write what was seen of the layers: behind what is there, or in its place."""
        if self._keeper is not None:
            self._keeper.layers(data, is_whole)

    def go_back(self, start: Checkpoint, step: int) -> None:
        """The training goes back to a checkpoint of its own: what came behind it is taken back."""
        if self._keeper is not None:
            self._forget(start)
            self._keeper.go_back(start, step)

    def end(self, status: RunStatus, seconds: float, why: str = "") -> None:
        """The training is over."""
        if self._keeper is not None:
            self._keeper.end(status, self._before + seconds, why)


def settings_of(program: Program) -> dict[str, Any]:
    """Return the parameters of all nodes that are numbers, words or switches, by "node.param"; lists as they are typed.

    A list that holds more than numbers is left out.
    """
    found = {
        f"{step.id}.{name}": ", ".join(map(str, value)) if isinstance(value, tuple) else value
        for step in program.steps
        for name, value in step.params.items()
        if isinstance(value, bool | int | float | str)
        or (isinstance(value, tuple) and all(isinstance(each, int) for each in value))
    }
    return dict(list(found.items())[:SETTINGS])


def graph_of(program: Program) -> list[Drawn]:
    """Return the nodes of a document as TensorBoard draws them: names, what they are, whom they read, and shapes."""

    def node(id: str) -> str:
        return id.replace(" ", "_")

    nodes: list[Drawn] = []
    for step in program.steps:
        found = next((spec for ref, spec in program.specs.items() if ref.node == step.id), None)
        shape = None if found is None or found.shape.rank is None else tuple(found.shape)
        inputs = tuple(node(ref.node) for ref in step.sources)
        nodes.append((node(step.id), step.node_type.title.replace(" ", "_"), inputs, shape))
    return nodes


def _images(training: Training) -> list[Array]:
    """Return the first inputs, if they are images, as levels from 0 to 255 with channels last."""
    for values in training.x:
        shape = values.shape[1:]
        if len(shape) == 2 or (len(shape) == 3 and shape[-1] in (1, 3, 4)):
            chosen = levels(values[:IMAGES])
            return list(chosen.reshape(*chosen.shape[:3], -1))
    return []
