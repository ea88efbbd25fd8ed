"""Where two tensors differ, by how much, and where they part first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError, UnsupportedError
from studio.inspector.chunks import chunks

Place = tuple[int, ...]

#: Up to here a float of 64 bits holds every whole number; a whole number of 64 bits has 11 digits more.
_LARGEST_WHOLE: Final = 2.0**53
_LOW_DIGITS: Final = 0x7FF
#: Kinds of dtypes, as NumPy calls them: truth values, whole numbers, floats and complex numbers.
_NUMBERS: Final = "biufc"


@dataclass(frozen=True)
class Differences:
    """What two tensors of one shape do not have in common.

    Differences and relative errors are those of places where both are finite; a place where both are NaN, or the same
    infinity, is no difference, one where only one of them is, is one.
    """

    size: int
    count: int
    """Places whose relative error is beyond the tolerance."""
    largest: float
    largest_at: Place | None
    relative: float
    relative_at: Place | None
    mean: float
    first: Place | None
    """The first such place, in the order in which the elements lie."""


def relative_error(a: Array, b: Array) -> Array:
    """Return the difference of two arrays over the larger magnitude, 0 where both are 0.

    Examples
    --------
    >>> relative_error(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 1.0])).tolist()
    [0.0, 0.0, 0.5]
    """
    return _errors(a, b)[1]


def difference(a: Array, b: Array) -> Array:
    """Return what the first array has more than the second, 0 where both are NaN or the same infinity.

    Whole numbers of 64 bits have more digits than a float: those that are not equal differ all the same.

    Examples
    --------
    >>> difference(np.array([2**53 + 1]), np.array([2**53])).tolist()
    [1.0]
    """
    (a, rest_of_a), (b, rest_of_b) = _parted(a), _parted(b)
    same = ((a == b) & ~np.isfinite(a)) | (np.isnan(a) & np.isnan(b))
    with np.errstate(all="ignore"):
        found: Array = np.where(same, 0.0, (a - b) + (rest_of_a - rest_of_b))
    return found


def _errors(a: Array, b: Array) -> tuple[Array, Array]:
    """Return the magnitudes of the differences of two arrays, and the relative errors."""
    gaps: Array = np.abs(difference(a, b))
    one, two = _parted(a)[0], _parted(b)[0]
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(one), np.abs(two))
        found: Array = gaps / np.where(scale > 0, scale, 1.0)
        beyond = np.isinf(gaps) & np.isfinite(scale)
        if beyond.any():  # a difference beyond the largest float: its half is none
            found = np.where(beyond, np.abs(one / 2 - two / 2) / (scale / 2), found)
    return gaps, found


def _parted(values: Array) -> tuple[Array, Array]:
    """Return two arrays of floats whose sum the values are: the second one holds the digits that the first cannot."""
    wide: Array = values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)
    if values.dtype not in (np.int64, np.uint64):
        return wide, np.zeros((), np.float64)
    is_long = np.abs(wide) >= _LARGEST_WHOLE
    if not is_long.any():
        return wide, np.zeros((), np.float64)
    low = values & _LOW_DIGITS
    return np.where(is_long, (values - low).astype(np.float64), wide), np.where(is_long, low, 0).astype(np.float64)


def check_comparable(a: Array, b: Array) -> None:
    """Go on only if two tensors can be compared place by place.

    Raises
    ------
    InvalidArgumentError
        If they have not the same shape.
    UnsupportedError
        If one of them holds no numbers.
    """
    if any(values.dtype.kind not in _NUMBERS for values in (a, b)):
        raise UnsupportedError(
            "Only numbers and truth values can be compared.", hint="Compare with another tensor, or look at both."
        )
    if a.shape != b.shape:
        raise InvalidArgumentError(
            "The tensors have the shapes {a} and {b}.",
            hint="Only tensors of one shape can be compared place by place.",
            a=a.shape,
            b=b.shape,
        )


def differences(a: Array, b: Array, tolerance: float = 0.0, check: Callable[[], None] = lambda: None) -> Differences:
    """Return where two tensors differ; `check` is called often, and may end the work by raising.

    Raises
    ------
    InvalidArgumentError, UnsupportedError
        If they cannot be compared.

    Examples
    --------
    >>> found = differences(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.5, 4.0]]))
    >>> found.count, found.largest, found.first
    (1, 0.5, (1, 0))
    """
    check_comparable(a, b)
    count, begin, total, compared = 0, 0, 0.0, 0
    largest, relative = (0.0, -1), (0.0, -1)
    first = -1
    for left, right in chunks(a, b):
        check()
        finite = np.isfinite(left) & np.isfinite(right)
        if (left == right).all() and left.dtype == right.dtype:
            compared += int(finite.sum())
            begin += len(left)
            continue
        gaps, errors = _errors(left, right)
        beyond = ~(errors <= tolerance)
        if first < 0 and beyond.any():
            first = begin + int(beyond.argmax())
        count += int(beyond.sum())
        if finite.any():
            if not finite.all():
                gaps, errors = np.where(finite, gaps, 0.0), np.where(finite, errors, 0.0)
            total += float(gaps.sum())
            compared += int(finite.sum())
            at, at_error = int(gaps.argmax()), int(errors.argmax())
            largest = max(largest, (float(gaps[at]), begin + at), key=lambda pair: pair[0])
            relative = max(relative, (float(errors[at_error]), begin + at_error), key=lambda pair: pair[0])
        begin += len(left)

    def place(at: int) -> Place | None:
        return tuple(int(i) for i in np.unravel_index(at, a.shape)) if at >= 0 else None

    mean = total / compared if compared else 0.0
    return Differences(
        a.size, count, largest[0], place(largest[1]), relative[0], place(relative[1]), mean, place(first)
    )
