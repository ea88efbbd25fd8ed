"""What is under the cursor while no button is down: which node, port or wire lights up, and what is said of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, Qt

from studio.canvas.metrics import EDGE_REACH, PORT_REACH, WIRE_REACH, Detail
from studio.canvas.node_item import NodeItem
from studio.canvas.ports import Slot
from studio.canvas.scene import CanvasScene
from studio.canvas.sheet_item import SheetItem, Sides
from studio.canvas.wires import Strand
from studio.document.document import PortRef, Wire

_CURSORS: Final = {
    (x, y): (
        (Qt.CursorShape.SizeFDiagCursor if x == y else Qt.CursorShape.SizeBDiagCursor)
        if x and y
        else (Qt.CursorShape.SizeHorCursor if x else Qt.CursorShape.SizeVerCursor)
    )
    for x in (-1, 0, 1)
    for y in (-1, 0, 1)
}


class Hover:
    """Finds and lights up what a position means at the zoom in use. `id` is the node or note that is hovered."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.zoom = 1.0
        self.id = ""
        self.meant: tuple[PortRef, bool] | Wire | None = None
        """The port (and whether it is an input) or the wire under the cursor."""

    def port_reach(self) -> float:
        """Return within how many scene pixels a port is meant: more when zoomed out, where it is small on screen."""
        least, most = PORT_REACH
        return min(max(least / self.zoom, least), most)

    def port_at(self, position: QPointF) -> tuple[NodeItem, Slot] | None:
        """Return the port that a scene position means. From afar, where none shows, none is meant."""
        far = self._scene.shared.detail is Detail.FAR
        return None if far else self._scene.port_at(position, self.port_reach())

    def wire_at(self, position: QPointF) -> Strand | None:
        """Return the wire that a scene position means."""
        return self._scene.wire_at(position, WIRE_REACH / min(self.zoom, 1.0))

    def edge_at(self, position: QPointF) -> tuple[SheetItem, Sides] | None:
        """Return the note or frame whose edge a scene position means, and which edge."""
        if self._scene.shared.detail is Detail.FAR or self.port_at(position) is not None:
            return None
        item = self._scene.item_at(position)
        if not isinstance(item, SheetItem):
            return None
        sides = item.sides_at(position, min(EDGE_REACH / self.zoom, 10.0))
        return (item, sides) if sides != (0, 0) else None

    def move(self, position: QPointF | None) -> Qt.CursorShape | None:
        """Light up the wires of a port, a wire or a node; None puts all lights out. Return the cursor that fits."""
        found = self.port_at(position) if position is not None else None
        item = found[0] if found else self._scene.item_at(position) if position is not None else None
        strand = self.wire_at(position) if position is not None and item is None else None
        hot = {strand.wire.target} if strand else set()
        self.meant = strand.wire if strand else None
        if found:
            ref = PortRef(found[0].id, found[1].name)
            self.meant = ref, found[1].is_input
            wires = self._scene.document.wires_of(ref.node)
            hot = {w.target for w in wires if ref == (w.target if found[1].is_input else w.source)}
        self._scene.wires.mark(hot=frozenset(hot))
        self._mark_item(item.id if item else "")
        if position is not None and isinstance(item, SheetItem) and (edge := self.edge_at(position)) is not None:
            return _CURSORS[edge[1]]
        return Qt.CursorShape.CrossCursor if found else Qt.CursorShape.PointingHandCursor if strand else None

    def _mark_item(self, id: str) -> None:
        if id == self.id:
            return
        for changed in (self.id, id):
            if (item := self._scene.items_by_id.get(changed)) is not None:
                item.marks.hovered = changed == id
                item.update()
        self.id = id

    def words(self, position: QPointF) -> str:
        """Return what a tooltip says of a position: the tensor of a port or wire, a title that was cut.

        From afar, where neither shows, it is the title and the problems of a node.
        """
        scene = self._scene
        if found := self.port_at(position):
            return scene.describe_port(*found)
        if item := scene.item_at(position):
            if scene.shared.detail is Detail.FAR:
                return "\n\n".join([scene.title(item.id), *scene.status.words(item.id)])
            cut = isinstance(item, NodeItem) and item.face.title != scene.title(item.id)
            return scene.title(item.id) if cut else ""
        strand = self.wire_at(position)
        return scene.describe_output(strand.wire.source) if strand else ""
