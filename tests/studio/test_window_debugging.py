"""Debugging through the window: keys, the slider, the list of steps, breakpoints, and what the canvas shows."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from graphs import build, moons
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider
from user import Open, User, copy_of, saved, wire_text

from studio.document.breakpoints import Breakpoint, breakpoints, set_breakpoints
from studio.document.document import PortRef
from studio.document.edits import Move, SetParams, remove
from studio.document.enclose import enclose
from studio.document.types import Types
from studio.run.controller import BUSY_DELAY
from studio.run.debug.step import node_of
from studio.run.messages import Missing, Watched
from studio.run.tensor_ref import TensorRef
from studio.ui.appearance import appearance
from studio.ui.shell import files

pytest_plugins = ("look", "window")

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def press(user: User, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(user.window, key, keys)


def stood(user: User, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> list[str]:
    """Press a key that moves the run, wait until it stands elsewhere, and return where."""
    debugger = user.window.debug_controller
    before = debugger.last
    press(user, key, keys)
    user.until(lambda: debugger.state == "stopped" and debugger.last is not before)
    return here(user)


def here(user: User) -> list[str]:
    """Return where the run stands, from the phase on."""
    shown = user.window.debug_controller.shown
    return [frame.name for frame in shown.path[1 : shown.depth]]


def select(user: User, *ids: str) -> None:
    assert user.window.canvas is not None
    user.window.canvas.select(ids)


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before the digits network."""
    user = open_window(copy_of("digits_mlp", tmp_path), engine=True)
    user.until_ready()
    return user


def test_the_digits_network_is_stepped_forward_backward_and_back_again(user: User) -> None:
    window = user.window
    assert not user.action("debug.back").isEnabled()
    assert stood(user, Qt.Key.Key_F10) == []
    assert window.dock.currentWidget() is window.debugger
    assert window.canvas is not None
    layer = window.canvas.canvas.run
    assert layer.progress.after == "digits"
    places = [stood(user, Qt.Key.Key_F10) for _ in range(11)]
    assert places[2] == ["forward", "hidden"]
    assert places[-1] == ["backward", "hidden"]
    assert layer.progress.current == "hidden"
    assert layer.progress.is_backward
    assert PortRef("hidden", "output") in layer.progress.gradients
    assert layer.lane("hidden") is not None
    assert window.canvas.canvas.node("hidden").marks.running
    assert re.search(r"∂L/∂\w+ = ", window.debugger.card.text.toPlainText())
    stood(user, Qt.Key.Key_F10, SHIFT)
    assert here(user) == ["backward", "output"]
    assert stood(user, Qt.Key.Key_F11)[:2] == ["backward", "hidden"]
    assert len(here(user)) == 3
    assert stood(user, Qt.Key.Key_F11, SHIFT) == ["backward", "hidden"]
    press(user, Qt.Key.Key_F5, SHIFT)
    user.until(lambda: window.debug_controller.state == "off")
    assert layer.progress.current == ""


def test_a_whole_training_step_and_back_to_its_start_and_forward_again_shows_identical_values(user: User) -> None:
    debugger = user.window.debug_controller
    stood(user, Qt.Key.Key_F10)
    seen = []

    def look() -> tuple[list[str], dict[TensorRef, tuple[object, ...]]]:
        shown = {ref: (i.shape, i.mean, i.std, i.minimum, i.maximum) for ref, i in debugger.tensors.items()}
        return here(user), shown

    while not seen or seen[-1][0] != ["update", "trainer"]:
        stood(user, Qt.Key.Key_F10)
        seen.append(look())
    assert len(seen) == 12
    for before in reversed(seen[:-1]):
        stood(user, Qt.Key.Key_F10, SHIFT)
        assert look() == before
    assert stood(user, Qt.Key.Key_F10, SHIFT) == []
    assert not user.action("debug.back").isEnabled()
    for before in seen:
        stood(user, Qt.Key.Key_F10)
        assert look() == before


def test_the_lane_of_gradients_has_no_place_in_front_of_the_first_weights(user: User) -> None:
    stood(user, Qt.Key.Key_F10)
    while here(user) != ["backward", "hidden"]:
        stood(user, Qt.Key.Key_F10)
    assert user.window.canvas is not None
    layer = user.window.canvas.canvas.run
    assert [id for id in ("flatten", "hidden", "output", "loss") if layer.lane(id)] == ["hidden", "output", "loss"]


