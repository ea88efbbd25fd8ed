"""Reading arrays of any size and layout in pieces, so that work on them can be ended and lets others work, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array

#: Elements of a piece. What NumPy does with one takes about 0.1 ms, for which the window may have to wait.
CHUNK: Final = 1 << 16


def chunks(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Yield arrays of equal shape, flat and in pieces; nothing is copied but what is not contiguous.

    Examples
    --------
    >>> [piece.tolist() for piece, in chunks(np.arange(6).reshape(2, 3).T)]
    [[0, 3, 1, 4, 2, 5]]
    """
    if arrays[0].size == 0:
        return
    if all(array.flags.c_contiguous for array in arrays):
        flat = [array.reshape(-1) for array in arrays]
        for start in range(0, flat[0].size, CHUNK):
            yield tuple(array[start : start + CHUNK] for array in flat)
        return
    reading: Any = [["readonly"]] * len(arrays)
    with np.nditer(arrays, ("external_loop", "buffered", "refs_ok"), reading, order="C", buffersize=CHUNK) as pieces:
        for piece in pieces:
            yield piece if isinstance(piece, tuple) else (piece,)


def thinned(array: Array, most: int) -> Array:
    """Return at most so many elements, flat: every n-th, so that all parts of the array are there.

    Examples
    --------
    >>> thinned(np.arange(10), 4).tolist()
    [0, 3, 6, 9]
    """
    stride = max(1, -(-array.size // most))
    if stride == 1 or array.flags.c_contiguous:
        return array.reshape(-1)[::stride]
    return array.flat[::stride]
