"""Parallel coordinates: an axis for each setting in which runs differ and for how good they are, a line a run.

Dragging along an axis leaves those runs that pass there; the others step back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.run.runs.glance import Glance, varying
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, ngettext, number
from studio.ui.runs.table import measured_title
from studio.ui.theme import mix

_MARGINS: Final = (56, 42, 56, 46)
#: Pixels between two axes at the least, so that titles can be told apart.
_APART: Final = 84
_NEAR: Final = 8.0
#: Half the width of a range that was dragged along an axis, and the least length of one, in pixels.
_HALF: Final = 5.0
_LEAST: Final = 4.0


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
        is_log = low > 0 and high / low >= 10
        scale = math.log if is_log else float
        width = scale(high) - scale(low)
        places = {v: round((scale(v) - scale(low)) / width, 9) if width else 0.5 for v in known}
        return Axis(title, places, (number(low), number(high)))
    words = sorted(dict.fromkeys(known), key=str)
    step = 1 / (len(words) - 1) if len(words) > 1 else 0.0
    places = {w: i * step if step else 0.5 for i, w in enumerate(words)}
    return Axis(title, places, (str(words[0]), str(words[-1])) if words else ("", ""))


def _of_most(known: Sequence[Mapping[str, Any]], names: Iterable[str]) -> list[str]:
    """Return those names that more than half of the runs have a value for: of other documents there may be dozens.

    Examples
    --------
    >>> _of_most([{"rate": 1, "units": 2}, {"rate": 2}], ["rate", "units"])
    ['rate']
    """
    return [n for n in dict.fromkeys(names) if 2 * sum(n in each for each in known) > len(known)]


class ParallelPlot(QWidget):
    """A line for each run across all axes; the better it ended, the more it stands out. A click chooses one.

    Dragging along an axis marks a range: runs that lie beyond it step back. A click on the range takes it away, a
    double click takes all of them away.

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
        self._ranges: dict[str, tuple[float, float]] = {}
        """Parts of axes, by their titles, from 0 at the bottom to 1."""
        self._drag: tuple[Axis, float] | None = None
        self._left_out = 0
        appearance().theme_changed.connect(self.update)
        appearance().language_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, 220)

    def show_runs(self, glances: Sequence[Glance], marked: Sequence[str] = ()) -> None:
        """Show these runs, of which some stand out."""
        readable = [g for g in glances if g.record is not None]
        settings = [g.record.settings for g in readable if g.record is not None]
        differing = varying(settings, is_missing_other=False)
        names = _of_most(settings, differing)
        self._left_out = len(differing) - len(names)
        measured = _of_most([g.last for g in readable], [n for g in readable for n in g.last if "loss" not in n])
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
        left, _top, right, _bottom = _MARGINS
        self.setMinimumWidth(left + right + _APART * (len(self.axes) - 1))
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

    def within(self, id: str) -> bool:
        """Return whether a run lies in all ranges that are marked."""
        places = zip(self.axes, self._values[id], strict=True)
        marked = [(each.places.get(value), self._ranges[each.title]) for each, value in places if self._has(each)]
        return all(place is not None and low <= place <= high for place, (low, high) in marked)

    def _has(self, each: Axis) -> bool:
        return each.title in self._ranges

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = appearance().theme, QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.panel))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.sans(11))
        area = self._area()
        inside = {id for id in self._values if self.within(id)}
        worst_first = sorted(self._values, key=lambda id: (id in inside, id in self._marked, -self._best[id]))
        for id in worst_first:
            stands_out = id in self._marked or id == self._hovered
            colour = QColor(theme.warn if stands_out else mix(theme.accent, theme.panel, 0.8 * self._best[id]))
            painter.setPen(QPen(colour, 2.5 if stands_out else 1.4) if id in inside else QPen(QColor(theme.grid), 1))
            painter.drawPolyline(QPolygonF(self.line(id)))
        for place, each in enumerate(self.axes):
            x = self._x(place)
            painter.setPen(QPen(QColor(theme.faint), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            if self._has(each):
                self._paint_range(painter, x, *self._ranges[each.title])
            width = area.width() / max(1, len(self.axes) - 1) if len(self.axes) > 1 else area.width()
            painter.setPen(QColor(theme.text))
            title = painter.fontMetrics().elidedText(each.title, Qt.TextElideMode.ElideMiddle, int(width) - 6)
            self._write(painter, x, 6, title)
            painter.setPen(QColor(theme.dim))
            self._write(painter, x, area.top() - 17, each.ends[1])
            self._write(painter, x, area.bottom() + 3, each.ends[0])
        if self._left_out:
            words = ngettext(
                "{count} more setting, which few of these runs have, is left out.",
                "{count} more settings, which few of these runs have, are left out.",
                self._left_out,
            )
            rect = QRectF(self.visibleRegion().boundingRect()).adjusted(12, 0, -12, -6)
            where = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
            painter.drawText(rect, where, words.format(count=number(self._left_out)))

    def _paint_range(self, painter: QPainter, x: float, low: float, high: float) -> None:
        area, accent = self._area(), QColor(appearance().theme.accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlphaF(0.3)
        painter.setBrush(accent)
        top, bottom = (area.bottom() - place * area.height() for place in (high, low))
        painter.drawRect(QRectF(x - _HALF, top, 2 * _HALF, bottom - top))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _write(self, painter: QPainter, x: float, y: float, text: str) -> None:
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        left = min(max(2.0, x - width / 2), self.width() - width - 2.0)
        painter.drawText(QRectF(left, y, width, 16), Qt.AlignmentFlag.AlignCenter, text)

    def _axis_at(self, point: QPointF) -> Axis | None:
        """Return the axis that a point lies on."""
        area = self._area()
        if not area.top() - _NEAR <= point.y() <= area.bottom() + _NEAR:
            return None
        return next((a for i, a in enumerate(self.axes) if abs(point.x() - self._x(i)) <= _NEAR), None)

    def _place(self, y: float) -> float:
        area = self._area()
        return min(max((area.bottom() - y) / max(area.height(), 1.0), 0.0), 1.0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            each, begin = self._drag
            if abs(event.position().y() - begin) >= _LEAST:
                low, high = sorted((self._place(begin), self._place(event.position().y())))
                self._ranges[each.title] = low, high
                self.update()
            return
        self.setCursor(
            Qt.CursorShape.SplitVCursor if self._axis_at(event.position()) is not None else Qt.CursorShape.ArrowCursor
        )
        self._hovered = self.at(event.position())
        self.setToolTip(self._hovered or _("Drag along an axis: the runs that pass there stay, the others step back"))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (each := self._axis_at(event.position())) is not None:
            self._drag = each, event.position().y()
        elif found := self.at(event.position()):
            self.chosen.emit(found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        (each, begin), self._drag = self._drag, None
        if abs(event.position().y() - begin) >= _LEAST:
            return
        if self._ranges.pop(each.title, None) is not None:
            self.update()
        elif found := self.at(event.position()):
            self.chosen.emit(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._ranges.clear()
        self.update()

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
