"""Cut wires: a stroke with Alt held, or with Ctrl and the right button, takes away all wires that it crosses.

A click with Alt held takes away the wire below it, or all wires of the port below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from studio.canvas.gestures.base import Gesture, Pointer
from studio.document.document import PortRef, Wire
from studio.document.edits import Compound, RemoveWire

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class CutWires(Gesture):
    """Gathers the wires that the stroke crosses; they go when it ends."""

    cursor = Qt.CursorShape.CrossCursor
    scrolls = False

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        right = pointer.button == Qt.MouseButton.RightButton and pointer.ctrl
        left = pointer.button == Qt.MouseButton.LeftButton and pointer.alt
        on_body = view.canvas.item_at(pointer.scene) is not None and view.hover.port_at(pointer.scene) is None
        return cls(view, pointer) if right or (left and not on_body) else None

    def press(self, pointer: Pointer) -> None:
        self._stroke = QPolygonF([pointer.scene])
        self._cut: dict[PortRef, None] = {}

    def drag(self, pointer: Pointer) -> None:
        last = self._stroke.last()
        self._cut.update(dict.fromkeys(s.wire.target for s in self.view.canvas.wires.crossed(last, pointer.scene)))
        self._stroke.append(pointer.scene)
        self.view.canvas.wires.mark(doomed=frozenset(self._cut))
        self.view.repaint_scene(QRectF(last, pointer.scene).normalized())

    def release(self, pointer: Pointer) -> None:
        wires = self.view.canvas.document.wires
        cut = [wires[t] for t in self._cut if t in wires] if self.dragging else self._below(pointer.scene)
        self._end()
        if cut:
            edits = tuple(map(RemoveWire, sorted(cut)))
            self.view.do(Compound("Cut wires" if self.dragging else "Disconnect", edits))

    def _below(self, position: QPointF) -> list[Wire]:
        """Return what a click is meant for: the wires of a port, or the one below it."""
        if found := self.view.hover.port_at(position):
            item, slot = found
            ref = PortRef(item.id, slot.name)
            wires = self.view.canvas.document.wires_of(item.id)
            return [w for w in wires if ref == (w.target if slot.is_input else w.source)]
        strand = self.view.hover.wire_at(position)
        return [strand.wire] if strand else []

    def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self.view.canvas.wires.mark(doomed=frozenset())
        self.view.repaint_scene(self._stroke.boundingRect())

    def paint(self, painter: QPainter) -> None:
        painter.setPen(self.view.canvas.shared.style.knife)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(self._stroke)
