"""Eager against lazy through the window: passes, links both ways, kernels, the race, the profile, and what is stale."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import build
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from user import Open, User, copy_of, saved

from studio.document.edits import SetParams
from studio.lazy.panel import Lazy
from studio.run.lazy.data import Explained

pytest_plugins = ("look", "window")


def shown(user: User) -> Lazy:
    """Return the panel, once it shows the program of the document as it is."""
    panel, controller = user.window.lazy, user.window.lazy_controller
    user.until(lambda: controller.state == "idle" and controller.found.program is not None)
    user.until(lambda: bool(panel.graph.drawing.nodes))
    return panel


def program(user: User) -> Explained:
    found = user.window.lazy_controller.found.program
    assert found is not None
    return found


def click_op(user: User, id: int) -> None:
    """Click a node of the program's graph."""
    graph = user.window.lazy.graph
    graph.frame_all()
    place = graph.drawing.place[id]
    at = graph.mapFromScene(QRectF(*graph.drawing.boxes[place].tolist()).center())
    QTest.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=at)


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before the digits network and the program that it runs as."""
    user = open_window(copy_of("digits_mlp", tmp_path), engine=True)
    user.until_ready()
    user.do("view.workspace_lazy")
    shown(user)
    return user


def test_it_lies_beside_the_canvas_in_its_workspace(user: User) -> None:
    window = user.window
    assert window.lazy.isVisible()
    assert window.canvas is not None
    assert window.canvas.isVisible()
    user.do("view.workspace_design")
    assert not window.lazy.isVisible()
    assert not user.action("lazy.next_pass").isEnabled()


def test_passes_are_walked_with_keys_slider_and_buttons(user: User) -> None:
    panel, window = user.window.lazy, user.window
    names = [stage.name for stage in program(user).stages]
    assert len(panel.strip.buttons) == len(names)
    assert sum(d.state == "gone" for d in panel.graph.drawing.nodes) == 0
    for _ in range(names.index("cse")):
        QTest.keyClick(window, Qt.Key.Key_F7)
    assert panel.strip.slider.value() == names.index("cse")
    gone = [d for d in panel.graph.drawing.nodes if d.state == "gone"]
    assert gone
    assert len(panel.graph.drawing.links) >= len(gone), "each is linked to what it has become"
    QTest.keyClick(window, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert panel.strip.number == names.index("cse") - 1
    user.click(panel.strip.buttons[names.index("prune")])
    assert panel.strip.slider.value() == names.index("prune")
    QTest.keyClick(panel.strip.slider, Qt.Key.Key_Right)
    assert panel.strip.number == names.index("fuse")
    assert panel.graph.drawing.frames, "kernels have frames"


def test_both_sides_light_up_what_belongs_together(user: User) -> None:
    window, panel = user.window, user.window.lazy
    assert window.canvas is not None
    window.canvas.select(["hidden"])
    marked = {d.node.node for d in panel.graph.drawing.nodes if d.node.id in panel.graph.picture.marked}
    assert marked == {"hidden"}
    op = next(n for n in program(user).stages[0].nodes if n.op == "softmax")
    click_op(user, op.id)
    assert window.canvas.canvas.shading.shade.meant == {"output"}
    assert "softmax" in panel.about.text()
    QTest.mouseMove(panel.graph.viewport(), panel.graph.mapFromScene(QPointF(-5000, -5000)))
    user.do("view.workspace_design")
    assert window.canvas.canvas.shading.shade.meant == frozenset()


def test_a_click_on_a_fused_op_shows_its_kernel(user: User) -> None:
    panel = user.window.lazy
    stages = program(user).stages
    panel.strip.choose(len(stages) - 1)
    kernel = next(k for k in program(user).kernels if len(k.members) > 3)
    click_op(user, kernel.members[1])
    assert panel.kernels.number == kernel.info.number
    assert panel.tabs.currentWidget() is panel.kernels
    assert panel.kernels.source.toPlainText() == kernel.info.source
    assert all(op in panel.kernels.facts.text() for op in kernel.info.ops)
    assert panel.memory.chosen == kernel.info.number


def test_a_rewrite_in_the_list_leads_to_its_nodes(user: User) -> None:
    panel = user.window.lazy
    at = [stage.name for stage in program(user).stages].index("cse")
    panel.strip.choose(at)
    panel.show_page(panel.changes)
    item = panel.changes.table.topLevelItem(0)
    assert item is not None
    panel.changes.table.setCurrentItem(item)
    change = program(user).stages[at].changes[0]
    assert panel.graph.picture.marked == {change.before, *change.after}


def test_a_race_and_a_profile_are_measured_and_shown(user: User) -> None:
    window, panel, controller = user.window, user.window.lazy, user.window.lazy_controller
    assert window.canvas is not None
    user.do("lazy.race")
    user.until(lambda: controller.found.race is not None)
    assert panel.tabs.currentWidget() is panel.race
    assert panel.race.verdict.text().startswith("✓")
    assert panel.race.results.topLevelItemCount() == len(controller.found.race.differences)
    heat = window.canvas.canvas.shading.shade.seconds
    assert {"hidden", "output", "loss", "trainer"} <= set(heat)
    user.do("lazy.profile")
    user.until(lambda: controller.found.profile is not None)
    assert panel.tabs.currentWidget() is panel.profile
    assert "FLOP/s" in panel.profile.facts.text()
    seconds = window.canvas.canvas.shading.shade.seconds
    assert sum(seconds.values()) == pytest.approx(sum(controller.found.profile.kernels), rel=0.01)
    user.do("lazy.heat")
    assert not window.canvas.canvas.shading.shade.seconds


def test_a_change_of_the_document_makes_it_stale_and_measuring_compiles_it_anew(user: User) -> None:
    window, panel, controller = user.window, user.window.lazy, user.window.lazy_controller
    before = program(user)
    window.history.do(SetParams("hidden", {"units": 16}))
    assert controller.found.is_stale
    assert panel.state.text() == "The document has changed since."
    window.history.undo()
    assert not controller.found.is_stale
    assert "examples at once · compiled in" in panel.state.text()
    window.history.redo()
    assert controller.found.is_stale
    user.do("lazy.race")
    user.until(lambda: controller.found.race is not None)
    assert program(user) is not before
    assert any("(64, 16)" in node.spec for node in program(user).stages[0].nodes)


def test_a_debugger_that_begins_comes_into_sight(user: User) -> None:
    user.do("debug.over")
    user.until(lambda: user.window.debug_controller.state == "stopped")
    assert not user.window.lazy.isVisible()
    assert user.window.debugger.isVisible()


def test_the_way_forward_alone(user: User) -> None:
    whole = len(program(user).stages[0].nodes)
    user.do("lazy.scope_forward")
    shown(user)
    assert program(user).scope == "forward"
    assert len(program(user).stages[0].nodes) < whole / 4


def test_work_can_be_called_off(user: User) -> None:
    controller = user.window.lazy_controller
    user.do("lazy.race")
    assert controller.state == "race"
    user.do("lazy.stop")
    assert controller.state == "idle"
    QTest.qWait(200)
    assert controller.found.race is None
    user.do("lazy.profile")  # the engine is free again
    user.until(lambda: controller.found.profile is not None)


def test_what_cannot_be_compiled_is_said(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(build({"adam": ("train.Adam", {})}), tmp_path), engine=True)
    user.until_ready()
    user.do("view.workspace_lazy")
    user.until(lambda: user.window.lazy_controller.found.error is not None)
    assert user.window.lazy.empty.isVisible()
    assert user.window.lazy.empty.text.text()
    assert user.window.lazy.state.text()
