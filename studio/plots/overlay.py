"""Curves of several runs in one plot, with a legend. It imports pyqtgraph: whoever needs it imports it late."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from studio.plots.chart import EpochView, NumberAxis
from studio.plots.curves import Curves, value_at
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.runs.line import RunLine
from studio.ui.strokes import SWATCH, swatch

#: Widest legend, in pixels, and what it may take of the whole: the curves are what one looks at.
_WIDEST: Final = 320
_SHARE: Final = 0.42
#: No value with four digits is longer: smaller ones have a power of ten.
_LONGEST: Final = "-0.0001234"
#: So near, in pixels, the mouse is at a line.
_NEAR: Final = 12.0


class Lines(pg.PlotWidget):  # type: ignore[misc]
    """Lines over epochs; the wheel zooms into epochs, dragging moves, a double click shows all.

    Signals
    -------
    pointed
        The mouse is at an epoch, and near a line or none (-1): carries both; the epoch is None if it is at none.
    """

    pointed = Signal(object, int)

    def __init__(self) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(axisItems=axes, viewBox=EpochView(enableMenu=False))
        self.getViewBox().setAutoVisible(y=True)
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setMouseTracking(True)
        self.viewport().installEventFilter(self)
        self.curves = Curves()
        self.addItem(self.curves)
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.hide()
        self.addItem(self._cross, ignoreBounds=True)
        for axis in axes.values():
            axis.setStyle(tickFont=fonts.mono(11), tickLength=0, tickTextOffset=6, maxTickLevel=0)
        axes["left"].setGrid(255)
        axes["left"].setZValue(-30)  # or the grid would strike the lines through

    def show_lines(self, lines: Sequence[RunLine]) -> None:
        """Show these lines."""
        self.curves.show_lines(lines, self.curves.log)

    def set_log(self, log: bool) -> None:
        """Give the values a logarithmic axis; those that are not positive have no place on it."""
        self.getAxis("left").setLogMode(log)
        self.curves.show_lines(self.curves.lines, log)
        self.follow()

    def follow(self) -> None:
        """Show everything again."""
        self.getViewBox().enableAutoRange()

    def cross(self, epoch: float | None) -> None:
        """Set the cross at an epoch, or take it away."""
        self._cross.setVisible(epoch is not None)
        if epoch is not None:
            self._cross.setPos(epoch)

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Show everything again."""
        self.follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell where the mouse is."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._point(event.position())
        elif event.type() == QEvent.Type.Leave:
            self.pointed.emit(None, -1)
        return False

    def _point(self, point: QPointF) -> None:
        view = self.getViewBox()
        if not view.sceneBoundingRect().contains(point):
            self.pointed.emit(None, -1)
            return
        epoch = float(view.mapSceneToView(point).x())
        heights = self.curves.placed(np.array([value_at(line, epoch) for line in self.curves.lines])).tolist()
        away = {
            place: abs(view.mapViewToScene(QPointF(epoch, height)).y() - point.y())
            for place, height in enumerate(heights)
            if math.isfinite(height)
        }
        near = min(away, key=lambda place: away[place], default=-1)
        self.pointed.emit(epoch, near if away.get(near, math.inf) <= _NEAR else -1)

    def dress(self) -> None:
        """Take on the colours and the language in use."""
        theme = appearance().theme
        self.setBackground(theme.panel)
        self._cross.setPen(pg.mkPen(theme.dim, width=1))
        self.getAxis("bottom").setLabel(_("Epoch"), **{"color": theme.dim, "font-size": "11px"})
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(theme.line if side == "bottom" else None))
            axis.setTickPen(pg.mkPen(theme.grid))
            axis.setTextPen(theme.dim)
            axis.picture = None
            axis.update()


