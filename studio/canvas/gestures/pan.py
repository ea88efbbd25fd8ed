"""Pan: the middle button, or the left one with the space bar, moves the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.canvas.gestures.base import Gesture, Pointer

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class Pan(Gesture):
    """Moves the view along with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls = False

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        middle = pointer.button == Qt.MouseButton.MiddleButton
        return cls(view, pointer) if middle or (pointer.space and pointer.button == Qt.MouseButton.LeftButton) else None

    def press(self, pointer: Pointer) -> None:
        self._last = pointer.view

    def move(self, pointer: Pointer) -> None:
        step = self._last - pointer.view
        self._last = pointer.view
        self.view.pan(step.x(), step.y())
