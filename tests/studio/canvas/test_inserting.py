"""Nodes and reroute points put into wires, by mouse and by key."""

from __future__ import annotations

import pytest
from graphs import port, wire
from hand import LEFT, NONE, Hand
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from real import Show, classifier, middle, wires

from studio.canvas.gestures.drop_node import MIME_TYPE
from studio.canvas.progress import Progress
from studio.canvas.view import CanvasView
from studio.document.document import Document, Node, PortRef
from studio.document.edits import AddNode, Move

pytest_plugins = ("look",)


def network() -> Document:
    """Images -> flatten -> hidden -> output, the last two close together."""
    document = classifier("hidden")
    document.apply(Move({"flat": (220.0, 0.0), "hidden": (480.0, 0.0), "output": (700.0, 20.0)}))
    return document


@pytest.fixture
def view(show: Show) -> CanvasView:
    """A canvas with the network."""
    return show(network())


@pytest.fixture
def hand(view: CanvasView) -> Hand:
    return Hand(view)


def drag_in(view: CanvasView, at, type_id: str, *, drop: bool = True) -> None:
    """Drag a type out of the palette to a point of the viewport, and let it go there."""
    data = QMimeData()
    data.setData(MIME_TYPE, type_id.encode())
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    events = [QDragEnterEvent(at, copy, data, LEFT, keys), QDragMoveEvent(at, copy, data, LEFT, keys)]
    if drop:
        events.append(QDropEvent(QPointF(at), copy, data, LEFT, keys))
    for event in events:
        QApplication.sendEvent(view.viewport(), event)


# -------------------------------------------------------------------------------------------------- inserting


def test_a_type_dropped_on_a_wire_is_put_into_it_and_its_neighbours_make_room(view, hand):
    before = view.canvas.document.nodes
    places = {id: node.position for id, node in before.items()}
    drag_in(view, hand.at(middle(view, "output.inputs")), "layer.Dropout")
    assert view.canvas.document.inputs_of("dropout") == {"inputs": port("hidden.output")}
    assert view.canvas.document.inputs_of("output") == {"inputs": port("dropout.output")}
    assert view.history.labels == ["Insert node"]
    bodies = [view.canvas.items_by_id[id].body() for id in ("hidden", "dropout", "output")]
    assert bodies[0].right() < bodies[1].left()
    assert bodies[1].right() < bodies[2].left()
    nodes = view.canvas.document.nodes
    assert all(nodes[id].position == places[id] for id in ("digits", "flat", "hidden"))
    assert nodes["output"].position[1] == places["output"][1]
    view.history.undo()
    assert {id: n.position for id, n in view.canvas.document.nodes.items()} == places
    assert view.canvas.document == network()


def test_where_there_is_room_nothing_moves(view, hand):
    view.history.do(Move({"output": (1100.0, 20.0)}))
    view.centerOn(700, 100)
    drag_in(view, hand.at(middle(view, "output.inputs")), "layer.Dropout")
    assert view.canvas.document.nodes["output"].position == (1100.0, 20.0)


def test_the_wire_lights_up_while_the_type_is_over_it(view, hand):
    drag_in(view, hand.at(middle(view, "output.inputs")), "layer.Dropout", drop=False)
    assert view.canvas.wires.hot == {port("output.inputs")}
    QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
    assert view.canvas.wires.hot == frozenset()
    assert view.history.labels == []


@pytest.mark.parametrize(
    ("type_id", "target", "words"),
    [
        ("layer.Conv2D", "output.inputs", "4 axes"),  # rows are no images
        ("op.argmax", "output.inputs", "2 axes"),  # Dense takes no vector
    ],
)
def test_what_does_not_fit_into_a_wire_says_why_and_is_added_beside_it(view, hand, type_id, target, words):
    before = wires(view)
    at = hand.at(middle(view, target))
    drag_in(view, at, type_id, drop=False)
    reason = view.findChild(object, "reason")
    assert words in reason.text()
    assert view.canvas.wires.hot == frozenset()
    drag_in(view, at, type_id)
    assert wires(view) == before
    assert len(view.canvas.document.nodes) == 5
    assert reason.text() == ""


