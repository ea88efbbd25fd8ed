"""The loop over batches, and what it tells callbacks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any

from engine.core.dtype import Array
from engine.keras.callbacks import CallbackList
from engine.keras.training.adapter import ArrayData
from engine.keras.training.backlog import Backlog
from engine.keras.training.step import StepRunner


def plain(logs: Mapping[str, Any]) -> dict[str, float]:
    """Return logs as numbers.

    Examples
    --------
    >>> import engine as tf
    >>> plain({"loss": tf.constant(0.5)})
    {'loss': 0.5}
    """
    return {name: float(value) for name, value in logs.items()}


def run_batches(
    run: StepRunner,
    data: ArrayData,
    order: Iterable[Array],
    tell: CallbackList,
    kind: str,
    logs: Callable[[StepRunner], Mapping[str, Any]] = StepRunner.logs,
) -> Iterator[int]:
    """Run a step on batch after batch and yield how many are done; callbacks are told of each before and behind it.

    Parameters
    ----------
    order
        Positions of the examples of each batch.
    kind
        Of the events: "train", "test" or "predict".
    logs
        Makes what callbacks are told of the step that was run.
    """
    begin, end = (tell.told(f"on_{kind}_batch_{edge}") for edge in ("begin", "end"))
    for number, index in enumerate(order):
        for event in begin:
            event(number, {})
        run(data, index)
        if end:
            found = logs(run)
            for event in end:
                event(number, found)
        yield number + 1


def train_batches(
    run: StepRunner, data: ArrayData, order: Iterable[Array], tell: CallbackList, first: int
) -> Generator[int]:
    """Train on batch after batch, from number `first` on; callbacks that can wait are told of many at once.

    Who leaves it early has to close it: then they are told of what they have not heard of.
    """
    begin, end = (tell.told(f"on_train_batch_{edge}") for edge in ("begin", "end"))
    patient = tell.hearing("on_train_batches_end")
    with run.recording() if patient else nullcontext():
        backlog = Backlog(run, patient, first, is_heard=bool(begin or end))
        try:
            for number, index in enumerate(order, first):
                for event in begin:
                    event(number, {})
                run(data, index)
                if end:
                    found = run.logs()
                    for event in end:
                        event(number, found)
                if number >= backlog.ask:
                    backlog.look(number)
                yield number + 1
        finally:
            backlog.tell()
