"""How well the document that is shown does its task: the panel follows it, and looks while it is in sight."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.run.debug.controller import DebugController
from studio.run.tasks.controller import TaskController
from studio.ui.actions import Actions


class Judging(QObject):
    """Lets the task views follow the editors, and the debugger.

    Signals
    -------
    asked
        The user wants to see them.

    Parameters
    ----------
    editors, controller, debugger, actions
        What it works with.
    """

    asked = Signal()

    def __init__(
        self, editors: Editors, controller: TaskController, debugger: DebugController, actions: Actions
    ) -> None:
        super().__init__(editors)
        self._editors, self._controller, self._debugger = editors, controller, debugger
        self._actions = actions
        actions.bind("tasks.show", self.asked.emit)
        editors.shown.connect(self._turn_to)
        debugger.changed.connect(self._on_debugged)

    def _turn_to(self, editor: Editor | None) -> None:
        self._controller.look_at(editor.number if editor is not None else 0)
        for id in ("tasks.show", "tasks.refresh"):
            self._actions[id].setEnabled(editor is not None)

    def _on_debugged(self) -> None:
        """A step under the debugger may have changed the weights."""
        if self._debugger.state == "stopped":
            self._controller.soon()
