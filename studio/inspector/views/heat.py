"""The values as colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.special import SPECIAL, draw_mark, mark_cells

# More cells than pixels cannot be seen; every n-th is taken, so that huge tensors cost no more than large ones.
MOST_CELLS: Final = 480
_LARGEST_CELL: Final = 24
_LEGEND: Final = 34
_LINE: Final = 18
_BOX: Final = 10
# How much of the panel's colour lies over cells that are not marked.
_VEIL: Final = 0.8


class HeatMap(QWidget):
    """A matrix of colours over its legend; the mouse reads single values."""

    def __init__(self) -> None:
        super().__init__()
        self._values: Array = np.zeros((0, 0))
        self._stride = (1, 1)
        self._limit = 0.0
        self._signed = False
        self._special: dict[int, int] = {}
        self._image = QImage()
        self._marked = QImage()
        self.chosen: Callable[[int, int], None] = lambda row, column: None
        """Called with the cell of the matrix that the user clicks."""
        self.place: Callable[[int, int], Sequence[int]] = lambda row, column: (row, column)
        """Says where in the tensor a cell of the matrix is."""
        self.setMinimumHeight(120)
        appearance().theme_changed.connect(self._tint)

    def present(self, values: Array) -> None:
        """Show other values."""
        values = np.atleast_2d(values)
        rows, columns = values.shape
        self._stride = max(1, -(-rows // MOST_CELLS)), max(1, -(-columns // MOST_CELLS))
        self._values = values[:: self._stride[0], :: self._stride[1]]
        self._limit = limit_of(self._values)
        found = places(self._values, self._limit)
        self._special = {place: int((found == place).sum()) for place in SPECIAL}
        self._signed = not np.iscomplexobj(values) and bool((self._values < 0).any())
        self._marked = QImage()
        self._tint()

    def present_pair(self, a: Array, b: Array, made: Callable[[Array, Array], Array]) -> None:
        """Show what is made of two matrices, of the cells only that there is room for."""
        down, across = (max(1, -(-size // MOST_CELLS)) for size in a.shape)
        self.present(made(a[::down, ::across], b[::down, ::across]))
        self._stride = down, across

    def mark(self, cells: Array | None) -> None:
        """Mark cells of the matrix: the others are dimmed."""
        if cells is None or not cells.size:
            self._marked = QImage()
        else:
            cells = np.atleast_2d(cells)
            down, across = self._stride
            # of the cells that share a pixel, one that is marked is enough
            kept = np.logical_or.reduceat(cells, np.arange(0, cells.shape[0], down), axis=0)
            kept = np.logical_or.reduceat(kept, np.arange(0, cells.shape[1], across), axis=1)
            veil = (int(_VEIL * 255) << 24) | (int(appearance().theme.panel[1:], 16))
            pixels = np.where(kept, 0, veil).astype(np.uint32)
            rows, columns = pixels.shape
            self._marked = QImage(pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_ARGB32).copy()
        self.update()

    @property
    def size_in_cells(self) -> tuple[int, int]:
        """Rows and columns of the picture."""
        return self._image.height(), self._image.width()

    def _tint(self) -> None:
        if self._values.size:
            pixels = np.ascontiguousarray(ramp(appearance().theme)[places(self._values, self._limit)])
            rows, columns = pixels.shape
            self._image = QImage(pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()
        else:
            self._image = QImage()
        self.update()

    def _picture(self) -> QRect:
        """Return where the picture lies: as wide as fits, cells square unless that makes it too low or too high."""
        rows, columns = self.size_in_cells
        width, height = self.width(), self.height() - _LEGEND - _LINE * (bool(self.special) + bool(self.sampled))
        cell = min(width / columns, _LARGEST_CELL)
        tall = min(max(cell * rows, min(48, height)), height)
        return QRect(0, 0, round(cell * columns), round(tall))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and below it the legend."""
        painter = QPainter(self)
        theme = appearance().theme
        painter.setPen(QColor(theme.dim))
        if self._image.isNull():
            painter.setFont(fonts.sans(12))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("no elements"))
            return
        picture = self._picture()
        rows, columns = self.size_in_cells
        smooth = picture.width() < columns or picture.height() < rows
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(picture, self._image)
        if self.special:
            mark_cells(painter, places(self._values, self._limit), QRectF(picture))
        if not self._marked.isNull():
            painter.drawImage(picture, self._marked)
        bar = QRectF(0, picture.bottom() + 9, min(self.width(), 280), 8)
        self._paint_legend(painter, bar)
        self._paint_notes(painter, bar.bottom() + _LINE + 4)

    @property
    def special(self) -> dict[int, str]:
        """What the legend says of what is not finite: by its place in the ramp."""
        is_whole = self._stride == (1, 1)
        return {
            place: f"{number(value)} {number(count)}" if is_whole else number(value)
            for place, value in SPECIAL.items()
            if (count := self._special.get(place))
        }

    @property
    def sampled(self) -> str:
        """Says which cells are drawn, "" if all are."""
        if self._stride == (1, 1):
            return ""
        down, across = map(number, self._stride)
        return _("drawn: 1 row of {down}, 1 column of {across}").format(down=down, across=across)

    def _paint_notes(self, painter: QPainter, top: float) -> None:
        colours, left = ramp(appearance().theme), 0.0
        for place, words in self.special.items():
            box = QRectF(left, top + (_LINE - _BOX) / 2, _BOX, _BOX)
            painter.fillRect(box, QColor(int(colours[place]) & 0xFFFFFF))
            draw_mark(painter, place, box)
            painter.setPen(QColor(appearance().theme.dim))
            room = QRectF(box.right() + 5, top, painter.fontMetrics().horizontalAdvance(words), _LINE)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)
            left = room.right() + 14
        if self.special:
            top += _LINE
        painter.setFont(fonts.sans(11))
        painter.drawText(QRectF(0, top, self.width(), _LINE), int(Qt.AlignmentFlag.AlignVCenter), self.sampled)

    def _paint_legend(self, painter: QPainter, bar: QRectF) -> None:
        colours = ramp(appearance().theme)
        first = 0 if self._signed else 127
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for place in (0, 0.5, 1):
            gradient.setColorAt(place, QColor(int(colours[round(first + (254 - first) * place)]) & 0xFFFFFF))
        painter.fillRect(bar, gradient)
        painter.setPen(QColor(appearance().theme.dim))
        painter.setFont(fonts.mono(11))
        below = bar.translated(0, bar.height() + 2)
        below.setHeight(16)
        low = -self._limit if self._signed else 0.0
        for flag, value in (
            (Qt.AlignmentFlag.AlignLeft, low),
            (Qt.AlignmentFlag.AlignHCenter, (low + self._limit) / 2),
            (Qt.AlignmentFlag.AlignRight, self._limit),
        ):
            painter.drawText(below, flag, number(float(value)))

    def event(self, event: QEvent) -> bool:
        """Tell the value below the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.value_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        if (cell := self.cell_at(event.position())) is not None:
            self.chosen(cell[0] * self._stride[0], cell[1] * self._stride[1])

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return row and column of the picture at `point`, None where there is none."""
        if self._image.isNull() or not self._picture().contains(point.toPoint()):
            return None
        picture = self._picture()
        rows, columns = self.size_in_cells
        row = min(int(point.y() / picture.height() * rows), rows - 1)
        column = min(int(point.x() / picture.width() * columns), columns - 1)
        return row, column

    def value_at(self, point: QPointF) -> str:
        """Return the place in the tensor and the value of the cell at `point`, "" where there is none."""
        cell = self.cell_at(point)
        if cell is None:
            return ""
        place = self.place(cell[0] * self._stride[0], cell[1] * self._stride[1])
        return f"{list(place)}  {written(self._values[cell])}"


class HeatView(View):
    """A plane of values as colours."""

    title = N_("Heat map")
    icon = "flame"
    plane = True

    def __init__(self) -> None:
        super().__init__()
        self.widget: HeatMap = HeatMap()
        self._is_line = False
        self.widget.chosen = lambda row, column: self.picked(*self._cell(row, column))
        self.widget.place = lambda row, column: self.cut.place(*self._cell(row, column))

    def show(self, info: TensorInfo, values: Array) -> None:
        """Show a plane of values."""
        self._is_line = values.ndim == 1
        self.widget.present(values)

    def _cell(self, row: int, column: int) -> tuple[int, int]:
        # a line lies across here, but its only axis is that of the rows
        return (column, row) if self._is_line else (row, column)

    def highlight(self, cells: Array | None) -> None:
        """Dim the cells that are not marked."""
        self.widget.mark(cells)
