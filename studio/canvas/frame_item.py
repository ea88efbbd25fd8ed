"""A frame on the canvas: a titled area that nodes lie in, and go along with."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from studio.canvas.metrics import CORNER, HEADER, PAD
from studio.canvas.sheet_item import SheetItem
from studio.canvas.style import draw_text, elided, font

_EDGE: Final = 6.0
"""What of a frame's border can be taken hold of, inside of it."""


class FrameItem(SheetItem):
    """A frame. It is meant by its title and its border: what lies in it is in reach, and so is empty space."""

    layer = -3.0

    def title_area(self) -> QRectF:
        """Return the strip with the title in scene coordinates."""
        return QRectF(self.x(), self.y(), self.size[0], HEADER)

    def holds(self, position: QPointF) -> bool:
        """Return whether a scene position is on the title or the border."""
        body = self.body()
        inside = body.adjusted(_EDGE, HEADER, -_EDGE, -_EDGE)
        return body.contains(position) and not inside.contains(position)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the area, its title strip and its title."""
        style, colour = self._shared.style, self.note.colour
        width, height = self.size
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0, 0, width, height), CORNER, CORNER)
        painter.setPen(style.ring if self.marks.selected else style.sheet_border[colour])
        painter.setBrush(style.frame_ground[colour])
        painter.drawPath(outline)
        painter.setFont(font("title"))
        painter.setPen(style.frame_title[colour])
        draw_text(painter, PAD, HEADER / 2, elided(self.text, "title", width - 2 * PAD), "title")