def test_who_edits_what_is_debugged_is_told_and_can_begin_anew(user: User) -> None:
    stood(user, Qt.Key.Key_F10)
    stood(user, Qt.Key.Key_F10)
    user.window.history.do(SetParams("hidden", {"units": 7}))
    assert "has changed since" in user.banner
    user.window.history.do(Move({"hidden": (300.0, 0.0)}))
    user.window.history.undo()
    user.window.history.undo()
    assert user.banner == "", "all of it was taken back"
    user.window.history.do(SetParams("hidden", {"units": 7}))
    assert "has changed since" in user.banner
    user.do("debug.restart")
    user.until(lambda: user.window.debug_controller.state == "stopped" and here(user) == [])
    assert user.banner == ""
    stood(user, Qt.Key.Key_F10)
    while here(user) != ["forward", "hidden"]:
        stood(user, Qt.Key.Key_F10)
    assert user.window.debug_controller.tensors[TensorRef("value", "hidden", "output")].shape == (32, 7)


def test_a_breakpoint_whose_node_has_gone_says_so_until_it_is_back(user: User) -> None:
    user.window.history.do(set_breakpoints([Breakpoint(1, "output"), Breakpoint(2, "hidden")]))
    points = user.window.debugger.points

    def said() -> list[str]:
        items = [points.list.item(i) for i in range(points.list.count())]
        return [str(item.data(Qt.ItemDataRole.AccessibleTextRole)) for item in items]

    user.until(lambda: said() == ["output, stops always", "hidden, stops always"])
    user.window.history.do(remove(user.window.document, ["output"]))
    user.until(lambda: said() == ["output, its node is gone", "hidden, stops always"])
    user.do("edit.undo")
    user.until(lambda: said() == ["output, stops always", "hidden, stops always"])


def test_at_the_end_there_is_nowhere_to_go_on_to(open_window: Open, tmp_path: Path) -> None:
    document = build({"x": ("data.constant", {"value": [1.0, 2.0]}), "y": "op.exp"}, "x.output > y.x")
    user = open_window(saved(document, tmp_path), engine=True)
    user.until_ready()
    stood(user, Qt.Key.Key_F10)
    stood(user, Qt.Key.Key_F5)
    assert "The run is over" in user.banner
    moves = ("debug.over", "debug.into", "debug.continue", "debug.back")
    assert [user.action(id).isEnabled() for id in moves] == [False, False, False, True]
    stood(user, Qt.Key.Key_F10, SHIFT)
    assert user.action("debug.over").isEnabled()


def test_of_what_cannot_run_it_is_said_what_is_missing(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(build({"y": "op.exp"}, ""), tmp_path), engine=True)
    user.until_ready()
    press(user, Qt.Key.Key_F10)
    user.until(lambda: "There is nothing to run" in user.banner)


def test_while_another_document_trains_debugging_says_what_it_waits_for(user: User, tmp_path: Path) -> None:
    user.window.history.do(SetParams("trainer", {"epochs": 10_000}))
    user.do("run.train")
    user.until(lambda: user.window.controller.state == "training")
    user.window.desk.open(saved(moons(), tmp_path, "moons"))
    press(user, Qt.Key.Key_F10)
    assert user.banner == "Another document is being trained. Debugging begins when that is over."
    user.window.controller.stop()
    user.until(lambda: user.window.debug_controller.state == "stopped")
    assert user.banner == ""


def test_the_canvas_follows_into_a_function_and_out_of_it(open_window: Open, tmp_path: Path) -> None:
    document = moons()
    edit, block = enclose(document, {}, Types(document), ["hidden", "output"], "Block")
    document.apply(edit)
    user = open_window(saved(document, tmp_path), engine=True)
    user.until_ready()
    levels = user.window.editors.current.levels
    while stood(user, Qt.Key.Key_F10) != ["forward", block]:
        assert levels.scope.path == ()
    assert levels.scope.path == (), "it is stepped over as one node"
    stood(user, Qt.Key.Key_F10, SHIFT)
    assert stood(user, Qt.Key.Key_F11) == ["forward", block, "hidden"]
    assert levels.scope.path == (block,)
    assert levels.canvas.canvas.run.progress.current == "hidden"
    stood(user, Qt.Key.Key_F10)
    assert levels.scope.path == (block,)
    assert stood(user, Qt.Key.Key_F11, SHIFT) == ["forward", block]
    assert levels.scope.path == ()


