"""Functions in a window: one editor a document, and panels, saving and exporting while one looks into a function."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import moons
from user import Open, User, saved

from studio.canvas.levels import Levels
from studio.desktop.editor import Editor

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
