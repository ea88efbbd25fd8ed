"""Wires that do not fit: the reason is at the cursor, what fits shines, and conversions are offered, never silent."""

from __future__ import annotations

import pytest
from graphs import build, port, wire
from hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from real import Show, plug

from studio.canvas.offer import ConversionOffer
from studio.canvas.view import CanvasView
from studio.document.document import Document
from studio.document.edits import Move, connect, remove

pytest_plugins = ("look",)


def network() -> Document:
    """Images and labels on the left, what does not take them as they are on the right."""
    document = build(
        {
            "digits": "data.digits",
            "flat": "layer.Flatten",
            "logits": ("layer.Dense", {"units": 10}),
            "loss": "loss.CategoricalCrossentropy",
            "conv": ("layer.Conv2D", {"filters": 4, "kernel_size": 3}),
            "sum": "op.add",
            "hidden": ("layer.Dense", {"units": 4}),
        },
        """
        digits.x > flat.inputs
        flat.output > logits.inputs
        logits.output > loss.y_pred
        digits.y > sum.x
        """,
    )
    places = {"digits": (0, 100), "flat": (250, 0), "logits": (450, 0), "loss": (750, 0), "conv": (450, 180)}
    document.apply(Move({**places, "sum": (450, 360), "hidden": (750, 300)}))
    return document


@pytest.fixture
def view(show: Show) -> CanvasView:
    """A canvas with the network."""
    return show(network())


@pytest.fixture
def hand(view: CanvasView) -> Hand:
    return Hand(view)


def offer(view: CanvasView) -> ConversionOffer:
    return view._conversion_offer


def titles(view: CanvasView) -> list[str]:
    return [entry.title for entry in offer(view)._rows.entries]


# ------------------------------------------------------------------------------------------------ the reason


def test_the_reason_stands_at_the_cursor_before_the_wire_is_let_go(view, hand):
    end = hand.port("conv", "inputs", is_input=True)
    hand.press(hand.port("digits", "x", is_input=False))
    hand.move(end + QPointF(3, 3))
    hand.move(end)
    reason = view.findChild(object, "reason")
    assert "4 axes" in reason.text()
    at = hand.at(end)
    assert 0 < reason.x() - at.x() < 40
    assert 0 < reason.y() - at.y() < 40
    hand.move(hand.port("hidden", "inputs", is_input=True))
    assert reason.text() == ""
    QTest.keyClick(view, Qt.Key.Key_Escape)


def test_ports_that_the_wire_fits_shine_and_others_do_not(view, hand):
    hand.press(hand.port("digits", "x", is_input=False))
    hand.move(QPointF(300, 300))
    takes, fits = view.canvas.shared.takes, view.canvas.shared.fits
    faces = {id: view.canvas.node(id).face for id in view.canvas.document.nodes}
    conv, hidden = faces["conv"].inputs[0], faces["hidden"].inputs[0]
    assert takes("conv", conv)
    assert not fits("conv", conv)
    assert fits("hidden", hidden)
    assert not takes("digits", faces["digits"].outputs[0])
    around = [hand.at(hand.port(id, "inputs", is_input=True) + QPointF(-8, 0)) for id in ("conv", "hidden")]
    image = view.viewport().grab().toImage()
    shine = [image.pixelColor(point).lightness() for point in around]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    image = view.viewport().grab().toImage()
    plain = [image.pixelColor(point).lightness() for point in around]
    assert shine[0] == plain[0]
    assert shine[1] > plain[1] + 8
    assert view.canvas.shared.fits is None


def test_a_wire_let_go_over_a_node_finds_the_port_that_it_fits(view, hand):
    hand.drag(hand.port("logits", "output", is_input=False), view.canvas.items_by_id["sum"].body().center())
    assert offer(view).isVisible()  # the free one does not add floats to whole numbers; the other is taken
    QTest.keyClick(offer(view).field, Qt.Key.Key_Escape)
    hand.drag(hand.port("digits", "y", is_input=False), view.canvas.items_by_id["sum"].body().center())
    assert view.canvas.document.inputs_of("sum") == {"x": port("digits.y"), "y": port("digits.y")}


# ------------------------------------------------------------------------------------------------- the offer


