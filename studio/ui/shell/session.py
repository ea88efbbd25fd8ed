"""The documents that were open when the program ended: opened again at the start, for those who want that."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer

from studio.ui.actions import Actions
from studio.ui.settings import settings
from studio.ui.shell.desk import Desk

#: Milliseconds after a change until it is written, which takes 12: who goes through tabs is not to feel it.
DELAY: Final = 1000
_WANTED: Final = "restore_documents"
_PATHS: Final = "session/paths"
_SHOWN: Final = "session/shown"


class Session(QObject):
    """Remembers soon after every change which documents are open, so that a program that is ended remembers it, too.

    Parameters
    ----------
    desk, actions
        What it works with: `file.restore` says whether documents are opened again.
    """

    def __init__(self, desk: Desk, actions: Actions) -> None:
        super().__init__(desk)
        self._desk, self._action = desk, actions["file.restore"]
        self._is_on = False
        actions.bind("file.restore", lambda on: settings().setValue(_WANTED, "true" if on else "false"))
        self._action.setChecked(settings().value(_WANTED) == "true")
        self._timer = QTimer(self, interval=DELAY, singleShot=True)
        self._timer.timeout.connect(self._remember)
        for signal in (desk.opened, desk.closed, desk.shown, desk.moved):
            signal.connect(self._soon)
        desk.opened.connect(lambda document: document.saved.connect(self._soon))

    def begin(self, path: Path | None) -> None:
        """Open a document, or, without one, those of the last time if that is wanted; remember from now on."""
        if path is not None:
            self._desk.open(path)
        elif self._action.isChecked():
            self._restore()
        self._is_on = True
        self._remember()

    def end(self) -> None:
        """Remember no more: what is closed now is closed because the program ends."""
        self._remember()
        self._is_on = False

    def _soon(self) -> None:
        if self._is_on:
            self._timer.start()

    def _restore(self) -> None:
        stored = settings().value(_PATHS)
        names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        shown = settings().value(_SHOWN)
        for name in names:
            path = Path(str(name))
            if path.is_file():  # of one that is gone nobody wants to hear before anything else
                self._desk.open(path, show=name == shown)

    def _remember(self) -> None:
        self._timer.stop()
        if self._is_on:
            stored = settings()
            stored.setValue(_PATHS, [str(d.path.absolute()) for d in self._desk.documents if d.path is not None])
            stored.setValue(_SHOWN, str(self._desk.path.absolute()) if self._desk.path is not None else "")
