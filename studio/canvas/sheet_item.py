"""What a note and a frame have in common: an area behind the nodes that can be selected, moved and resized."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsItem

from studio.canvas.metrics import MARGIN
from studio.canvas.node_item import Marks, PaintState
from studio.canvas.style import body_path
from studio.document.document import Note

Sides = tuple[int, int]
"""Which edges: -1 is the left (or upper) one, 1 the right (or lower) one, 0 neither."""

CORNER_REACH = 2.0
"""How much longer than an edge is thick a corner is."""


class SheetItem(QGraphicsItem):
    """A note or a frame."""

    layer = -2.0

    def __init__(self, note: Note, shared: PaintState) -> None:
        super().__init__()
        self.id = note.id
        self.note = note
        self.size = note.size
        self.marks = Marks()
        self._shared = shared
        self.setZValue(self.layer)

    @property
    def text(self) -> str:
        """The note's text, or the frame's title."""
        return self.note.text

    def set_note(self, note: Note) -> None:
        """Show another text, size or colour from now on."""
        self.note = note
        self.set_size(note.size)

    def set_size(self, size: tuple[float, float]) -> None:
        """Show another size, as while an edge is being dragged."""
        self.prepareGeometryChange()
        self.size = size
        self.update()

    def setZValue(self, z: float) -> None:
        """Stay behind, selected or not: a sheet may lie under a whole group of nodes."""
        super().setZValue(min(z, self.layer))

    def body(self) -> QRectF:
        """Return its rectangle in scene coordinates."""
        return QRectF(self.x(), self.y(), *self.size)

    def holds(self, position: QPointF) -> bool:
        """Return whether a scene position means it."""
        return self.body().contains(position)

    def sides_at(self, position: QPointF, reach: float) -> Sides:
        """Return which edges a scene position means, (0, 0) if none."""
        body = self.body()
        if not body.adjusted(-reach, -reach, reach, reach).contains(position):
            return 0, 0
        x = _side(position.x(), body.left(), body.right(), reach)
        y = _side(position.y(), body.top(), body.bottom(), reach)
        if x or y:  # near a corner both are meant
            x = x or _side(position.x(), body.left(), body.right(), CORNER_REACH * reach)
            y = y or _side(position.y(), body.top(), body.bottom(), CORNER_REACH * reach)
        return x, y

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self.size).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def shape(self) -> QPainterPath:
        return body_path(*self.size)


def _side(at: float, low: float, high: float, reach: float) -> int:
    if abs(at - high) <= reach:
        return 1
    return -1 if abs(at - low) <= reach else 0
