"""Running a document from start to end, without a window: what the terminal and the engine's process have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.core.errors import EngineError
from engine.keras.callbacks import Callback, EarlyStopping
from engine.keras.callbacks.callback import Logs
from engine.runtime import rng
from engine.runtime.function import Function
from engine.runtime.threads import release_blas
from studio.document.document import PortRef
from studio.document.lower import Program, Training, Values
from studio.run.messages import Mode

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Outcome:
    """How a training ended: the logs of the last epoch, how many epochs there were, and how long they took."""

    metrics: Mapping[str, float]
    epochs: int
    seconds: float


class _Patience(EarlyStopping):
    """Early stopping by whole epochs: one that the user has stopped in the middle counts for nothing."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if not self.model.stop_training:
            super().on_epoch_end(epoch, logs)


def watching(training: Training) -> list[Callback]:
    """Return the callbacks that end a training early, as its trainer says; they go before all others."""
    patience = training.stop["patience"]
    if patience is None:
        return []
    is_validated = training.validation is not None or training.fit["validation_split"] > 0
    monitor = "val_loss" if is_validated else "loss"
    return [_Patience(monitor, patience=patience, restore_best_weights=training.stop["restore_best"])]


def train(
    program: Program,
    training: Training,
    mode: Mode,
    callbacks: Sequence[Callback] = (),
    report: Report | None = None,
) -> Outcome:
    """Train the model of a document.

    The same document, seed and number of epochs give the same losses in both modes.

    Raises
    ------
    EngineError
        If the data do not fit the model, or the memory does not hold it; the error names the trainer's node.
    Stopped
        If `report` or a callback raised it.
    """
    model = training.model
    model.run_eagerly = mode == "eager"
    model.compile_report = report
    rng.set_seed(rng.mixed(program.seed, "order"))
    begin = time.perf_counter()
    try:
        with _in_words(training.trainer):
            history = model.fit(
                training.x,
                training.y,
                validation_data=training.validation,
                callbacks=callbacks,
                verbose=0,
                **training.fit,
            )
    finally:
        release_blas()  # also if it was stopped half-way
    logs = {name: values[-1] for name, values in history.history.items()}
    return Outcome(logs, len(history.epoch), time.perf_counter() - begin)


def evaluate(program: Program, mode: Mode) -> Values:
    """Return the values of all wires for the first batch: op by op, or compiled as one graph."""
    if mode == "eager":
        return program.values()
    refs: list[PortRef] = []
    errors: dict[str, EngineError] = {}

    def compute() -> list[Any]:
        found = program.values()
        refs[:] = found.tensors
        errors.update(found.errors)
        return list(found.tensors.values())

    with _in_words():
        tensors = Function(compute)()
    return Values(dict(zip(refs, tensors, strict=True)) if tensors else {}, errors)


@contextmanager
def _in_words(node: str | None = None) -> Iterator[None]:
    """Let only errors in words out of the block: a failure must not end the program."""
    try:
        yield
    except EngineError as error:
        error.facts.setdefault("node", node)
        raise
    except BrokenPipeError:  # nobody reads what the terminal shows any more
        raise
    except Exception as error:
        raise unforeseen(error, node) from error


def nothing_to_run() -> EngineError:
    """Return what there is to say of a document of which no node can run."""
    return EngineError(
        "There is nothing to run: no node has all that it needs.",
        hint="Wire the inputs of the nodes, or add data: the problems say what is missing.",
    )


def unforeseen(error: Exception, node: str | None = None) -> EngineError:
    """Return a failure that has no words of its own in words."""
    if isinstance(error, EngineError):
        return error
    if isinstance(error, MemoryError):
        return EngineError("There is not enough memory to run this.", hint="Use smaller layers or batches.", node=node)
    return EngineError(
        "The run failed in a way that nobody foresaw: {why}.",
        hint="Try it eagerly, or with other parameters.",
        why=f"{type(error).__name__}: {error}",
        node=node,
    )
