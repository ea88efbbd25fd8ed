"""Recovery: while documents have changes that are not saved, copies are kept; who finds one later may open it."""

from __future__ import annotations

import contextlib
import secrets
import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile, QObject, Signal

from studio.document.document import Document
from studio.document.recovery import SUFFIX, Copy, copies, folder
from studio.ui.beside import beside
from studio.ui.shell.desk import Desk
from studio.ui.shell.keeper import Keeper
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.reading import Reading

#: Copies that nobody has asked for in so many seconds are removed: a month.
LONGEST: Final = 30 * 86_400.0
#: Copies that the user was told of belong to no session any more.
_SEEN: Final = "seen"


class Recovery(QObject):
    """Keeps copies of the open documents as long as they are needed, and finds those of programs that have ended.

    A lock file with the number of its process says that a session is alive.

    Signals
    -------
    failed
        A copy could not be written or read: carries the `EngineError`, for each document once.
    adopted
        Copies of programs that have ended were looked for: carries how many were found.

    Parameters
    ----------
    place
        Folder of the copies.
    """

    failed = Signal(object)
    adopted = Signal(int)

    def __init__(self, desk: Desk, place: Path | None = None) -> None:
        super().__init__(desk)
        self._desk = desk
        self._place = place or folder()
        self._session = secrets.token_hex(6)
        self._lock: QLockFile | None = None
        self._keepers: dict[int, Keeper] = {}
        self._opening: Copy | None = None
        self._replaced: Copy | None = None
        self._reading = Reading(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(lambda _file, error: self.failed.emit(error))
        desk.opened.connect(self._follow)
        desk.closed.connect(self._leave)

    # ------------------------------------------------------------------------------------------- the open documents

    def file_of(self, number: int) -> Path:
        """Return where the copy of a document lies, if there is one."""
        return self._place / f"{self._session}-{number}{SUFFIX}"

    def _follow(self, opened: OpenDocument) -> None:
        """Keep copies of a document."""
        keeper = Keeper(opened, self.file_of(opened.number), self._hold_lock)
        keeper.replaces, self._replaced = self._replaced, None
        keeper.failed.connect(self.failed)
        self._keepers[opened.number] = keeper

    def _leave(self, opened: OpenDocument) -> None:
        """Its copy is not wanted any more."""
        if (keeper := self._keepers.pop(opened.number, None)) is not None:
            keeper.end()

    def _hold_lock(self) -> None:
        if self._lock is None:
            with contextlib.suppress(OSError):  # then the copy cannot be written either, which is told
                self._place.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self._place / f"{self._session}.lock")
            self._lock.tryLock(0)

    def end(self) -> None:
        """Leave nothing of this session behind."""
        for keeper in self._keepers.values():
            keeper.end()
        self._keepers.clear()
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    # --------------------------------------------------------------------------------------- those of other sessions

    def look(self) -> None:
        """Look for what programs have left that have ended, beside the event loop: documents may be large."""
        beside(self, "adopting", self.adopt, self.adopted.emit)

    def adopt(self) -> int:
        """Take over the copies of programs that have ended, and return how many are needed; the others are removed."""
        new = 0
        for file in self._place.glob("*.lock"):
            lock = _lock(file)
            if file.stem == self._session or not lock.tryLock(0):  # it is alive
                continue
            for copy in copies(self._place, file.stem):
                if not copy.is_needed():
                    copy.discard()
                    continue
                with contextlib.suppress(OSError):
                    copy.file.replace(self._place / f"{_SEEN}-{copy.file.name}")
                    new += 1
            lock.unlock()
        return new

    def found(self) -> list[Copy]:
        """Return the copies that were taken over, the last first; those that nobody has wanted for long are removed."""
        found = copies(self._place, _SEEN)
        for copy in found:
            if time.time() - copy.when > LONGEST:
                copy.discard()
        return sorted((c for c in found if c.file.exists()), key=lambda c: -c.when)

    def open(self, copy: Copy) -> None:
        """Open a copy; it is kept until there is a new one of it."""
        self._opening = copy
        self._reading.begin(copy.file, lambda _file: copy.document())

    def _on_read(self, _file: Path, document: Document) -> None:
        copy = self._opening
        if copy is not None:
            self._replaced = copy
            self._desk.put_unsaved(document, copy.path)


def _lock(file: Path) -> QLockFile:
    """Return a lock that is nobody's if its process is gone, however old it is."""
    lock = QLockFile(str(file))
    lock.setStaleLockTime(0)
    return lock
