"""All that can be done just now, found by a few letters."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from studio.ui.actions import Actions
from studio.ui.i18n import N_, _
from studio.ui.shortcuts import shown
from studio.ui.widgets.chooser import Chooser, Entry


class CommandPalette(Chooser):
    """A search over the enabled actions; they are found by their English texts and by their ids, too."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(N_("Commands…"), parent)
        self.setObjectName("command_palette")
        self._actions = actions
        self.chosen.connect(self._trigger)

    def popup(self) -> None:
        """Open below the top of the window, in the middle."""
        self.offer(
            [
                Entry(
                    action.objectName(),
                    self._title(action),
                    keys=shown(action.shortcut()),
                    icon=action.icon(),
                    names=((self._actions.specs[action.objectName()].text, 0.9), (action.objectName(), 0.6)),
                )
                for action in self._actions
                if action.isEnabled() and action.objectName() != "help.commands"
            ]
        )
        self.open_at(QPoint((self._window.width() - self.width()) // 2, 56))

    def _title(self, action: QAction) -> str:
        """Return what an action is called where no menu around it says what it is about."""
        if action.objectName().startswith("file.new_"):
            return _("New from a template: {name}").format(name=action.text())
        return action.text()

    def _trigger(self, id: str) -> None:
        self._actions[id].trigger()
