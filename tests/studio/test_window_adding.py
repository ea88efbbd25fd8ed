"""Adding nodes in the window, by mouse and keyboard: search-to-add, wires that lead nowhere yet, what is learnt."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import build, port
from hand import LEFT, NONE
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from user import Open, User, saved

from studio.document.edits import SetParams, connect
from studio.ui.appearance import Appearance

pytest_plugins = ("look", "window")


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before images and labels that lead nowhere yet."""
    document = build({"digits": "data.digits", "image": ("layer.Reshape", {"target_shape": (8, 8, 1)})})
    user = open_window(saved(document, tmp_path))
    canvas = user.window.canvas
    assert canvas is not None
    canvas.setFocus()
    user.hand.drag(user.hand.port("digits", "x", is_input=False), user.hand.port("image", "inputs", is_input=True))
    user.until(lambda: port("image.output") in user.window.analysis.specs)
    return user


def empty(user: User) -> QPointF:
    """Return a place on the canvas where nothing is."""
    assert user.window.canvas is not None
    return user.window.canvas.canvas.items_by_id["image"].body().bottomRight() + QPointF(120, 60)


def drop_wire(user: User, node: str, output: str) -> list[str]:
    """Drop a wire on empty space and return what is offered for it."""
    user.hand.drag(user.hand.port(node, output, is_input=False), empty(user))
    assert user.window.adding.search.isVisible()
    return user.window.adding.search.shown_keys


def test_a_wire_on_empty_space_is_offered_what_fits_it(user: User) -> None:
    offered = drop_wire(user, "image", "output")
    assert offered[0] == "layer.Conv2D"
    assert "layer.Conv1D" not in offered
    assert "data.digits" not in offered
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    assert user.window.document.inputs_of("conv2d") == {"inputs": port("image.output")}
    assert user.window.history.labels[-1] == "Add node"


def test_labels_are_offered_losses_and_lead_to_the_truth(user: User) -> None:
    offered = drop_wire(user, "digits", "y")
    assert offered[0] == "loss.SparseCategoricalCrossentropy"
    assert "layer.Dense" not in offered
    QTest.keyClicks(user.window.adding.search.field, "sparse cat")
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    loss = user.window.canvas.selected_ids()[0]
    assert user.window.document.inputs_of(loss) == {"y_true": port("digits.y")}


def test_a_wire_drawn_backwards_is_offered_what_leads_to_the_input(user: User) -> None:
    canvas = user.window.canvas
    canvas.add_node("train.Adam", empty(user) + QPointF(0, 150))
    user.hand.drag(user.hand.port("adam", "loss[0]", is_input=True), empty(user))
    offered = user.window.adding.search.shown_keys
    assert offered[0] == "loss.SparseCategoricalCrossentropy"
    assert "layer.Dense" not in offered


def test_what_was_chosen_for_such_a_wire_is_offered_first_next_time(user: User) -> None:
    assert drop_wire(user, "image", "output")[0] != "layer.Dropout"
    QTest.keyClicks(user.window.adding.search.field, "dropout")
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    user.do("edit.undo")
    assert drop_wire(user, "image", "output")[0] == "layer.Dropout"


def test_escape_leaves_the_document_as_it_is(user: User) -> None:
    before = len(user.window.history.labels)
    drop_wire(user, "image", "output")
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Escape)
    assert not user.window.adding.search.isVisible()
    assert user.window.canvas.hasFocus()
    assert len(user.window.history.labels) == before


@pytest.mark.parametrize("way", ["tab", "typing", "double-click"])
def test_search_to_add_opens_at_the_cursor(user: User, way: str) -> None:
    canvas = user.window.canvas
    place = canvas.canvas.items_by_id["digits"].body().topLeft() - QPointF(0, 120)
    user.hand.move(place + QPointF(3, 0))
    user.hand.move(place)
    if way == "tab":
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
    elif way == "typing":
        QTest.keyClick(canvas, Qt.Key.Key_D)
    else:
        QTest.mouseDClick(canvas.viewport(), LEFT, NONE, user.hand.at(place))
    search = user.window.adding.search
    corner = canvas.viewport().mapTo(user.window, user.hand.at(place))
    assert (search.geometry().topLeft() - corner).manhattanLength() < 4
    QTest.keyClicks(search.field, "ense" if way == "typing" else "dense")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert canvas.canvas.items_by_id["dense"].body().contains(place)


