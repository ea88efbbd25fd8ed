"""Precision against recall, and the ROC, over all thresholds."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from engine.core.dtype import Array
from studio.run.tasks.data import ScoreCurve, Scores, Seen, Task
from studio.tasks.chart import Chart
from studio.tasks.marks import COLOURS, colour_of
from studio.tasks.views.view import TaskView
from studio.tasks.words import class_name
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number
from studio.ui.strokes import SWATCH, dashed, swatch
from studio.ui.theme import Theme, mix


def mix_of(theme: Theme, colour: QColor) -> QColor:
    """Return a colour as it looks behind the others."""
    return QColor(mix(theme.panel, colour.name(), 0.45))


def pen_of(theme: Theme, number: int) -> QPen:
    """Return the pen of the curve of a class: where colours are used again, their dashes differ."""
    return dashed(QPen(colour_of(theme, number), 2.4), number // len(COLOURS))


class CurveChart(Chart):
    """Curves of scores; the one that is chosen is in front, and its points can be read."""

    def __init__(self, name: str, across: str, up: str) -> None:
        super().__init__(name)
        self.across, self.up = across, up
        self.lines: list[tuple[int, Array]] = []
        self.front = -1
        self.has_diagonal = False

    def show_lines(self, lines: list[tuple[int, Array]], front: int, has_diagonal: bool) -> None:
        """Show curves, each with its class, and the one that is in front."""
        self.lines, self.front, self.has_diagonal = lines, front, has_diagonal
        self.show_points(next((points for number, points in lines if number == front), np.zeros((0, 2))))
        self.redraw()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the curves, the one in front last."""
        theme = appearance().theme
        if self.has_diagonal:
            painter.setPen(QPen(QColor(theme.faint), 1, Qt.PenStyle.DashLine))
            (ax, ay), (bx, by) = self.on_screen(np.array([[0.0, 0.0], [1.0, 1.0]])).tolist()
            painter.drawLine(QPointF(ax, ay), QPointF(bx, by))
        for number_, points in sorted(self.lines, key=lambda line: line[0] == self.front):
            is_front = number_ == self.front
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_front)
            # the others are plain: ten smooth and dashed ones take longer than a frame
            painter.setPen(pen_of(theme, number_) if is_front else QPen(mix_of(theme, colour_of(theme, number_)), 1))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in self.on_screen(points).tolist()]))

    def nearest(self, point: QPointF) -> int | None:
        """Return the point of the curve in front that is nearest, however far."""
        if not len(self.points) or not self.area.contains(point):
            return None
        return int(np.argmin(np.hypot(*(self.on_screen(self.points) - [point.x(), point.y()]).T)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """There is nothing to choose."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right walk along the curve by its thresholds."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or not len(self.points):
            super().keyPressEvent(event)
            return
        at = 0 if self.at is None else self.at + by * max(1, len(self.points) // 100)
        self.point_at(min(max(at, 0), len(self.points) - 1))


class ScoresView(TaskView):
    """How well scores tell a class from the others."""

    facts = "scores"
    title = N_("Precision and ROC")

    def __init__(self) -> None:
        super().__init__()
        self.widget = QWidget()
        self.recall = CurveChart("tasks.precision_recall", N_("Recall"), N_("Precision"))
        self.roc = CurveChart("tasks.roc", N_("False positive rate"), N_("True positive rate"))
        for chart in (self.recall, self.roc):
            chart.show_range(0, 1, 0, 1.02)
        self.recall.pointed.connect(lambda at: self._read(self.recall, at))
        self.roc.pointed.connect(lambda at: self._read(self.roc, at))
        self.classes = QListWidget()
        self.classes.setObjectName("tasks.scores.classes")
        self.classes.setFont(fonts.sans(12))
        self.classes.setMaximumWidth(260)
        self.classes.setIconSize(SWATCH)
        self.classes.currentRowChanged.connect(lambda _row: self._draw())
        self.more = QLabel()
        self.more.setFont(fonts.sans(11))
        self.more.setProperty("tone", "dim")
        self.words = QLabel()
        self.words.setObjectName("tasks.scores.words")
        self.words.setFont(fonts.mono(11))
        self.words.setProperty("tone", "dim")
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(32)
        self.charts = QWidget()
        row = QHBoxLayout(self.charts)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.recall, 1)
        row.addWidget(self.roc, 1)
        side = QVBoxLayout()
        side.addWidget(self.classes, 1)
        side.addWidget(self.more)
        side.addWidget(self.words)
        line = QHBoxLayout(self.widget)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.charts, 1)
        line.addLayout(side)

    @staticmethod
    def accepts(task: Task) -> bool:
        """Return whether predictions are scores."""
        return task.has_scores

    @property
    def curves(self) -> tuple[ScoreCurve, ...]:
        """The curves that are shown."""
        return self.seen.facts.curves if self.seen is not None and isinstance(self.seen.facts, Scores) else ()

    @property
    def front(self) -> ScoreCurve | None:
        """The one in front."""
        row = self.classes.currentRow()
        return self.curves[row] if 0 <= row < len(self.curves) else None

    def refresh(self, seen: Seen) -> None:
        """Show other curves; the class in front stays so."""
        row = max(0, self.classes.currentRow())
        self.classes.blockSignals(True)
        self.classes.clear()
        for curve in self.curves:
            text = _("{name}: AP {ap}, AUC {auc}")
            if curve.is_one_sided:
                text = _("{name}: all are this") if curve.positives else _("{name}: does not occur")
            item = QListWidgetItem(
                text.format(
                    name=class_name(seen.task, curve.number),
                    ap=number(curve.average_precision, 3),
                    auc=number(curve.area, 3),
                )
            )
            item.setIcon(swatch(pen_of(appearance().theme, curve.number)))
            self.classes.addItem(item)
        self.classes.setCurrentRow(min(row, self.classes.count() - 1))
        self.classes.blockSignals(False)
        total = seen.facts.total if isinstance(seen.facts, Scores) else 0
        self.more.setVisible(total > len(self.curves))
        text = _("The {count} most frequent of {total} classes.")
        self.more.setText(text.format(count=number(len(self.curves)), total=number(total)))
        self._draw()

    def _draw(self) -> None:
        known = [curve for curve in self.curves if not curve.is_one_sided]
        front = self.front.number if self.front is not None else -1
        self.recall.show_lines([(c.number, np.stack([c.recall, c.precision], 1)) for c in known], front, False)
        self.roc.show_lines([(c.number, np.stack([c.false, c.true], 1)) for c in known], front, True)
        self._read(self.recall, self.recall.at)

    def _read(self, chart: CurveChart, at: int | None) -> None:
        """Say the threshold at which the curve is where the cross is, and set the other chart's cross there."""
        curve = self.front
        if curve is None:
            return
        if curve.is_one_sided:
            self.words.setText(_("There is only one class to look at, so nothing can be told apart."))
            return
        if at is None:
            text = _("{positives} of this class, {negatives} others. Point at a curve to read its threshold.")
            self.words.setText(text.format(positives=number(curve.positives), negatives=number(curve.negatives)))
            return
        if chart is self.recall:
            threshold, first, second = curve.thresholds[at], curve.recall[at], curve.precision[at]
            text = _("threshold {threshold}: recall {first}, precision {second}")
        else:
            threshold, first, second = curve.roc_thresholds[at], curve.false[at], curve.true[at]
            text = _("threshold {threshold}: false positives {first}, true positives {second}")
        other, thresholds = (
            (self.roc, curve.roc_thresholds) if chart is self.recall else (self.recall, curve.thresholds)
        )
        other.at = int(np.argmin(np.abs(np.nan_to_num(thresholds, posinf=1e9) - min(float(threshold), 1e9))))
        other.update()
        self.words.setText(
            text.format(
                threshold=number(float(threshold), 3), first=number(float(first), 3), second=number(float(second), 3)
            )
        )

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.classes.setAccessibleName(_("Classes"))
        super().retranslate()

    @property
    def picture(self) -> QWidget:
        """Both charts."""
        return self.charts
