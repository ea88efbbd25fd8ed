"""Unpacking: what a node stands for takes its place; and a node gets a function of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.core.errors import InvalidArgumentError
from studio.document.adopt import free_id
from studio.document.document import Document, Node, Note, PortRef, Position, Wire
from studio.document.edits import AddNode, AddNote, AddWire, Compound, Edit, RemoveNode, RemoveWire
from studio.document.exposing import Owner, handed_on
from studio.document.flat import given, repeats
from studio.document.function import INPUT, OUTPUT, PREFIX, Exposed, exposed, function_of, ports, title_of
from studio.document.function_edits import AddFunction

#: Pixels between two copies of what is repeated.
_GAP = 80.0
_NODE = 200.0


def unpack(graph: Document, functions: Mapping[str, Document], id: str) -> tuple[Compound, list[str]]:
    """Return the edit that puts what a node stands for in its place, and the ids of what comes.

    What the node was told goes to the nodes within; of one that is repeated, each copy is laid out beside the one
    before it. Weights that it shared are each node's own then. What the graph exposes of the node, it exposes of the
    node within, unless there are several copies of that.

    Raises
    ------
    InvalidArgumentError
        If the node stands for no function of the document, or is bypassed: what comes would take part.
    """
    node = graph.nodes[id]
    function = _function(node, functions)
    body = functions[function]
    if node.mode == "bypass":
        raise InvalidArgumentError(
            "'{title}' is bypassed: unpacked, it would take part.",
            hint="Let it take part again, then unpack it.",
            title=node.title or title_of(function, body),
            node=id,
        )
    things: list[Node | Note] = [n for n in body.nodes.values() if n.type not in (INPUT, OUTPUT)]
    things += body.notes.values()
    told = given(node, exposed(body))
    edits: list[Edit] = [*map(RemoveWire, graph.wires_of(id)), RemoveNode(id)]
    wires: list[AddWire] = []
    added: list[str] = []
    incoming = graph.inputs_of(id)
    leaving: dict[str, PortRef | None] = {}
    names: dict[str, str] = {}
    for number in range(repeats(node)):
        names = {}
        for thing, position in _laid_out(things, node, number):
            names[thing.id] = graph.new_id(thing.id, added)
            added.append(names[thing.id])
            moved = replace(thing, id=names[thing.id], position=position)
            if isinstance(moved, Note):
                edits.append(AddNote(moved))
            else:
                params = {**moved.params, **told.get(thing.id, {})}
                edits.append(AddNode(replace(moved, params=params, mode="mute" if node.mode == "mute" else moved.mode)))
        origins = _Origins(body, names, incoming)
        wires += [
            AddWire(Wire(source, PortRef(names[w.target.node], w.target.port)))
            for w in body.wires.values()
            if w.target.node in names and (source := origins.of(w.source)) is not None
        ]
        leaving = {port.id: origins.into(port.id) for port in ports(body, OUTPUT)}
        passed = zip(ports(body, INPUT), ports(body, OUTPUT), strict=False)
        chained = {source.id: ref for source, output in passed if (ref := leaving[output.id]) is not None}
        incoming = {**incoming, **chained}
    for wire in graph.wires_of(id):
        if wire.source.node == id and (origin := leaving.get(wire.source.port)) is not None:
            wires.append(AddWire(Wire(origin, wire.target)))
    inner = {entry.name: entry for entry in exposed(body)} if repeats(node) == 1 else {}

    def heir(entry: Exposed) -> Owner | None:
        if entry.node != id:
            return Owner(entry.node, entry.param)
        found = inner.get(entry.param)
        return Owner(names[found.node], found.param) if found is not None else None

    return Compound("Unpack the function", (*edits, *wires, *handed_on(graph, heir))), added


def _function(node: Node, functions: Mapping[str, Document]) -> str:
    """Return the function that a node stands for."""
    function = function_of(node)
    if function is None or function not in functions:
        raise InvalidArgumentError("'{node}' stands for no function.", hint="Select one that does.", node=node.id)
    return function


def _laid_out(things: Sequence[Node | Note], node: Node, number: int) -> Iterator[tuple[Node | Note, Position]]:
    """Yield what a node stands for, and where it comes to lie: where the node was, each copy beside the one before."""
    left = min((thing.position[0] for thing in things), default=0.0)
    top = min((thing.position[1] for thing in things), default=0.0)
    right = max((thing.position[0] for thing in things), default=0.0)
    dx = node.position[0] - left + number * (right - left + _NODE + _GAP)
    dy = node.position[1] - top
    yield from ((thing, (thing.position[0] + dx, thing.position[1] + dy)) for thing in things)


class _Origins:
    """Where the wires of an unpacked graph begin."""

    def __init__(self, body: Document, names: Mapping[str, str], incoming: Mapping[str, PortRef]) -> None:
        self._body = body
        self._names = names
        self._incoming = incoming

    def of(self, ref: PortRef) -> PortRef | None:
        """Return the output outside that an output within is now, None if nothing comes from there."""
        if ref.node in self._names:
            return PortRef(self._names[ref.node], ref.port)
        return self._incoming.get(ref.node)

    def into(self, port: str) -> PortRef | None:
        """Return the output outside that leads to an output of the function."""
        wired = self._body.inputs_of(port)
        return self.of(next(iter(wired.values()))) if wired else None


def own_copy(graph: Document, functions: Mapping[str, Document], id: str) -> Compound:
    """Return the edit that gives a node a function of its own, which begins as a copy of that it stands for.

    Raises
    ------
    InvalidArgumentError
        If the node stands for no function of the document.
    """
    node = graph.nodes[id]
    function = _function(node, functions)
    name = free_id(function, functions)
    wires = list(graph.wires_of(id))
    return Compound(
        "Make an own copy of the function",
        (
            AddFunction(name, functions[function].contents()),
            *map(RemoveWire, wires),
            RemoveNode(id),
            AddNode(replace(node, type=PREFIX + name), list(graph.nodes).index(id)),
            *map(AddWire, wires),
        ),
    )
