"""Wires cut by a stroke or a click, and ends taken off to be plugged elsewhere."""

from __future__ import annotations

import pytest
from hand import ALT, CTRL, LEFT, SHIFT
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.document.document import Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire

RIGHT = Qt.MouseButton.RightButton


def between(canvas, target: PortRef, share: float = 0.5) -> QPointF:
    return canvas.canvas.wires.strands()[target].path.pointAtPercent(share)


HIDDEN, OUTPUT, LABELS = PortRef("hidden", "x"), PortRef("output", "x"), PortRef("loss", "labels")


@pytest.mark.parametrize(("button", "keys"), [(LEFT, ALT), (RIGHT, CTRL)])
def test_a_stroke_cuts_all_that_it_crosses_in_one_step(canvas, hand, button, keys):
    document = canvas.canvas.document
    start = between(canvas, OUTPUT) + QPointF(0, -60)
    crossing = between(canvas, LABELS)
    end = QPointF(start.x(), canvas.canvas.items_by_id["digits"].body().bottom() + 260)
    hand.press(start, button, keys)
    hand.move(between(canvas, OUTPUT) + QPointF(0, 40))
    assert canvas.canvas.wires.doomed == {OUTPUT}
    assert OUTPUT in document.wires
    canvas.grab()
    hand.move(end)
    hand.release(end, button, keys)
    assert OUTPUT not in document.wires
    assert canvas.history.labels == ["Cut wires"]
    assert canvas.canvas.wires.doomed == frozenset()
    assert (LABELS in document.wires) == (not min(start.y(), end.y()) < crossing.y() < max(start.y(), end.y()))
    cut = 6 - len(document.wires)
    assert cut >= 1
    canvas.history.undo()
    assert len(document.wires) == 6


def test_a_stroke_through_nothing_cuts_nothing(canvas, hand):
    hand.drag(QPointF(300, -100), QPointF(700, -120), keys=ALT)
    assert canvas.history.labels == []
    assert canvas.selected_ids() == []


def test_a_stroke_beside_a_curve_does_not_cut_it(canvas, hand):
    history = canvas.history
    history.do(AddNode(Node("far", "op.relu", position=(500.0, 420.0))))
    history.do(AddWire(Wire(PortRef("digits", "images"), PortRef("far", "x"))))
    strand = canvas.canvas.wires.strands()[PortRef("far", "x")]
    box = strand.path.controlPointRect()
    corner = QPointF(box.left() + 8, box.bottom() - 8)  # within its bounds, but off the curve
    hand.drag(corner, corner + QPointF(30, -4), keys=ALT)
    assert PortRef("far", "x") in canvas.canvas.document.wires


def test_escape_calls_a_stroke_off(canvas, hand):
    start = between(canvas, OUTPUT) + QPointF(0, -60)
    hand.press(start, keys=ALT)
    hand.move(start + QPointF(0, 120))
    assert canvas.canvas.wires.doomed
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.canvas.wires.doomed == frozenset()
    hand.release(start + QPointF(0, 120), keys=ALT)
    assert canvas.history.labels == []


def test_ctrl_and_the_right_button_open_no_search(canvas, hand, qtbot):
    at = hand.at(QPointF(560, -60))
    place = canvas.viewport().mapToGlobal(at)
    with qtbot.assertNotEmitted(canvas.addRequested):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, place, Qt.KeyboardModifier.ControlModifier)
        QApplication.sendEvent(canvas.viewport(), event)


def test_alt_click_breaks_a_wire(canvas, hand):
    hand.click(between(canvas, OUTPUT), keys=ALT)
    assert canvas.canvas.document.inputs_of("output") == {}
    assert OUTPUT not in canvas.canvas.wires.strands()
    assert canvas.history.labels == ["Disconnect"]


@pytest.mark.parametrize(
    ("node", "name", "is_input", "gone"),
    [("output", "x", True, {OUTPUT}), ("flatten", "y", False, {HIDDEN}), ("loss", "weights", True, set())],
)
def test_alt_click_on_a_port_breaks_its_wires(canvas, hand, node, name, is_input, gone):
    before = set(canvas.canvas.document.wires)
    hand.click(hand.port(node, name, is_input=is_input), keys=ALT)
    assert before - set(canvas.canvas.document.wires) == gone


def test_all_wires_of_an_output_break_in_one_step(canvas, hand):
    canvas.history.do(AddNode(Node("more", "op.relu", position=(440.0, 330.0))))
    canvas.history.do(AddWire(Wire(PortRef("flatten", "y"), PortRef("more", "x"))))
    hand.click(hand.port("flatten", "y", is_input=False), keys=ALT)
    assert not [w for w in canvas.canvas.document.wires.values() if w.source.node == "flatten"]
    assert len(canvas.history.labels) == 3


