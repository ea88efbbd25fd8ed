"""The palette as a panel: a search above the list of types."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.document.nodetype import Catalogue
from studio.palette.model import ROW, PaletteModel, Row
from studio.ui import fonts, icons
from studio.ui.appearance import appearance
from studio.ui.categories import MARK_SIZE, paint_mark
from studio.ui.i18n import N_, _
from studio.ui.style import derived
from studio.ui.usage import Usage
from studio.ui.widgets.labels import Text
from studio.ui.widgets.search_field import SearchField

Index = QModelIndex | QPersistentModelIndex

WIDTH: Final = 230
_HEADING_HEIGHT: Final = 36
_FAMILY_HEIGHT: Final = 28
_ROW_HEIGHT: Final = 29
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: Row = index.data(ROW)
        return QSize(0, _ROW_HEIGHT if row.node_type else _FAMILY_HEIGHT if row.family else _HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        (self._paint_type if row.node_type else self._paint_heading)(painter, option, row)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        theme, rect = appearance().theme, option.rect
        top = 4 if row.family else 10
        painter.setFont(fonts.sans(12, 500) if row.family else fonts.heading())
        painter.setPen(QColor(theme.dim))
        painter.drawText(rect.adjusted(12, top, -32, 0), _LEFT, row.text)
        if row.folded or option.state & QStyle.StateFlag.State_MouseOver:
            arrow = QRectF(rect.right() - 26, rect.center().y() + top / 2 - 6, 12, 12)
            icons.paint(painter, "chevron-right" if row.folded else "chevron-down", arrow, theme.dim)

    def _paint_type(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        theme, rect = appearance().theme, option.rect
        colours = derived(theme)
        selected = option.state & QStyle.StateFlag.State_Selected
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours["selection" if selected else "hover"]))
            painter.drawRoundedRect(QRectF(rect).adjusted(4, 1, -4, -1), 6, 6)
        mark = QRectF(rect.left() + 12, rect.center().y() - MARK_SIZE / 2 + 0.5, MARK_SIZE, MARK_SIZE)
        paint_mark(painter, mark, row.category, theme)
        text = QRect(rect.left() + 40, rect.top(), rect.width() - 52, rect.height())
        font = fonts.sans(13)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        elided = QFontMetrics(font).elidedText(row.text, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, _LEFT, elided)


class Palette(QWidget):
    """The types of nodes, sorted by category and searchable.

    `chosen` carries the id of a type when it is double-clicked or Return is pressed on it, also in the search.

    Parameters
    ----------
    nodes
        The catalogue of types; call `show_types` if it changes later.
    usage
        What the user adds much is found earlier.
    """

    chosen = Signal(str)

    def __init__(self, nodes: Catalogue, usage: Usage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(180)
        self.model = PaletteModel(nodes, usage, self)
        self.field = SearchField(N_("Search nodes…"), "Tab")
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = Text(N_("Nothing fits."), "dim")
        self._nothing.setContentsMargins(12, 12, 12, 12)
        self._nothing.hide()
        top = QVBoxLayout()
        top.setContentsMargins(12, 12, 12, 4)
        top.addWidget(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list, 1)
        self.field.textChanged.connect(self._search)
        self.field.moved.connect(self._move)
        self.field.accepted.connect(self._choose_current)
        self.field.left.connect(self.list.setFocus)
        self.list.clicked.connect(self._toggle)
        self.list.activated.connect(self._choose)
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    def sizeHint(self) -> QSize:
        """Return the width it has in the window."""
        return QSize(WIDTH, 600)

    def show_types(self, nodes: Catalogue) -> None:
        """Show the types that a catalogue has now."""
        self.model.show_types(nodes)

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.list.setAccessibleName(_("Types of nodes"))

    def _search(self, query: str) -> None:
        self.model.search(query)
        self._nothing.setVisible(not self.model.types())
        self.list.setCurrentIndex(self.model.best() if query else QModelIndex())

    def _move(self, key: int) -> None:
        self.list.setFocus()
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.best())
        elif key == Qt.Key.Key_Down:
            self._step()

    def _step(self) -> None:
        rows = range(self.list.currentIndex().row() + 1, self.model.rowCount())
        following = (self.model.index(i) for i in rows)
        selectable = Qt.ItemFlag.ItemIsSelectable
        self.list.setCurrentIndex(next((i for i in following if self.model.flags(i) & selectable), self.model.best()))

    def _toggle(self, index: QModelIndex) -> None:
        row: Row = index.data(ROW)
        if row.node_type is None:
            self.model.toggle(row.category, row.family)

    def _choose(self, index: QModelIndex) -> None:
        row: Row | None = index.data(ROW)
        if row and row.node_type:
            self.chosen.emit(row.node_type.id)

    def _choose_current(self) -> None:
        self._choose(self.list.currentIndex() if self.field.text() else QModelIndex())
