"""A roofline: how much each kernel computes for each byte, and how near it comes to what the machine can do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from studio.lazy.words import kernel_name, rate_text
from studio.run.lazy.data import Explained, Peaks
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.values import time_text

_LEFT, _TOP, _RIGHT, _BOTTOM = 62, 10, 14, 30
#: Pixels above the lower axis in which the left one has no number.
_CORNER = 6
#: The least room, in powers of ten: operations for a byte, and operations a second.
_X: Final = (-2.0, 2.0)
_Y_DECADES: Final = 4.0


@dataclass(frozen=True)
class Point:
    """A kernel: operations for a byte, operations a second, its share of the time, its number and its name."""

    intensity: float
    rate: float
    share: float
    number: int
    name: str


def points_of(program: Explained, seconds: Sequence[float]) -> list[Point]:
    """Return the kernels of which it is known how much they compute."""
    total = sum(seconds) or 1.0
    return [
        Point(k.info.flops / k.info.nbytes, k.info.flops / t, t / total, k.info.number, kernel_name(k))
        for k, t in zip(program.kernels, seconds, strict=True)
        if k.info.flops and k.info.nbytes and t > 0
    ]


class Roofline(QWidget):
    """Shows kernels below the roof; `picked` carries the number of the one that was clicked."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lazy.roofline")
        self._points: Sequence[Point] = ()
        self._peaks: Peaks | None = None
        self.chosen = -1
        self.setMinimumSize(280, 150)
        appearance().language_changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(_("Roofline"))

    def sizeHint(self) -> QSize:
        """Return the room that it likes to have."""
        return QSize(420, 240)

    def show_points(self, points: Sequence[Point], peaks: Peaks | None) -> None:
        """Show kernels and the roof of a machine."""
        self._points, self._peaks = points, peaks
        self.update()

    def choose(self, number: int) -> None:
        """Show that a kernel is looked at."""
        self.chosen = number
        self.update()

    # ----------------------------------------------------------------------------------------------------------- places

    def _bounds(self, peaks: Peaks) -> tuple[float, float, float, float]:
        xs = [math.log10(p.intensity) for p in self._points]
        ys = [math.log10(p.rate) for p in self._points]
        top = math.ceil(max([math.log10(peaks.flops), *ys]) + 0.1)
        low = min([top - _Y_DECADES, *(math.floor(y) for y in ys)])
        ridge = math.log10(peaks.flops / peaks.memory)
        return min([_X[0], *xs]) - 0.1, max([_X[1], ridge + 0.7, *xs]) + 0.1, low, top

    def _map(self, peaks: Peaks, intensity: float, rate: float) -> QPointF:
        x0, x1, y0, y1 = self._bounds(peaks)
        width, height = self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM
        x = _LEFT + (math.log10(intensity) - x0) / (x1 - x0) * width
        return QPointF(x, _TOP + (y1 - math.log10(rate)) / (y1 - y0) * height)

    def at(self, x: float, y: float) -> Point | None:
        """Return the kernel at a point."""
        if self._peaks is None:
            return None
        for point in reversed(self._points):
            gap = self._map(self._peaks, point.intensity, point.rate) - QPointF(x, y)
            if math.hypot(gap.x(), gap.y()) <= _radius(point) + 3:
                return point
        return None

    # --------------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, roofs and points."""
        peaks = self._peaks
        if peaks is None:
            return
        theme = appearance().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter, peaks)
        x0, x1, _y0, _y1 = self._bounds(peaks)
        for speed, style, name in (
            (peaks.cache, Qt.PenStyle.DashLine, _("cache")),
            (peaks.memory, Qt.PenStyle.SolidLine, _("memory")),
        ):
            ridge = peaks.flops / speed
            start = self._map(peaks, 10**x0, speed * 10**x0)
            knee = self._map(peaks, ridge, peaks.flops)
            painter.setPen(QPen(QColor(theme.warn), 1.5, style))
            painter.save()
            painter.setClipRect(QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM))
            painter.drawLine(start, knee)
            painter.drawLine(knee, self._map(peaks, 10**x1, peaks.flops))
            painter.restore()
            painter.setPen(QColor(theme.dim))
            painter.setFont(fonts.sans(11))
            if speed == peaks.cache:
                painter.drawText(self._map(peaks, ridge / 20, peaks.flops / 20) + QPointF(-44, -4), name)
            else:  # at the end where no kernel computes so little
                beside = 10 ** (x0 + 0.15)
                painter.drawText(self._map(peaks, beside, speed * beside) + QPointF(6, 14), name)
        for point in self._points:
            at = self._map(peaks, point.intensity, point.rate)
            is_chosen = point.number == self.chosen
            painter.setPen(QPen(QColor(theme.accent if is_chosen else theme.panel), 2 if is_chosen else 1))
            painter.setBrush(QColor(theme.op))
            radius = _radius(point)
            painter.drawEllipse(at, radius, radius)

    def _paint_axes(self, painter: QPainter, peaks: Peaks) -> None:
        theme = appearance().theme
        x0, x1, y0, y1 = self._bounds(peaks)
        left, bottom = _LEFT, self.height() - _BOTTOM
        painter.setFont(fonts.mono(11))
        for power in range(math.ceil(y0), math.floor(y1) + 1):
            y = self._map(peaks, 1.0, 10.0**power).y()
            painter.setPen(QPen(QColor(theme.grid), 1))
            painter.drawLine(QPointF(left, y), QPointF(self.width() - _RIGHT, y))
            if y > bottom - _CORNER:  # there the other axis has its first number
                continue
            painter.setPen(QColor(theme.dim))
            text = QRectF(0, y - 9, left - 6, 18)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _short(10.0**power))
        for power in range(math.ceil(x0), math.floor(x1) + 1):
            x = self._map(peaks, 10.0**power, peaks.flops).x()
            painter.setPen(QPen(QColor(theme.grid), 1))
            painter.drawLine(QPointF(x, _TOP), QPointF(x, bottom))
            painter.setPen(QColor(theme.dim))
            painter.drawText(QRectF(x - 30, bottom + 1, 60, 14), Qt.AlignmentFlag.AlignHCenter, _short(10.0**power))
        painter.setFont(fonts.sans(11))
        middle = QRectF(left, bottom + 14, self.width() - left - _RIGHT, 15)
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, _("FLOP for each byte"))
        painter.save()
        painter.translate(11, _TOP + (bottom - _TOP) / 2)
        painter.rotate(-90)
        painter.drawText(QRectF(-80, -8, 160, 16), Qt.AlignmentFlag.AlignCenter, "FLOP/s")
        painter.restore()

    # ------------------------------------------------------------------------------------------------------------ mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the kernel that was clicked."""
        if (point := self.at(event.position().x(), event.position().y())) is not None:
            self.picked.emit(point.number)

    def event(self, event: QEvent) -> bool:
        """Tell what is known of the kernel under the mouse."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._told(self.at(event.pos().x(), event.pos().y())), self)
            return True
        return super().event(event)

    def _told(self, point: Point | None) -> str:
        peaks = self._peaks
        if point is None or peaks is None:
            return ""
        roof = min(peaks.flops, peaks.memory * point.intensity)
        return _("{name}: {rate}, {share} of what memory allows; {intensity} FLOP for each byte").format(
            name=point.name,
            rate=rate_text(point.rate, "FLOP/s"),
            share=f"{point.rate / roof:.0%}",
            intensity=number(point.intensity, 2),
        )


def peaks_text(peaks: Peaks) -> str:
    """Return what a machine can do."""
    return _(
        "This machine, measured with the engine's own kernels on {threads} threads: {flops} in products of matrices, "
        "{memory} from memory, {cache} from the cache."
    ).format(
        threads=number(peaks.threads),
        flops=rate_text(peaks.flops, "FLOP/s"),
        memory=rate_text(peaks.memory, "B/s"),
        cache=rate_text(peaks.cache, "B/s"),
    )


def total_text(seconds: Sequence[float], whole: float, runs: int) -> str:
    """Return how long all kernels take, one by one and in one go: to call one by itself takes its time, too."""
    return _("{count} kernels take {time} one by one, and {whole} in one go (medians of {runs} runs).").format(
        count=number(len(seconds)), time=time_text(sum(seconds)), whole=time_text(whole), runs=number(runs)
    )


def _radius(point: Point) -> float:
    return 3.5 + 10 * math.sqrt(point.share)


def _short(value: float) -> str:
    """Return a power of ten with the letter of its size.

    >>> _short(1e9), _short(0.1), _short(1e4)
    ('1G', '0.1', '10k')
    """
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size * 0.999:
            return f"{number(round(value / size))}{letter}"
    return number(round(value, 4))
