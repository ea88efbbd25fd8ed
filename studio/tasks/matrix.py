"""The confusion matrix: a cell for each pair of classes, a number in each, and at the margins what they come to."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from engine.core.dtype import Array
from studio.run.tasks.data import Confusion, Task
from studio.tasks.kept import Kept
from studio.tasks.words import class_name, share
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number
from studio.ui.theme import Theme, contrast, mix
from studio.ui.widgets.sheet import image_of

#: What the numbers in the cells are.
MODES: Final = {
    "counts": N_("Counts"),
    "rows": N_("Share of the truth"),
    "columns": N_("Share of the predictions"),
}
_MARGIN: Final = 54
_HEAD: Final = 36
_WIDEST: Final = 120
#: Cells that are smaller than this hold no number.
_LEAST: Final = (22, 15)
_LARGEST: Final = (110, 44)
_SHADES: Final = 128
_MOVES: Final = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


@lru_cache(maxsize=8)
def shades(theme: Theme) -> tuple[Array, list[str]]:
    """Return the colours of shares from 0 to 1 (0xAARRGGBB), and in which colour a text on each can be read best."""
    ground = mix(theme.panel, theme.text, 0.05)
    colours = [mix(ground, theme.accent, share) for share in np.linspace(0, 1, _SHADES).tolist()]
    inks = [max((theme.text, theme.canvas, theme.panel), key=lambda ink: contrast(ink, c)) for c in colours]
    return np.array([0xFF000000 | int(colour[1:], 16) for colour in colours], np.uint32), inks


class Matrix(Kept):
    """Truths are rows, predictions columns. Arrows walk the cells, Return opens one.

    Signals
    -------
    opened
        The examples of a cell are wanted: carries row and column.
    moved
        Another cell is walked to.
    """

    opened = Signal(int, int)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tasks.matrix")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(220, 160)
        self.task: Task | None = None
        self.found: Confusion | None = None
        self.mode = "counts"
        self.at = (0, 0)

    def sizeHint(self) -> QSize:
        """Return a size that reads well."""
        return QSize(560, 380)

    def show_matrix(self, task: Task, found: Confusion) -> None:
        """Show another matrix; the cell that is walked to stays."""
        self.task, self.found = task, found
        last = task.classes - 1
        self.at = min(self.at[0], last), min(self.at[1], last)
        self.redraw()

    def show_mode(self, mode: str) -> None:
        """Show counts, or shares of rows or columns."""
        self.mode = mode
        self.redraw()

    def shares(self) -> Array:
        """Return the share of each cell of its row, or of its column: what its colour tells."""
        assert self.found is not None
        counts = self.found.counts.astype(np.float64)
        totals = counts.sum(axis=0, keepdims=True) if self.mode == "columns" else counts.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0))

    # ----------------------------------------------------------------------------------------------------------- places

    def _names(self) -> list[str]:
        return [class_name(self.task, i) for i in range(self.task.classes)] if self.task is not None else []

    def _left(self) -> float:
        metrics = QFontMetrics(fonts.sans(11))
        widest = max((metrics.horizontalAdvance(name) for name in self._names()), default=0)
        return 30 + max(min(widest, _WIDEST), metrics.horizontalAdvance(_("precision")) - 20)

    def _margin(self) -> float:
        """Return the width of the margin at the right."""
        return max(_MARGIN, QFontMetrics(fonts.sans(11)).horizontalAdvance(_("recall")) + 8)

    def _cell(self) -> tuple[float, float]:
        """Return width and height of a cell."""
        count = max(1, self.task.classes if self.task is not None else 1)
        width = (self.width() - self._left() - self._margin()) / count
        height = (self.height() - _HEAD - 24) / count
        return max(1.0, min(width, _LARGEST[0])), max(1.0, min(height, _LARGEST[1]))

    def rect_of(self, row: int, column: int) -> QRectF:
        """Return where a cell is."""
        width, height = self._cell()
        return QRectF(self._left() + column * width, _HEAD + row * height, width, height)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return row and column at a point, None outside."""
        if self.task is None:
            return None
        width, height = self._cell()
        row, column = int((point.y() - _HEAD) // height), int((point.x() - self._left()) // width)
        count = self.task.classes
        return (row, column) if 0 <= row < count and 0 <= column < count else None

    # ---------------------------------------------------------------------------------------------------------- drawing

    def draw_all(self, painter: QPainter) -> None:
        """Draw the cells, the names of the classes, and the margins."""
        if self.task is None or self.found is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # lines between cells are a pixel wide
        theme = appearance().theme
        painter.fillRect(self.rect(), QColor(theme.panel))
        count, shares = self.task.classes, self.shares()
        counts = self.found.counts
        width, height = self._cell()
        has_numbers = width >= _LEAST[0] and height >= _LEAST[1]
        painter.setFont(fonts.mono(11))
        colours, inks = shades(theme)
        levels = np.round(shares * (len(colours) - 1)).astype(int)
        left = self._left()
        painter.drawImage(QRectF(left, _HEAD, width * count, height * count), image_of(colours[levels]))
        if width > 6:
            painter.setPen(QColor(theme.panel))
            for i in range(count + 1):
                x, y = left + i * width, _HEAD + i * height
                painter.drawLine(QPointF(x, _HEAD), QPointF(x, _HEAD + height * count))
                painter.drawLine(QPointF(left, y), QPointF(left + width * count, y))
        for row, column in np.argwhere((counts > 0) | np.eye(count, dtype=bool)).tolist() if has_numbers else ():
            painter.setPen(QColor(inks[levels[row, column]]))
            rect = QRectF(left + column * width, _HEAD + row * height, width, height)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._text(row, column, shares, width))
        self._draw_names(painter, width, height)
        if has_numbers:
            self._draw_margins(painter, width, height)

    def draw_over(self, painter: QPainter) -> None:
        """Frame the cell that is open, and that which the arrows have come to."""
        theme = appearance().theme
        if self.found is not None:
            self._draw_cell(painter, self.found.cell, theme.warn, 3)
        if self.hasFocus():
            self._draw_cell(painter, self.at, theme.text, 2)

    def _text(self, row: int, column: int, shares: Array, width: float) -> str:
        assert self.found is not None
        if self.mode == "counts":
            return number(int(self.found.counts[row, column]))
        return number(100 * float(shares[row, column]), 1 if width >= 36 else 0)

    def _draw_cell(self, painter: QPainter, cell: tuple[int, int] | None, colour: str, width: int) -> None:
        if cell is not None and self.task is not None and max(cell) < self.task.classes:
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(self.rect_of(*cell).adjusted(1, 1, -1, -1))

    def _draw_names(self, painter: QPainter, width: float, height: float) -> None:
        theme, left = appearance().theme, self._left()
        painter.setFont(fonts.sans(11))
        metrics = painter.fontMetrics()
        painter.setPen(QColor(theme.text))
        names = self._names()
        every = max(1, int(-(-12 // height)))
        wide = max(1, int(-(-max(map(metrics.horizontalAdvance, names), default=1) // max(width, 1))))
        for i, name in enumerate(names):
            if i % every == 0:
                beside = QRectF(20, _HEAD + i * height + (height - 16) / 2, left - 26, 16)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(beside.width()))
                painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            if i % (wide if width < 24 else 1) == 0:
                above = QRectF(left + i * width, 17, width * (wide if width < 24 else 1), 16)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(above.width()))
                painter.drawText(above, Qt.AlignmentFlag.AlignHCenter, text)
        painter.setPen(QColor(theme.dim))
        painter.drawText(QRectF(left, 0, width * len(names), 16), Qt.AlignmentFlag.AlignHCenter, _("predicted"))
        painter.save()
        painter.translate(8, _HEAD + height * len(names) / 2)
        painter.rotate(-90)
        painter.drawText(QRectF(-100, -8, 200, 16), Qt.AlignmentFlag.AlignHCenter, _("truth"))
        painter.restore()

    def _draw_margins(self, painter: QPainter, width: float, height: float) -> None:
        assert self.found is not None
        assert self.task is not None
        theme, count, left = appearance().theme, self.task.classes, self._left()
        painter.setPen(QColor(theme.dim))
        painter.setFont(fonts.mono(11))
        margin = self._margin()
        for i in range(count):
            beside = QRectF(left + count * width + 4, _HEAD + i * height, margin - 6, height)
            painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, _plain(float(self.found.recall[i]), _MARGIN))
            below = QRectF(left + i * width, _HEAD + count * height + 2, width, 16)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, _plain(float(self.found.precision[i]), width))
        painter.setFont(fonts.sans(11))
        above = QRectF(left + count * width, 17, margin, 16)
        painter.drawText(above, Qt.AlignmentFlag.AlignHCenter, _("recall"))
        corner = QRectF(0, _HEAD + count * height + 2, left - 4, 16)
        text = painter.fontMetrics().elidedText(_("precision"), Qt.TextElideMode.ElideRight, int(corner.width()))
        painter.drawText(corner, Qt.AlignmentFlag.AlignRight, text)

    # ---------------------------------------------------------------------------------------------------------- reading

    def words(self, row: int, column: int) -> str:
        """Return what a cell says."""
        if self.task is None or self.found is None:
            return ""
        count = int(self.found.counts[row, column])
        truth, given = class_name(self.task, row), class_name(self.task, column)
        of_row = share(float(self.found.counts[row, column] / max(1, self.found.counts[row].sum())))
        text = _("{count} of class {truth} predicted as {given} ({share} of the class)")
        return text.format(count=number(count), truth=truth, given=given, share=of_row)

    def go_to(self, row: int, column: int) -> None:
        """Walk to a cell."""
        self.at = row, column
        self.setAccessibleDescription(self.words(row, column))
        self.moved.emit()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the cells, or open one."""
        if self.task is None:
            return
        move = _MOVES.get(Qt.Key(event.key()))
        if move is not None:
            last = self.task.classes - 1
            self.go_to(min(max(self.at[0] + move[0], 0), last), min(max(self.at[1] + move[1], 0), last))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(*self.at)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the cell below the mouse."""
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.go_to(*cell)
            self.opened.emit(*cell)

    def focusInEvent(self, event: object) -> None:
        """Show where the arrows are."""
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """Show it no more."""
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell what the cell below the mouse says."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words(*cell) if cell is not None else "", self)
            return True
        return super().event(event)


def _plain(value: float, width: float) -> str:
    """Return a share in per cent without the sign where that does not fit."""
    if not np.isfinite(value):
        return "—"
    return share(value) if width >= 48 else number(100 * value, 0)
