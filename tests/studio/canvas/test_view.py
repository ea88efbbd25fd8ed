import numpy as np
import pytest
from hand import LEFT, NONE, pixels, settled_pixels
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.canvas.metrics import MAX_ZOOM, MIN_ZOOM, Detail
from studio.canvas.progress import Progress
from studio.document.document import Node, PortRef
from studio.document.edits import AddNode, SetParams, remove
from studio.ui.theme import THEMES

EMPTY = QPointF(560, -60)


def wheel(canvas, at: QPoint, turn: int) -> None:
    keys, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        keys,
        phase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


# ------------------------------------------------------------------------------------------------ navigation


def test_the_wheel_zooms_at_the_cursor(canvas):
    at = QPoint(300, 200)
    for turn in (120, 120, -360, 480):
        before = canvas.mapToScene(at)
        wheel(canvas, at, turn)
        moved = canvas.mapToScene(at) - before
        assert abs(moved.x()) * canvas.zoom < 1.5
        assert abs(moved.y()) * canvas.zoom < 1.5
    assert canvas.zoom == pytest.approx(1.0015**360)


def test_zoom_stays_within_its_limits(canvas, qtbot):
    for _ in range(40):
        canvas.zoom_in()
    assert canvas.zoom == MAX_ZOOM
    with qtbot.waitSignal(canvas.zoomChanged):
        canvas.zoom_out()
    for _ in range(60):
        canvas.zoom_out()
    assert canvas.zoom == MIN_ZOOM
    canvas.zoom_reset()
    assert canvas.zoom == 1.0


def test_framing_shows_all_or_the_selection(canvas):
    canvas.frame_all()
    for item in canvas.canvas.items_by_id.values():
        assert canvas.visible_area().contains(item.body())
    canvas.select(["hidden"])
    canvas.frame_selection()
    offset = canvas.visible_area().center() - canvas.canvas.items_by_id["hidden"].body().center()
    assert offset.manhattanLength() < 4
    canvas.select([])
    canvas.frame_selection()
    assert canvas.visible_area().contains(canvas.canvas.items_by_id["trainer"].body())


def test_framing_nothing_is_harmless(canvas):
    canvas.history.do(remove(canvas.canvas.document, [*canvas.canvas.document.nodes, "note"]))
    canvas.frame_all()
    canvas.frame_selection()
    assert canvas.zoom == 1.0


def test_reveal_selects_and_brings_into_view(canvas):
    canvas.zoom_to(2.0)
    canvas.reveal("trainer")
    assert canvas.selected_ids() == ["trainer"]
    assert canvas.visible_area().contains(canvas.canvas.items_by_id["trainer"].body())


def test_the_minimap_goes_where_it_is_clicked(canvas, qtbot):
    minimap = canvas.minimap
    qtbot.waitUntil(minimap.isVisible)
    qtbot.wait(100)
    canvas.zoom_to(2.0)
    QTest.mouseClick(minimap, LEFT, pos=QPoint(20, 52))
    left = canvas.visible_area().center().x()
    QTest.mouseClick(minimap, LEFT, pos=QPoint(144, 52))
    assert canvas.visible_area().center().x() > left + 500
    canvas.resize(400, 300)
    assert not minimap.isVisible()


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("zoom", [0.1, 0.45, 1.0, 2.5])
def test_every_detail_paints_in_every_theme(canvas, analysis, preview, name, zoom):
    canvas.set_theme(THEMES[name])
    canvas.set_analysis(analysis)
    canvas.set_preview(preview, {})
    canvas.history.do(AddNode(Node("odd", "layer.NotThere", position=(440.0, 330.0))))
    canvas.select(["loss"])
    canvas.set_progress(Progress("output"))
    canvas.zoom_to(zoom)
    image = canvas.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 8
    assert canvas.detail is (Detail.FAR if zoom < 0.3 else Detail.MID if zoom < 0.6 else Detail.FULL)


def test_a_pan_paints_only_what_appears_and_the_picture_is_the_same(canvas, qtbot):
    canvas.zoom_to(1.0)
    qtbot.waitUntil(canvas.minimap.isVisible)
    canvas.grab()
    painted = []

    class Counting(QObject):
        def eventFilter(self, watched, event):
            if isinstance(event, QPaintEvent):
                painted.append(event.region())
            return False

    counting = Counting()
    canvas.viewport().installEventFilter(counting)
    for step in ((7, 3), (-11, 0), (0, 9), (4, -6)):
        qtbot.wait(30)
        painted.clear()
        canvas.pan(*step)
        qtbot.wait(30)
        area = sum(r.width() * r.height() for region in painted for r in region)
        assert 0 < area < 0.1 * canvas.viewport().width() * canvas.viewport().height()
    canvas.viewport().removeEventFilter(counting)
    shifted = settled_pixels(canvas)
    canvas.viewport().repaint()
    assert np.abs(shifted - pixels(canvas)).max() < 8  # a dot at the edge of a strip is rounded otherwise


# -------------------------------------------------------------------------------------------------- keyboard


