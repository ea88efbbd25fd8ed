"""Drag a wire: from an output, backwards from an input, or take the end of one off an input and plug it elsewhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engine.core.errors import EngineError
from studio.canvas.gestures.base import Gesture, Pointer
from studio.canvas.node_item import NodeItem, paint_symbol
from studio.canvas.ports import UNKNOWN, Slot
from studio.canvas.wires import curve
from studio.canvas.wiring import Wiring
from studio.document.document import PortRef, Wire
from studio.document.edits import RemoveWire
from studio.ui.i18n import _, describe

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class DragWire(Gesture):
    """Leads a wire whose one end is fixed to the port under the pointer.

    A click without a drag shows the tensor of the port. Dropped on a node, the wire finds the first port that it fits;
    where it may be plugged in and does not fit, conversions are offered. Dropped on empty space, a new wire asks for a
    node to add, one that was taken off is gone.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasView, start: Pointer, fixed: PortRef, is_input: bool, old: Wire | None) -> None:
        super().__init__(view, start)
        self.fixed = fixed
        self.is_input = is_input
        self.old = old
        canvas = view.canvas
        objection = partial(view.trials.objection, canvas.document, canvas.status.specs, without=old)
        self._wiring = Wiring(canvas.document, canvas.node_type, fixed, is_input, old, objection)
        self._loose = start.scene
        self._target: tuple[NodeItem, Slot] | None = None
        self._refusal = ""
        self._objection: EngineError | None = None

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        if pointer.button != Qt.MouseButton.LeftButton or pointer.alt:
            return None
        found = view.hover.port_at(pointer.scene)
        if found is None:
            return None
        item, slot = found
        ref = PortRef(item.id, slot.name)
        old = view.canvas.document.wires.get(ref) if slot.is_input else None
        return cls(view, pointer, old.source if old else ref, slot.is_input and old is None, old)

    # ---------------------------------------------------------------------------------------------- following

    def drag_begins(self) -> None:
        canvas = self.view.canvas
        canvas.shared.takes, canvas.shared.fits = self._wiring.takes, self._wiring.fits
        canvas.wires.hide_wire(self.old.target if self.old else None)
        if self.old is None:  # it may be dropped on empty space, where a search will ask what fits it
            suggestions, specs = self.view.suggestions, canvas.status.specs
            self.view.foresight.foresee(suggestions.prepare(canvas.document, specs, self.fixed, is_input=self.is_input))
        self.view.viewport().update()

    def drag(self, pointer: Pointer) -> None:
        before = self._area()
        self._look(pointer.scene)
        if self._target is None:
            self._loose = pointer.scene
        else:
            item, slot = self._target
            self._loose = item.pos() + QPointF(slot.x, slot.y)
        self.view.repaint_scene(before.united(self._area()))
        doubt = f"{describe(self._objection)}\n{_('Let go to choose what to do.')}" if self._objection else ""
        self.view.show_reason(self._refusal or doubt, pointer.view, doubtful=bool(doubt))

    def _look(self, position: QPointF) -> None:
        """Find what the loose end is over, and what speaks against plugging it in there."""
        self._target, self._refusal = None, ""
        self._find(position)
        self._objection = self._wiring.objection(self._target[0].id, self._target[1]) if self._target else None

    def _find(self, position: QPointF) -> None:
        """Find a port that takes it (from farther off, one that it fits), one that does not, or a node with ports."""
        canvas = self.view.canvas
        near = self.view.hover.port_reach()
        wiring = self._wiring
        if found := canvas.port_at(position, near, wiring.takes) or canvas.port_at(position, 1.6 * near, wiring.fits):
            self._target = found
        elif found := canvas.port_at(position, near):
            item, slot = found
            itself = PortRef(item.id, slot.name) == self.fixed and slot.is_input == self.is_input
            self._refusal = "" if itself else self._wiring.refusal(item.id, slot)
        elif isinstance(below := canvas.item_at(position), NodeItem):
            self._look_at_node(below)

    def _look_at_node(self, item: NodeItem) -> None:
        """Choose the first port that takes the wire: a free one before a taken one, one that it fits before others."""
        slots = item.face.outputs if self.is_input else item.face.inputs
        taking = [s for s in slots if self._wiring.takes(item.id, s)]
        if taking:
            self._target = item, min(taking, key=lambda s: (s.wired, not self._wiring.fits(item.id, s)))
        elif slots and item.id != self.fixed.node:
            self._refusal = self._wiring.refusal(item.id, slots[0])

    # --------------------------------------------------------------------------------------------- completing

    def release(self, pointer: Pointer) -> None:
        self._end()
        if not self.dragging:
            if not self.is_input:
                self.view.wireClicked.emit(self.fixed)
        elif self._target is not None:
            self._plug(self._wiring.wire_to(self._target[0].id, self._target[1]), pointer)
        elif not self._refusal and self.view.canvas.item_at(pointer.scene) is None:
            if self.old is not None:
                self.view.do(RemoveWire(self.old))
            else:
                self.view.request_add(pointer.scene, self.fixed, self.is_input)

    def _plug(self, wire: Wire, pointer: Pointer) -> None:
        if wire == self.view.canvas.document.wires.get(wire.target):
            return
        if self._objection is not None:
            self.view.offer_conversion(wire, self._objection, pointer.view, self.old)
        else:
            self.view.connect_wire(wire, self.old)

    def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self.view.canvas.shared.takes = self.view.canvas.shared.fits = None
        self.view.canvas.wires.hide_wire(None)
        self.view.show_reason("")
        self.view.viewport().update()

    # ----------------------------------------------------------------------------------------------- painting

    def _fixed_at(self) -> QPointF:
        item = self.view.canvas.node(self.fixed.node)
        return item.port_position(self.fixed.port, is_input=self.is_input) if item else self._loose

    def _ends(self) -> tuple[QPointF, QPointF]:
        fixed = self._fixed_at()
        return (self._loose, fixed) if self.is_input else (fixed, self._loose)

    def _area(self) -> QRectF:
        return curve(*self._ends()).controlPointRect().adjusted(-12, -12, 12, 12)

    def paint(self, painter: QPainter) -> None:
        if not self.dragging:
            return
        style = self.view.canvas.shared.style
        item = self.view.canvas.node(self.fixed.node)
        slot = item.face.slot(self.fixed.port, is_input=self.is_input) if item else None
        kind = item.kind(slot) if item and slot else UNKNOWN
        painter.setBrush(Qt.BrushStyle.NoBrush)
        doubtful = style.doubtful if self._objection is not None else style.hot_wire[kind]
        painter.setPen(style.refused if self._refusal else doubtful)
        painter.drawPath(curve(*self._ends()))
        painter.translate(self._loose)
        paint_symbol(painter, style, kind, wired=True)
        painter.translate(-self._loose)
