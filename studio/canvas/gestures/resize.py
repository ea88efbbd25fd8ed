"""Resize: an edge or a corner of a note or a frame is dragged; on the grid, if that is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt

from studio.canvas.gestures.base import Gesture, Pointer
from studio.canvas.metrics import GRID
from studio.canvas.sheet_item import SheetItem
from studio.document.document import Note
from studio.document.edits import SetNote

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

_LEAST: Final = (64.0, 40.0)


class Resize(Gesture):
    """Changes the size of a note or a frame; the document hears of it at the end."""

    @classmethod
    def begin(cls, view: CanvasView, pointer: Pointer) -> Gesture | None:
        if pointer.button != Qt.MouseButton.LeftButton or pointer.extends or pointer.alt:
            return None
        return cls(view, pointer) if view.hover.edge_at(pointer.scene) is not None else None

    def press(self, pointer: Pointer) -> None:
        found = self.view.hover.edge_at(pointer.scene)
        assert found is not None
        item, self._sides = found
        self._id = item.id
        self.cursor = None
        if self._id not in self.view.canvas.selected_ids():
            self.view.canvas.select([self._id])

    def drag(self, pointer: Pointer) -> None:
        self._show(self._resized(pointer))

    def release(self, pointer: Pointer) -> None:
        if self.dragging and (note := self._resized(pointer)) is not None:
            self.view.do(SetNote(note))
            self.view.history.seal()

    def cancel(self) -> None:
        self._show(self.view.canvas.document.notes.get(self._id))

    def _show(self, note: Note | None) -> None:
        """Show the note or frame as large as it is here, if it is still there."""
        item = self.view.canvas.items_by_id.get(self._id)
        if note is not None and isinstance(item, SheetItem):
            item.set_size(note.size)
            self.view.canvas.show_at({self._id: note.position})
            self.view.items_moved()

    def _resized(self, pointer: Pointer) -> Note | None:
        """Return the note as it is to be, None if it is gone."""
        note = self.view.canvas.document.notes.get(self._id)
        if note is None:
            return None
        area = QRectF(*note.position, *note.size)
        way = pointer.scene - self.start.scene
        step = GRID if self.view.arranging.snapping.grid and not pointer.alt else 1.0
        x, y = self._sides
        if x > 0:
            area.setRight(max(_on(area.right() + way.x(), step), area.left() + _LEAST[0]))
        elif x < 0:
            area.setLeft(min(_on(area.left() + way.x(), step), area.right() - _LEAST[0]))
        if y > 0:
            area.setBottom(max(_on(area.bottom() + way.y(), step), area.top() + _LEAST[1]))
        elif y < 0:
            area.setTop(min(_on(area.top() + way.y(), step), area.bottom() - _LEAST[1]))
        return replace(note, position=(area.x(), area.y()), size=(area.width(), area.height()))


def _on(at: float, step: float) -> float:
    return round(at / step) * step
