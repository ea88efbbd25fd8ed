"""One plot: loss or a metric over the epochs.

It imports pyqtgraph, which takes half a second; `panel` imports it when the first training begins.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.ma  # which `np.unique` loads when it is first called: 38 ms, just as a training ends
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.core.dtype import Array
from studio.plots.series import Curve
from studio.ui import fonts
from studio.ui.i18n import _, number
from studio.ui.theme import Theme

_RAW_OPACITY: Final = 0.3
# A smoothed curve needs no more points than this to look smooth; a wide pen costs by the point.
_MOST_SMOOTHED: Final = 400
# Narrower epochs are not shaded: they would only flicker.
_LEAST_BAND: Final = 4
_SHADED: Final = 0.035
# How far above the best value the words end that tell it, in their heights from their upper edge.
_ABOVE: Final = 1.4
# The axis ends a little after the last epoch, where the ring of the best one may lie.
_ROOM_FOR_THE_RING: Final = 1.015
# Pixels for the right half of the last number on the axis.
_RIGHT: Final = 20


class NumberAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis with numbers as the language in use writes them."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the texts of the ticks."""
        if self.logMode:
            return [number(10.0**value) for value in values]
        digits = max(0, int(-np.floor(np.log10(spacing)))) if spacing else 0
        return [number(value * scale, digits) if digits < 5 else number(value * scale) for value in values]


