"""Adding and replacing nodes by name: from the search over the canvas, or from the palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF
from PySide6.QtWidgets import QWidget

from studio.canvas.view import CanvasView
from studio.canvas.wire_commands import INSTEAD_OF
from studio.document.document import PortRef, Wire
from studio.document.nodetype import Catalogue
from studio.ui.i18n import N_
from studio.ui.usage import Usage
from studio.ui.widgets.node_search import NodeSearch


class Adding(QObject):
    """Searches a node type, and adds a node of it where the search was asked for.

    Parameters
    ----------
    nodes
        The catalogue of types.
    window
        Over which the search shows.
    canvas
        Gives the canvas of the open document, None if there is none.
    usage
        Remembers what is added.
    """

    def __init__(
        self, nodes: Catalogue, window: QWidget, canvas: Callable[[], CanvasView | None], usage: Usage
    ) -> None:
        super().__init__(window)
        self._window, self._canvas = window, canvas
        self._carry_out: Callable[[str], object] = lambda _type_id: None
        self.search = NodeSearch(nodes, usage, window)
        self.search.chosen.connect(lambda type_id: self._carry_out(type_id))
        self.search.closed.connect(self._focus)

    def ask(self, position: QPointF, dangling: PortRef | Wire | None, text: str) -> None:
        """Let the user search a type; the node comes to `position`, wired to `dangling`, or put into that wire."""
        if (canvas := self._canvas()) is None:
            return
        self._carry_out = lambda type_id: self._add(type_id, position, dangling)
        self.search.field.set_placeholder(N_("Add a node…"))
        at = canvas.viewport().mapTo(self._window, canvas.mapFromScene(position))
        self.search.popup(at, canvas.fitting(dangling), text, canvas.type_behind(_end(dangling)))

    def add_in_the_middle(self, type_id: str) -> None:
        """Add a node where the user looks, beside what is selected."""
        if (canvas := self._canvas()) is not None:
            canvas.add_node(type_id, canvas.free_place())
            canvas.history.seal()
            canvas.setFocus()

    def ask_replacement(self, id: str) -> None:
        """Let the user search a type that takes the place of a node and keeps its wires."""
        if (canvas := self._canvas()) is None:
            return
        self._carry_out = lambda type_id: self._replace(id, type_id)
        self.search.field.set_placeholder(N_("Replace with…"))
        at = canvas.mapFromScene(canvas.canvas.items_by_id[id].body().bottomLeft()) + QPoint(0, 8)
        before = canvas.canvas.document.nodes[id].type
        self.search.popup(canvas.viewport().mapTo(self._window, at), canvas.replacements(id), after=INSTEAD_OF + before)

    def _add(self, type_id: str, position: QPointF, dangling: PortRef | Wire | None) -> None:
        if (canvas := self._canvas()) is None:
            return
        if isinstance(dangling, Wire):
            canvas.insert_node(type_id, dangling, position)
        else:
            canvas.add_node(type_id, position, dangling)
        canvas.history.seal()

    def _replace(self, id: str, type_id: str) -> None:
        canvas = self._canvas()
        if canvas is not None and id in canvas.canvas.document.nodes:
            canvas.replace_with(id, type_id)
            canvas.history.seal()

    def _focus(self) -> None:
        if (canvas := self._canvas()) is not None:
            canvas.setFocus()


def _end(dangling: PortRef | Wire | None) -> PortRef | None:
    return dangling.source if isinstance(dangling, Wire) else dangling
