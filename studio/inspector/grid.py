"""A table of any size: it paints the cells in sight and knows no others."""

from __future__ import annotations

from heapq import nlargest
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from engine.core.dtype import Array
from studio.inspector.formats import EXACT, PLAIN, written
from studio.inspector.marks import Condition
from studio.inspector.slices import Cut
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.theme import mix

# What the strongest tint of a cell takes from the accent: the text on it must stay legible.
_TINT: Final = 0.35
_ROW: Final = 22
_PADDING: Final = 14
_LEAST_WIDTH: Final = 56
# A scroll bar counts in 32 bits; beyond this many pixels it counts whole cells.
_MOST_PIXELS: Final = 1 << 30
# Cells on which the width of the columns is tried.
_SAMPLE: Final = 32
# The longest texts of these, whose widths are measured.
_MEASURED: Final = 8

_KEYS: Final = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class Grid(QAbstractScrollArea):
    """Shows a matrix. The arrow keys move the current cell, with Shift they extend the selection.

    Signals
    -------
    chosen
        The user has gone to another cell: row and column.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(fonts.mono(11))
        self.values: Array = np.zeros((0, 0))
        self.format = PLAIN
        self.condition: Condition | None = None
        self.limit = 0.0
        """The magnitude that has the strongest tint; 0 tints nothing."""
        self.cells: Array | None = None
        """Cells that are marked: a truth value for each."""
        self.current = (0, 0)
        self._anchor = (0, 0)
        self._width = _LEAST_WIDTH
        self.cut = Cut.first((0, 0))
        """Which plane of a tensor it is, by which rows and columns are called."""
        appearance().theme_changed.connect(self.viewport().update)
        appearance().language_changed.connect(self._on_language)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.viewport().update)
        self._on_language()

    # --------------------------------------------------------------------------------------------------------- values

    def present(self, values: Array, limit: float, cut: Cut) -> None:
        """Show another matrix; where it is as large as the last one, what is in sight stays."""
        if values.shape != self.values.shape:
            self.current = self._anchor = (0, 0)
            self.horizontalScrollBar().setValue(0)
            self.verticalScrollBar().setValue(0)
            self.cells = None
        self.values, self.limit, self.cut = values, limit, cut
        self._measure()
        self.viewport().update()

    def write_as(self, format: str) -> None:
        """Write the numbers in another format."""
        self.format = format
        self._measure()
        self.viewport().update()

    def mark_where(self, condition: Condition | None) -> None:
        """Colour the cells that fulfil a condition; without one, by their size."""
        self.condition = condition
        self.viewport().update()

    def text(self, row: int, column: int) -> str:
        """Return what a cell says."""
        return written(self.values[row, column], self.format)

    @property
    def has_selection(self) -> bool:
        """Whether several cells are selected."""
        return self.current != self._anchor

    def selection(self) -> tuple[slice, slice]:
        """Return the rows and the columns that are selected."""
        (a, b), (c, d) = self._anchor, self.current
        return slice(min(a, c), max(a, c) + 1), slice(min(b, d), max(b, d) + 1)

    def go_to(self, row: int, column: int, extend: bool = False) -> None:
        """Make a cell the current one, as the user does, and bring it into sight."""
        self.show_cell(row, column, extend)
        if self.values.size:
            self.chosen.emit(*self.current)

    def show_cell(self, row: int, column: int, extend: bool = False) -> None:
        """Bring a cell into sight and make it the current one, without a word."""
        rows, columns = self.values.shape
        if not rows or not columns:
            return
        self.current = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
        if not extend:
            self._anchor = self.current
        for bar, at, size, room in (
            (self.verticalScrollBar(), self.current[0], _ROW, self.viewport().height() - _ROW),
            (self.horizontalScrollBar(), self.current[1], self._width, self.viewport().width() - self._label_width()),
        ):
            unit = self._unit(bar is self.verticalScrollBar())
            low, high = (at * size) // unit, -(-((at + 1) * size - room) // unit)
            bar.setValue(min(max(bar.value(), high), low))
        self.viewport().update()

    # --------------------------------------------------------------------------------------------------------- layout

    def _on_language(self) -> None:
        self.setAccessibleName(_("Table"))
        self._measure()
        self.viewport().update()

    def _measure(self) -> None:
        """Make the columns as wide as a sample of the cells needs, and set how far one can scroll."""
        metrics = QFontMetrics(self.font())
        rows, columns = self.values.shape
        sample = self.values[:_SAMPLE, : _SAMPLE // 4] if rows and columns else self.values
        # asking the font about each of them takes as long as writing them; the longest in letters are the widest
        longest = nlargest(_MEASURED, (written(v, self.format) for v in sample.flat), key=len)
        widest = max(map(metrics.horizontalAdvance, longest), default=0)
        if self.values.dtype.kind == "f":  # a number further down may have a sign, an exponent and all its digits
            widest = max(widest, metrics.horizontalAdvance(written(np.float64(-0.00012345), self.format)))
        self._width = max(_LEAST_WIDTH, min(widest, 240) + _PADDING)
        self._set_ranges()

    def _set_ranges(self) -> None:
        rows, columns = self.values.shape
        for is_vertical, count, size, room in (
            (True, rows, _ROW, self.viewport().height() - _ROW),
            (False, columns, self._width, self.viewport().width() - self._label_width()),
        ):
            bar = self.verticalScrollBar() if is_vertical else self.horizontalScrollBar()
            unit = self._unit(is_vertical)
            bar.setRange(0, max(0, -(-(count * size - room) // unit)))
            bar.setPageStep(max(1, room // unit))
            bar.setSingleStep(max(1, size // unit))

    def _unit(self, is_vertical: bool) -> int:
        """Return how many pixels a step of a scroll bar is: one, or a cell where there are too many of them."""
        size = _ROW if is_vertical else self._width
        return 1 if self.values.shape[0 if is_vertical else 1] * size < _MOST_PIXELS else size

    def _offset(self, is_vertical: bool) -> int:
        bar = self.verticalScrollBar() if is_vertical else self.horizontalScrollBar()
        return bar.value() * self._unit(is_vertical)

    def _label_width(self) -> int:
        """As wide as the largest place along the axis, so that nothing moves while one slices."""
        axis = self.cut.rows
        last = (self.cut.shape[axis] if axis is not None else len(self.values)) - 1
        return QFontMetrics(self.font()).horizontalAdvance(str(max(last, 0))) + 12

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let one scroll as far as there are cells."""
        super().resizeEvent(event)
        self._set_ranges()

    def _in_sight(self) -> tuple[range, range]:
        """Return the rows and the columns that are in sight, wholly or in part."""
        top, left = self._offset(True), self._offset(False)
        rows, columns = self.values.shape
        bottom, right = top + self.viewport().height() - _ROW, left + self.viewport().width() - self._label_width()
        return (
            range(top // _ROW, min(rows, -(-bottom // _ROW))),
            range(left // self._width, min(columns, -(-right // self._width))),
        )

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return the cell at a point of the viewport, None if there is none."""
        x, y = point.x() - self._label_width(), point.y() - _ROW
        if x < 0 or y < 0:
            return None
        row, column = (y + self._offset(True)) // _ROW, (x + self._offset(False)) // self._width
        rows, columns = self.values.shape
        return (row, column) if row < rows and column < columns else None

    def rect_of(self, row: int, column: int) -> QRect:
        """Return where a cell is in the viewport."""
        return QRect(self._left(column), self._top(row), self._width, _ROW)

    def _left(self, column: int) -> int:
        return self._label_width() + column * self._width - self._offset(False)

    def _top(self, row: int) -> int:
        return _ROW + row * _ROW - self._offset(True)

    # -------------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells in sight, and over them the numbers of rows and columns."""
        painter = QPainter(self.viewport())
        theme = appearance().theme
        painter.setFont(self.font())
        rows, columns = self._in_sight()
        label_width = self._label_width()
        if not self.values.size:
            painter.setPen(QColor(theme.dim))
            painter.setFont(fonts.sans(12))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, _("no elements"))
            return
        part = self.values[rows.start : rows.stop, columns.start : columns.stop]
        tints, inks = self._colours(part)
        chosen_rows, chosen_columns = self.selection()
        painter.setClipRect(label_width, _ROW, self.viewport().width(), self.viewport().height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        several = self.has_selection
        selected = QColor(mix(theme.panel, theme.accent, 0.24))
        lefts = [self._left(column) for column in columns]  # once, and not for each cell: it measures text
        for i, row in enumerate(rows):
            top = self._top(row)
            for j, column in enumerate(columns):
                rect = QRect(lefts[j], top, self._width, _ROW)
                if (
                    several
                    and chosen_rows.start <= row < chosen_rows.stop
                    and chosen_columns.start <= column < chosen_columns.stop
                ):
                    painter.fillRect(rect, selected)
                elif tints[i][j] is not None:
                    painter.fillRect(rect, tints[i][j])
                painter.setPen(inks[i][j])
                painter.drawText(rect.adjusted(2, 0, -7, 0), right, written(part[i, j], self.format))
                if self.cells is not None and self.cells[row, column]:
                    painter.setPen(QPen(QColor(theme.warn), 1.5))
                    painter.drawRect(rect.adjusted(1, 1, -2, -2))
        if self.hasFocus() and self.current[0] in rows and self.current[1] in columns:
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(self.rect_of(*self.current).adjusted(0, 0, -1, -1))
        painter.setClipping(False)
        self._paint_labels(painter, rows, columns, label_width)

    def _paint_labels(self, painter: QPainter, rows: range, columns: range, label_width: int) -> None:
        theme = appearance().theme
        middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.fillRect(0, 0, self.viewport().width(), _ROW, QColor(theme.panel))
        painter.fillRect(0, 0, label_width, self.viewport().height(), QColor(theme.panel))
        painter.setPen(QColor(theme.dim))
        painter.setClipRect(label_width, 0, self.viewport().width(), _ROW)
        for column in columns:
            rect = QRect(self._left(column), 0, self._width, _ROW)
            painter.drawText(rect.adjusted(0, 0, -7, 0), middle, str(self.cut.column_label(column)))
        painter.setClipRect(0, _ROW, label_width, self.viewport().height())
        for row in rows:
            rect = QRect(0, self._top(row), label_width, _ROW)
            painter.drawText(rect.adjusted(0, 0, -6, 0), middle, str(self.cut.row_label(row)))
        painter.setClipping(False)
        painter.fillRect(0, _ROW - 1, self.viewport().width(), 1, QColor(theme.line))
        painter.fillRect(label_width - 1, 0, 1, self.viewport().height(), QColor(theme.line))

    def _colours(self, part: Array) -> tuple[list[list[QColor | None]], list[list[QColor]]]:
        """Return ground and ink of the cells of a part."""
        theme = appearance().theme
        plain, bad = QColor(theme.text), QColor(theme.bad)
        if part.dtype.kind not in "fciub":
            return [[None] * part.shape[1] for _row in part], [[plain] * part.shape[1] for _row in part]
        with np.errstate(all="ignore"):
            finite = np.isfinite(part)
            if self.condition is not None:
                strengths = np.where(self.condition.holds(part), 1.0, 0.0)
                towards = np.ones(part.shape, bool)
            else:
                real = np.abs(part) if part.dtype.kind == "c" else part.astype(np.float64)
                unit = self.limit or 1.0
                strengths = np.where(finite, np.clip(np.abs(real) / unit, 0, 1), 0.0) if self.limit else real * 0
                towards = real > 0
        tints: list[list[QColor | None]] = [
            [
                QColor(mix(theme.panel, theme.accent if up else theme.bad, _TINT * share)) if share > 0 else None
                for share, up in zip(shares, ups, strict=True)
            ]
            for shares, ups in zip(np.nan_to_num(strengths).tolist(), towards.tolist(), strict=True)
        ]
        inks = [[plain if good else bad for good in row] for row in finite.tolist()]
        return tints, inks

    # ------------------------------------------------------------------------------------------------------- choosing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell; with Shift, up to there."""
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.go_to(*cell, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection."""
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.buttons() & Qt.MouseButton.LeftButton and cell != self.current:
            self.go_to(*cell, extend=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with arrows, pages and ends, as tables do."""
        row, column = self.current
        rows, columns = self.values.shape
        page = max(1, (self.viewport().height() - _ROW) // _ROW - 1)
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        key = Qt.Key(event.key())
        if key in _KEYS:
            down, across = _KEYS[key]
            step = max(rows, columns) if is_far else 1
            self.go_to(row + down * step, column + across * step, extend)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.go_to(row + (page if key == Qt.Key.Key_PageDown else -page), column, extend)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            at_end = key == Qt.Key.Key_End
            self.go_to((rows if at_end else 0) if is_far else row, columns if at_end else 0, extend)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell the exact value below the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words(*cell) if cell is not None else "", self)
            return True
        return super().viewportEvent(event)

    def words(self, row: int, column: int) -> str:
        """Return the place in the tensor and the exact value of a cell."""
        return f"{list(self.cut.place(row, column))}  {written(self.values[row, column], EXACT)}"