class EpochView(pg.ViewBox):  # type: ignore[misc]
    """What is in sight: the wheel zooms into epochs and leaves the values as they are in sight, but over their axis."""

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom into the axis of epochs, or into that of the values if the mouse is over it."""
        super().wheelEvent(event, pg.ViewBox.XAxis if axis is None else axis)


class _Bands(pg.GraphicsObject):  # type: ignore[misc]
    """Shades every second epoch, over the whole height of the plot."""

    def __init__(self, view: Any) -> None:
        super().__init__()
        self._view = view
        self.colour = QColor()
        self.epochs = 0
        self.log = False
        self.setZValue(-20)

    def boundingRect(self) -> QRectF:
        """Return what is in sight."""
        return QRectF(self.viewRect() or QRectF())

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_args: Any) -> None:
        """Fill the odd epochs that are in sight; on a logarithmic axis they become narrower and narrower."""
        rect = self.boundingRect()
        pixel = self.pixelWidth() or 1
        if not self.log and 1 / pixel < _LEAST_BAND:
            return
        ends = [10**x if self.log else x for x in (rect.left(), rect.right())]
        for epoch in range(max(0, int(ends[0])) | 1, min(self.epochs, int(ends[1]) + 1), 2):
            left, right = (math.log10(e) if self.log else float(e) for e in (epoch, epoch + 1))
            if (right - left) / pixel < _LEAST_BAND:
                return
            painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), self.colour)


class Chart(pg.PlotWidget):  # type: ignore[misc]
    """Raw and smoothed values of the training data, those of the validation data, and the best epoch.

    Parameters
    ----------
    theme
        Colours.
    """

    def __init__(self, theme: Theme) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(axisItems=axes, viewBox=EpochView(enableMenu=False))
        self.curve, self.epochs, self.least = Curve(1), 1, True
        self._theme = theme
        self._log = self._log_x = False
        self._level: float | None = None  # of a line without ups and downs
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumSize(200, 120)
        self.getPlotItem().layout.setContentsMargins(4, 4, _RIGHT, 0)
        self.hideButtons()
        self.setMenuEnabled(False)
        view = self.getViewBox()
        view.setDefaultPadding(0.02)
        view.setMouseMode(view.RectMode)
        view.setAutoVisible(y=True)
        self._bands = _Bands(view)
        self._raw = pg.PlotCurveItem(connect="finite")
        self._smooth = pg.PlotCurveItem(connect="finite", antialias=True)
        self._validation = pg.PlotCurveItem(connect="finite", antialias=True)
        self._ring = pg.ScatterPlotItem(size=10, pxMode=True)
        self._best = pg.TextItem(anchor=(0, 1))
        self._best.setFont(fonts.sans(11, 500))
        self._best_at = 0.0, 0.0
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.hide()
        self.addItem(self._bands, ignoreBounds=True)
        for item in (self._raw, self._smooth, self._validation, self._ring):
            self.addItem(item)
        for item in (self._best, self._cross):
            self.addItem(item, ignoreBounds=True)
        for axis in axes.values():
            axis.setStyle(
                tickFont=fonts.mono(11), tickLength=0, tickTextOffset=6, maxTickLevel=0, hideOverlappingLabels=False
            )
        axes["left"].setGrid(255)
        axes["left"].setZValue(-30)  # or the grid would strike words through
        axes["left"].setStyle(autoExpandTextSpace=True)
        self.follow()
        view.sigXRangeChanged.connect(lambda *_ranges: self.redraw())
        view.sigYRangeChanged.connect(lambda *_ranges: self._place_words())
        self.dress(theme)

    def show_curve(self, curve: Curve, epochs: int, least: bool) -> None:
        """Become the chart of a curve.

        Parameters
        ----------
        curve
            Where the values are. `redraw` shows what it holds by then.
        epochs
            How long the training will be.
        least
            Whether the least value is the best one.
        """
        self.curve, self.epochs, self.least = curve, epochs, least
        self.setYRange(0, 1)  # until there are values: 10 to the power of what was in sight before has no place
        self.follow()
        self.redraw()

    def dress(self, theme: Theme) -> None:
        """Take on the colours of a theme."""
        self._theme = theme
        self.setBackground(theme.panel)
        self._bands.colour = QColor(theme.text)
        self._bands.colour.setAlphaF(_SHADED)  # or they would cover the grid, which lies behind them
        raw = QColor(theme.accent)
        raw.setAlphaF(_RAW_OPACITY)
        self._raw.setPen(QPen(raw, 0))
        self._smooth.setPen(pg.mkPen(theme.accent, width=2))
        self._validation.setPen(pg.mkPen(theme.warn, width=1.6, style=Qt.PenStyle.DashLine))
        self._cross.setPen(pg.mkPen(theme.dim, width=1))
        frame = QColor(theme.accent)
        self.getViewBox().rbScaleBox.setPen(pg.mkPen(frame, width=1))
        frame.setAlphaF(0.12)
        self.getViewBox().rbScaleBox.setBrush(frame)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(theme.line if side == "bottom" else None))
            axis.setTickPen(pg.mkPen(theme.grid))
            axis.setTextPen(theme.dim)
        self.retranslate()
        self.redraw()

    def retranslate(self) -> None:
        """Name the axis, and write the numbers along both, in the language in use."""
        self.getAxis("bottom").setLabel(_("Epoch"), **{"color": self._theme.dim, "font-size": "11px"})
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.picture = None  # painted once, with the numbers as they were
            axis.update()

    def set_log(self, log: bool) -> None:
        """Give the values a logarithmic axis; those that are not positive have no place on it."""
        self._log = log
        self.getAxis("left").setLogMode(log)
        self.redraw()

    def set_log_x(self, log: bool) -> None:
        """Give the epochs a logarithmic axis."""
        if log != self._log_x:
            self._log_x = self._bands.log = log
            self.getAxis("bottom").setLogMode(log)
            self.follow()
            self.redraw()

    def follow(self) -> None:
        """Show all epochs and all values again, also those to come."""
        last = max(1, self.epochs) * _ROOM_FOR_THE_RING
        first = 1 / self.curve.steps_per_epoch if self._log_x else 0.0
        self.setXRange(*(math.log10(x) if self._log_x else x for x in (min(first, last / 10), last)), padding=0)
        self._level = None
        self.getViewBox().enableAutoRange(axis="y")
        self._followed = self.getViewBox().viewRange()[0]

    def end_at(self, epochs: int) -> None:
        """Show no more epochs than were trained, unless some part of them is looked at."""
        self.epochs = epochs
        if self.getViewBox().viewRange()[0] == self._followed:
            self.follow()

    def _level_out(self, values: Array) -> None:
        """Show a line without ups and downs, such as a constant learning rate, on an axis from 0 on."""
        is_alone = len(values) > 0 and not len(self.curve.validation) and not self._log
        is_level = is_alone and bool((values == values[0]).all()) and values[0] != 0
        level = float(values[0]) if is_level and math.isfinite(values[0]) else None
        if level == self._level or (self._level is None and not self.getViewBox().autoRangeEnabled()[1]):
            return
        self._level = level
        if level is None:
            self.getViewBox().enableAutoRange(axis="y")
        else:
            self.setYRange(*sorted((0.0, 1.5 * level)), padding=0)

    def redraw(self) -> None:
        """Show what the curve holds now: of each column of pixels what is least and greatest in it."""
        self._bands.epochs = self.epochs
        curve, columns = self.curve, max(64, int(self.getViewBox().width()))
        edges, coarse = self._edges(columns), self._edges(_MOST_SMOOTHED // 2)
        for item, trace, at in ((self._raw, curve.raw, edges), (self._smooth, curve.smoothed, coarse)):
            steps, values = trace.columns(curve.steps_of(at))
            item.setData(*self._placed(curve.epochs_of(steps), values))
        self._level_out(values)
        best = curve.best(self.least)
        self._validation.setData(*self._placed(*_with_point(*curve.validation.columns(coarse), best)))
        self._mark_best(best)

    def _edges(self, columns: int) -> Array:
        """Return where, in epochs, so many columns begin and end that fill what is in sight."""
        low, high = self.getViewBox().viewRange()[0]
        edges: Array = np.linspace(low, high, columns + 1)
        return 10.0 ** np.minimum(edges, 300) if self._log_x else edges

    def _placed(self, x: Array, y: Array) -> tuple[Array, Array]:
        with np.errstate(divide="ignore", invalid="ignore"):
            return (
                np.where(x > 0, np.log10(x), np.nan) if self._log_x else x,
                np.where(y > 0, np.log10(y), np.nan) if self._log else y,
            )

    def _mark_best(self, best: tuple[int, float] | None) -> None:
        self._ring.setVisible(best is not None)
        self._best.setVisible(best is not None)
        if best is None:
            return
        epoch, value = best
        colour = self._theme.warn if len(self.curve.validation) else self._theme.accent
        x, y = (float(array[0]) for array in self._placed(np.array([epoch]), np.array([value])))
        if not math.isfinite(y):  # nothing that is not positive has a place on a logarithmic axis
            self._ring.hide()
            self._best.hide()
            return
        self._ring.setData([x], [y], pen=pg.mkPen(colour, width=2), brush=pg.mkBrush(self._theme.panel))
        self._best.setText(_("best {value} · epoch {epoch}").format(value=number(value), epoch=number(epoch)), colour)
        behind = QColor(self._theme.panel)
        behind.setAlpha(200)  # or the curves would strike it through
        self._best.fill = pg.mkBrush(behind)
        self._best_at = x, y
        self._place_words()

    def _place_words(self) -> None:
        """Put the words of the best epoch where they are in sight."""
        x, y = self._best_at
        low, high = self.getViewBox().viewRange()[0]
        beyond = (high - x) / (high - low) * self.getViewBox().width()
        near_the_end = self._best.boundingRect().width() > beyond
        bottom, top = self.getViewBox().viewRange()[1]
        room = (top - y) / ((top - bottom) or 1.0) * self.getViewBox().height()
        is_above = self.least and self._best.boundingRect().height() * _ABOVE < room
        # At the other side of the ring where it would not fit; behind the ring and off the curve: above it where low
        # is good and there is room, below it where high is.
        self._best.setAnchor((1.0 if near_the_end else 0.0, _ABOVE if is_above else 1 - _ABOVE))
        self._best.setPos(x, y)

    def epoch_at(self, point: QPointF) -> float | None:
        """Return what epoch a point of the widget is at, None if it is not within the axes."""
        view = self.getViewBox()
        if not view.sceneBoundingRect().contains(point):
            return None
        x = float(view.mapSceneToView(point).x())
        return 10.0 ** min(x, 300) if self._log_x else x

    def read(self, epoch: float | None) -> tuple[float, float, float | None] | None:
        """Set the cross at an epoch, and return the epoch, the smoothed and the validation value there."""
        found = self.curve.at(epoch) if epoch is not None else None
        self._cross.setVisible(found is not None)
        if found is not None:
            self._cross.setPos(math.log10(found[0]) if self._log_x else found[0])
        return found


def _with_point(x: Array, y: Array, point: tuple[float, float] | None) -> tuple[Array, Array]:
    """Return points with one among them that is to be there exactly, if it lies between them."""
    if point is None or not len(x) or not x[0] <= point[0] <= x[-1]:
        return x, y
    place = int(np.searchsorted(x, point[0]))
    return np.insert(x, place, point[0]), np.insert(y, place, point[1])
