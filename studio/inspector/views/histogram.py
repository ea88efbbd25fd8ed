"""How often which values occur."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from engine.core.dtype import Array
from studio.inspector.background import Token
from studio.inspector.distribution import Histogram, histogram
from studio.inspector.plot import Plot
from studio.inspector.views.view import Computed
from studio.run.messages import TensorInfo
from studio.run.summary import share
from studio.ui.appearance import appearance
from studio.ui.i18n import N_


class Bars(Plot):
    """Bars over an axis that tells the least and the greatest value."""

    nothing = N_("no finite values")

    def __init__(self) -> None:
        super().__init__()
        self.found: Histogram | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.found is None or self.found.counts.size == 0

    @property
    def horizontal(self) -> tuple[float, float] | None:
        """The range of the values."""
        return (self.found.low, self.found.high) if self.found is not None else None

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw the bars, and a line where zero is."""
        assert self.found is not None
        theme, counts = appearance().theme, self.found.counts
        step = area.width() / counts.size
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for i, part in enumerate(counts / counts.max()):
            height = max(part * area.height(), 1.0 if part else 0.0)
            painter.fillRect(
                QRectF(area.left() + i * step, area.bottom() - height, max(step - 1, 1), height), QColor(theme.accent)
            )
        low, high = self.found.low, self.found.high
        if low < 0 < high:
            zero = area.left() + share(0.0, low, high) * area.width()
            painter.fillRect(QRectF(zero, area.top(), 1, area.height()), QColor(theme.faint))


class HistogramView(Computed):
    """The distribution of all values."""

    title = N_("Histogram")
    icon = "chart-column"

    def __init__(self) -> None:
        super().__init__()
        self.widget: Bars = Bars()

    def compute(self, info: TensorInfo, values: Array, token: Token) -> Histogram:
        """Count the values."""
        return histogram(values, token.check)

    def present(self, found: Histogram) -> None:
        """Draw the counts."""
        self.widget.found = found
        self.widget.update()
