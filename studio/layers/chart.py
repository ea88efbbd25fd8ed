"""What all charts over the steps have in common: title, legend, axes, epochs, marks of warnings, and the cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.dtype import Array
from studio.layers.figures import Scale, nearest
from studio.layers.legend import Key, draw_legend
from studio.layers.turns import Turns
from studio.ui import fonts, icons
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number

#: Room for what is said above, for the numbers at the left and below, and at the right for half of the last number.
TOP, LEFT, BOTTOM, RIGHT = 48, 58, 20, 12
#: Narrower epochs are not shaded: they would only flicker.
_LEAST_BAND: Final = 4
_SHADE: Final = 0.04
_MARK: Final = 11


@dataclass(frozen=True)
class Timeline:
    """The looks that a chart shows.

    Parameters
    ----------
    steps
        How many steps were made before each.
    steps_per_epoch
        For the shades of the epochs.
    marks
        Steps behind which a warning showed.
    """

    steps: Array = field(default_factory=lambda: np.zeros(0))
    steps_per_epoch: int = 1
    marks: tuple[int, ...] = ()


class Chart(QWidget):
    """A chart over the steps of a training. It is drawn when its turn comes; the cross lies over what was drawn.

    Signals
    -------
    pointed
        The mouse, or a key, is at a step, or at none (None).

    Parameters
    ----------
    name
        Its object name.
    turns
        When it is drawn.

    Attributes
    ----------
    title, help
        What it is, and what one can see in it, in the language in use.
    nothing
        Why there is nothing to draw, in the language in use.
    timeline
        What it is drawn over.
    scale
        The axis at the left, None if there is nothing to draw.
    """

    pointed = Signal(object)

    def __init__(self, name: str, turns: Turns) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._turns = turns
        self.title = self.help = self.nothing = ""
        self.timeline = Timeline()
        self.scale: Scale | None = None
        self._picture = QPixmap()
        self._at: int | None = None
        appearance().theme_changed.connect(self.ask)

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which it can be read."""
        return QSize(230, 150)

    def sizeHint(self) -> QSize:
        """Return the size it has if there is room."""
        return QSize(320, 176)

    # --------------------------------------------------------------------------------------------------------- content

    def load(self) -> None:
        """Take what is to be drawn; a subclass sets `timeline` and `scale`."""

    def keys(self, place: int | None) -> Sequence[Key]:
        """Return the legend, with the values at a look."""
        return ()

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw into the area, behind the marks."""

    def tell(self, title: str, help: str) -> None:
        """Say what it shows."""
        self.title = title
        self.setToolTip(help)
        self.setAccessibleName(title)
        self.setAccessibleDescription(help)

    # ----------------------------------------------------------------------------------------------------------- turns

    def ask(self) -> None:
        """Wish to be drawn anew."""
        if self.isVisible():
            self._turns.ask((self.redraw,))

    def redraw(self) -> None:
        """Draw what there is now, if it is shown."""
        if not self.isVisible() or self.size().isEmpty():
            return
        self.load()
        if self._at is not None and self._at >= len(self.timeline.steps):
            self._at = None
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(appearance().theme.panel))
        painter = QPainter(picture)
        self._draw(painter)
        painter.end()
        self._picture = picture
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while it was not shown."""
        super().showEvent(event)
        self.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it anew when its turn comes."""
        super().resizeEvent(event)
        self.ask()

    # -------------------------------------------------------------------------------------------------------- geometry

    @property
    def area(self) -> QRectF:
        """Where the plot is."""
        return QRectF(LEFT, TOP, max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - BOTTOM, 1))

    @property
    def ends(self) -> tuple[float, float]:
        """The steps at which the axis below begins and ends."""
        steps = self.timeline.steps
        if len(steps) < 2:
            middle = float(steps[0]) if len(steps) else 0.0
            return middle - 0.5, middle + 0.5
        return float(steps[0]), float(steps[-1])

    def across(self, steps: Array) -> Array:
        """Return where steps are, in pixels."""
        first, last = self.ends
        area = self.area
        found: Array = area.left() + (steps - first) / (last - first) * area.width()
        return found

    def up(self, values: Array) -> Array:
        """Return where values are, in pixels; NaN where they have no place."""
        assert self.scale is not None
        area = self.area
        found: Array = area.bottom() - self.scale.places(values) * area.height()
        return found

    def step_at(self, point: QPointF) -> float | None:
        """Return the step at a point, None beside the plot."""
        area = self.area.adjusted(-2, 0, 2, BOTTOM)
        if self.scale is None or not len(self.timeline.steps) or not area.contains(point):
            return None
        first, last = self.ends
        return first + (point.x() - self.area.left()) / self.area.width() * (last - first)

    # ----------------------------------------------------------------------------------------------------------- cross

    @property
    def at(self) -> int | None:
        """The place of the look that the cross is at."""
        return self._at

    def read(self, step: float | None) -> None:
        """Set the cross at the look nearest to a step, or take it away."""
        steps = self.timeline.steps
        at = nearest(steps, step) if step is not None and len(steps) else None
        if at != self._at:
            self._at = at
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell at which step the mouse is."""
        self.pointed.emit(self.step_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        """Take the cross away."""
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cross with the arrow keys; Escape takes it away."""
        steps, at = self.timeline.steps, self._at
        moved = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if moved is not None and len(steps):
            place = len(steps) - 1 if at is None else min(max(at + moved, 0), len(steps) - 1)
            self.pointed.emit(float(steps[place]))
        elif event.key() == Qt.Key.Key_Escape and at is not None:
            self.pointed.emit(None)
        else:
            super().keyPressEvent(event)

    # --------------------------------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show what was drawn, the legend, and the cross."""
        painter = QPainter(self)
        if painter.paintEngine().type() == QPaintEngine.Type.SVG:  # lines, not pixels
            self._draw(painter)
        else:
            painter.drawPixmap(0, 0, self._picture)
        if self.scale is None:
            return
        place = self.place_said(self._at) if self._at is not None else ""
        draw_legend(painter, self.width(), place, self.keys(self._at))
        if self._at is not None:
            painter.fillRect(self.cross(self._at), QColor(appearance().theme.dim))
        if self.hasFocus():
            painter.setPen(QColor(appearance().theme.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def cross(self, place: int) -> QRectF:
        """Return the line of the cross at a look."""
        x = float(self.across(self.timeline.steps[place : place + 1])[0])
        return QRectF(round(x), self.area.top(), 1, self.area.height())

    def draw_under(self, painter: QPainter) -> None:
        """Shade the epochs."""
        self.draw_epochs(painter)

    def draw_over(self, painter: QPainter) -> None:
        """Mark the steps of warnings."""
        self._draw_marks(painter)

    def _draw(self, painter: QPainter) -> None:
        theme, area = appearance().theme, self.area
        painter.setPen(QColor(theme.text))
        painter.setFont(fonts.sans(12, 600))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, self.width() - 8)
        painter.drawText(QRectF(4, 2, self.width() - 8, 18), Qt.AlignmentFlag.AlignLeft, title)
        if self.scale is None:
            painter.setPen(QColor(theme.dim))
            painter.setFont(fonts.sans(12))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(12, 20, self.width() - 24, self.height() - 24), flags, self.nothing)
            return
        self.draw_under(painter)
        self.draw_axes(painter)
        painter.save()
        painter.setClipRect(area.adjusted(-3, -3, 3, 3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_plot(painter, area)
        painter.restore()
        self.draw_over(painter)

    def draw_epochs(self, painter: QPainter) -> None:
        """Shade every second epoch."""
        first, last = self.ends
        size, area = self.timeline.steps_per_epoch, self.area
        if area.width() / max(last - first, 1e-9) * size < _LEAST_BAND:
            return
        colour = QColor(appearance().theme.text)
        colour.setAlphaF(_SHADE)
        for epoch in range(max(0, int(first // size)) | 1, int(last // size) + 1, 2):
            left, right = self.across(np.clip(np.array([epoch, epoch + 1.0]) * size, first, last))
            painter.fillRect(QRectF(left, area.top(), right - left, area.height()), colour)

    def draw_axes(self, painter: QPainter) -> None:
        """Draw the numbers along both axes, and a line for each of those at the left."""
        assert self.scale is not None
        theme, area = appearance().theme, self.area
        painter.setFont(fonts.mono(11))
        ticks = self.scale.ticks(max(2, int(area.height() // 28)))
        for tick, y in zip(ticks, self.up(np.array(ticks)), strict=True):
            painter.fillRect(QRectF(area.left(), round(y), area.width(), 1), QColor(theme.grid))
            painter.setPen(QColor(theme.dim))
            room = QRectF(0, y - 8, LEFT - 6, 16)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self.said(tick))
        self.draw_steps(painter)

    def said(self, value: float) -> str:
        """Return a number of the axis at the left."""
        return number(float(f"{value:.3g}"))

    def place_said(self, place: int) -> str:
        """Return what the legend says of where the cross is."""
        return _("step {step}").format(step=number(int(self.timeline.steps[place])))

    def draw_steps(self, painter: QPainter) -> None:
        """Draw the numbers of the axis below."""
        steps, area = self.timeline.steps, self.area
        painter.setPen(QColor(appearance().theme.dim))
        below = area.bottom() + 3
        if len(steps) < 2:
            room = QRectF(area.left(), below, area.width(), BOTTOM - 3)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, number(int(steps[0])))
            return
        ticks = [t for t in Scale(*self.ends).ticks(max(2, int(area.width() // 50))) if t == int(t)]
        for tick, x in zip(ticks, self.across(np.array(ticks)), strict=True):
            text = number(int(tick))
            half = painter.fontMetrics().horizontalAdvance(text) / 2
            x = min(max(x, area.left() + half), self.width() - half - 1)
            painter.drawText(QRectF(x - half, below, 2 * half + 1, BOTTOM - 3), Qt.AlignmentFlag.AlignLeft, text)

    def _draw_marks(self, painter: QPainter) -> None:
        """Draw a line with a sign behind each step at which a warning showed."""
        theme, area = appearance().theme, self.area
        first, last = self.ends
        pen = QPen(QColor(theme.warn), 1, Qt.PenStyle.DashLine)
        for step in self.timeline.marks:
            if first <= step <= last:
                x = round(float(self.across(np.array([step]))[0]))
                painter.setPen(pen)
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
                sign = QRectF(x - _MARK / 2, area.top() - _MARK, _MARK, _MARK)
                painter.fillRect(sign, QColor(theme.panel))
                icons.paint(painter, "triangle-alert", sign, theme.warn)
