"""A chart: two axes with numbers, what is drawn between them, and a cross that reads it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.core.dtype import Array
from studio.tasks.kept import Kept
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.ticks import ticks

_LEFT: Final = 58
_BELOW: Final = 40
_ABOVE: Final = 8
_RIGHT: Final = 14
#: Pixels between two numbers of an axis at least.
_APART: Final = 64
#: How near, in pixels, the mouse must be to a point to mean it.
REACH: Final = 10.0


class Chart(Kept):
    """A subclass draws into `draw`, in pixels; what it draws is kept until something changes.

    Signals
    -------
    pointed
        The mouse or the keyboard is at another point: carries its place among `points`, None for none.
    picked
        A point is chosen: carries its place.

    Attributes
    ----------
    points
        (count, 2): what can be pointed at, in the numbers of the axes.
    """

    pointed = Signal(object)
    picked = Signal(int)

    across = ""
    up = ""
    """Untranslated names of the axes."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(180, 140)
        self.range: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
        self.points: Array = np.zeros((0, 2))
        self.at: int | None = None

    def sizeHint(self) -> QSize:
        """Return a size that reads well."""
        return QSize(420, 280)

    def show_points(self, points: Array) -> None:
        """Let other points be what can be pointed at; the one that is, stays so if there still is one of its place."""
        self.points = points
        if self.at is not None and self.at >= len(points):
            self.at = None

    def frame(self, low: Array, high: Array, share: float) -> None:
        """Let the axes go from `low` to `high` (2,), with a margin of so much of their length."""
        margin = np.where(high > low, high - low, 1.0) * share
        (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
        self.show_range(x0, x1, y0, y1)

    def show_range(self, low_x: float, high_x: float, low_y: float, high_y: float) -> None:
        """Let the axes go from here to there; what is no range becomes one."""
        pairs = [
            (low, high) if math.isfinite(low) and math.isfinite(high) and high > low else _around(low)
            for low, high in ((low_x, high_x), (low_y, high_y))
        ]
        self.range = (*pairs[0], *pairs[1])

    @property
    def area(self) -> QRectF:
        """Where the drawing is."""
        return QRectF(_LEFT, _ABOVE, max(1, self.width() - _LEFT - _RIGHT), max(1, self.height() - _ABOVE - _BELOW))

    def on_screen(self, points: Array) -> Array:
        """Return where points (count, 2) are, in pixels."""
        area, (x0, x1, y0, y1) = self.area, self.range
        x = area.left() + (points[:, 0] - x0) / (x1 - x0) * area.width()
        y = area.bottom() - (points[:, 1] - y0) / (y1 - y0) * area.height()
        return np.stack([x, y], axis=1)

    def place_of(self, point: QPointF) -> tuple[float, float] | None:
        """Return what numbers of the axes a pixel stands for, None outside."""
        area, (x0, x1, y0, y1) = self.area, self.range
        if not area.contains(point):
            return None
        return (
            x0 + (point.x() - area.left()) / area.width() * (x1 - x0),
            y0 + (area.bottom() - point.y()) / area.height() * (y1 - y0),
        )

    # --------------------------------------------------------------------------------------------------------- drawing

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw what the chart is of."""

    def draw_over(self, painter: QPainter) -> None:
        """Draw what follows the mouse."""
        if self.at is not None and self.at < len(self.points):
            x, y = self.on_screen(self.points[self.at : self.at + 1])[0].tolist()
            painter.setPen(QPen(QColor(appearance().theme.text), 2))
            painter.drawEllipse(QPointF(x, y), 7, 7)
        if self.hasFocus():
            painter.setPen(QPen(QColor(appearance().theme.accent), 1))
            painter.drawRect(self.area)

    def redraw(self) -> None:
        """Draw it anew."""
        super().redraw()
        self.setAccessibleName(f"{_(self.up)} / {_(self.across)}")

    def draw_all(self, painter: QPainter) -> None:
        """Draw the axes, and what is between them."""
        theme, area = appearance().theme, self.area
        x0, x1, y0, y1 = self.range
        painter.setFont(fonts.mono(11))
        line = QPen(QColor(theme.line), 1)
        grid = QPen(QColor(theme.grid), 1)
        ups = ticks(y0, y1, max(2, int(area.height() // 36)))
        acrosses = ticks(x0, x1, max(2, int(area.width() // _APART)))
        for value in ups:
            y = area.bottom() - (value - y0) / (y1 - y0) * area.height()
            painter.setPen(grid)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.dim))
            beside = QRectF(0, y - 8, _LEFT - 6, 16)
            painter.drawText(beside, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number(value))
        painter.setPen(QColor(theme.dim))
        for value in acrosses:
            x = area.left() + (value - x0) / (x1 - x0) * area.width()
            below = QRectF(x - 40, area.bottom() + 4, 80, 16)
            painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), number(value))
        painter.setPen(line)
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        self.draw(painter, area)
        painter.restore()
        painter.setPen(QColor(theme.dim))
        painter.setFont(fonts.sans(11))
        under = QRectF(area.left(), area.bottom() + 22, area.width(), 16)
        painter.drawText(under, int(Qt.AlignmentFlag.AlignHCenter), _(self.across))
        painter.save()
        painter.translate(10, area.center().y())
        painter.rotate(-90)
        painter.drawText(
            QRectF(-area.height() / 2, -9, area.height(), 16), int(Qt.AlignmentFlag.AlignHCenter), _(self.up)
        )
        painter.restore()

    # --------------------------------------------------------------------------------------------------------- reading

    def nearest(self, point: QPointF) -> int | None:
        """Return which of the points is meant, None if none is near."""
        if not len(self.points):
            return None
        distances = np.hypot(*(self.on_screen(self.points) - [point.x(), point.y()]).T)
        best = int(np.argmin(distances))
        return best if distances[best] <= REACH else None

    def point_at(self, at: int | None) -> None:
        """Point at one of the points, or at none."""
        if at != self.at:
            self.at = at
            self.pointed.emit(at)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is below the mouse."""
        self.point_at(self.nearest(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is below the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.point_at(self.nearest(event.position()))
            if self.at is not None:
                self.picked.emit(self.at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from point to point, from left to right; Return chooses."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is not None and len(self.points):
            order = np.argsort(self.points[:, 0], kind="stable")
            place = int(np.flatnonzero(order == self.at)[0]) + by if self.at is not None else 0
            self.point_at(int(order[min(max(place, 0), len(order) - 1)]))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.at is not None:
            self.picked.emit(self.at)
        else:
            super().keyPressEvent(event)


def _around(value: float) -> tuple[float, float]:
    if not math.isfinite(value):
        return 0.0, 1.0
    width = abs(value) * 0.1 or 1.0
    return value - width, value + width
