"""The columns of a plane as lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF
from PySide6.QtGui import QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from engine.core.dtype import Array
from studio.inspector.background import Token
from studio.inspector.key import TOKENS, Key, colour_of, draw_sign
from studio.inspector.plot import Plot
from studio.inspector.views.view import Computed
from studio.run.messages import TensorInfo
from studio.run.summary import finite, real, share
from studio.ui import fonts
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.labels import Text

#: More lines hide one another.
MOST_LINES: Final = len(TOKENS)
#: Runs of neighbours into which a longer line is parted: of each, the least and the greatest value are drawn.
RUNS: Final = 250
# How far the mouse may be from what it tells, in pixels.
_REACH: Final = 24.0
# Signs along a line.
_SIGNS: Final = 5


@dataclass(frozen=True)
class Lines:
    """Lines over the places of the first axis; of a run of neighbours the least value is drawn and the greatest."""

    places: Array
    lines: tuple[Array, ...]
    count: int
    low: float
    high: float

    @property
    def is_thinned(self) -> bool:
        """Whether a place stands for a run of neighbours."""
        return len(self.places) != self.count


def lines_of(values: Array, token: Token) -> Lines:
    """Return the first columns of a plane as lines.

    Examples
    --------
    >>> lines_of(np.array([1.0, np.nan, 3.0]), Token()).lines[0].tolist()
    [1.0, nan, 3.0]
    >>> long = lines_of(np.arange(100_000.0), Token())
    >>> len(long.places), long.low, long.high
    (500, 0.0, 99999.0)
    """
    columns = values.reshape(-1, 1) if values.ndim < 2 else values[:, :MOST_LINES]
    count = len(columns)
    is_long = count > 2 * RUNS
    runs = np.linspace(0, count, RUNS, endpoint=False).astype(np.intp)
    places, found = np.repeat(runs, 2) if is_long else np.arange(count), []
    for column in columns.T:
        token.check()
        if is_long:
            line = _ends(column, runs)
        else:
            line = real(column).astype(np.float64)
            line[~np.isfinite(line)] = np.nan
        found.append(line)
    drawn = np.concatenate(found) if found else np.zeros(0)
    drawn = drawn[np.isfinite(drawn)]
    low, high = (float(drawn.min()), float(drawn.max())) if drawn.size else (0.0, 0.0)
    return Lines(places, tuple(found), count, low, high)


def _ends(line: Array, runs: Array) -> Array:
    """Return the least and the greatest finite number of each run of a line, which is not copied; NaN for none."""
    numbers = real(line)
    ends: Array = np.stack([f.reduceat(numbers, runs).astype(np.float64) for f in (np.minimum, np.maximum)], axis=1)
    for run in np.flatnonzero(~np.isfinite(ends).all(axis=1)):  # else all in the run is finite
        part = numbers[runs[run] : runs[run + 1] if run + 1 < len(runs) else None]
        found = finite(part)
        ends[run] = (found.min(), found.max()) if found.size else np.nan
    return ends.ravel()


class Curves(Plot):
    """The lines, each with a colour of its own."""

    nothing = N_("no finite values")

    def __init__(self) -> None:
        super().__init__()
        self.found: Lines | None = None
        self.words: Callable[[int, int], str] = lambda line, at: ""
        """Says what a line is at one of its places."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.found is None or not any(np.isfinite(line).any() for line in self.found.lines)

    @property
    def horizontal(self) -> tuple[float, float] | None:
        """The first and the last place."""
        return (0, max(self.found.count - 1, 0)) if self.found is not None else None

    @property
    def vertical(self) -> tuple[float, float] | None:
        """The range of what is drawn."""
        return (self.found.low, self.found.high) if self.found is not None else None

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw the lines, broken where values are not finite."""
        assert self.found is not None
        found = self.found
        x = self._across(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(x) <= RUNS)
        for i, line in enumerate(found.lines):
            colour = colour_of(i)
            painter.setPen(QPen(colour, 1.4))
            y = self._down(line, area)
            breaks = np.flatnonzero(~np.isfinite(y))
            for part_x, part_y in zip(np.split(x, breaks), np.split(y, breaks), strict=True):
                points = [QPointF(a, b) for a, b in zip(part_x.tolist(), part_y.tolist(), strict=True) if b == b]
                if len(points) == 1:
                    painter.setBrush(colour)
                    painter.drawEllipse(points[0], 1.5, 1.5)
                else:  # not as one polyline: where that crosses itself often, Qt takes a second for it
                    painter.drawLines([QLineF(a, b) for a, b in pairwise(points)])
            if len(found.lines) > 1:
                self._draw_signs(painter, i, x, y)

    def _draw_signs(self, painter: QPainter, line: int, x: Array, y: Array) -> None:
        """Draw some signs along a line, those of others beside them."""
        assert self.found is not None
        drawn = np.flatnonzero(np.isfinite(y))
        if drawn.size:
            shares = (np.arange(_SIGNS) + (line + 0.5) / len(self.found.lines)) / _SIGNS
            for at in np.unique(drawn[(shares * drawn.size).astype(np.intp)]).tolist():
                draw_sign(painter, line, QPointF(float(x[at]), float(y[at])))

    def _across(self, area: QRectF) -> Array:
        assert self.found is not None
        return np.asarray(area.left() + self.found.places / max(self.found.count - 1, 1) * area.width())

    def _down(self, line: Array, area: QRectF) -> Array:
        assert self.found is not None
        return np.asarray(area.bottom() - share(line, self.found.low, self.found.high) * area.height())

    def value_at(self, point: QPointF) -> str:
        """Return what is told of the line next to a point, "" if there is none near."""
        if self.found is None or self.is_empty:
            return ""
        area = self.area
        x = self._across(area)
        distances = np.stack([np.hypot(x - point.x(), self._down(line, area) - point.y()) for line in self.found.lines])
        distances[np.isnan(distances)] = np.inf
        line, at = (int(i) for i in np.unravel_index(int(distances.argmin()), distances.shape))
        return self.words(line, at) if distances[line, at] <= _REACH else ""

    def event(self, event: QEvent) -> bool:
        """Tell the value below the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.value_at(QPointF(event.pos())), self)
            return True
        return super().event(event)


