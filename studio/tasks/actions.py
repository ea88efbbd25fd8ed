"""What can be done with task views: refresh them, save a picture of one, copy or look into an example."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from studio.run.tasks.controller import TaskController
from studio.tasks.panel import Tasks
from studio.ui.actions import Actions
from studio.ui.array_text import numpy_text
from studio.ui.i18n import _
from studio.ui.saving import Saver, pictures


class TaskActions(QObject):
    """Binds the commands about task views to their panel.

    Signals
    -------
    failed
        Something cannot be done: carries the error.
    looked_into
        The example that is chosen is to be looked into: carries it.

    Attributes
    ----------
    saver
        Writes the pictures.
    """

    looked_into = Signal(object)
    failed = Signal(object)

    def __init__(self, commands: Actions, panel: Tasks, controller: TaskController, window: QWidget) -> None:
        super().__init__(window)
        self._commands, self._panel = commands, panel
        self.saver = Saver(
            "tasks", lambda: _("Save the picture of the view"), self._stem, pictures(self._picture), window
        )
        commands.bind("tasks.refresh", controller.refresh)
        commands.bind("tasks.save", self.saver.ask)
        commands.bind("tasks.look_into", lambda: self.looked_into.emit(panel.example))
        commands.bind("tasks.copy", self._copy)
        panel.turned.connect(self._update)
        controller.changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        self._commands["tasks.save"].setEnabled(self._panel.view is not None)
        for id in ("tasks.look_into", "tasks.copy"):
            self._commands[id].setEnabled(self._panel.example is not None)

    def _picture(self) -> QWidget:
        assert self._panel.view is not None  # without one the command is disabled
        return self._panel.view.picture

    def _stem(self) -> str:
        return _(self._panel.view.title).lower().replace(" ", "_") if self._panel.view is not None else ""

    def _copy(self) -> None:
        example = self._panel.example
        if example is None:
            return
        try:
            QGuiApplication.clipboard().setText(numpy_text(example.numbers))
        except EngineError as error:
            self.failed.emit(error)
