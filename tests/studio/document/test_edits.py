import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import fitting_edits

from engine.core.dtype import float32
from engine.core.errors import InvalidArgumentError
from studio.document.document import MAX_NAME, Document, Node, Note, PortRef, Wire
from studio.document.edits import (
    UNSET,
    AddNode,
    AddNote,
    AddWire,
    Compound,
    Move,
    RemoveNode,
    RemoveWire,
    SetParams,
    SetTitle,
    connect,
    remove,
)
from studio.document.file import dumps

AB = Wire(PortRef("a", "y"), PortRef("b", "x"))


@pytest.fixture
def document() -> Document:
    document = Document()
    for id in "abc":
        document.apply(AddNode(Node(id, "op.add")))
    document.apply(AddWire(AB))
    return document


@given(st.data())
@settings(deadline=None)
def test_every_edit_has_its_inverse(data):
    document = Document()
    for _ in range(data.draw(st.integers(0, 12))):
        document.apply(data.draw(fitting_edits(document)))
    before = dumps(document)
    inverse = document.apply(data.draw(fitting_edits(document)))
    after = dumps(document)
    redo = document.apply(inverse)
    assert dumps(document) == before
    document.apply(redo)
    assert dumps(document) == after


def test_undone_deletions_restore_the_order(document):
    undo = document.apply(remove(document, ["a", "c"]))
    assert list(document.nodes) == ["b"]
    document.apply(undo)
    assert list(document.nodes) == ["a", "b", "c"]
    assert document.wires == {AB.target: AB}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (AddNode(Node("a", "op.add")), "already a node 'a'"),
        (AddNote(Note("a", "")), "already a node 'a'"),
        (RemoveNode("z"), "no node 'z'"),
        (RemoveNode("a"), "still has a wire to 'b'"),
        (AddWire(Wire(PortRef("z", "y"), PortRef("c", "x"))), "no node 'z'"),
        (AddWire(Wire(PortRef("c", "y"), AB.target)), "has a wire already"),
        (AddWire(Wire(PortRef("a", "y" * (MAX_NAME + 1)), PortRef("c", "x"))), "characters long"),
        (RemoveWire(Wire(PortRef("c", "y"), AB.target)), "no wire"),
        (SetParams("z", {}), "no node 'z'"),
        (SetTitle("a", "t" * (MAX_NAME + 1)), "characters long"),
        (Move({"a": (1.0, 1.0), "z": (0.0, 0.0)}), "no node 'z'"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(document, edit, words):
    heard = []
    document.subscribe(heard.append)
    before = dumps(document)
    with pytest.raises(InvalidArgumentError, match=words):
        document.apply(edit)
    with pytest.raises(InvalidArgumentError, match=words):
        document.apply(Compound("Both", (SetTitle("b", "new"), edit)))
    assert dumps(document) == before
    assert heard == []


def test_one_change_is_heard_once(document):
    heard = []
    stop = document.subscribe(heard.append)
    edit = remove(document, "ab")
    document.apply(edit)
    stop()
    document.apply(AddNode(Node("d", "op.add")))
    assert heard == [edit]
    assert [type(leaf).__name__ for leaf in edit.leaves()] == ["RemoveWire", "RemoveNode", "RemoveNode"]


def test_an_input_takes_one_wire(document):
    undo = document.apply(connect(document, PortRef("c", "y"), AB.target))
    assert document.inputs_of("b") == {"x": PortRef("c", "y")}
    assert list(document.wires_of("a")) == []
    document.apply(undo)
    assert document.inputs_of("b") == {"x": PortRef("a", "y")}


def test_a_wire_from_a_node_to_itself_is_removed_once(document):
    loop = Wire(PortRef("c", "y"), PortRef("c", "x"))
    document.apply(AddWire(loop))
    assert list(document.wires_of("c")) == [loop]
    document.apply(remove(document, "c"))
    assert "c" not in document.nodes


def test_parameters_are_kept_as_json_can_hold_them(document):
    document.apply(SetParams("a", {"shape": [1, [2]], "dtype": float32, "rate": 0.5}))
    assert document.nodes["a"].params == {"shape": (1, (2,)), "dtype": "float32", "rate": 0.5}
    document.apply(SetParams("a", {"shape": UNSET, "rate": None}))
    assert document.nodes["a"].params == {"dtype": "float32", "rate": None}


def test_ids_are_new_to_nodes_and_notes(document):
    document.apply(AddNote(Note("d", "text")))
    assert document.new_id("a") == "a_2"
    assert document.new_id("d") == "d_2"
    assert document.new_id("e") == "e"


def test_many_nodes_come_back_where_they_were():
    document = Document()
    for i in range(3000):
        document.apply(AddNode(Node(f"n{i}", "op.exp")))
    order = list(document.nodes)
    undo = document.apply(remove(document, [f"n{i}" for i in range(0, 3000, 2)]))
    assert list(document.nodes) == [f"n{i}" for i in range(1, 3000, 2)]
    document.apply(undo)
    assert list(document.nodes) == order
    with pytest.raises(InvalidArgumentError, match="already a node"):
        document.apply(undo)
    assert list(document.nodes) == order
