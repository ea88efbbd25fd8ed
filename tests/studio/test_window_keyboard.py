"""A network built, wired, told, walked, mended and trained with the keyboard only."""

from __future__ import annotations

import pytest
from graphs import port
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from user import Open, User, steps

pytest_plugins = ("look", "window")

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def focused() -> QWidget:
    """The widget that keys go to."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focused(), key, keys)


def write(text: str) -> None:
    """Type into whatever has the keyboard, and press Return."""
    QTest.keyClicks(focused(), text)
    press(Qt.Key.Key_Return)


@pytest.fixture
def user(open_window: Open) -> User:
    """Somebody without a mouse, before an empty document."""
    user = open_window(None, engine=True)
    user.window.activateWindow()
    press(Qt.Key.Key_N, CTRL)
    user.until(lambda: user.window.canvas is not None and user.window.canvas.hasFocus())
    return user


def add(user: User, name: str) -> str:
    """Add a node by name, and return its id."""
    before = set(user.window.document.nodes)
    press(Qt.Key.Key_Tab)
    write(name)
    (id,) = set(user.window.document.nodes) - before
    user.until(lambda: user.window.canvas is not None and user.window.canvas.hasFocus())
    user.until(lambda: not user.window.analysing)
    return id


def connect_from(user: User, words: str) -> None:
    """Wire an input of the selected node to what the words find."""
    press(Qt.Key.Key_K, CTRL | SHIFT)
    user.until(lambda: focused() is not user.window.canvas)
    write(words)
    user.until(lambda: user.window.canvas is not None and user.window.canvas.hasFocus())
    user.until(lambda: not user.window.analysing and not user.window.canvas.canvas.busy)


def tell(user: User, value: str) -> None:
    """Type the first value of the selected node, and go back to the graph."""
    press(Qt.Key.Key_Return)
    user.until(lambda: focused() is not user.window.canvas)
    QTest.keyClick(focused(), Qt.Key.Key_A, CTRL)
    write(value)
    press(Qt.Key.Key_Escape)
    user.until(lambda: user.window.canvas is not None and user.window.canvas.hasFocus())


def test_the_digits_network_is_built_and_trained_with_the_keyboard_only(user: User) -> None:
    document = user.window.document
    assert add(user, "digits") == "digits"
    add(user, "flatten")
    connect_from(user, "digits x")
    assert document.inputs_of("flatten") == {"inputs": port("digits.x")}
    hidden = add(user, "dense")
    tell(user, "32")
    connect_from(user, "flatten")
    output = add(user, "dense")
    tell(user, "10")
    connect_from(user, "dense")
    assert document.inputs_of(output) == {"inputs": port(f"{hidden}.output")}
    loss = add(user, "sparse categorical crossentropy")
    connect_from(user, "y true digits")
    connect_from(user, "y pred dense")
    trainer = add(user, "adam")
    connect_from(user, "loss")
    assert document.inputs_of(trainer) == {"loss[0]": port(f"{loss}.loss")}
    press(Qt.Key.Key_L)
    user.until(lambda: user.window.canvas is not None and not user.window.canvas.arranging.glide.busy)
    user.until(lambda: user.window.problems.count == 0)
    assert document.nodes[hidden].params["units"] == 32
    assert document.nodes[output].params["units"] == 10
    # and now along the wires, from the data to the trainer
    canvas = user.window.canvas
    assert canvas is not None
    canvas.select(["digits"])
    seen = []
    for _ in range(5):
        press(Qt.Key.Key_Right, ALT)
        seen += canvas.selected_ids()
    assert seen == ["flatten", hidden, output, loss, trainer]
    user.until_ready()
    press(Qt.Key.Key_Return, CTRL)
    user.until(lambda: steps(user, "loss") > 20)
    press(Qt.Key.Key_Period, CTRL)
    user.until(lambda: user.window.controller.state == "ready")


def test_a_function_is_made_entered_named_and_left_by_keyboard(user: User) -> None:
    add(user, "dense")
    tell(user, "4")
    add(user, "dropout")
    connect_from(user, "dense")
    press(Qt.Key.Key_A, CTRL)
    press(Qt.Key.Key_G, CTRL | SHIFT)
    canvas = user.window.canvas
    assert canvas is not None
    assert canvas.selected_ids() == ["function_1"]
    press(Qt.Key.Key_I, CTRL)
    levels = user.window.editors.current.levels
    user.until(lambda: levels.scope.path == ("function_1",))
    user.until(lambda: levels.canvas.hasFocus())
    assert set(levels.canvas.canvas.document.nodes) == {"in_1", "dense", "dropout", "out_1"}
    press(Qt.Key.Key_PageDown)
    press(Qt.Key.Key_PageDown)
    press(Qt.Key.Key_PageDown)
    assert levels.canvas.selected_ids() == ["dropout"]
    press(Qt.Key.Key_PageUp, SHIFT)
    assert levels.canvas.selected_ids() == ["dropout", "dense"]
    press(Qt.Key.Key_U)
    user.until(lambda: levels.scope.path == ())
    assert levels.canvas.selected_ids() == ["function_1"]
    press(Qt.Key.Key_G, CTRL | ALT)
    assert set(user.window.document.nodes) == {"dense", "dropout"}


def test_what_is_wrong_is_mended_by_keyboard(user: User) -> None:
    add(user, "dense")
    user.until(lambda: user.window.problems.count > 0)
    press(Qt.Key.Key_Return, ALT)
    user.until(lambda: focused().objectName() == "fix")
    press(Qt.Key.Key_Return)
    assert user.window.document.nodes["dense"].params["units"] == 32
    user.until(lambda: user.window.canvas is not None and user.window.canvas.hasFocus())


def test_wires_are_reached_and_taken_away_by_keyboard(user: User) -> None:
    add(user, "digits")
    add(user, "flatten")
    connect_from(user, "digits x")
    press(Qt.Key.Key_W, ALT)
    canvas = user.window.canvas
    assert canvas is not None
    assert [w.target for w in canvas.selected_wires()] == [port("flatten.inputs")]
    press(Qt.Key.Key_Delete)
    assert not user.window.document.wires
    press(Qt.Key.Key_Z, CTRL)
    assert user.window.document.wires
