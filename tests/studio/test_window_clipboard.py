"""Nodes as text between the window and a text editor, and several nodes edited at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphs import build, moons
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from user import Open, User, saved

from studio.document.file import dumps

pytest_plugins = ("look", "window")

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def press(user: User, key: Qt.Key) -> None:
    assert user.window.canvas is not None
    user.window.canvas.setFocus()
    QTest.keyClick(user.window.canvas, key, CTRL)


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    return open_window(saved(moons(), tmp_path))


def test_nodes_go_into_a_text_editor_and_come_back(user: User) -> None:
    user.hand.click(user.hand.header("hidden"))
    user.hand.click(user.hand.header("output"), keys=SHIFT)
    press(user, Qt.Key.Key_C)
    text = QGuiApplication.clipboard().text()
    data = json.loads(text)
    assert [node["id"] for node in data["nodes"]] == ["hidden", "output"]
    data["nodes"][0]["params"]["units"] = 77  # what somebody does in the editor, and how it may be written then
    QGuiApplication.clipboard().setText("\n" + json.dumps(data, indent=4, sort_keys=True))
    press(user, Qt.Key.Key_V)
    document = user.window.document
    assert document.nodes["hidden_2"].params["units"] == 77
    assert [str(w.source.node) for w in document.wires_of("output_2")] == ["hidden_2"]
    assert user.window.canvas.selected_ids() == ["hidden_2", "output_2"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear colleague,",
        "{}",
        "[1, 2, 3]",
        '{"format": "trenza-nodes"',
        '{"format": "trenza-nodes", "version": 99, "nodes": []}',
        '{"format": "trenza-nodes", "version": 2, "nodes": [{"id": 3}]}',
        '{"format": "trenza-nodes", "version": 2, "nodes": [], "wires": [{"from": "a.b", "to": "c.d"}]}',
        '{"format": "trenza-nodes", "version": 2, "nodes": "' + "x" * 100_000 + '"}',
        "\u202e\x00\x07<b>",
    ],
    ids=range(10),
)
def test_text_that_is_no_graph_is_refused_in_words_and_nothing_is_lost(user: User, text: str) -> None:
    user.hand.click(user.hand.header("hidden"))
    before = dumps(user.window.document)
    QGuiApplication.clipboard().setText(text)
    press(user, Qt.Key.Key_V)
    english = user.banner
    assert english
    assert dumps(user.window.document) == before
    assert user.window.history.labels == []
    assert user.window.canvas.selected_ids() == ["hidden"]
    user.do("view.language_es")
    assert user.banner
    assert user.banner != english


def test_several_nodes_show_what_is_mixed_and_a_change_sets_all_in_one_step(open_window: Open, tmp_path: Path) -> None:
    units = {"a": 16, "b": 16, "c": 8}
    nodes = {id: ("layer.Dense", {"units": n, "activation": "relu"}) for id, n in units.items()}
    user = open_window(saved(build(nodes), tmp_path))
    for id in units:
        user.hand.click(user.hand.header(id), keys=SHIFT)
    QTest.qWait(20)  # the rows of the selection before are still about
    field = user.find("param.units")
    assert isinstance(field, QLineEdit)
    assert (field.text(), field.placeholderText()) == ("", "several values")
    assert user.find("param.activation").currentText() == "relu"
    user.enter("param.units", "32")

    def now() -> list[object]:
        return [user.window.document.nodes[id].params["units"] for id in units]

    assert now() == [32, 32, 32]
    assert field.text() == "32"
    user.until(user.action("edit.undo").isEnabled)
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert now() == [16, 16, 8]
    assert (field.text(), field.placeholderText()) == ("", "several values")
    user.enter("param.units", "0")
    assert now() == [16, 16, 8], "a value that is refused changes none"
    user.do("view.language_es")
    QTest.qWait(20)
    refused = user.find("param.units")
    assert isinstance(refused, QLineEdit)
    assert refused.placeholderText() == "varios valores"
