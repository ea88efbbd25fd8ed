"""What kernels written by hand have in common: their words, how work is divided, and arrays seen as three axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.memory import LINE

Arrays = Sequence[Array]

#: Into how many parts large work is divided, whatever the number of threads, so that sums are the same on any number
#: of them. With 8 parts on two threads a convolution took as long as with two.
PARTS: Final = 16
#: Work with fewer multiply-adds, or as many operations on elements, is done on one thread: at some 10 to 40 a
#: nanosecond this is 12 to 50 µs, of which telling another thread takes 1 to 2.
PARALLEL_WORK: Final = 2**19


def parts_for(work: int, most: int) -> int:
    """Return into how many parts to divide this many multiply-adds over `most` independent pieces.

    Examples
    --------
    >>> parts_for(10**9, 128), parts_for(10**9, 3), parts_for(1000, 128)
    (16, 3, 1)
    """
    return max(1, min(PARTS, most)) if work >= PARALLEL_WORK else 1


def aligned_vector(size: int, dtype: Any) -> Array:
    """Return an array for a kernel to work in that begins with a line of the processor's cache.

    Vectors of as many bytes as a line has are then read from one: with sums that lay between two a convolution's
    gradient took 3.5 ms instead of 3.1.

    Examples
    --------
    >>> vector = aligned_vector(3, np.float32)
    >>> vector.shape, vector.dtype.name, vector.ctypes.data % 64
    ((3,), 'float32', 0)
    """
    nbytes = size * np.dtype(dtype).itemsize
    memory = np.empty(nbytes + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + nbytes].view(dtype)


def copy_run(target: Array, at: int, source: Array, start: int, count: int) -> None:
    """In a kernel: copy `count` elements of one vector to another.

    Numba takes negative positions to count from the end, and so does not vectorise; unsigned ones cannot be negative.
    """
    for i in range(np.uint64(count)):
        target[np.uint64(at) + i] = source[np.uint64(start) + i]


def add_run(target: Array, at: int, source: Array, start: int, count: int) -> None:
    """In a kernel: add `count` elements of one vector to those of another."""
    for i in range(np.uint64(count)):
        target[np.uint64(at) + i] += source[np.uint64(start) + i]


def clear_run(target: Array, at: int, count: int) -> None:
    """In a kernel: set `count` elements of a vector to zero."""
    for i in range(np.uint64(count)):
        target[np.uint64(at) + i] = 0


def accumulate(total: Any, term: Any) -> Any:
    """In a kernel: add to a running total, in any order."""
    return total + term


def sum_parts(part: int, parts: int, sums: Array, total: Array) -> None:
    """In a kernel: for a share of a vector's elements, add up what each part has summed."""
    first, last = part * total.size // parts, (part + 1) * total.size // parts
    copy_run(total, first, sums, first, last - first)
    for other in range(1, parts):
        add_run(total, first, sums, other * total.size + first, last - first)


def gemm(
    transpose_a: bool,
    transpose_b: bool,
    m: int,
    n: int,
    k: int,
    a: Array,
    a_at: int,
    lda: int,
    b: Array,
    b_at: int,
    ldb: int,
    beta: float,
    c: Array,
    c_at: int,
    ldc: int,
) -> None:
    """In a kernel: C = A B + beta C, with C of m × n and k products a sum. Compiled, it is BLAS's.

    Each matrix is a part of a contiguous array of any rank: it begins at element `a_at` and its rows are `lda` elements
    apart. A is stored as k × m where `transpose_a`, B as n × k where `transpose_b`.

    Examples
    --------
    >>> c = np.ones(4)
    >>> gemm(False, True, 2, 2, 1, np.array([1.0, 2.0]), 0, 1, np.array([0.0, 3.0, 4.0]), 1, 1, 1.0, c, 0, 2)
    >>> c
    array([4., 5., 7., 9.])
    """
    left = _matrix(a, a_at, lda, *((k, m) if transpose_a else (m, k)))
    right = _matrix(b, b_at, ldb, *((n, k) if transpose_b else (k, n)))
    result = _matrix(c, c_at, ldc, m, n)
    product = (left.T if transpose_a else left) @ (right.T if transpose_b else right)
    result[...] = product + beta * result if beta else product


def _matrix(array: Array, at: int, apart: int, rows: int, columns: int) -> Array:
    """Return the part of a contiguous array that begins at an element, as rows that lie so many elements apart."""
    flat = array.reshape(-1)[at:]
    return np.lib.stride_tricks.as_strided(flat, (rows, columns), (apart * flat.itemsize, flat.itemsize))


def around(array: Array, axis: int, count: int = 1) -> Array:
    """Return a view of three axes: all before `axis`, the `count` axes from there on, and all behind them.

    Examples
    --------
    >>> import numpy as np
    >>> around(np.zeros((2, 3, 4, 5)), 1).shape, around(np.zeros((2, 3)), -1).shape, around(np.zeros(3), 0, 0).shape
    ((2, 3, 20), (2, 3, 1), (1, 1, 3))
    """
    at = axis % (array.ndim or 1) if count else axis
    shape = array.shape
    return array.reshape(math.prod(shape[:at]), math.prod(shape[at : at + count]), math.prod(shape[at + count :]))


def along_axis(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    """Arrange one operand and one result of its shape around the attribute `axis`."""
    return [around(a, attrs["axis"]) for a in (*inputs, *outputs)]
