import pytest
from hand import CTRL, LEFT, MIDDLE, SHIFT
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.canvas.gestures.drop_node import MIME_TYPE
from studio.document.document import Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, RemoveNode, RemoveWire

EMPTY = QPointF(560, -60)


# --------------------------------------------------------------------------------------------------- select


def test_a_click_selects_one_node(canvas, hand, qtbot):
    with qtbot.waitSignal(canvas.selectionChanged) as caught:
        hand.click(hand.header("hidden"))
    assert caught.args == [["hidden"]]
    hand.click(hand.header("output"))
    assert canvas.selected_ids() == ["output"]
    assert not canvas.history.can_undo


@pytest.mark.parametrize("key", [SHIFT, CTRL])
def test_shift_and_ctrl_extend_and_take_back(canvas, hand, key):
    hand.click(hand.header("hidden"))
    hand.click(hand.header("output"), keys=key)
    assert canvas.selected_ids() == ["hidden", "output"]
    hand.click(hand.header("hidden"), keys=key)
    assert canvas.selected_ids() == ["output"]


def test_a_click_narrows_the_selection_but_a_press_does_not(canvas, hand):
    canvas.select_all()
    hand.press(hand.header("hidden"))
    assert len(canvas.selected_ids()) == 7
    hand.release(hand.header("hidden"))
    assert canvas.selected_ids() == ["hidden"]


def test_a_click_on_empty_space_selects_nothing(canvas, hand):
    canvas.select(["hidden"])
    hand.click(EMPTY)
    assert canvas.selected_ids() == []


def test_the_band_selects_what_it_meets(canvas, hand):
    hand.drag(QPointF(180, 60), QPointF(450, 150))
    assert sorted(canvas.selected_ids()) == ["flatten", "hidden"]
    hand.drag(QPointF(1200, 90), QPointF(1300, 190), keys=SHIFT)
    assert sorted(canvas.selected_ids()) == ["flatten", "hidden", "trainer"]


def test_escape_gives_back_the_selection_before_the_band(canvas, hand):
    canvas.select(["loss"])
    hand.press(QPointF(180, 60))
    hand.move(QPointF(450, 150))
    assert "hidden" in canvas.selected_ids()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selected_ids() == ["loss"]
    assert canvas.gesture is None
    hand.release(QPointF(450, 150))
    assert canvas.selected_ids() == ["loss"]


# ---------------------------------------------------------------------------------------------------- move


def test_a_drag_of_several_nodes_is_one_step(canvas, hand):
    document = canvas.canvas.document
    canvas.select(["hidden", "output", "note"])
    start = hand.header("hidden")
    hand.drag(start, start + QPointF(40, -30))
    assert document.nodes["hidden"].position == (480.0, 70.0)
    assert document.nodes["output"].position == (720.0, 90.0)
    assert document.notes["note"].position == (40.0, -70.0)
    assert canvas.history.labels == ["Move"]
    canvas.history.undo()
    assert document.nodes["output"].position == (680.0, 120.0)
    assert canvas.canvas.items_by_id["output"].pos() == QPointF(680, 120)


def test_the_document_hears_of_a_drag_at_its_end(canvas, hand):
    heard = []
    canvas.canvas.document.subscribe(heard.append)
    start = hand.header("hidden")
    hand.press(start)
    for step in range(1, 6):
        hand.move(start + QPointF(step * 10, 0))
    assert heard == []
    assert canvas.canvas.items_by_id["hidden"].pos() == QPointF(490, 100)
    hand.release(start + QPointF(50, 0))
    assert len(heard) == 1


def test_wires_follow_a_drag(canvas, hand):
    start = hand.header("hidden")
    hand.press(start)
    hand.move(start + QPointF(0, 60))
    strand = canvas.canvas.wires.strands()[PortRef("hidden", "x")]
    assert strand.end == hand.port("hidden", "x", is_input=True)
    hand.release(start)


def test_a_shaky_click_moves_nothing(canvas, hand):
    start = hand.header("hidden")
    hand.drag(start, start + QPointF(1, 1))
    assert canvas.history.labels == []


def test_another_button_calls_a_drag_off(canvas, hand):
    start = hand.header("hidden")
    hand.press(start)
    hand.move(start + QPointF(50, 50))
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.RightButton, pos=hand.at(start))
    assert canvas.canvas.items_by_id["hidden"].pos() == QPointF(440, 100)
    hand.release(start + QPointF(50, 50))
    assert canvas.history.labels == []


