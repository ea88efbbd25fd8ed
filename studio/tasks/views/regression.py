"""Predicted numbers against the true ones, and the residuals."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.core.dtype import Array
from studio.run.tasks.data import Fit, Seen, Task
from studio.tasks.chart import Chart
from studio.tasks.marks import draw_marks
from studio.tasks.side import Side
from studio.tasks.views.view import TaskView
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number


class PointsChart(Chart):
    """Points, and the line that they should lie on."""

    def __init__(self, name: str, across: str, up: str, is_diagonal: bool) -> None:
        super().__init__(name)
        self.across, self.up, self._is_diagonal = across, up, is_diagonal

    def show_points(self, points: Array) -> None:
        """Show other points."""
        super().show_points(points)
        if len(points):
            low, high = points.min(axis=0), points.max(axis=0)
            if self._is_diagonal:
                low[:], high[:] = low.min(), high.max()
            self.frame(low, high, 0.04)
        self.redraw()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the line and the points."""
        theme = appearance().theme
        painter.setPen(QPen(QColor(theme.warn), 1.5, Qt.PenStyle.DashLine))
        x0, x1, _y0, _y1 = self.range
        ends = np.array([[x0, x0], [x1, x1]]) if self._is_diagonal else np.array([[x0, 0.0], [x1, 0.0]])
        (ax, ay), (bx, by) = self.on_screen(ends).tolist()
        painter.drawLine(int(ax), int(ay), int(bx), int(by))
        colour = QColor(theme.accent)
        colour.setAlphaF(0.75)
        draw_marks(painter, self.on_screen(self.points), "circle", colour, None, 2.5)


class HistogramChart(Chart):
    """How often residuals are how large."""

    across = N_("Residual (predicted − true)")
    up = N_("Examples")

    def __init__(self) -> None:
        super().__init__("tasks.residuals.histogram")
        self.counts: Array = np.zeros(0)
        self.edges: Array = np.zeros(1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_counts(self, counts: Array, edges: Array) -> None:
        """Show other bars."""
        self.counts, self.edges = counts, edges
        self.show_range(float(edges[0]), float(edges[-1]), 0.0, float(counts.max(initial=1)) * 1.05)
        self.redraw()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the bars, and where no residual is."""
        theme = appearance().theme
        tops = self.on_screen(np.stack([self.edges[:-1], self.counts.astype(float)], axis=1))
        ends = self.on_screen(np.stack([self.edges[1:], np.zeros(len(self.counts))], axis=1))
        for (left, top), (right, bottom) in zip(tops.tolist(), ends.tolist(), strict=True):
            painter.fillRect(QRectF(left + 0.5, top, max(1.0, right - left - 1), bottom - top), QColor(theme.accent))
        (x, _y) = self.on_screen(np.array([[0.0, 0.0]]))[0].tolist()
        painter.setPen(QPen(QColor(theme.warn), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(int(x), int(area.top()), int(x), int(area.bottom()))


class RegressionView(TaskView):
    """How far predicted numbers are from the true ones."""

    facts = "fit"
    title = N_("Regression")

    def __init__(self) -> None:
        super().__init__()
        self.fit = PointsChart("tasks.fit", N_("True"), N_("Predicted"), True)
        self.residuals = PointsChart("tasks.residuals", N_("Predicted"), N_("Residual"), False)
        self.histogram = HistogramChart()
        self.charts = QWidget()
        row = QHBoxLayout(self.charts)
        row.setContentsMargins(0, 0, 0, 0)
        for chart in (self.fit, self.residuals, self.histogram):
            row.addWidget(chart, 1)
        self.widget = self.side = Side(self.charts, "tasks.fit")
        self.side.legend.hide()
        for chart in (self.fit, self.residuals):
            chart.picked.connect(self._pick)
            chart.pointed.connect(self._point)

    @staticmethod
    def accepts(task: Task) -> bool:
        """Return whether numbers are predicted."""
        return task.kind in ("regression", "reconstruction")

    def refresh(self, seen: Seen) -> None:
        """Show other numbers."""
        assert isinstance(seen.facts, Fit)
        facts = seen.facts
        self.fit.show_points(np.stack([facts.truth, facts.prediction], axis=1))
        self.residuals.show_points(np.stack([facts.prediction, facts.prediction - facts.truth], axis=1))
        self.histogram.show_counts(facts.counts, facts.edges)
        self.side.show_example(seen)
        self._point(self.fit.at)

    def _pick(self, at: int) -> None:
        if self.seen is not None and isinstance(self.seen.facts, Fit):
            self.want(number=int(self.seen.facts.numbers[at]))

    def _point(self, at: int | None) -> None:
        """Say what is meant, in both charts at once."""
        facts = self.seen.facts if self.seen is not None else None
        if not isinstance(facts, Fit):
            return
        for chart in (self.fit, self.residuals):
            chart.at = at
            chart.update()
        if at is not None and at < len(facts.truth):
            text = _("example {number}: true {truth}, predicted {prediction}, residual {residual}").format(
                number=number(int(facts.numbers[at])),
                truth=number(float(facts.truth[at])),
                prediction=number(float(facts.prediction[at])),
                residual=number(float(facts.prediction[at] - facts.truth[at])),
            )
        else:
            r2 = number(facts.r2, 3) if np.isfinite(facts.r2) else _("— (all truths are the same)")
            text = _("MAE {mae} · RMSE {rmse} · R² {r2}").format(mae=number(facts.mae), rmse=number(facts.rmse), r2=r2)
        self.side.words.setText(text)

    @property
    def picture(self) -> QWidget:
        """The charts."""
        return self.charts
