"""What runs under the debugger: the training of a document, or, if it has no trainer, all that it computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from engine.core.dispatch import during
from engine.core.errors import EngineError
from engine.keras.callbacks import Callback
from studio.document.lower import Program, Step, Training
from studio.run import session
from studio.run.debug.recorder import Recorder

Work = Callable[[Recorder], None]

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

    def work(recorder: Recorder) -> None:
        session.train(program, training, "eager", [_Epochs(recorder)])

    return work


def looked_at(program: Program) -> Work:
    """Return all that a document computes of its first batch as work for a recorder.

    The first node that fails ends it.
    """

    def work(recorder: Recorder) -> None:
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
        errors: dict[str, EngineError] = program.values(run).errors
        for error in errors.values():
            raise error

    return work


class _Epochs(Callback):
    """Tells the recorder which epoch it is, and to rest during validations."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._recorder.epoch = epoch

    def on_test_begin(self, logs: Any = None) -> None:
        self._recorder.is_resting = True

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._recorder.checkpoint()

    def on_test_end(self, logs: Any = None) -> None:
        self._recorder.is_resting = False
