"""The library as a window: what is in it, to be renamed, deleted, opened and found in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import EngineError
from studio.document.library import Kept
from studio.document.nodetype import NodeType
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, ngettext, number
from studio.ui.icons import icon
from studio.ui.library.questions import ask_to_delete
from studio.ui.library.shelf import Shelf
from studio.ui.widgets.breadcrumb import MAX_TITLE
from studio.ui.widgets.labels import EmptyState

_SIZE: Final = QSize(680, 420)
_WIDTHS: Final = (210, 190)
_PATH: Final = Qt.ItemDataRole.UserRole

#: The buttons: what each says, its icon, and whether it does something to a file that is damaged, too.
_BUTTONS: Final = {
    "open": (N_("Open"), "folder-open", True),
    "rename": (N_("Rename"), "text-cursor-input", False),
    "delete": (N_("Delete"), "trash-2", True),
    "folder": (N_("Show in its folder"), "folder-search", True),
}


class LibraryWindow(QDialog):
    """Stays open beside the graph. What other windows do to the library shows here, too.

    `wanted` carries the path of a file that is to be opened as a document.
    """

    wanted = Signal(object)

    def __init__(self, shelf: Shelf, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self.resize(_SIZE)
        self._shelf = shelf
        self.list = QTreeWidget()
        self.list.setObjectName("library.list")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setColumnCount(3)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        for place, width in enumerate(_WIDTHS):
            self.list.setColumnWidth(place, width)
        self._empty = EmptyState(
            "library", N_("Nothing is in your library yet. Put a function into it by the menu of its node.")
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        self.said = QLabel()
        self.said.setObjectName("library.said")
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = {name: QPushButton() for name in _BUTTONS}
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for name, button in self.buttons.items():
            button.setObjectName(f"library.{name}")
            button.setAutoDefault(False)
            button.clicked.connect(getattr(self, f"_{name}"))
            foot.addWidget(button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._pages, 1)
        column.addWidget(self.said)
        column.addLayout(foot)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._delete)
        self.list.currentItemChanged.connect(lambda *_items: self._follow())
        self.list.itemChanged.connect(self._on_edited)
        shelf.changed.connect(self._fill)
        appearance().language_changed.connect(self._retranslate)
        appearance().theme_changed.connect(self._retranslate)
        self._retranslate()

    def ask(self) -> None:
        """Come to the front."""
        self._shelf.refresh()
        self._fill()
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus()

    # --------------------------------------------------------------------------------------------------------- showing

    def _fill(self) -> None:
        here = self._path
        with QSignalBlocker(self.list):
            self.list.clear()
            rows = [self._row(kept) for kept in self._shelf.kept.values()]
            rows += [self._damaged_row(path, error) for path, error in sorted(self._shelf.damaged.items())]
            self.list.addTopLevelItems(rows)
            row = next((row for row in rows if row.data(0, _PATH) == here), rows[0] if rows else None)
            if row is not None:
                self.list.setCurrentItem(row)
        self._pages.setCurrentWidget(self.list if rows else self._empty)
        self._follow()

    def _row(self, kept: Kept) -> QTreeWidgetItem:
        node_type = self._shelf.types[kept.type_id]
        row = QTreeWidgetItem([kept.title, _ports(node_type), kept.path.name])
        row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
        row.setIcon(0, icon("package", "dim"))
        row.setData(0, _PATH, kept.path)
        row.setToolTip(0, node_type.summary)
        row.setToolTip(2, str(kept.path))
        return row

    def _damaged_row(self, path: Path, error: EngineError) -> QTreeWidgetItem:
        row = QTreeWidgetItem([path.stem, describe(error), path.name])
        row.setIcon(0, icon("triangle-alert", "warn"))
        row.setData(0, _PATH, path)
        row.setToolTip(1, describe(error))
        row.setToolTip(2, str(path))
        return row

    def _follow(self) -> None:
        """Offer what can be done to the row that is chosen, and say what is wrong with it."""
        path = self._path
        error = self._shelf.damaged.get(path) if path is not None else None
        for name, (_text, _icon, also_damaged) in _BUTTONS.items():
            self.buttons[name].setEnabled(path is not None and (error is None or also_damaged))
        self._say(describe(error) if error is not None else "", "warn")

    def _say(self, text: str, tone: str) -> None:
        self.said.setText(text)
        self.said.setProperty("tone", tone)
        self.said.style().polish(self.said)
        self.said.setVisible(bool(text))

    def _retranslate(self) -> None:
        self.setWindowTitle(_("My library of functions"))
        self.list.setAccessibleName(_("My library of functions"))
        self.list.setHeaderLabels([_("Function"), _("Inputs and outputs"), _("File")])
        for name, (text, picture, _also) in _BUTTONS.items():
            self.buttons[name].setText(_(text))
            self.buttons[name].setIcon(icon(picture))
        self._fill()

    # ----------------------------------------------------------------------------------------------------------- doing

    @property
    def _path(self) -> Path | None:
        row = self.list.currentItem()
        found = row.data(0, _PATH) if row is not None else None
        return found if isinstance(found, Path) else None

    @property
    def _kept(self) -> Kept | None:
        return self._kept_at(self._path)

    def _kept_at(self, path: Path | None) -> Kept | None:
        return next((kept for kept in self._shelf.kept.values() if kept.path == path), None)

    def _open(self) -> None:
        self.wanted.emit(self._path)

    def _folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shelf.folder)))

    def _rename(self) -> None:
        if (row := self.list.currentItem()) is not None:
            self.list.setFocus()
            self.list.editItem(row, 0)

    def _on_edited(self, row: QTreeWidgetItem, _column: int) -> None:
        kept = self._kept_at(row.data(0, _PATH))
        title = row.text(0).strip()[:MAX_TITLE]
        if kept is None:
            return
        try:
            if title and title != kept.title:
                path = self._shelf.rename(kept, title)
                row.setData(0, _PATH, path)  # so that it is still the one that is chosen
                return
        except EngineError as error:
            self._say(describe(error), "bad")
        with QSignalBlocker(self.list):
            row.setText(0, kept.title)

    def _delete(self) -> None:
        path, kept = self._path, self._kept
        if path is None or not ask_to_delete(self, kept.title if kept is not None else path.name):
            return
        try:
            self._shelf.remove(path)
        except EngineError as error:
            self._say(describe(error), "bad")


def _ports(node_type: NodeType) -> str:
    counts = len(node_type.inputs), len(node_type.outputs)
    return ", ".join(
        (
            ngettext("{n} input", "{n} inputs", counts[0]).format(n=number(counts[0])),
            ngettext("{n} output", "{n} outputs", counts[1]).format(n=number(counts[1])),
        )
    )
