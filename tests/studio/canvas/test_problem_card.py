"""The card of a node: what is wrong is said, and a click or a key mends it."""

from __future__ import annotations

import pytest
from graphs import build, port
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from real import Show

from studio.canvas.view import CanvasView
from studio.document.document import Document
from studio.document.edits import RemoveWire

pytest_plugins = ("look",)


def digits() -> Document:
    """A classifier with two layers on images, eight scores for ten classes, and a loss without truth."""
    return build(
        {
            "data": "data.digits",
            "flat": "layer.Flatten",
            "dense": ("layer.Dense", {"units": 8}),
            "loss": "loss.SparseCategoricalCrossentropy",
        },
        """
        data.x > flat.inputs
        flat.output > dense.inputs
        dense.output > loss.y_pred
        data.y > loss.y_true
        """,
    )


@pytest.fixture
def canvas(show: Show, qtbot: QtBot) -> CanvasView:
    view = show(digits())
    qtbot.waitUntil(lambda: not view.canvas.busy)
    return view


def words(canvas: CanvasView) -> list[str]:
    return [button.text() for button in canvas.problems.findChildren(QPushButton, "fix") if not button.isHidden()]


def test_a_click_on_a_fix_mends_it(canvas: CanvasView, qtbot: QtBot):
    canvas.select(["loss"])
    qtbot.waitUntil(lambda: bool(words(canvas)))
    assert "10 classes, but the prediction has 8 scores" in canvas.problems.text()
    assert words(canvas) == ["Set units of Dense to 10"]
    QTest.mouseClick(canvas.problems.findChildren(QPushButton, "fix")[0], Qt.MouseButton.LeftButton)
    assert canvas.canvas.document.nodes["dense"].params["units"] == 10
    qtbot.waitUntil(lambda: canvas.problems.text() == "")
    assert canvas.history.labels == ["Change parameter"]


def test_the_mouse_reaches_the_card_from_the_node(canvas: CanvasView, qtbot: QtBot):
    body = canvas.canvas.items_by_id["loss"].body()
    middle = canvas.mapFromScene(body.center())
    QTest.mouseMove(canvas.viewport(), middle + QPoint(3, 0))
    QTest.mouseMove(canvas.viewport(), middle)
    qtbot.waitUntil(lambda: bool(words(canvas)))
    below = canvas.mapFromScene(body.bottomLeft()) + QPoint(20, 6)
    QTest.mouseMove(canvas.viewport(), below)
    qtbot.wait(100)
    assert canvas.problems.isVisible()
    QTest.mouseMove(canvas.viewport(), QPoint(5, 5))
    qtbot.waitUntil(lambda: not canvas.problems.isVisible(), timeout=2000)


def test_the_keyboard_reaches_the_fixes(canvas: CanvasView, qtbot: QtBot):
    canvas.select(["loss"])
    assert canvas.problems.focus_fixes()
    button = canvas.problems.findChildren(QPushButton, "fix")[0]
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert canvas.canvas.document.nodes["dense"].params["units"] == 10
    canvas.select(["dense"])
    assert not canvas.problems.focus_fixes()


def test_a_missing_wire_is_offered(canvas: CanvasView, qtbot: QtBot):
    canvas.history.do(RemoveWire(canvas.canvas.document.wires[port("loss.y_true")]))
    canvas.select(["loss"])
    qtbot.waitUntil(lambda: bool(words(canvas)))
    assert "Connect it to Digits 8×8, y" in words(canvas)
