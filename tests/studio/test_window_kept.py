"""Runs that are kept, and what is done with a training while it goes on, in the window."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from graphs import moons
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QListWidget
from user import Open, User, saved, steps

from studio.canvas.accessible import describe_node
from studio.document.edits import SetParams
from studio.run.messages import Tuned, WentBack
from studio.run.runs import store
from studio.run.runs.folder import RunFolder
from studio.run.runs.store import RunStore
from studio.ui.runs import queue
from studio.ui.runs.kept import KEEPS
from studio.ui.settings import settings
from studio.ui.shell import notifier, running

pytest_plugins = ("look", "window")

LONG = ("train.Adam", {"epochs": 100_000, "batch_size": 8})


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runs of the test's own, which the engine's process knows, too."""
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "runs"))
    return tmp_path / "runs"


def runs() -> list[RunFolder]:
    return RunStore().runs()


def training(open_window: Open, folder: Path) -> User:
    """Open a window on a document that trains for long, and let it."""
    user = open_window(saved(moons(trainer=LONG), folder, "long"), engine=True)
    user.until_ready()
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 20)
    return user


def test_each_training_is_kept(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "small"), engine=True)
    user.until_ready()
    user.do("run.train")
    user.until(lambda: "trained in" in user.window.status_line.values["progress"].text())
    (run,) = runs()
    assert (run.record.name, run.record.status) == ("small", "complete")
    assert len(run.steps()) == steps(user, "loss")
    assert not user.action("run.resume").isEnabled()
    assert not user.action("run.rate").isEnabled()

    settings().setValue(KEEPS, "false")
    user.do("run.train")
    user.until_ready()
    assert len(runs()) == 1


def test_another_learning_rate_by_hand(open_window: Open, tmp_path: Path) -> None:
    user = training(open_window, tmp_path)
    heard: list[Tuned] = []
    user.window.controller.tuned.connect(heard.append)
    user.do("run.rate")
    dialog = user.window.findChild(QDialog, "rate")
    assert isinstance(dialog, QDialog)
    field = dialog.findChild(QLineEdit, "rate.value")
    assert isinstance(field, QLineEdit)
    assert field.text() == "0.001"
    user.enter(field, "-1")
    assert dialog.isVisible(), "it says what is wrong and stays"
    user.enter(field, "0.25")
    user.until(lambda: heard)
    assert heard[-1].learning_rate == 0.25
    assert user.banner == "The learning rate is 0.25 now."
    user.do("run.stop")
    user.until_ready()
    assert [note["value"] for note in runs()[0].notes()] == [0.25]


def test_selected_layers_are_frozen_and_learn_again(open_window: Open, tmp_path: Path) -> None:
    user = training(open_window, tmp_path)
    heard: list[Tuned] = []
    said: list[str] = []  # what is found out about a training's health may take the banner at any time
    user.window.controller.tuned.connect(heard.append)
    user.window.controller.tuned.connect(lambda _event: said.append(user.banner))
    canvas = user.window.canvas
    assert canvas is not None
    user.do("run.freeze")
    assert user.banner == "Select layers first."
    canvas.select(["hidden"])
    user.do("run.freeze")
    user.until(lambda: heard)
    assert heard[-1].frozen == ("hidden",)
    assert canvas.canvas.marks("hidden").frozen
    assert not canvas.canvas.marks("output").frozen
    assert "does not learn now" in describe_node(canvas, "hidden")
    before = steps(user, "loss")
    user.until(lambda: steps(user, "loss") > before + 20)
    user.do("run.freeze")
    user.until(lambda: len(heard) == 2)
    assert heard[-1].frozen == ()
    assert said[-1] == "All layers learn again."
    assert not canvas.canvas.marks("hidden").frozen
    user.do("run.freeze")
    user.until(lambda: canvas.canvas.marks("hidden").frozen)
    user.do("run.stop")
    user.until_ready()
    assert not canvas.canvas.marks("hidden").frozen, "nothing learns now"


