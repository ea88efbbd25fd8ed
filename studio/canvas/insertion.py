"""The wire that a node would be put into if it were let go here: it lights up, or says why it does not lead through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF

from engine.core.errors import EngineError
from studio.canvas.metrics import DROP_REACH
from studio.document.document import Wire
from studio.document.nodetype import NodeType
from studio.document.suggest import Passage
from studio.ui.i18n import describe

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class Insertion:
    """Follows a node of a type over the wires. `target` is the wire and the way through, None while there is none."""

    def __init__(self, view: CanvasView, node_type: NodeType, params: Mapping[str, Any] | None = None) -> None:
        self._view, self._type, self._params = view, node_type, params
        self.target: tuple[Wire, Passage] | None = None
        self._seen: tuple[Wire, Passage | EngineError | None] | None = None

    def look(self, position: QPointF, cursor: QPoint) -> None:
        """Find the wire at a scene position; the reason why it is none is said at the cursor, a point of the view."""
        canvas = self._view.canvas
        strand = canvas.wire_at(position, DROP_REACH / min(self._view.zoom, 1.0))
        self.target, reason = None, ""
        if strand is not None:
            if self._seen is None or self._seen[0] != strand.wire:
                self._seen = strand.wire, self._view.way_through(strand.wire, self._type, self._params)
            way = self._seen[1]
            if isinstance(way, Passage):
                self.target = strand.wire, way
            elif way is not None:
                reason = describe(way)
        canvas.wires.mark(hot=frozenset({self.target[0].target} if self.target else ()))
        self._view.show_reason(reason, cursor)

    def end(self) -> None:
        """Put the light out."""
        self._view.canvas.wires.mark(hot=frozenset())
        self._view.show_reason("")