class LineView(Computed):
    """Columns as lines over the rows."""

    title = N_("Lines")
    icon = "chart-line"
    plane = True

    def __init__(self) -> None:
        super().__init__()
        self._columns = 1
        self._drawn = self.cut
        self.curves = Curves()
        self.curves.words = self._words
        self.key = Key()
        self.caption = Text("", "dim", fonts.sans(11))
        self.caption.setWordWrap(True)
        self.widget = QWidget()
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.caption)
        column.addWidget(self.key)
        column.addWidget(self.curves, 1)

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether there are axes along which a line can go."""
        return Computed.accepts(info) and len(info.shape) > 0

    def show(self, info: TensorInfo, values: Array) -> None:
        """Draw the columns of a plane."""
        self._columns = values.shape[1] if values.ndim > 1 else 1
        super().show(info, values)

    def compute(self, info: TensorInfo, values: Array, token: Token) -> Lines:
        """Thin the lines."""
        return lines_of(values, token)

    def present(self, found: Lines) -> None:
        """Draw the lines."""
        self.curves.found, self._drawn = found, self.cut  # until then lines of another plane may be in sight
        self.curves.update()
        self.retranslate()

    def _name(self, line: int) -> str:
        """Return the index of a column, as NumPy takes it."""
        if self._drawn.rows is None:  # lists go along several axes at once
            return f"[{self._drawn.text}]" if self._columns == 1 else str(self._drawn.column_label(line))
        place: list[int | str] = [*self._drawn.place(0, line)]
        place[self._drawn.rows] = ":"
        return f"[{', '.join(map(str, place))}]"

    def _words(self, line: int, at: int) -> str:
        found = self.curves.found
        assert found is not None
        first = int(found.places[at])
        begin = list(self._drawn.place(first, line))
        if not found.is_thinned:
            return f"{begin}  {number(float(found.lines[line][at]))}"
        low, high = (number(float(end)) for end in found.lines[line][at - at % 2 :][:2])
        last = int(found.places[at - at % 2 + 2]) - 1 if at - at % 2 + 2 < len(found.places) else found.count - 1
        return _("{begin} to {end}: from {low} to {high}").format(
            begin=begin, end=list(self._drawn.place(last, line)), low=low, high=high
        )

    def retranslate(self) -> None:
        """Say which columns are drawn, and how."""
        found = self.curves.found
        if found is None:
            return
        notes = []
        if len(found.lines) < self._columns:
            words = _("The first {shown} of {count} columns. Others are chosen by the index, such as :, {shown}:")
            notes.append(words.format(shown=number(len(found.lines)), count=number(self._columns)))
        if found.is_thinned:
            words = _("Of runs of {n} rows the least and the greatest value are drawn.")
            notes.append(words.format(n=number(-(-found.count // RUNS))))
        self.caption.setText(" ".join(notes))
        self.caption.setVisible(bool(notes))
        self.key.present([self._name(line) for line in range(len(found.lines))] if found.count else [])