class Overlay(QWidget):
    """Curves over each other and beside them their legend: names, and the values under the cross, or the last ones.

    Where the mouse is at a line, or at its name, that stands out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runs.overlay")
        self.chart = Lines()
        self.chart.pointed.connect(self._point)
        self._at = QLabel()
        self._at.setObjectName("runs.overlay.at")
        self._at.setFont(fonts.sans(11))
        self._at.setProperty("tone", "dim")
        self._at.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.legend = QTreeWidget()
        self.legend.setObjectName("runs.legend")
        self.legend.setColumnCount(2)
        self.legend.setHeaderHidden(True)
        self.legend.setRootIsDecorated(False)
        self.legend.setUniformRowHeights(True)
        self.legend.setIconSize(SWATCH)
        self.legend.setFont(fonts.sans(11))
        self.legend.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.legend.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.legend.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.legend.setMouseTracking(True)
        self.legend.itemEntered.connect(lambda item, _column: self._look_at(self.legend.indexOfTopLevelItem(item)))
        self.legend.currentItemChanged.connect(lambda item, _old: self._look_at(self.legend.indexOfTopLevelItem(item)))
        self.legend.viewport().installEventFilter(self)
        beside = QVBoxLayout()
        beside.setSpacing(2)
        beside.addWidget(self._at)
        beside.addWidget(self.legend, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chart, 1)
        layout.addLayout(beside)
        self.dress()
        appearance().theme_changed.connect(self.dress)
        appearance().language_changed.connect(self.dress)

    @property
    def lines(self) -> list[RunLine]:
        """The lines that are shown."""
        return self.chart.curves.lines

    def show_lines(self, lines: Sequence[RunLine]) -> None:
        """Show these lines."""
        self.chart.show_lines(lines)
        self.legend.clear()
        for line in self.lines:
            item = QTreeWidgetItem([line.label, ""])
            item.setIcon(0, swatch(line.pen))
            item.setToolTip(0, line.about)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.legend.addTopLevelItem(item)
        self._point(None, -1)
        self._fit()

    def set_log(self, log: bool) -> None:
        """Give the values a logarithmic axis, or a linear one."""
        self.chart.set_log(log)

    def _fit(self) -> None:
        """Give the legend the width that its names need, if there is as much."""
        metrics = self.legend.fontMetrics()
        values = metrics.horizontalAdvance(_LONGEST) + 28
        names = max((metrics.horizontalAdvance(line.label) for line in self.lines), default=0) + SWATCH.width() + 34
        scroll = self.legend.verticalScrollBar().sizeHint().width()
        width = min(names + values + scroll, _WIDEST, int(_SHARE * self.width()))
        self.legend.setFixedWidth(max(width, values))
        self.legend.setColumnWidth(0, max(0, width - values - scroll))
        self.legend.setColumnWidth(1, values)

    def resizeEvent(self, event: Any) -> None:
        self._fit()

    def _point(self, epoch: float | None, near: int) -> None:
        """Set the cross at an epoch, tell the values there, and let the line stand out that the mouse is at."""
        self.chart.cross(epoch)
        if epoch is None:
            self._at.setText(_("last value"))
        else:
            self._at.setText(_("epoch {epoch}").format(epoch=number(epoch, 2)))
        for place, line in enumerate(self.lines):
            value = (float(line.y[-1]) if len(line.y) else math.nan) if epoch is None else value_at(line, epoch)
            item = self.legend.topLevelItem(place)
            if item is not None:
                item.setText(1, "–" if math.isnan(value) else number(value))
        self._look_at(near)

    def _look_at(self, place: int) -> None:
        self.chart.curves.look_at(place)
        blocked = self.legend.blockSignals(True)
        self.legend.setCurrentIndex(self.legend.model().index(place, 0))  # -1 is none
        self.legend.blockSignals(blocked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let no line stand out any more when the mouse has left its name."""
        if event.type() == QEvent.Type.Leave:
            self._look_at(-1)
        return False

    def dress(self) -> None:
        """Take on the colours and the language in use."""
        self.chart.dress()
        self.legend.setAccessibleName(_("Legend"))
        self._point(None, -1)
