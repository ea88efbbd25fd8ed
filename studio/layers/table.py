"""The list of layers as it is drawn: a small curve beside the last update ratio, and a sign in front of a warning."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import (
    QModelIndex,
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
from studio.layers.model import MARK, NAME, RATIO, SHAPE, Index, LayersModel
from studio.layers.rows import Row
from studio.ui import fonts, icons
from studio.ui.appearance import appearance
from studio.ui.lines import draw_line
from studio.ui.style import derived
from studio.ui.theme import mix

_WIDTHS: Final = {SHAPE: 84, RATIO: 130, MARK: 156}
#: Width of the list from which on these are shown.
_LEAST: Final = {SHAPE: 420, RATIO: 330}
_ROW: Final = 26
_SPARK: Final = 56
_TALL: Final = 18
#: Points of a small curve at most.
_POINTS: Final = 32
#: The axis of all small curves, so that they can be compared.
_SCALE: Final = Scale(1e-6, 1.0, log=True)


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
