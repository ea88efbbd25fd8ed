"""One plot: loss or a metric over the epochs.

It imports pyqtgraph, which takes half a second; `panel` imports it when the first training begins.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.core.dtype import Array
from studio.plots.series import Curve, thinned
from studio.ui import fonts
from studio.ui.i18n import _, number
from studio.ui.theme import Theme, mix

_RAW_OPACITY: Final = 0.3
# A smoothed curve needs no more points than this to look smooth; a wide pen costs by the point.
_MOST_SMOOTHED: Final = 400
# Narrower epochs are not shaded: they would only flicker.
_LEAST_BAND: Final = 4
# The axis ends a little after the last epoch, where the ring of the best one may lie.
_ROOM_FOR_THE_RING: Final = 1.015


class NumberAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis with numbers as the language in use writes them."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the texts of the ticks."""
        if self.logMode:
            return [number(10.0**value) for value in values]
        digits = max(0, int(-np.floor(np.log10(spacing)))) if spacing else 0
        return [number(value * scale, digits) if digits < 5 else number(value * scale) for value in values]


class _Bands(pg.GraphicsObject):  # type: ignore[misc]
    """Shades every second epoch, over the whole height of the plot."""

    def __init__(self, view: Any) -> None:
        super().__init__()
        self._view = view
        self.colour = QColor()
        self.epochs = 0
        self.setZValue(-20)

    def boundingRect(self) -> QRectF:
        """Return what is in sight."""
        return QRectF(self.viewRect() or QRectF())

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_args: Any) -> None:
        """Fill the odd epochs that are in sight."""
        rect = self.boundingRect()
        pixel = self.pixelWidth() or 1
        if 1 / pixel < _LEAST_BAND:
            return
        first = max(0, int(rect.left()))
        for epoch in range(first | 1, min(self.epochs, int(rect.right()) + 1), 2):
            painter.fillRect(QRectF(epoch, rect.top(), 1, rect.height()), self.colour)


class Chart(pg.PlotWidget):  # type: ignore[misc]
    """Raw and smoothed values of the training data, those of the validation data, and the best epoch.

    Parameters
    ----------
    theme
        Colours.
    """

    def __init__(self, theme: Theme) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(axisItems=axes)
        self.curve, self.epochs, self.least = Curve(1), 1, True
        self._theme = theme
        self._log = False
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumSize(200, 120)
        self.getPlotItem().layout.setContentsMargins(4, 4, 12, 0)
        self.hideButtons()
        self.setMenuEnabled(False)
        view = self.getViewBox()
        view.setDefaultPadding(0.02)
        self._bands = _Bands(view)
        self._raw = pg.PlotCurveItem(connect="finite")
        self._smooth = pg.PlotCurveItem(connect="finite", antialias=True)
        self._validation = pg.PlotCurveItem(connect="finite", antialias=True)
        self._ring = pg.ScatterPlotItem(size=10, pxMode=True)
        self._best = pg.TextItem(anchor=(0, 1))
        self._best.setFont(fonts.sans(11, 500))
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
        axes["left"].setStyle(autoExpandTextSpace=True)
        self.follow()
        view.sigXRangeChanged.connect(lambda *_ranges: self.redraw())
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
        self.follow()
        self.redraw()

    def dress(self, theme: Theme) -> None:
        """Take on the colours of a theme."""
        self._theme = theme
        self.setBackground(theme.panel)
        self._bands.colour = QColor(mix(theme.panel, theme.text, 0.035))
        raw = QColor(theme.accent)
        raw.setAlphaF(_RAW_OPACITY)
        self._raw.setPen(QPen(raw, 0))
        self._smooth.setPen(pg.mkPen(theme.accent, width=2))
        self._validation.setPen(pg.mkPen(theme.warn, width=1.6, style=Qt.PenStyle.DashLine))
        self._cross.setPen(pg.mkPen(theme.dim, width=1))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(theme.line if side == "bottom" else None))
            axis.setTickPen(pg.mkPen(theme.line))
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

    def follow(self) -> None:
        """Show all epochs and all values again, also those to come."""
        self.setXRange(0, max(1, self.epochs) * _ROOM_FOR_THE_RING, padding=0)
        self.getViewBox().enableAutoRange(axis="y")

    def redraw(self) -> None:
        """Show what the curve holds now."""
        self._bands.epochs = self.epochs
        steps, raw = self.curve.train_points()
        x = self.curve.epochs_of(steps)
        first, last = self._in_sight(x)
        pixels = max(64, self.getViewBox().width())
        for item, y, buckets in (
            (self._raw, raw, int(pixels)),
            (self._smooth, self.curve.smoothed_points()[1], _MOST_SMOOTHED // 2),
        ):
            item.setData(*self._placed(*thinned(x[first:last], y[first:last], buckets)))
        self._validation.setData(*self._placed(*self.curve.validation_points()))
        self._mark_best()

    def _in_sight(self, x: Array) -> tuple[int, int]:
        low, high = self.getViewBox().viewRange()[0]
        first, last = np.searchsorted(x, (low, high))
        return max(0, int(first) - 1), int(last) + 1

    def _placed(self, x: Array, y: Array) -> tuple[Array, Array]:
        if not self._log:
            return x, y
        with np.errstate(divide="ignore", invalid="ignore"):
            return x, np.where(y > 0, np.log10(y), np.nan)

    def _mark_best(self) -> None:
        best = self.curve.best(self.least)
        self._ring.setVisible(best is not None)
        self._best.setVisible(best is not None)
        if best is None:
            return
        epoch, value = best
        colour = self._theme.warn if len(self.curve.validation_points()[0]) else self._theme.accent
        x, y = (array[0] for array in self._placed(np.array([epoch]), np.array([value])))
        self._ring.setData([x], [y], pen=pg.mkPen(colour, width=2), brush=pg.mkBrush(self._theme.panel))
        self._best.setText(_("best {value} · epoch {epoch}").format(value=number(value), epoch=number(epoch)), colour)
        low, high = self.getViewBox().viewRange()[0]
        beyond = (high - float(x)) / (high - low) * self.getViewBox().width()
        near_the_end = self._best.boundingRect().width() > beyond
        # At the other side of the ring where it would not fit; behind the ring and off the curve: above it where low
        # is good, below it where high is.
        self._best.setAnchor((1.0 if near_the_end else 0.0, 1.4 if self.least else -0.4))
        self._best.setPos(float(x), float(y))

    def read(self, point: QPointF | None) -> tuple[float, float | None, float | None] | None:
        """Set the cross at `point` of the widget, and return the epoch, the smoothed and the validation value there."""
        view = self.getViewBox()
        steps, smooth = self.curve.smoothed_points()
        inside = point is not None and view.sceneBoundingRect().contains(point)
        self._cross.setVisible(bool(inside and len(steps)))
        if not inside or not len(steps):
            return None
        at = view.mapSceneToView(point).x()
        x = self.curve.epochs_of(steps)
        place = min(int(np.searchsorted(x, at)), len(x) - 1)
        self._cross.setPos(x[place])
        epochs, values = self.curve.validation_points()
        passed = int(np.searchsorted(epochs, x[place], side="right"))
        return float(x[place]), float(smooth[place]), float(values[passed - 1]) if passed else None
