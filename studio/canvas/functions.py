"""What can be done with functions on the canvas: make one of the selection, unpack it, give a node its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.document.edits import Edit
from studio.document.enclose import enclose
from studio.document.function import TITLE, function_of
from studio.document.unpack import own_copy, unpack
from studio.ui.i18n import _

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class Functions:
    """The commands of a canvas that concern functions."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def make(self) -> None:
        """Put what is selected into a function, and leave the node that stands for it selected."""
        view = self._view
        graph, root = view.canvas.document, view.history.root
        ids = view.with_contents()
        title = self._title(ids)
        self._do(lambda: _alone(*enclose(graph, root.functions, view.canvas.catalogue, ids, title)))

    def unpack(self) -> None:
        """Put what the selected nodes stand for in their places."""
        graph, root = self._view.canvas.document, self._view.history.root
        for id in self._stand_ins():
            self._do(partial(unpack, graph, root.functions, id))

    def own_copy(self) -> None:
        """Give each of the selected nodes a function of its own: a copy, which changes alone."""
        graph, root = self._view.canvas.document, self._view.history.root
        for id in self._stand_ins():
            self._do(partial(_own, graph, root.functions, id))

    @property
    def entrance(self) -> str | None:
        """The one node that is selected and can be entered, None if there is no such node."""
        chosen = self._stand_ins()
        return chosen[0] if len(chosen) == 1 and len(self._view.selected_ids()) == 1 else None

    @property
    def chosen(self) -> list[str]:
        """The functions that selected nodes stand for, each once."""
        nodes = self._view.canvas.document.nodes
        return list(dict.fromkeys(str(function_of(nodes[id])) for id in self._stand_ins()))

    def _stand_ins(self) -> list[str]:
        graph, functions = self._view.canvas.document, self._view.history.root.functions
        nodes = (graph.nodes.get(id) for id in self._view.selected_ids())
        return [node.id for node in nodes if node is not None and function_of(node) in functions]

    def _title(self, ids: list[str]) -> str:
        """Return what a new function is called: as a frame that is among them, or by a number."""
        notes = (self._view.canvas.document.notes.get(id) for id in ids)
        named = next((note.text for note in notes if note is not None and note.frame and note.text.strip()), "")
        if named:
            return named.split("\n")[0].strip()[:60]
        taken = {body.settings.get(TITLE) for body in self._view.history.root.functions.values()}
        numbers = range(1, len(taken) + 2)
        return next(name for n in numbers if (name := _("Function {number}").format(number=n)) not in taken)

    def _do(self, make: Callable[[], tuple[Edit, list[str]]]) -> None:
        view = self._view
        try:
            edit, ids = make()
        except EngineError as error:
            view.refused.emit(error)
            return
        view.do(edit)
        view.history.seal()
        view.canvas.select([id for id in ids if view.canvas.document.has(id)])


def _alone(edit: Edit, id: str) -> tuple[Edit, list[str]]:
    return edit, [id]


def _own(graph: Document, functions: Mapping[str, Document], id: str) -> tuple[Edit, list[str]]:
    return own_copy(graph, functions, id), [id]