def test_numbers_that_were_left_out_come_when_they_are_wanted(user: User) -> None:
    for _ in range(11):
        stood(user, Qt.Key.Key_F10)
    debugger, card = user.window.debug_controller, user.window.debugger.card
    assert debugger.last is not None
    assert debugger.last.card is not None
    assert re.search(r"∂L/∂a\[\d+, \d+\] = \S+ · ", card.text.toPlainText()), "a product, with its greatest terms"
    appearance().set_language("es", remember=False)
    assert re.search(r"∂L/∂a\[\d+, \d+\] = \S*\d,\d\S* · ", card.text.toPlainText()), "as numbers are written there"
    appearance().set_language("en", remember=False)
    left_out = tuple(replace(slope, example="", is_left_out=True) for slope in debugger.last.card.chain)
    card.show_stop(replace(debugger.last, card=replace(debugger.last.card, chain=left_out)))
    assert "∂L/∂a[" not in card.text.toPlainText()
    assert "Work out the numbers" in card.text.toPlainText()
    card.text.anchorClicked.emit(QUrl("numbers:"))
    user.until(lambda: "∂L/∂a[" in card.text.toPlainText())
    assert here(user) == ["backward", "output"]


def test_the_slider_and_the_list_go_to_any_step(user: User) -> None:
    for _ in range(6):
        stood(user, Qt.Key.Key_F10)
    slider = user.find("debugger.slider")
    assert isinstance(slider, QSlider)
    debugger = user.window.debug_controller
    last = debugger.shown.step
    slider.setValue(2)
    user.until(lambda: debugger.shown.step == 2)
    assert node_of(debugger.shown.path) == "hidden"
    steps = user.window.debugger.steps
    items = steps.items
    assert [item.row.op for item in items if not item.is_node][:3] == ["batch", "flatten", "matmul"]
    row = next(i for i, item in enumerate(items) if item.first == last and not item.is_node)
    index = steps.model().index(row, 0)
    steps.scrollTo(index)
    QTest.mouseClick(steps.viewport(), Qt.MouseButton.LeftButton, pos=steps.visualRect(index).center())
    user.until(lambda: debugger.shown.step == last)
    slider.setValue(-1)
    user.until(lambda: debugger.shown.step == -1)
    assert debugger.tensors == {}


def test_a_breakpoint_is_set_by_a_key_told_what_to_wait_for_and_met(user: User) -> None:
    select(user, "output")
    press(user, Qt.Key.Key_F9)
    document = user.window.document
    assert [(p.node, p.look) for p in breakpoints(document)] == [("output", "on")]
    assert user.window.canvas is not None
    layer = user.window.canvas.canvas.run
    user.until(lambda: layer.progress.points == {"output": "on"})
    user.enter("debugger.condition", "max > 0")
    user.enter("debugger.hits", "2")
    user.until(lambda: breakpoints(document)[0].hits == 2)
    assert breakpoints(document)[0].look == "conditional"
    stood(user, Qt.Key.Key_F5)
    debugger = user.window.debug_controller
    user.until(lambda: debugger.last is not None and debugger.last.reason == "breakpoint")
    assert debugger.shown.batch == 1
    assert here(user) == ["forward", "output"]
    user.enter("debugger.condition", "maxi > 0")
    wrong = user.window.debugger.points.wrong
    user.until(lambda: "Did you mean 'max'?" in wrong.text())
    user.do("edit.undo")
    user.until(lambda: not wrong.text())
    user.enter("debugger.log", "up to {max}")
    user.until(lambda: breakpoints(document)[0].look == "log")
    press(user, Qt.Key.Key_F5)
    said = user.window.debugger.points.said
    user.until(lambda: said.blockCount() > 2)
    press(user, Qt.Key.Key_F6)
    user.until(lambda: debugger.state == "stopped")
    assert re.match(r"1/\d+  up to \d", said.toPlainText()), "with the epoch and the batch"


def test_a_run_stops_where_the_first_nan_is_made_and_says_why(open_window: Open, tmp_path: Path) -> None:
    document = build(
        {"x": ("data.constant", {"value": [1.0, 0.0, -1.0]}), "log": "op.log", "sum": "op.reduce_sum"},
        "x.output > log.x\nlog.output > sum.input_tensor",
    )
    user = open_window(saved(document, tmp_path), engine=True)
    user.until_ready()
    stood(user, Qt.Key.Key_F5)
    debugger = user.window.debug_controller
    user.until(lambda: debugger.last is not None and debugger.last.reason == "bad")
    assert "NaN appears here first" in user.banner
    assert "logarithm of -1" in user.window.debugger.card.text.toPlainText()
    assert user.window.canvas is not None
    assert user.window.canvas.selected_ids() == ["log"]


