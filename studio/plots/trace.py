"""A line that grows, and its least and greatest values by column of pixels, however many points it has."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import DTypeLike

from engine.core.dtype import Array
from studio.plots.growing import Growing
from studio.plots.steps import Steps

#: Points whose extremes are kept together. A million make 16,000: what a frame has to look at. Finding the extremes of
#: a million in 1,000 columns takes 0.2 ms this way, 6 ms point by point.
_BLOCK: Final = 64
#: Points that are kept unless fewer will do, in 4 MB: of more, every four neighbours make way for the least and the
#: greatest of them, whose steps take 2 MB. A network of some thousand weights makes 4 million in ten minutes.
MOST: Final = 1 << 20
#: Points that are thinned together: a multiple of four.
_PART: Final = 1 << 16


class Trace:
    """Points in the order of their x, whole numbers, which grow at the end.

    There are never more than `most`: the points of a long training stand for 2, 4, 8, … steps each, but for the last
    ones. No peak is lost.

    Parameters
    ----------
    dtype
        Of the values.
    most
        Points that are kept.

    Attributes
    ----------
    steps
        Where the points are.

    Examples
    --------
    >>> trace = Trace()
    >>> y = np.zeros(100_000); y[77_777] = 5
    >>> trace.extend(np.arange(100_000), y)
    >>> few_x, few_y = trace.columns(np.linspace(0, 100_000, 101))
    >>> len(few_x), float(few_y.max())
    (202, 5.0)
    """

    def __init__(self, dtype: DTypeLike = np.float64, most: int = MOST) -> None:
        self._limit = most
        self.steps, self._y = Steps(), Growing(dtype)
        self._least, self._most = Growing(dtype), Growing(dtype)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def x(self) -> Array:
        """Where the points are; of a million it takes 1 ms to write them out, so see `steps`."""
        return self.steps.array

    @property
    def y(self) -> Array:
        """Their values."""
        return self._y.array

    def extend(self, x: Array, y: Array) -> None:
        """Append points, whose x is greater than those before."""
        self.steps.extend(x)
        self._y.extend(y)
        while len(self) > self._limit:
            self._thin()
        self._note_extremes()

    def _thin(self) -> None:
        """Keep two of every four points, which takes 20 ms of a million.

        They are taken part by part: the memory for all at once, 20 MB, would be given back to the system late or never.
        """
        steps, y, whole = self.steps, self.y, len(self) // 4 * 4
        self.steps, self._y = Steps(len(y) // 2 + _PART), Growing(y.dtype, len(y) // 2 + _PART)
        for begin in range(0, whole, _PART):
            part = slice(begin, min(begin + _PART, whole))
            fours = y[part].reshape(-1, 4)
            rows, least, most = np.arange(len(fours)), fours.argmin(axis=1), fours.argmax(axis=1)  # both find NaN
            chosen = np.zeros(fours.shape, bool)
            chosen[rows, least] = True
            chosen[rows, np.where(least == most, (least + 1) % 4, most)] = True
            self.steps.extend(steps[part][chosen.ravel()])
            self._y.extend(fours[chosen])
        self.steps.extend(steps[whole:])
        self._y.extend(y[whole:])
        for extremes in (self._least, self._most):
            extremes.cut(0)

    def _note_extremes(self) -> None:
        first, last = len(self._least), len(self._y) // _BLOCK
        if last > first:
            blocks = self.y[first * _BLOCK : last * _BLOCK].reshape(-1, _BLOCK)
            self._least.extend(np.fmin.reduce(blocks, axis=1))
            self._most.extend(np.fmax.reduce(blocks, axis=1))

    def cut(self, size: int) -> None:
        """Keep the first `size` points."""
        self.steps.cut(size)
        self._y.cut(size)
        for part in (self._least, self._most):
            part.cut(size // _BLOCK)

    def columns(self, edges: Array) -> tuple[Array, Array]:
        """Return the points between the first edge and the last, and a neighbour on each side.

        Where there are many, the least and the greatest of each column between two edges, so that no peak is lost:
        two points in the middle of the column. The borders of long columns are up to 64 points off.
        """
        places = self.steps.search(np.ceil(edges))
        first, last = max(0, int(places[0]) - 1), min(len(self), int(places[-1]) + 1)
        if last - first <= 2 * len(edges):
            return self.steps[first:last], self.y[first:last]
        places[0], places[-1] = first, last
        starts = np.unique(places)
        long = np.diff(starts) >= 2 * _BLOCK
        if not long.any():
            return self._pairs(self._column(starts, 1))
        # Short columns are looked at point by point, from the first long one on by blocks: on a logarithmic axis the
        # short ones come first.
        cut = int(np.argmax(long))
        blocks = np.unique(np.minimum(-(-starts[cut:] // _BLOCK), last // _BLOCK)) * _BLOCK
        head, tail = np.unique([*starts[: cut + 1], blocks[0]]), np.unique([blocks[-1], last])
        return self._pairs(self._column(head, 1), self._column(blocks, _BLOCK), self._column(tail, 1))

    def _column(self, starts: Array, size: int) -> tuple[Array, Array, Array]:
        """Return middle, least and greatest of the columns between starts, found by blocks of so many points."""
        if len(starts) < 2:
            return np.empty(0), np.empty(0), np.empty(0)
        low, high = (self.y, self.y) if size == 1 else (self._least.array, self._most.array)
        places, end = starts[:-1] // size, starts[-1] // size
        middle = self.steps[(starts[:-1] + starts[1:] - 1) // 2]
        return middle, np.fmin.reduceat(low[:end], places), np.fmax.reduceat(high[:end], places)

    @staticmethod
    def _pairs(*parts: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        middle, least, most = (np.concatenate(column) for column in zip(*parts, strict=True))
        return np.repeat(middle, 2), np.column_stack([least, most]).ravel()
