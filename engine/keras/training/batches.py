"""The order in which examples are taken, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

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
        self._endless = self._passes()

    @property
    def count(self) -> int:
        """How many batches all examples make."""
        return math.ceil(len(self._order) / self._batch_size)

    def part(self, steps: int | None = None) -> Iterator[Array]:
        """Yield the first batches of a pass: all of them, or so many."""
        if self._source is not None:
            self._source.shuffle(self._order)
        for number in range(self.count if steps is None else min(steps, self.count)):
            yield self._order[number * self._batch_size : (number + 1) * self._batch_size]

    def _passes(self) -> Iterator[Array]:
        while True:
            yield from self.part()

    def epoch(self, steps: int | None = None) -> Iterator[Array]:
        """Yield a pass, or so many batches, going on where the last epoch of so many stopped."""
        return self.part() if steps is None else islice(self._endless, steps)
