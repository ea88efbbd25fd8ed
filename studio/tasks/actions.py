"""What can be done with task views: refresh them, save a picture of one, copy or look into an example."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.core.errors import EngineError, InvalidArgumentError
from studio.run.tasks.controller import TaskController
from studio.tasks.panel import Tasks
from studio.ui.actions import Actions
from studio.ui.array_text import numpy_text
from studio.ui.i18n import _
from studio.ui.pictures import PICTURES
from studio.ui.settings import settings

_FOLDER: Final = "tasks/folder"


class TaskActions(QObject):
    """Binds the commands about task views to their panel.

    Signals
    -------
    failed
        Something cannot be done: carries the error.
    saved
        A file was written: carries its path.
    looked_into
        The example that is chosen is to be looked into: carries it.
    """

    looked_into = Signal(object)
    failed = Signal(object)
    saved = Signal(object)

    def __init__(self, commands: Actions, panel: Tasks, controller: TaskController, window: QWidget) -> None:
        super().__init__(window)
        self._commands, self._panel, self._window = commands, panel, window
        commands.bind("tasks.refresh", controller.refresh)
        commands.bind("tasks.save", self._ask_and_save)
        commands.bind("tasks.look_into", lambda: self.looked_into.emit(panel.example))
        commands.bind("tasks.copy", self._copy)
        panel.turned.connect(self._update)
        controller.changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        self._commands["tasks.save"].setEnabled(self._panel.view is not None)
        for id in ("tasks.look_into", "tasks.copy"):
            self._commands[id].setEnabled(self._panel.example is not None)

    def _copy(self) -> None:
        example = self._panel.example
        if example is None:
            return
        try:
            QGuiApplication.clipboard().setText(numpy_text(example.numbers))
        except EngineError as error:
            self.failed.emit(error)

    def _ask_and_save(self) -> None:
        folder = str(settings().value(_FOLDER) or Path.home())
        view = self._panel.view
        if view is None:
            return
        proposal = str(Path(folder) / f"{_(view.title).lower().replace(' ', '_')}.png")
        name, chosen = QFileDialog.getSaveFileName(
            self._window, _("Save the picture of the view"), proposal, "PNG (*.png);;SVG (*.svg)"
        )
        if name:
            path = Path(name)
            settings().setValue(_FOLDER, str(path.parent))
            self.save(path if path.suffix else path.with_suffix(next(e for e in PICTURES if e in chosen)))

    def save(self, path: Path) -> None:
        """Write what the view shows to a file; of what kind, its ending says."""
        view = self._panel.view
        if view is None:
            return
        try:
            if path.suffix.lower() not in PICTURES:
                raise InvalidArgumentError(
                    "Pictures cannot be saved as {ending}.",
                    hint="Use {known}.",
                    ending=path.suffix,
                    known=", ".join(PICTURES),
                )
            PICTURES[path.suffix.lower()](view.picture, path)
        except EngineError as error:
            self.failed.emit(error)
        else:
            self.saved.emit(path)
