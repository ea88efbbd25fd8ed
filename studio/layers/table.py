"""The layers and their weights, in the order of the network: a row each, with its updates and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.core.dtype import Array
from studio.layers.figures import HEALTHY, Scale
from studio.layers.strokes import draw_line
from studio.layers.words import SHORT
from studio.run.health.layers import LayerHistory, LayerPlace, Layout, WeightPlace
from studio.run.health.messages import HealthWarned
from studio.ui import fonts, icons
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number
from studio.ui.style import derived
from studio.ui.theme import mix

Index = QModelIndex | QPersistentModelIndex
NAME, SHAPE, RATIO, MARK = range(4)
_COLUMNS: Final = (N_("Layer"), N_("Shape"), N_("Update ratio"), N_("Warnings"))
_WIDTHS: Final = {SHAPE: 84, RATIO: 116, MARK: 156}
#: Width of the list from which on these are shown.
_LEAST: Final = {SHAPE: 420, RATIO: 330}
_ROW: Final = 26
_SPARK: Final = 56
_TALL: Final = 18
#: Points of a small curve at most.
_POINTS: Final = 32
#: The axis of all small curves, so that they can be compared.
_SCALE: Final = Scale(1e-6, 1.0, log=True)


@dataclass(frozen=True)
class Row:
    """A weight of a layer, a layer without weights, or all layers."""

    layer: LayerPlace | None = None
    weight: WeightPlace | None = None
    is_first: bool = True

    @property
    def node(self) -> str:
        """The node of the layer, "" for all of them."""
        return self.layer.node if self.layer is not None else ""

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.node, self.weight.name if self.weight is not None else ""


def rows_of(layout: Layout) -> list[Row]:
    """Return all layers, then each weight of each, and each layer that has none.

    Examples
    --------
    >>> dense = LayerPlace("hidden", "Dense", (WeightPlace("kernel", (4, 2)), WeightPlace("bias", (2,))))
    >>> [row.key for row in rows_of(Layout((LayerPlace("flat", "Flatten"), dense)))]
    [('', ''), ('flat', ''), ('hidden', 'kernel'), ('hidden', 'bias')]
    """
    rows = [Row()]
    for layer in layout.layers:
        rows += [Row(layer, weight, i == 0) for i, weight in enumerate(layer.weights)] or [Row(layer)]
    return rows


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
        by_node: dict[str, list[HealthWarned]] = {}
        nodes = {layer.node for layer in history.layout.layers} if history is not None else set()
        for warning in warnings:
            node = warning.error.node or ""
            by_node.setdefault(node if node in nodes else "", []).append(warning)
        rows = rows_of(history.layout) if history is not None else []
        is_other = rows != self.rows
        if is_other:
            self.beginResetModel()
        self._history, self._warnings, self.rows = history, by_node, rows
        if is_other:
            self.name_all()
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, RATIO), self.index(len(rows) - 1, MARK))
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
        return f"{name} · {row.weight.name}" if row.weight is not None else name

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
            return "×".join(map(number, row.weight.shape)) if row.weight is not None else ""
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


class _Delegate(QStyledItemDelegate):
    """Draws a small curve beside the last update ratio, and a sign in front of a warning."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._fonts = fonts.sans(12), fonts.sans(12, 600), fonts.mono(11)
        self._curves: dict[tuple[str, str], QPixmap | None] = {}
        self._stamp: object = None

    def _curve(self, model: LayersModel, row: Row, ratio: float) -> QPixmap | None:
        """Return the small curve of a row: drawn once for each look, since 13 of them take 5 ms."""
        stamp = model.stamp, appearance().theme.name, ratio
        if stamp != self._stamp:
            self._curves, self._stamp = {}, stamp
        if row.key not in self._curves:
            ratios = model.ratios(row)
            self._curves[row.key] = None if ratios is None else _picture_of(ratios, ratio)
        return self._curves[row.key]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, LayersModel)
        theme, rect, row = appearance().theme, option.rect, model.rows[index.row()]
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(derived(theme)["selection"]))
        text, left = str(index.data()), 6
        if index.column() == RATIO:
            picture = self._curve(model, row, painter.device().devicePixelRatioF())
            if picture is not None:
                painter.drawPixmap(rect.left() + 6, rect.top() + (rect.height() - _TALL) // 2, picture)
            left += _SPARK + 8
        elif index.column() == MARK and text:
            icons.paint(painter, "triangle-alert", QRectF(rect.left() + 4, rect.top(), 14, rect.height()), theme.warn)
            left += 18
        plain, strong, figures = self._fonts
        words = strong if row.layer is None else plain
        painter.setFont(words if index.column() in (NAME, MARK) else figures)
        is_quiet = index.column() in (SHAPE, RATIO) or (row.layer is not None and not row.layer.weights)
        painter.setPen(QColor(theme.dim if is_quiet else theme.text))
        room = rect.adjusted(left, 0, -6, 0)
        mode = Qt.TextElideMode.ElideMiddle if index.column() == NAME else Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(text, mode, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, _ROW)


def _picture_of(values: Array, ratio: float) -> QPixmap:
    theme, area = appearance().theme, QRectF(0, 1, _SPARK, _TALL - 2)
    picture = QPixmap(round(_SPARK * ratio), round(_TALL * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    band = QColor(mix(theme.panel, theme.ok, 0.22))
    lower, upper = area.bottom() - np.clip(_SCALE.places(HEALTHY), 0, 1) * area.height()
    painter.fillRect(QRectF(area.left(), upper, area.width(), lower - upper), band)
    values = values[np.unique(np.linspace(0, len(values) - 1, min(len(values), _POINTS)).round().astype(np.int64))]
    places = np.clip(_SCALE.places(values), 0, 1)
    y, x = area.bottom() - places * area.height(), np.linspace(area.left(), area.right(), max(len(values), 2))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_line(painter, QPen(QColor(theme.accent), 1.2), x[: len(y)], y, dot=1.5)
    painter.end()
    return picture


class LayersTable(QTableView):
    """The list of layers; arrow keys walk it.

    Signals
    -------
    picked
        Another row was chosen: carries it.
    """

    picked = Signal(object)

    def __init__(self, model: LayersModel) -> None:
        super().__init__()
        self.setObjectName("layers.table")
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        self.selectionModel().currentRowChanged.connect(self._on_current)

    def pick(self, place: int) -> None:
        """Choose a row without saying so to anybody."""
        with QSignalBlocker(self.selectionModel()):
            self.setCurrentIndex(self._model.index(place, 0))
        self.scrollTo(self._model.index(place, 0))
        self.viewport().update(QRect(self.viewport().rect()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the columns that can be done without where there is little room."""
        super().resizeEvent(event)
        for column, width in _LEAST.items():
            self.setColumnHidden(column, event.size().width() < width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the first row, or the last one, with Home and End; arrow keys go on from row to row."""
        places = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._model.rows) - 1}
        if (place := places.get(Qt.Key(event.key()))) is not None and self._model.rows:
            self.setCurrentIndex(self._model.index(place, 0))
        else:
            super().keyPressEvent(event)

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.picked.emit(self._model.rows[now.row()])
