"""Documents and edits as hypothesis makes them."""

from __future__ import annotations

from hypothesis import strategies as st

from studio.document.document import Document, Node, Note, PortRef, Wire
from studio.document.edits import (
    UNSET,
    AddNode,
    AddNote,
    AddWire,
    Compound,
    Edit,
    Move,
    RemoveWire,
    SetCollapsed,
    SetMode,
    SetNote,
    SetParams,
    SetSetting,
    SetTitle,
    connect,
    remove,
)
from studio.document.function import INPUT, OUTPUT, PREFIX
from studio.document.function_edits import AddFunction
from studio.document.modes import MODES

IDS = tuple("abcdefgh")
names = st.text(min_size=1, max_size=20)
node_ids = names.filter(lambda name: "/" not in name and "#" not in name)
coordinates = st.floats(-1e6, 1e6)
positions = st.tuples(coordinates, coordinates)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any document: ids, types, titles and texts are whatever Unicode allows, and some nodes stand for functions."""
    functions = draw(st.dictionaries(node_ids, graphs(()), max_size=2))
    document = draw(graphs(tuple(functions)))
    for id, body in functions.items():
        document.apply(AddFunction(id, body.contents()))
    return document


@st.composite
def graphs(draw: st.DrawFn, functions: tuple[str, ...]) -> Document:
    """Any graph, in which nodes may stand for `functions`."""
    types = st.sampled_from([INPUT, OUTPUT, *(PREFIX + id for id in functions)]) | names
    document = Document()
    ids = draw(st.lists(node_ids, unique=True, max_size=6))
    split = draw(st.integers(0, len(ids)))
    for id in ids[:split]:
        params = draw(st.dictionaries(names, values, max_size=3))
        mode, collapsed = draw(st.sampled_from(MODES)), draw(st.booleans())
        document.apply(AddNode(Node(id, draw(types), params, draw(positions), draw(names), mode, collapsed)))
    for id in ids[split:]:
        colour, frame = draw(st.sampled_from(["", "data", "loss"])), draw(st.booleans())
        document.apply(AddNote(Note(id, draw(st.text(max_size=50)), draw(positions), draw(positions), colour, frame)))
    if split:
        nodes = st.sampled_from(ids[:split])
        for _ in range(draw(st.integers(0, 5))):
            wire = Wire(PortRef(draw(nodes), draw(names)), PortRef(draw(nodes), draw(names)))
            if wire.target not in document.wires:
                document.apply(AddWire(wire))
    for name, value in draw(st.dictionaries(names, values, max_size=3)).items():
        document.apply(SetSetting(name, value))
    return document


@st.composite
def fitting_edits(draw: st.DrawFn, document: Document) -> Edit:
    """An edit that fits `document`."""
    free = [id for id in IDS if not document.has(id)]
    nodes, notes = list(document.nodes), list(document.notes)
    choices = [SetSetting(draw(st.sampled_from(["seed", "mode"])), draw(st.sampled_from([1, 2, UNSET])))]
    choices.append(Compound("Nothing", ()))
    if free:
        position = draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))
        choices.append(AddNode(Node(draw(st.sampled_from(free)), "op.add", position=position)))
        choices.append(AddNote(Note(draw(st.sampled_from(free)), "text", frame=draw(st.booleans()))))
    if nodes:
        node, other = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        target = PortRef(node, draw(st.sampled_from(["x", "y"])))
        choices.append(
            SetParams(node, {draw(st.sampled_from("pq")): draw(st.sampled_from([0, False, 1.0, 1, [2], UNSET]))})
        )
        choices.append(SetMode({node: draw(st.sampled_from(MODES)), other: draw(st.sampled_from(MODES))}))
        choices.append(SetCollapsed({node: draw(st.booleans()), other: draw(st.booleans())}))
        choices.append(SetTitle(node, draw(st.sampled_from(["", "one", "two"]))))
        choices.append(connect(document, PortRef(other, "out"), target))
    if document.wires:
        choices.append(RemoveWire(draw(st.sampled_from(list(document.wires.values())))))
    if notes:
        choices.append(SetNote(Note(draw(st.sampled_from(notes)), draw(st.sampled_from(["text", "other"])))))
    if nodes or notes:
        some = draw(st.lists(st.sampled_from(nodes + notes), unique=True, min_size=1))
        choices.append(remove(document, some))
        choices.append(Move(dict.fromkeys(some, draw(st.sampled_from([(0.0, 0.0), (5.0, 5.0)])))))
    return draw(st.sampled_from(choices))
