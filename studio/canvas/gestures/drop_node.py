"""Drop a node: an entry dragged out of the palette shows as a ghost and becomes a node where it is let go.

Let go over a wire, it becomes part of that wire.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from studio.canvas.gestures.base import Gesture, Pointer
from studio.canvas.insertion import Insertion
from studio.canvas.metrics import CORNER, HEADER, MIN_WIDTH, PAD
from studio.canvas.style import draw_text, elided, font
from studio.canvas.wires import curve
from studio.ui.i18n import _

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

MIME_TYPE: Final = "application/x-trenza-node"
"""What the palette's drags carry: the id of a node type, in UTF-8."""


PARAMS_MIME: Final = "application/x-trenza-params"
"""What the drags of a tensor carry besides: the parameters of the node, in JSON."""


def dragged_params(data: QMimeData) -> dict[str, Any]:
    """Return the parameters of the node that a drag carries, none if it carries none that can be read."""
    try:
        found = json.loads(data.data(PARAMS_MIME).toStdString() or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def dragged_type(data: QMimeData) -> str:
    """Return the id of the node type that a drag carries, "" if it carries none."""
    return data.data(MIME_TYPE).toStdString() if data.hasFormat(MIME_TYPE) else ""


class DropNode(Gesture):
    """Shows where the node would go, its header under the pointer."""

    def __init__(self, view: CanvasView, start: Pointer, type_id: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(view, start)
        self._params = params
        self._type = view.canvas.catalogue[type_id]
        self._at = start.scene
        self._insertion = Insertion(view, self._type)

    def move(self, pointer: Pointer) -> None:
        before = self._shown_area()
        self._at = pointer.scene
        self._insertion.look(pointer.scene, pointer.view)
        self.view.repaint_scene(before.united(self._shown_area()))

    def release(self, pointer: Pointer) -> None:
        self._insertion.look(pointer.scene, pointer.view)
        target = self._insertion.target
        self.cancel()
        if target is None:
            self.view.add_node(self._type.id, pointer.scene, params=self._params)
        else:
            self.view.insert_node(self._type.id, target[0], pointer.scene)

    def cancel(self) -> None:
        area = self._shown_area()
        self._insertion.end()
        self.view.repaint_scene(area)

    def _shown_area(self) -> QRectF:
        """Return what is painted: the ghost, and the wires that it would have."""
        area = self._area()
        for path in self._wires():
            area = area.united(path.controlPointRect())
        return area

    def _wires(self) -> list[QPainterPath]:
        """Return the wires that the node would have: one to its left side, one from its right side."""
        if self._insertion.target is None:
            return []
        strand = self.view.canvas.wires.strands().get(self._insertion.target[0].target)
        area, middle = self._area(), QPointF(0, HEADER / 2)
        left, right = area.topLeft() + middle, area.topRight() + middle
        return [curve(strand.start, left), curve(right, strand.end)] if strand is not None else []

    def _area(self) -> QRectF:
        return QRectF(self._at - QPointF(MIN_WIDTH / 2, HEADER / 2), self._at + QPointF(MIN_WIDTH / 2, HEADER * 2))

    def paint(self, painter: QPainter) -> None:
        style = self.view.canvas.shared.style
        area = self._area().adjusted(1, 1, -1, -1)
        joined = self._insertion.target is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(style.accent, 2.5, Qt.PenStyle.DashLine))
        for path in self._wires():
            painter.drawPath(path)
        painter.setOpacity(1.0 if joined else 0.75)
        painter.setPen(QPen(style.accent, 2.5) if joined else QPen(style.accent, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(style.header[self._type.category])
        painter.drawRoundedRect(area, CORNER, CORNER)
        painter.setPen(style.text)
        painter.setFont(font("title"))
        title = elided(_(self._type.title), "title", MIN_WIDTH - 2 * PAD)
        draw_text(painter, area.left() + PAD, area.top() + HEADER / 2, title, "title")
        painter.setOpacity(1.0)
