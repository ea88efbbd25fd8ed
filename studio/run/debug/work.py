"""What runs under the debugger: the training of a document, or, if it has no trainer, all that it computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from engine.core.dispatch import during
from engine.io import checkpoint
from engine.io.checkpoint_file import Checkpoint
from engine.keras.callbacks import Callback
from studio.document.lower import Program, Step, Training
from studio.run import session
from studio.run.debug.marks import Marks
from studio.run.debug.recorder import Recorder
from studio.run.training.listener import Resuming


class Work(Protocol):
    """What runs under a recorder."""

    def __call__(self, recorder: Recorder, marks: Marks, start: Checkpoint | None) -> None:
        """Run, from a checkpoint on if there is one, and leave marks from which it can be run again."""


#: What the ops of a node are for where nothing is trained.
_PHASES: Final = {"loss": "loss", "metric": "metrics"}


def training_of(program: Program) -> Training | None:
    """Return how a document is trained, None if it has no trainer.

    Raises
    ------
    EngineError
        If it has one that cannot train.
    """
    return program.training() if program.has_trainer else None


def trained(program: Program, training: Training) -> Work:
    """Return the training of a document as work for a recorder."""

    def work(recorder: Recorder, marks: Marks, start: Checkpoint | None) -> None:
        watching = tuple(session.watching(training))
        resuming = [Resuming(start, watching)] if start is not None else []
        session.train(program, training, "eager", [*watching, *resuming, _Follower(recorder, marks, watching)])

    return work


def looked_at(program: Program) -> Work:
    """Return all that a document computes of its first batch as work for a recorder.

    The first node that fails ends it.
    """

    def work(recorder: Recorder, marks: Marks, start: Checkpoint | None) -> None:
        def run(step: Step, inputs: Sequence[Any]) -> Sequence[Any]:
            if step.node_type.category == "data":
                outputs = program.run(step, inputs)
                recorder.load(step.id, outputs)
                return outputs
            with during(_PHASES.get(step.node_type.id.partition(".")[0], "forward")):
                outputs = program.run(step, inputs)
            recorder.returned(step.id, outputs)
            return outputs

        recorder.begin()
        found = program.values(run)
        for error in found.errors.values():
            raise error
        if not found.tensors:
            raise session.nothing_to_run()

    return work


class _Follower(Callback):
    """Tells the recorder which epoch it is, and to rest during validations; leaves marks."""

    def __init__(self, recorder: Recorder, marks: Marks, watching: tuple[Callback, ...]) -> None:
        self._recorder, self._marks, self._watching = recorder, marks, watching

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        # not where one begins: then its examples are drawn already, and who goes on from there gets the next ones
        if self.model.position.done < self.params["steps"]:
            self._mark()

    def _mark(self) -> None:
        number = self._recorder.next_batch
        if self._marks.is_due(number):
            self._marks.add(number, checkpoint.capture(self.model, self._watching))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._recorder.epoch = epoch
        if not self.model.position.done:  # before the order of its examples is drawn
            self._mark()

    def on_test_begin(self, logs: Any = None) -> None:
        self._recorder.is_resting = True

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._recorder.checkpoint()

    def on_test_end(self, logs: Any = None) -> None:
        self._recorder.is_resting = False
