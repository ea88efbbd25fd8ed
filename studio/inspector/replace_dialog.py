"""Find and replace for values of parameters: what would change shows before it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.document.history import Editing
from studio.document.nodetype import Catalogue
from studio.inspector.replacing import Change, Search, changes, names, replacement, values
from studio.ui.appearance import appearance
from studio.ui.i18n import _, describe, label, ngettext, number, sentence
from studio.ui.icons import icon
from studio.ui.widgets.text_undo import TextUndo

_SIZE: Final = QSize(560, 520)
_DELAY_MS: Final = 60
_COLUMN: Final = 130
_MOST_ROWS: Final = 300


class ReplaceDialog(QDialog):
    """Stays open beside the graph, so that several values can be replaced one after the other.

    Parameters
    ----------
    nodes
        Gives the types of the graph that is shown.
    history
        Gives the history of the open document, None if there is none.
    selected
        Gives the ids of what is selected.
    """

    def __init__(
        self,
        nodes: Callable[[], Catalogue],
        history: Callable[[], Editing | None],
        selected: Callable[[], Sequence[str]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("replace")
        self.resize(_SIZE)
        self._nodes, self._history, self._selected = nodes, history, selected
        self._found: list[Change] = []
        self._labels: list[QLabel] = []
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(20)
        self._form.setVerticalSpacing(10)
        self._scope = QButtonGroup(self)
        self._whole, self._part = QRadioButton(), QRadioButton()
        scope = QWidget()
        row = QHBoxLayout(scope)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        for name, button in (("all", self._whole), ("selection", self._part)):
            button.setObjectName(f"replace.in.{name}")
            self._scope.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self._name, self._old, self._new = QComboBox(), QComboBox(), QLineEdit()
        self._name.setObjectName("replace.name")
        self._old.setObjectName("replace.old")
        self._old.setEditable(True)
        self._old.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._new.setObjectName("replace.new")
        for widget in (scope, self._name, self._old, self._new):
            title = QLabel()
            title.setProperty("tone", "dim")
            title.setBuddy(widget)
            self._labels.append(title)
            self._form.addRow(title, widget)
        self._list = QTreeWidget()
        self._list.setObjectName("replace.changes")
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self._list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._list.setColumnCount(3)
        self._list.header().setStretchLastSection(True)
        for place in range(2):
            self._list.setColumnWidth(place, _COLUMN)
        self._summary = QLabel()
        self._summary.setObjectName("replace.summary")
        self._summary.setProperty("tone", "dim")
        self._summary.setWordWrap(True)
        self._go = QPushButton()
        self._go.setObjectName("replace.go")
        self._go.setDefault(True)
        self._go.clicked.connect(self._replace)
        foot = QHBoxLayout()
        foot.addWidget(self._summary, 1)
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addLayout(self._form)
        column.addWidget(self._list, 1)
        column.addLayout(foot)
        self._timer = QTimer(self, interval=_DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        if (line := self._old.lineEdit()) is not None:
            TextUndo(line)
        TextUndo(self._new)
        self._scope.buttonClicked.connect(lambda _button: self._fill_names())
        self._name.currentIndexChanged.connect(lambda _index: self._fill_values())
        self._old.editTextChanged.connect(lambda _text: self._timer.start())
        self._new.textEdited.connect(lambda _text: self._timer.start())
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()

    def ask(self) -> None:
        """Open it for the selection, if there is one, else for the whole graph."""
        (self._part if self._selected() else self._whole).setChecked(True)
        self._fill_names()
        self.show()
        self.raise_()
        self.activateWindow()
        self._name.setFocus()

    # ------------------------------------------------------------------------------------------------- what there is

    def _ids(self) -> Sequence[str] | None:
        return self._selected() if self._part.isChecked() else None

    def _fill_names(self) -> None:
        """Offer the parameters that the nodes have; the one that is chosen stays, if it can."""
        history, before = self._history(), self._name.currentData()
        found = names(history.document, self._nodes(), self._ids()) if history is not None else {}
        count = len(self._selected())
        self._part.setText(ngettext("{n} selected", "{n} selected", count).format(n=number(count)))
        self._part.setEnabled(count > 0)
        with QSignalBlocker(self._name):
            self._name.clear()
            for name, nodes in found.items():
                self._name.addItem(f"{sentence(label(name))}  ({number(nodes)})", name)
            self._name.setCurrentIndex(max(0, self._name.findData(before)))
        self._fill_values()

    def _fill_values(self) -> None:
        history, name, text = self._history(), self._name.currentData(), self._old.currentText()
        found = values(history.document, self._nodes(), name, self._ids()) if history is not None and name else []
        with QSignalBlocker(self._old):
            self._old.clear()
            self._old.addItems(found)
            self._old.setEditText(text if text in found else "")
        self.refresh()

    # -------------------------------------------------------------------------------------------------- the preview

    def refresh(self) -> None:
        """Show what would change now."""
        self._timer.stop()
        history, name = self._history(), self._name.currentData()
        self._found = []
        if history is not None and name and self._new.text().strip():
            search = Search(name, self._old.currentText(), self._new.text(), self._ids())
            self._found = changes(history.document, self._nodes(), search)
        self._list.clear()
        for change in self._found[:_MOST_ROWS]:
            self._list.addTopLevelItem(self._row(change))
        able = sum(change.error is None for change in self._found)
        self._summary.setText(self._words(able))
        self._go.setEnabled(able > 0)

    def _row(self, change: Change) -> QTreeWidgetItem:
        if change.error is None:
            return QTreeWidgetItem([self._title(change.node), change.before, change.after])
        words = sentence(describe(change.error))
        row = QTreeWidgetItem([self._title(change.node), change.before, words])
        row.setIcon(2, icon("triangle-alert", "warn"))
        row.setToolTip(2, words)
        return row

    def _words(self, able: int) -> str:
        errors = [change.error for change in self._found if change.error is not None]
        if not self._new.text().strip():
            return _("Type the new value.")
        if not self._found:
            return _("No node changes.")
        words = ngettext("{n} node changes.", "{n} nodes change.", able).format(n=number(able))
        if errors:
            more = ngettext("{n} refuses the value.", "{n} refuse the value.", len(errors))
            words = f"{words} {more.format(n=number(len(errors)))} {sentence(describe(errors[0]))}"
        return words

    def _title(self, id: str) -> str:
        history = self._history()
        node = history.document.nodes.get(id) if history is not None else None
        if node is None:
            return id
        return node.title or (_(self._nodes()[node.type].title) if node.type in self._nodes() else node.type)

    def _replace(self) -> None:
        self.refresh()  # the graph may have changed since
        history, name = self._history(), self._name.currentData()
        if history is None or not self._go.isEnabled():
            return
        history.do(replacement(name, self._found))
        history.seal()
        self._fill_names()

    # ------------------------------------------------------------------------------------------------------ window

    def changeEvent(self, event: QEvent) -> None:
        """Look at the graph again when it comes to the front: another document may be open, or another selection."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._fill_names()

    def _retranslate(self) -> None:
        self.setWindowTitle(_("Replace values of parameters"))
        for title, widget, text in zip(
            self._labels,
            (self._whole, self._name, self._old, self._new),
            (_("In"), _("Parameter"), _("Value"), _("New value")),
            strict=True,
        ):
            title.setText(text)
            widget.setAccessibleName(text)
        self._whole.setText(_("The whole graph"))
        self._whole.setAccessibleName(_("The whole graph"))
        if (line := self._old.lineEdit()) is not None:
            line.setPlaceholderText(_("any value"))
        self._go.setText(_("Replace"))
        self._list.setHeaderLabels([_("Node"), _("Before"), _("After")])
        self._fill_names()


class Replacing(QObject):
    """Makes the dialog when it is first asked for."""

    def __init__(
        self,
        nodes: Callable[[], Catalogue],
        history: Callable[[], Editing | None],
        selected: Callable[[], Sequence[str]],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._nodes, self._history, self._selected, self._window = nodes, history, selected, window
        self._dialog: ReplaceDialog | None = None

    def ask(self) -> None:
        """Open the dialog."""
        if self._dialog is None:
            self._dialog = ReplaceDialog(self._nodes, self._history, self._selected, self._window)
        self._dialog.ask()