def test_arrows_nudge_in_one_step_until_the_key_is_let_go(canvas):
    canvas.select(["hidden"])
    for _ in range(3):
        QTest.keyPress(canvas, Qt.Key.Key_Right)
    QTest.keyRelease(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.canvas.document.nodes["hidden"].position == (452.0, 124.0)
    assert canvas.history.labels == ["Move", "Move"]


def test_arrows_pan_when_nothing_is_selected(canvas):
    before = canvas.visible_area().center()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.visible_area().center().x() - before.x() == pytest.approx(60)


@pytest.mark.parametrize(("key", "text"), [(Qt.Key.Key_Tab, ""), (Qt.Key.Key_D, "d")])
def test_tab_or_a_letter_asks_for_a_node(canvas, qtbot, key, text):
    with qtbot.waitSignal(canvas.addRequested) as caught:
        QTest.keyClick(canvas, key)
    assert caught.args[1:] == [None, text]
    assert canvas.hasFocus()


def test_a_double_click_or_a_right_click_asks_for_a_node(canvas, hand, qtbot):
    with qtbot.waitSignal(canvas.addRequested) as caught:
        QTest.mouseDClick(canvas.viewport(), LEFT, NONE, hand.at(EMPTY))
    assert caught.args[0].toPoint() == EMPTY.toPoint()
    at = hand.at(EMPTY)
    with qtbot.waitSignal(canvas.addRequested):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.viewport().mapToGlobal(at))
        QApplication.sendEvent(canvas.viewport(), event)


def test_a_double_click_opens_a_node_and_a_right_click_its_menu(canvas, hand, qtbot):
    at = hand.at(hand.header("hidden"))
    with qtbot.waitSignal(canvas.nodeActivated) as caught:
        QTest.mouseDClick(canvas.viewport(), LEFT, NONE, at)
    assert caught.args == ["hidden"]
    canvas.select([])
    with qtbot.waitSignal(canvas.menuRequested):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.viewport().mapToGlobal(at))
        QApplication.sendEvent(canvas.viewport(), event)
    assert canvas.selected_ids() == ["hidden"]


def test_escape_selects_nothing(canvas):
    canvas.select_all()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selected_ids() == []


def test_the_focus_shows_when_it_came_by_a_key(canvas):
    ring = canvas.findChild(object, "focus_ring")
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not ring.isVisible()
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.isVisible()


def test_assistive_tools_hear_what_is_selected(canvas):
    canvas.select(["hidden", "loss"])
    assert canvas.accessibleName() == "Canvas"
    assert canvas.accessibleDescription() == "6 nodes. Selected: hidden, Cross-entropy"


# -------------------------------------------------------------------------------------------------- commands


def test_delete_takes_the_wires_along_and_joins_what_led_through(canvas):
    canvas.select(["hidden", "note"])
    canvas.delete_selection()
    document = canvas.canvas.document
    assert "hidden" not in document.nodes
    assert not document.notes
    assert document.inputs_of("output") == {"x": PortRef("flatten", "y")}
    assert canvas.history.labels == ["Delete"]
    canvas.delete_selection()
    assert canvas.history.labels == ["Delete"]
    canvas.history.undo()
    assert document.inputs_of("output") == {"x": PortRef("hidden", "y")}


def test_delete_with_its_wires_joins_nothing(canvas):
    canvas.select(["hidden", "note"])
    canvas.delete_with_wires()
    document = canvas.canvas.document
    assert "hidden" not in document.nodes
    assert not document.notes
    assert len(document.wires) == 4
    assert canvas.history.labels == ["Delete"]


def test_disconnecting_frees_nodes_and_takes_wires_away(canvas):
    document = canvas.canvas.document
    canvas.select(["hidden"])
    canvas.disconnect_selection()
    assert not any(document.wires_of("hidden"))
    assert canvas.history.labels == ["Disconnect"]
    canvas.canvas.select((), [PortRef("loss", "labels")])
    canvas.disconnect_selection()
    assert PortRef("loss", "labels") not in document.wires
    canvas.disconnect_selection()
    assert canvas.history.labels == ["Disconnect", "Disconnect"]
    canvas.history.undo()
    canvas.history.undo()
    assert len(document.wires) == 6


def test_copy_and_paste_beside_the_original_then_further_on(canvas):
    canvas.select(["flatten", "hidden"])
    canvas.copy()
    for _ in range(2):
        canvas._cursor = None
        canvas.paste()
    nodes = canvas.canvas.document.nodes
    assert nodes["flatten_2"].position == (252.0, 162.0)
    assert nodes["flatten_3"].position == (284.0, 194.0)
    assert canvas.canvas.document.inputs_of("hidden_3") == {"x": PortRef("flatten_3", "y")}
    assert canvas.canvas.document.inputs_of("flatten_3") == {}
    assert canvas.selected_ids() == ["flatten_3", "hidden_3"]


def test_paste_at_the_mouse_with_incoming_wires(canvas, hand):
    canvas.select(["hidden"])
    canvas.copy()
    hand.move(EMPTY + QPointF(3, 0))
    hand.move(EMPTY)
    canvas.paste_with_wires()
    assert canvas.canvas.document.nodes["hidden_2"].position == (EMPTY.x(), EMPTY.y())
    assert canvas.canvas.document.inputs_of("hidden_2") == {"x": PortRef("flatten", "y")}