@pytest.mark.parametrize(
    ("output", "input", "title", "type_id", "params"),
    [
        ("digits.x", "conv.inputs", "Insert Reshape", "layer.Reshape", {"target_shape": (8, 8, 1)}),
        ("digits.y", "loss.y_true", "Insert one_hot", "op.one_hot", {"depth": 10}),
        ("digits.x", "sum.y", "Insert cast", "op.cast", {"dtype": "int32"}),
        ("flat.output", "conv.inputs", "Insert Reshape", "layer.Reshape", {"target_shape": (8, 8, 1)}),
    ],
)
def test_a_conversion_is_offered_and_inserted_when_it_is_chosen(view, hand, output, input, title, type_id, params):
    plug(view, output, input)
    assert view.history.labels == []
    assert offer(view).isVisible()
    assert offer(view)._caption.text()
    assert titles(view)[0] == title
    assert titles(view)[-1] == "Connect anyway"
    QTest.keyClick(offer(view).field, Qt.Key.Key_Return)
    document, target = view.canvas.document, port(input)
    added = document.nodes[document.wires[target].source.node]
    assert (added.type, dict(added.params)) == (type_id, params)
    assert set(document.inputs_of(added.id).values()) == {port(output)}
    assert view.canvas.status.severity(target.node) == "" or target.node in ("sum", "loss")
    assert view.trials.objection(document, view.canvas.status.specs, document.wires[target]) is None
    assert view.history.labels == ["Insert conversion"]
    boxes = view.canvas.boxes()
    assert boxes[added.id].right < boxes[target.node].x
    bodies = {id: view.canvas.items_by_id[id].body() for id in boxes}
    assert not [id for id in boxes if id != added.id and bodies[id].intersects(bodies[added.id])]
    assert view.hasFocus()
    view.history.undo()
    assert document == network()


def test_connecting_anyway_makes_the_wire_as_it_is(view):
    plug(view, "digits.x", "conv.inputs")
    QTest.keyClick(offer(view).field, Qt.Key.Key_Up)
    QTest.keyClick(offer(view).field, Qt.Key.Key_Return)
    assert view.canvas.document.inputs_of("conv") == {"inputs": port("digits.x")}
    assert view.canvas.status.severity("conv") == "error"
    assert view.history.labels == ["Connect"]


def test_escape_makes_no_wire(view):
    plug(view, "digits.x", "conv.inputs")
    QTest.keyClick(offer(view).field, Qt.Key.Key_Escape)
    assert not offer(view).isVisible()
    assert view.history.labels == []
    assert view.hasFocus()


def test_the_wire_that_was_there_stays_until_something_is_chosen(view):
    plug(view, "digits.y", "sum.y")
    both = {"x": port("digits.y"), "y": port("digits.y")}
    plug(view, "logits.output", "sum.x")
    assert view.canvas.document.inputs_of("sum") == both
    assert titles(view) == ["Insert cast", "Connect anyway"]
    QTest.keyClick(offer(view).field, Qt.Key.Key_Escape)
    assert view.canvas.document.inputs_of("sum") == both


def test_an_end_that_is_plugged_elsewhere_takes_its_conversion_along(view, hand):
    document = view.canvas.document
    hand.drag(hand.port("sum", "x", is_input=True), hand.port("loss", "y_true", is_input=True))
    assert titles(view)[0] == "Insert one_hot"
    assert document.inputs_of("sum") == {"x": port("digits.y")}
    QTest.keyClick(offer(view).field, Qt.Key.Key_Return)
    assert document.inputs_of("sum") == {}
    assert document.inputs_of("one_hot") == {"indices": port("digits.y")}
    assert document.inputs_of("loss")["y_true"].node == "one_hot"
    view.history.undo()
    assert document == network()


def test_a_node_that_goes_while_the_offer_is_open(view):
    plug(view, "digits.x", "conv.inputs")
    view.canvas.document.apply(remove(view.canvas.document, ["conv"]))
    QTest.keyClick(offer(view).field, Qt.Key.Key_Return)
    assert view.history.labels == []


def test_a_wire_that_fits_is_made_without_a_question(view):
    plug(view, "flat.output", "hidden.inputs")
    assert view.canvas.document.inputs_of("hidden") == {"inputs": port("flat.output")}
    assert "_conversion_offer" not in view.__dict__


def test_the_offer_can_be_asked_for_with_the_keyboard(view, qtbot):
    line = wire("digits.x > conv.inputs")
    view.history.do(connect(view.canvas.document, line.source, line.target))
    view.select(["conv"])
    view.convert_selected()
    assert titles(view)[0] == "Insert Reshape"
    QTest.keyClick(offer(view).field, Qt.Key.Key_Return)
    assert view.canvas.document.inputs_of("conv")["inputs"].node == "reshape"
    assert view.canvas.status.severity("conv") == ""
    view.select(["conv"])
    with qtbot.waitSignal(view.refused) as caught:
        view.convert_selected()
    assert "no wire here" in str(caught.args[0])


def test_assistive_tools_hear_the_reason_and_what_each_choice_does(view):
    plug(view, "digits.x", "conv.inputs")
    assert "4 axes" in offer(view).field.accessibleDescription()
    first = offer(view).list.model().index(0)
    spoken = first.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Insert Reshape. float32 (None, 8, 8) → float32 (None, 8, 8, 1)"


def test_the_offer_stays_within_the_window(view):
    view.resize(700, 400)
    view.centerOn(view.canvas.items_by_id["conv"].body().center() + QPointF(-200, -100))
    plug(view, "digits.x", "conv.inputs")
    assert view.window().rect().contains(offer(view).geometry())
