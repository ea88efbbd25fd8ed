"""Pick a wire: a click shows its tensor and selects it, Alt-click breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.canvas.gestures.base import Gesture, Pointer
from studio.document.edits import RemoveWire

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class PickWire(Gesture):
    """Acts on the wire under the pointer at release, so that a press can still be called off."""

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        on_wire = pointer.button == Qt.MouseButton.LeftButton and view.hover.wire_at(pointer.scene) is not None
        return cls(view, pointer) if on_wire else None

    def release(self, pointer: Pointer) -> None:
        strand = self.view.hover.wire_at(pointer.scene)
        if strand is None:
            return
        if self.start.alt:
            self.view.do(RemoveWire(strand.wire))
            return
        canvas = self.view.canvas
        if self.start.extends:
            canvas.select(canvas.selected_ids(), canvas.wires.selected ^ {strand.wire.target})
        else:
            canvas.select((), [strand.wire.target])
        self.view.wireClicked.emit(strand.wire.source)
