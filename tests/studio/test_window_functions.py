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