def test_cut_and_duplicate(canvas):
    canvas.select(["hidden"])
    canvas.duplicate()
    assert canvas.selected_ids() == ["hidden_2"]
    assert canvas.history.labels == ["Duplicate"]
    canvas.cut()
    assert "hidden_2" not in canvas.canvas.document.nodes
    canvas._cursor = None
    canvas.paste()
    assert canvas.canvas.document.nodes["hidden_2"].params == {"units": 128, "activation": "relu"}


def test_pasting_something_else_says_so(canvas, qtbot):
    QGuiApplication.clipboard().setText("hello")
    with qtbot.waitSignal(canvas.refused) as caught:
        canvas.paste()
    assert "holds no nodes" in str(caught.args[0])
    canvas.canvas.document.apply(SetParams("hidden", {"units": float("nan")}))
    canvas.select(["hidden"])
    for command in (canvas.copy, canvas.duplicate, canvas.cut):
        with qtbot.waitSignal(canvas.refused):
            command()
    assert "hidden" in canvas.canvas.document.nodes


def test_added_nodes_get_readable_ids(canvas):
    assert canvas.add_node("layer.Dense", EMPTY) == "dense"
    assert canvas.add_node("layer.Dense", EMPTY) == "dense_2"


# --------------------------------------------------------------------------------------------------- editing


def editor_of(canvas, name: str):
    return canvas.viewport().findChild(object, name)


def test_rename_in_place(canvas):
    canvas.select(["hidden"])
    canvas.rename()
    editor = editor_of(canvas, "title_editor")
    assert editor.hasFocus()
    QTest.keyClicks(editor, "first")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert canvas.canvas.document.nodes["hidden"].title == "first"
    assert canvas.canvas.node("hidden").face.title == "first"
    assert canvas.hasFocus()


def test_escape_gives_the_old_name_back(canvas):
    canvas.select(["hidden"])
    canvas.rename()
    editor = editor_of(canvas, "title_editor")
    QTest.keyClicks(editor, "first")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert canvas.canvas.document.nodes["hidden"].title == "hidden"
    assert canvas.history.labels == []


def test_a_click_elsewhere_accepts_the_name(canvas, hand):
    canvas.select(["hidden"])
    canvas.rename()
    QTest.keyClicks(editor_of(canvas, "title_editor"), "first")
    hand.click(EMPTY)
    assert canvas.canvas.document.nodes["hidden"].title == "first"


def test_a_note_is_edited_in_place(canvas, hand):
    middle = canvas.canvas.items_by_id["note"].body().center()
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, hand.at(middle))
    editor = editor_of(canvas, "note_editor")
    editor.selectAll()
    QTest.keyClicks(editor, "Greys")
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert canvas.canvas.document.notes["note"].text == "Greys"


def test_a_node_deleted_while_it_is_renamed(canvas):
    canvas.select(["hidden"])
    canvas.rename()
    canvas.history.do(remove(canvas.canvas.document, ["hidden"]))
    canvas.close_editor()
    assert canvas.history.labels == ["Delete"]


# ------------------------------------------------------------------------------------------- what is said


def test_problems_are_read_on_hover_and_on_selection(canvas, hand, analysis):
    canvas.set_analysis(analysis)
    words = canvas.findChild(object, "node_problems")
    assert words.text() == ""
    hand.move(hand.header("trainer") + QPointF(5, 0))
    hand.move(hand.header("trainer"))
    assert words.text() == "epochs is 0. It takes 1 or more."
    hand.move(EMPTY)
    assert words.text() == ""
    canvas.select(["trainer"])
    assert words.isVisible()
    canvas.pan(3000, 0)
    assert not words.isVisible()


def test_hovering_lights_the_wires_of_a_port(canvas, hand):
    hand.move(EMPTY)
    hand.move(hand.port("hidden", "y", is_input=False))
    assert canvas.canvas.wires.hot == {PortRef("output", "x")}
    hand.move(EMPTY)
    assert canvas.canvas.wires.hot == frozenset()


def test_ports_and_wires_tell_their_tensor(canvas, hand, analysis):
    canvas.set_analysis(analysis)
    assert canvas.hover.words(hand.port("hidden", "y", is_input=False)) == "hidden · y\nfloat32 (batch, 128)"
    assert canvas.hover.words(hand.port("hidden", "x", is_input=True)) == "x ← Flatten · y\nfloat32 (batch, 64)"
    assert canvas.hover.words(hand.port("loss", "weights", is_input=True)) == "weights (optional)"
    middle = (hand.port("hidden", "y", is_input=False) + hand.port("output", "x", is_input=True)) / 2
    assert canvas.hover.words(middle).startswith("hidden · y")
    assert canvas.hover.words(EMPTY) == ""


def test_a_closed_view_no_longer_listens(canvas):
    canvas.close_document()
    canvas.history.do(AddNode(Node("new", "op.relu")))
    assert "new" not in canvas.canvas.items_by_id
    canvas.canvas.close = lambda: None  # the fixture closes it, too
