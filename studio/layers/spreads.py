"""How values are spread over the steps: as a map, with lines through the quantiles, or as ridges one behind another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.core.dtype import Array
from studio.layers.chart import BOTTOM, Chart, Timeline
from studio.layers.figures import QUANTILES, Scale, Spread, nearest
from studio.layers.legend import Key
from studio.layers.maps import draw_map
from studio.layers.turns import Turns
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.lines import draw_line
from studio.ui.theme import mix

#: Rows of the map, and points of a ridge.
LEVELS: Final = 96
#: Ridges at most, and how much of the chart the highest one takes.
RIDGES: Final = 24
_HEIGHT: Final = 0.3
_MIDDLE: Final = len(QUANTILES) // 2


@dataclass(frozen=True)
class Seen:
    """What such a chart shows: spreads at looks, and the token of the colour."""

    timeline: Timeline
    spread: Spread | None = None
    token: str = "accent"


class SpreadChart(Chart):
    """Spreads over the steps.

    Parameters
    ----------
    source
        Returns what there is now.

    Attributes
    ----------
    ridges
        Whether they are drawn as ridges: values across, steps from the front at the bottom to the back.
    """

    def __init__(self, name: str, turns: Turns, source: Callable[[], Seen]) -> None:
        super().__init__(name, turns)
        self._source = source
        self.ridges = False
        self.shown = Seen(self.timeline)
        self._quantiles: Array = np.zeros((len(QUANTILES), 0))

    def load(self) -> None:
        """Take the spreads as they are now."""
        self.shown = shown = self._source()
        self.timeline, self.scale = shown.timeline, None
        if shown.spread is not None and (reach := shown.spread.reach()) is not None:
            self.scale = Scale(*reach)
            self._quantiles = shown.spread.quantiles()

    def keys(self, place: int | None) -> Sequence[Key]:
        """Return the median and the range of most values at a look."""
        token = "warn"
        if place is None:
            words = (_("median"), _("5 to 95 % of them"))
            return [Key(token, words[0]), Key(token, words[1], dashed=True)] if not self.ridges else ()
        low, middle, high = (float(self._quantiles[i, place]) for i in (0, _MIDDLE, -1))
        ends = " … ".join(number(float(f"{end:.2g}")) for end in (low, high))  # more digits find no room
        return [Key(token, _("median"), middle), Key(token, ends, dashed=True)]

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw the map or the ridges."""
        (self._paint_ridges if self.ridges else self._paint_map)(painter, area)

    # ------------------------------------------------------------------------------------------------------------- map

    def _paint_map(self, painter: QPainter, area: QRectF) -> None:
        spread, theme = self.shown.spread, appearance().theme
        assert spread is not None
        assert self.scale is not None
        density = spread.density(np.linspace(self.scale.low, self.scale.high, LEVELS + 1))
        strength = np.sqrt(density / np.maximum(density.max(axis=0), 1e-12))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        draw_map(painter, area, self.timeline.steps, strength[::-1], spread.known, theme, self.shown.token)
        self.draw_epochs(painter)
        x = self.across(self.timeline.steps)
        for place, values in enumerate(self._quantiles):
            pen = QPen(QColor(theme.warn), 1.6 if place == _MIDDLE else 1.0)
            if place in (0, len(QUANTILES) - 1):
                pen.setDashPattern([3, 2])
            elif place != _MIDDLE:
                continue
            y = self.up(values)
            if len(self.timeline.steps) == 1 and np.isfinite(y[0]):
                painter.setPen(pen)
                painter.drawLine(QPointF(area.left(), y[0]), QPointF(area.right(), y[0]))
            else:
                draw_line(painter, pen, x, y, dot=1.5)

    # ---------------------------------------------------------------------------------------------------------- ridges

    @property
    def _chosen(self) -> Array:
        """The places of the looks that have a ridge."""
        count = len(self.timeline.steps)
        return np.unique(np.linspace(0, count - 1, min(count, RIDGES)).round().astype(np.int64))

    def _bases(self, area: QRectF) -> Array:
        """Return the heights at which the ridges of the chosen looks stand."""
        count = len(self._chosen)
        top = area.top() + _HEIGHT * area.height()
        return np.linspace(area.bottom(), top, count) if count > 1 else np.array([area.bottom()])

    def _paint_ridges(self, painter: QPainter, area: QRectF) -> None:
        spread, theme, token = self.shown.spread, appearance().theme, self.shown.token
        assert spread is not None
        assert self.scale is not None
        chosen, bases = self._chosen, self._bases(area)
        density = spread.density(np.linspace(self.scale.low, self.scale.high, LEVELS + 1))[:, chosen]
        heights = density / np.maximum(density.max(axis=0), 1e-12) * _HEIGHT * area.height()
        x = np.linspace(area.left(), area.right(), LEVELS)
        for place in range(len(chosen) - 1, -1, -1):  # from the back to the front
            age = place / max(len(chosen) - 1, 1)
            y = bases[place] - heights[:, place]
            points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
            full = getattr(theme, token)
            painter.setPen(QPen(QColor(mix(full, theme.text, 0.35)), 1))
            painter.setBrush(QColor(mix(theme.panel, full, 0.3 + 0.4 * age)))
            ends = [QPointF(area.right(), bases[place]), QPointF(area.left(), bases[place])]
            painter.drawPolygon(QPolygonF([*points, *ends]))

    def draw_axes(self, painter: QPainter) -> None:
        """Draw the axes; those of ridges have the values below and the steps at the left."""
        if not self.ridges:
            super().draw_axes(painter)
            return
        assert self.scale is not None
        theme, area = appearance().theme, self.area
        painter.setFont(fonts.mono(11))
        painter.setPen(QColor(theme.dim))
        ticks = self.scale.ticks(max(2, int(area.width() // 80)))
        for tick, share in zip(ticks, self.scale.places(ticks), strict=True):
            room = QRectF(area.left() + share * area.width() - 40, area.bottom() + 3, 80, BOTTOM - 3)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, self.said(tick))
        steps, bases = self.timeline.steps[self._chosen], self._bases(area)
        for place in sorted({0, len(steps) // 2, len(steps) - 1}):
            room = QRectF(0, bases[place] - 8, area.left() - 6, 16)
            flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(room, flags, number(int(steps[place])))

    def step_at(self, point: QPointF) -> float | None:
        """Return the step at a point: of ridges, that of the one whose foot is there."""
        if not self.ridges or self.scale is None or not len(self.timeline.steps):
            return super().step_at(point)
        if not self.area.contains(point):
            return None
        return float(self.timeline.steps[self._chosen[nearest(self._bases(self.area), point.y())]])

    def cross(self, place: int) -> QRectF:
        """Return the line of the cross: along the foot of a ridge."""
        if not self.ridges:
            return super().cross(place)
        area = self.area
        y = self._bases(area)[nearest(self._chosen, place)]
        return QRectF(area.left(), round(float(y)), area.width(), 1)

    def draw_under(self, painter: QPainter) -> None:
        """Shade nothing: a map would hide it, and ridges have the steps elsewhere."""

    def draw_over(self, painter: QPainter) -> None:
        """Mark the steps of warnings, where steps lie across."""
        if not self.ridges:
            super().draw_over(painter)