def test_one_step_and_another(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(trainer=LONG), tmp_path, "long"), engine=True)
    user.until_ready()
    user.do("run.step")
    user.until(lambda: user.window.controller.state == "paused")
    assert steps(user, "loss") == 1
    QTest.keyClick(
        user.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    user.until(lambda: steps(user, "loss") == 2)
    assert user.window.controller.state == "paused"
    user.do("run.pause")
    user.until(lambda: steps(user, "loss") > 10)


def test_back_to_a_checkpoint_that_was_kept(open_window: Open, tmp_path: Path) -> None:
    user = training(open_window, tmp_path)
    heard: list[WentBack] = []
    user.window.controller.went_back.connect(heard.append)
    said: list[str] = []  # as above
    user.window.controller.went_back.connect(lambda _event: said.append(user.banner))
    user.window.controller.checkpoint_saved.connect(lambda _event: said.append(user.banner))
    user.do("run.checkpoint")
    user.until(lambda: any(text.startswith("A checkpoint is kept: step") for text in said))
    (kept,) = (s for s in runs()[0].checkpoints() if s.kind == "kept")
    user.until(lambda: steps(user, "loss") > kept.step + 200)
    user.do("run.pause")
    user.until(lambda: user.window.controller.state == "paused")
    before = user.window.plots.curves["loss"].raw.y.copy()
    user.do("run.restore")
    user.until(lambda: heard)
    assert heard[0].step == kept.step
    assert said[-1].startswith("It goes on from the checkpoint of step")
    user.until(lambda: steps(user, "loss") < len(before))
    user.do("run.pause")
    user.until(lambda: steps(user, "loss") > kept.step + 100)
    user.do("run.stop")
    user.until_ready()
    after = user.window.plots.curves["loss"].raw.y
    count = min(len(before), len(after))
    np.testing.assert_array_equal(after[:count], before[:count], "the same steps as the first time")


def test_a_run_that_was_stopped_continues(open_window: Open, tmp_path: Path) -> None:
    user = training(open_window, tmp_path)
    user.do("run.stop")
    user.until_ready()
    before = user.window.plots.curves["loss"].raw.y.copy()
    user.do("run.resume")
    user.until(lambda: steps(user, "loss") > len(before) + 20)
    user.do("run.stop")
    user.until_ready()
    (run,) = runs()
    assert run.record.status == "stopped"
    np.testing.assert_allclose(run.steps()[: len(before), 0], before, rtol=1e-6)
    assert len(run.steps()) == steps(user, "loss")


def test_a_run_whose_engine_was_killed_continues(open_window: Open, tmp_path: Path) -> None:
    user = training(open_window, tmp_path)
    user.do("run.checkpoint")
    user.until(lambda: any(s.kind == "kept" for s in runs()[0].checkpoints()))
    pid = user.window.controller.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    user.until(lambda: user.window.controller.state == "crashed")
    assert "the run can go on from a checkpoint" in user.banner
    (run,) = runs()
    assert run.record.status == "interrupted"
    before = run.steps()
    user.do("run.restart_engine")
    user.until_ready()
    user.do("run.resume")
    user.until(lambda: len(runs()[0].steps()) > len(before))
    user.do("run.stop")
    user.until_ready()
    count = len(before)
    np.testing.assert_array_equal(runs()[0].steps()[:count], before)


def test_beginning_again_gives_the_same_losses(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "small"), engine=True)
    user.until_ready()
    user.do("run.train")
    user.until(lambda: len(runs()) == 1 and runs()[0].record.status == "complete")
    user.until_ready()
    user.do("run.rewind")
    user.until(lambda: len(runs()) == 2 and runs()[0].record.status == "complete")
    second, first = runs()
    np.testing.assert_array_equal(first.steps(), second.steps())
    user.until_ready()
    user.do("run.train")
    user.until(lambda: len(runs()) == 3 and runs()[0].record.status == "complete")
    third = runs()[0]
    assert not np.array_equal(first.steps(), third.steps()), "it went on with what was learnt"


def test_the_settings_say_whether_runs_are_kept_and_where(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "small"), engine=True)
    user.until_ready()
    window = user.window._preferences()
    window.show_page(window.findChild(QListWidget, "settings.pages").count() - 1)
    box, field = window.findChild(QCheckBox, "settings.keep_runs"), window.findChild(QLineEdit, "settings.runs_dir")
    assert isinstance(box, QCheckBox)
    assert isinstance(field, QLineEdit)
    assert field.placeholderText() == str(tmp_path / "runs")
    field.setText(str(tmp_path / "elsewhere"))
    field.editingFinished.emit()
    assert box.isChecked()
    box.click()

    def train() -> None:
        user.do("run.train")
        user.until(lambda: user.window.controller.training)
        user.until_ready()

    train()
    assert not (tmp_path / "elsewhere").exists()
    box.click()
    train()
    assert len(RunStore(tmp_path / "elsewhere").runs()) == 1
    assert runs() == []
    window.close()


class Tray(QObject):
    """A tray that writes down what is shown in it."""

    messageClicked, activated = Signal(), Signal(object)  # noqa: N815
    told: ClassVar[list[tuple[str, str]]] = []

    def __init__(self, _icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)

    @staticmethod
    def isSystemTrayAvailable() -> bool:
        return True

    def setToolTip(self, _text: str) -> None: ...

    def show(self) -> None: ...

    def hide(self) -> None: ...

    def showMessage(self, title: str, text: str, *_: object) -> None:
        self.told.append((title, text))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is told in the notifications of the system: of all trainings, as if each took long."""
    for module in (running, queue):
        monkeypatch.setattr(module, "LONG", -1.0)
    monkeypatch.setattr(notifier, "QSystemTrayIcon", Tray)
    monkeypatch.setattr(Tray, "told", [])
    return Tray.told


def elsewhere(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the user work with another program."""
    monkeypatch.setattr(type(user.window), "isActiveWindow", lambda _self: False)


def test_who_is_elsewhere_is_told_what_happened(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[tuple[str, str]]
) -> None:
    user = open_window(saved(moons(), tmp_path, "small"), engine=True)
    user.until_ready()
    user.do("run.train")
    user.until(lambda: "epochs" in user.banner)
    assert told == [], "who is here sees it"
    user.until_ready()
    elsewhere(user, monkeypatch)
    user.do("run.train")
    user.until(lambda: told)
    ((title, text),) = told
    assert title == "small: complete"
    assert "The loss went from" in text


def test_who_is_elsewhere_is_told_of_failures_and_of_the_end_of_the_queue(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[tuple[str, str]]
) -> None:
    user = open_window(saved(moons(), tmp_path, "small"), engine=True)
    user.until_ready()
    elsewhere(user, monkeypatch)
    user.do("run.enqueue")
    user.do("run.enqueue")
    user.until(lambda: told)
    assert told == [("Queue", "2 trainings are over.")]
    user.until_ready()
    user.window.history.do(SetParams("output", {"units": 0}))
    user.do("run.train")
    user.until(lambda: len(told) == 2)
    assert told[1][0] == "small: failed"
    assert "units is 0" in told[1][1]
    pid = user.window.controller.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    user.until(lambda: len(told) == 3)
    assert "The engine has stopped unexpectedly." in told[2][1]