def test_what_a_wire_holds_is_that_of_the_step_that_is_shown(user: User) -> None:
    for _ in range(4):
        stood(user, Qt.Key.Key_F10)
    assert user.window.editors.current is not None
    watching = user.window.editors.current.watching
    ref = TensorRef("weight", "hidden", "kernel")
    watching.look_at(ref)
    user.until(lambda: watching.front == ref and ref in user.window.debug_controller.tensors)
    assert user.window.debug_controller.tensors[ref].shape == (64, 128)


def test_a_wire_that_is_clicked_gets_a_breakpoint_where_it_begins(user: User) -> None:
    """Also at an output that is not the first of its node, from the menu of the wire and by the same key."""
    assert user.window.canvas is not None
    target = PortRef("loss", "y_true")
    user.hand.click(user.on_wire(target))
    assert user.window.canvas.selected_ids() == []
    menu = user.window.top_bar.wire_menu()
    assert user.action("debug.breakpoint") in menu.actions()
    press(user, Qt.Key.Key_F9)
    document = user.window.document
    assert [(p.node, p.port, p.look) for p in breakpoints(document)] == [("digits", "y", "on")]
    layer = user.window.canvas.canvas.run
    user.until(lambda: layer.progress.port_points == {PortRef("digits", "y"): "on"})
    stood(user, Qt.Key.Key_F5)
    debugger = user.window.debug_controller
    user.until(lambda: debugger.last is not None and debugger.last.reason == "breakpoint")
    assert here(user) == ["data", "digits"]
    user.hand.click(user.on_wire(target))
    press(user, Qt.Key.Key_F9)
    assert breakpoints(document) == ()


def test_a_document_that_is_edited_and_debugged_at_once_does_not_seem_to_compute_for_good(user: User) -> None:
    controller = user.window.controller
    for move in (lambda: stood(user, Qt.Key.Key_F10), lambda: None):
        select(user, "hidden")
        user.window.history.do(SetParams("hidden", {"units": 16 if controller.debugged else 20}))
        QTest.qWait(50)  # the preview is asked for; nothing of it comes once the run is under the debugger
        move()
        QTest.qWait(2 * BUSY_DELAY + 300)
        assert user.window.debug_controller.state == "stopped"
        assert not controller.busy
    press(user, Qt.Key.Key_F5, SHIFT)
    user.until(lambda: user.window.canvas is not None and "16" in wire_text(user, "output.inputs"))


def test_each_operand_and_result_of_a_step_can_be_looked_into(user: User) -> None:
    for _ in range(11):
        stood(user, Qt.Key.Key_F10)
    debugger, card = user.window.debug_controller, user.window.debugger.card
    shown = debugger.shown.step
    assert user.window.editors.current is not None
    watching = user.window.editors.current.watching
    for link in re.findall(r"tensor:\d+", card.text.toHtml()):
        card.text.anchorClicked.emit(QUrl(link))
        user.until(lambda: isinstance(watching.shown, Watched) and watching.shown.ref == watching.front)
    assert watching.front == TensorRef("step", str(shown), "0"), "the last one is the result"
    assert isinstance(watching.shown, Watched)
    assert watching.shown.info.shape == (128, 10)
    heading = user.window.inspector.tensor.head.heading
    assert f"result 1 of step {shown + 1}".upper() in heading.text().upper()


def test_a_gradient_that_is_still_to_come_is_said_to_be(user: User) -> None:
    for _ in range(4):
        stood(user, Qt.Key.Key_F10)
    assert user.window.editors.current is not None
    watching = user.window.editors.current.watching
    watching.look_at(TensorRef("gradient", "hidden", "output"))
    user.until(lambda: isinstance(watching.shown, Missing))
    assert isinstance(watching.shown, Missing)
    assert "not known where the run stands" in str(watching.shown.error)
    while here(user) != ["backward", "hidden"]:
        stood(user, Qt.Key.Key_F10)
    user.until(lambda: isinstance(watching.shown, Watched))


def test_figures_of_what_is_looked_into_are_those_of_the_step(user: User) -> None:
    """And not those of the look at the first examples, which are others than the first batch has."""
    for _ in range(4):
        stood(user, Qt.Key.Key_F10)
    assert user.window.editors.current is not None
    watching = user.window.editors.current.watching
    ref = TensorRef("value", "hidden", "output")
    watching.look_at(ref)
    user.until(lambda: isinstance(watching.shown, Watched) and ref in user.window.debug_controller.tensors)
    shown = watching.shown
    assert isinstance(shown, Watched)
    assert shown.info.maximum == pytest.approx(float(shown.values.max()))
    assert shown.info.mean == pytest.approx(float(shown.values.mean()), rel=1e-4)


