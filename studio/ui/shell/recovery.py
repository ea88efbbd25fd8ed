"""Recovery: while a document has changes that are not saved, a copy of it is kept; who finds one later may open it."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile, QObject, Qt, QTimer, Signal

from engine.core.errors import EngineError
from studio.document.document import Contents, Document
from studio.document.file import Writer
from studio.document.recovery import SUFFIX, Copy, copies, folder, keep
from studio.ui.shell.desk import Desk
from studio.ui.shell.reading import Reading

#: Milliseconds after an edit until it goes into the copy; twice that if one is just being written.
DELAY: Final = 250
#: Copies that nobody has asked for in so many seconds are removed: a month.
LONGEST: Final = 30 * 86_400.0
#: Copies that the user was told of belong to no session any more.
_SEEN: Final = "seen"


class Recovery(QObject):
    """Keeps a copy of the document on the desk as long as it is needed, and finds those of programs that have ended.

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
    _ended = Signal(object, object)

    def __init__(self, desk: Desk, place: Path | None = None) -> None:
        super().__init__(desk)
        self._desk = desk
        self._place = place or folder()
        self._session = secrets.token_hex(6)
        self._lock: QLockFile | None = None
        self._number = 0
        self._writer = Writer()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._has_failed = False
        self._opening: Copy | None = None
        self._replaced: Copy | None = None
        self._reading = Reading(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(lambda _file, error: self.failed.emit(error))
        self._unsubscribe: Callable[[], None] = lambda: None
        self._timer = QTimer(self, interval=DELAY, singleShot=True)
        self._timer.timeout.connect(self._write)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        desk.opened.connect(self._follow)
        desk.closed.connect(self._follow)
        desk.saved.connect(self.drop)

    # ----------------------------------------------------------------------------------------- the present document

    @property
    def file(self) -> Path:
        """Where the copy of the present document lies, if there is one."""
        return self._place / f"{self._session}-{self._number}{SUFFIX}"

    def _follow(self) -> None:
        """Keep copies of the document that is on the desk now; that of the one before is not wanted any more."""
        self.drop()
        self._unsubscribe()
        self._number += 1
        self._has_failed = False
        self._unsubscribe = self._desk.document.subscribe(lambda _edit: self._plan())
        if self._desk.modified:
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

    def _write(self) -> None:
        if not self._desk.modified:  # all was undone
            self.drop()
        elif self._thread is not None:
            self._plan()
        else:
            self._hold_lock()
            work = self.file, self._writer, self._desk.document.contents(), self._desk.path
            self._thread = threading.Thread(target=self._keep, args=work, name="recovery", daemon=True)
            self._thread.start()

    def _keep(self, file: Path, writer: Writer, contents: Contents, path: Path | None) -> None:
        written: Path | None = None
        error: EngineError | None = None
        with self._guard:
            if writer is self._writer:  # else the document was saved or closed meanwhile
                try:
                    keep(file, contents, path, writer)
                    written = file
                except EngineError as failure:
                    error = failure
        self._ended.emit(written, error)

    def _on_ended(self, written: Path | None, error: EngineError | None) -> None:
        self._thread = None
        if self._replaced is not None and written == self.file:
            self._replaced.discard()
            self._replaced = None
        if error is not None and not self._has_failed:
            self._has_failed = True
            self.failed.emit(error)

    def _hold_lock(self) -> None:
        if self._lock is None:
            with contextlib.suppress(OSError):  # then the copy cannot be written either, which is told
                self._place.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self._place / f"{self._session}.lock")
            self._lock.tryLock(0)

    def end(self) -> None:
        """Leave nothing of this session behind."""
        self.drop()
        if self._thread is not None:
            self._thread.join()
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    # --------------------------------------------------------------------------------------- those of other sessions

    def look(self) -> None:
        """Look for what programs have left that have ended, beside the event loop: documents may be large."""
        threading.Thread(target=lambda: self.adopted.emit(self.adopt()), name="adopting", daemon=True).start()

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
        """Put a copy on the desk, if the present document may go; it is kept until there is a new one of it."""
        self._opening = copy
        self._reading.begin(copy.file, lambda _file: copy.document())

    def _on_read(self, _file: Path, document: Document) -> None:
        copy = self._opening
        if copy is not None and self._desk.may_leave():
            self._replaced = copy
            self._desk.put_unsaved(document, copy.path)


def _lock(file: Path) -> QLockFile:
    """Return a lock that is nobody's if its process is gone, however old it is."""
    lock = QLockFile(str(file))
    lock.setStaleLockTime(0)
    return lock
