"""The loop over batches, and what it tells callbacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.core.dtype import Array
from engine.keras.callbacks import CallbackList
from engine.keras.training.adapter import ArrayData
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
    first: int = 0,
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
    first
        Number of the first batch.
    """
    begin, end = (tell.told(f"on_{kind}_batch_{edge}") for edge in ("begin", "end"))
    for number, index in enumerate(order, first):
        for event in begin:
            event(number, {})
        run(data, index)
        if end:
            found = logs(run)
            for event in end:
                event(number, found)
        yield number + 1
