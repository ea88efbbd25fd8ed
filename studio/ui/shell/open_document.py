"""A document that is open: what was done to it, where it is saved, and how its file is."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.document.edits import Edit
from studio.document.file import fingerprint, save
from studio.document.history import History
from studio.ui.i18n import _

_numbers = itertools.count(1)

#: Milliseconds after a change of a file until it is looked at: programs that save take several steps.
SETTLE: Final = 60


class OpenDocument(QObject):
    """A document with its history and its file.

    Signals
    -------
    changed
        What it is called, whether there is something to save, or how its file is, may be another than before.
    replaced
        Other contents have taken its place, with a history of their own.
    rewritten
        Another program has written to the file.
    vanished, returned
        The file is gone; it is there again.
    saved
        It was saved; its path may have changed.
    rescued
        It was saved where its file had been, which was gone.

    Parameters
    ----------
    document
        The contents.
    path
        Where it is saved, None if it never was.
    saved
        Whether the contents are what was saved there.
    title
        What it is called as long as it has no path.

    Attributes
    ----------
    number
        What it is known by in this program, from 1 on.
    is_missing, is_locked
        Whether the file is gone, or must not be written to.
    elsewhere
        Whether another window has it open, too.
    """

    changed = Signal()
    replaced = Signal()
    rewritten = Signal()
    vanished = Signal()
    returned = Signal()
    saved = Signal()
    rescued = Signal()

    def __init__(self, document: Document, path: Path | None, saved: bool = True, title: str = "") -> None:
        super().__init__()
        self.number = next(_numbers)
        self.history = History(document, saved)
        self.path, self._title = path, title
        self.is_missing = self.is_locked = self.elsewhere = False
        self._unsubscribe = document.subscribe(self._on_edit)
        self._on_disk = fingerprint(path) if path and saved else ""
        self._told = self._on_disk
        self._look_timer = QTimer(self, interval=SETTLE, singleShot=True)
        self._look_timer.timeout.connect(self.look)
        self._edit_timer = QTimer(self, interval=0, singleShot=True)
        self._edit_timer.timeout.connect(self.changed)
        if path is not None:
            self.look()

    @property
    def document(self) -> Document:
        """The contents."""
        return self.history.document

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.stem if self.path else self._title or _("untitled")

    @property
    def modified(self) -> bool:
        """Whether there is something to lose: changes that are not saved, or all, if the file is gone."""
        return self.history.modified or self.is_missing

    def is_at(self, path: Path) -> bool:
        """Return whether it is saved at `path`, by whatever name that goes."""
        if self.path is None:
            return False
        try:
            return self.path.samefile(path)
        except OSError:
            return self.path.resolve() == path.resolve()

    def replace(self, document: Document) -> None:
        """Take what is in the file now in place of the contents."""
        self._unsubscribe()
        self.history = History(document)
        self._unsubscribe = document.subscribe(self._on_edit)
        self._on_disk = self._told = fingerprint(self.path) if self.path else ""
        self.replaced.emit()
        self.changed.emit()

    def detach(self, title: str) -> None:
        """Be a copy from now on, which is saved nowhere yet."""
        self.path, self._title, self._on_disk = None, title, ""
        self.is_missing = self.is_locked = False
        self.history.mark_unsaved()
        self.changed.emit()

    def close(self) -> None:
        """Follow neither the contents nor the file any more."""
        self._unsubscribe()
        self._look_timer.stop()
        self._edit_timer.stop()

    def _on_edit(self, _edit: Edit) -> None:
        self._edit_timer.start()  # the history takes note of an edit after the document has announced it

    # ------------------------------------------------------------------------------------------------------- the file

    @property
    def changed_on_disk(self) -> bool:
        """Whether the file is there, and holds something else than was read from it or written to it last."""
        found = fingerprint(self.path) if self.path else ""
        return found not in ("", self._on_disk)

    def save_to(self, path: Path) -> None:
        """Save as `path`.

        Raises
        ------
        EngineError
            If that is not possible; everything stays as it was.
        """
        try:
            save(self.document, path)
        except EngineError:
            self.look()
            raise
        is_rescue = self.is_missing and path == self.path
        self.path = path
        self._on_disk = self._told = fingerprint(path)
        self.history.mark_saved()
        self.is_missing = False
        self.look()
        self.saved.emit()
        self.changed.emit()
        if is_rescue:
            self.rescued.emit()

    def look_soon(self) -> None:
        """Look at the file: something has happened to it, or in its folder."""
        self._look_timer.start()

    def look(self) -> None:
        """See how the file is, and tell of it if that is news."""
        if self.path is None:
            return
        before = self.is_missing, self.is_locked
        self.is_missing = not self.path.exists()
        self.is_locked = not self.is_missing and not os.access(self.path, os.W_OK)
        if (self.is_missing, self.is_locked) != before:
            self.changed.emit()
        if self.is_missing and not before[0]:
            self.vanished.emit()
        elif before[0] and not self.is_missing:
            self.returned.emit()
        if not self.is_missing and (found := fingerprint(self.path)) not in ("", self._on_disk, self._told):
            self._told = found  # each change is told of once
            self.rewritten.emit()
