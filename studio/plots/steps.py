"""The steps of a curve: whole numbers that grow, and nearly always by one."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.plots.growing import Growing

_DTYPE: Final = np.int32


class Steps:
    """Numbers in rising order, with room for so many that are kept.

    The last ones are not kept where each is one more than that before it. So the steps of a training of a million take
    no memory, which as numbers would be half of that of a curve.

    Examples
    --------
    >>> steps = Steps()
    >>> steps.extend(np.array([2, 5]))
    >>> steps.extend(np.arange(7, 1_000_007))
    >>> len(steps), int(steps[1]), int(steps[-1]), steps.nbytes
    (1000002, 5, 1000006, 8)
    >>> steps[1:4], steps[np.array([0, 10])], steps.search(np.array([5, 6, 1000]))
    (array([5, 7, 8], dtype=int32), array([ 2, 15], dtype=int32), array([  1,   2, 995]))
    """

    def __init__(self, room: int = 0) -> None:
        self._head = Growing(_DTYPE, room)
        self._first = self._run = 0  # of those behind the head

    def __len__(self) -> int:
        return len(self._head) + self._run

    @property
    def nbytes(self) -> int:
        """Bytes of the numbers that are kept."""
        return self._head.array.nbytes

    @property
    def array(self) -> Array:
        """All numbers."""
        return self[:]

    def extend(self, values: Array) -> None:
        """Append numbers, which are greater than those before."""
        if not len(values):
            return
        first, last = int(values[0]), int(values[-1])
        is_run = last - first == len(values) - 1
        if not is_run or not self._run or first != self._first + self._run:
            self._head.extend(self._behind(0, self._run))
            self._first, self._run = first, 0
        if is_run:
            self._run += len(values)
        else:
            self._head.extend(values)

    def cut(self, size: int) -> None:
        """Keep the first `size` numbers."""
        self._run = min(self._run, max(0, size - len(self._head)))
        self._head.cut(size)

    def search(self, values: Array, side: str = "left") -> Array:
        """Return in front of how many of the numbers each value belongs, as `numpy.searchsorted` does."""
        values = np.asarray(values)
        found = np.searchsorted(self._head.array, values, side)  # type: ignore[call-overload]
        rounded = np.ceil(values) if side == "left" else np.floor(values) + 1
        behind = np.clip(rounded - self._first, 0, self._run).astype(np.intp)
        result: Array = found + np.where(found == len(self._head), behind, 0)
        return result

    def __getitem__(self, place: int | slice | Array) -> Array:
        head = len(self._head)
        if isinstance(place, slice):
            begin, end, step = place.indices(len(self))
            behind = self._behind(max(0, begin - head), max(0, end - head))
            return np.concatenate([self._head.array[begin:end], behind])[::step]
        places = np.asarray(place)
        places = np.where(places < 0, places + len(self), places)
        found = np.empty(places.shape, _DTYPE)
        is_kept = places < head
        found[is_kept] = self._head.array[places[is_kept]]
        found[~is_kept] = self._first + places[~is_kept] - head
        return found[()]

    def _behind(self, begin: int, end: int) -> Array:
        """Return numbers that are not kept."""
        return np.arange(self._first + begin, self._first + end, dtype=_DTYPE)