def test_a_node_is_replaced_by_key_and_keeps_its_wires(user: User) -> None:
    canvas = user.window.canvas
    drop_wire(user, "image", "output")
    QTest.keyClicks(user.window.adding.search.field, "maxpooling2d")
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    place = user.window.document.nodes["maxpooling2d"].position
    user.until(lambda: port("maxpooling2d.output") in user.window.analysis.specs)
    QTest.keyClick(canvas, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    search = user.window.adding.search
    assert search.isVisible()
    assert search.field.placeholderText() == "Replace with…"
    assert search.shown_keys[0] == "layer.AveragePooling2D"
    QTest.keyClicks(search.field, "conv2d")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert user.window.document.nodes["conv2d"].position == place
    assert user.window.document.inputs_of("conv2d") == {"inputs": port("image.output")}
    assert canvas.selected_ids() == ["conv2d"]
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert user.window.document.nodes["maxpooling2d"].position == place
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert search.field.placeholderText() == "Add a node…"


def test_keys_delete_with_and_without_healing_and_disconnect(user: User) -> None:
    canvas, document = user.window.canvas, user.window.document
    drop_wire(user, "image", "output")
    QTest.keyClicks(user.window.adding.search.field, "conv2d")
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    canvas.add_node("layer.Dropout", empty(user) + QPointF(0, 150))
    user.hand.drag(
        user.hand.port("conv2d", "output", is_input=False), user.hand.port("dropout", "inputs", is_input=True)
    )
    user.until(lambda: not user.window.analysing)
    canvas.select(["conv2d"])
    QTest.keyClick(canvas, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert document.inputs_of("dropout") == {}
    user.do("edit.undo")
    canvas.select(["conv2d"])
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert document.inputs_of("dropout") == {"inputs": port("image.output")}
    canvas.select(["dropout"])
    QTest.keyClick(canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert document.inputs_of("dropout") == {}


def test_keys_reroute_convert_and_insert_into_the_wire_that_is_selected(user: User) -> None:
    canvas, document = user.window.canvas, user.window.document
    target = port("image.inputs")
    canvas.canvas.select((), [target])
    QTest.keyClick(canvas, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert document.wires[target].source == port("reroute.output")
    user.until(lambda: port("reroute.output") in user.window.analysis.specs)
    canvas._cursor = None  # the mouse is elsewhere
    canvas.canvas.select((), [target])
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    search = user.window.adding.search
    assert "layer.Conv2D" not in search.shown_keys
    QTest.keyClicks(search.field, "rescaling")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert document.wires[target].source == port("rescaling.output")
    assert document.inputs_of("rescaling") == {"inputs": port("reroute.output")}
    conv = canvas.add_node("layer.Conv2D", empty(user))
    user.window.history.do(SetParams(conv, {"filters": 4, "kernel_size": 3}))
    user.window.history.do(connect(document, port("digits.x"), port(f"{conv}.inputs")))
    canvas.canvas.select((), [port(f"{conv}.inputs")])
    QTest.keyClick(canvas, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    offer = user.find("conversion_offer")
    assert offer.isVisible()
    QTest.keyClick(offer.field, Qt.Key.Key_Return)
    assert document.nodes[document.inputs_of(conv)["inputs"].node].type == "layer.Reshape"
    user.until(lambda: not user.window.analysing)
    canvas.select([conv])
    QTest.keyClick(canvas, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert user.banner.startswith("There is no wire here")


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_the_offer_speaks_spanish_in_every_theme(user: User, look: Appearance, theme: str) -> None:
    canvas = user.window.canvas
    look.set_theme(theme)
    look.set_language("es", remember=False)
    conv = canvas.add_node("layer.Conv2D", empty(user))
    user.window.history.do(SetParams(conv, {"filters": 4, "kernel_size": 3}))
    user.hand.drag(user.hand.port("digits", "x", is_input=False), user.hand.port(conv, "inputs", is_input=True))
    offer = user.find("conversion_offer")
    assert [entry.title for entry in offer._rows.entries] == ["Insertar Reshape", "Conectar de todos modos"]
    assert "4 ejes" in offer._caption.text()
    assert not offer.grab().isNull()
    QTest.keyClick(offer.field, Qt.Key.Key_Escape)


def test_what_is_wrong_with_a_node_makes_way_for_the_search(user: User) -> None:
    canvas = user.window.canvas
    canvas.add_node("layer.Dense", empty(user))
    words = canvas.findChild(object, "node_problems")
    user.until(words.isVisible)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_D):
        QTest.keyClick(canvas, key)
        assert user.window.adding.search.isVisible()
        assert not words.isVisible()
        user.window.adding.search.field.clear()
        QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Escape)
        assert words.isVisible()


def test_an_open_offer_goes_with_its_document(user: User) -> None:
    canvas = user.window.canvas
    conv = canvas.add_node("layer.Conv2D", empty(user))
    user.window.history.do(SetParams(conv, {"filters": 4, "kernel_size": 3}))
    user.hand.drag(user.hand.port("digits", "x", is_input=False), user.hand.port(conv, "inputs", is_input=True))
    assert user.find("conversion_offer").isVisible()
    user.window.history.mark_saved()
    user.do("file.close")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert user.window.findChild(QWidget, "conversion_offer") is None
    QTest.mouseClick(user.window, LEFT, pos=QPoint(5, 5))
