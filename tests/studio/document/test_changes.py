"""Differences of two documents, thing by thing, and how they are marked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from graphs import build, moons, port, wire
from hypothesis import given, settings
from strategies import documents

from studio.document.changes import Change, changes, marks
from studio.document.difference import difference
from studio.document.document import Document, Node, Note
from studio.document.edits import (
    UNSET,
    AddNode,
    AddNote,
    AddWire,
    Edit,
    Move,
    RemoveWire,
    SetMode,
    SetNote,
    SetParams,
    SetSetting,
    SetTitle,
    remove,
)
from studio.document.function_edits import AddFunction, RemoveFunction, Within
from studio.document.work import finished


def found(edit: Edit, *first: Edit) -> list[Change]:
    """Return what an edit changes in a small classifier."""
    before = moons()
    for one in first:
        before.apply(one)
    after = Document.of(before.contents())
    after.apply(edit)
    return finished(changes(before.contents(), after.contents()))


BODY = build({"e": "op.exp"}).contents()
WITH_BODY = AddFunction("f", BODY)
NOTE = Note("note", "a")


@pytest.mark.parametrize(
    ("edit", "first", "expected"),
    [
        (SetParams("hidden", {"units": 9}), (), Change("", "hidden", "~", "parameter", "units", 8, 9)),
        (SetParams("hidden", {"units": UNSET}), (), Change("", "hidden", "~", "parameter", "units", 8, UNSET)),
        (
            SetParams("hidden", {"use_bias": False}),
            (),
            Change("", "hidden", "~", "parameter", "use_bias", UNSET, False),
        ),
        (SetTitle("hidden", "a"), (), Change("", "hidden", "~", "title", before="", after="a")),
        (SetMode({"hidden": "mute"}), (), Change("", "hidden", "~", "mode", before="", after="mute")),
        (Move({"data": (5, 5)}), (), Change("", "data", "~", "place", before=(0.0, 0.0), after=(5.0, 5.0))),
        (AddNode(Node("new", "op.exp")), (), Change("", "new", "+", "node")),
        (AddNote(NOTE), (), Change("", "note", "+", "note")),
        (SetNote(replace(NOTE, text="b")), (AddNote(NOTE),), Change("", "note", "~", "note")),
        (SetSetting("seed", 2), (), Change("", "", "~", "setting", "seed", 1, 2)),
        (WITH_BODY, (), Change("f", "", "+", "function")),
        (RemoveFunction("f"), (WITH_BODY,), Change("f", "", "−", "function")),
        (
            Within("f", SetTitle("e", "x")),
            (WITH_BODY,),
            Change("f", "e", "~", "title", before="", after="x"),
        ),
    ],
)
def test_each_edit_is_told_as_what_it_is(edit: Edit, first: tuple[Edit, ...], expected: Change):
    assert found(edit, *first) == [expected]


def test_wires_are_told_with_the_node_that_they_lead_to():
    gone = wire("hidden.output > output.inputs")
    (change,) = found(RemoveWire(gone))
    assert change == Change("", "output", "−", "wire", wire=gone)
    other = moons()
    other.apply(RemoveWire(gone))
    assert finished(changes(other.contents(), moons().contents())) == [Change("", "output", "+", "wire", wire=gone)]


def test_they_come_by_graph_and_by_node_in_the_order_of_the_document():
    before, after = moons(), moons()
    before.apply(AddFunction("f", BODY))
    after.apply(AddFunction("f", BODY))
    for edit in (
        Within("f", SetTitle("e", "x")),
        SetParams("output", {"units": 3}),
        SetTitle("hidden", "h"),
        SetParams("hidden", {"units": 3}),
        SetSetting("seed", 5),
    ):
        after.apply(edit)
    told = [(c.graph, c.node) for c in finished(changes(before.contents(), after.contents()))]
    assert told == [("", ""), ("", "hidden"), ("", "hidden"), ("", "output"), ("f", "e")]


def test_marks_tell_what_went_from_what_came():
    before, after = moons(), moons()
    after.apply(remove(after, ["hidden"]))
    after.apply(AddNode(Node("other", "layer.Dense", {"units": 4})))
    after.apply(AddWire(wire("other.output > output.inputs")))
    after.apply(SetParams("trainer", {"epochs": 9}))
    told = finished(changes(before.contents(), after.contents()))
    left, right = marks(told, "", before, "−"), marks(told, "", after, "+")
    assert left.nodes == {"hidden": "−", "trainer": "~"}
    assert left.wires == {port("hidden.inputs"): "−", port("output.inputs"): "−"}
    assert right.nodes == {"other": "+", "trainer": "~"}
    assert right.wires == {port("output.inputs"): "+"}


def test_all_of_a_function_that_came_is_marked():
    told = found(AddFunction("f", BODY))
    assert marks(told, "f", Document.of(BODY), "+").nodes == {"e": "+"}
    assert marks(told, "f", Document(), "−").nodes == {}


@settings(max_examples=30)
@given(documents(), documents())
def test_there_are_changes_where_documents_differ_and_none_elsewhere(a: Document, b: Document):
    told = finished(changes(a.contents(), b.contents()))
    assert bool(told) == bool(difference(a, b).edits)
    assert finished(changes(a.contents(), a.contents())) == []
    for side, sign, other in ((a, "−", b), (b, "+", a)):
        shown = marks(told, "", side, sign)
        assert {id for id, s in shown.nodes.items() if s == sign} == {
            id for id in (*side.nodes, *side.notes) if not _same_thing(side, other, id)
        }


def _same_thing(a: Document, b: Document, id: str) -> bool:
    if id in a.notes:
        return id in b.notes
    return id in b.nodes and b.nodes[id].type == a.nodes[id].type