def test_a_node_that_vanishes_under_the_hand_is_left_out(canvas, hand):
    document = canvas.canvas.document
    canvas.history.do(AddNode(Node("extra", "op.relu", position=(560.0, 330.0))))
    canvas.select(["extra", "loss"])
    start = hand.header("loss")
    hand.press(start)
    hand.move(start + QPointF(20, 0))
    document.apply(RemoveNode("extra"))
    hand.move(start + QPointF(30, 0))
    hand.release(start + QPointF(30, 0))
    assert document.nodes["loss"].position == (960.0, 150.0)


def test_the_view_scrolls_along_when_a_drag_comes_to_its_edge(canvas, hand, qtbot):
    start = hand.header("trainer")
    before = canvas.visible_area().right()
    hand.press(start)
    hand.move(start + QPointF(20, 0))
    hand.move(QPointF(before - 3, start.y()))
    qtbot.waitUntil(lambda: canvas.visible_area().right() > before + 60)
    end = QPointF(canvas.visible_area().right() - 3, start.y())
    hand.release(end)
    assert canvas.canvas.document.nodes["trainer"].position[0] > 1210 + before - start.x()
    after = canvas.visible_area().right()
    qtbot.wait(60)
    assert canvas.visible_area().right() == after


# ----------------------------------------------------------------------------------------------------- pan


def test_the_middle_button_pans(canvas, hand):
    before = canvas.visible_area().center()
    start = hand.at(EMPTY)
    QTest.mousePress(canvas.viewport(), MIDDLE, pos=start)
    QTest.mouseMove(canvas.viewport(), start + (start * 0) + hand.at(EMPTY + QPointF(60, 40)) - start)
    QTest.mouseRelease(canvas.viewport(), MIDDLE, pos=start)
    moved = before - canvas.visible_area().center()
    assert (round(moved.x()), round(moved.y())) == (60, 40)


def test_space_and_the_left_button_pan_even_over_a_node(canvas, hand):
    before = canvas.visible_area().center()
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    start = hand.at(hand.header("hidden"))
    QTest.mousePress(canvas.viewport(), LEFT, pos=start)
    QTest.mouseMove(canvas.viewport(), start + hand.at(EMPTY + QPointF(-30, 0)) - hand.at(EMPTY))
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=start)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert round(canvas.visible_area().center().x() - before.x()) == 30
    assert canvas.history.labels == []
    hand.click(hand.header("hidden"))
    assert canvas.selected_ids() == ["hidden"]


# --------------------------------------------------------------------------------------------------- wires


@pytest.fixture
def spare(canvas):
    """Two more nodes that are not wired: an addition and a ReLU."""
    canvas.history.do(AddNode(Node("add", "op.add", position=(440.0, 330.0))))
    canvas.history.do(AddNode(Node("relu", "op.relu", position=(700.0, 330.0))))
    return canvas


def test_a_wire_from_an_output_to_an_input(spare, hand):
    hand.drag(hand.port("flatten", "y", is_input=False), hand.port("add", "x", is_input=True))
    assert spare.canvas.document.inputs_of("add") == {"x": PortRef("flatten", "y")}
    assert spare.history.labels[-1] == "Connect"
    assert spare.canvas.node("add").face.slot("x", is_input=True).wired


def test_a_wire_backwards_from_an_input(spare, hand):
    hand.drag(hand.port("relu", "x", is_input=True), hand.port("add", "z", is_input=False))
    assert spare.canvas.document.inputs_of("relu") == {"x": PortRef("add", "z")}


def test_a_wire_replaces_the_one_that_was_there_in_one_step(spare, hand):
    hand.drag(hand.port("add", "z", is_input=False), hand.port("output", "x", is_input=True))
    assert spare.canvas.document.inputs_of("output") == {"x": PortRef("add", "z")}
    spare.history.undo()
    assert spare.canvas.document.inputs_of("output") == {"x": PortRef("hidden", "y")}


def test_a_wire_snaps_to_a_port_nearby_and_to_a_node(spare, hand):
    near = hand.port("add", "y", is_input=True) + QPointF(-12, 4)
    hand.drag(hand.port("flatten", "y", is_input=False), near)
    assert spare.canvas.document.inputs_of("add") == {"y": PortRef("flatten", "y")}
    hand.drag(hand.port("hidden", "y", is_input=False), spare.canvas.items_by_id["add"].body().center())
    assert spare.canvas.document.inputs_of("add") == {"y": PortRef("flatten", "y"), "x": PortRef("hidden", "y")}


