"""Workspaces: for each task other panels, in sizes that the user may change, and that are remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import EXAMPLES, moons
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from user import Open, User, saved

from studio.ui.appearance import appearance
from studio.ui.settings import settings
from studio.ui.shell.workspaces import WORKSPACES

pytest_plugins = ("look", "window")

NAMES = ("design", "train", "debug", "present", "lazy")
KEYS = {name: Qt.Key(Qt.Key.Key_1 + i) for i, name in enumerate(NAMES)}


def go(user: User, name: str) -> None:
    """Go to a workspace by its key, and wait until all has its size."""
    QTest.keyClick(user.window, KEYS[name], Qt.KeyboardModifier.ControlModifier)
    settle(user)
    assert user.window.workspaces.current == name


def settle(user: User) -> None:
    """Wait until all panels have their sizes."""
    user.until(lambda: not user.window.docks.settling)
    QTest.qWait(1)


def shown(user: User) -> list[str]:
    """Return which panels are seen."""
    return [name for name in ("palette", "inspector", "bottom_dock") if user.find(name).isVisible()]


def drag_edge(user: User, panel: str, dx: int) -> None:
    """Drag the edge between a panel at a side and the middle."""
    dock = user.window.docks.docks[panel]
    x = dock.geometry().right() + 1 if panel == "left" else dock.geometry().left() - 1
    at = QPoint(x, dock.geometry().center().y())
    QTest.mousePress(user.window, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(user.window, at + QPoint(dx, 0))
    QTest.qWait(20)  # Qt moves it a turn later
    QTest.mouseRelease(user.window, Qt.MouseButton.LeftButton, pos=at + QPoint(dx, 0))
    QTest.qWait(1)


def test_each_workspace_has_its_panels(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    window = user.window
    settle(user)
    assert shown(user) == ["palette", "inspector", "bottom_dock"]
    narrow, low = window.inspector.width(), window.dock.height()
    go(user, "train")
    assert shown(user) == ["bottom_dock"]
    assert window.dock.width() == window.width(), "curves are wide"
    assert window.dock.height() > low
    assert window.dock.currentWidget() is window.plots
    go(user, "debug")
    assert shown(user) == ["inspector", "bottom_dock"]
    assert window.inspector.width() > 1.2 * narrow, "the inspector is wide"
    assert window.dock.currentWidget() is window.debugger
    go(user, "present")
    assert shown(user) == []
    assert not window.tabs.isVisible()
    assert not window.status_line.isVisible()
    assert window.canvas.width() == window.width(), "the canvas is alone"
    go(user, "design")
    assert shown(user) == ["palette", "inspector", "bottom_dock"]
    assert window.tabs.isVisible()
    assert window.status_line.isVisible()
    assert (window.inspector.width(), window.dock.height()) == (narrow, low)


def test_the_switcher_shows_and_chooses(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    buttons = user.window.top_bar.workspaces.findChildren(QAbstractButton)
    assert [b.text().strip() for b in buttons] == ["Design", "Training", "Debug", "Present", "Compiler"]
    user.click(buttons[2])
    assert user.window.workspaces.current == "debug"
    assert [b.isChecked() for b in buttons] == [False, False, True, False, False]
    appearance().set_language("es", remember=False)
    assert [b.text().strip() for b in buttons][:4] == ["Diseño", "Entrenar", "Depurar", "Presentar"]
    assert buttons[0].accessibleName() == "Espacio de trabajo: diseño"
    assert all("Espacio de trabajo" in b.toolTip() for b in buttons)
    user.window.resize(1180, 760)
    QTest.qWait(1)
    assert all(b.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly for b in buttons), "where it is narrow"
    assert user.window.minimumSizeHint().width() <= 1180
    user.window.resize(1920, 1000)
    QTest.qWait(1)
    assert all(b.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon for b in buttons)


def test_each_remembers_what_the_user_made_of_it_and_can_be_reset(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    window = user.window
    settle(user)
    drag_edge(user, "left", 60)
    wide = window.palette_panel.width()
    assert wide > 280
    user.do("view.dock")
    go(user, "debug")
    user.do("view.palette")
    go(user, "train")
    go(user, "design")
    assert shown(user) == ["palette", "inspector"]
    assert window.palette_panel.width() == wide
    go(user, "debug")
    assert shown(user) == ["palette", "inspector", "bottom_dock"]
    assert window.close()

    again = open_window(tmp_path / "small.trenza")
    settle(again)
    assert again.window.workspaces.current == "debug", "it is restored"
    assert shown(again) == ["palette", "inspector", "bottom_dock"]
    again.do("view.workspace_reset")
    settle(again)
    assert shown(again) == ["inspector", "bottom_dock"]
    go(again, "design")
    assert shown(again) == ["palette", "inspector"]
    assert again.window.palette_panel.width() == wide
    again.do("view.workspace_reset")
    settle(again)
    assert again.window.palette_panel.width() == 230


def test_the_start_page_changes_no_workspace(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    settle(user)
    go(user, "train")
    user.do("file.start_page")
    assert shown(user) == []
    assert not user.action("view.workspace_debug").isEnabled()
    user.do("file.next")
    settle(user)
    assert shown(user) == ["bottom_dock"]
    go(user, "present")
    user.do("file.start_page")
    assert user.window.tabs.isVisible()
    assert user.window.status_line.isVisible()
    user.do("file.next")
    settle(user)
    assert not user.window.tabs.isVisible()


def test_presenting_makes_the_graph_large_and_leads_back_to_where_one_was(open_window: Open, tmp_path: Path) -> None:
    user = open_window(EXAMPLES / "digits_mlp.trenza")
    window = user.window
    window.resize(1600, 1000)
    window.desk.open(EXAMPLES / "mnist_cnn.trenza")
    window.desk.show(window.desk.documents[0])
    settle(user)
    canvas = window.canvas
    canvas.zoom_to(0.7)
    canvas.pan(31, -17)
    before = canvas.visible_area().topLeft()
    go(user, "present")
    assert canvas.zoom > 1.0
    assert canvas.visible_area().contains(canvas.canvas.overview.bounds())
    assert not canvas.minimap.isVisible()
    QTest.keyClick(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    QTest.qWait(5)
    other = window.canvas
    assert other is not canvas
    assert other.zoom == 1.5, "what does not fit is shown in part, so large that it can be read"
    assert other.visible_area().left() < other.canvas.overview.bounds().left()
    go(user, "design")
    window.desk.show(window.desk.documents[0])
    assert canvas.zoom == 0.7
    assert canvas.visible_area().topLeft() == before
    assert canvas.minimap.isVisible()


def test_what_was_all_in_view_stays_so(open_window: Open) -> None:
    user = open_window(EXAMPLES / "mnist_cnn.trenza")
    settle(user)
    canvas = user.window.canvas
    for workspace in ("train", "lazy", "debug", "lazy", "design", "train"):
        go(user, workspace)
        area, graph = canvas.visible_area(), canvas.canvas.overview.bounds()
        assert area.contains(graph), workspace
        assert graph.width() > 0.6 * area.width(), f"{workspace}: it is as large as it fits"
    canvas.zoom_to(2.0)
    go(user, "design")
    assert canvas.zoom == 2.0, "who looks at a part goes on looking at it"


@pytest.mark.parametrize("stored", ["", "{", '{"shown": 3}', '{"shown": ["left"], "sizes": {"left": "wide"}}', "[]"])
def test_a_workspace_that_was_damaged_is_as_at_first(stored: str, open_window: Open, tmp_path: Path) -> None:
    settings().setValue("workspaces/design", stored)
    settings().setValue("workspace", "none")
    user = open_window(saved(moons(), tmp_path))
    settle(user)
    assert user.window.workspaces.current == "design"
    assert user.window.palette_panel.width() == WORKSPACES["design"][0].sizes["left"]
