"""The room that a graph has: it changes with the workspace, and what is in view changes with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from studio.canvas.view import CanvasView
from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.desktop.stage import Stage, sees_all
from studio.ui.shell.docks import Docks
from studio.ui.shell.tabs import Tabs
from studio.ui.shell.workspaces import PRESENT, Workspaces


class Room(QObject):
    """Shows the panels of the workspace around a document, or the canvas alone, and the graph as it fits there.

    Parameters
    ----------
    editors, docks, workspaces, tabs, status_line
        What it works with.
    dress
        Lets a canvas be as its switches say: the map is taken away for presenting.
    """

    def __init__(
        self,
        editors: Editors,
        docks: Docks,
        workspaces: Workspaces,
        tabs: Tabs,
        status_line: QWidget,
        dress: Callable[[CanvasView], None],
    ) -> None:
        super().__init__(editors)
        self._editors, self._docks, self._workspaces = editors, docks, workspaces
        self._tabs, self._status_line, self._dress = tabs, status_line, dress
        self._stage = Stage()
        docks.settled.connect(self.frame)
        workspaces.changing.connect(self._keep_all_in_view)
        workspaces.changed.connect(self._bare_or_not)
        editors.shown.connect(self._on_shown)
        editors.made.connect(lambda editor: editor.entered.connect(self._frame_soon))

    def _on_shown(self, editor: Editor | None) -> None:
        if editor is None:
            self._workspaces.leave()
        else:
            self._workspaces.enter()
            self._frame_soon()
        self._bare_or_not()

    def _keep_all_in_view(self, workspace: str) -> None:
        """The panels are about to lie otherwise: where all of a graph is seen, it is to be seen then, too."""
        editor = self._editors.current
        alone = self._tabs.is_bare or workspace == PRESENT
        if editor is not None and not alone and sees_all(editor.canvas):
            editor.is_new = True

    def _bare_or_not(self) -> None:
        """Show the canvas alone, or with tabs and status line."""
        bare = self._workspaces.presenting
        if bare == self._tabs.is_bare:
            return
        self._tabs.is_bare = bare
        self._tabs.refresh()
        self._status_line.setVisible(not bare)
        if not bare:
            for canvas in (canvas for editor in self._editors for canvas in editor.canvases):
                self._stage.leave(canvas)
                self._dress(canvas)

    def _frame_soon(self) -> None:
        QTimer.singleShot(0, self, self.frame)

    def frame(self) -> None:
        """Show all of a document that is seen for the first time, or that is presented."""
        editor = self._editors.current
        if editor is None:
            return
        if editor.is_new:
            editor.canvas.frame_all()
        if self._workspaces.presenting and not self._docks.settling:
            self._stage.present(editor.canvas)
        editor.is_new = editor.is_new and self._docks.settling
