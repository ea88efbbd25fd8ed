"""Snapping while nodes are dragged: what they can line up with, and the lines that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.canvas.metrics import GRID
from studio.document.box import Box, bounds_of
from studio.document.document import Position
from studio.document.snap import Snap, snap, snap_to_grid

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

_REACH: Final = 7.0
"""Pixels of the screen within which things snap."""
_MOST: Final = 400
"""So many neighbours are looked at: with more in view, each lines up with something anyway."""


@dataclass
class Snapping:
    """What the user wants: lines with neighbours, the points of the grid, both or nothing."""

    grid: bool = False
    neighbours: bool = False


class Drawn:
    """Lines a drag up; made when it begins, since nothing else moves meanwhile.

    Parameters
    ----------
    view
        The canvas.
    start
        Where the dragged nodes were.
    """

    def __init__(self, view: CanvasView, start: Mapping[str, Position]) -> None:
        self._view = view
        canvas = view.canvas
        self._first = next(iter(start.values()))
        self._bounds = bounds_of(canvas.box(id) for id in start)
        self._others: list[Box] = []
        self._rises: list[float] = []
        self.guides: list[QLineF] = []
        if view.arranging.snapping.neighbours:
            near = (id for id in canvas.inside(view.visible_area()) if id not in start)
            frames = {frame.id for frame in canvas.frames()}
            self._others = [canvas.box(id) for id in near if id not in frames][:_MOST]
            self._rises = list(self._level(start)) if len(start) == 1 else []

    def _level(self, start: Mapping[str, Position]) -> set[float]:
        """Return how far down the dragged node would have to go for a wire of it to run level."""
        found: set[float] = set()
        document, strands = self._view.canvas.document, self._view.canvas.wires.strands()
        for wire in (w for id in start for w in document.wires_of(id)):
            if (strand := strands.get(wire.target)) is not None:
                rise = strand.start.y() - strand.end.y()
                found.add(rise if strand.wire.target.node in start else -rise)
        return found

    def drawn(self, dx: float, dy: float, free: bool) -> tuple[float, float]:
        """Return where a drag by (dx, dy) goes really; `free` lets it go anywhere."""
        old = self.guides
        self.guides = []
        found = Snap() if free else self._snap(dx, dy)
        for guide in found.guides:
            ends = (guide.begin - 12, guide.end + 12)
            across = (
                (guide.at, ends[0], guide.at, ends[1]) if guide.vertical else (ends[0], guide.at, ends[1], guide.at)
            )
            self.guides.append(QLineF(*across))
        for line in (*old, *self.guides):
            self._view.repaint_scene(QRectF(line.p1(), line.p2()).normalized().adjusted(-2, -2, 2, 2))
        return dx + found.dx, dy + found.dy

    def _snap(self, dx: float, dy: float) -> Snap:
        if self._view.arranging.snapping.grid:
            return snap_to_grid(self._first[0] + dx, self._first[1] + dy, GRID)
        bounds = self._bounds
        box = Box(bounds.x + dx, bounds.y + dy, bounds.width, bounds.height)
        return snap(box, self._others, _REACH / self._view.zoom, [rise - dy for rise in self._rises])

    def end(self) -> None:
        """Take the lines away."""
        self.drawn(0.0, 0.0, free=True)

    def paint(self, painter: QPainter) -> None:
        """Paint the lines."""
        pen = QPen(self._view.canvas.shared.style.accent, 1, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(self.guides)
