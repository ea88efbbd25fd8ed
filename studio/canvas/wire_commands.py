"""What can be done to wires: nodes and reroute points put into them, ends taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPointF, Signal

from engine.core.errors import EngineError
from studio.canvas.commands import CommandView
from studio.canvas.face import make_face
from studio.canvas.metrics import HEADER
from studio.canvas.wiring import is_control
from studio.document.document import Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, Compound, Edit, Move, RemoveWire
from studio.document.nodetype import NodeType
from studio.document.replace import replace_node, replacements, stem
from studio.document.reroute import REROUTE, REROUTE_TYPE
from studio.document.splice import Box, make_room, splice
from studio.document.suggest import Passage


class WireView(CommandView):
    """A view with commands on wires.

    Signals
    -------
    replaceRequested
        Another type is to be searched for, for the node with this id.
    """

    replaceRequested = Signal(str)  # noqa: N815

    def selected_wires(self) -> list[Wire]:
        """Return the wires that are selected, in the order of their inputs."""
        wires = self.canvas.document.wires
        return [wires[target] for target in sorted(self.canvas.wires.selected) if target in wires]

    # ---------------------------------------------------------------------------------------------- inserting

    def way_through(
        self, wire: Wire, node_type: NodeType, params: Mapping[str, Any] | None = None
    ) -> Passage | EngineError | None:
        """Return how a wire would lead through a node of a type, what speaks against it, or None if nothing could."""
        node = self.canvas.document.nodes.get(wire.source.node)
        source_type = self.canvas.catalogue.get(node.type) if node is not None else None
        if is_control(source_type, wire.source.port, is_input=False):
            return None
        return self.suggestions.passage(self.canvas.document, self.canvas.status.specs, wire, node_type, params)

    def insert_node(self, type_id: str, wire: Wire, position: QPointF) -> str:
        """Put a new node into a wire, with the middle of its header at a scene position; return its id.

        What lies behind moves as far as it has to. If the wire does not lead through, the node is added beside it.
        """
        document, node_type = self.canvas.document, self.canvas.catalogue[type_id]
        way = self.way_through(wire, node_type) if document.wires.get(wire.target) == wire else None
        if not isinstance(way, Passage):
            return self.add_node(type_id, position)
        node = Node(document.new_id(stem(type_id)), type_id)
        face = make_face(document, node, node_type)
        wanted = Box(position.x() - face.width / 2, position.y() - HEADER / 2, face.width, face.height)
        box, moved = make_room(document, self.canvas.boxes(), wire, wanted)
        node = replace(node, position=(round(box.x), round(box.y)))
        edits: list[Edit] = [AddNode(node), *splice(document, wire, [(node.id, way)])]
        self.do(Compound("Insert node", (*edits, *_moves(moved))))
        self.canvas.select([node.id])
        self.nodeAdded.emit(type_id, self.type_behind(wire.source))
        return node.id

    def insert_existing(self, id: str, wire: Wire, way: Passage, position: tuple[float, float]) -> None:
        """Put a node that has no wires yet into a wire, with its corner at a position."""
        document = self.canvas.document
        boxes = dict(self.canvas.boxes())
        own = boxes.pop(id)
        box, moved = make_room(document, boxes, wire, Box(*position, own.width, own.height))
        moved = {**moved, id: (round(box.x), round(box.y))}
        self.do(Compound("Insert node", (*splice(document, wire, [(id, way)]), *_moves(moved))))

    # ---------------------------------------------------------------------------------------------- replacing

    def request_replace(self) -> None:
        """Ask for a type to take the place of the one node that is selected."""
        ids = self.selected_ids()
        if len(ids) == 1 and ids[0] in self.canvas.document.nodes:
            self.replaceRequested.emit(ids[0])

    def replacements(self, id: str) -> list[str]:
        """Return the types that could take the place of a node and keep its wires, the likeliest first."""
        return replacements(self.trials, self.canvas.document, self.canvas.status.specs, id)

    def replace_with(self, id: str, type_id: str) -> str:
        """Put a node of another type in the place of one, with its wires; return its id."""
        document = self.canvas.document
        edit, new_id = replace_node(document, self.canvas.node_type(id), self.canvas.catalogue[type_id], id)
        self.do(edit)
        self.canvas.select([new_id])
        return new_id

    # ---------------------------------------------------------------------------------------- reroute points

    def reroute_at(self, wire: Wire, position: QPointF) -> str:
        """Put a reroute point into a wire at a scene position and return its id."""
        return self._reroute([(wire.source, [wire], position)])[0]

    def add_reroutes(self) -> None:
        """Put a reroute point into the selected wires: one for all that begin at one output, in their middle."""
        groups: dict[PortRef, list[Wire]] = {}
        for wire in self.selected_wires():
            groups.setdefault(wire.source, []).append(wire)
        if not groups:
            return
        strands = self.canvas.wires.strands()
        self._reroute(
            [
                (source, wires, _middle([strands[w.target].path.pointAtPercent(0.5) for w in wires]))
                for source, wires in groups.items()
            ]
        )

    def _reroute(self, points: list[tuple[PortRef, list[Wire], QPointF]]) -> list[str]:
        document = self.canvas.document
        edits: list[Edit] = []
        ids: list[str] = []
        for source, wires, middle in points:
            id = document.new_id("reroute", ids)
            ids.append(id)
            node = Node(id, REROUTE)
            face = make_face(document, node, REROUTE_TYPE)
            at = middle - QPointF(face.width / 2, face.height / 2)
            edits.append(AddNode(replace(node, position=(round(at.x()), round(at.y())))))
            edits.append(AddWire(Wire(source, PortRef(id, REROUTE_TYPE.inputs[0].name))))
            for wire in wires:
                edits += [RemoveWire(wire), AddWire(Wire(PortRef(id, REROUTE_TYPE.outputs[0].name), wire.target))]
        self.do(Compound("Add reroute point", tuple(edits)))
        self.canvas.select(ids)
        return ids


def _moves(positions: Mapping[str, tuple[float, float]]) -> tuple[Edit, ...]:
    return (Move(positions),) if positions else ()


def _middle(points: list[QPointF]) -> QPointF:
    return QPointF(sum(p.x() for p in points) / len(points), sum(p.y() for p in points) / len(points))
