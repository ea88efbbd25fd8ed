"""Which files are open in which window: a second one on the same file is told so, and nobody is kept from anything."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

import platformdirs
from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from studio.ui.shell.desk import Desk
from studio.ui.shell.open_document import OpenDocument

#: Milliseconds between two signs of life, and until a claim without any is nobody's: its process may run on another
#: machine, or its number may be that of another one by now.
BEAT: Final = 10_000
STALE: Final = 60_000


def folder() -> Path:
    """Return where claims lie: never beside the user's files."""
    return Path(platformdirs.user_state_dir("trenza", appauthor=False)) / "open"


class Claims(QObject):
    """Claims the file of each open document, and says which of them another window has claimed before.

    A claim is a file that names a process, so that of a process that has ended is none.

    Signals
    -------
    met
        The file of a document is open in another window, too: carries the `OpenDocument`.
    parted
        It is open here only: carries the `OpenDocument`.

    Parameters
    ----------
    place
        Folder of the claims.
    """

    met = Signal(object)
    parted = Signal(object)

    def __init__(self, desk: Desk, place: Path | None = None) -> None:
        super().__init__(desk)
        self._place = place or folder()
        self._claims: dict[OpenDocument, tuple[Path, QLockFile]] = {}
        self._timer = QTimer(self, interval=BEAT)
        self._timer.timeout.connect(self.beat)
        desk.opened.connect(self._follow)
        desk.closed.connect(self._release)

    def _follow(self, document: OpenDocument) -> None:
        document.changed.connect(lambda: self._claim(document))
        self._claim(document)

    def _claim(self, document: OpenDocument) -> None:
        """Claim the file that a document has now, which may be another one than before."""
        path = document.path.resolve() if document.path is not None else None
        known = self._claims.get(document)
        if path == (known[0] if known is not None else None):
            return
        self._release(document)
        if path is not None:
            with contextlib.suppress(OSError):  # without claims all works as well
                self._place.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
            lock = QLockFile(str(self._place / f"{name}.lock"))
            lock.setStaleLockTime(STALE)
            self._claims[document] = path, lock
            self._try(document, lock)
            self._timer.start()

    def _try(self, document: OpenDocument, lock: QLockFile) -> None:
        is_ours = lock.tryLock(0)
        self._note(document, not is_ours and lock.error() is QLockFile.LockError.LockFailedError)

    def _note(self, document: OpenDocument, is_elsewhere: bool) -> None:
        if is_elsewhere != document.elsewhere:
            document.elsewhere = is_elsewhere
            document.changed.emit()
            (self.met if is_elsewhere else self.parted).emit(document)

    def _release(self, document: OpenDocument) -> None:
        self._note(document, False)  # as long as it has its claim: whoever hears of it must not claim the file again
        _path, lock = self._claims.pop(document, (None, None))
        if lock is not None:
            lock.unlock()
        if not self._claims:
            self._timer.stop()

    def beat(self) -> None:
        """Give a sign of life for each claim, and try those again that another window had."""
        for document, (_path, lock) in tuple(self._claims.items()):
            if lock.isLocked():
                with contextlib.suppress(OSError):
                    os.utime(lock.fileName())
            else:
                self._try(document, lock)
