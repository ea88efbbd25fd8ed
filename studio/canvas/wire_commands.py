"""What can be done to wires: made with what makes them fit, nodes and reroute points put into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from PySide6.QtCore import QPoint, QPointF, Signal

from engine.core.errors import EngineError, InvalidArgumentError
from studio.canvas.commands import CommandView
from studio.canvas.face import make_face
from studio.canvas.metrics import HEADER
from studio.canvas.offer import ConversionOffer
from studio.canvas.wiring import is_control
from studio.document.box import Box
from studio.document.convert import Conversion, conversions, insert_conversion
from studio.document.document import Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, Compound, Edit, Move, RemoveWire, connect
from studio.document.nodetype import NodeType
from studio.document.replace import replace_node, replacements, stem
from studio.document.reroute import REROUTE, REROUTE_TYPE
from studio.document.splice import GAP, make_room, splice
from studio.document.suggest import Passage

INSTEAD_OF: Final = "="
"""Before the type of a node: what is noted of one that took its place."""


class WireView(CommandView):
    """A view with commands on wires.

    Signals
    -------
    replaceRequested
        Another type is to be searched for, for the node with this id.
    """

    replaceRequested = Signal(str)  # noqa: N815

    @cached_property
    def _conversion_offer(self) -> ConversionOffer:
        offer = ConversionOffer(self.canvas.catalogue, self)
        offer.closed.connect(self.setFocus)
        return offer

    def close_offer(self) -> None:
        """Take an open offer away with what it was for: it belongs to the window, which lives longer than the view."""
        if "_conversion_offer" in self.__dict__:
            self._conversion_offer.close()
            self._conversion_offer.deleteLater()
            del self._conversion_offer

    # --------------------------------------------------------------------------------------------- connecting

    def connect_wire(self, wire: Wire, old: Wire | None = None) -> None:
        """Make a wire in place of the one that ends where it does, and of `old`, whose end was taken off."""
        edit = connect(self.canvas.document, wire.source, wire.target)
        if old is not None:
            gone = [RemoveWire(old)] if old.target != wire.target else []
            edit = Compound("Reconnect", (*gone, *edit.leaves()))
        self.do(edit)

    def offer_conversion(self, wire: Wire, objection: EngineError, at: QPoint, old: Wire | None = None) -> None:
        """Ask what to do with a wire that does not fit: put a conversion into it, or make it all the same.

        Parameters
        ----------
        wire
            The wire; it need not be there yet.
        objection
            Why it does not fit.
        at
            Where to ask, a point of the viewport.
        old
            The wire whose end was taken off.
        """
        document, specs = self.canvas.document, self.canvas.status.specs
        found = conversions(self.trials, document, specs, wire, old)
        self._conversion_offer.ask(
            self.viewport().mapTo(self.window(), at),
            objection,
            specs[wire.source],
            found,
            lambda conversion: self._settle(wire, conversion, old),
        )

    def convert_selected(self) -> None:
        """Offer conversions for the wire that is selected, or the first into the selected node that does not fit."""
        self.canvas.settle()
        document, specs = self.canvas.document, self.canvas.status.specs
        chosen = set(self.selected_ids())
        into = [w for id in self.selected_ids() for w in document.wires_of(id) if w.target.node in chosen]
        for wire in (*self.selected_wires(), *into):
            if (objection := self.trials.objection(document, specs, wire)) is not None:
                end = self.canvas.wires.strands()[wire.target].end
                self.offer_conversion(wire, objection, self.mapFromScene(end) + QPoint(12, 12))
                return
        self.refused.emit(
            InvalidArgumentError(
                "There is no wire here that does not fit.", hint="Select a wire, or a node whose inputs it leads to."
            )
        )

    def _settle(self, wire: Wire, conversion: Conversion | None, old: Wire | None) -> None:
        """Do what was chosen. The document may have changed since it was asked."""
        document = self.canvas.document
        if any(ref.node not in document.nodes for ref in (wire.source, wire.target)):
            return
        old = old if old is not None and document.wires.get(old.target) == old else None
        if conversion is None:
            if document.wires.get(wire.target) != wire:
                self.connect_wire(wire, old)
        else:
            self._insert_conversion(wire, conversion, old)
        self.history.seal()
        self.setFocus()

    def _insert_conversion(self, wire: Wire, conversion: Conversion, old: Wire | None) -> None:
        document, boxes = self.canvas.document, self.canvas.boxes()
        faces = [
            make_face(document, Node("", s.type, dict(s.params)), self.canvas.catalogue[s.type])
            for s in conversion.steps
        ]
        width = sum(f.width for f in faces) + GAP * (len(faces) - 1)
        source, target = boxes[wire.source.node], boxes[wire.target.node]
        middle = (source.right + target.x) / 2
        wanted = Box(middle - width / 2, (source.y + target.y) / 2, width, faces[0].height)
        box, moved = make_room(document, boxes, wire, wanted)
        lefts = [box.x + sum(f.width + GAP for f in faces[:number]) for number in range(len(faces))]
        edit, ids = insert_conversion(
            document, self.trials, wire, conversion, lambda number: (round(lefts[number]), round(box.y)), old
        )
        self.do(Compound(edit.label, (*edit.edits, *_moves(moved))))
        self.canvas.select(ids)

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
        """Put a new node into a wire, with its input at the height of a scene position; return its id.

        What lies behind moves as far as it has to. If the wire does not lead through, the node is added beside it.
        """
        document, node_type = self.canvas.document, self.canvas.catalogue[type_id]
        if type_id == REROUTE and document.wires.get(wire.target) == wire:
            return self.reroute_at(wire, position)  # it needs no room
        way = self.way_through(wire, node_type) if document.wires.get(wire.target) == wire else None
        if not isinstance(way, Passage):
            return self.add_node(type_id, position)
        node = Node(document.new_id(stem(type_id)), type_id)
        face = make_face(document, node, node_type)
        slot = face.slot(way.input, is_input=True)
        wanted = Box(
            position.x() - face.width / 2, position.y() - (slot.y if slot else HEADER / 2), face.width, face.height
        )
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
        boxes = self.canvas.boxes()
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
        before = document.nodes[id].type
        edit, new_id = replace_node(document, self.canvas.node_type(id), self.canvas.catalogue[type_id], id)
        self.do(edit)
        self.canvas.select([new_id])
        self.nodeAdded.emit(type_id, INSTEAD_OF + before)
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
        self.canvas.settle()
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
