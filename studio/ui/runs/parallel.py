"""Parallel coordinates: an axis for each setting in which runs differ and for how good they are, a line a run.

Dragging along an axis leaves those runs that pass there; the others step back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.core.dtype import Array
from studio.run.runs.glance import Glance, frozen, varying
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, ngettext, number
from studio.ui.runs.axis import Axis, Brush, axis
from studio.ui.runs.table import measured_title, setting_text
from studio.ui.theme import mix

_MARGINS: Final = (44, 48, 68, 52)
#: Pixels between two axes at the least, so that titles can be told apart.
_APART: Final = 84
_NEAR: Final = 8.0
#: Half the width of a part that was marked along an axis, and the least length of a drag, in pixels.
_HALF: Final = 5.0
_LEAST: Final = 4.0
#: How far below an axis the place of runs without a value is, and the radius of its ring.
_BELOW: Final = 20.0
_RING: Final = 4.0
#: Texts along an axis are so far apart at the least.
_LINE: Final = 15.0
#: More lines than this are thin and not smoothed: 200 smooth ones take 57 ms.
_MANY: Final = 40
#: Shades from the best line to the worst one.
_SHADES: Final = 15


def _of_most(known: Sequence[Mapping[str, Any]], names: Iterable[str]) -> list[str]:
    """Return those names that more than half of the runs have a value for: of other documents there may be dozens.

    Examples
    --------
    >>> _of_most([{"rate": 1, "units": 2}, {"rate": 2}], ["rate", "units"])
    ['rate']
    """
    return [n for n in dict.fromkeys(names) if 2 * sum(n in each for each in known) > len(known)]


class ParallelPlot(QWidget):
    """A line for each run across all axes; the better it ended, the more it stands out. A click picks one.

    Where a run has no value, its line goes below the axis, through a place of its own.

    Dragging along an axis marks a part of it: runs that lie beyond step back, and cannot be picked. A click on the
    part takes it away, a double click takes all of them away.

    Signals
    -------
    picked
        Carries the id of a run.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runs.parallel")
        self.setMouseTracking(True)
        self.axes: list[Axis] = []
        self._names: dict[str, str] = {}
        self._values: dict[str, list[Any]] = {}
        self._places: Array = np.zeros((0, 0))
        """Of each run on each axis, NaN where it has no value."""
        self._marked = self._hovered = ""
        self._best: dict[str, float] = {}
        self._brushes: dict[str, Brush] = {}
        self._drag: tuple[Axis, float] | None = None
        self._left_out = 0
        self._picture: QPixmap | None = None
        """All lines but those that stand out: 1,000 take longer than the mouse may wait."""
        appearance().theme_changed.connect(self._redraw)
        appearance().language_changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.setAccessibleName(_("Parallel coordinates"))
        self._redraw()

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def show_runs(self, glances: Sequence[Glance], marked: str = "") -> None:
        """Show these runs, of which one may stand out."""
        known = [(g, g.record) for g in glances if g.record is not None]
        settings = [record.settings for _glance, record in known]
        differing = varying(settings, is_missing_other=False)
        names = _of_most(settings, differing)
        self._left_out = len(differing) - len(names)
        measured = _of_most(
            [g.last for g, _record in known], [n for g, _record in known for n in g.last if "loss" not in n]
        )
        measured = [n for n in measured if n.startswith("val_")] or measured
        self._names = {g.id: record.name for g, record in known}
        self._values = {
            g.id: [
                *(frozen(record.settings.get(n)) for n in names),
                *(g.last.get(n) for n in measured),
                g.best,
            ]
            for g, record in known
        }
        keys = [*(f"setting {n}" for n in names), *(f"measure {n}" for n in measured), "best"]
        titles = [*names, *map(measured_title, measured), _("Best loss")]
        columns = list(zip(*self._values.values(), strict=True)) if self._values else [()] * len(titles)
        self.axes = [axis(*each) for each in zip(keys, titles, columns, strict=True)]
        places = [[each.place(v) for each, v in zip(self.axes, vs, strict=True)] for vs in self._values.values()]
        self._places = np.array(places, np.float64).reshape(len(self._values), len(self.axes))  # None: NaN
        self._best = dict(zip(self._values, np.nan_to_num(self._places[:, -1], nan=1.0).tolist(), strict=True))
        self._marked = marked if marked in self._values else ""
        self._hovered = ""
        left, _top, right, _bottom = _MARGINS
        self.setMinimumWidth(left + right + _APART * (len(self.axes) - 1))
        self._redraw()

    def mark(self, id: str) -> None:
        """Let a run stand out."""
        self._marked = id if id in self._values else ""
        self._redraw()

    # ------------------------------------------------------------------------------------------------------ drawing

    def _area(self) -> QRectF:
        left, top, right, bottom = _MARGINS
        return QRectF(self.rect()).adjusted(left, top, -right, -bottom)

    def line(self, id: str) -> list[QPointF]:
        """Return where the line of a run goes."""
        return [QPointF(x, y) for x, y in self._lines()[list(self._values).index(id)].tolist()]

    def _lines(self) -> Array:
        """Return the points of all lines (runs, axes, 2), in pixels."""
        area = self._area()
        y = np.where(np.isnan(self._places), area.bottom() + _BELOW, area.bottom() - self._places * area.height())
        return np.stack([np.broadcast_to([self._x(i) for i in range(len(self.axes))], y.shape), y], -1)

    def _x(self, place: int) -> float:
        area = self._area()
        return area.left() + area.width() * (place / (len(self.axes) - 1) if len(self.axes) > 1 else 0.5)

    def within(self, id: str) -> bool:
        """Return whether a run lies in all parts of axes that are marked."""
        marked = ((self._brushes.get(each.key), v) for each, v in zip(self.axes, self._values[id], strict=True))
        return all(brush is None or brush.has(value) for brush, value in marked)

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._draw_lines()
        theme, painter = appearance().theme, QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.sans(11))
        for id in dict.fromkeys((self._marked, self._hovered)):
            if id and self.within(id):
                painter.setPen(QPen(QColor(theme.warn), 2.5))
                painter.drawPolyline(QPolygonF(self.line(id)))
        for place, each in enumerate(self.axes):
            self._paint_axis(painter, self._x(place), each)
        if self._left_out:
            words = ngettext(
                "{count} more setting, which few of these runs have, is left out.",
                "{count} more settings, which few of these runs have, are left out.",
                self._left_out,
            )
            rect = QRectF(self.visibleRegion().boundingRect()).adjusted(12, 0, -12, -6)
            where = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
            painter.setPen(QColor(theme.dim))
            painter.drawText(rect, where, words.format(count=number(self._left_out)))

    def _draw_lines(self) -> QPixmap:
        """Return a picture of all lines, the best ones last."""
        theme, ratio = appearance().theme, self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(theme.panel))
        painter = QPainter(picture)
        is_few = len(self._values) <= _MANY
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_few)
        shades: dict[int, list[QLineF]] = {shade: [] for shade in range(_SHADES + 1, -1, -1)}  # the best ones in front
        for id, line in zip(self._values, self._lines().tolist(), strict=True):
            shade = round(_SHADES * self._best[id]) if self.within(id) else _SHADES + 1
            shades[shade] += [QLineF(*a, *b) for a, b in pairwise(line)]
        for shade, pieces in shades.items():
            is_inside = shade <= _SHADES
            colour = mix(theme.accent, theme.panel, 0.8 * shade / _SHADES) if is_inside else theme.grid
            painter.setPen(QPen(QColor(colour), 1.4 if is_inside and is_few else 1))
            painter.drawLines(pieces)
        painter.end()
        return picture

    def _paint_axis(self, painter: QPainter, x: float, each: Axis) -> None:
        theme, area, room = appearance().theme, self._area(), self._room
        painter.setPen(QPen(QColor(theme.faint), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if each.has_missing:
            painter.setBrush(QColor(theme.panel))
            painter.drawEllipse(QPointF(x, area.bottom() + _BELOW), _RING, _RING)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if (brush := self._brushes.get(each.key)) is not None:
            for low, high in each.parts(brush):
                self._paint_brush(painter, x, area.bottom() - high * area.height(), area.bottom() - low * area.height())
            if brush.missing and each.has_missing:
                self._paint_brush(painter, x, area.bottom() + _BELOW - _HALF, area.bottom() + _BELOW + _HALF)
        metrics = painter.fontMetrics()
        painter.setPen(QColor(theme.text))
        self._write(painter, x, 4, metrics.elidedText(each.title, Qt.TextElideMode.ElideMiddle, int(room) - 6))
        painter.setPen(QColor(theme.dim))
        if each.is_log:
            self._write(painter, x, 19, _("log"))
        taken: list[float] = []
        for place, text in each.ticks:
            y = area.bottom() - place * area.height()
            if all(abs(y - other) >= _LINE for other in taken):
                taken.append(y)
                self._label(painter, x, y, text)
        if each.has_missing:
            self._label(painter, x, area.bottom() + _BELOW, _("no value"))

    @property
    def _room(self) -> float:
        """Pixels from one axis to the next."""
        return self._area().width() / max(1, len(self.axes) - 1)

    def _label(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """Write a tick and its text beside an axis, in front of the lines."""
        theme, metrics = appearance().theme, painter.fontMetrics()
        left = x + 7
        room = min(self._room - 14, self.width() - left - 4)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(room))
        behind = QColor(theme.panel)
        behind.setAlphaF(0.8)
        rect = QRectF(left - 2, y - 8, metrics.horizontalAdvance(text) + 5, 16)
        painter.fillRect(rect, behind)
        painter.drawLine(QPointF(x - 4, y), QPointF(x, y))
        painter.drawText(rect.adjusted(2, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_brush(self, painter: QPainter, x: float, top: float, bottom: float) -> None:
        accent = QColor(appearance().theme.accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlphaF(0.3)
        painter.setBrush(accent)
        painter.drawRect(QRectF(x - _HALF, top, 2 * _HALF, max(bottom - top, 2.0)))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _write(self, painter: QPainter, x: float, y: float, text: str) -> None:
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        left = min(max(2.0, x - width / 2), self.width() - width - 2.0)
        painter.drawText(QRectF(left, y, width, 16), Qt.AlignmentFlag.AlignCenter, text)

    # -------------------------------------------------------------------------------------------------- mouse

    def _axis_at(self, point: QPointF) -> Axis | None:
        """Return the axis that a point lies on, or the place below it of runs without a value."""
        area = self._area()
        near = next((a for i, a in enumerate(self.axes) if abs(point.x() - self._x(i)) <= _NEAR), None)
        if near is None or point.y() < area.top() - _NEAR:
            return None
        return near if point.y() <= area.bottom() + _NEAR + _BELOW * near.has_missing else None

    def _place(self, y: float) -> float:
        """Return the place of a height on an axis; below 0, if it is where runs without a value go."""
        area = self._area()
        if y >= area.bottom() + _BELOW / 2:
            return -1.0
        return min(max((area.bottom() - y) / max(area.height(), 1.0), 0.0), 1.0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._drag is not None:
            each, begin = self._drag
            if abs(point.y() - begin) >= _LEAST:
                brush = each.brush(*sorted((self._place(begin), self._place(point.y()))))
                self._brushes = {key: b for key, b in self._brushes.items() if key != each.key}
                if brush is not None:
                    self._brushes[each.key] = brush
                self._redraw()
            return
        on_axis = self._axis_at(point) is not None
        self.setCursor(Qt.CursorShape.SplitVCursor if on_axis else Qt.CursorShape.ArrowCursor)
        if (hovered := self.at(point)) != self._hovered:
            self._hovered = hovered
            self.update()
        self.setToolTip(self.said(hovered) if hovered else self._said_at(point))

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = ""
        self.update()

    def said(self, id: str) -> str:
        """Return the name of a run and its values, a line each."""
        known = zip(self.axes, self._values[id], strict=True)
        lines = [f"{each.title}: {_('no value') if v is None else setting_text(v)}" for each, v in known]
        return "\n".join((self._names[id], id, *lines))

    def _said_at(self, point: QPointF) -> str:
        """Return the whole title where one is, or else how to mark a part of an axis."""
        if point.y() < self._area().top() - _NEAR:
            titles = (a.title for i, a in enumerate(self.axes) if abs(point.x() - self._x(i)) <= self._room / 2)
            return next(titles, "")
        return _("Drag along an axis: the runs that pass there stay, the others step back")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
        elif (each := self._axis_at(event.position())) is not None:
            self._drag = each, event.position().y()
        elif found := self.at(event.position()):
            self.picked.emit(found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        (each, begin), self._drag = self._drag, None
        if abs(event.position().y() - begin) >= _LEAST:
            return
        if self._brushes.pop(each.key, None) is not None:
            self._redraw()
        elif found := self.at(event.position()):
            self.picked.emit(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._brushes.clear()
            self._redraw()

    def at(self, point: QPointF) -> str:
        """Return the run whose line passes near a point, "" if none does; those that step back cannot be met."""
        if len(self.axes) < 2 or not self._values:
            return ""
        lines = self._lines()
        begin, along = lines[:, :-1], np.diff(lines, axis=1)
        away = np.array([point.x(), point.y()]) - begin
        share = np.clip((away * along).sum(-1) / (along**2).sum(-1), 0.0, 1.0)
        distances = np.hypot(*np.moveaxis(away - share[..., None] * along, -1, 0)).min(axis=1)
        ids = list(self._values)
        near = (ids[i] for i in np.argsort(distances, kind="stable") if distances[i] < _NEAR)
        return next((id for id in near if self.within(id)), "")
