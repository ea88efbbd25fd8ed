"""How often which values occur."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.core.dtype import Array
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number

BINS: Final = 48
# Counting this many takes about 2 ms; of more, every n-th is counted.
_MOST_COUNTED: Final = 200_000
_AXIS: Final = 20


def counts_of(values: Array) -> tuple[Array, float, float]:
    """Return the counts of the finite values in equal bins, and the ends of the first and the last bin."""
    flat = values.reshape(-1)
    flat = flat[:: max(1, flat.size // _MOST_COUNTED)]
    real = np.abs(flat) if np.iscomplexobj(flat) else np.asarray(flat, np.float32)
    real = real[np.isfinite(real)]
    if real.size == 0:
        return np.zeros(0, np.int64), 0.0, 0.0
    low, high = float(real.min()), float(real.max())
    if low == high:
        return np.array([real.size]), low, high
    places = ((real - low) * (BINS / (high - low))).astype(np.int32)
    return np.bincount(np.minimum(places, BINS - 1), minlength=BINS), low, high


class Bars(QWidget):
    """Bars over an axis that tells the least and the greatest value."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Array = np.zeros(0, np.int64)
        self._low = self._high = 0.0
        self.setMinimumHeight(80)

    def present(self, values: Array) -> None:
        """Count other values."""
        self.counts, self._low, self._high = counts_of(values)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars and their axis."""
        painter = QPainter(self)
        theme = appearance().theme
        painter.setPen(QColor(theme.dim))
        if self.counts.size == 0:
            painter.setFont(fonts.sans(12))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("no finite values"))
            return
        floor = min(self.height(), 220) - _AXIS
        step = self.width() / self.counts.size
        for i, share in enumerate(self.counts / self.counts.max()):
            height = max(share * (floor - 4), 1.0 if share else 0.0)
            painter.fillRect(QRectF(i * step, floor - height, max(step - 1, 1), height), QColor(theme.accent))
        painter.fillRect(QRectF(0, floor, self.width(), 1), QColor(theme.line))
        painter.setFont(fonts.mono(11))
        axis = QRectF(0, floor + 4, self.width(), _AXIS - 4)
        painter.drawText(axis, Qt.AlignmentFlag.AlignLeft, number(self._low))
        painter.drawText(axis, Qt.AlignmentFlag.AlignRight, number(self._high))
        if self._low < 0 < self._high:
            zero = -self._low / (self._high - self._low) * self.width()
            painter.fillRect(QRectF(zero, 0, 1, floor), QColor(theme.faint))
            if 48 < zero < self.width() - 48:
                painter.drawText(QRectF(zero - 20, axis.y(), 40, axis.height()), Qt.AlignmentFlag.AlignHCenter, "0")


class HistogramView(View):
    """The distribution of all values."""

    title = N_("Histogram")
    icon = "chart-column"

    def __init__(self) -> None:
        super().__init__()
        self.widget: Bars = Bars()

    def show(self, info: TensorInfo, values: Array) -> None:
        """Count the values."""
        self.widget.present(values)
