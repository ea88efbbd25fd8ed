"""Pick a wire: a click shows its tensor and selects it, a drag near an end takes that end off to plug it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter

from studio.canvas.gestures.base import Gesture, Pointer
from studio.canvas.gestures.drag_wire import DragWire
from studio.canvas.metrics import END_REACH
from studio.canvas.wires import Strand

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class PickWire(Gesture):
    """Acts on the wire under the pointer at release, so that a press can still be called off."""

    def __init__(self, view: CanvasView, start: Pointer, strand: Strand) -> None:
        super().__init__(view, start)
        self._strand = strand
        self._taken: DragWire | None = None
        """Follows the end once it is off."""

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        strand = view.hover.wire_at(pointer.scene) if pointer.button == Qt.MouseButton.LeftButton else None
        return cls(view, pointer, strand) if strand is not None else None

    def drag_begins(self) -> None:
        wire, at = self._strand.wire, self.start.scene
        to_source, to_target = QLineF(at, self._strand.start).length(), QLineF(at, self._strand.end).length()
        near = min(to_source, to_target)
        if near > END_REACH / self.view.zoom or near > 0.4 * (to_source + to_target):
            return  # in the middle it is not clear which end is meant
        at_source = to_source < to_target
        self._taken = DragWire(self.view, self.start, wire.target if at_source else wire.source, at_source, wire)
        self._taken.dragging = True
        self._taken.drag_begins()

    def drag(self, pointer: Pointer) -> None:
        if self._taken is not None:
            self._taken.drag(pointer)

    def release(self, pointer: Pointer) -> None:
        strand = self.view.hover.wire_at(pointer.scene)
        if self._taken is not None:
            self._taken.release(pointer)
        elif strand is not None:
            self._click(strand)

    def _click(self, strand: Strand) -> None:
        canvas = self.view.canvas
        if self.start.extends:
            canvas.select(canvas.selected_ids(), canvas.wires.selected ^ {strand.wire.target})
        else:
            canvas.select((), [strand.wire.target])
        self.view.wireClicked.emit(strand.wire.source)

    def cancel(self) -> None:
        if self._taken is not None:
            self._taken.cancel()

    def paint(self, painter: QPainter) -> None:
        if self._taken is not None:
            self._taken.paint(painter)
