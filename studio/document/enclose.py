"""Enclosing: a selection becomes a function, and a node that stands for it takes its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.core.errors import InvalidArgumentError
from studio.document.adopt import free_id
from studio.document.document import Contents, Document, Node, Note, PortRef, Wire
from studio.document.edits import AddNode, AddWire, Compound, Edit, remove
from studio.document.exposing import Owner, handed_on
from studio.document.function import EXPOSED, INPUT, INPUT_TYPE, OUTPUT, OUTPUT_TYPE, PREFIX, TITLE, exposed
from studio.document.function_edits import AddFunction
from studio.document.modes import PASSING
from studio.document.nodetype import Catalogue, Port

#: Pixels between the ports of a function and the nodes within, and between two ports above each other.
_MARGIN: Final = 140.0
_ROW: Final = 70.0
_NODE: Final = 200.0
"""About as wide as a node is: what lies at the right must not cover it."""


@dataclass(frozen=True)
class _Opening:
    """A port of the function to be: the port within that a wire leads to or from, and what it is called."""

    inner: PortRef
    title: str


def enclose(
    graph: Document,
    functions: Mapping[str, Document],
    types: Catalogue,
    ids: Iterable[str],
    title: str,
) -> tuple[Compound, str]:
    """Return the edit that turns nodes and notes into a function, and the id of the node that stands for it then.

    What comes in from one output becomes one input; what goes out of one output becomes one output. Inputs that need a
    wire and have none, and outputs of layers and ops that lead nowhere, become ports as well, so that the function can
    be used on its own. What the graph exposes of the nodes, it exposes of the new one.

    Parameters
    ----------
    graph
        The graph that the nodes are in.
    functions
        Those of the whole document.
    types
        Where the types of the nodes are found.
    title
        What the function is to be called.

    Raises
    ------
    InvalidArgumentError
        If no node is among them, or if what is left would lead in a circle through the new node.
    """
    chosen = set(ids)
    nodes = [node for node in graph.nodes.values() if node.id in chosen]
    notes = [note for note in graph.notes.values() if note.id in chosen]
    if not nodes:
        raise InvalidArgumentError("There is no node among what is selected.", hint="Select the nodes it is to hold.")
    _refuse_circle(graph, chosen)
    function = free_id(stem_of(title), functions)
    inner_wires = [w for n in nodes for w in graph.wires_of(n.id) if w.target.node == n.id and w.source.node in chosen]
    entering = _by_source(w for n in nodes for w in graph.wires_of(n.id) if w.source.node not in chosen)
    leaving = _by_source(w for n in nodes for w in graph.wires_of(n.id) if w.target.node not in chosen)
    inputs = [_Opening(wires[0].target, _name(types, graph, wires[0].target)) for wires in entering.values()]
    inputs += [_Opening(ref, _name(types, graph, ref)) for ref in _open_inputs(types, graph, nodes)]
    outputs = [_Opening(ref, _name(types, graph, ref)) for ref in leaving]
    outputs += [_Opening(ref, _name(types, graph, ref)) for ref in _open_outputs(types, graph, nodes)]

    taken = {*(n.id for n in nodes), *(n.id for n in notes)}
    entries = _port_nodes(INPUT, inputs, taken, nodes)
    exits = _port_nodes(OUTPUT, outputs, taken, nodes)
    wires = {w.target: w for w in inner_wires}
    fed = [[w.target for w in group] for group in entering.values()]
    fed += [[opening.inner] for opening in inputs[len(fed) :]]
    for entry, targets in zip(entries, fed, strict=True):
        wires |= {target: Wire(PortRef(entry.id, INPUT_TYPE.outputs[0].name), target) for target in targets}
    for leave, opening in zip(exits, outputs, strict=True):
        target = PortRef(leave.id, OUTPUT_TYPE.inputs[0].name)
        wires[target] = Wire(opening.inner, target)
    settings: dict[str, Any] = {TITLE: title} if title else {}
    if shown := tuple(tuple(entry) for entry in exposed(graph) if entry.node in chosen):
        settings[EXPOSED] = shown
    body = Contents({n.id: n for n in (*entries, *nodes, *exits)}, wires, {n.id: n for n in notes}, settings)

    id = graph.new_id(function)
    stand_in = Node(id, PREFIX + function, position=_corner(nodes))
    edits: list[Edit] = [AddFunction(function, body), *remove(graph, chosen).edits, AddNode(stand_in)]
    for entry, source in zip(entries, entering, strict=False):
        edits.append(AddWire(Wire(source, PortRef(id, entry.id))))
    for leave, group in zip(exits, leaving.values(), strict=False):
        edits += [AddWire(Wire(PortRef(id, leave.id), wire.target)) for wire in group]
    edits += handed_on(graph, lambda e: Owner(id, e.name) if e.node in chosen else Owner(e.node, e.param))
    return Compound("Make a function", tuple(edits)), id


def stem_of(title: str) -> str:
    """Return what ids, and files, of a function with this title begin with.

    >>> stem_of("My block, 2"), stem_of("…")
    ('my_block__2', 'function')
    """
    plain = "".join(c if c.isalnum() else "_" for c in title.lower()).strip("_")
    return plain[:40] or "function"


def _by_source(wires: Iterable[Wire]) -> dict[PortRef, list[Wire]]:
    found: dict[PortRef, list[Wire]] = {}
    for wire in wires:
        found.setdefault(wire.source, []).append(wire)
    return found


def _refuse_circle(graph: Document, chosen: Collection[str]) -> None:
    """Refuse nodes of which some lie before, and some behind a node that is not among them."""
    ahead = list(
        dict.fromkeys(w.target.node for id in chosen if id in graph.nodes for w in graph.wires_of(id)).keys() - chosen
    )
    seen = set(ahead)
    for id in ahead:  # grows while it is walked
        for wire in graph.wires_of(id):
            if wire.source.node != id:
                continue
            if wire.target.node in chosen:
                raise InvalidArgumentError(
                    "'{other}' lies between the selected nodes: with them in a function, the wires would lead in a "
                    "circle.",
                    hint="Select it, too.",
                    other=id,
                    node=id,
                )
            if wire.target.node not in seen:
                seen.add(wire.target.node)
                ahead.append(wire.target.node)


def _open_inputs(types: Catalogue, graph: Document, nodes: Iterable[Node]) -> Iterator[PortRef]:
    for node in nodes:
        node_type, wired = types.get(node.type), graph.inputs_of(node.id)
        for port in node_type.inputs if node_type is not None else ():
            if not port.optional and not port.control and not port.among(wired):
                yield PortRef(node.id, f"{port.name}[0]" if port.variadic else port.name)


def _open_outputs(types: Catalogue, graph: Document, nodes: Iterable[Node]) -> Iterator[PortRef]:
    for node in nodes:
        node_type = types.get(node.type)
        if node_type is None or node_type.category not in PASSING:
            continue
        if not any(w.source.node == node.id for w in graph.wires_of(node.id)):
            for port in node_type.outputs:
                if not port.variadic and not port.control:
                    yield PortRef(node.id, port.name)


def _name(types: Catalogue, graph: Document, ref: PortRef) -> str:
    """Return what a port of a function is called after the port within: as that, or as its node if it has no name."""
    node = graph.nodes[ref.node]
    node_type = types.get(node.type)
    port: Port | None = None
    if node_type is not None:
        port = node_type.input(ref.port) or node_type.output(ref.port)
    if port is not None and port.title:
        return port.title
    base = ref.port.partition("[")[0]
    return base if base not in ("inputs", "input", "output", "outputs") else _PLAIN[base]


_PLAIN: Final[Mapping[str, str]] = {"inputs": "x", "input": "x", "output": "y", "outputs": "y"}


def _port_nodes(type_id: str, openings: list[_Opening], taken: set[str], nodes: list[Node]) -> list[Node]:
    """Return the nodes of a function's ports, in a column beside the nodes within."""
    left, top = _corner(nodes)
    right = max(node.position[0] for node in nodes)
    x = left - _MARGIN - _NODE if type_id == INPUT else right + _NODE + _MARGIN
    heights = {node.id: node.position[1] for node in nodes}
    found: list[Node] = []
    names: dict[str, int] = {}
    y = top - _ROW
    for place, opening in enumerate(openings):
        number = names[opening.title] = names.get(opening.title, 0) + 1
        title = opening.title if number == 1 else f"{opening.title} {number}"
        stem = "in" if type_id == INPUT else "out"
        id = next(name for n in range(1, len(taken) + 2) if (name := f"{stem}_{n}") not in taken)
        taken.add(id)
        y = max(y + _ROW, heights[opening.inner.node])
        found.append(Node(id, type_id, {"place": place}, (x, y), title[:60]))
    return found


def _corner(things: Iterable[Node | Note]) -> tuple[float, float]:
    positions = [thing.position for thing in things]
    return min(x for x, _ in positions), min(y for _, y in positions)
