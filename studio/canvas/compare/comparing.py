"""The actions of comparisons: with what is the document that is shown to be compared?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from studio.canvas.compare.window import CompareWindow, Source
from studio.document.document import Document
from studio.ui.actions import Actions
from studio.ui.i18n import N_, _, describe
from studio.ui.icons import icon
from studio.ui.shell import files
from studio.ui.shell.desk import Desk
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.reading import Reading
from studio.ui.widgets.banner import Banner
from studio.ui.widgets.chooser import Chooser, Entry

_TOP: Final = 56
_SAVED, _FILE, _TAB = "saved", "file", "tab:"


class Comparing(QObject):
    """Asks with what to compare, and opens a window that does.

    Parameters
    ----------
    actions, desk
        The program's actions, and the open documents.
    banner
        Says why a file cannot be read.
    window
        Over which the question shows.
    """

    def __init__(self, actions: Actions, desk: Desk, banner: Banner, window: QWidget) -> None:
        super().__init__(window)
        self._actions, self._desk, self._banner, self._window = actions, desk, banner, window
        self.chooser = Chooser(N_("Compare with…"), window)
        self.chooser.setObjectName("compare_with")
        self.chooser.chosen.connect(self._on_chosen)
        self._reading = Reading(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(lambda _path, error: self._say(error))
        self._asked: OpenDocument | None = None
        self.windows: list[CompareWindow] = []
        actions.bind("file.compare", self.ask)
        actions.bind("compare.next", lambda: self._step(1))
        actions.bind("compare.previous", lambda: self._step(-1))
        self._update()

    def update(self) -> None:
        """Enable what can be done."""
        self._actions["file.compare"].setEnabled(self._desk.is_open)

    def ask(self) -> None:
        """Ask with what the document that is shown is to be compared."""
        self._asked = self._desk.current
        if self._asked is not None:
            self.chooser.offer(list(self._entries(self._asked)))
            self.chooser.open_at(QPoint((self._window.width() - self.chooser.width()) // 2, _TOP))

    def _entries(self, document: OpenDocument) -> Iterator[Entry]:
        if document.path is not None:
            yield Entry(_SAVED, _("As it is saved"), str(document.path), icon=icon("save"))
        for other in self._desk.documents:
            if other is not document:
                yield Entry(f"{_TAB}{other.number}", other.name, _("Open in another tab"), icon=icon("app-window"))
        yield Entry(_FILE, _("A file…"), icon=icon("folder-open"))

    def _on_chosen(self, key: str) -> None:
        if self._asked is None or self._asked not in self._desk.documents:
            return
        if key == _SAVED and self._asked.path is not None:
            self._reading.begin(self._asked.path)
        elif key == _FILE:
            path = files.ask_path_to_compare(self._window)
            if path is not None:
                self._reading.begin(path)
        elif (other := self._desk.by_number(int(key.removeprefix(_TAB)))) is not None:
            self._show(partial(str, other.name), _still(other.document))

    def _on_read(self, path: Path, document: Document) -> None:
        is_same = self._asked is not None and self._asked.is_at(path)
        self._show(partial(_saved_name, path.stem) if is_same else partial(str, path.name), document)

    def _show(self, name: Callable[[], str], document: Document) -> None:
        asked = self._asked
        if asked is None or asked not in self._desk.documents:
            return
        before, after = Source(name, document), Source(partial(str, asked.name), _still(asked.document))
        QTimer.singleShot(1, self, lambda: self._open(before, after))

    def _open(self, before: Source, after: Source) -> None:
        """Make a window, and show it a turn later: both take their time."""
        window = CompareWindow(before, after, self._actions, self._window)
        self.windows.append(window)
        window.closed.connect(lambda: self._forget(window))
        self._update()
        QTimer.singleShot(1, window, lambda: _present(window))

    def close(self) -> None:
        """Close all windows that compare."""
        for window in tuple(self.windows):
            window.close()

    def _forget(self, window: CompareWindow) -> None:
        self.windows = [w for w in self.windows if w is not window]
        self._update()

    def _update(self) -> None:
        for id in ("compare.next", "compare.previous"):
            self._actions[id].setEnabled(bool(self.windows))

    def _step(self, by: int) -> None:
        window = next((w for w in self.windows if w.isActiveWindow()), self.windows[-1] if self.windows else None)
        if window is not None:
            window.step(by)

    def _say(self, error: EngineError) -> None:
        self._banner.say("bad", lambda: describe(error))


def _present(window: CompareWindow) -> None:
    window.show()
    window.raise_()
    window.activateWindow()


def _saved_name(name: str) -> str:
    return _("{name}, as it is saved").format(name=name)


def _still(document: Document) -> Document:
    """Return a document as it is now, which stays as it is."""
    return Document.of(document.contents())
