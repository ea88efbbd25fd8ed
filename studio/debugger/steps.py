"""The steps of a training step as a list: under each node its ops. A click goes to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.debugger.words import NameOf, phase_of, place_name, plain
from studio.run.debug.card import Row
from studio.ui import fonts, icons
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.style import derived

Index = QModelIndex | QPersistentModelIndex

_ITEM: Final = Qt.ItemDataRole.UserRole
_HEIGHT: Final = 24
_INDENT, _MARGIN = 18, 10
#: Room for the numbers of steps: at least this.
_NUMBERS: Final = 44


@dataclass(frozen=True)
class Item:
    """A line: a node with the numbers of its first and last step, or one op of it."""

    first: int
    last: int
    row: Row
    is_node: bool


def items_of(rows: Sequence[Row]) -> list[Item]:
    """Return the lines for steps: in front of those of one node, and one phase, a line for it."""
    found: list[Item] = []
    head = -1
    for row in rows:
        place = _place(row)
        if head < 0 or _place(found[head].row) != place:
            head = len(found)
            found.append(Item(row.number, row.number, row, True))
        else:
            found[head] = Item(found[head].first, row.number, found[head].row, True)
        found.append(Item(row.number, row.number, row, False))
    return found


def _place(row: Row) -> Any:
    return tuple(frame for frame in row.path if frame.level in ("batch", "phase", "line", "function", "node"))


class _Model(QAbstractListModel):
    def __init__(self, name_of: NameOf) -> None:
        super().__init__()
        self.items: list[Item] = []
        self.here = -1
        self.numbers = _NUMBERS
        """How wide the column of the numbers is."""
        self._name_of = name_of

    def show(self, rows: Sequence[Row], here: int) -> None:
        items, known = items_of(rows), self.items
        longest = number(items[-1].last + 1) if items else ""
        numbers = max(_NUMBERS, QFontMetrics(fonts.mono(11)).horizontalAdvance(longest) + 16)
        before = [self.look(item) for item in known]
        if numbers != self.numbers or [item.row for item in known] != [item.row for item in items[: len(known)]]:
            self.beginResetModel()
            self.items, self.numbers, self.here = items, numbers, here
            self.endResetModel()
            return
        if len(items) > len(known):
            self.beginInsertRows(QModelIndex(), len(known), len(items) - 1)
            self.items, self.here = items, here
            self.endInsertRows()
        self.items, self.here = items, here
        for place, look in enumerate(before):  # one by one, or the view would paint all of them
            if look != self.look(items[place]):
                self.dataChanged.emit(self.index(place), self.index(place))

    def look(self, item: Item) -> tuple[bool, bool]:
        """Return whether an item is done, and whether the step that is shown is in it."""
        return item.first <= self.here, item.first <= self.here <= item.last

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.items)

    def title(self, item: Item) -> str:
        """Return what stands in a line."""
        return place_name(item.row.path, self._name_of) if item.is_node else self.op(item.row)

    @staticmethod
    def op(row: Row) -> str:
        """Return what an op is called: behind the layer, the weight, or the op whose gradient it belongs to."""
        inner = [plain(frame) for frame in row.path if frame.level in ("layer", "weight", "gradient")]
        return " · ".join((*inner, row.op))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.items[index.row()]
        if role == _ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            phase = _(phase_of(item.row.path)[0])
            text = f"{phase}: {self.title(item)}" if item.is_node else self.title(item)
            return _("{step}, still to come").format(step=text) if item.first > self.here else text
        return None


class _Delegate(QStyledItemDelegate):
    """The number, the sign of the phase, the name, and the shape; what is still to come is paler."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, item, rect = appearance().theme, index.data(_ITEM), QRect(option.rect)
        model = index.model()
        assert isinstance(model, _Model)
        is_done, is_here = model.look(item)
        if is_here and not item.is_node:
            painter.fillRect(rect, QColor(derived(theme)["selection"]))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(derived(theme)["hover"]))
        _name, token, sign = phase_of(item.row.path)
        painter.setFont(fonts.mono(11))
        painter.setPen(QColor(theme.dim))
        middle = Qt.AlignmentFlag.AlignVCenter
        if not item.is_node:
            box = QRect(rect.left(), rect.top(), model.numbers - 8, rect.height())
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, number(item.first + 1))
        painter.setPen(QColor(theme.category(token)))
        painter.setFont(fonts.sans(12))
        if item.is_node:
            painter.drawText(QRect(rect.left() + 20, rect.top(), 16, rect.height()), middle, sign)
        shape = "" if item.is_node else f"({', '.join(map(str, item.row.shape))})"
        width = QFontMetrics(fonts.mono(11)).horizontalAdvance(shape)
        left = model.numbers + (0 if item.is_node else _INDENT - 10)
        font = fonts.sans(13, 600) if item.is_node else fonts.mono(12)
        painter.setFont(font)
        painter.setPen(QColor(theme.text if is_done else theme.dim))
        room = rect.width() - left - width - 2 * _MARGIN - (20 if item.row.is_bad else 0)
        text = QFontMetrics(font).elidedText(model.title(item), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(rect.left() + left, rect.top(), room, rect.height()), middle, text)
        painter.setFont(fonts.mono(11))
        painter.setPen(QColor(theme.dim))
        painter.drawText(rect.adjusted(0, 0, -_MARGIN, 0), middle | Qt.AlignmentFlag.AlignRight, shape)
        if item.row.is_bad and not item.is_node:
            side = QRectF(rect.right() - width - _MARGIN - 22, rect.top() + 5, 14, 14)
            icons.paint(painter, "triangle-alert", side, theme.bad)
        if is_here:
            painter.setPen(QPen(QColor(theme.warn), 3))
            painter.drawLine(rect.left() + 1, rect.top() + 1, rect.left() + 1, rect.bottom())


class StepList(QListView):
    """The steps; `chosen` carries the number of the one that the user wants to see."""

    chosen = Signal(int)

    def __init__(self, name_of: NameOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("debugger.steps")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = _Model(name_of)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()

    @property
    def items(self) -> list[Item]:
        """The lines."""
        return self._model.items

    def show_steps(self, rows: Sequence[Row], here: int) -> None:
        """Show the steps of a training step, and which one is shown."""
        self._model.show(rows, here)
        place = next((i for i, item in enumerate(self.items) if not item.is_node and item.first == here), None)
        if place is None:
            self.clearSelection()
        else:
            index = self._model.index(place)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_ITEM).last)

    def _retranslate(self) -> None:
        self.setAccessibleName(_("Steps"))
        self.viewport().update()
