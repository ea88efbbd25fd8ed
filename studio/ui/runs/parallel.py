"""Parallel coordinates: an axis for each setting in which runs differ and for how good they are, a line a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.run.runs.glance import Glance, varying
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.runs.table import measured_title
from studio.ui.theme import mix

_MARGINS: Final = (56, 34, 56, 26)
_NEAR: Final = 8.0


@dataclass(frozen=True)
class Axis:
    """An axis: its title, and where each value stands on it, from 0 at the bottom to 1."""

    title: str
    places: Mapping[Any, float]
    ends: tuple[str, str]


def axis(title: str, values: Sequence[Any]) -> Axis:
    """Return the axis of some values: numbers by size, on a logarithmic scale if they span much; others in order.

    Examples
    --------
    >>> axis("rate", [0.001, 0.1, 0.01]).places[0.01]
    0.5
    >>> axis("activation", ["relu", "tanh", "relu"]).places
    {'relu': 0.0, 'tanh': 1.0}
    """
    known = [v for v in values if v is not None and not (isinstance(v, float) and not math.isfinite(v))]
    if known and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known):
        low, high = min(known), max(known)
        is_log = low > 0 and high / low >= 50
        scale = math.log if is_log else float
        width = scale(high) - scale(low)
        places = {v: round((scale(v) - scale(low)) / width, 9) if width else 0.5 for v in known}
        return Axis(title, places, (number(low), number(high)))
    words = sorted(dict.fromkeys(known), key=str)
    step = 1 / (len(words) - 1) if len(words) > 1 else 0.0
    places = {w: i * step if step else 0.5 for i, w in enumerate(words)}
    return Axis(title, places, (str(words[0]), str(words[-1])) if words else ("", ""))


class ParallelPlot(QWidget):
    """A line for each run across all axes; the better it ended, the more it stands out. A click chooses one.

    Signals
    -------
    chosen
        Carries the id of a run.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runs.parallel")
        self.setMouseTracking(True)
        self.axes: list[Axis] = []
        self._values: dict[str, list[Any]] = {}
        self._marked: set[str] = set()
        self._hovered = ""
        self._best: dict[str, float] = {}
        appearance().theme_changed.connect(self.update)
        appearance().language_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, 220)

    def show_runs(self, glances: Sequence[Glance], marked: Sequence[str] = ()) -> None:
        """Show these runs, of which some stand out."""
        readable = [g for g in glances if g.record is not None]
        names = varying(readable)
        measured = [n for n in dict.fromkeys(n for g in readable for n in g.last) if "loss" not in n]
        measured = [n for n in measured if n.startswith("val_")] or measured
        self._values = {
            g.id: [
                *((g.record.settings.get(n) if g.record is not None else None) for n in names),
                *(g.last.get(n) for n in measured),
                g.best,
            ]
            for g in readable
        }
        titles = [*names, *map(measured_title, measured), _("Best loss")]
        columns = list(zip(*self._values.values(), strict=True)) if self._values else [()] * len(titles)
        self.axes = [axis(t, column) for t, column in zip(titles, columns, strict=True)]
        self._best = {id: self.axes[-1].places.get(values[-1], 1.0) for id, values in self._values.items()}
        self._marked = set(marked)
        self.update()

    def _area(self) -> QRectF:
        left, top, right, bottom = _MARGINS
        return QRectF(self.rect()).adjusted(left, top, -right, -bottom)

    def line(self, id: str) -> list[QPointF]:
        """Return where the line of a run goes; values that are missing are left out."""
        area, found = self._area(), []
        for place, (each, value) in enumerate(zip(self.axes, self._values[id], strict=True)):
            if (height := each.places.get(value)) is not None:
                found.append(QPointF(self._x(place), area.bottom() - height * area.height()))
        return found

    def _x(self, place: int) -> float:
        area = self._area()
        return area.left() + area.width() * (place / (len(self.axes) - 1) if len(self.axes) > 1 else 0.5)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = appearance().theme, QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.panel))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.sans(11))
        area = self._area()
        worst_first = sorted(self._values, key=lambda id: (id in self._marked, -self._best[id]))
        for id in worst_first:
            stands_out = id in self._marked or id == self._hovered
            colour = QColor(theme.warn if stands_out else mix(theme.accent, theme.panel, 0.8 * self._best[id]))
            painter.setPen(QPen(colour, 2.5 if stands_out else 1.4))
            painter.drawPolyline(QPolygonF(self.line(id)))
        for place, each in enumerate(self.axes):
            x = self._x(place)
            painter.setPen(QPen(QColor(theme.faint), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            width = area.width() / max(1, len(self.axes) - 1) if len(self.axes) > 1 else area.width()
            painter.setPen(QColor(theme.text))
            title = painter.fontMetrics().elidedText(each.title, Qt.TextElideMode.ElideMiddle, int(width) - 6)
            self._write(painter, x, 0, title)
            painter.setPen(QColor(theme.dim))
            self._write(painter, x, area.top() - 17, each.ends[1])
            self._write(painter, x, area.bottom() + 3, each.ends[0])

    def _write(self, painter: QPainter, x: float, y: float, text: str) -> None:
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        left = min(max(2.0, x - width / 2), self.width() - width - 2.0)
        painter.drawText(QRectF(left, y, width, 16), Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self.at(event.position())
        self.setToolTip(self._hovered)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if found := self.at(event.position()):
            self.chosen.emit(found)

    def at(self, point: QPointF) -> str:
        """Return the run whose line passes near a point, "" if none does."""
        found = [(self._distance(id, point), id) for id in self._values]
        distance, id = min(found, default=(math.inf, ""))
        return id if distance < _NEAR else ""

    def _distance(self, id: str, point: QPointF) -> float:
        line = self.line(id)
        for a, b in pairwise(line):
            if a.x() <= point.x() <= b.x() and b.x() > a.x():
                share = (point.x() - a.x()) / (b.x() - a.x())
                return abs(a.y() + share * (b.y() - a.y()) - point.y())
        return math.inf
