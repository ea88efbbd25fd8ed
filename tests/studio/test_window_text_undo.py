"""Ctrl+Z in a field takes back what is typed, and on the canvas what was done to the graph."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import moons
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from user import Open, User, saved

from studio.document.document import Note
from studio.document.edits import AddNote, SetParams

pytest_plugins = ("look", "window")

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
REDO = [(Qt.Key.Key_Y, CTRL), (Qt.Key.Key_Z, CTRL | SHIFT)]


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    user = open_window(saved(moons(), tmp_path))
    user.window.history.do(SetParams("hidden", {"units": 20}))
    user.hand.click(user.hand.header("hidden"))
    return user


def units(user: User) -> object:
    return user.window.document.nodes["hidden"].params["units"]


@pytest.mark.parametrize(("key", "keys"), REDO)
def test_a_field_takes_back_what_is_typed_and_then_what_was_entered(
    user: User, key: Qt.Key, keys: Qt.KeyboardModifier
) -> None:
    field = user.find("param.units")
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "33")
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (field.text(), units(user)) == ("20", 20), "the text only"
    QTest.keyClick(field, key, keys)
    assert (field.text(), units(user)) == ("33", 20)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert units(user) == 33
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (field.text(), units(user)) == ("20", 20), "nothing is typed: the graph"
    QTest.keyClick(field, key, keys)
    assert (field.text(), units(user)) == ("33", 33)
    user.window.canvas.setFocus()
    QTest.keyClick(user.window.canvas, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(user.window.canvas, Qt.Key.Key_Z, CTRL)
    assert units(user) == 8


@pytest.mark.parametrize(("key", "keys"), REDO)
def test_an_editor_over_the_canvas_never_reaches_the_graph(user: User, key: Qt.Key, keys: Qt.KeyboardModifier) -> None:
    canvas = user.window.canvas
    assert canvas is not None
    user.window.history.do(AddNote(Note("n", "first", (0.0, 300.0))))
    user.window.history.undo()
    user.window.history.redo()
    for id, kind in (("hidden", QLineEdit), ("n", QPlainTextEdit)):
        canvas.select([id])
        QTest.keyClick(canvas, Qt.Key.Key_F2)
        editor = canvas.viewport().findChild(kind)
        assert editor is not None
        steps = user.window.history.position
        QTest.keyClicks(editor, "abc")
        for _press in range(5):
            QTest.keyClick(editor, Qt.Key.Key_Z, CTRL)
        assert user.window.history.position == steps
        QTest.keyClick(editor, key, keys)
        text = editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText()
        assert "abc" in text
        QTest.keyClick(editor, Qt.Key.Key_Escape)
        user.until(lambda kind=kind: canvas.viewport().findChild(kind) is None)


def test_keys_of_ones_own_are_heard_in_fields_too(user: User) -> None:
    field = user.find("param.units")
    assert isinstance(field, QLineEdit)
    user.window.commands.rebind("edit.undo", ["Ctrl+U"])
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "7")
    QTest.keyClick(field, Qt.Key.Key_U, CTRL)
    assert (field.text(), units(user)) == ("20", 20)
    QTest.keyClick(field, Qt.Key.Key_U, CTRL)
    assert units(user) == 8
