"""The actions of the library: functions are put into it, and what is in it is looked after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError, InvalidArgumentError
from studio.canvas.levels import Levels
from studio.document.document import Document
from studio.document.function import title_of
from studio.ui.actions import Actions
from studio.ui.i18n import _
from studio.ui.library.questions import ask_about_namesake
from studio.ui.library.shelf import Shelf
from studio.ui.library.window import LibraryWindow
from studio.ui.widgets.banner import Banner

_SECONDS: Final = 8.0


class LibraryActions(QObject):
    """Binds the actions.

    Parameters
    ----------
    actions
        The program's actions.
    shelf
        The library.
    levels
        Gives the graphs of the document that is shown, None if there is none.
    open_file
        Opens a file as a document.
    banner
        Says what was done.
    window
        Above which questions are asked.
    """

    def __init__(
        self,
        actions: Actions,
        shelf: Shelf,
        levels: Callable[[], Levels | None],
        open_file: Callable[[Path], object],
        banner: Banner,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._actions, self._shelf, self._levels, self._open_file = actions, shelf, levels, open_file
        self._banner, self._parent = banner, window
        self._window: LibraryWindow | None = None
        actions.bind("library.put", self._put)
        actions.bind("library.show", self._show)

    def update(self) -> None:
        """Enable what can be done."""
        self._actions["library.put"].setEnabled(self._levels() is not None)

    def _put(self) -> None:
        """Put what the selected nodes stand for into the library, or else the function that is shown."""
        levels = self._levels()
        if levels is None:
            return
        chosen = levels.canvas.functions.chosen or ([levels.scope.function] if levels.scope.function else [])
        functions = levels.scope.document.functions
        try:
            if not chosen:
                raise InvalidArgumentError(
                    "There is no function here to be put into the library.",
                    hint="Select a node that stands for one, or enter one.",
                )
            for id in chosen:
                self._put_one(functions, id)
        except EngineError as error:
            levels.canvas.refused.emit(error)

    def _put_one(self, functions: Mapping[str, Document], id: str) -> None:
        title, shelf = title_of(id, functions[id]), self._shelf
        if shelf.same(functions, id) is not None:
            self._say(lambda: _("'{title}' is in your library already.").format(title=title))
            return
        other = shelf.namesake(title)
        answer = ask_about_namesake(self._parent, title) if other is not None else "both"
        if answer == "cancel":
            return
        shelf.put(functions, id, other if answer == "replace" else None)
        self._say(lambda: _("'{title}' is in your library now.").format(title=title))

    def _say(self, words: Callable[[], str]) -> None:
        self._banner.say("info", words, self._actions["library.show"], seconds=_SECONDS)

    def _show(self) -> None:
        if self._window is None:
            self._window = LibraryWindow(self._shelf, self._parent)
            self._window.wanted.connect(self._open_file)
        self._window.ask()
