"""The order in which examples are taken, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from engine.core.dtype import Array


class Batches:
    """Positions of examples in batches, pass after pass.

    Parameters
    ----------
    size, batch_size
        Number of examples, and of those in a batch.
    source
        Shuffles them before each pass; without it they stay in their order.

    Examples
    --------
    >>> batches = Batches(5, 2)
    >>> [b.tolist() for b in batches.epoch()]
    [[0, 1], [2, 3], [4]]
    >>> [[b.tolist() for b in batches.epoch(2)] for _ in range(2)]
    [[[0, 1], [2, 3]], [[4], [0, 1]]]
    """

    def __init__(self, size: int, batch_size: int, source: np.random.Generator | None = None) -> None:
        self._order = np.arange(size)
        self._batch_size = batch_size
        self._source = source
        self._place = 0

    @property
    def count(self) -> int:
        """How many batches all examples make."""
        return math.ceil(len(self._order) / self._batch_size)

    def part(self, steps: int | None = None) -> Iterator[Array]:
        """Yield the first batches of a pass: all of them, or so many."""
        self._place = 0
        for _ in range(self.count if steps is None else min(steps, self.count)):
            yield self._next()

    def _next(self) -> Array:
        """Return the next batch; behind the last one of a pass another pass begins."""
        if self._place == self.count:
            self._place = 0
        if self._place == 0 and self._source is not None:
            self._source.shuffle(self._order)
        begin = self._place * self._batch_size
        self._place += 1
        return self._order[begin : begin + self._batch_size]

    def epoch(self, steps: int | None = None, done: int = 0) -> Iterator[Array]:
        """Yield a pass, or so many batches, going on where the last epoch of so many stopped.

        Of an epoch of which some batches are done, the rest is yielded.
        """
        if steps is None and not done:
            self._place = 0
        for _ in range((steps or self.count) - done):
            yield self._next()

    def state(self) -> tuple[Array, dict[str, Any]]:
        """Return all that the batches to come follow from: the order as it is, and plain data.

        Examples
        --------
        >>> one, other = (Batches(9, 2, np.random.Generator(np.random.Philox(seed))) for seed in (1, 2))
        >>> taken = next(one.epoch())
        >>> other.restore(*one.state())
        >>> [(a == b).all().item() for a, b in zip(one.epoch(None, 1), other.epoch(None, 1), strict=True)]
        [True, True, True, True]
        """
        source = None if self._source is None else _plain(self._source.bit_generator.state)
        return self._order.copy(), {"place": self._place, "source": source}

    def restore(self, order: Array, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._order, self._place = np.array(order), state["place"]
        if self._source is not None and state["source"] is not None:
            self._source.bit_generator.state = _arrays(state["source"])


def _plain(value: Any) -> Any:
    """Return the state of a generator as what JSON can write."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


def _arrays(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _arrays(part) for name, part in value.items()}
    return np.array(value, np.uint64) if isinstance(value, list) else value
