"""Running a document from start to end, without a window: what the terminal and the engine's process have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.errors import EngineError
from engine.keras.callbacks import Callback
from engine.runtime import rng
from engine.runtime.function import Function
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


def train(
    program: Program,
    training: Training,
    mode: Mode,
    callbacks: Sequence[Callback] = (),
    verbose: int = 0,
    report: Report | None = None,
) -> Outcome:
    """Train the model of a document.

    The same document, seed and number of epochs give the same losses in both modes.

    Raises
    ------
    EngineError
        If the data do not fit the model; the error names the trainer's node.
    """
    model = training.model
    model.run_eagerly = mode == "eager"
    model.compile_report = report
    rng.set_seed(rng.mixed(program.seed, "order"))
    begin = time.perf_counter()
    try:
        history = model.fit(
            training.x,
            training.y,
            validation_data=training.validation,
            callbacks=callbacks,
            verbose=verbose,
            **training.fit,
        )
    except EngineError as error:
        error.facts.setdefault("node", training.trainer)
        raise
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

    return Values(dict(zip(refs, tensors, strict=True)) if (tensors := Function(compute)()) else {}, errors)
