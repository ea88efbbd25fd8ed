"""How the distribution of a tensor went over the steps of the training."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from engine.core.dtype import Array
from studio.inspector.distribution import History, history
from studio.inspector.plot import Plot
from studio.inspector.trail import Trail
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.run.summary import share
from studio.ui.appearance import appearance
from studio.ui.colours import ramp
from studio.ui.i18n import N_


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
        """The range of all values."""
        return (self.found.low, self.found.high) if self.found is not None else None

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw the columns and the line."""
        assert self.found is not None
        found, theme = self.found, appearance().theme
        strength = np.sqrt(found.density / (found.density.max(axis=0, keepdims=True) + 1e-300))
        places = (127 + np.round(127 * strength)).astype(np.uint8)[::-1]
        pixels = np.ascontiguousarray(ramp(theme)[places])
        rows, columns = pixels.shape
        image = QImage(pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_RGB32)
        painter.drawImage(area, image)
        across = area.width() / len(found.means)
        points = [
            QPointF(
                area.left() + (i + 0.5) * across, area.bottom() - share(mean, found.low, found.high) * area.height()
            )
            for i, mean in enumerate(found.means)
        ]
        painter.setPen(QPen(QColor(theme.warn), 1.5))
        painter.drawPolyline(QPolygonF(points))


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
