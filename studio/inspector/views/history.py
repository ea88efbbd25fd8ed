"""How the distribution of a tensor went over the steps of the training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import groupby

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from engine.core.dtype import Array
from studio.inspector.distribution import History, history
from studio.inspector.plot import Plot
from studio.inspector.trail import Trail
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.run.summary import share
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import ramp
from studio.ui.i18n import N_, _


class Bands(Plot):
    """A column for each sample, strong where many values are, and a line through the means."""

    nothing = N_("Train, and the distribution at each sampled step is drawn here.")

    def __init__(self) -> None:
        super().__init__()
        self.found: History | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.found is None

    @property
    def horizontal(self) -> tuple[float, float] | None:
        """The first and the last sampled step."""
        return (self.found.steps[0], self.found.steps[-1]) if self.found is not None else None

    @property
    def vertical(self) -> tuple[float, float] | None:
        """The range of all finite values, None if there was none."""
        found = self.found
        return (found.low, found.high) if found is not None and any(map(math.isfinite, found.means)) else None

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw the columns, and over them the line or what stands where it breaks off."""
        assert self.found is not None
        found, theme = self.found, appearance().theme
        strength = np.sqrt(found.density / (found.density.max(axis=0, keepdims=True) + 1e-300))
        places = (127 + np.round(127 * strength)).astype(np.uint8)[::-1]
        pixels = np.ascontiguousarray(ramp(theme)[places])
        rows, columns = pixels.shape
        image = QImage(pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_RGB32)
        painter.drawImage(area, image)
        for is_finite, run in groupby(enumerate(found.means), key=lambda pair: math.isfinite(pair[1])):
            (self._draw_means if is_finite else self._hatch)(painter, area, dict(run))

    def _draw_means(self, painter: QPainter, area: QRectF, means: Mapping[int, float]) -> None:
        """Draw a line through the means of successive samples."""
        assert self.found is not None
        across, low, high = area.width() / len(self.found.means), self.found.low, self.found.high
        painter.setPen(QPen(QColor(appearance().theme.warn), 1.5))
        line = (
            QPointF(area.left() + (i + 0.5) * across, area.bottom() - share(mean, low, high) * area.height())
            for i, mean in means.items()
        )
        painter.drawPolyline(QPolygonF(list(line)))

    def _hatch(self, painter: QPainter, area: QRectF, samples: Mapping[int, float]) -> None:
        """Mark successive samples without a finite value, and say so where there is room."""
        assert self.found is not None
        across, colour = area.width() / len(self.found.means), QColor(appearance().theme.bad)
        band = QRectF(area.left() + min(samples) * across, area.top(), len(samples) * across, area.height())
        painter.fillRect(band, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        painter.setFont(fonts.sans(11))
        words = _("not finite")
        metrics = painter.fontMetrics()
        label = QRectF(0, 0, metrics.horizontalAdvance(words) + 8, metrics.height() + 4)
        label.moveCenter(band.center())
        if label.width() <= band.width():
            painter.fillRect(label, QColor(appearance().theme.panel))
            painter.setPen(colour)
            painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), words)


class HistoryView(View):
    """The histogram over the steps."""

    title = N_("History")
    icon = "history"

    def __init__(self) -> None:
        super().__init__()
        self.widget: Bands = Bands()

    def follow(self, trail: Trail) -> None:
        """Lay the samples side by side."""
        self.widget.found = history(trail)
        self.widget.update()

    def show(self, info: TensorInfo, values: Array) -> None:
        """Show nothing of the values themselves: what there is to show came with the trail."""
