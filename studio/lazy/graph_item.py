"""Paints a stage of a program: one item for all of it, which paints what is in view as finely as the zoom allows."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.core.dtype import Array
from studio.document.box import Box
from studio.lazy.drawing import Drawing, Drawn
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.theme import Theme, mix

#: Below this zoom boxes are blocks, and wires lines; texts would be under 6 pixels high.
_NEAR: Final = 0.5
_BAR: Final = 3.0
_MARGIN: Final = 60.0
_STATES: Final = {"made": "accent", "gone": "faint"}


class GraphItem(QGraphicsItem):
    """The picture.

    Attributes
    ----------
    drawing, boxes
        What is painted, and where its nodes are just now: on their way, if they move.
    hovered, marked
        The node under the mouse, and those that are linked to what is looked at.
    labels
        What stands on the frames of kernels, by their numbers in the stage.
    """

    def __init__(self) -> None:
        super().__init__()
        self.drawing = Drawing()
        self.boxes: Array = self.drawing.boxes
        self.hovered: int | None = None
        self.marked: frozenset[int] = frozenset()
        self.chosen: int | None = None
        self.labels: dict[int, str] = {}
        self._bounds = QRectF()
        self._wires: Array = np.zeros((0, 4))
        self._links: Array = np.zeros((0, 4))
        self._far: tuple[str, list[QLineF], list[QLineF], dict[str, list[QRectF]]] | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_drawing(self, drawing: Drawing, boxes: Array) -> None:
        """Paint this, its nodes here."""
        self.prepareGeometryChange()
        self.drawing, self.boxes = drawing, boxes
        self._wires, self._links = self._ends(drawing.wires), self._ends(drawing.links)
        self._far = None
        rects = [boxes] + ([np.array([_row(b) for b in drawing.frames.values()])] if drawing.frames else [])
        every = np.vstack(rects)
        if len(every):
            left, top = every[:, :2].min(axis=0)
            right, bottom = (every[:, :2] + every[:, 2:]).max(axis=0)
            self._bounds = QRectF(left, top, right - left, bottom - top)
        else:
            self._bounds = QRectF()
        self.update()

    @property
    def contents(self) -> QRectF:
        """The rectangle around all nodes."""
        return self._bounds

    def boundingRect(self) -> QRectF:
        """Return the rectangle around all, with some room."""
        return self._bounds.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint what is in view."""
        theme = appearance().theme
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        if not len(self.boxes):
            return
        if zoom < _NEAR:
            self._paint_far(painter, theme)
        else:
            self._paint_near(painter, theme, QRectF(option.exposedRect))
        self._paint_rings(painter, theme, zoom)

    # -------------------------------------------------------------------------------------------------------- from afar

    def _paint_far(self, painter: QPainter, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for box in self.drawing.frames.values():
            painter.fillRect(_rect(box), _shade_of(theme))
        if self._far is None or self._far[0] != theme.name:
            self._far = theme.name, _lines(self._wires), _lines(self._links), self._blocks(theme)
        _name, wires, links, blocks = self._far
        painter.setPen(QPen(QColor(theme.line), 0))
        painter.drawLines(wires)
        painter.setPen(QPen(QColor(theme.warn), 0))
        painter.drawLines(links)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, rects in blocks.items():
            painter.setBrush(QColor(colour))
            painter.drawRects(rects)

    def _blocks(self, theme: Theme) -> dict[str, list[QRectF]]:
        """Return the nodes as rectangles, by their colours."""
        groups: dict[str, list[QRectF]] = {}
        for drawn, row in zip(self.drawing.nodes, self.boxes.tolist(), strict=True):
            groups.setdefault(_colour(drawn, theme), []).append(QRectF(*row))
        return groups

    def _ends(self, pairs: Array) -> Array:
        """Return where wires begin and end."""
        if not len(pairs):
            return np.zeros((0, 4))
        starts, ends = self.boxes[pairs[:, 0]], self.boxes[pairs[:, 1]]
        return np.column_stack(
            (starts[:, 0] + starts[:, 2], starts[:, 1] + starts[:, 3] / 2, ends[:, 0], ends[:, 1] + ends[:, 3] / 2)
        )

    # -------------------------------------------------------------------------------------------------------- from near

    def _paint_near(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, box in self.drawing.frames.items():
            if _rect(box).intersects(area):
                self._paint_frame(painter, theme, number, box)
        self._paint_curves(painter, self._wires, area, QPen(QColor(mix(theme.line, theme.dim, 0.5)), 1.5))
        self._paint_curves(painter, self._links, area, QPen(QColor(theme.warn), 1.5, Qt.PenStyle.DotLine))
        for number, box in self.drawing.frames.items():
            if _rect(box).intersects(area):
                self._paint_label(painter, theme, number, box)
        left, top, width, height = self.boxes.T
        seen = (left < area.right()) & (left + width > area.left())
        seen &= (top < area.bottom()) & (top + height > area.top())
        for i in np.flatnonzero(seen):
            self._paint_node(painter, theme, self.drawing.nodes[i], QRectF(*self.boxes[i].tolist()))

    @staticmethod
    def _paint_curves(painter: QPainter, rows: Array, area: QRectF, pen: QPen) -> None:
        x0, y0, x1, y1 = rows.T
        seen = (np.minimum(x0, x1) - 40 < area.right()) & (np.maximum(x0, x1) + 40 > area.left())
        seen &= (np.minimum(y0, y1) - 2 < area.bottom()) & (np.maximum(y0, y1) + 2 > area.top())
        path = QPainterPath()
        for a, b, c, d in rows[seen].tolist():
            reach = max(24.0, abs(c - a) / 2)
            path.moveTo(a, b)
            path.cubicTo(a + reach, b, c - reach, d, c, d)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _paint_frame(self, painter: QPainter, theme: Theme, number: int, box: Box) -> None:
        painter.setPen(QPen(QColor(theme.accent), 1, Qt.PenStyle.DashLine))
        painter.setBrush(_shade_of(theme))
        painter.drawRoundedRect(_rect(box), 10, 10)

    def _paint_label(self, painter: QPainter, theme: Theme, number: int, box: Box) -> None:
        painter.setPen(QColor(theme.accent))
        painter.setFont(_font("label"))
        room = QRectF(box.x + 12, box.y + 8, box.width - 24, 24)
        text = _elided(self.labels.get(number, ""), "label", room.width())
        width = QFontMetricsF(_font("label")).horizontalAdvance(text)
        painter.fillRect(QRectF(room.left() - 3, room.top() + 3, width + 6, room.height() - 6), _shade_of(theme))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    @staticmethod
    def _paint_node(painter: QPainter, theme: Theme, drawn: Drawn, rect: QRectF) -> None:
        is_gone = drawn.state == "gone"
        colour = QColor(theme.faint if is_gone else getattr(theme, drawn.token))
        line = QColor(getattr(theme, _STATES[drawn.state])) if drawn.state in _STATES else QColor(theme.line)
        painter.setPen(QPen(line, 1, Qt.PenStyle.DashLine if is_gone else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush if is_gone else QBrush(QColor(theme.raised)))
        painter.drawRoundedRect(rect, 6, 6)
        painter.fillRect(QRectF(rect.left() + 1, rect.top() + 6, _BAR, rect.height() - 12), colour)
        painter.setPen(colour)
        painter.setFont(_font("sign"))
        middle = Qt.AlignmentFlag.AlignVCenter
        first = QRectF(rect.left() + 10, rect.top() + 2, rect.width() - 16, 22)
        painter.drawText(first, middle, drawn.sign)
        painter.setPen(QColor(theme.dim if is_gone or drawn.node.kind == "constant" else theme.text))
        role = "gone" if is_gone else "title"
        painter.setFont(_font(role))
        room = first.adjusted(16, 0, 0, 0)
        painter.drawText(room, middle, _elided(drawn.title, role, room.width()))
        if drawn.node.kind != "op":
            return
        painter.setPen(QColor(theme.dim))
        painter.setFont(_font("spec"))
        below = QRectF(room.left(), rect.top() + 20, room.width(), 17)
        painter.drawText(below, middle, _elided(drawn.node.spec, "spec", below.width()))

    def _paint_rings(self, painter: QPainter, theme: Theme, zoom: float) -> None:
        """Ring what is looked at, and what it is linked to."""
        if self.hovered is None and self.chosen is None and not self.marked:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        place = self.drawing.place
        for id in {*self.marked, self.hovered, self.chosen}:
            if id is None or id not in place:
                continue
            row = self.boxes[place[id]]
            width = (3.0 if id == self.chosen else 2.0) / min(zoom, 1.0)
            token = theme.accent if id in (self.hovered, self.chosen) else theme.warn
            painter.setPen(QPen(QColor(token), width))
            painter.drawRoundedRect(QRectF(*row.tolist()).adjusted(-2, -2, 2, 2), 7, 7)


@cache
def _font(role: str) -> QFont:
    """Return the font of a sign, a title, of one that is gone, of a shape, or of a kernel's label."""
    font = {
        "sign": fonts.sans(11),
        "title": fonts.mono(12),
        "gone": fonts.mono(12),
        "spec": fonts.mono(11),
        "label": fonts.sans(12, 600),
    }[role]
    font.setStrikeOut(role == "gone")
    return font


@lru_cache(maxsize=8192)
def _elided(text: str, role: str, width: float) -> str:
    return QFontMetricsF(_font(role)).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _lines(rows: Array) -> list[QLineF]:
    return [QLineF(*row) for row in rows.tolist()]


def _shade_of(theme: Theme) -> QColor:
    """Return the ground of a kernel."""
    return QColor(mix(theme.canvas, theme.accent, 0.08))


def _colour(drawn: Drawn, theme: Theme) -> str:
    if drawn.state == "gone":
        return mix(theme.canvas, theme.faint, 0.25)
    return mix(theme.canvas, str(getattr(theme, drawn.token)), 0.6)


def _row(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