def test_a_node_without_a_way_through_is_no_part_of_a_wire(view, hand):
    before = wires(view)
    drag_in(view, hand.at(middle(view, "output.inputs")), "data.iris")
    assert wires(view) == before


def test_a_node_that_is_there_is_put_into_the_wire_it_is_dragged_to(view, hand):
    view.history.do(AddNode(Node("drop", "layer.Dropout", {"rate": 0.5}, (480.0, 220.0))))
    item = view.canvas.node("drop")
    offset = item.body().center() - hand.header("drop")
    hand.drag(hand.header("drop"), middle(view, "output.inputs") - offset)
    assert view.canvas.document.inputs_of("output") == {"inputs": port("drop.output")}
    assert view.canvas.document.inputs_of("drop") == {"inputs": port("hidden.output")}
    assert view.history.labels == ["Add node", "Insert node"]
    view.history.undo()
    assert view.canvas.document.nodes["drop"].position == (480.0, 220.0)
    assert view.canvas.document.inputs_of("output") == {"inputs": port("hidden.output")}


def test_a_node_with_wires_moves_over_others_without_a_change(view, hand):
    before = wires(view)
    item = view.canvas.node("flat")
    offset = item.body().center() - hand.header("flat")
    hand.drag(hand.header("flat"), middle(view, "output.inputs") - offset)
    assert wires(view) == before
    assert view.history.labels == ["Move"]


def test_escape_over_a_wire_puts_the_node_back(view, hand):
    view.history.do(AddNode(Node("drop", "layer.Dropout", {"rate": 0.5}, (480.0, 220.0))))
    hand.press(hand.header("drop"))
    hand.move(middle(view, "output.inputs"))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.canvas.wires.hot == frozenset()
    assert view.canvas.items_by_id["drop"].pos() == QPointF(480, 220)
    assert view.history.labels == ["Add node"]


def test_tab_over_a_wire_asks_for_a_node_to_put_into_it(view, hand, qtbot):
    at = middle(view, "output.inputs")
    hand.move(at + QPointF(1, 40))
    hand.move(at)
    with qtbot.waitSignal(view.addRequested) as caught:
        QTest.keyClick(view, Qt.Key.Key_Tab)
    assert caught.args[1] == wire("hidden.output > output.inputs")
    offered = view.fitting(caught.args[1])
    assert offered[0] == "layer.Dense"
    assert "layer.Conv2D" not in offered
    assert "op.argmax" not in offered


def test_with_a_wire_selected_the_keyboard_alone_puts_a_node_into_it(view, qtbot):
    view.select([])
    view.canvas.select((), [port("output.inputs")])
    view._cursor = None
    with qtbot.waitSignal(view.addRequested) as caught:
        QTest.keyClick(view, Qt.Key.Key_D)
    position, chosen, text = caught.args
    assert (chosen, text) == (wire("hidden.output > output.inputs"), "d")
    view.insert_node("layer.Dropout", chosen, position)
    assert view.canvas.document.inputs_of("output") == {"inputs": port("dropout.output")}


def test_a_right_click_on_a_wire_asks_for_its_menu(view, hand, qtbot):
    at = hand.at(middle(view, "output.inputs"))
    with qtbot.waitSignal(view.menuRequested), qtbot.assertNotEmitted(view.addRequested):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
        QApplication.sendEvent(view.viewport(), event)
    assert view.canvas.wires.selected == {port("output.inputs")}


# --------------------------------------------------------------------------------------------- reroute points


