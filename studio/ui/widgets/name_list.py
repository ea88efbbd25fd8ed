"""A short list of names that can be changed, put into another order and taken away, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from studio.ui.appearance import appearance
from studio.ui.icons import icon

_ROW: Final = 28
_KEY: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Line:
    """A line: its key, its name, and what stands beside it."""

    key: str
    name: str
    detail: str = ""


class NameList(QTreeWidget):
    """As tall as its lines. A line is dragged, or moved by Alt and an arrow; F2 or a double-click renames it.

    Signals
    -------
    renamed
        The key of a line, and its new name. What becomes of it shows when the lines are shown again.
    reordered
        The keys in another order.
    removed
        The key of a line that is to go: Delete was pressed.
    """

    renamed = Signal(str, str)
    reordered = Signal(list)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._pressed: QPoint | None = None
        self._dragged: str | None = None
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setProperty("plain", True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setStretchLastSection(True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(0, 130)
        self.itemChanged.connect(self._on_edited)
        appearance().theme_changed.connect(self._rebuild)

    @property
    def keys(self) -> list[str]:
        """The keys, from the top."""
        return [self._row(number).data(0, _KEY) for number in range(self.topLevelItemCount())]

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the one that is chosen stays chosen."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self._rebuild()

    def _rebuild(self) -> None:
        chosen = self._chosen
        with QSignalBlocker(self):
            self.clear()
            for line in self._lines:
                row = QTreeWidgetItem([line.name, line.detail])
                row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
                row.setIcon(0, icon("grip-vertical", "dim"))
                row.setData(0, _KEY, line.key)
                row.setForeground(1, QColor(appearance().theme.dim))
                row.setToolTip(1, line.detail)
                self.addTopLevelItem(row)
            self._choose(chosen)
        rows = len(self._lines)
        self.setFixedHeight(rows * max(self.sizeHintForRow(0), _ROW if rows else 0) + 2 * self.frameWidth())

    def _row(self, number: int) -> QTreeWidgetItem:
        row = self.topLevelItem(number)
        assert row is not None
        return row

    @property
    def _chosen(self) -> str | None:
        row = self.currentItem()
        return str(row.data(0, _KEY)) if row is not None else None

    def _choose(self, key: str | None) -> None:
        if key in self.keys:
            self.setCurrentItem(self._row(self.keys.index(key)))

    def rename(self, key: str) -> None:
        """Let the user type another name for a line."""
        self._choose(key)
        if (row := self.currentItem()) is not None:
            self.setFocus()
            self.editItem(row, 0)

    def _on_edited(self, row: QTreeWidgetItem, _column: int) -> None:
        key, text = str(row.data(0, _KEY)), row.text(0).strip()
        before = next((line.name for line in self._lines if line.key == key), "")
        with QSignalBlocker(self):
            row.setText(0, before)
        if text != before:  # a turn later: the lines may be made anew then, and this one is still being edited
            QTimer.singleShot(0, self, lambda: self.renamed.emit(key, text))

    # ----------------------------------------------------------------------------------------------------------- order

    def _move(self, key: str, place: int) -> bool:
        """Put a line elsewhere; return whether it was not there."""
        keys = self.keys
        before = keys.index(key)
        place = min(max(place, 0), len(keys) - 1)
        if place == before:
            return False
        with QSignalBlocker(self):
            row = self.takeTopLevelItem(before)
            assert row is not None
            self.insertTopLevelItem(place, row)
            self.setCurrentItem(row)
        return True

    def _tell_order(self) -> None:
        by_key = {line.key: line for line in self._lines}
        self._lines = tuple(by_key[key] for key in self.keys)
        self.reordered.emit(self.keys)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, rename or remove the line that is chosen."""
        key, chosen = event.key(), self._chosen
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key), 0)
        if chosen is None:
            super().keyPressEvent(event)
        elif step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if self._move(chosen, self.keys.index(chosen) + step):
                self._tell_order()
        elif key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.rename(chosen)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(chosen)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take the keys that would be shortcuts elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._chosen is not None:
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace) or (
                alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
            ):
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the first line, so that keys have something to work on."""
        super().focusInEvent(event)
        if self.currentItem() is None and self.topLevelItemCount():
            self.setCurrentItem(self._row(0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a line, and take it along if the mouse is moved."""
        super().mousePressEvent(event)
        row = self.itemAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self._pressed, self._dragged = event.position().toPoint(), None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the line follow the mouse, past the others."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        at = event.position().toPoint()
        if self._dragged is None and (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._dragged = self._chosen
        if self._dragged is not None:
            height = self.visualItemRect(self._row(0)).height()
            self._move(self._dragged, at.y() // max(height, 1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave the line where it is."""
        dragged, self._pressed, self._dragged = self._dragged, None, None
        if dragged is None:
            super().mouseReleaseEvent(event)
        elif self.keys != [line.key for line in self._lines]:
            self._tell_order()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename the line."""
        if (row := self.itemAt(event.position().toPoint())) is not None:
            self._pressed = None
            self.rename(str(row.data(0, _KEY)))
