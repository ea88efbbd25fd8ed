"""Curves of several runs, drawn at once and kept as a picture. It imports pyqtgraph, which takes half a second."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QTransform

from engine.core.dtype import Array
from studio.run.runs.curves import pooled
from studio.ui.lines import draw_line
from studio.ui.runs.line import RunLine

#: Most points of all curves in sight together, 8 ms of drawing, and least ones of each. Of more, each is the mean of
#: some that are neighbours.
_POINTS: Final = 4000
_LEAST: Final = 100
#: How much wider the line is that stands out, and how much of the others is left meanwhile.
_WIDER: Final = 1.5
_BEHIND: Final = 0.3


class Curves(pg.GraphicsObject):  # type: ignore[misc]
    """Lines over epochs. What moves over them, such as a cross, finds them painted already."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[RunLine] = []
        self.front = -1
        self.log = False
        self._picture: QPixmap | None = None
        self._drawn_for: QTransform | None = None

    def show_lines(self, lines: Sequence[RunLine], log: bool) -> None:
        """Show these lines, on a logarithmic axis or a linear one."""
        self.lines, self.log, self.front = list(lines), log, -1
        self.prepareGeometryChange()
        self.informViewBoundsChanged()
        self.redraw()

    def look_at(self, front: int) -> None:
        """Let a line stand out, or none (-1)."""
        if front != self.front:
            self.front = front
            self.update()

    def redraw(self) -> None:
        """Forget the picture."""
        self._picture = None
        self.update()

    def placed(self, y: Array) -> Array:
        """Return where values stand; those that are not positive have no place on a logarithmic axis."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(y > 0, np.log10(y), np.nan) if self.log else y

    def dataBounds(self, ax: int, frac: float = 1.0, **asked: Any) -> tuple[float | None, float | None]:
        """Return the ends of all lines along an axis: those of the values, of what is in sight along the other one."""
        ends: list[float] = []
        for line in self.lines:
            values = line.x if ax == 0 else self.placed(line.y)
            if ax == 1 and (seen := asked.get("orthoRange")) is not None:
                values = values[(line.x >= seen[0]) & (line.x <= seen[1])]
            values = values[np.isfinite(values)]
            ends += [float(values.min()), float(values.max())] if len(values) else []
        return (min(ends), max(ends)) if ends else (None, None)

    def boundingRect(self) -> QRectF:
        """Return what is in sight."""
        return QRectF(self.viewRect() or QRectF())

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        self.prepareGeometryChange()
        self.redraw()

    def paint(self, painter: QPainter, *_args: Any) -> None:
        """Draw the picture, anew if it is of something else; the line that stands out over it, which is faint then."""
        transform = painter.worldTransform()
        if self._picture is None or self._drawn_for != transform:
            device = painter.device()
            ratio = device.devicePixelRatio()
            size = QSize(round(device.width() * ratio), round(device.height() * ratio))
            self._picture, self._drawn_for = self._draw(transform, size, ratio), transform
        painter.save()
        painter.resetTransform()
        painter.setOpacity(1.0 if self.front < 0 else _BEHIND)
        painter.drawPixmap(0, 0, self._picture)
        painter.setOpacity(1.0)
        if self.front >= 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_line(painter, self.lines[self.front], transform, _WIDER)
        painter.restore()

    def _draw(self, transform: QTransform, size: QSize, ratio: float) -> QPixmap:
        picture = QPixmap(size)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self.lines:
            self._draw_line(painter, line, transform)
        painter.end()
        return picture

    def _draw_line(self, painter: QPainter, line: RunLine, transform: QTransform, wider: float = 1.0) -> None:
        pen, rect = QPen(line.pen), self.boundingRect()
        pen.setWidthF(wider * pen.widthF())
        first, last = np.searchsorted(line.x, [rect.left(), rect.right()])
        seen = slice(max(0, int(first) - 1), int(last) + 1)
        x, y = pooled(line.x[seen], line.y[seen], max(_LEAST, _POINTS // len(self.lines)))
        y = self.placed(y)
        draw_line(painter, pen, x * transform.m11() + transform.dx(), y * transform.m22() + transform.dy())


def value_at(line: RunLine, epoch: float) -> float:
    """Return the value of the point of a line that is nearest to an epoch; NaN where the line does not reach.

    Examples
    --------
    >>> line = RunLine("", "", QPen(), np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.4, 0.3]))
    >>> value_at(line, 2.2), value_at(line, 3.4), value_at(line, 4.5)
    (0.4, 0.3, nan)
    """
    if not len(line.x):
        return math.nan
    place = int(np.searchsorted(line.x, epoch))
    nearest = min((i for i in (place - 1, place) if 0 <= i < len(line.x)), key=lambda i: abs(line.x[i] - epoch))
    apart = (line.x[-1] - line.x[0]) / max(1, len(line.x) - 1) or 1.0
    return float(line.y[nearest]) if abs(line.x[nearest] - epoch) <= apart else math.nan
