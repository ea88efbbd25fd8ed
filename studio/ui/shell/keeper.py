"""Keeps a copy of one open document as long as it has changes that are not saved."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.core.errors import EngineError
from studio.document.document import Contents
from studio.document.file import Writer
from studio.document.recovery import Copy, keep
from studio.ui.beside import beside
from studio.ui.shell.open_document import OpenDocument

#: Milliseconds after an edit until it goes into the copy; twice that if one is just being written.
DELAY: Final = 250


class Keeper(QObject):
    """Writes the copy of a document beside the event loop.

    Signals
    -------
    failed
        The copy could not be written: carries the `EngineError`, once.

    Parameters
    ----------
    opened
        The document.
    file
        Where the copy lies.
    prepare
        Called before a copy is written.
    """

    failed = Signal(object)

    def __init__(self, opened: OpenDocument, file: Path, prepare: Callable[[], object]) -> None:
        super().__init__(opened)
        self.file = file
        self.replaces: Copy | None = None
        """A copy of another program that this one takes the place of."""
        self._opened, self._prepare = opened, prepare
        self._writer = Writer()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._has_failed = False
        self._timer = QTimer(self, interval=DELAY, singleShot=True)
        self._timer.timeout.connect(self._write)
        opened.changed.connect(self._plan)
        opened.saved.connect(self.drop)
        opened.replaced.connect(self.drop)
        if opened.modified:
            self._write()

    def _plan(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def drop(self) -> None:
        """Remove the copy: the document is saved, or its changes are not wanted."""
        self._timer.stop()
        with self._guard:  # what is being written is complete then
            self._writer = Writer()
            with contextlib.suppress(OSError):
                self.file.unlink()

    def end(self) -> None:
        """Leave nothing behind."""
        self.drop()
        if self._thread is not None:
            self._thread.join()

    def _write(self) -> None:
        if not self._opened.modified:  # all was undone
            self.drop()
        elif self._thread is not None:
            self._plan()
        else:
            self._prepare()
            writer, contents, path = self._writer, self._opened.document.contents(), self._opened.path
            self._thread = beside(self, "recovery", lambda: self._keep(writer, contents, path), self._on_ended)

    def _keep(self, writer: Writer, contents: Contents, path: Path | None) -> Path | EngineError | None:
        """Write the copy, and return where it lies, or why it could not be written: in a thread."""
        with self._guard:
            if writer is not self._writer:  # the document was saved or closed meanwhile
                return None
            try:
                keep(self.file, contents, path, writer)
            except EngineError as error:
                return error
            return self.file

    def _on_ended(self, found: Path | EngineError | None) -> None:
        self._thread = None
        written, error = (None, found) if isinstance(found, EngineError) else (found, None)
        if self.replaces is not None and written is not None:
            self.replaces.discard()
            self.replaces = None
        if error is not None and not self._has_failed:
            self._has_failed = True
            self.failed.emit(error)
