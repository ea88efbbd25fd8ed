"""The window as a whole, driven as a user drives it: wiring, training, looking, and what goes wrong there."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graphs import EXAMPLES, example, moons, port
from PySide6.QtWidgets import QPushButton
from user import Open, copy_of, saved, steps, wire_text

from studio.document.edits import SetParams, SetSetting
from studio.document.file import load, save
from studio.plots.names import SAMPLED
from studio.run.tensor_ref import TensorRef
from studio.ui.settings import settings

pytest_plugins = ("look", "window")


@pytest.mark.usefixtures("as_shipped")
def test_the_main_job(open_window: Open, tmp_path: Path) -> None:
    path = copy_of("digits_mlp", tmp_path)
    document = load(path)
    document.apply(SetParams("trainer", {"epochs": 500}))
    save(document, path)
    user = open_window(path, engine=True)
    window = user.window
    assert window.canvas is not None
    user.until_ready()

    # train, and see both curves grow
    user.do("run.train")
    plots = window.plots
    user.until(lambda: plots.curves and all(len(plots.curves[n].validation) >= 2 for n in ("loss", "accuracy")))
    assert list(plots.curves) == ["loss", "accuracy", *SAMPLED]
    user.until(lambda: plots.is_complete)
    user.until(lambda: all(len(plots.curves[name].raw) for name in SAMPLED))  # asked for before the engine was up
    assert [cell.objectName() for cell in plots.cells.values()] == [f"plot.{name}" for name in plots.curves]
    assert all(cell.isVisible() for cell in plots.cells.values())
    before = {name: steps(user, name) for name in plots.curves}
    user.until(lambda: all(steps(user, name) > count for name, count in before.items()))

    # pause: nothing more comes; resume: it goes on
    user.do("run.pause")
    user.until(lambda: window.controller.state == "paused")
    assert user.action("run.pause").isChecked()
    still = {name: steps(user, name) for name in plots.curves}
    user.qtbot.wait(200)
    assert {name: steps(user, name) for name in plots.curves} == still
    user.do("run.pause")
    user.until(lambda: steps(user, "loss") > still["loss"])
    user.do("run.stop")
    user.until_ready()
    loss, accuracy = (plots.curves[name] for name in ("loss", "accuracy"))
    assert loss.ends.y[-1] < loss.ends.y[0]
    assert accuracy.validation.y[-1] > 0.8

    # look into a wire's tensor
    user.hand.click(user.on_wire(port("output.inputs")))
    tensor = window.inspector.tensor
    user.until(lambda: tensor.watching.front == TensorRef.of(port("hidden.output")))
    user.until(lambda: tensor.head.spec.text() == "float32 (32, 128)")
    assert "hidden" in tensor.head.heading.text()

    # edit a layer
    assert "128" in wire_text(user, "output.inputs")
    user.hand.click(user.hand.header("hidden"))
    user.enter("param.units", "48")
    user.until(lambda: "48" in wire_text(user, "output.inputs"))
    user.until(lambda: tensor.head.spec.text() == "float32 (32, 48)")
    assert window.document.nodes["hidden"].params["units"] == 48
    assert "•" in user.tab()

    # undo, save, reopen
    user.do("edit.undo")
    user.until(lambda: "128" in wire_text(user, "output.inputs"))
    assert window.document == document
    user.do("edit.redo")
    user.do("file.save")
    assert "•" not in user.tab()
    edited = load(path)
    assert edited.nodes["hidden"].params["units"] == 48
    user.do("file.close")
    assert window.canvas is None
    user.until(lambda: window.start_page.isVisible())
    assert window.desk.open(path)
    assert window.document == edited


def test_a_killed_engine_loses_the_run_only(open_window: Open, tmp_path: Path) -> None:
    path = saved(moons(trainer=("train.Adam", {"epochs": 100_000, "batch_size": 8})), tmp_path)
    user = open_window(path, engine=True)
    window = user.window
    user.until_ready()
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 10)
    before = load(path)
    assert window.controller.pid is not None
    os.kill(window.controller.pid, signal.SIGKILL)
    user.until(lambda: window.controller.state == "crashed")
    assert "engine has stopped" in user.banner
    assert window.status_line.light.state == "stopped"
    assert not user.action("run.train").isEnabled()
    assert not user.action("run.stop").isEnabled()
    assert window.document == before

    button = next(b for b in window.banner.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Restart the engine"
    window.history.do(SetParams("trainer", {"epochs": 3}))
    user.click(button)
    assert user.banner == ""
    user.until_ready()
    user.do("run.train")
    user.until(lambda: window.plots.curves and len(window.plots.curves["accuracy"].validation) == 3)
    user.until_ready()
    assert "trained in" in window.status_line.values["progress"].text()


def test_trained_in_the_window_and_in_the_terminal_the_numbers_are_the_same(open_window: Open, tmp_path: Path) -> None:
    from studio import terminal

    path = saved(moons(), tmp_path)
    expected = terminal.run(path, quiet=True)["metrics"]
    user = open_window(path, engine=True)
    user.until_ready()
    window = user.window
    window.history.do(SetParams("hidden", {"units": 3}))
    window.history.undo()
    ends: list[Any] = []
    window.controller.ended.connect(ends.append)
    user.do("run.train")
    user.until(lambda: ends)
    assert ends[0].logs == expected


def test_training_may_be_asked_for_before_the_engine_is_up(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path), engine=True)
    assert user.window.controller.state == "starting"
    user.window.running.train()
    user.until(lambda: len(user.window.plots.curves.get("loss", moons_curve()).ends) == 3)


def moons_curve() -> Any:
    from studio.plots.series import Curve

    return Curve(1)


def test_mode_reset_and_problems_of_a_run(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path), engine=True)
    window = user.window
    user.until_ready()
    sent: list[Any] = []
    started: list[Any] = []
    watched: list[Any] = []
    ended: list[Any] = []
    train = window.controller.train
    window.controller.train = lambda number, document, mode, *more, **named: (
        sent.append(mode),
        train(number, document, mode, *more, **named),
    )[1]
    window.controller.started.connect(started.append)
    window.controller.ended.connect(ended.append)
    window.controller.watched.connect(watched.append)

    def look() -> np.ndarray:
        watched.clear()
        user.window.editors.current.watch(port("hidden.output"))
        user.until(lambda: watched)
        return watched[-1].values

    first = look()
    for id, mode in (("run.mode_eager", "eager"), ("run.mode_lazy", "lazy")):
        user.do(id)
        assert user.action(id).isChecked()
        assert window.running.mode == mode == settings().value("mode")
        ended.clear()
        user.do("run.train")
        user.until(lambda: ended)
        assert (ended[0].status, sent[-1]) == ("complete", mode)
    assert window.plots.curves
    assert not np.array_equal(look(), first)
    user.do("run.reset")
    assert not window.plots.curves
    user.until(lambda: np.array_equal(look(), first))

    # what keeps it from training is said in words, on its node
    window.history.do(SetParams("output", {"units": 0}))
    ended.clear()
    user.do("run.train")
    user.until(lambda: ended)
    assert "units is 0" in user.banner
    assert window.canvas is not None
    assert window.canvas.selected_ids() == ["output"]
    user.until_ready()
    window.history.undo()

    # a document that is closed is trained no more, and another hears nothing of it
    window.history.do(SetParams("trainer", {"epochs": 100_000}))
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 5)
    window.history.mark_saved()
    ended.clear()
    user.do("file.close")
    assert window.controller.state == "ready"
    assert window.desk.open(EXAMPLES / "tensors.trenza")
    user.do("run.train")
    user.until(lambda: ended)
    assert ended[0].status == "failed"
    assert "has no trainer" in user.banner
    assert not window.plots.curves
    user.until(lambda: window.canvas is not None and window.canvas.canvas.status.has_picture("d", ""))


def test_a_document_that_is_wrong_as_a_whole_is_said_to_be(open_window: Open, tmp_path: Path) -> None:
    document = example("tensors")
    document.apply(SetSetting("seed", "one"))
    user = open_window(saved(document, tmp_path), engine=True)
    user.until_ready()
    user.until(lambda: user.window.problems.count == 1)
    assert "seed is 'one'" in user.window.problems.model.rows[0].message
