"""The documents that are open: in which order, which is shown, and how they are opened, saved and closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.document.file import load
from studio.document.history import History
from studio.ui.i18n import _
from studio.ui.shell import files
from studio.ui.shell.file_watch import FileWatch
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.reading import Reading, is_small


class Desk(QObject):
    """Holds the open documents in the order of their tabs, and asks before changes are lost.

    Signals
    -------
    opened
        Another document is open: carries the `OpenDocument`.
    closed
        That `OpenDocument` is open no more.
    shown
        That one is shown now; None: the start page.
    moved
        The documents lie in another order.
    reading
        A large document is being read, which takes a moment; carries its name, "" once it is over.
    failed
        A file could not be read or written: carries the `OpenDocument` that it is of, or None, and the `EngineError`.

    Parameters
    ----------
    window
        Above which questions are asked.

    Attributes
    ----------
    documents
        In the order of their tabs.
    current
        The one that is shown, None for the start page.
    """

    opened = Signal(object)
    closed = Signal(object)
    shown = Signal(object)
    moved = Signal()
    reading = Signal(str)
    failed = Signal(object, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.documents: list[OpenDocument] = []
        self.current: OpenDocument | None = None
        self._lately: list[OpenDocument] = []  # the one that was shown last comes first
        self._walk: list[OpenDocument] = []
        self._closed: list[Path] = []
        self._readings: dict[Path, Reading] = {}
        self._wanted: Path | None = None
        self._none = History(Document())
        self._watch = FileWatch(self)
        self._watch.stirred.connect(self._on_stirred)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.applicationStateChanged.connect(self._on_state)

    # ------------------------------------------------------------------------------------------- the one that is shown

    @property
    def is_open(self) -> bool:
        """Whether a document is shown."""
        return self.current is not None

    @property
    def history(self) -> History:
        """The history of the document that is shown; an empty one if there is none."""
        return self.current.history if self.current is not None else self._none

    @property
    def document(self) -> Document:
        """The document that is shown; an empty one if there is none."""
        return self.history.document

    @property
    def path(self) -> Path | None:
        """Where the document that is shown is saved."""
        return self.current.path if self.current is not None else None

    @property
    def name(self) -> str:
        """What the document that is shown is called, "" if there is none."""
        return self.current.name if self.current is not None else ""

    @property
    def modified(self) -> bool:
        """Whether the document that is shown has something to lose."""
        return self.current is not None and self.current.modified

    @property
    def busy(self) -> bool:
        """Whether a large document is being read."""
        return bool(self._readings)

    def by_number(self, number: int) -> OpenDocument | None:
        """Return the open document with this number."""
        return next((d for d in self.documents if d.number == number), None)

    # ------------------------------------------------------------------------------------------------- going to others

    def show(self, document: OpenDocument | None) -> None:
        """Go to a document, or to the start page."""
        self._wanted = None
        self._walk = []
        self._turn_to(document)

    def _turn_to(self, document: OpenDocument | None) -> None:
        if document is not None and not self._walk:
            self._lately = [document, *(d for d in self._lately if d is not document)]
        if document is not self.current:
            self.current = document
            self.shown.emit(document)
            if document is not None:
                document.look_soon()  # not all that happens to files is heard of, as when a folder gets another name

    def step(self, by: int) -> None:
        """Go to the next document in the order of the tabs, or the one before (-1), round and round."""
        if self.documents:
            place = self.documents.index(self.current) + by if self.current is not None else min(by, 0)
            self.show(self.documents[place % len(self.documents)])

    def walk(self, by: int) -> None:
        """Go to the document that was shown before this one, and on from there until `end_walk`; -1 comes back."""
        if not self._walk:
            self._walk = list(self._lately)
        if self._walk:
            place = self._walk.index(self.current) + by if self.current is not None else min(by, 0)
            self._turn_to(self._walk[place % len(self._walk)])

    def end_walk(self) -> None:
        """Stay with the document that was gone to."""
        if self._walk:
            self._walk = []
            self._turn_to(self.current)

    def move(self, document: OpenDocument, place: int) -> None:
        """Put a document at another place among the tabs; beyond the ends there is none."""
        place = min(max(place, 0), len(self.documents) - 1)
        if self.documents[place] is not document:
            self.documents.remove(document)
            self.documents.insert(place, document)
            self.moved.emit()

    # --------------------------------------------------------------------------------------------------------- opening

    def new(self) -> None:
        """Begin an empty document."""
        self._put(Document(), None)

    def begin(self, template: Path) -> None:
        """Begin a document with what a template holds."""
        self._put(load(template), None)

    def put_copy(self, document: Document, title: str) -> None:
        """Open a document that was never saved, under a title."""
        self._put(document, None, saved=False, title=title)

    def put_unsaved(self, document: Document, path: Path | None) -> None:
        """Open a document that is not what was saved at `path`, in place of the one that was, if that is open.

        If that has changes, too, this one is a copy, which is saved nowhere yet.
        """
        title, known = "", self.at(path) if path is not None else None
        if known is not None and known.modified:
            path, title = None, _copy_of(known.name)
        elif known is not None:
            self.drop(known)
        self._put(document, path, saved=False, title=title)

    def ask_and_open(self) -> None:
        """Open the documents that the user picks."""
        for path in files.ask_paths_to_open(self._window):
            self.open(path)

    def at(self, path: Path) -> OpenDocument | None:
        """Return the open document that is saved at `path`."""
        return next((d for d in self.documents if d.is_at(path)), None)

    def open(self, path: Path, show: bool = True) -> bool:
        """Open a document, or go to it if it is open. Returns whether it is, or, if it is large, being read.

        With `show` false it gets a tab, and what is shown stays.
        """
        if (known := self.at(path)) is not None:
            if show:
                self.show(known)
            return True
        if not is_small(path):
            self._read(path, show)
            return True
        try:
            document = load(path)
        except EngineError as error:
            self.failed.emit(None, error)
            return False
        files.remember(path)
        self._put(document, path, show=show)
        return True

    def _read(self, path: Path, show: bool) -> None:
        """Read a large document beside the event loop. It is shown if the user has gone nowhere else meanwhile."""
        if show:
            self._wanted = path
        if path in self._readings:
            return
        reading = self._readings[path] = Reading(self)
        reading.done.connect(self._on_read)
        reading.failed.connect(self._on_unread)
        reading.begin(path)
        self.reading.emit(path.stem)

    def _on_read(self, path: Path, document: Document) -> None:
        self._end_reading(path)
        files.remember(path)
        self._put(document, path, show=path == self._wanted)

    def _on_unread(self, path: Path, error: EngineError) -> None:
        self._end_reading(path)
        self.failed.emit(None, error)

    def _end_reading(self, path: Path) -> None:
        self._readings.pop(path).deleteLater()
        self.reading.emit(next(iter(self._readings)).stem if self._readings else "")

    def leave_reading(self) -> None:
        """Hear no more of the documents that are being read."""
        for reading in self._readings.values():
            reading.abandon()
        if self._readings:
            self._readings = {}
            self.reading.emit("")

    def _put(
        self, document: Document, path: Path | None, *, saved: bool = True, show: bool = True, title: str = ""
    ) -> None:
        opened = OpenDocument(document, path, saved, title or ("" if path else self._free_title()))
        opened.setParent(self)
        opened.saved.connect(self._rewatch)
        opened.returned.connect(self._rewatch)
        place = self.documents.index(self.current) + 1 if self.current is not None and show else len(self.documents)
        self.documents.insert(place, opened)
        self._lately.append(opened)
        self._rewatch()
        self.opened.emit(opened)
        if show:
            self.show(opened)

    def _free_title(self) -> str:
        """Return a title that no open document has."""
        taken = {d.name for d in self.documents}
        return next(
            t for n in range(1, len(taken) + 2) if (t := _("untitled") + (f" {n}" if n > 1 else "")) not in taken
        )

    def reload(self) -> None:
        """Take what is in the file of the document that is shown, if its changes may go."""
        document = self.current
        if document is None or document.path is None or not self._may_go([document]):
            return
        try:
            document.replace(load(document.path))
        except EngineError as error:
            self.failed.emit(document, error)

    def detach(self) -> None:
        """Make the document that is shown a copy, which is saved nowhere yet."""
        if self.current is not None:
            self.current.detach(_copy_of(self.current.name))
            self._rewatch()

    # --------------------------------------------------------------------------------------------------------- closing

    def close(self, document: OpenDocument | None = None) -> bool:
        """Close a document, by default the one that is shown, if it may go. Return whether it has gone."""
        document = document or self.current
        if document is None:  # the start page: back to where one was
            self.leave_reading()
            self.show(self._lately[0] if self._lately else None)
            return False
        return self._close([document])

    def close_others(self, document: OpenDocument) -> bool:
        """Close all but this one, if they may go."""
        return self._close([d for d in self.documents if d is not document])

    def close_all(self) -> bool:
        """Close all, if they may go."""
        return self._close(self.documents)

    def _close(self, documents: Sequence[OpenDocument]) -> bool:
        if not self._may_go(documents):
            return False
        for document in tuple(documents):
            self.drop(document)
        return True

    def drop(self, document: OpenDocument) -> None:
        """Close a document, saved or not."""
        self.documents.remove(document)
        self._lately.remove(document)
        self._walk = []
        if document.path is not None:
            self._closed.append(document.path)
        if document is self.current:
            self._turn_to(self._lately[0] if self._lately else None)
        document.close()
        self._rewatch()
        self.closed.emit(document)
        document.deleteLater()

    def clear(self) -> None:
        """Close all, saved or not."""
        self.leave_reading()
        for document in tuple(self.documents):
            self.drop(document)

    @property
    def can_reopen(self) -> bool:
        """Whether a document was closed that can be opened again."""
        return bool(self._closed)

    def reopen(self) -> None:
        """Open the document again that was closed last."""
        if self._closed:
            self.open(self._closed.pop())

    def may_leave(self) -> bool:
        """Return whether all may go: they are saved, or the user has said what to do with them, once for all."""
        return self._may_go(self.documents)

    def _may_go(self, documents: Sequence[OpenDocument]) -> bool:
        modified = [d for d in documents if d.modified]
        if not modified:
            return True
        if len(modified) == 1:
            self.show(modified[0])  # so that the user sees what is asked about
            answer = files.ask_about_changes(self._window, modified[0].name)
        else:
            answer = files.ask_about_all(self._window, [(d.name, str(d.path or "")) for d in modified])
        return answer == "discard" or (answer == "save" and all(map(self._save, modified)))

    # ---------------------------------------------------------------------------------------------------------- saving

    def save(self) -> bool:
        """Save the document that is shown under its present name, asking for one if there is none."""
        return self.current is not None and self._save(self.current)

    def save_as(self) -> bool:
        """Save the document that is shown under a name that the user gives."""
        return self.current is not None and self._save_as(self.current)

    def save_all(self) -> bool:
        """Save all documents that have something to lose."""
        return all(self._save(d) for d in self.documents if d.modified)

    def save_to(self, path: Path) -> bool:
        """Save the document that is shown as `path`; if that fails, everything stays as it was."""
        return self.current is not None and self._save_to(self.current, path)

    def _save(self, document: OpenDocument) -> bool:
        return self._save_to(document, document.path) if document.path else self._save_as(document)

    def _save_as(self, document: OpenDocument) -> bool:
        self.show(document)
        path = files.ask_path_to_save(self._window, document.path, document.name)
        return self._save_to(document, path) if path else False

    def _save_to(self, document: OpenDocument, path: Path) -> bool:
        other = self.at(path)
        if other is not None and other is not document:
            self.show(document)
            if not files.ask_to_replace_open(self._window, other.name):
                return False
        elif document.is_at(path) and document.changed_on_disk:
            self.show(document)
            if not files.ask_to_overwrite(self._window, document.name):
                return False
        try:
            document.save_to(path)
        except EngineError as error:
            self.show(document)
            self.failed.emit(document, error)
            return False
        if other is not None and other is not document:
            self.drop(other)
        files.remember(path)
        return True

    # --------------------------------------------------------------------------------------------------- other programs

    def _rewatch(self) -> None:
        self._watch.watch(d.path for d in self.documents if d.path is not None)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:  # the user was elsewhere: who knows what was done there
            for document in self.documents:
                document.look_soon()

    def _on_stirred(self, place: Path) -> None:
        self._rewatch()
        for document in self.documents:
            if document.path is not None and place in (document.path, document.path.parent):
                document.look_soon()


def _copy_of(name: str) -> str:
    return _("{name} (copy)").format(name=name)
