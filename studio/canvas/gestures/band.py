"""Rubber band: a drag over empty space selects what it meets; with Shift or Ctrl it adds to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.canvas.gestures.base import Gesture, Pointer

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class RubberBand(Gesture):
    """Selects the nodes and notes that meet the rectangle."""

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        return cls(view, pointer) if pointer.button == Qt.MouseButton.LeftButton else None

    def press(self, pointer: Pointer) -> None:
        self._before = self.view.canvas.selected_ids()
        self._kept = self._before if pointer.extends else []
        self._area = QRectF()
        self.view.canvas.select(self._kept)

    def drag(self, pointer: Pointer) -> None:
        old, self._area = self._area, QRectF(self.start.scene, pointer.scene).normalized()
        self.view.repaint_scene(old.united(self._area))
        self.view.canvas.select([*self._kept, *self.view.canvas.inside(self._area)])

    def release(self, pointer: Pointer) -> None:
        self.view.repaint_scene(self._area)

    def cancel(self) -> None:
        self.view.repaint_scene(self._area)
        self.view.canvas.select(self._before)

    def paint(self, painter: QPainter) -> None:
        style = self.view.canvas.shared.style
        pen = QPen(style.accent, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(style.band)
        painter.drawRect(self._area)
