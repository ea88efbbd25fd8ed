"""Hears of it when other programs do something to the files of open documents."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal


class FileWatch(QObject):
    """Watches files and the folders that they lie in: a file that is gone can only come back to its folder.

    `stirred` carries the path of a file, or of a folder, to which something has happened.
    """

    stirred = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda name: self.stirred.emit(Path(name)))
        self._watcher.directoryChanged.connect(lambda name: self.stirred.emit(Path(name)))

    def watch(self, paths: Iterable[Path]) -> None:
        """Watch these files and no others; a file that was replaced is another one, and has to be watched anew."""
        wanted = {str(place) for path in paths for place in (path, path.parent) if place.exists()}
        present = {*self._watcher.files(), *self._watcher.directories()}
        if gone := present - wanted:
            self._watcher.removePaths(sorted(gone))
        if new := wanted - present:
            self._watcher.addPaths(sorted(new))
