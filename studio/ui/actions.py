"""The actions as QActions: translated, with icons, rebindable, found by their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from studio.ui import shortcuts
from studio.ui.action_table import ACTIONS, ActionSpec, Scope
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon

#: Property of an action: the name of its icon, for those who show it in another colour.
ICON_NAME: Final = "icon_name"

_CONTEXTS = {
    "window": Qt.ShortcutContext.WindowShortcut,
    "canvas": Qt.ShortcutContext.WidgetWithChildrenShortcut,
    "compare": Qt.ShortcutContext.WindowShortcut,
}


class Actions(QObject):
    """A QAction for each line of the table.

    An action is disabled until something is bound to it, so that menus never offer what does nothing.

    Parameters
    ----------
    table
        The specs; those of the program unless a test gives others.
    """

    def __init__(self, parent: QObject | None = None, table: Sequence[ActionSpec] = ACTIONS) -> None:
        super().__init__(parent)
        self.specs: Mapping[str, ActionSpec] = {spec.id: spec for spec in table}
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.id: self._make(spec) for spec in table}
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    def __getitem__(self, id: str) -> QAction:
        return self._actions[id]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def bind(self, id: str, slot: Callable[..., Any]) -> QAction:
        """Call `slot` when the action is triggered (with its state if it is checkable), and enable it."""
        action = self._actions[id]
        if action.isCheckable():
            action.triggered.connect(lambda checked: slot(checked))
        else:
            action.triggered.connect(lambda _checked: slot())
        action.setEnabled(True)
        return action

    def attach(self, widget: QWidget, scope: Scope) -> None:
        """Let `widget` hear the shortcuts of all actions of this scope: the window's, say."""
        widget.addActions([self._actions[id] for id, spec in self.specs.items() if spec.scope == scope])

    def rebind(self, id: str, texts: Sequence[str] | None) -> None:
        """Give the action other shortcuts, such as ``["Ctrl+K"]``; None goes back to the defaults."""
        shortcuts.rebind(id, texts)
        self._set_shortcuts(self._actions[id], self.specs[id])

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        for id, spec in self.specs.items():
            action = self._actions[id]
            action.setText(_(spec.text))
            keys = action.shortcut()
            action.setToolTip(f"{_(spec.text)}  {shortcuts.shown(keys)}" if not keys.isEmpty() else _(spec.text))

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable or bool(spec.group))
        action.setShortcutContext(_CONTEXTS[spec.scope])
        action.setEnabled(False)
        action.setIconVisibleInMenu(not action.isCheckable())  # a menu shows a tick in its place
        if spec.icon:
            action.setIcon(icon(spec.icon, spec.tone))
            action.setProperty(ICON_NAME, spec.icon)
        if spec.group:
            if spec.group not in self._groups:
                self._groups[spec.group] = QActionGroup(self)
            self._groups[spec.group].addAction(action)
        self._set_shortcuts(action, spec)
        return action

    def _set_shortcuts(self, action: QAction, spec: ActionSpec) -> None:
        action.setShortcuts(shortcuts.shortcuts_of(spec.id, spec.shortcuts))
