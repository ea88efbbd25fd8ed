"""An array that grows at its end."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from engine.core.dtype import Array


class Growing:
    """A one-dimensional array that grows at its end, with room for so many values at first."""

    def __init__(self, dtype: DTypeLike = np.float64, room: int = 1024) -> None:
        self._buffer: Array = np.empty(room, dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def extend(self, values: Array) -> None:
        """Append `values`."""
        needed = self._size + len(values)
        if needed > len(self._buffer):
            larger = np.empty(max(needed, 2 * len(self._buffer)), self._buffer.dtype)
            larger[: self._size] = self._buffer[: self._size]
            self._buffer = larger
        self._buffer[self._size : needed] = values
        self._size = needed

    def cut(self, size: int) -> None:
        """Keep the first `size` values."""
        if size < self._size:  # into a buffer of its own: views of the old one stay as they are
            kept = self.array[:size].copy()
            self._buffer, self._size = np.empty(max(1024, size), kept.dtype), 0
            self.extend(kept)

    @property
    def array(self) -> Array:
        """The values, as a view that later growth does not change."""
        return self._buffer[: self._size]
