"""Reading a file beside the event loop, so that the window goes on answering while a large document is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.document.file import load
from studio.ui.beside import beside

AT_ONCE: Final = 32_000
"""Bytes that are read within the call: some 200 nodes, 6 ms."""


class Reading(QObject):
    """Reads one document at a time; a later one takes the place of an earlier one, which is heard of no more.

    Signals
    -------
    done
        Carries the path and the document.
    failed
        Carries the path and the `EngineError`.
    """

    done = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._busy = 0

    @property
    def busy(self) -> bool:
        """Whether a document is being read."""
        return self._busy == self._number > 0

    def begin(self, path: Path, read: Callable[[Path], Document] = load) -> None:
        """Read the document at `path`, as a saved one or in another way."""
        self._number += 1
        self._busy = number = self._number
        beside(self, "reading", lambda: _read(path, read), lambda found: self._on_ended(number, path, found))

    def abandon(self) -> None:
        """Hear no more of what is being read."""
        self._number += 1

    def _on_ended(self, number: int, path: Path, found: Document | EngineError) -> None:
        if number != self._number:
            return
        self._busy = 0
        if isinstance(found, EngineError):
            self.failed.emit(path, found)
        else:
            self.done.emit(path, found)


def _read(path: Path, read: Callable[[Path], Document]) -> Document | EngineError:
    try:
        return read(path)
    except EngineError as error:
        return error


def is_small(path: Path) -> bool:
    """Return whether a file can be read at once; of one that cannot be read, reading says so at once."""
    try:
        return path.stat().st_size <= AT_ONCE
    except OSError:
        return True
