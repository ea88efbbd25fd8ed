"""Reading a file beside the event loop, so that the window goes on answering while a large document is read."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.document.file import load
from studio.ui import garbage

_SWITCH: Final = 0.0005
"""Seconds that the reader keeps the interpreter: with Python's 0.005, a repaint of many calls waited 80 ms."""

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
    _ended = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._busy = 0
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a document is being read."""
        return self._busy == self._number > 0

    def begin(self, path: Path, read: Callable[[Path], Document] = load) -> None:
        """Read the document at `path`, as a saved one or in another way."""
        self._number += 1
        self._busy = self._number
        threading.Thread(target=self._read, args=(self._number, path, read), name="reading", daemon=True).start()

    def abandon(self) -> None:
        """Hear no more of what is being read."""
        self._number += 1

    def _read(self, number: int, path: Path, read: Callable[[Path], Document]) -> None:
        found: object
        before = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        try:
            with garbage.put_off():
                found = read(path)
        except EngineError as error:
            found = error
        finally:
            sys.setswitchinterval(before)
        with contextlib.suppress(RuntimeError):  # the window is gone, and this object with it
            self._ended.emit(number, path, found)

    def _on_ended(self, number: int, path: Path, found: object) -> None:
        if number != self._number:
            return
        self._busy = 0
        if isinstance(found, EngineError):
            self.failed.emit(path, found)
        else:
            self.done.emit(path, found)


def is_small(path: Path) -> bool:
    """Return whether a file can be read at once; of one that cannot be read, reading says so at once."""
    try:
        return path.stat().st_size <= AT_ONCE
    except OSError:
        return True
