"""Commands right after an edit of many nodes, of which most still wait for their items: they count all the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hand import Hand
from PySide6.QtCore import QPointF

from studio.canvas.view import CanvasView
from studio.document.document import Node, Note, PortRef, Wire
from studio.document.edits import AddNode, AddNote, AddWire, Compound

pytest_plugins = ("look",)

IDS = [f"n{i}" for i in range(400)]
LAST = PortRef(IDS[-1], "x")


@pytest.fixture
def many(canvas: CanvasView) -> CanvasView:
    """A canvas to which 400 nodes, their wires and a frame around them were just added."""
    nodes = [Node(id, "op.relu", position=(i % 20 * 200.0, 500.0 + i // 20 * 100)) for i, id in enumerate(IDS)]
    wires = [Wire(PortRef(a, "y"), PortRef(b, "x")) for a, b in pairwise(IDS)]
    frame = Note("frame", "All", (-20.0, 450.0), (4500.0, 2200.0), frame=True)
    canvas.history.do(Compound("Many", (*map(AddNode, nodes), *map(AddWire, wires), AddNote(frame))))
    assert canvas.canvas.busy
    assert IDS[-1] not in canvas.canvas.items_by_id
    return canvas


def test_all_of_the_selection_comes_into_view(many: CanvasView) -> None:
    many.select(IDS)
    many.frame_selection()
    last = many.canvas.document.nodes[IDS[-1]].position
    assert many.visible_area().contains(QPointF(*last))


def test_all_of_the_selection_is_aligned(many: CanvasView) -> None:
    many.select(IDS)
    many.arranging.align("left")
    assert {many.canvas.position(id)[0] for id in IDS} == {0.0}


def test_a_frame_goes_around_all_of_the_selection(many: CanvasView) -> None:
    many.select(IDS)
    many.arranging.frame_selection()
    (id,) = many.selected_ids()
    assert set(IDS) <= set(many.canvas.contents(id))


def test_all_of_the_selection_is_collapsed_and_muted(many: CanvasView) -> None:
    many.select(IDS)
    many.arranging.collapse()
    many.arranging.toggle("mute")
    nodes = many.canvas.document.nodes
    assert {(nodes[id].collapsed, nodes[id].mode) for id in IDS} == {(True, "mute")}


def test_all_of_the_selection_is_dragged(many: CanvasView) -> None:
    hand = Hand(many)
    many.select(["hidden", *IDS])
    before = many.canvas.position(LAST.node)
    start = hand.header("hidden")
    hand.drag(start, start + QPointF(40, 0))
    assert many.canvas.position(LAST.node) == (before[0] + 40, before[1])


def test_a_frame_takes_all_that_lies_in_it_along(many: CanvasView) -> None:
    many.select(["frame"])
    many.cut()
    assert not {*IDS, "frame"} & {*many.canvas.document.nodes, *many.canvas.document.notes}


def test_a_wire_that_is_not_drawn_yet_gets_its_reroute_point(many: CanvasView) -> None:
    many.canvas.select((), [LAST])
    many.add_reroutes()
    assert many.canvas.document.wires[LAST].source == PortRef("reroute", "output")


def test_a_wire_that_is_not_drawn_yet_is_meant_by_a_search(many: CanvasView, qtbot) -> None:
    many._cursor = None
    many.canvas.select((), [LAST])
    with qtbot.waitSignal(many.addRequested) as caught:
        many.request_add()
    assert caught.args[1] == many.canvas.document.wires[LAST]
