"""The list of steps: it shows what was done, and a click leads back, or forth."""

from __future__ import annotations

from pathlib import Path

from graphs import moons
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from user import Open, User, saved

from studio.document.document import Node
from studio.document.edits import AddNode, SetTitle
from studio.ui.appearance import appearance

pytest_plugins = ("look", "window")


def shown(user: User) -> list[tuple[str, bool]]:
    """Return the rows, and which of them were undone."""
    model = user.window.steps.model()
    rows = [model.index(i, 0) for i in range(model.rowCount())]
    return [(row.data(), bool(row.data(Qt.ItemDataRole.FontRole).italic())) for row in rows]


def click(user: User, row: int) -> None:
    """Click a row."""
    steps = user.window.steps
    user.window.dock.setCurrentWidget(steps)
    centre = steps.visualRect(steps.model().index(row, 0)).center()
    QTest.mouseClick(steps.viewport(), Qt.MouseButton.LeftButton, pos=centre)


def test_steps_are_listed_and_gone_to(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    window = user.window
    before = set(window.document.nodes)
    window.history.do(AddNode(Node("new", "op.add")))
    window.history.do(SetTitle("new", "sum"))
    user.until(lambda: len(shown(user)) == 3)
    assert shown(user) == [("As it was opened", False), ("Add node", False), ("Rename node", False)]
    click(user, 0)
    assert set(window.document.nodes) == before
    assert shown(user) == [("As it was opened", False), ("Add node", True), ("Rename node", True)]
    assert not window.desk.modified
    click(user, 1)
    assert window.document.nodes["new"].title == ""
    window.history.do(AddNode(Node("other", "op.add")))
    user.until(lambda: shown(user)[-1] == ("Add node", False))
    assert len(shown(user)) == 3, "what was undone is gone"
    user.do("edit.undo")
    user.until(lambda: shown(user)[-1] == ("Add node", True))


def test_it_speaks_the_language_in_use_and_forgets_a_closed_document(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    appearance().set_language("es", remember=False)
    assert shown(user) == [("Como se abrió", False)]
    user.do("file.close")
    assert shown(user) == []