def test_run_to_here_stops_in_front_of_a_node(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path), engine=True)
    user.until_ready()
    select(user, "output")
    stood(user, Qt.Key.Key_F10, CTRL)
    debugger = user.window.debug_controller
    user.until(lambda: debugger.shown.after is not None and node_of(debugger.shown.after) == "output")
    assert here(user) == ["forward", "hidden"]


def test_a_compiled_training_stands_still_at_a_breakpoint_and_goes_on(open_window: Open, tmp_path: Path) -> None:
    document = moons()
    document.apply(set_breakpoints([Breakpoint(1, "hidden", "output", "max > 0", epoch=2, step=3)]))
    user = open_window(saved(document, tmp_path), engine=True)
    user.until_ready()
    user.do("run.mode_lazy")
    user.do("run.train")
    user.until(lambda: user.window.controller.state == "paused")
    assert "Breakpoint at Dense, in epoch 2, batch 3" in user.banner
    assert user.window.canvas is not None
    assert user.window.canvas.selected_ids() == ["hidden"]
    user.action("run.pause").trigger()
    user.until(lambda: user.window.controller.state == "ready")


def test_a_training_makes_an_end_of_debugging(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path), engine=True)
    user.until_ready()
    stood(user, Qt.Key.Key_F10)
    user.do("run.train")
    user.until(lambda: user.window.debug_controller.state == "off")
    user.until(lambda: user.window.controller.state == "ready")


def debugging(open_window: Open, program: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """Return somebody who has put a program under the debugger from the menu."""
    user = open_window(saved(moons(), program.parent), engine=True)
    user.until_ready()
    monkeypatch.setattr(files, "ask_program", lambda _parent: program)
    user.do("debug.program")
    user.until(lambda: user.window.debug_controller.state == "stopped")
    return user


def test_a_python_program_is_debugged_from_the_menu(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "line.py"
    path.write_text(
        "import engine as tf\nx = tf.constant([1.0, 2.0])\ny = x * x\nprint('sum', float(tf.reduce_sum(y)))\n"
    )
    user = debugging(open_window, path, monkeypatch)
    debugger = user.window.debug_controller
    stood(user, Qt.Key.Key_F10)
    card = user.window.debugger.card
    assert "▶    3  y = x * x" in card.text.toPlainText()
    assert "line 3" in card.text.toPlainText()
    assert user.window.editors.current is not None
    watching = user.window.editors.current.watching
    card.text.anchorClicked.emit(QUrl(re.findall(r"tensor:\d+", card.text.toHtml())[-1]))
    user.until(lambda: isinstance(watching.shown, Watched) and watching.shown.values.tolist() == [1.0, 4.0])
    stood(user, Qt.Key.Key_F5)
    user.until(lambda: user.window.debugger.points.said.toPlainText() == "sum 5.0")
    press(user, Qt.Key.Key_F5, SHIFT)
    user.until(lambda: debugger.state == "off")


def test_a_program_that_comes_to_no_op_says_where_it_is_and_ends(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "loops.py"
    path.write_text("import engine as tf\nx = tf.ones([2]) + 1.0\nwhile True:\n    pass\n")
    user = debugging(open_window, path, monkeypatch)
    debugger = user.window.debug_controller
    user.do("debug.continue")
    user.until(lambda: debugger.state == "running")
    user.do("debug.pause")
    place = user.window.debugger.transport.place
    user.until(lambda: place.text() in ("line 3, no op", "line 4, no op"))
    user.do("debug.end")
    user.until(lambda: debugger.state == "off")
    user.do("debug.over")  # the engine has a hand free
    user.until(lambda: debugger.state == "stopped")


def test_a_process_that_dies_in_a_step_costs_the_run_only(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path), engine=True)
    user.until_ready()
    stood(user, Qt.Key.Key_F10)
    stood(user, Qt.Key.Key_F10)
    pid = user.window.controller.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    user.until(lambda: user.window.debug_controller.state == "off")
    assert "The document is untouched" in user.banner
    assert user.window.canvas is not None
    assert user.window.canvas.canvas.run.progress.current == ""
    user.do("run.restart_engine")
    user.until_ready()
    assert stood(user, Qt.Key.Key_F10) == []
    assert stood(user, Qt.Key.Key_F10) == ["data", "data"]
