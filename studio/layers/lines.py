"""Lines over the steps: norms, update ratios, what comes out of activation functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.core.dtype import Array
from studio.layers.chart import Chart, Timeline
from studio.layers.figures import HEALTHY, Scale
from studio.layers.legend import Key
from studio.layers.turns import Turns
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.lines import draw_line, draw_zeros, points_of, runs_of

_BAND_OPACITY: Final = 0.18


@dataclass(frozen=True)
class Line:
    """A line: its values, how it looks, what it is, and how far the values around it reach, if that is known."""

    values: Array
    token: str
    word: str
    dashed: bool = False
    around: Array | None = None


@dataclass(frozen=True)
class Lines:
    """What a chart of lines shows.

    Parameters
    ----------
    log, shares
        Whether the axis is logarithmic, or one of shares from nothing to all.
    healthy
        Whether the range in which update ratios are healthy is drawn.
    """

    timeline: Timeline
    lines: tuple[Line, ...] = ()
    log: bool = False
    shares: bool = False
    healthy: bool = False


class LineChart(Chart):
    """Lines over the steps.

    Parameters
    ----------
    source
        Returns what there is now.
    """

    def __init__(self, name: str, turns: Turns, source: Callable[[], Lines]) -> None:
        super().__init__(name, turns)
        self._source = source
        self.shown = Lines(self.timeline)

    def load(self) -> None:
        """Take the lines as they are now."""
        self.shown = shown = self._source()
        self.timeline = shown.timeline
        known = [line.values for line in shown.lines]
        known += [
            line.values + sign * line.around for line in shown.lines if line.around is not None for sign in (-1, 1)
        ]
        if shown.healthy and any(np.isfinite(values).any() for values in known):
            known.append(np.array(HEALTHY))
        self.scale = Scale.around(known, shown.log)
        if shown.shares and self.scale is not None:
            self.scale = Scale(-0.03, 1.03)

    def keys(self, place: int | None) -> Sequence[Key]:
        """Return the lines with their values at a look."""
        return [
            Key(
                line.token,
                line.word,
                float(line.values[place]) if place is not None else None,
                line.dashed,
                self.shown.shares,
            )
            for line in self.shown.lines
        ]

    def said(self, value: float) -> str:
        """Return a number of the axis: shares in hundredths."""
        return f"{round(100 * value)} %" if self.shown.shares else super().said(value)

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw what is healthy, what lies around the lines, and the lines."""
        theme = appearance().theme
        if self.shown.healthy:
            paint_healthy(self, painter)
        x = self.across(self.timeline.steps)
        for line in self.shown.lines:
            if line.around is not None:
                colour = QColor(getattr(theme, line.token))
                colour.setAlphaF(_BAND_OPACITY)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                for run in runs_of(line.values + line.around):
                    above, below = (self.up((line.values + sign * line.around)[run]) for sign in (1, -1))
                    painter.drawPolygon(QPolygonF([*points_of(x[run], above), *points_of(x[run], below)[::-1]]))
            pen = QPen(QColor(getattr(theme, line.token)), 1.8)
            if line.dashed:
                pen.setDashPattern([3, 2])
            self._paint_zeros(painter, x, line)
            y = self.up(line.values)
            draw_line(painter, pen, x, y)

    def _paint_zeros(self, painter: QPainter, x: Array, line: Line) -> None:
        """Mark where a line is at 0, which has no place on a logarithmic axis: at the lower end."""
        zero = np.flatnonzero(line.values == 0)
        if self.shown.log:
            some = zero[:: max(1, len(zero) // 6)]
            draw_zeros(painter, x[some], self.area.bottom(), QColor(getattr(appearance().theme, line.token)))


def paint_healthy(chart: Chart, painter: QPainter) -> None:
    """Draw the range in which update ratios are healthy, and its name."""
    theme, area = appearance().theme, chart.area
    upper, lower = chart.up(np.array(HEALTHY[::-1]))
    colour = QColor(theme.ok)
    colour.setAlphaF(_BAND_OPACITY)
    painter.fillRect(QRectF(area.left(), upper, area.width(), lower - upper), colour)
    painter.setPen(QColor(theme.ok))
    painter.setFont(fonts.sans(11))
    room = QRectF(area.left() + 4, upper, area.width() - 8, max(lower - upper, 14))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), _("healthy"))
