"""Drag nodes: a press selects, a drag moves all that is selected, as one step of the history.

A single node without wires that is let go over a wire becomes part of that wire. With Alt held at the press, the nodes
are taken out of the graph: their wires to others go, and what led through them is joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from studio.canvas.gestures.base import Gesture, Pointer
from studio.canvas.insertion import Insertion
from studio.canvas.snapping import Drawn
from studio.canvas.wires import curve
from studio.document.document import Position
from studio.document.edits import AddWire, Compound, Move, RemoveWire
from studio.document.heal import take_out

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class DragNodes(Gesture):
    """Moves the selected nodes and notes; the document hears of it at the end."""

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        on_item = pointer.button == Qt.MouseButton.LeftButton and view.canvas.item_at(pointer.scene) is not None
        return cls(view, pointer) if on_item else None

    def press(self, pointer: Pointer) -> None:
        canvas = self.view.canvas
        item = canvas.item_at(pointer.scene)
        self._id = item.id if item else ""
        self._was_selected = self._id in canvas.selected_ids()
        self._from: dict[str, Position] = {}
        self._insertion: Insertion | None = None
        self._drawn: Drawn | None = None
        self._parting: Compound | None = None
        """What parts the nodes from the others, if that is meant."""
        self._healed = QPainterPath()
        if not self._was_selected:
            canvas.select([*(canvas.selected_ids() if pointer.extends else ()), self._id])

    def drag_begins(self) -> None:
        canvas, document = self.view.canvas, self.view.canvas.document
        canvas.settle()  # of what was just pasted, some may still wait for their items
        for id in canvas.selected_ids():  # what lies in a frame goes along with it
            self._from.update({other: canvas.position(other) for other in (id, *canvas.contents(id))})
        if self._from:
            self._drawn = Drawn(self.view, self._from)
        if self.start.alt:
            self._part()
        if list(self._from) == [self._id] and not any(document.wires_of(self._id)):
            node_type = self.view.canvas.node_type(self._id)
            if node_type is not None and node_type.inputs and node_type.outputs:
                self._insertion = Insertion(self.view, node_type, document.nodes[self._id].params)

    def drag(self, pointer: Pointer) -> None:
        self.view.canvas.show_at(self._moved(pointer))
        self.view.items_moved()
        if self._insertion is not None and (item := self.view.canvas.node(self._id)) is not None:
            self._insertion.look(item.body().center(), pointer.view)

    def release(self, pointer: Pointer) -> None:
        moved = self._moved(pointer)
        target = self._insertion.target if self._insertion is not None else None
        self._end()
        if target is not None and self._id in moved:
            self.view.insert_existing(self._id, *target, moved[self._id])
        elif self.dragging:
            self.view.do(self._moving(moved))
            self.view.history.seal()
        elif self._was_selected:
            self._click(pointer)

    def cancel(self) -> None:
        self._end()
        self.view.canvas.show_at({id: p for id, p in self._from.items() if self.view.canvas.document.has(id)})
        self.view.items_moved()

    def _end(self) -> None:
        if self._insertion is not None:
            self._insertion.end()
            self._insertion = None
        if self._drawn is not None:
            self._drawn.end()
            self._drawn = None
        if self._parting is not None:
            self.view.canvas.wires.mark(doomed=frozenset())
            self.view.repaint_scene(self._healed_area())

    def _part(self) -> None:
        """Find out which wires go and which come, and show both."""
        canvas = self.view.canvas
        edit = take_out(self.view.trials, canvas.document, canvas.status.specs, self._from)
        if not edit.edits:
            return
        self._parting = edit
        cut = frozenset(leaf.wire.target for leaf in edit.leaves() if isinstance(leaf, RemoveWire))
        canvas.wires.mark(doomed=cut)
        for leaf in edit.leaves():
            if isinstance(leaf, AddWire):
                source, target = canvas.node(leaf.wire.source.node), canvas.node(leaf.wire.target.node)
                if source is not None and target is not None:
                    start = source.port_position(leaf.wire.source.port, is_input=False)
                    self._healed.addPath(curve(start, target.port_position(leaf.wire.target.port, is_input=True)))
        self.view.repaint_scene(self._healed_area())

    def _healed_area(self) -> QRectF:
        return self._healed.controlPointRect()

    def _moving(self, moved: dict[str, Position]) -> Move | Compound:
        """Return the edit that the drag comes to."""
        if self._parting is None:
            return Move(moved)
        return Compound(self._parting.label, (*self._parting.edits, Move(moved)))

    def paint(self, painter: QPainter) -> None:
        if not self._healed.isEmpty():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.view.canvas.shared.style.accent, 2.5, Qt.PenStyle.DashLine))
            painter.drawPath(self._healed)
        if self._drawn is not None:
            self._drawn.paint(painter)

    def _click(self, pointer: Pointer) -> None:
        """Narrow the selection to what was clicked, or take that out of it."""
        canvas = self.view.canvas
        canvas.select([id for id in canvas.selected_ids() if id != self._id] if pointer.extends else [self._id])

    def _moved(self, pointer: Pointer) -> dict[str, Position]:
        # Whole pixels: texts stay crisp and files read well.
        dx = round(pointer.scene.x() - self.start.scene.x())
        dy = round(pointer.scene.y() - self.start.scene.y())
        if self._drawn is not None:
            dx, dy = map(round, self._drawn.drawn(dx, dy, free=pointer.alt))
        here = self.view.canvas.document.has
        return {id: (x + dx, y + dy) for id, (x, y) in self._from.items() if here(id)}
