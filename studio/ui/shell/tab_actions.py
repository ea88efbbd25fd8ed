"""The actions of tabs: going from one to another, moving and closing them, and where their documents are saved."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from studio.ui.actions import Actions
from studio.ui.shell.desk import Desk
from studio.ui.shell.tabs import Tabs


class TabActions:
    """Binds the actions, and enables those that do something just now.

    Parameters
    ----------
    actions, desk, tabs
        What it works with.
    """

    def __init__(self, actions: Actions, desk: Desk, tabs: Tabs) -> None:
        self._actions, self._desk = actions, desk
        bind = actions.bind
        bind("file.close", desk.close)
        bind("file.close_others", self._close_others)
        bind("file.close_all", desk.close_all)
        bind("file.lately", lambda: tabs.walk(1))
        bind("file.before", lambda: tabs.walk(-1))
        bind("file.next", lambda: desk.step(1))
        bind("file.previous", lambda: desk.step(-1))
        bind("file.tab_right", lambda: self._move(1))
        bind("file.tab_left", lambda: self._move(-1))
        bind("file.start_page", lambda: desk.show(None))
        bind("file.show_folder", self._show_folder)
        bind("file.copy_path", self._copy_path)

    def update(self) -> None:
        """Enable what can be done just now."""
        desk, count = self._desk, len(self._desk.documents)
        place = desk.documents.index(desk.current) if desk.current is not None else -1
        others = count > (1 if desk.is_open else 0)
        for id, enabled in {
            "file.close": count > 0 or desk.busy,
            "file.close_others": desk.is_open and count > 1,
            "file.close_all": count > 0,
            "file.lately": others,
            "file.before": others,
            "file.next": others,
            "file.previous": others,
            "file.tab_right": desk.is_open and place < count - 1,
            "file.tab_left": place > 0,
            "file.start_page": desk.is_open,
            "file.show_folder": desk.path is not None,
            "file.copy_path": desk.path is not None,
        }.items():
            self._actions[id].setEnabled(enabled)

    def _close_others(self) -> None:
        if self._desk.current is not None:
            self._desk.close_others(self._desk.current)

    def _move(self, by: int) -> None:
        if (current := self._desk.current) is not None:
            self._desk.move(current, self._desk.documents.index(current) + by)

    def _show_folder(self) -> None:
        """Show the nearest folder that is still there in the system's file manager."""
        if (path := self._desk.path) is not None:
            folder = next(p for p in path.absolute().parents if p.is_dir())
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _copy_path(self) -> None:
        if (path := self._desk.path) is not None:
            QGuiApplication.clipboard().setText(str(path.absolute()))
