"""The figures of a tensor, counted over all of its elements, whatever its size."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.inspector.chunks import chunks, thinned
from studio.run.summary import Spread, real

#: The shares of which quantiles are taken.
SHARES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
#: Sorting more elements than this takes seconds; of more, quantiles are those of every n-th.
MOST_SORTED: Final = 20_000_000
#: The rank of a matrix is found by its singular values: of 512 by 512 in about 0.2 s, which nothing interrupts.
_MOST_RANKED: Final = 512
_FLOAT32: Final = float(np.finfo(np.float32).eps)
_FLOAT64: Final = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Figures:
    """The figures of a tensor. Those of finite values are None where there are none.

    `quantiles` belong to `SHARES`; they are of a sample if `is_sampled`. `rank` is that of a matrix of finite numbers
    which is not too large, else None.
    """

    size: int
    minimum: float | None
    mean: float | None
    maximum: float | None
    std: float | None
    norm: float | None
    zeros: int
    nans: int
    plus_infs: int
    minus_infs: int
    denormals: int
    quantiles: tuple[float, ...] | None
    is_sampled: bool
    rank: int | None

    @property
    def sparsity(self) -> float | None:
        """The share of zeros, None if there are no elements."""
        return self.zeros / self.size if self.size else None


def figures(values: Array, check: Callable[[], None] = lambda: None) -> Figures:
    """Return the figures of a tensor; `check` is called often, and may end the work by raising.

    Examples
    --------
    >>> found = figures(np.array([[1.0, np.nan], [0.0, -3.0], [-np.inf, 2.0]], np.float32))
    >>> found.minimum, found.mean, found.maximum, found.zeros, found.nans, found.minus_infs
    (-3.0, 0.0, 2.0, 1, 1, 1)
    """
    zeros = nans = plus = minus = denormals = 0
    low, high = math.inf, -math.inf
    spread = Spread()
    is_float = values.dtype.kind in "fc"
    tiny = float(np.finfo(values.dtype).tiny) if is_float else 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for (piece,) in chunks(values):
            check()
            numbers = real(piece)
            zeros += numbers.size - int(np.count_nonzero(numbers))
            if is_float:
                finite = np.isfinite(numbers)
                if not finite.all():
                    nans += int(np.isnan(numbers).sum())
                    plus += int(np.isposinf(numbers).sum())
                    minus += int(np.isneginf(numbers).sum())
                    numbers = numbers[finite]
                magnitudes = np.abs(numbers)
                denormals += int(np.count_nonzero((magnitudes < tiny) & (magnitudes > 0)))
            if not numbers.size:
                continue
            least, most = numbers.min().item(), numbers.max().item()  # whole numbers to the last digit
            low, high = min(low, least), max(high, most)
            spread.add(numbers, max(-least, most))
    check()
    count = spread.count
    return Figures(
        values.size,
        low if count else None,
        spread.mean if count else None,
        high if count else None,
        spread.std if count else None,
        spread.norm if count else None,
        zeros,
        nans,
        plus,
        minus,
        denormals,
        quantiles(values),
        values.size > MOST_SORTED,
        rank(values) if count == values.size else None,
    )


def quantiles(values: Array) -> tuple[float, ...] | None:
    """Return the quantiles of the finite values, None if there are none.

    Examples
    --------
    >>> quantiles(np.arange(101.0))
    (1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0)
    """
    numbers = real(thinned(values, MOST_SORTED))
    if numbers.dtype.kind == "f":
        finite = np.isfinite(numbers)
        numbers = numbers[finite] if not finite.all() else numbers
    if not numbers.size:
        return None
    # not by `np.quantile`: what lies between two values of one dtype may be beyond its range on the way
    places = [share * (numbers.size - 1) for share in SHARES]
    ends = sorted({end for place in places for end in (math.floor(place), math.ceil(place))})
    ordered = np.partition(numbers, ends)
    return tuple(
        _between(ordered[math.floor(place)].item(), ordered[math.ceil(place)].item(), place % 1) for place in places
    )


def _between(low: float, high: float, share: float) -> float:
    """Return what lies at a share of the way from one number to another; whole numbers of Python are exact."""
    gap = float(high - low)
    return float(low) + share * gap if math.isfinite(gap) else (1 - share) * low + share * high


def rank(values: Array) -> int | None:
    """Return the rank of a matrix, None if it is none, or too large.

    Examples
    --------
    >>> rank(np.outer([1.0, 2.0], [3.0, 4.0])), rank(np.zeros((2, 2, 2)))
    (1, None)
    """
    if values.ndim != 2 or not values.size or max(values.shape) > 16 * _MOST_RANKED or min(values.shape) > _MOST_RANKED:
        return None
    kind = np.complex128 if values.dtype.kind == "c" else np.float64
    # what rounding has left of a singular value of zero is none; float16 is too coarse a measure for that
    kept = min(float(np.finfo(values.dtype).eps), _FLOAT32) if values.dtype.kind in "fc" else _FLOAT64
    # in parts of the largest: products of what is near the ends of the range would leave it
    wide = values.astype(kind)
    wide /= float(np.abs(wide).max()) or 1.0
    singular = np.linalg.svd(wide, compute_uv=False)
    return int(np.count_nonzero(singular > singular.max() * max(values.shape) * kept))
