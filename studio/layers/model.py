"""The list of layers as data of Qt: a row for each part, with its updates and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.core.dtype import Array
from studio.layers.rows import Row, rows_of
from studio.layers.words import SHORT
from studio.run.health.layers import LayerHistory
from studio.run.health.layout import LayerPlace
from studio.run.health.messages import HealthWarned
from studio.ui.i18n import N_, _, number

Index = QModelIndex | QPersistentModelIndex
NAME, SHAPE, RATIO, MARK = range(4)
_COLUMNS: Final = (N_("Layer"), N_("Shape"), N_("Update ratio"), N_("Warnings"))


class LayersModel(QAbstractTableModel):
    """The rows.

    Parameters
    ----------
    name_of
        Gives what a node is called.
    """

    def __init__(self, name_of: Callable[[str], str]) -> None:
        super().__init__()
        self._name_of = name_of
        self.rows: list[Row] = []
        self._history: LayerHistory | None = None
        self._layers: tuple[LayerPlace, ...] | None = None
        self._warnings: Mapping[str, Sequence[HealthWarned]] = {}
        self._names: dict[str, str] = {}

    def name_all(self) -> None:
        """Take note of what the layers are called by now: those that bear one name have their node behind it."""
        nodes = dict.fromkeys(row.node for row in self.rows if row.node)
        names = {node: self._name_of(node) for node in nodes}
        times = Counter(names.values())
        self._names = {node: f"{name} ({node})" if times[name] > 1 else name for node, name in names.items()}

    def name(self, node: str) -> str:
        """Return what a node is called."""
        return self._names.get(node) or self._name_of(node)

    def show(self, history: LayerHistory | None, warnings: Sequence[HealthWarned]) -> bool:
        """Take what is known now; return whether there are other rows than before."""
        layers = history.layout.layers if history is not None else None
        nodes = {layer.node for layer in layers or ()}
        by_node: dict[str, list[HealthWarned]] = {}
        for warning in warnings:
            node = warning.error.node or ""
            by_node.setdefault(node if node in nodes else "", []).append(warning)
        is_other = layers != self._layers
        if is_other:
            self.beginResetModel()
            self.rows = rows_of(history.layout) if history is not None else []
        self._history, self._layers, self._warnings = history, layers, by_node
        if is_other:
            self.endResetModel()
        elif self.rows:
            self.dataChanged.emit(self.index(0, RATIO), self.index(len(self.rows) - 1, MARK))
        return is_other

    def warnings(self, row: Row) -> Sequence[HealthWarned]:
        """Return what is wrong with a layer: said in the first of its rows; of all layers, what no layer has done."""
        return self._warnings.get(row.node, ()) if row.is_first else ()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def title(self, row: Row) -> str:
        """Return what a row is called."""
        if row.layer is None:
            return _("All layers")
        name = self.name(row.node)
        return f"{name} · {row.part}" if row.part else name

    @staticmethod
    def shape_said(row: Row) -> str:
        """Return the shape of a weight; of an activation function, how many units it has."""
        shape = row.weight.shape if row.weight is not None else (row.activation.units,) if row.activation else ()
        return "×".join(map(number, shape))

    @property
    def stamp(self) -> tuple[int, int, int]:
        """What tells one state of the looks from another."""
        history = self._history
        return (id(history), len(history), int(history.rows["step"][-1])) if history else (0, 0, 0)

    def ratios(self, row: Row) -> Array | None:
        """Return the update ratios of a weight at all looks, None if it does not learn."""
        if self._history is None or row.weight is None:
            return None
        found = self._history.weight(row.node, row.weight.name)
        return None if found is None else np.array(found["update_ratio"], np.float64)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell; the tool tip of a name says what the layer is."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and row.layer is not None and index.column() == NAME:
            return f"{self.title(row)} — {row.layer.kind}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(row, index.column())
        return None

    def _text(self, row: Row, column: int) -> str:
        if column == NAME:
            return self.title(row)
        if column == SHAPE:
            return self.shape_said(row)
        if column == RATIO:
            if row.weight is not None and row.weight.state != "learns":
                return _("rests")
            known = self.ratios(row)
            known = known[~np.isnan(known)] if known is not None else np.zeros(0)
            return number(float(f"{known[-1]:.2g}")) if len(known) else ""
        warnings = self.warnings(row)
        if not warnings:
            return ""
        word = _(SHORT.get(warnings[0].rule, warnings[0].rule))
        return f"{word} +{len(warnings) - 1}" if len(warnings) > 1 else word
