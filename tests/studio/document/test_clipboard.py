import pytest
from hypothesis import given, settings
from strategies import documents

from engine.core.errors import InvalidArgumentError
from studio.document.clipboard import copy, is_graph, paste
from studio.document.document import Document, Node, Note, PortRef, Wire
from studio.document.edits import AddNode, AddNote, AddWire
from studio.document.file import dumps


@pytest.fixture
def document() -> Document:
    document = Document()
    for x, id in enumerate(("a", "b", "c_7")):
        document.apply(AddNode(Node(id, "op.add", {"axes": [1, 2]}, (100.0 * x, 50.0))))
    document.apply(AddNote(Note("n", "text", (0.0, 500.0))))
    document.apply(AddWire(Wire(PortRef("a", "y"), PortRef("b", "x"))))
    document.apply(AddWire(Wire(PortRef("b", "y"), PortRef("c_7", "x"))))
    return document


def test_paste_brings_new_nodes_with_the_wires_between_them(document):
    edit, ids = paste(document, copy(document, ["b", "c_7", "n"]), offset=(10.0, 20.0))
    before = dumps(document)
    undo = document.apply(edit)
    assert ids == ["b_2", "c", "n_2"]
    assert document.nodes["b_2"] == Node("b_2", "op.add", {"axes": (1, 2)}, (110.0, 70.0))
    assert document.notes["n_2"].position == (10.0, 520.0)
    assert document.inputs_of("c") == {"x": PortRef("b_2", "y")}
    assert document.inputs_of("b_2") == {}
    document.apply(undo)
    assert dumps(document) == before


def test_paste_can_keep_the_wires_that_come_in(document):
    text = copy(document, ["b", "c_7"])
    document.apply(paste(document, text, incoming=True)[0])
    assert document.inputs_of("b_2") == {"x": PortRef("a", "y")}
    other = Document()
    other.apply(paste(other, text, incoming=True)[0])
    assert list(other.nodes) == ["b", "c"]
    assert other.inputs_of("b") == {}


def test_paste_at_a_place(document):
    edit, ids = paste(document, copy(document, ["b", "n"]), at=(7.0, 8.0))
    document.apply(edit)
    assert document.nodes[ids[0]].position == (107.0, 8.0)
    assert document.notes[ids[1]].position == (7.0, 458.0)


def test_pasting_twice_gives_new_ids_each_time(document):
    text = copy(document, ["a"])
    for _ in range(3):
        document.apply(paste(document, text)[0])
    assert [id for id in document.nodes if id.startswith("a")] == ["a", "a_2", "a_3", "a_4"]


@given(documents())
@settings(deadline=None, max_examples=50)
def test_a_copy_of_everything_is_isomorphic(document):
    ids = [*document.nodes, *document.notes]
    if ids:
        edit, new = paste(document, copy(document, ids))
        counts = len(document.nodes), len(document.wires), len(document.notes)
        document.apply(edit)
        assert len(new) == len(ids)
        assert (len(document.nodes), len(document.wires), len(document.notes)) == tuple(2 * n for n in counts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no nodes"),
        ("hello", "holds no nodes"),
        ('{"format": "trenza-nodes", "version": 1}', "holds no nodes"),
        ('{"format": "trenza-nodes", "version": 4}', "another version"),
        ('{"format": "trenza-nodes", "version": 1, "nodes": [{}]}', "no 'id'"),
        (
            '{"format": "trenza-nodes", "version": 1, "incoming": [{"from": ["a", "y"], "to": ["b", "x"]}]}',
            "no node 'b'",
        ),
        ('{"format": "trenza-nodes", ', "line 1"),
    ],
)
def test_what_is_no_graph_is_refused(text, words):
    document = Document()
    with pytest.raises(InvalidArgumentError, match=words):
        paste(document, text)
    assert document == Document()


def test_the_menu_can_ask_cheaply(document):
    assert is_graph(copy(document, ["a"]))
    assert not is_graph("a = 1")
    assert not is_graph(dumps(document))
