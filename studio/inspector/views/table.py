"""The values as a table, with a number format and a condition that colours cells."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.inspector.formats import FORMATS
from studio.inspector.grid import Grid
from studio.inspector.marks import Condition
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.i18n import N_, _, describe

_HEIGHT: Final = 26


class TableView(View):
    """The numbers themselves."""

    title = N_("Table")
    icon = "grid-3x3"
    plane = True

    def __init__(self) -> None:
        super().__init__()
        self.widget = QWidget()
        self.grid = Grid()
        self.grid.chosen.connect(lambda row, column: self.picked(row, column))
        self.format = QComboBox()
        self.format.setObjectName("table.format")
        self.format.setFont(fonts.sans(11))
        self.format.setFixedHeight(_HEIGHT)
        for name in FORMATS:
            self.format.addItem(name, name)
        self.format.currentIndexChanged.connect(lambda _at: self.grid.write_as(self.format.currentData()))
        self.where = QLineEdit()
        self.where.setObjectName("table.where")
        self.where.setFont(fonts.mono(11))
        self.where.setFixedHeight(_HEIGHT)
        self.where.setClearButtonEnabled(True)
        self.where.textEdited.connect(self._mark)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.format)
        row.addWidget(self.where, 1)
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.grid, 1)
        self.retranslate()

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether the elements can be listed one by one."""
        return not info.dtype.startswith(("sparse", "ragged"))

    def show(self, info: TensorInfo, values: Array) -> None:
        """Show a plane of values."""
        self.grid.present(np.atleast_2d(values) if values.ndim != 1 else values.reshape(-1, 1), _limit(info), self.cut)

    def highlight(self, cells: Array | None) -> None:
        """Frame cells."""
        self.grid.cells = None if cells is None else cells.reshape(self.grid.values.shape)
        if cells is not None and cells.any():
            rows = self.grid.cells.any(axis=1)  # type: ignore[union-attr]
            row = int(rows.argmax())
            self.grid.show_cell(row, int(self.grid.cells[row].argmax()))  # type: ignore[index]
        self.grid.viewport().update()

    def _mark(self, text: str) -> None:
        wrong, condition = "", None
        try:
            condition = Condition.read(text) if text.strip() else None
        except EngineError as error:
            wrong = describe(error)
        self.grid.mark_where(condition)
        self.where.setProperty("invalid", bool(wrong))
        self.where.style().polish(self.where)
        self.where.setToolTip(wrong or _("Colour cells where this holds: > 0.5, abs >= 2, nan, inf, zero"))

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.format.setAccessibleName(_("Number format"))
        self.format.setToolTip(_("Number format"))
        for i, name in enumerate(FORMATS):
            self.format.setItemText(i, _(name))
        self.where.setAccessibleName(_("Condition"))
        self.where.setPlaceholderText(_("Mark where, e.g. > 0.5"))
        self._mark(self.where.text())


def _limit(info: TensorInfo) -> float:
    """Return the largest magnitude of the whole tensor, so that a cell keeps its tint from plane to plane."""
    return max(abs(info.minimum or 0.0), abs(info.maximum or 0.0))
