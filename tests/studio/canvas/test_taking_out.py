"""Nodes dragged out of the graph with Alt held: what led through them is joined."""

from __future__ import annotations

import pytest
from graphs import port, wire
from hand import ALT, LEFT, Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from real import Show, classifier, wires

from studio.canvas.view import CanvasView
from studio.document.document import Document
from studio.document.edits import Move
from studio.document.file import dumps

pytest_plugins = ("look",)

AWAY = QPointF(0, 260)


def network() -> Document:
    """Images -> flatten -> first -> second -> output."""
    document = classifier("first", "second")
    document.apply(Move({id: (240.0 * place, 0.0) for place, id in enumerate(document.nodes)}))
    return document


@pytest.fixture
def view(show: Show) -> CanvasView:
    return show(network())


@pytest.fixture
def hand(view: CanvasView) -> Hand:
    return Hand(view)


def test_one_node_goes_and_its_neighbours_are_joined_in_one_step(view: CanvasView, hand: Hand) -> None:
    before = dumps(view.canvas.document)
    start = hand.header("first")
    hand.drag(start, start + AWAY, keys=ALT)
    assert wires(view) == {
        wire("digits.x > flat.inputs"),
        wire("flat.output > second.inputs"),
        wire("second.output > output.inputs"),
    }
    assert view.canvas.position("first") == (480.0, 260.0)
    assert view.history.labels == ["Take out"]
    assert not view.canvas.wires.doomed
    view.history.undo()
    assert dumps(view.canvas.document) == before


def test_several_nodes_keep_the_wires_between_them(view: CanvasView, hand: Hand) -> None:
    view.select(["first", "second"])
    start = hand.header("second")
    hand.drag(start, start + AWAY, keys=ALT)
    assert wires(view) == {
        wire("digits.x > flat.inputs"),
        wire("first.output > second.inputs"),
        wire("flat.output > output.inputs"),
    }


def test_what_does_not_fit_is_not_joined(view: CanvasView, hand: Hand) -> None:
    start = hand.header("output")
    hand.drag(start, start + AWAY, keys=ALT)
    assert wire("second.output > output.inputs") not in wires(view)
    start = hand.header("digits")
    hand.drag(start, start + AWAY, keys=ALT)
    assert port("flat.inputs") not in view.canvas.document.wires


def test_what_would_go_and_come_shows_while_it_is_dragged(view: CanvasView, hand: Hand) -> None:
    start = hand.header("first")
    hand.press(start, keys=ALT)
    hand.move(start + AWAY / 2)
    hand.move(start + AWAY)
    assert view.canvas.wires.doomed == {port("first.inputs"), port("second.inputs")}
    assert view.gesture is not None
    assert not view.gesture._healed.isEmpty()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.canvas.wires.doomed
    assert view.history.labels == []
    assert view.canvas.position("first") == (480.0, 0.0)
    item = view.canvas.node("first")
    assert item is not None
    assert (item.x(), item.y()) == (480.0, 0.0)
    hand.release(start + AWAY, LEFT, ALT)


def test_alt_that_is_pressed_later_only_frees_it_from_its_neighbours(view: CanvasView, hand: Hand) -> None:
    start = hand.header("first")
    hand.press(start)
    hand.move(start + AWAY / 2)
    hand.move(start + AWAY)
    hand.release(start + AWAY, LEFT, ALT)
    assert len(wires(view)) == 4
    assert view.history.labels == ["Move"]


def test_a_node_without_wires_is_only_moved(view: CanvasView, hand: Hand) -> None:
    start = hand.header("first")
    hand.drag(start, start + AWAY, keys=ALT)
    again = hand.header("first")
    hand.drag(again, again + QPointF(60, 40), keys=ALT)
    assert view.history.labels == ["Take out", "Move"]
