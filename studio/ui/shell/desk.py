"""The document that is being worked on: how it is opened, saved and left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.document.file import fingerprint, load, save
from studio.document.history import History
from studio.ui.i18n import _
from studio.ui.shell import files
from studio.ui.shell.reading import Reading, is_small


class Desk(QObject):
    """Holds one document, or none, and asks before changes are lost.

    Signals
    -------
    opened
        Another document is on the desk.
    closed
        The desk is empty.
    saved
        The document was saved; its path may have changed.
    reading
        A large document is being read, which takes a moment; carries its name, "" once it is over.
    changed
        Another program has written to the document's file.
    failed
        A file could not be read (carries the `EngineError`, and False) or written (and True).

    Parameters
    ----------
    window
        Above which questions are asked.
    """

    opened = Signal()
    closed = Signal()
    saved = Signal()
    reading = Signal(str)
    changed = Signal()
    failed = Signal(object, bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.history = History(Document())
        self.path: Path | None = None
        self.is_open = False
        self._on_disk = ""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_file_changed)
        self._reading = Reading(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(self._on_unread)

    @property
    def busy(self) -> bool:
        """Whether a large document is being read."""
        return self._reading.busy

    @property
    def document(self) -> Document:
        """The document on the desk; an empty one if there is none."""
        return self.history.document

    @property
    def name(self) -> str:
        """What the document is called."""
        return self.path.stem if self.path else _("untitled")

    @property
    def modified(self) -> bool:
        """Whether there are changes that are not saved."""
        return self.is_open and self.history.modified

    def new(self) -> None:
        """Begin an empty document, if the present one may go."""
        if self.may_leave():
            self._put(Document(), None)

    def begin(self, template: Path) -> None:
        """Begin a document with what a template holds, if the present one may go."""
        if self.may_leave():
            self._put(load(template), None)

    def put_unsaved(self, document: Document, path: Path | None) -> None:
        """Put a document on the desk, in place of the present one, that is not what was saved at `path`."""
        self._put(document, path, saved=False)

    def ask_and_open(self) -> None:
        """Open the document that the user picks."""
        if (path := files.ask_path_to_open(self._window)) is not None:
            self.open(path)

    def open(self, path: Path) -> bool:
        """Open a document, if the present one may go. Returns whether it is open, or, if it is large, being read."""
        if not self.may_leave():
            return False
        if not is_small(path):
            self._reading.begin(path)
            self.reading.emit(path.stem)
            return True
        try:
            document = load(path)
        except EngineError as error:
            self.failed.emit(error, False)
            return False
        files.remember(path)
        self._put(document, path)
        return True

    def _on_read(self, path: Path, document: Document) -> None:
        self.reading.emit("")
        if self.modified and not self.may_leave():  # it was edited meanwhile
            return
        files.remember(path)
        self._put(document, path)

    def _on_unread(self, path: Path, error: EngineError) -> None:
        self.reading.emit("")
        self.failed.emit(error, False)

    def close(self) -> None:
        """Clear the desk, if the document may go."""
        if self.may_leave():
            self.clear()

    def clear(self) -> None:
        """Clear the desk."""
        self._leave_reading()
        self.history, self.path, self.is_open = History(Document()), None, False
        self._watch()
        self.closed.emit()

    def _put(self, document: Document, path: Path | None, saved: bool = True) -> None:
        self._leave_reading()
        self.history, self.path, self.is_open = History(document, saved), path, True
        self._on_disk = fingerprint(path) if path and saved else ""
        self._watch()
        self.opened.emit()

    # ---------------------------------------------------------------------------------------------- other programs

    def _watch(self) -> None:
        """Hear of it if another program writes to the file."""
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if self.path is not None and self.path.exists():
            self._watcher.addPath(str(self.path))

    def _on_file_changed(self) -> None:
        self._watch()  # a file that was replaced is another one
        if self.changed_on_disk:
            self.changed.emit()

    @property
    def changed_on_disk(self) -> bool:
        """Whether the file is there, and holds something else than was read from it or written to it last."""
        found = fingerprint(self.path) if self.path else ""
        return found not in ("", self._on_disk)

    def reload(self) -> None:
        """Take what is in the file now, if the present document may go."""
        if self.path is not None:
            self.open(self.path)

    def _leave_reading(self) -> None:
        """What is still being read is wanted no more."""
        if self.busy:
            self._reading.abandon()
            self.reading.emit("")

    def save(self) -> bool:
        """Save under the present name, asking for one if there is none."""
        return self.save_to(self.path) if self.path else self.save_as()

    def save_as(self) -> bool:
        """Save under a name that the user gives."""
        path = files.ask_path_to_save(self._window, self.path)
        return self.save_to(path) if path else False

    def save_to(self, path: Path) -> bool:
        """Save as `path`; if that fails, everything stays as it was."""
        if path == self.path and self.changed_on_disk and not files.ask_to_overwrite(self._window, self.name):
            return False
        try:
            save(self.document, path)
        except EngineError as error:
            self.failed.emit(error, True)
            return False
        self.path, self._on_disk = path, fingerprint(path)
        self._watch()
        self.history.mark_saved()
        files.remember(path)
        self.saved.emit()
        return True

    def may_leave(self) -> bool:
        """Return whether the document may go: it is saved, or the user has said what to do with it."""
        if not self.modified:
            return True
        answer = files.ask_about_changes(self._window, self.name)
        return answer == "discard" or (answer == "save" and self.save())
