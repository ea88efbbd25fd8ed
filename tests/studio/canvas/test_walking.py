"""The graph without a mouse: walked, wired, and told to assistive tools."""

from __future__ import annotations

import pytest
from graphs import moons, port, wire
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from real import Show

from studio.canvas import accessible
from studio.canvas.accessible import describe_node, describe_wires
from studio.canvas.view import CanvasView
from studio.document.document import Note
from studio.document.edits import AddNote, RemoveWire

pytest_plugins = ("look",)


@pytest.fixture
def canvas(show: Show, qtbot: QtBot) -> CanvasView:
    view = show(moons())
    qtbot.waitUntil(lambda: not view.canvas.busy)
    return view


def test_steps_lead_through_all_nodes_in_reading_order_and_round(canvas: CanvasView):
    seen = []
    for _ in range(7):
        canvas.walking.step(1)
        seen += canvas.selected_ids()
    assert seen == ["data", "hidden", "output", "loss", "accuracy", "trainer", "data"]
    canvas.walking.step(-1)
    assert canvas.selected_ids() == ["trainer"]
    canvas.walking.step(-1, extend=True)
    assert canvas.selected_ids() == ["trainer", "accuracy"]


def test_wires_are_followed_both_ways_and_aside(canvas: CanvasView):
    canvas.select(["hidden"])
    canvas.walking.along(forward=True)
    assert canvas.selected_ids() == ["output"]
    canvas.walking.along(forward=True)
    assert canvas.selected_ids() == ["loss"]
    canvas.walking.aside(1)
    assert canvas.selected_ids() == ["accuracy"]
    canvas.walking.aside(1)
    assert canvas.selected_ids() == ["loss"]
    canvas.walking.along(forward=False)
    assert canvas.selected_ids() == ["data"]
    canvas.walking.along(forward=False)
    assert canvas.selected_ids() == ["data"]


def test_notes_are_walked_too(canvas: CanvasView, qtbot: QtBot):
    canvas.do(AddNote(Note("note", "Hello", (-500.0, 0.0))))
    qtbot.waitUntil(lambda: "note" in canvas.canvas.items_by_id)
    canvas.select(["data"])
    canvas.walking.step(-1)
    assert canvas.selected_ids() == ["note"]
    assert describe_node(canvas, "note") == "Note"


def test_wires_are_selected_one_after_the_other(canvas: CanvasView):
    canvas.select(["hidden"])
    canvas.walking.next_wire(1)
    assert canvas.selected_wires() == [wire("data.x > hidden.inputs")]
    assert "Wire from Moons, x, to Dense, inputs, float32 (batch, 2)" in describe_wires(canvas)
    assert canvas.walking.to_end(forward=True)
    assert canvas.selected_ids() == ["hidden"]
    canvas.walking.next_wire(-1)
    assert canvas.walking.to_end(forward=True)
    assert canvas.selected_ids() == ["output"]
    assert not canvas.walking.to_end(forward=True)


def test_a_node_is_connected_by_typing_where_to(canvas: CanvasView):
    canvas.do(RemoveWire(wire("output.output > loss.y_pred")))
    canvas.select(["output"])
    canvas.connecting.ask(from_here=True)
    chooser = canvas.window().findChild(object, "connect")
    assert chooser.isVisible()
    assert chooser._rows.entries[0].title == "Sparse categorical crossentropy · y pred"
    QTest.keyClicks(chooser.field, "crossentropy pred")
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
    assert canvas.canvas.document.wires[port("loss.y_pred")].source == port("output.output")
    assert not chooser.isVisible()


def test_what_does_not_fit_is_said_and_asked_about(canvas: CanvasView, qtbot: QtBot):
    canvas.select(["data"])
    canvas.connecting.ask(from_here=True)
    chooser = canvas.window().findChild(object, "connect")
    titles = {entry.title: entry for entry in chooser._rows.entries}
    bad = titles["y → Dense · inputs"]
    assert bad.detail
    canvas.connecting._connect(bad.key)
    offer = canvas.window().findChild(object, "conversion_offer")
    qtbot.waitUntil(offer.isVisible)
    assert offer._rows.entries[-1].title == "Connect anyway"
    QTest.keyClick(offer.field, Qt.Key.Key_Escape)
    assert canvas.canvas.document.inputs_of("hidden") == {"inputs": port("data.x")}


def test_inputs_are_connected_from_the_node_that_has_them(canvas: CanvasView):
    canvas.do(RemoveWire(wire("data.x > hidden.inputs")))
    canvas.select(["hidden"])
    canvas.connecting.ask(from_here=False)
    chooser = canvas.window().findChild(object, "connect")
    assert chooser._rows.entries[0].title == "Moons · x"
    assert all("Adam" not in entry.title for entry in chooser._rows.entries)
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
    assert canvas.canvas.document.inputs_of("hidden") == {"inputs": port("data.x")}


def test_assistive_tools_see_the_nodes(canvas: CanvasView):
    accessible.install(CanvasView)
    canvas.select(["hidden"])
    found = QAccessible.queryAccessibleInterface(canvas)
    assert found.childCount() == 6
    names = [found.child(i).text(QAccessible.Text.Name) for i in range(6)]
    assert names[:3] == ["Moons", "Dense", "Dense"]
    hidden = found.child(1)
    words = hidden.text(QAccessible.Text.Description)
    assert "units 8" in words
    assert "24 parameters" in words
    assert "inputs from Moons" in words
    assert "float32 (batch, 8) to Dense" in words
    assert hidden.state().selected
    assert hidden.rect().width() > 50
    assert found.focusChild().text(QAccessible.Text.Name) == "Dense"
    middle = hidden.rect().center()
    assert found.childAt(middle.x(), middle.y()).text(QAccessible.Text.Name) == "Dense"
