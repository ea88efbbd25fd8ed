"""The steps that led to the document as it is: a click goes back to one, or forth."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPixmap
from PySide6.QtWidgets import QListView, QWidget

from studio.document.history import History
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon

Index = QModelIndex | QPersistentModelIndex

_FIRST: Final = N_("As it was opened")
_ROW: Final = QSize(0, 26)
_MARK: Final = QSize(16, 16)


class _Steps(QAbstractListModel):
    """The state at first, and then one for each step: those ahead of the present one were undone."""

    def __init__(self) -> None:
        super().__init__()
        self.history: History | None = None
        self._labels: list[str] = []
        self._position = 0
        self._blank = QPixmap(_MARK)  # where the mark of the present step is, so that texts stand in line
        self._blank.fill(Qt.GlobalColor.transparent)

    def open(self, history: History | None) -> None:
        """Show another history, or none."""
        self.beginResetModel()
        self.history, self._labels = history, []
        self.endResetModel()

    def refresh(self) -> None:
        """Show what has become of the history: as a rule a step more."""
        labels = self.history.labels if self.history is not None else []
        kept = next((i for i, (a, b) in enumerate(zip(self._labels, labels, strict=False)) if a != b), None)
        kept = min(len(self._labels), len(labels)) if kept is None else kept
        if kept < len(self._labels):
            self.beginRemoveRows(QModelIndex(), kept + 1, len(self._labels))
            del self._labels[kept:]
            self.endRemoveRows()
        if kept < len(labels):
            self.beginInsertRows(QModelIndex(), kept + 1, len(labels))
            self._labels += labels[kept:]
            self.endInsertRows()
        self._position = self.history.position if self.history is not None else 0
        self.dataChanged.emit(self.index(0), self.index(len(self._labels)))

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._labels) + 1 if self.history is not None else 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, theme = index.row(), appearance().theme
        text = _(self._labels[row - 1]) if row else _(_FIRST)
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _("{step}, undone").format(step=text) if row > self._position else text
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.dim if row > self._position else theme.text)
        if role == Qt.ItemDataRole.FontRole:
            font = QFont(fonts.sans(13))
            font.setItalic(row > self._position)  # colour alone says nothing
            return font
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("chevron-right", "accent") if row == self._position else self._blank
        return _ROW if role == Qt.ItemDataRole.SizeHintRole else None


class HistoryList(QListView):
    """Shows a history; `chosen` carries the number of steps that shall be in force."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self.setUniformItemSizes(True)
        self.setIconSize(_MARK)
        self._model = _Steps()
        self.setModel(self._model)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)

    def show_history(self, history: History | None) -> None:
        """Show another history, or none."""
        self._model.open(history)
        self.refresh()

    def refresh(self) -> None:
        """Show what has become of it."""
        self._model.refresh()
        if self._model.history is not None:
            present = self._model.index(self._model.history.position)
            self.setCurrentIndex(present)
            self.scrollTo(present)

    def _retranslate(self) -> None:
        self.setAccessibleName(_("History"))
        self.viewport().update()
