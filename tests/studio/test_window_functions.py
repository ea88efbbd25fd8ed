"""Functions in a window: one editor a document, and panels, saving and exporting while one looks into a function."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphs import moons
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from user import Open, User, saved

from studio.canvas.export.look import Look
from studio.canvas.levels import Levels
from studio.desktop.editor import Editor
from studio.document.bookmarks import bookmarks
from studio.document.edits import SetSetting
from studio.document.file import load
from studio.document.function import SUMMARY, TITLE
from studio.document.function_edits import Within
from studio.palette.model import ROW

pytest_plugins = ("look", "window")


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before a classifier of which two layers are a function."""
    user = open_window(saved(moons(), tmp_path))
    user.until(lambda: not user.window.analysing)
    assert user.window.canvas is not None
    user.window.canvas.select(["hidden", "output"])
    user.window.canvas.functions.make()
    user.until(lambda: not user.window.analysing)
    return user


def levels(user: User) -> Levels:
    """The graphs of the document that is shown."""
    assert user.window.editors.current is not None
    return user.window.editors.current.levels


def test_a_document_has_one_editor(user: User):
    assert user.window.findChildren(Editor) == [user.window.editors.current]


def test_a_function_is_not_pasted_into_itself_and_words_say_why(user: User):
    shown = levels(user)
    shown.canvas.select(["function_1"])
    user.do("edit.copy")
    shown.enter("function_1")
    before = dict(shown.canvas.canvas.document.nodes)
    user.do("edit.paste")
    assert dict(shown.canvas.canvas.document.nodes) == before
    assert "'Function 1' would contain itself" in user.banner


def test_who_looks_into_a_function_still_does_once_the_file_is_read_again_and_nothing_listens_to_what_was(user: User):
    user.do("file.save")
    user.until(lambda: user.action("file.reload").isEnabled())
    levels(user).enter("function_1")
    before = user.window.document
    user.do("file.reload")
    user.until(lambda: user.window.document is not before)
    assert levels(user).scope.path == ("function_1",)
    user.until(lambda: not before._listeners and not before.functions["function_1"]._listeners)


def test_nothing_listens_to_a_document_that_is_closed(user: User):
    user.do("file.save")
    levels(user).enter("function_1")
    before = user.window.document
    user.do("file.close")
    user.until(lambda: user.window.canvas is None)
    assert not before._listeners
    assert not before.functions["function_1"]._listeners


# ------------------------------------------------------------------------------------------------ within a function


@pytest.fixture
def within(user: User) -> User:
    """Somebody who looks into the function."""
    levels(user).enter("function_1")
    user.until(lambda: not levels(user).canvas.canvas.busy)
    return user


def test_a_bookmark_is_one_of_the_function(within: User):
    shown = levels(within).canvas
    function = within.window.document.functions["function_1"]
    shown.reveal("output")
    shown.zoom_to(1.5)
    place = shown.visible_area().center()
    within.do("view.bookmark")
    assert [b.name for b in bookmarks(function)] == ["Dense"]
    assert bookmarks(within.window.document) == []
    within.do("file.save")
    assert bookmarks(load(within.window.desk.path).functions["function_1"]) == bookmarks(function)
    shown.frame_all()
    within.do("view.bookmarks")
    QTest.keyClick(within.window.places.marks.field, Qt.Key.Key_Return)
    assert shown.zoom == pytest.approx(1.5)
    assert (shown.visible_area().center() - place).manhattanLength() < 4
    levels(within).leave()
    within.do("view.bookmarks")
    assert within.window.places.marks.shown_keys == []


def test_a_search_finds_what_is_in_the_function(within: User):
    within.do("view.find")
    search = within.window.places.search
    assert set(search.shown_keys) == {"in_1", "hidden", "output", "out_1"}
    QTest.keyClicks(search.field, "hidden")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert levels(within).canvas.selected_ids() == ["hidden"]


def test_values_are_replaced_in_the_function(within: User):
    within.do("edit.replace")
    name, new = within.find("replace.name"), within.find("replace.new")
    assert isinstance(name, QComboBox)
    assert isinstance(new, QLineEdit | QComboBox)
    within.until(name.window().isActiveWindow)  # else the keys are those of the canvas
    name.setFocus()
    QTest.keyClicks(name, "Units")
    line = new.lineEdit() if isinstance(new, QComboBox) else new
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "32")
    within.until(within.find("replace.go").isEnabled)
    within.click("replace.go")
    nodes = within.window.document.functions["function_1"].nodes
    assert [nodes[id].params["units"] for id in ("hidden", "output")] == [32, 32]
    within.window.history.undo()
    assert [nodes[id].params["units"] for id in ("hidden", "output")] == [8, 2]


def test_a_picture_shows_the_function(within: User, tmp_path: Path):
    path = tmp_path / "inner.svg"
    within.window.exporting.begin("svg", Look(), path)
    within.until(lambda: not within.window.exporting.busy)
    wires = re.findall(r'<path d="M[^"L]*C[^"L]*" stroke="#[0-9a-f]{6}" stroke-width="2"/>', path.read_text("utf-8"))
    assert len(wires) == len(levels(within).canvas.canvas.document.wires) == 3


# ---------------------------------------------------------------------------------------------------------- languages


def test_what_a_user_has_called_so_is_in_no_language(user: User):
    for name, text in ((TITLE, "output"), (SUMMARY, "loss")):  # which the program has translations of
        user.window.history.do(Within("function_1", SetSetting(name, text)))
    user.do("view.language_es")
    canvas = levels(user).canvas
    canvas.select(["function_1"])
    user.until(lambda: not user.window.analysing and not canvas.canvas.busy)
    item = canvas.canvas.node("function_1")
    assert item is not None
    assert item.face.title == "output"
    model = user.window.palette_panel.model
    rows = [model.index(row) for row in range(model.rowCount())]
    (row,) = [row for row in rows if row.data(ROW).node_type is not None and row.data() == "output"]
    assert row.data(Qt.ItemDataRole.ToolTipRole) == "loss"
    assert user.window.inspector.properties.title.text() == "output"
    search = user.window.adding.search
    for query, is_found in (("output", True), ("salida", False)):
        search.popup(user.window.rect().center(), None, query)
        assert ("function.function_1" in search.shown_keys) == is_found, query
