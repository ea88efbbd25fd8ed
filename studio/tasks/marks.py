"""How classes are told apart: each has a colour and a shape of its own."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.core.dtype import Array
from studio.ui.theme import Theme

#: Tokens of the theme, and shapes; so many of both that have no common divisor tell 35 classes apart.
COLOURS: Final = ("accent", "data", "op", "train", "loss", "function", "view")
SHAPES: Final = ("circle", "square", "triangle", "diamond", "cross")
#: The corners of shapes, by a radius of 1.
_CORNERS: Final = {
    "triangle": ((0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    "diamond": ((0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)),
}


def colour_of(theme: Theme, number: int) -> QColor:
    """Return the colour of a class."""
    return QColor(getattr(theme, COLOURS[number % len(COLOURS)]))


def shape_of(number: int) -> str:
    """Return the shape of a class."""
    return SHAPES[number % len(SHAPES)]


def draw_marks(
    painter: QPainter, places: Array, shape: str, colour: QColor, edge: QColor | None, radius: float = 3.0
) -> None:
    """Draw a mark at each place (points, 2), in pixels, with a thin edge that parts it from what lies below.

    Without an edge circles take half the time.
    """
    points = [QPointF(x, y) for x, y in places.tolist()]
    if not points:
        return
    if shape in ("circle", "square"):
        cap = Qt.PenCapStyle.RoundCap if shape == "circle" else Qt.PenCapStyle.SquareCap
        for pen_colour, width in ((edge, 2 * radius + 1.6), (colour, 2 * radius)):
            if pen_colour is None:
                continue
            pen = QPen(pen_colour, width)
            pen.setCapStyle(cap)
            painter.setPen(pen)
            painter.drawPoints(QPolygonF(points))
        return
    if shape == "cross":
        for pen_colour, width in ((edge or colour, 3.6), (colour, 2.0)):
            painter.setPen(QPen(pen_colour, width))
            for point in points:
                x, y = point.x(), point.y()
                painter.drawLine(QPointF(x - radius, y - radius), QPointF(x + radius, y + radius))
                painter.drawLine(QPointF(x - radius, y + radius), QPointF(x + radius, y - radius))
        return
    painter.setPen(QPen(edge or colour, 0.8))
    painter.setBrush(colour)
    corners = QPolygonF([QPointF(x * radius, y * radius) for x, y in _CORNERS[shape]])
    for point in points:
        painter.drawPolygon(corners.translated(point))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def by_class(numbers: Array) -> list[tuple[int, Array]]:
    """Return the places of each class that there is.

    Examples
    --------
    >>> [(number, places.tolist()) for number, places in by_class(np.array([1, 0, 1]))]
    [(0, [1]), (1, [0, 2])]
    """
    return [(int(number), np.flatnonzero(numbers == number)) for number in np.unique(numbers)]