def test_the_end_of_a_wire_is_plugged_elsewhere(spare, hand):
    hand.drag(hand.port("output", "x", is_input=True), hand.port("relu", "x", is_input=True))
    document = spare.canvas.document
    assert document.inputs_of("output") == {}
    assert document.inputs_of("relu") == {"x": PortRef("hidden", "y")}
    assert spare.history.labels[-1] == "Reconnect"
    spare.history.undo()
    assert document.inputs_of("output") == {"x": PortRef("hidden", "y")}


def test_a_wire_whose_node_vanishes_under_the_hand(spare, hand, qtbot):
    hand.press(hand.port("add", "z", is_input=False))
    hand.move(EMPTY)
    spare.canvas.document.apply(RemoveNode("add"))
    hand.move(hand.port("relu", "x", is_input=True))
    spare.grab()
    with qtbot.waitSignal(spare.refused):
        hand.release(hand.port("relu", "x", is_input=True))
    assert spare.canvas.document.inputs_of("relu") == {}
    id = spare.add_node("op.relu", EMPTY, PortRef("add", "z"))
    assert spare.canvas.document.inputs_of(id) == {}


def test_the_end_of_a_wire_put_back_changes_nothing(canvas, hand):
    port = hand.port("output", "x", is_input=True)
    hand.press(port)
    hand.move(port + QPointF(-60, 40))
    hand.move(port)
    hand.release(port)
    assert canvas.history.labels == []


def test_the_end_of_a_wire_dropped_on_empty_space_disconnects(canvas, hand, qtbot):
    with qtbot.assertNotEmitted(canvas.addRequested):
        hand.drag(hand.port("output", "x", is_input=True), EMPTY)
    assert canvas.canvas.document.inputs_of("output") == {}
    assert canvas.history.labels == ["Disconnect"]


def test_a_new_wire_dropped_on_empty_space_asks_for_a_node(canvas, hand, qtbot):
    with qtbot.waitSignal(canvas.addRequested) as caught:
        hand.drag(hand.port("flatten", "y", is_input=False), EMPTY)
    position, dangling, text = caught.args
    assert dangling == PortRef("flatten", "y")
    assert text == ""
    assert set(canvas.canvas.catalogue) - set(canvas.fitting(dangling)) == {"data.Digits"}
    id = canvas.add_node("op.relu", position, dangling)
    assert canvas.canvas.document.inputs_of(id) == {"x": PortRef("flatten", "y")}
    assert hand.port(id, "x", is_input=True).toPoint() == position.toPoint()
    assert len(canvas.history.labels) == 1


def test_a_wire_dropped_backwards_asks_for_a_node_with_an_output(canvas, hand, qtbot):
    with qtbot.waitSignal(canvas.addRequested) as caught:
        hand.drag(hand.port("loss", "weights", is_input=True), EMPTY)
    position, dangling, _text = caught.args
    id = canvas.add_node("data.Digits", position, dangling)
    assert canvas.canvas.document.inputs_of("loss")["weights"] == PortRef(id, "images")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (("hidden", "y", False), ("hidden", "x", True), "cannot feed itself"),
        (("output", "y", False), ("flatten", "x", True), "close a circle"),
        (("digits", "images", False), ("hidden", "y", False), "not to another output"),
        (("loss", "weights", True), ("flatten", "x", True), "not from another input"),
        (("flatten", "y", False), ("trainer", "after", True), "do not mix"),
        (("trainer", "done", False), ("loss", "weights", True), "circle"),
    ],
)
def test_what_may_not_be_wired_says_why_at_the_cursor(canvas, hand, start, end, words):
    before = dict(canvas.canvas.document.wires)
    end_at = hand.port(end[0], end[1], is_input=end[2])
    hand.press(hand.port(start[0], start[1], is_input=start[2]))
    hand.move(end_at + QPointF(2, 2))
    hand.move(end_at)
    reason = canvas.findChild(object, "reason")
    assert words in reason.text()
    hand.release(end_at)
    assert canvas.canvas.document.wires == before
    assert reason.text() == ""


def test_ports_that_take_the_wire_are_known_while_it_is_drawn(canvas, hand):
    hand.press(hand.port("hidden", "y", is_input=False))
    hand.move(EMPTY)
    takes = canvas.canvas.shared.takes
    loss, flatten = canvas.canvas.node("loss").face, canvas.canvas.node("flatten").face
    assert takes("loss", loss.slot("weights", is_input=True))
    assert not takes("flatten", flatten.slot("x", is_input=True))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.canvas.shared.takes is None
    hand.release(EMPTY)
    assert canvas.history.labels == []


