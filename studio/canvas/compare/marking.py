"""How marks are painted: rings, lines and signs, many of a kind at once, since a thousand may be in view."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from studio.canvas.metrics import CORNER, Detail
from studio.canvas.scene import CanvasScene
from studio.document.changes import SIGNS, Marks, Sign
from studio.ui import fonts
from studio.ui.theme import Theme

_RING: Final = 2.5
_HERE: Final = 5.0
"""Width of the ring around what is being looked at."""
_GAP: Final = 3.0
_LARGE, _SMALL = 18, 11
"""Pixels that a sign has on the screen, near and from afar."""
_SHRINK: Final = 45.0


def colour_of(sign: Sign, theme: Theme) -> QColor:
    """Return the colour of what came, went or changed."""
    return QColor({"+": theme.ok, "−": theme.bad, "~": theme.warn}[sign])


@lru_cache(maxsize=64)
def _badge(sign: Sign, theme: Theme, size: int, ratio: float) -> QPixmap:
    """Return a sign in a circle."""
    side = size + 2
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.canvas), 1))
    painter.setBrush(colour_of(sign, theme))
    circle = QRectF(1, 1, size, size)
    painter.drawEllipse(circle)
    painter.setFont(fonts.sans(round(size * 0.75), 600))
    painter.setPen(QColor(theme.canvas))
    painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, sign)
    painter.end()
    return pixmap


class Marking:
    """The marks of a scene that nobody edits."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.marks = Marks({}, {})
        self._bodies: dict[Sign, list[QRectF]] = {}
        self._curves: dict[Sign, list[tuple[QRectF, QPainterPath, QLineF]]] = {}
        self._is_stale = True

    def set_marks(self, marks: Marks) -> None:
        """Mark these nodes, notes and wires."""
        self.marks = marks
        self._is_stale = True

    def forget(self) -> None:
        """Look again at where things are."""
        self._is_stale = True

    def _find(self) -> None:
        items, strands = self._scene.items_by_id, self._scene.wires.strands()
        self._bodies = {sign: [] for sign in SIGNS}
        self._curves = {sign: [] for sign in SIGNS}
        for id, sign in self.marks.nodes.items():
            if id in items:
                self._bodies[sign].append(items[id].body())
        for target, sign in self.marks.wires.items():
            if (strand := strands.get(target)) is not None:
                area = strand.path.controlPointRect()
                self._curves[sign].append((area, strand.path, QLineF(strand.start, strand.end)))
        self._is_stale = False

    def paint(self, painter: QPainter, seen: QRectF, zoom: float, ratio: float, here: Collection[str]) -> None:
        """Paint what lies in a part of the scene, whose coordinates are the painter's."""
        if self._is_stale:
            self._find()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        theme, outside = self._scene.shared.style.theme, _GAP / zoom
        for id in here:
            sign = self.marks.nodes.get(id)
            if sign is not None and id in self._scene.items_by_id:
                body = self._scene.items_by_id[id].body()
                painter.setPen(_pen(sign, theme, _HERE))
                painter.drawRoundedRect(body.adjusted(-outside, -outside, outside, outside), CORNER, CORNER)
        if self._scene.shared.detail is Detail.FAR:
            self._paint_far(painter, zoom, ratio)
        else:
            margin = (_LARGE + _GAP) / zoom
            self._paint_near(painter, seen.adjusted(-margin, -margin, margin, margin), zoom, ratio)

    def _paint_far(self, painter: QPainter, zoom: float, ratio: float) -> None:
        """Paint all marks: straight lines and corners, a kind at a time."""
        theme = self._scene.shared.style.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for sign in SIGNS:
            painter.setPen(_pen(sign, theme, round(_RING)))
            painter.drawLines([line for _area, _path, line in self._curves[sign]])
            painter.drawRects(self._bodies[sign])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for sign in SIGNS:
            self._paint_signs(painter, sign, [line.center() for _area, _path, line in self._curves[sign]], zoom, ratio)
            self._paint_signs(painter, sign, [body.topLeft() for body in self._bodies[sign]], zoom, ratio)

    def _paint_near(self, painter: QPainter, seen: QRectF, zoom: float, ratio: float) -> None:
        """Paint the marks in view along what they mark."""
        theme, outside, corner = self._scene.shared.style.theme, _GAP / zoom, CORNER + _GAP
        places: dict[Sign, list[QPointF]] = {}
        for sign in SIGNS:
            painter.setPen(_pen(sign, theme, _RING))
            curves = [(path, line) for area, path, line in self._curves[sign] if area.intersects(seen)]
            bodies = [body for body in self._bodies[sign] if body.intersects(seen)]
            for path, _line in curves:
                painter.drawPath(path)
            for body in bodies:
                painter.drawRoundedRect(body.adjusted(-outside, -outside, outside, outside), corner, corner)
            places[sign] = [*(line.center() for _path, line in curves), *(body.topLeft() for body in bodies)]
        for sign, at in places.items():  # above all rings
            self._paint_signs(painter, sign, at, zoom, ratio)

    def _paint_signs(self, painter: QPainter, sign: Sign, at: list[QPointF], zoom: float, ratio: float) -> None:
        """Paint signs beside the corners of what they mark, so that headers can be read; on wires, in the middle."""
        size = round(min(max(_SHRINK * zoom, _SMALL), _LARGE))
        badge = _badge(sign, self._scene.shared.style.theme, size, ratio)
        to_screen, shift = painter.transform(), QPointF(size * 0.75, size * 0.75)
        painter.save()
        painter.resetTransform()
        for place in at:
            painter.drawPixmap(to_screen.map(place) - shift, badge)
        painter.restore()


def _pen(sign: Sign, theme: Theme, width: float) -> QPen:
    """Return a pen as wide on the screen at any zoom; what is gone is dashed."""
    pen = QPen(colour_of(sign, theme), width, Qt.PenStyle.DashLine if sign == "−" else Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    return pen
