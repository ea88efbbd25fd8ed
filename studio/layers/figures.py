"""What the charts draw, as numbers: spreads over the steps, scales, and ticks. Knows no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from studio.ui.ticks import ticks

#: Update ratios that are called healthy: around a thousandth of a weight's length a step.
HEALTHY: Final = (3e-4, 3e-3)
#: Shares of the values below the lines that are drawn into a spread.
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Shares beyond which values are so rare that the axis may leave them out.
_TAILS: Final = (0.005, 0.995)
#: Width of the spread of values that are all the same, by their size.
_WIDTH: Final = 1e-9
#: Most powers of ten on a logarithmic axis.
_DECADES: Final = 24
_TINY: Final = 1e-300


@dataclass(frozen=True)
class Spread:
    """How values are spread, at each look: counts in equal parts of the range from low to high.

    Without values both ends are NaN.
    """

    low: Array
    high: Array
    counts: Array

    @classmethod
    def of(cls, found: Array) -> Spread:
        """Return that of a column of a `LayerHistory`."""
        low, high = (np.array(found[end], np.float64) for end in ("low", "high"))
        bad = ~(np.isfinite(low) & np.isfinite(high) & (high > low))
        low[bad] = high[bad] = np.nan
        counts = np.array(found["counts"], np.float64)
        same = (counts > 0).sum(axis=1) == 1  # all values are the same one: its histogram was widened for it
        middle = (low + high)[same] / 2
        low[same], high[same] = middle - _WIDTH * (1 + abs(middle)), middle + _WIDTH * (1 + abs(middle))
        return cls(low, high, counts)

    @property
    def known(self) -> Array:
        """At which looks there were values."""
        return np.isfinite(self.low)

    @property
    def _below(self) -> Array:
        """Share of the values below each edge of the parts."""
        sums = np.cumsum(self.counts, axis=1)
        return np.column_stack([np.zeros(len(sums)), sums / np.maximum(sums[:, -1:], 1)])

    def quantiles(self, shares: Sequence[float] = QUANTILES) -> Array:
        """Return the values below which such shares of them lie: a row for each share, a column for each look.

        Examples
        --------
        >>> spread = Spread(np.array([0.0]), np.array([4.0]), np.array([[1.0, 1.0, 0.0, 2.0]]))
        >>> spread.quantiles((0.25, 0.5, 0.75)).ravel().tolist()
        [1.0, 2.0, 3.5]
        """
        below, parts = self._below, self.counts.shape[1]
        found = np.full((len(shares), len(self.low)), np.nan)
        looks = np.arange(len(self.low))
        for i, share in enumerate(shares):
            place = np.clip((below < share).sum(axis=1), 1, parts)
            before, behind = below[looks, place - 1], below[looks, place]
            inside = np.divide(share - before, behind - before, out=np.zeros(len(looks)), where=behind > before)
            found[i] = self.low + (place - 1 + np.clip(inside, 0, 1)) / parts * (self.high - self.low)
        return found

    def density(self, edges: Array) -> Array:
        """Return which share of the values lies between edges: a row for each part, a column for each look.

        Examples
        --------
        >>> spread = Spread(np.array([0.0]), np.array([4.0]), np.array([[1.0, 1.0, 0.0, 2.0]]))
        >>> spread.density(np.array([0.0, 1.0, 3.0, 5.0])).ravel().tolist()
        [0.25, 0.25, 0.5]
        """
        below, parts = self._below, self.counts.shape[1]
        with np.errstate(invalid="ignore"):
            at = (edges - self.low[:, None]) / (self.high - self.low)[:, None] * parts
        at = np.clip(np.nan_to_num(at), 0, parts)
        place = np.minimum(at.astype(np.int64), parts - 1)
        looks = np.arange(len(self.low))[:, None]
        sums = below[looks, place] + (at - place) * (below[looks, place + 1] - below[looks, place])
        sums[~self.known] = 0
        found: Array = np.diff(sums, axis=1).T
        return found

    def reach(self) -> tuple[float, float] | None:
        """Return the range in which all but the rarest values of all looks lie, None without values."""
        ends = self.quantiles(_TAILS)
        if not np.isfinite(ends).any():
            return None
        low, high = float(np.nanmin(ends[0])), float(np.nanmax(ends[1]))
        room = 0.04 * (high - low) or 0.5
        return low - room, high + room


@dataclass(frozen=True)
class Scale:
    """An axis: from which value to which, and whether it is logarithmic."""

    low: float
    high: float
    log: bool = False

    @classmethod
    def around(cls, values: Sequence[Array], log: bool = False, zero: bool = False) -> Scale | None:
        """Return an axis with room for all values that have a place on it, None if none has; `zero`: from 0 on."""
        flat = np.concatenate([np.ravel(each) for each in values]) if values else np.zeros(0)
        flat = flat[np.isfinite(flat) & ((flat > 0) | (not log))]
        if not flat.size:
            return None
        low, high = float(flat.min()), float(flat.max())
        if log:
            low = max(low, high * 10.0**-_DECADES, _TINY)
            ends = math.log10(low), math.log10(max(high, low))
            room = max(0.06 * (ends[1] - ends[0]), 0.15)
            return cls(10 ** (ends[0] - room), 10 ** min(ends[1] + room, 307), True)
        if zero:
            low = min(low, 0.0)
        room = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
        return cls(low if zero and low == 0 else low - room, high + room)

    def places(self, values: Any) -> Array:
        """Return where values lie: 0 at the lower end, 1 at the upper one; NaN where they have no place."""
        found = np.asarray(values, np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.log:
                low, high = math.log10(self.low), math.log10(self.high)
                placed: Array = (np.log10(np.where(found > 0, found, np.nan)) - low) / (high - low)
            else:
                placed = (found - self.low) / (self.high - self.low)
        return np.where(np.isfinite(placed), placed, np.nan)

    def ticks(self, most: int) -> list[float]:
        """Return round values along it, about so many at most.

        Examples
        --------
        >>> Scale(0.0, 1.06).ticks(5), Scale(2e-5, 3.0, True).ticks(3)
        ([0.0, 0.5, 1.0], [0.0001, 0.01, 1.0])
        """
        if self.log:
            bottom, top = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            apart = max(1, -(-(top - bottom + 1) // max(most, 1)))
            found = [10.0**power for power in range(top - (top - bottom) // apart * apart, top + 1, apart)]
            if len(found) > 1:
                return found
            fine = [times * 10.0**power for power in range(bottom - 1, top + 1) for times in (1, 2, 5)]
            within = [tick for tick in fine if self.low <= tick <= self.high]
            return within[:: max(1, -(-len(within) // max(most, 1)))] or [math.sqrt(self.low) * math.sqrt(self.high)]
        return ticks(self.low, self.high, most)


def edges_between(places: Array) -> Array:
    """Return where columns that stand for these places begin and end: half-way between two.

    Examples
    --------
    >>> edges_between(np.array([0.0, 2.0, 6.0])).tolist()
    [0.0, 1.0, 4.0, 6.0]
    """
    if len(places) < 2:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    return np.concatenate([places[:1], (places[1:] + places[:-1]) / 2, places[-1:]])


def nearest(steps: Array, step: float) -> int:
    """Return the place of the look that is nearest to a step.

    >>> nearest(np.array([0, 1, 21]), 12)
    2
    """
    return int(np.abs(steps - step).argmin())
