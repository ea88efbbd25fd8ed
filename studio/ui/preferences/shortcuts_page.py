"""The shortcuts: each can be set anew, taken away, or put back; two actions never share one unnoticed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon
from studio.ui.preferences.page import Page
from studio.ui.preferences.sheet import AREAS, area_of, save_sheet
from studio.ui.widgets.fuzzy import fold
from studio.ui.widgets.labels import Heading
from studio.ui.widgets.search_field import SearchField


class _Line:
    """The widgets of one action: its text, the keys, and the way back to what they were."""

    def __init__(self, action: QAction) -> None:
        self.action = action
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setClearButtonEnabled(True)
        self.keys.setObjectName(f"shortcut.{action.objectName()}")
        self.back = QToolButton()
        self.back.setProperty("flat", True)
        self.back.setIconSize(QSize(14, 14))

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return self.text, self.keys, self.back


class ShortcutsPage(Page):
    """A line for each action, under the headings of the sheet that can be printed.

    Parameters
    ----------
    actions
        The program's actions.
    """

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self._search = SearchField(N_("Search actions and keys"))
        self._search.setObjectName("shortcuts.search")
        self._search.textChanged.connect(self._filter)
        self._all_back, self._print = QPushButton(), QPushButton()
        for button in (self._all_back, self._print):
            button.setProperty("compact", True)
            button.setAutoDefault(False)  # Return in the search is no order to reset everything
        self._all_back.clicked.connect(self._reset_all)
        self._print.setObjectName("shortcuts.sheet")
        self._print.clicked.connect(self._ask_and_save)
        row = QHBoxLayout()
        row.addWidget(self._search, 1)
        row.addWidget(self._all_back)
        row.addWidget(self._print)
        self._column.addLayout(row)
        self._said = QLabel()
        self._said.setObjectName("shortcuts.said")
        self._said.setProperty("tone", "warn")
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self._said.hide()
        self._column.addWidget(self._said)
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(1, 240)
        grid.setVerticalSpacing(4)
        self._column.addLayout(grid)
        self._headings: dict[str, Heading] = {}
        self._lines: list[_Line] = []
        self._fill(grid)
        self.fill()
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)
        appearance().theme_changed.connect(self._retranslate)

    def _fill(self, grid: QGridLayout) -> None:
        place = 0
        for prefix, heading in AREAS.items():
            actions = [a for a in self._actions if a.objectName().partition(".")[0] == prefix]
            self._headings[heading] = Heading(heading)
            grid.addWidget(self._headings[heading], place, 0, 1, 3)
            grid.setRowMinimumHeight(place, 34)
            place += 1
            for action in actions:
                line = _Line(action)
                line.keys.editingFinished.connect(partial(self._on_edited, line))
                line.back.clicked.connect(partial(self._set, line, None))
                for column, widget in enumerate(line.widgets):
                    grid.addWidget(widget, place, column)
                self._lines.append(line)
                place += 1

    # --------------------------------------------------------------------------------------------------- changing them

    def _on_edited(self, line: _Line) -> None:
        keys = line.keys.keySequence()
        if keys != line.action.shortcut():
            text = keys.toString(QKeySequence.SequenceFormat.PortableText)
            self._set(line, [text] if text else [])

    def _set(self, line: _Line, texts: list[str] | None) -> None:
        """Give an action other shortcuts; another with the same keys loses them, which is said."""
        self._actions.rebind(line.action.objectName(), texts)
        taken = [other for other in self._lines if other is not line and self._clash(line.action, other.action)]
        for other in taken:
            left = [k for k in other.action.shortcuts() if k not in line.action.shortcuts()]
            portable = QKeySequence.SequenceFormat.PortableText
            self._actions.rebind(other.action.objectName(), [k.toString(portable) for k in left])
        self._say(
            _("'{action}' had these keys before; it has none of them now.").format(action=taken[0].action.text())
            if taken
            else ""
        )
        self._show()

    def _clash(self, one: QAction, other: QAction) -> bool:
        return any(keys in other.shortcuts() for keys in one.shortcuts())

    def _reset_all(self) -> None:
        for line in self._lines:
            self._actions.rebind(line.action.objectName(), None)
        self._say("")
        self._show()

    def _ask_and_save(self) -> None:
        proposal = str(Path.home() / f"{_('Shortcuts of Trenza')}.pdf")
        name, _filter = QFileDialog.getSaveFileName(self, _("Save the sheet"), proposal, "PDF (*.pdf)")
        if name:
            path = Path(name) if Path(name).suffix else Path(f"{name}.pdf")
            self._say("" if save_sheet(self._actions, path) else _("{path} cannot be written.").format(path=path))

    # ---------------------------------------------------------------------------------------------------- showing them

    def _say(self, text: str) -> None:
        self._said.setText(text)
        self._said.setVisible(bool(text))

    def _show(self) -> None:
        for line in self._lines:
            defaults = [QKeySequence(t) for t in self._actions.specs[line.action.objectName()].shortcuts]
            line.keys.setKeySequence(line.action.shortcut())
            line.back.setVisible(not line.text.isHidden() and line.action.shortcuts() != defaults)

    def _filter(self, text: str) -> None:
        wanted = fold(text)
        shown: set[str] = set()
        for line in self._lines:
            keys = line.action.shortcut().toString(QKeySequence.SequenceFormat.PortableText)
            fits = wanted in fold(line.action.text()) or wanted in fold(keys)
            for widget in line.widgets:
                widget.setVisible(fits)
            if fits:
                shown.add(area_of(line.action.objectName()))
        for heading, label in self._headings.items():
            label.setVisible(heading in shown)
        self._show()

    def _retranslate(self) -> None:
        self._all_back.setText(_("Reset all"))
        self._print.setText(_("Sheet…"))
        self._print.setToolTip(_("Save all shortcuts as a PDF to print"))
        for line in self._lines:
            line.text.setText(line.action.text())
            line.keys.setAccessibleName(_("Shortcut of {action}").format(action=line.action.text()))
            line.back.setIcon(icon("rotate-ccw", "dim"))
            line.back.setToolTip(_("Reset"))
            line.back.setAccessibleName(_("Reset the shortcut of {action}").format(action=line.action.text()))
        self._show()