def test_alt_does_not_keep_a_node_from_being_moved(canvas, hand):
    start = hand.header("hidden")
    hand.drag(start, start + QPointF(30, 0), keys=ALT)
    assert canvas.history.labels == ["Take out"]


# ---------------------------------------------------------------------------------------------------- ends


@pytest.fixture
def spare(canvas):
    """Another node that is not wired."""
    canvas.history.do(AddNode(Node("relu", "op.relu", position=(440.0, 330.0))))
    canvas.canvas.select(())
    return canvas


def test_the_end_of_a_wire_is_dragged_to_another_input(spare, hand):
    hand.drag(between(spare, OUTPUT, 0.7), hand.port("relu", "x", is_input=True))
    document = spare.canvas.document
    assert document.inputs_of("output") == {}
    assert document.inputs_of("relu") == {"x": PortRef("hidden", "y")}
    assert spare.history.labels[-1] == "Reconnect"
    spare.history.undo()
    assert document.inputs_of("output") == {"x": PortRef("hidden", "y")}


def test_the_beginning_of_a_wire_is_dragged_to_another_output(spare, hand):
    hand.drag(between(spare, OUTPUT, 0.3), hand.port("relu", "y", is_input=False))
    assert spare.canvas.document.inputs_of("output") == {"x": PortRef("relu", "y")}
    assert spare.history.labels[-1] == "Reconnect"
    assert len(spare.history.labels) == 2
    spare.history.undo()
    assert spare.canvas.document.inputs_of("output") == {"x": PortRef("hidden", "y")}


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_an_end_that_is_dropped_on_empty_space_takes_the_wire_away(spare, hand, share, qtbot):
    with qtbot.assertNotEmitted(spare.addRequested):
        hand.drag(between(spare, OUTPUT, share), QPointF(560, -60))
    assert spare.canvas.document.inputs_of("output") == {}


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_an_end_that_is_put_back_or_called_off_changes_nothing(spare, hand, share):
    start = between(spare, OUTPUT, share)
    own = hand.port("hidden", "y", is_input=False) if share < 0.5 else hand.port("output", "x", is_input=True)
    hand.press(start)
    hand.move(QPointF(560, -60))
    assert spare.canvas.wires.hidden == OUTPUT
    spare.grab()
    hand.move(own)
    hand.release(own)
    hand.press(start)
    hand.move(QPointF(560, -60))
    QTest.keyClick(spare, Qt.Key.Key_Escape)
    hand.release(QPointF(560, -60))
    assert spare.history.labels == ["Add node"]
    assert spare.canvas.wires.hidden is None


def test_a_drag_from_the_middle_of_a_long_wire_leaves_it_alone(spare, hand):
    hand.drag(between(spare, LABELS, 0.5), QPointF(560, -60))
    assert LABELS in spare.canvas.document.wires
    assert spare.history.labels == ["Add node"]


def test_a_click_with_shift_adds_a_wire_to_those_selected(canvas, hand):
    hand.click(between(canvas, OUTPUT))
    hand.click(between(canvas, HIDDEN), keys=SHIFT)
    assert canvas.canvas.wires.selected == {OUTPUT, HIDDEN}


def test_one_output_feeds_many_inputs_and_an_input_takes_one_wire(spare, hand):
    hand.drag(hand.port("flatten", "y", is_input=False), hand.port("relu", "x", is_input=True))
    assert spare.canvas.document.inputs_of("hidden") == {"x": PortRef("flatten", "y")}
    assert spare.canvas.document.inputs_of("relu") == {"x": PortRef("flatten", "y")}
    hand.drag(hand.port("hidden", "y", is_input=False), hand.port("relu", "x", is_input=True))
    assert spare.canvas.document.inputs_of("relu") == {"x": PortRef("hidden", "y")}


def test_ports_are_hit_as_easily_when_zoomed_out(canvas, hand):
    port = hand.port("hidden", "y", is_input=False)
    for zoom, reach in ((2.0, 10), (1.0, 10), (0.5, 20), (0.4, 24)):
        canvas.zoom_to(zoom)
        assert canvas.hover.port_at(port + QPointF(0, reach - 1)) is not None, zoom
        assert canvas.hover.port_at(port + QPointF(0, reach + 1)) is None, zoom


def test_wires_are_hit_as_easily_when_zoomed_out(canvas):
    at = between(canvas, OUTPUT)
    for zoom, reach in ((2.0, 6), (1.0, 6), (0.5, 12), (0.1, 60)):
        canvas.zoom_to(zoom)
        assert canvas.hover.wire_at(at + QPointF(0, -reach * 0.8)) is not None, zoom
        assert canvas.hover.wire_at(at + QPointF(0, -reach * 1.5)) is None, zoom
