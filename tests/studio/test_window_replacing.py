"""Find and replace for values of parameters, by keys and clicks."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import build
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QTreeWidget
from user import Open, User, saved

from studio.document.edits import SetParams
from studio.inspector.replace_dialog import ReplaceDialog

pytest_plugins = ("look", "window")

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    nodes = {f"dense{i}": ("layer.Dense", {"units": 16 if i < 3 else 8}) for i in range(5)}
    return open_window(saved(build({**nodes, "drop": "layer.Dropout"}), tmp_path))


def asked(user: User) -> ReplaceDialog:
    user.window.activateWindow()
    QTest.qWait(20)
    QTest.keyClick(user.window, Qt.Key.Key_H, CTRL)
    dialog = user.window.findChild(ReplaceDialog)
    assert isinstance(dialog, ReplaceDialog)
    assert dialog.isVisible()
    return dialog


def choose(dialog: ReplaceDialog, name: str) -> None:
    box = dialog.findChild(QComboBox, "replace.name")
    assert isinstance(box, QComboBox)
    box.setFocus()
    QTest.keyClicks(box, name)


def type_in(dialog: ReplaceDialog, name: str, text: str) -> None:
    field = dialog.findChild(QLineEdit, name) or dialog.findChild(QComboBox, name)
    assert field is not None
    field.setFocus()
    line = field.lineEdit() if isinstance(field, QComboBox) else field
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.qWait(100)


def rows(dialog: ReplaceDialog) -> list[tuple[str, str, str]]:
    tree = dialog.findChild(QTreeWidget, "replace.changes")
    assert isinstance(tree, QTreeWidget)
    items = [tree.topLevelItem(i) for i in range(tree.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.text(2)) for item in items if item is not None]


def words(dialog: ReplaceDialog) -> str:
    found = dialog.findChild(QLabel, "replace.summary")
    assert isinstance(found, QLabel)
    return found.text()


def go(dialog: ReplaceDialog) -> QAbstractButton:
    found = dialog.findChild(QAbstractButton, "replace.go")
    assert isinstance(found, QAbstractButton)
    return found


def units(user: User) -> list[object]:
    return [user.window.document.nodes[f"dense{i}"].params["units"] for i in range(5)]


def test_values_of_the_whole_graph_are_replaced_in_one_step(user: User) -> None:
    dialog = asked(user)
    assert words(dialog) == "Type the new value."
    assert not go(dialog).isEnabled()
    choose(dialog, "Units")
    type_in(dialog, "replace.old", "16")
    type_in(dialog, "replace.new", "64")
    assert rows(dialog) == [("Dense", "16", "64")] * 3
    assert words(dialog) == "3 nodes change."
    assert units(user) == [16, 16, 16, 8, 8], "nothing changes before it is told to"
    QTest.mouseClick(go(dialog), Qt.MouseButton.LeftButton)
    assert units(user) == [64, 64, 64, 8, 8]
    assert dialog.isVisible()
    user.window.activateWindow()
    QTest.qWait(20)
    user.window.canvas.setFocus()
    QTest.keyClick(user.window.canvas, Qt.Key.Key_Z, CTRL)
    assert units(user) == [16, 16, 16, 8, 8]


def test_only_what_is_selected_is_meant_if_something_is(user: User) -> None:
    user.window.canvas.select(["dense0", "dense4"])
    dialog = asked(user)
    choose(dialog, "Units")
    type_in(dialog, "replace.new", "5")
    assert [row[1:] for row in rows(dialog)] == [("16", "5"), ("8", "5")]
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert units(user) == [5, 16, 16, 8, 5]


def test_a_refusal_is_in_the_words_of_the_engine_and_of_the_language(user: User) -> None:
    dialog = asked(user)
    choose(dialog, "Units")
    type_in(dialog, "replace.new", "0")
    assert {row[2] for row in rows(dialog)} == {"Units is 0. It takes a whole number of 1 or more."}
    assert words(dialog) == ("0 nodes change. 5 refuse the value. Units is 0. It takes a whole number of 1 or more.")
    assert not go(dialog).isEnabled()
    user.do("view.language_es")
    assert dialog.windowTitle() == "Sustituir valores de parámetros"
    assert words(dialog).startswith("Cambian 0 nodos. 5 rechazan el valor. Unidades es 0. ")
    assert all("número entero" in row[2] for row in rows(dialog))
    assert units(user) == [16, 16, 16, 8, 8]


def test_what_has_changed_meanwhile_counts(user: User) -> None:
    dialog = asked(user)
    choose(dialog, "Units")
    type_in(dialog, "replace.old", "16")
    type_in(dialog, "replace.new", "64")
    user.window.history.do(SetParams("dense1", {"units": 9}))
    QTest.mouseClick(go(dialog), Qt.MouseButton.LeftButton)
    assert units(user) == [64, 9, 64, 8, 8]
    user.do("file.save")
    user.do("file.close")
    assert not user.action("edit.replace").isEnabled()
