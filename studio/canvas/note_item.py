"""A note on the canvas: a text on a quiet ground."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.canvas.metrics import MARGIN, PAD, Detail
from studio.canvas.node_item import Marks, PaintState
from studio.canvas.style import body_path, font
from studio.document.document import Note


class NoteItem(QGraphicsItem):
    """A note, behind the nodes and the wires."""

    def __init__(self, note: Note, shared: PaintState) -> None:
        super().__init__()
        self.id = note.id
        self.text, self.size = note.text, note.size
        self.marks = Marks()
        self._shared = shared
        self.setZValue(-2)

    def set_note(self, note: Note) -> None:
        """Show another text or size from now on."""
        self.prepareGeometryChange()
        self.text, self.size = note.text, note.size
        self.update()

    def setZValue(self, z: float) -> None:
        """Stay behind, selected or not: a note may lie under a whole group of nodes."""
        super().setZValue(min(z, -2))

    def body(self) -> QRectF:
        """Return its rectangle in scene coordinates."""
        return QRectF(self.x(), self.y(), *self.size)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self.size).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def shape(self) -> QPainterPath:
        return body_path(*self.size)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the ground, and the text from middle detail on."""
        style = self._shared.style
        area = QRectF(0, 0, *self.size)
        painter.setBrush(style.note)
        painter.setPen(style.ring if self.marks.selected else style.note_border)
        painter.drawPath(self.shape())
        if self._shared.detail is not Detail.FAR:
            painter.setPen(style.text)
            painter.setFont(font("label"))
            flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(area.adjusted(PAD, PAD - 4, -PAD, -PAD + 4), int(flags), self.text)