def test_a_click_on_a_port_or_a_wire_asks_for_its_tensor(canvas, hand, qtbot):
    with qtbot.waitSignal(canvas.wireClicked) as caught:
        hand.click(hand.port("hidden", "y", is_input=False))
    assert caught.args == [PortRef("hidden", "y")]
    with qtbot.waitSignal(canvas.wireClicked) as caught:
        hand.click(hand.port("loss", "labels", is_input=True))
    assert caught.args == [PortRef("digits", "labels")]
    middle = (hand.port("hidden", "y", is_input=False) + hand.port("output", "x", is_input=True)) / 2
    with qtbot.waitSignal(canvas.wireClicked) as caught:
        hand.click(middle)
    assert caught.args == [PortRef("hidden", "y")]
    assert canvas.canvas.wires.selected == {PortRef("output", "x")}


def test_a_selected_wire_can_be_deleted(canvas, hand):
    hand.click((hand.port("hidden", "y", is_input=False) + hand.port("output", "x", is_input=True)) / 2)
    canvas.delete_selection()
    assert canvas.canvas.document.inputs_of("output") == {}
    canvas.history.undo()
    assert canvas.canvas.document.inputs_of("output") == {"x": PortRef("hidden", "y")}


def test_a_port_is_hit_before_its_node_and_more_generously_from_afar(canvas, hand):
    canvas.zoom_to(0.5)
    port = hand.port("hidden", "y", is_input=False)
    inside = port - QPointF(15, 0)
    assert canvas.canvas.item_at(inside).id == "hidden"
    assert canvas.hover.port_at(inside)[1].name == "y"
    canvas.zoom_to(2.0)
    assert canvas.hover.port_at(inside) is None


def test_a_variadic_input_grows_with_its_wires_and_fills_gaps(canvas, hand):
    history = canvas.history
    history.do(AddNode(Node("concat", "op.concat", position=(440.0, 330.0))))

    def names():
        return [s.name for s in canvas.canvas.node("concat").face.inputs]

    assert names() == ["values[0]"]
    for i in range(2):
        hand.drag(hand.port("flatten", "y", is_input=False), hand.port("concat", f"values[{i}]", is_input=True))
    assert names() == ["values[0]", "values[1]", "values[2]"]
    history.do(RemoveWire(Wire(PortRef("flatten", "y"), PortRef("concat", "values[0]"))))
    assert names() == ["values[0]", "values[1]"]
    assert not canvas.canvas.node("concat").face.inputs[0].wired


# ---------------------------------------------------------------------------------------------------- drop


def drag_events(canvas, at, type_id: str):
    data = QMimeData()
    data.setData(MIME_TYPE, type_id.encode())
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, data, LEFT, keys)
    move = QDragMoveEvent(at, copy, data, LEFT, keys)
    drop = QDropEvent(QPointF(at), copy, data, LEFT, keys)
    enter.data = move.data = drop.data = data  # the events borrow it
    return enter, move, drop


def test_a_type_dropped_from_the_palette_becomes_a_node(canvas, hand):
    enter, move, drop = drag_events(canvas, hand.at(EMPTY), "layer.Dense")
    QApplication.sendEvent(canvas.viewport(), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(canvas.viewport(), move)
    canvas.grab()
    QApplication.sendEvent(canvas.viewport(), drop)
    assert canvas.selected_ids() == ["dense"]
    node = canvas.canvas.document.nodes["dense"]
    assert canvas.canvas.items_by_id["dense"].body().contains(EMPTY)
    assert node.position == tuple(map(round, node.position))
    assert canvas.history.labels == ["Add node"]


def test_a_drag_that_leaves_or_is_unknown_adds_nothing(canvas, hand):
    enter, _move, _drop = drag_events(canvas, hand.at(EMPTY), "layer.Dense")
    QApplication.sendEvent(canvas.viewport(), enter)
    QApplication.sendEvent(canvas.viewport(), QDragLeaveEvent())
    assert canvas.gesture is None
    enter, _move, drop = drag_events(canvas, hand.at(EMPTY), "layer.NotThere")
    QApplication.sendEvent(canvas.viewport(), enter)
    QApplication.sendEvent(canvas.viewport(), drop)
    assert canvas.history.labels == []


def test_wires_hidden_under_a_drag_come_back(canvas, hand):
    hand.press(hand.port("output", "x", is_input=True))
    hand.move(EMPTY)
    assert canvas.canvas.wires.hidden == PortRef("output", "x")
    canvas.cancel_gesture()
    assert canvas.canvas.wires.hidden is None
    canvas.history.do(AddNode(Node("x", "op.relu", position=(0.0, 400.0))))
    canvas.history.do(AddWire(Wire(PortRef("digits", "images"), PortRef("x", "x"))))
    assert len(canvas.canvas.wires.strands()) == 7
