"""The user's library as it lies on disk: read beside the event loop, and again whenever some window changes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from engine.core.errors import EngineError, UnavailableError
from studio.document import library
from studio.document.document import Document
from studio.document.library import SUFFIX, Kept
from studio.document.nodetype import NodeType
from studio.ui import stored
from studio.ui.beside import beside

#: Milliseconds after which a folder in which something happens is looked at: more is likely to happen.
_DELAY_MS: Final = 60


@dataclass(frozen=True)
class _Read:
    """What a file held when it had this stamp: a function and its type, or why there is none."""

    stamp: tuple[int, ...]
    kept: Kept | None
    node_type: NodeType | None = None
    error: EngineError | None = None


def folder() -> Path:
    """Return where the library lies: beside the user's settings."""
    return stored.settings_file().parent / "functions"


class Shelf(QObject):
    """The functions of the library, by the ids of their types.

    Signals
    -------
    changed
        Other functions are there, or they are others than before.

    Attributes
    ----------
    types
        Their types of nodes, by title. It is always the same mapping.
    kept
        The functions.
    damaged
        The files that are no functions, and why.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.types: dict[str, NodeType] = {}
        self.kept: dict[str, Kept] = {}
        self.damaged: dict[Path, EngineError] = {}
        self._folder = folder()
        self._known: Mapping[Path, _Read] = {}
        self._busy = self._again = False
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, interval=_DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        self._watcher.directoryChanged.connect(lambda _path: self._timer.start())
        self.refresh()

    @property
    def busy(self) -> bool:
        """Whether the folder is being read, or is to be."""
        return self._busy or self._again or self._timer.isActive()

    # --------------------------------------------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Look at the folder."""
        if self._busy:
            self._again = True
            return
        self._busy, self._again = True, False
        place, known = self._folder, self._known
        beside(self, "library", lambda: {p: _read(p, known.get(p)) for p in _files(place)}, self._on_ended)

    def _on_ended(self, found: Mapping[Path, _Read]) -> None:
        self._busy = False
        if str(self._folder) not in self._watcher.directories() and self._watcher.addPath(str(self._folder)):
            self._timer.start()  # for what has happened there since it was read
        if self._again:
            self.refresh()
        if found == self._known:
            return
        self._known = found
        whole = [(r.kept, r.node_type) for r in found.values() if r.kept is not None and r.node_type is not None]
        whole.sort(key=lambda pair: pair[0].title.casefold())
        self.kept = {kept.type_id: kept for kept, _type in whole}
        self.types.clear()
        self.types.update((kept.type_id, node_type) for kept, node_type in whole)
        self.damaged = {path: r.error for path, r in found.items() if r.error is not None}
        self.changed.emit()

    # -------------------------------------------------------------------------------------------------------- changing

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._folder

    def same(self, functions: Mapping[str, Document], id: str) -> Kept | None:
        """Return what is the same in the library as a function of a document."""
        return next((kept for kept in self.kept.values() if kept.is_same(functions, id)), None)

    def namesake(self, title: str) -> Kept | None:
        """Return what is called so in the library."""
        return next((kept for kept in self.kept.values() if kept.title == title), None)

    def put(self, functions: Mapping[str, Document], id: str, over: Kept | None = None) -> Path:
        """Put a function of a document into the library, or in place of one that is there; see `library.put`."""
        path = library.put(self._folder, functions, id, over)
        self.refresh()
        return path

    def rename(self, kept: Kept, title: str) -> Path:
        """Call a function otherwise; see `library.rename`."""
        path = library.rename(kept, title)
        self.refresh()
        return path

    def remove(self, path: Path) -> None:
        """Take a file out of the library; see `library.remove`."""
        library.remove(path)
        self.refresh()


def _files(place: Path) -> list[Path]:
    try:
        place.mkdir(parents=True, exist_ok=True)  # what is not there cannot be watched
        return sorted(path for path in place.iterdir() if path.suffix == SUFFIX and not path.name.startswith("."))
    except OSError:  # there can be no library
        return []


def _read(path: Path, known: _Read | None) -> _Read:
    try:
        stat = os.stat(path)
        stamp = stat.st_mtime_ns, stat.st_size, stat.st_ino
        if known is not None and known.stamp == stamp:
            return known
        kept = library.read(path)
        return _Read(stamp, kept, kept.node_type())
    except OSError as error:  # it went at this moment, or may not be looked at
        gone = UnavailableError("{path} cannot be read: {why}.", path=path, why=error.strerror or str(error))
        return _Read((), None, error=gone)
    except EngineError as error:
        return _Read(stamp, None, error=error.with_traceback(None))
