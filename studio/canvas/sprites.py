"""Bodies of nodes as pixels: nodes of one size and category share a picture while the zoom stays.

A body is four antialiased shapes, some 25 microseconds; its picture takes 5. With 300 nodes in view that is the
difference between a repaint that fits a frame and one that does not.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from studio.canvas.metrics import BAR, CORNER, HEADER, SPRITE_ZOOM
from studio.canvas.style import Style, body_path, header_path

_BAR = QRectF(0, HEADER / 2 - 8, BAR, 16)
_EDGE = 2.0
_IDENTITY = QTransform()


class Sprites:
    """The pictures for one theme at one zoom. `ratio` is the screen's pixels per logical pixel."""

    def __init__(self, style: Style, zoom: float = 1.0, ratio: float = 1.0) -> None:
        self._style = style
        self._zoom = zoom
        self._ratio = ratio
        self._bodies: dict[tuple[float, float, str, bool], QPixmap] = {}

    def paint_body(self, painter: QPainter, width: float, height: float, category: str, hovered: bool) -> None:
        """Paint the body of a node at the painter's origin."""
        world = painter.worldTransform()
        # Large ones are few and slow to copy; other scales come up where the scene is painted elsewhere than here.
        if self._zoom > SPRITE_ZOOM or world.m11() != self._zoom:
            _paint(painter, self._style, width, height, category, hovered)
            return
        key = (width, height, category, hovered)
        if (body := self._bodies.get(key)) is None:
            body = self._bodies[key] = self._draw(*key)
        x = round(world.dx() * self._ratio) / self._ratio - _EDGE
        y = round(world.dy() * self._ratio) / self._ratio - _EDGE
        painter.setWorldTransform(_IDENTITY)
        painter.drawPixmap(QPointF(x, y), body)
        painter.setWorldTransform(world)

    def _draw(self, width: float, height: float, category: str, hovered: bool) -> QPixmap:
        sides = (math.ceil((side * self._zoom + 2 * _EDGE) * self._ratio) for side in (width, height))
        body = QPixmap(*sides)
        body.setDevicePixelRatio(self._ratio)
        body.fill(Qt.GlobalColor.transparent)
        painter = QPainter(body)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(_EDGE, _EDGE)
        painter.scale(self._zoom, self._zoom)
        _paint(painter, self._style, width, height, category, hovered)
        painter.end()
        return body


def _paint(painter: QPainter, style: Style, width: float, height: float, category: str, hovered: bool) -> None:
    border = style.border if category else style.placeholder
    only_header = height < HEADER + CORNER
    painter.setPen(style.hover if hovered else border)
    painter.setBrush(style.header[category] if only_header else style.body)
    painter.drawPath(body_path(width, height))
    if not only_header:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.header[category])
        painter.drawPath(header_path(width))
    painter.fillRect(_BAR.translated(0, (height - HEADER) / 2 if only_header else 0), style.category[category])