def test_a_double_click_on_a_wire_puts_a_reroute_point_there(view, hand, qtbot):
    at = middle(view, "output.inputs")
    with qtbot.assertNotEmitted(view.addRequested):
        QTest.mouseDClick(view.viewport(), LEFT, NONE, hand.at(at))
    assert view.canvas.document.inputs_of("output") == {"inputs": port("reroute.output")}
    assert view.canvas.document.inputs_of("reroute") == {"input": port("hidden.output")}
    assert (view.canvas.items_by_id["reroute"].body().center() - at).manhattanLength() < 3
    assert view.canvas.status.specs[port("reroute.output")] == view.canvas.status.specs[port("hidden.output")]
    assert view.canvas.status.severity("output") == ""
    view.history.undo()
    assert view.canvas.document == network()


def test_a_reroute_point_from_the_palette_needs_no_room(view, hand):
    places = {id: node.position for id, node in view.canvas.document.nodes.items()}
    drag_in(view, hand.at(middle(view, "output.inputs")), "view.reroute")
    assert view.canvas.document.inputs_of("output") == {"inputs": port("reroute.output")}
    assert {id: view.canvas.document.nodes[id].position for id in places} == places


def test_a_reroute_point_is_moved_and_wired_like_a_node(view, hand):
    view.reroute_at(wire("hidden.output > output.inputs"), middle(view, "output.inputs"))
    body = view.canvas.items_by_id["reroute"].body()
    for zoom in (0.5, 1.0):
        view.zoom_to(zoom)
        start = view.canvas.items_by_id["reroute"].body().center()
        hand.drag(start, start + QPointF(0, 60))
    assert view.canvas.items_by_id["reroute"].body().center().y() == pytest.approx(body.center().y() + 120, abs=3)
    view.history.do(AddNode(Node("more", "layer.Flatten", position=(760.0, 260.0))))
    view.centerOn(600, 200)
    hand.drag(hand.port("reroute", "output", is_input=False), hand.port("more", "inputs", is_input=True))
    assert view.canvas.document.inputs_of("more") == {"inputs": port("reroute.output")}


def test_the_selected_wires_of_one_output_share_a_reroute_point(view, hand):
    history = view.history
    for i in range(2):
        history.do(AddNode(Node(f"more_{i}", "layer.Flatten", position=(700.0, 200.0 + 100 * i))))
        hand.drag(hand.port("hidden", "output", is_input=False), hand.port(f"more_{i}", "inputs", is_input=True))
    targets = [port("output.inputs"), port("more_0.inputs"), port("more_1.inputs")]
    view.canvas.select((), [*targets, port("flat.inputs")])
    view.add_reroutes()
    document = view.canvas.document
    assert {document.wires[t].source for t in targets} == {PortRef("reroute_2", "output")}
    assert document.inputs_of("flat") == {"inputs": PortRef("reroute", "output")}
    assert history.labels[-1] == "Add reroute point"
    assert view.selected_ids() == ["reroute", "reroute_2"]
    history.undo()
    assert "reroute" not in document.nodes


def test_without_a_wire_selected_there_is_nothing_to_reroute(view):
    view.add_reroutes()
    assert view.history.labels == []


@pytest.mark.parametrize("zoom", [0.2, 0.45, 1.0, 2.0])
def test_reroute_points_paint_at_every_zoom(view, zoom):
    view.reroute_at(wire("hidden.output > output.inputs"), middle(view, "output.inputs"))
    view.set_progress(Progress("reroute"))
    view.zoom_to(zoom)
    view.centerOn(600, 100)
    before = view.grab().toImage()
    view.history.undo()
    assert view.grab().toImage() != before


# ------------------------------------------------------------------------------------------------- foresight


def test_what_a_search_will_ask_is_found_out_while_the_mouse_is_there(view, hand, qtbot):
    for at in (hand.port("flat", "output", is_input=False), middle(view, "output.inputs")):
        hand.move(at + QPointF(0, 90))
        hand.move(at)
        assert view.foresight.busy
        qtbot.waitUntil(lambda: not view.foresight.busy)
    known = len(view.trials._known)
    view.fitting(wire("hidden.output > output.inputs"))
    assert len(view.trials._known) == known
