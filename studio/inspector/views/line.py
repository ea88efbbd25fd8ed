"""The columns of a plane as lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from engine.core.dtype import Array
from studio.inspector.background import Token
from studio.inspector.plot import Plot
from studio.inspector.views.view import Computed
from studio.run.messages import TensorInfo
from studio.run.summary import finite, real, share
from studio.ui.appearance import appearance
from studio.ui.i18n import N_

#: More lines hide one another.
MOST_LINES: Final = 6
#: Runs of neighbours into which a longer line is parted: of each, the least and the greatest value are drawn.
RUNS: Final = 250
_TOKENS: Final = ("accent", "data", "train", "op", "loss", "dim")


@dataclass(frozen=True)
class Lines:
    """Lines over the places of the first axis; of a run of neighbours the least value is drawn and the greatest."""

    places: Array
    lines: tuple[Array, ...]
    count: int
    low: float
    high: float


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
        x = area.left() + found.places / max(found.count - 1, 1) * area.width()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(x) <= RUNS)
        for token, line in zip(_TOKENS, found.lines, strict=False):
            colour = QColor(getattr(appearance().theme, token))
            painter.setPen(QPen(colour, 1.4))
            y = area.bottom() - share(line, found.low, found.high) * area.height()
            breaks = np.flatnonzero(~np.isfinite(y))
            for part_x, part_y in zip(np.split(x, breaks), np.split(y, breaks), strict=True):
                points = [QPointF(a, b) for a, b in zip(part_x.tolist(), part_y.tolist(), strict=True) if b == b]
                if len(points) == 1:
                    painter.setBrush(colour)
                    painter.drawEllipse(points[0], 1.5, 1.5)
                else:  # not as one polyline: where that crosses itself often, Qt takes a second for it
                    painter.drawLines([QLineF(a, b) for a, b in pairwise(points)])


class LineView(Computed):
    """Columns as lines over the rows."""

    title = N_("Lines")
    icon = "chart-line"
    plane = True

    def __init__(self) -> None:
        super().__init__()
        self.widget: Curves = Curves()

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether there are axes along which a line can go."""
        return Computed.accepts(info) and len(info.shape) > 0

    def compute(self, info: TensorInfo, values: Array, token: Token) -> Lines:
        """Thin the lines."""
        return lines_of(values, token)

    def present(self, found: Lines) -> None:
        """Draw the lines."""
        self.widget.found = found
        self.widget.update()
