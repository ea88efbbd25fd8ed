"""What a gesture is: an object that follows the pointer from press to release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is, and with what."""

    scene: QPointF
    view: QPoint
    button: Qt.MouseButton
    modifiers: Qt.KeyboardModifier
    space: bool = False
    """Whether the space bar is down."""

    @property
    def extends(self) -> bool:
        """Whether the selection is to be extended."""
        return bool(self.modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))

    @property
    def ctrl(self) -> bool:
        """Whether Ctrl is down."""
        return bool(self.modifiers & Qt.KeyboardModifier.ControlModifier)

    @property
    def alt(self) -> bool:
        """Whether Alt is down."""
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)


class Gesture:
    """Follows the pointer. The view has at most one and calls it with each event until `release` or `cancel`.

    Until the gesture is complete it shows what it would do, and changes the document once, at the end.
    """

    cursor: Qt.CursorShape | None = None
    scrolls = True
    """Whether the view scrolls by itself when the pointer gets to its edge."""

    def __init__(self, view: CanvasView, start: Pointer) -> None:
        self.view = view
        self.start = start
        self.dragging = False

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        """Return the gesture that a press here starts. None starts one that begins otherwise, as by a drop."""
        return None

    def press(self, pointer: Pointer) -> None:
        """Begin."""

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer; `dragging` becomes true once it has gone far enough to be no click."""
        if not self.dragging:
            way = (pointer.view - self.start.view).manhattanLength()
            if way < QApplication.startDragDistance():
                return
            self.dragging = True
            self.drag_begins()
        self.drag(pointer)

    def drag_begins(self) -> None:
        """Prepare: this is no click."""

    def drag(self, pointer: Pointer) -> None:
        """Follow the pointer."""

    def release(self, pointer: Pointer) -> None:
        """Complete what was begun."""

    def cancel(self) -> None:
        """Leave everything as it was before."""

    def paint(self, painter: QPainter) -> None:
        """Paint what only shows while it lasts, in scene coordinates."""
