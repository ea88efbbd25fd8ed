"""The values as a table. The model holds the array and no cell, so its size does not matter."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QHeaderView, QTableView

from engine.core.dtype import Array
from studio.inspector.views.colours import limit_of
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number
from studio.ui.theme import mix

_Index = QModelIndex | QPersistentModelIndex

# A header of Qt keeps a record for each section; beyond these sizes it takes longer than a frame to make them.
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 5_000
# What the strongest tint of a cell takes from the accent: the text on it must stay legible.
_TINT: Final = 0.35
# The longest of the numbers that `number` writes, and what the theme and Qt leave free beside a text.
_WIDEST: Final = "-0.0001234"
_PADDING: Final = 18
# The extremes are only taken of tables that are read through in less than a frame.
_SCANNED: Final = 1_000_000


class TableModel(QAbstractTableModel):
    """A plane of values: a matrix, a column for a vector, one cell for a scalar."""

    def __init__(self) -> None:
        super().__init__()
        self._values: Array = np.zeros((0, 0))
        self._limit = 0.0

    def show(self, values: Array) -> None:
        """Take other values."""
        self.beginResetModel()
        self._values = values.reshape(-1, 1) if values.ndim < 2 else values
        self._limit = limit_of(self._values) if self._values.size <= _SCANNED else 0.0
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Return the number of rows."""
        return min(len(self._values), MOST_ROWS)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Return the number of columns."""
        return min(int(self._values.shape[1]), MOST_COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text, the tint, or the exact value as a tooltip."""
        if role == Qt.ItemDataRole.DisplayRole:
            return written(self._values[index.row(), index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._tint(self._values[index.row(), index.column()])
        if role == Qt.ItemDataRole.ForegroundRole:
            finite = np.isfinite(self._values[index.row(), index.column()])
            return None if finite else QColor(appearance().theme.bad)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"[{index.row()}, {index.column()}]  {self._values[index.row(), index.column()]}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the place along the axis."""
        return str(section) if role == Qt.ItemDataRole.DisplayRole else None

    def _tint(self, value: Any) -> QColor | None:
        if not self._limit or not np.isfinite(value) or not value:
            return None
        theme = appearance().theme
        towards = theme.accent if np.real(value) > 0 else theme.bad
        return QColor(mix(theme.panel, towards, _TINT * float(np.abs(value)) / self._limit))


def written(value: Any) -> str:
    """Return an element as the table writes it."""
    if isinstance(value, np.bool_):
        return _("true") if value else _("false")
    if isinstance(value, np.complexfloating):
        return f"{number(float(value.real))} {'+' if value.imag >= 0 else '−'} {number(abs(float(value.imag)))}i"
    return number(value.item())


class TableView(View):
    """The numbers themselves."""

    title = N_("Table")
    plane = True

    def __init__(self) -> None:
        self.widget = table = QTableView()
        self.model = TableModel()
        table.setModel(self.model)
        table.setFont(fonts.mono(11))
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        metrics = QFontMetrics(fonts.mono(11))
        for header, size in (
            (table.horizontalHeader(), metrics.horizontalAdvance(_WIDEST) + _PADDING),
            (table.verticalHeader(), 22),
        ):
            header.setFont(fonts.mono(11))
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setDefaultSectionSize(size)
            header.setHighlightSections(False)
        appearance().theme_changed.connect(table.viewport().update)

    def show(self, info: TensorInfo, values: Array) -> None:
        """Show a plane of values."""
        self.model.show(values)
