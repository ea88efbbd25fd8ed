"""All layers side by side: what vanishes or explodes on its way through them shows at a glance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from engine.core.dtype import Array
from studio.layers.chart import BOTTOM, LEFT, Chart, Timeline
from studio.layers.figures import HEALTHY, Scale
from studio.layers.legend import Key
from studio.layers.lines import paint_healthy
from studio.layers.maps import draw_map
from studio.layers.turns import Turns
from studio.ui import fonts, icons
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.lines import draw_line, draw_zeros, points_of
from studio.ui.theme import mix

#: Powers of ten between the strongest colour of the map and the weakest.
_DECADES: Final = 6.0
_DOT: Final = 3.0
#: Layers closer than this, in pixels, have no dots of their own.
_APART: Final = 5.0


@dataclass(frozen=True)
class Depth:
    """A figure of each layer, at all looks.

    Parameters
    ----------
    timeline
        The looks.
    names
        Of the layers, in the order of the network.
    values
        A row for each look, a column for each layer.
    healthy
        Whether the range in which update ratios are healthy is drawn.
    warned
        The places of layers of which a warning stands.
    """

    timeline: Timeline
    names: tuple[str, ...] = ()
    values: Array = field(default_factory=lambda: np.zeros((0, 0)))
    healthy: bool = False
    warned: frozenset[int] = frozenset()

    def last(self) -> Array:
        """Return the last value of each layer, NaN if it never had one."""
        return _first_known(self.values[::-1])

    def first(self) -> Array:
        """Return the first value of each layer."""
        return _first_known(self.values)


def _first_known(values: Array) -> Array:
    known = np.isfinite(values)
    place = known.argmax(axis=0) if len(values) else np.zeros(0, np.int64)
    found = values[place, np.arange(values.shape[1])] if len(values) else np.zeros(values.shape[1])
    return np.where(known.any(axis=0), found, np.nan)


class DepthChart(Chart):
    """A dot for each layer, at the last look and at the first one, and what lay between.

    Signals
    -------
    picked
        A layer was clicked: carries its place.

    Parameters
    ----------
    source
        Returns what there is now.
    """

    picked = Signal(int)

    def __init__(self, name: str, turns: Turns, source: Callable[[], Depth]) -> None:
        super().__init__(name, turns)
        self._source = source
        self.shown = Depth(self.timeline)
        self._last, self._first = self.shown.last(), self.shown.first()
        self.pointed.connect(self.read)

    def load(self) -> None:
        """Take the layers as they are now."""
        self.shown = shown = self._source()
        self.timeline = Timeline(np.arange(len(shown.names)), max(1, len(shown.names)))
        self._last, self._first = shown.last(), shown.first()
        healthy = [np.array(HEALTHY)] if shown.healthy and np.isfinite(shown.values).any() else []
        self.scale = Scale.around([shown.values, *healthy], log=True)

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last layer, with half a place around each."""
        return -0.5, max(len(self.shown.names), 1) - 0.5

    def keys(self, place: int | None) -> Sequence[Key]:
        """Return what is now and what was at first."""
        last, first = (float(values[place]) if place is not None else None for values in (self._last, self._first))
        return Key("accent", _("at the last look"), last), Key("dim", _("at the first"), first, dashed=True)

    def place_said(self, place: int) -> str:
        """Return the name of the layer."""
        return self.shown.names[place]

    def draw_under(self, painter: QPainter) -> None:
        """Shade nothing: here are no epochs."""

    def draw_over(self, painter: QPainter) -> None:
        """Draw a sign over each layer of which a warning stands."""
        theme, area = appearance().theme, self.area
        for place in self.shown.warned:
            x = float(self.across(np.array([place]))[0])
            icons.paint(painter, "triangle-alert", QRectF(x - 6, area.top() - 11, 12, 12), theme.warn)

    def draw_steps(self, painter: QPainter) -> None:
        """Name the first layer and the last one."""
        area, names = self.area, self.shown.names
        painter.setPen(QColor(appearance().theme.dim))
        painter.setFont(fonts.sans(11))
        metrics, half = painter.fontMetrics(), area.width() / 2 - 6
        sides = ((names[0], Qt.AlignmentFlag.AlignLeft), (names[-1], Qt.AlignmentFlag.AlignRight))
        for name, side in sides if len(names) > 1 else ((names[0], Qt.AlignmentFlag.AlignHCenter),):
            text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(half))
            painter.drawText(QRectF(area.left(), area.bottom() + 3, area.width(), BOTTOM - 3), side, text)

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw what is healthy, the range over the steps, and the dots."""
        theme = appearance().theme
        if self.shown.healthy:
            paint_healthy(self, painter)
        x = self.across(np.arange(len(self.shown.names)))
        apart = area.width() / max(len(x), 1)
        self._paint_range(painter, x, apart)
        self._paint_zeros(painter, x)
        for values, token, dashed in ((self._first, "dim", True), (self._last, "accent", False)):
            pen = QPen(QColor(getattr(theme, token)), 1.6)
            if dashed:
                pen.setDashPattern([3, 2])
            y = self.up(values)
            draw_line(painter, pen, x, y, _DOT)
            if apart >= _APART:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(getattr(theme, token)))
                for point in points_of(x[np.isfinite(y)], y[np.isfinite(y)]):
                    painter.drawEllipse(point, _DOT, _DOT)
                painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_zeros(self, painter: QPainter, x: Array) -> None:
        """Mark the layers whose last value is 0, which has no place on the axis."""
        zero = np.flatnonzero(self._last == 0)
        draw_zeros(painter, x[zero], self.area.bottom(), QColor(appearance().theme.bad))

    def _paint_range(self, painter: QPainter, x: Array, apart: float) -> None:
        """Draw from where to where the values of each layer went."""
        theme = appearance().theme
        values = np.where(np.isfinite(self.shown.values) & (self.shown.values > 0), self.shown.values, np.nan)
        known = np.flatnonzero(np.isfinite(values).any(axis=0))
        if not len(known):
            return
        colour = QColor(mix(theme.panel, theme.accent, 0.28))
        lower, upper = (self.up(find(values[:, known], axis=0)) for find in (np.nanmin, np.nanmax))
        width = max(1.0, min(apart * 0.5, 8.0))
        tall = np.maximum(lower - upper, 1)
        rects = zip((x[known] - width / 2).tolist(), upper.tolist(), tall.tolist(), strict=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRects([QRectF(left, top, width, height) for left, top, height in rects])
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the layer under the mouse."""
        if (place := self.step_at(event.position())) is not None:
            self.picked.emit(min(max(round(place), 0), len(self.shown.names) - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the layer at the cross with Return."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.at is not None:
            self.picked.emit(self.at)
        else:
            super().keyPressEvent(event)


class DepthMap(Chart):
    """A line for each layer, the first one at the top, over the steps; strong where the figure is large.

    Parameters
    ----------
    source
        Returns what there is now.
    """

    def __init__(self, name: str, turns: Turns, source: Callable[[], Depth]) -> None:
        super().__init__(name, turns)
        self._source = source
        self.shown = Depth(self.timeline)

    def load(self) -> None:
        """Take the layers as they are now."""
        self.shown = shown = self._source()
        self.timeline = shown.timeline
        found = Scale.around([shown.values], log=True)
        self.scale = Scale(len(shown.names), 0) if found is not None else None

    def keys(self, place: int | None) -> Sequence[Key]:
        """Return the first layer and the last one with their values at a look."""
        if place is None or not self.shown.names:
            return ()
        row = self.shown.values[place]
        ends = (0, -1) if len(row) > 1 else (0,)
        return [Key("accent", self.shown.names[end], float(row[end])) for end in ends]

    def draw_under(self, painter: QPainter) -> None:
        """Shade nothing: the map would hide it."""

    def draw_axes(self, painter: QPainter) -> None:
        """Name the layers, as far as there is room, and draw the axis of the steps."""
        area, names = self.area, self.shown.names
        painter.setFont(fonts.sans(11))
        painter.setPen(QColor(appearance().theme.dim))
        every = max(1, math.ceil(len(names) / max(area.height() / 14, 1)))
        for place in range(0, len(names), every):
            y = area.top() + (place + 0.5) / len(names) * area.height()
            text = painter.fontMetrics().elidedText(names[place], Qt.TextElideMode.ElideMiddle, LEFT - 8)
            flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), flags, text)
        painter.setFont(fonts.mono(11))
        self.draw_steps(painter)

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw the map."""
        values = self.shown.values
        largest = float(np.max(values, initial=0.0, where=np.isfinite(values)))
        with np.errstate(divide="ignore", invalid="ignore"):
            strength = 1 + np.log10(values / (largest or 1.0)) / _DECADES
        strength = np.nan_to_num(strength, nan=0.0, posinf=1.0, neginf=0.0)
        draw_map(painter, area, self.timeline.steps, strength.T, ~np.isnan(values).T, appearance().theme, "accent")
        self.draw_epochs(painter)
