"""Lanes: where wires go that would run over nodes, so that they run around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.document.box import Box
from studio.document.document import Position

_CLEAR: Final = 16.0
"""Pixels between a wire and a node that it passes, and between two wires side by side."""
_TURN: Final = 34.0
"""What a wire needs to leave a port and to bend."""


@dataclass
class Lanes:
    """Finds lanes; each that is found is taken.

    Parameters
    ----------
    boxes
        The nodes.
    """

    boxes: Mapping[str, Box]
    _taken: list[tuple[float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids = list(self.boxes)
        rows = [(b.x, b.y, b.right, b.bottom) for b in self.boxes.values()]
        self._edges = np.array(rows).reshape(-1, 4)

    def _within(self, left: float, right: float, ends: tuple[str, str]) -> list[Box]:
        """Return the nodes between two places across, those at the ends of a wire aside."""
        hit = (self._edges[:, 0] < right) & (left < self._edges[:, 2])
        ids = (self._ids[row] for row in np.flatnonzero(hit))
        return [self.boxes[id] for id in ids if id not in ends]

    def around(self, path: Sequence[Position], ends: tuple[str, str]) -> list[Position]:
        """Return the points through which a wire runs around the nodes it would run over, none if it is fine.

        Parameters
        ----------
        path
            Points along the wire, from port to port.
        ends
            The nodes at its ends, which it may touch.

        Examples
        --------
        >>> lanes = Lanes({"a": Box(-100, 0, 100, 60), "b": Box(200, 0, 100, 60), "c": Box(500, 0, 100, 60)})
        >>> lanes.around([(0, 30), (100, 30), (250, 30), (400, 30), (500, 30)], ("a", "c"))
        [(184.0, 76.0), (316.0, 76.0)]
        """
        (x0, y0), (x1, y1) = path[0], path[-1]
        if x1 - x0 < 3 * _TURN:
            return []
        hit = self._run_over(np.array(path), ends)
        if not hit:
            return []
        left = max(min(b.x for b in hit) - _CLEAR, x0 + _TURN)
        right = min(max(b.right for b in hit) + _CLEAR, x1 - _TURN)
        if right - left < _TURN:
            return []
        wanted = y0 + (y1 - y0) * ((left + right) / 2 - x0) / (x1 - x0)
        y = self._free(left, right, wanted, ends)
        self._taken.append((left, right, y))
        return [(float(round(left)), float(round(y))), (float(round(right)), float(round(y)))]

    def _run_over(self, path: NDArray[np.float64], ends: tuple[str, str]) -> list[Box]:
        low, high = path.min(axis=0), path.max(axis=0)
        edges = self._edges
        near = (edges[:, 0] < high[0]) & (low[0] < edges[:, 2]) & (edges[:, 1] < high[1]) & (low[1] < edges[:, 3])
        ids = (self._ids[row] for row in np.flatnonzero(near))
        return [self.boxes[id] for id in ids if id not in ends and _over(self.boxes[id], path)]

    def _free(self, left: float, right: float, wanted: float, ends: tuple[str, str]) -> float:
        """Return the height nearest to the one wanted at which there is neither node nor wire from left to right."""
        closed = [(b.y - _CLEAR, b.bottom + _CLEAR) for b in self._within(left, right, ends)]
        closed += [(y - _CLEAR, y + _CLEAR) for a, b, y in self._taken if a < right and left < b]
        heights = [wanted, *(low for low, _ in closed), *(high for _, high in closed)]
        # below rather than above, where both are as near: titles are above
        for y in sorted(heights, key=lambda h: (abs(h - wanted), -h)):
            if not any(low < y < high for low, high in closed):
                return y
        return wanted


def _over(box: Box, path: NDArray[np.float64]) -> bool:
    x, y = path.T
    return bool(((box.x < x) & (x < box.right) & (box.y < y) & (y < box.bottom)).any())
