"""Feeding: examples at given positions are gathered from whole arrays, straight into the inputs of a plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.compile import cache
from engine.compile.row import address
from engine.compile.score import Score
from engine.compile.source import kernel_source
from engine.core.convert import contiguous
from engine.core.dtype import BY_NUMPY, Array
from engine.ops.gather import gather
from engine.passes.fuse import KERNEL_DTYPES


class Feed:
    """Gathers batches of one size from arrays with one first axis.

    NumPy's `take` would need 23 µs for 32 images of MNIST, where this needs 8: several threads share what does not lie
    in any cache.

    Parameters
    ----------
    arrays
        Those that batches are taken from.
    batch
        Where a batch is put, of each array.

    Examples
    --------
    >>> batch = np.zeros((2, 3), np.float32)
    >>> Feed([np.arange(12, dtype=np.float32).reshape(4, 3)], [batch])(np.array([3, 0]))
    >>> batch
    array([[ 9., 10., 11.],
           [ 0.,  1.,  2.]], dtype=float32)
    """

    def __init__(self, arrays: Sequence[Array], batch: Sequence[Array]) -> None:
        assert gather.kernel is not None
        pairs = list(zip(arrays, batch, strict=True))
        # what kernels do not know, such as texts, is left to NumPy
        self._others = [(a, b) for a, b in pairs if BY_NUMPY[a.dtype].name not in KERNEL_DTYPES]
        own = [(a, b) for a, b in pairs if BY_NUMPY[a.dtype].name in KERNEL_DTYPES]
        index = np.zeros(len(batch[0]), np.int64)
        self._index = index
        calls = [gather.kernel.arrange([a, index], [b], {"axis": 0, "batch_dims": 0}) for a, b in own]
        self._score = Score([cache.load(kernel_source(gather, call)) for call in calls], [1] * len(calls))
        for number, call in enumerate(calls):
            self._score.write(number, call, {"index": (address(index), index.nbytes)})

    def __call__(self, index: Array) -> None:
        """Put the examples at these positions, which are in bounds, into the batch."""
        self._index = contiguous(index, np.int64)
        self._score.move("index", address(self._index))
        if self._score.runs and (failed := self._score.play(0, len(self._score.firsts) - 1)) is not None:
            raise IndexError(f"There is no example at one of the positions {self._index}, in array {failed[0]}.")
        for array, batch in self._others:
            array.take(self._index, axis=0, out=batch)
