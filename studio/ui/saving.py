"""Saving what a panel shows: asking where and as what, writing it, and saying how that went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.core.errors import EngineError, InvalidArgumentError
from studio.ui.beside import beside
from studio.ui.i18n import _
from studio.ui.pictures import PICTURES
from studio.ui.settings import settings

Write = Callable[[Path], None]


class Kind(NamedTuple):
    """A kind of file.

    Parameters
    ----------
    words
        What it is called, in English.
    take
        Takes what there is to save now, and returns what writes it, or raises an `EngineError`.
    is_beside
        Whether that is done in a thread: then it must touch nothing of Qt.
    """

    words: str
    take: Callable[[], Write]
    is_beside: bool = False


#: By the endings of files.
Kinds = Mapping[str, Kind]


def pictures(of: Callable[[], QWidget]) -> dict[str, Kind]:
    """Return the pictures that a widget can be saved as: the one that `of` gives then."""

    def kind(ending: str, write: Callable[[QWidget, Path], None]) -> Kind:
        return Kind(ending[1:].upper(), lambda: partial(write, of()))

    return {ending: kind(ending, write) for ending, write in PICTURES.items()}


def ask_path(window: QWidget, panel: str, title: str, stem: str, words: Mapping[str, str]) -> Path | None:
    """Let the user choose a file, and remember its folder for the panel; None if the dialog is left.

    Parameters
    ----------
    title, stem
        Of the dialog, and what the file is called at first, both in the language in use.
    words
        What the kinds of files are called, in English, by their endings: without one the chosen kind's is added.
    """
    setting = f"{panel}/folder"
    folder = Path(str(settings().value(setting) or Path.home()))
    filters = {f"{_(text)} (*{ending})": ending for ending, text in words.items()}
    first = next(iter(words))
    name, chosen = QFileDialog.getSaveFileName(window, title, str(folder / f"{stem}{first}"), ";;".join(filters))
    if not name:
        return None
    path = Path(name)
    settings().setValue(setting, str(path.parent))
    return path if path.suffix else path.with_name(path.name + filters.get(chosen, first))


class Saver(QObject):
    """Saves what a panel shows.

    Parameters
    ----------
    panel
        Its name, for the setting that holds the folder.
    title, stem
        Give the title of the dialog and what the file is called at first, in the language in use.
    kinds
        As what it can be saved.
    window
        Over which the dialog shows.

    Signals
    -------
    failed
        Something cannot be saved: carries the error.
    saved
        A file was written: carries its path.
    """

    failed = Signal(object)
    saved = Signal(object)

    def __init__(
        self, panel: str, title: Callable[[], str], stem: Callable[[], str], kinds: Kinds, window: QWidget
    ) -> None:
        super().__init__(window)
        self._panel, self._title, self._stem, self._kinds, self._window = panel, title, stem, kinds, window

    def ask(self) -> None:
        """Let the user choose a file, and save."""
        words = {ending: kind.words for ending, kind in self._kinds.items()}
        path = ask_path(self._window, self._panel, self._title(), self._stem(), words)
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write a file; of what kind, its ending says."""
        kind = self._kinds.get(path.suffix.lower())
        if kind is None:
            self.failed.emit(
                InvalidArgumentError(
                    "This cannot be saved as {ending}.",
                    hint="Use {known}.",
                    ending=path.suffix or path.name,
                    known=", ".join(self._kinds),
                )
            )
            return
        write = kind.take()
        if kind.is_beside:
            beside(self, "saving", lambda: _tried(write, path), lambda error: self._tell(path, error))
        else:
            self._tell(path, _tried(write, path))

    def _tell(self, path: Path, error: EngineError | None) -> None:
        if error is None:
            self.saved.emit(path)
        else:
            self.failed.emit(error)


def _tried(write: Write, path: Path) -> EngineError | None:
    """Write a file, and return what went wrong, if anything has."""
    try:
        write(path)
    except EngineError as error:
        return error
    return None
