"""Memory that begins where a vector may."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.dtype import Array

#: Bytes of a line of the processor's cache, and of its widest vector.
LINE: Final = 64
#: Smaller arrays are copied as they come: to look where memory begins takes 2 µs, as long as 16 kB take.
_WORTH_IT: Final = 1 << 14


def aligned(nbytes: int) -> Array:
    """Return so many bytes, all 0, that begin with a line of the cache.

    Examples
    --------
    >>> memory = aligned(100)
    >>> memory.nbytes, memory.ctypes.data % LINE
    (100, 0)
    """
    raw = np.zeros(nbytes + LINE, np.uint8)
    offset = -raw.ctypes.data % LINE
    return raw[offset : offset + nbytes]


def aligned_copy(array: Array) -> Array:
    """Return a copy in C's order for kernels to read and write; a large one begins with a line of the cache.

    NumPy's memory begins at any 16 bytes, as chance has it. With weights that lay across lines a training of a dense
    network on MNIST made 3.3 to 3.6 epochs a second, with aligned ones 3.9.

    Examples
    --------
    >>> copy = aligned_copy(np.ones((100, 100), np.float32).T)
    >>> copy.shape, copy.dtype.name, copy.ctypes.data % LINE, copy.flags.c_contiguous
    ((100, 100), 'float32', 0, True)
    """
    if array.nbytes < _WORTH_IT:
        return np.array(array, order="C")
    copy: Array = aligned(array.nbytes).view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy
