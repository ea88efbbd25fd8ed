"""A table of facts: rows that can be chosen, numbers at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _

#: Pixels of a name that are always in sight: beside them, all numbers of a race are at 1600 pixels.
_WIDEST: Final = 112
_KEY = Qt.ItemDataRole.UserRole


class Table(QTreeWidget):
    """Rows of texts.

    Parameters
    ----------
    name
        Its object name.
    columns
        Untranslated headings; the first column holds names and takes what room there is, the others hold numbers.

    Signals
    -------
    picked
        A row was chosen: carries its key.
    """

    picked = Signal(object)

    def __init__(self, name: str, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._columns = columns
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the ends of long names tell them apart
        self.setColumnCount(len(columns))
        self.setFont(fonts.sans(12))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.currentItemChanged.connect(self._on_current)
        appearance().language_changed.connect(self._name)
        self._name()

    def show_rows(self, rows: Sequence[tuple[object, Sequence[str], str]]) -> None:
        """Show rows: a key, the texts, and the token of their colour, "" for the usual one."""
        with QSignalBlocker(self):
            self.clear()
            for key, texts, tone in rows:
                item = QTreeWidgetItem(list(texts))
                item.setData(0, _KEY, key)
                item.setToolTip(0, texts[0])
                for column in range(1, len(texts)):
                    item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                    item.setFont(column, fonts.mono(11))
                if tone:
                    item.setForeground(0, QColor(getattr(appearance().theme, tone)))
                self.addTopLevelItem(item)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Let the names have what the numbers leave, but as much as they need to be told apart: else it scrolls."""
        header = self.header()
        left = self.viewport().width() - sum(header.sectionSize(i) for i in range(1, len(self._columns)))
        needed = min(self.sizeHintForColumn(0), _WIDEST)
        mode = QHeaderView.ResizeMode.Stretch if left >= needed else QHeaderView.ResizeMode.Fixed
        header.setSectionResizeMode(0, mode)
        if mode is QHeaderView.ResizeMode.Fixed:
            header.resizeSection(0, needed)

    def pick(self, key: object) -> None:
        """Show that a row is chosen, without saying so to anybody."""
        with QSignalBlocker(self):
            for i in range(self.topLevelItemCount()):
                item = self.topLevelItem(i)
                if item is not None and item.data(0, _KEY) == key:
                    self.setCurrentItem(item)
                    self.scrollToItem(item)
                    return
            self.setCurrentIndex(QModelIndex())

    def _on_current(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.picked.emit(item.data(0, _KEY))

    def _name(self) -> None:
        self.setHeaderLabels([_(text) for text in self._columns])
        header = self.headerItem()
        for column in range(1, len(self._columns)):
            header.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
