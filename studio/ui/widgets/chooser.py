"""A list to pick from by typing: what the command palette and search-to-add have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.categories import MARK_SIZE, paint_mark
from studio.ui.i18n import N_
from studio.ui.style import derived
from studio.ui.widgets.fuzzy import Candidate, rank
from studio.ui.widgets.labels import Text
from studio.ui.widgets.search_field import SearchField

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT: Final = 32
MOST_ROWS: Final = 10
_ENTRY: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Entry:
    """A row: its key, what it shows (translated), and what it is found by beside its title."""

    key: str
    title: str
    detail: str = ""
    keys: str = ""
    icon: QIcon | None = None
    category: str = ""
    names: tuple[tuple[str, float], ...] = ()
    prose: str = ""
    bonus: float = 0.0


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.entries)

    def data(self, index: Index, role: int = 0) -> Any:
        entry = self.entries[index.row()]
        if role == _ENTRY:
            return entry
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.title}. {entry.detail}" if entry.detail else entry.title
        return entry.title if role == Qt.ItemDataRole.DisplayRole else None


class _Row(QStyledItemDelegate):
    """Mark or icon, title, then the detail; the keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, entry = appearance().theme, index.data(_ENTRY)
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(derived(theme)["selection"]))
            painter.drawRoundedRect(rect, 6, 6)
        middle = rect.center().y() + 1
        left, right = rect.left() + 10, rect.right() - 10
        if entry.category:
            paint_mark(painter, QRectF(left, middle - MARK_SIZE / 2, MARK_SIZE, MARK_SIZE), entry.category, theme)
        elif entry.icon is not None:
            entry.icon.paint(painter, QRect(left + 1, middle - 8, 16, 16))
        left += MARK_SIZE + 10
        if entry.keys:
            painter.setFont(fonts.mono(11))
            painter.setPen(QColor(theme.dim))
            painter.drawText(QRect(left, rect.top(), right - left, rect.height()), _RIGHT, entry.keys)
            right -= QFontMetrics(fonts.mono(11)).horizontalAdvance(entry.keys) + 16
        title_width = QFontMetrics(fonts.sans(13)).horizontalAdvance(entry.title)
        _draw(painter, QRect(left, rect.top(), right - left, rect.height()), entry.title, 13, theme.text)
        left += title_width + 12
        if entry.detail and right - left > 40:
            _draw(painter, QRect(left, rect.top(), right - left, rect.height()), entry.detail, 12, theme.dim)


_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _draw(painter: QPainter, rect: QRect, text: str, px: int, colour: str) -> None:
    font = fonts.sans(px)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(rect, _LEFT, QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))


def _app() -> QCoreApplication:
    app = QCoreApplication.instance()
    assert app is not None
    return app


class Chooser(QFrame):
    """A field over a list. It floats above its window, and Escape or a click elsewhere closes it.

    `chosen` carries the key of the entry; `closed` follows it, or comes alone when nothing was chosen.

    Parameters
    ----------
    placeholder
        Untranslated text of the empty field.
    parent
        A widget of the window to float above.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, placeholder: str, parent: QWidget, width: int = 520) -> None:
        self._window = parent.window()
        super().__init__(self._window)
        self.setProperty("popup", True)
        self.setFixedWidth(width)
        self.hide()
        self._entries: dict[str, Entry] = {}
        self._candidates: list[Candidate[str]] = []
        self._rows = _Rows(self)
        self.field = SearchField(placeholder)
        self.list = QListView()
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = Text(N_("Nothing fits."), "dim")
        self._nothing.setContentsMargins(10, 6, 10, 6)
        self._caption = QLabel()
        self._caption.setWordWrap(True)
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setContentsMargins(10, 4, 10, 2)
        self._caption.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self._caption, self.field, self.list, self._nothing):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._search)
        self.field.moved.connect(self._move)
        self.field.accepted.connect(self._accept)
        self.field.left.connect(self.close)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(self._accept)

    def offer(self, entries: Sequence[Entry], caption: str = "") -> None:
        """Give the entries to pick from, and what stands above them, translated."""
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))
        self.field.setAccessibleDescription(caption)
        self._entries = {e.key: e for e in entries}
        self._candidates = [Candidate.of(e.key, (e.title, 1.0), *e.names, prose=e.prose) for e in entries]

    def open_at(self, position: QPoint, query: str = "") -> None:
        """Open with the top left corner at `position` of the window, or as near as it fits, in place of another one."""
        for other in self._window.findChildren(Chooser):
            if other is not self and other.isVisible():
                other.close()
        self.field.setText(query)
        self._search(query)
        x = max(8, min(position.x(), self._window.width() - self.width() - 8))
        y = max(8, min(position.y(), self._window.height() - self._full_height() - 8))
        self.move(x, y)
        self.show()
        self.raise_()
        self.field.setFocus()
        _app().installEventFilter(self)

    def closeEvent(self, event: QEvent) -> None:
        """Stop listening for clicks elsewhere."""
        _app().removeEventFilter(self)
        event.accept()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on a click outside."""
        outside = isinstance(event, QMouseEvent) and not self.rect().contains(
            self.mapFromGlobal(event.globalPosition().toPoint())
        )
        if outside and event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self.close()
        return False

    @property
    def shown_keys(self) -> list[str]:
        """The keys of the rows, the best first."""
        return [e.key for e in self._rows.entries]

    def _search(self, query: str) -> None:
        found = rank(query, self._candidates, lambda key: self._entries[key].bonus)
        self._rows.show([self._entries[key] for key in found])
        count = len(self._rows.entries)
        self.list.setFixedHeight(min(count, MOST_ROWS) * ROW_HEIGHT)
        self.list.setVisible(count > 0)
        self._nothing.setVisible(count == 0)
        self.list.setCurrentIndex(self._rows.index(0))
        self.resize(self.width(), self._height())

    def _full_height(self) -> int:
        """Return how tall it is with all rows that it can show, so that it does not jump while one types."""
        rows = min(len(self._entries), MOST_ROWS) * ROW_HEIGHT
        return self._height() + rows - (0 if self.list.isHidden() else self.list.minimumHeight())

    def _height(self) -> int:
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        return layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.sizeHint().height()

    def _move(self, key: int) -> None:
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and (count := len(self._rows.entries)):
            step = 1 if key == Qt.Key.Key_Down else -1
            self.list.setCurrentIndex(self._rows.index((self.list.currentIndex().row() + step) % count))
        else:
            QApplication.sendEvent(self.list, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))

    def _accept(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            key = index.data(_ENTRY).key
            self.close()
            self.chosen.emit(key)
