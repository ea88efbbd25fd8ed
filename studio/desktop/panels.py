"""What the panels around the canvas show: always what belongs to the document that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.document.analysis import Analysis
from studio.document.document import Document
from studio.document.history import History
from studio.document.nodetype import Catalogue
from studio.inspector.panel import Inspector
from studio.inspector.watching import Watching
from studio.plots.panel import Plots
from studio.ui.shell.status_line import StatusLine
from studio.ui.widgets.history_list import HistoryList
from studio.ui.widgets.problems import Problems


class Panels(QObject):
    """Lets the panels follow the editors.

    `travelled` tells that steps of the document that is shown were undone or made again.

    Parameters
    ----------
    editors
        Those of the open documents.
    inspector, problems, steps, plots, status_line
        The panels.
    """

    travelled = Signal()

    def __init__(
        self,
        editors: Editors,
        inspector: Inspector,
        problems: Problems,
        steps: HistoryList,
        plots: Plots,
        status_line: StatusLine,
    ) -> None:
        super().__init__(editors)
        self._editors, self._inspector, self._problems = editors, inspector, problems
        self._steps, self._plots, self._status_line = steps, plots, status_line
        editors.made.connect(self._follow)
        editors.shown.connect(self._turn_to)
        editors.previewed.connect(self._show_errors)
        problems.chosen.connect(lambda node: self.reveal(self._number, node))
        steps.chosen.connect(self.go_to)
        inspector.properties.left.connect(self._focus_canvas)

    @property
    def _number(self) -> int:
        return self._editors.current.number if self._editors.current is not None else 0

    # --------------------------------------------------------------------------------------------------------- showing

    def _follow(self, editor: Editor) -> None:
        """Hear of what changes in an editor, as long as it is the one that is shown."""

        def if_shown(show: Callable[..., Any]) -> Callable[..., None]:
            return lambda *values: show(*values) if editor is self._editors.current else None

        editor.edited.connect(if_shown(self._steps.refresh))
        editor.analysed.connect(if_shown(self._show_analysis))
        editor.selected.connect(if_shown(self._show_properties))
        editor.entered.connect(if_shown(self._show_graph))
        editor.opened.replaced.connect(if_shown(self._show_all))

    def _turn_to(self, editor: Editor | None) -> None:
        number = editor.number if editor is not None else 0
        self._plots.show_document(number)
        self._status_line.show_document(number)
        self._show_all()

    def _show_all(self) -> None:
        editor = self._editors.current
        self._show_graph()
        self._steps.show_history(editor.history if editor is not None else None)
        self._show_analysis()
        self._problems.show_errors(editor.errors if editor is not None else {})
        self._inspector.tensor.open(editor.watching if editor is not None else Watching())

    def _show_graph(self) -> None:
        """Let the properties be those of the graph that is shown."""
        editor = self._editors.current
        if editor is None:
            self._inspector.open(History(Document()), Catalogue("node type"))
            return
        canvas = editor.canvas
        self._inspector.open(canvas.history, canvas.canvas.catalogue)
        self._inspector.properties.show_analysis(editor.seen)
        self._show_properties(canvas.selected_ids())

    def _show_analysis(self) -> None:
        editor = self._editors.current
        analysis = editor.analysis if editor is not None else Analysis()
        self._inspector.properties.show_analysis(editor.seen if editor is not None else analysis)
        self._problems.show_analysis(analysis)
        parameters = editor.parameters if editor is not None else 0
        self._status_line.show_size(self._number, parameters, sum(analysis.flops.values()))

    def _show_properties(self, ids: list[str]) -> None:
        editor = self._editors.current
        nodes = editor.canvas.canvas.document.nodes if editor is not None else {}
        self._inspector.properties.select([id for id in ids if id in nodes])

    def _show_errors(self, editor: Editor) -> None:
        """Show what failed in a preview."""
        self._problems.show_errors(editor.errors)

    def _focus_canvas(self) -> None:
        if (editor := self._editors.current) is not None:
            editor.canvas.setFocus()

    # --------------------------------------------------------------------------------------------------------- leading

    def reveal(self, number: int, node: str) -> None:
        """Select a node of a document and bring it into view."""
        if (editor := self._editors.by_number(number)) is not None:
            editor.reveal(node)
            if editor is self._editors.current:
                editor.canvas.setFocus()

    def go_to(self, position: int) -> None:
        """Undo, or redo, until so many steps are in force."""
        if (editor := self._editors.current) is not None:
            editor.go_to(position)
            self._tell_travelled()

    def undo(self) -> None:
        """Take the last step back."""
        if (editor := self._editors.current) is not None:
            editor.undo()
            self._tell_travelled()

    def redo(self) -> None:
        """Make the step again that was undone last."""
        if (editor := self._editors.current) is not None:
            editor.redo()
            self._tell_travelled()

    def _tell_travelled(self) -> None:
        """Show at once what the document tells a turn later: whoever holds the key down goes on."""
        self._steps.refresh()
        self.travelled.emit()

    def title_of(self, node: str) -> str:
        """Return what a node of the document that is shown is called."""
        editor = self._editors.current
        return editor.title_of(node) if editor is not None else node
