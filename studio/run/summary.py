"""Tensors in brief: figures, a histogram, and a picture small enough for a node."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from studio.run.messages import TensorInfo

#: Bars of a histogram, and the most bars that a node shows.
BINS: Final = 32
BARS: Final = 64
#: Longest side of a picture on a node, in elements.
SIDE: Final = 64
#: So many channels are the colours of an image.
#: Channels of images in colour: red, green and blue, and with how opaque they are.
COLOURS: Final = (3, 4)
#: Beyond this, sums of squares may leave the range of floats; then they are counted in this unit.
_LARGE: Final = 1e150
_UNIT: Final = 2.0**600
#: Elements that are looked at together: of 10 million, all at once take 155 ms and copies of all in float64, parts of
#: this size 85 ms and copies of a part.
_PART: Final = 1 << 16


def real(values: Array) -> Array:
    """Return numbers as reals: truth values as 0 and 1, complex ones as their magnitudes."""
    if values.dtype.kind == "b":
        return values.view(np.uint8)
    return np.abs(values) if values.dtype.kind == "c" else values


def summarise(array: Array, batched: bool = False) -> TensorInfo:
    """Return a tensor in brief; of a batch the picture shows the first example.

    Examples
    --------
    >>> info = summarise(np.array([1.0, np.nan, 3.0], np.float32))
    >>> info.mean, info.nans, info.zeros
    (2.0, 1, 0)
    """
    if array.dtype.kind not in "biufc":
        return TensorInfo(array.shape, dtype_name(array), array.nbytes)
    brief = TensorInfo(array.shape, array.dtype.name, array.nbytes, picture=picture(array, batched))
    flat = array.reshape(-1)
    nans = infs = zeros = 0
    low, high = math.inf, -math.inf
    for part in _parts(flat):
        zeros += part.size - int(np.count_nonzero(part))
        numbers = real(part)
        found = finite(numbers)
        if found is not numbers:
            nans += int(np.isnan(part).sum())
            infs += int(np.isinf(part).sum())
        if found.size:
            low, high = min(low, float(found.min())), max(high, float(found.max()))
    brief = replace(brief, nans=nans, infs=infs)
    if low > high:  # nothing is finite
        return brief
    spread, bars = Spread(), np.zeros(BINS, np.intp)
    for part in _parts(flat):
        found = finite(real(part))
        spread.add(found, max(-low, high))
        bars += histogram(found, low, high)
    return replace(
        brief,
        minimum=low,
        mean=spread.mean,
        maximum=high,
        std=spread.std,
        zeros=zeros,
        histogram=bars,
    )


def _parts(flat: Array) -> Iterator[Array]:
    """Yield an array in parts: what is made of one of 2 GB would not fit into memory, and what fits caches is fast."""
    for begin in range(0, flat.size, _PART):
        yield flat[begin : begin + _PART]


def finite(numbers: Array) -> Array:
    """Return the finite ones: the array itself, if all are."""
    if numbers.dtype.kind != "f":
        return numbers
    is_finite = np.isfinite(numbers)
    return numbers if is_finite.all() else numbers[is_finite]


class Spread:
    """Mean, standard deviation and norm of finite values that come in parts.

    The update is that of T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating formulae and a pairwise algorithm for
    computing sample variances" (1979): it loses no digits where the mean is large. What is large is counted in a unit,
    so that no sum leaves the range of floats.
    """

    def __init__(self) -> None:
        self.count = 0
        self._mean, self._squares, self._unit = 0.0, 0.0, 1.0

    def add(self, values: Array, largest: float) -> None:
        """Take in a part, in which no magnitude is beyond `largest`."""
        if not values.size:
            return
        if largest > _LARGE and self._unit == 1:
            self._mean, self._squares, self._unit = self._mean / _UNIT, self._squares / _UNIT / _UNIT, _UNIT
        if self._unit > 1:
            values = values / self._unit
        mean = float(values.mean(dtype=np.float64))
        apart = values - mean if values.dtype == np.float64 else values.astype(np.float64) - mean
        before, self.count = self.count, self.count + values.size
        gap = mean - self._mean
        self._mean += gap * values.size / self.count
        # `np.dot` asks BLAS, whose threads may be busy with the training: 4 ms in place of 0.04 for a part
        self._squares += float(np.einsum("i,i->", apart, apart)) + gap * gap * before * values.size / self.count

    @property
    def mean(self) -> float:
        """The mean."""
        return self._mean * self._unit

    @property
    def std(self) -> float:
        """The standard deviation."""
        return math.sqrt(self._squares / self.count) * self._unit

    @property
    def norm(self) -> float:
        """The Euclidean norm; infinite where it is beyond the largest float."""
        return math.sqrt(self._squares + self.count * self._mean * self._mean) * self._unit


def dtype_name(array: Array) -> str:
    """Return what the dtype of a tensor is called; a record is a tensor with a structure of its own.

    Examples
    --------
    >>> dtype_name(np.array(["a", "bc"])), dtype_name(np.zeros((), [("values", "f4", 3), ("row_splits", "i8", 2)]))
    ('string', 'ragged float32')
    """
    if array.dtype.names is not None:
        kind = "sparse" if "indices" in array.dtype.names else "ragged"
        return f"{kind} {array['values'].dtype.name}"
    return "string" if array.dtype.kind in "OSUT" else array.dtype.name


def histogram(values: Array, low: float, high: float, bins: int = BINS) -> Array:
    """Return how many of the values, which lie from `low` to `high`, fall into each of so many equal parts of this.

    `np.histogram` does so too, but neither for huge ranges nor for those that floats cannot divide.

    Examples
    --------
    >>> histogram(np.array([0.0, 0.1, 32.0]), 0.0, 32.0)[[0, 31]]
    array([2, 1])
    """
    width = high / 2 - low / 2  # halves: the whole may be beyond the largest float
    if not width > 0:
        return np.bincount(np.zeros(values.size, np.intp), minlength=bins)
    shares = values.ravel().astype(np.float64)  # a copy, which the rest is done in: that takes half the time
    shares /= 2
    shares -= low / 2
    shares /= width
    shares *= bins
    np.minimum(shares, bins - 1, out=shares)
    return np.bincount(shares.astype(np.intp), minlength=bins)


def share(values: Any, low: float, high: float) -> Any:
    """Return how far from `low` to `high` values lie, from 0 to 1; 0 where there is no way between them.

    Examples
    --------
    >>> share(2.0, 1.0, 5.0), share(0.0, -1.5e308, 1.5e308), share(np.array([3.0]), 3.0, 3.0).tolist()
    (0.25, 0.5, [0.0])
    """
    if math.isfinite(high - low):
        return (values - low) / ((high - low) or 1.0)
    return (values / 2 - low / 2) / (high / 2 - low / 2)  # halves: the whole is beyond the largest float


def picture(array: Array, batched: bool) -> Array | None:
    """Return what a node shows: a number, bars, an image, or one in colour; None if there is nothing to show.

    Examples
    --------
    >>> picture(np.zeros((32, 28, 28)), True).shape, picture(np.zeros((32, 100)), True).shape
    ((28, 28), (50,))
    >>> picture(np.zeros((32, 26, 28, 16)), True).shape
    (26, 28)
    """
    if not array.size:
        return None
    shown = array[0] if batched and array.ndim > 1 else array
    while shown.ndim > 3:
        shown = shown[0]
    if shown.ndim == 3:
        shown = _plane(shown, is_image=array.ndim > 3 or shown.shape[-1] in (1, *COLOURS))
    if shown.ndim == 1:
        shown = _thinned(shown, BARS)
    elif shown.ndim > 1:
        shown = shown[:: _stride(shown.shape[0], SIDE), :: _stride(shown.shape[1], SIDE)]
    with np.errstate(over="ignore"):
        return real(shown).astype(np.float32)


def _plane(values: Array, is_image: bool) -> Array:
    """Return a matrix: of an image, whose last axis has its channels, all colours or the first one; else the first."""
    if is_image and values.shape[-1] in COLOURS:
        return values
    return values[..., 0] if is_image else values[0]


def _stride(size: int, most: int) -> int:
    return -(-size // most)


def _thinned(vector: Array, most: int) -> Array:
    """Return at most so many values: of each run of neighbours the one that is farthest from zero."""
    stride = _stride(len(vector), most)
    if stride == 1:
        return vector
    numbers, runs = real(vector), np.arange(0, len(vector), stride)
    low, high = (extreme.reduceat(numbers, runs) for extreme in (np.minimum, np.maximum))
    return np.where(-low.astype(np.float64) > high, low, high)
