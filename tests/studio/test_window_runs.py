"""A run belongs to its document: it goes on behind other tabs, and one document trains at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from graphs import EXAMPLES, moons, port
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from user import Open, User, saved, steps

from studio.document.edits import SetParams
from studio.run.tensor_ref import TensorRef
from studio.ui.appearance import appearance

pytest_plugins = ("look", "window")

LONG = ("train.Adam", {"epochs": 100_000, "batch_size": 8})


def two(open_window: Open, folder: Path) -> User:
    """Open a window on a document that trains for long, and one that trains within a blink, which is shown."""
    user = open_window(saved(moons(trainer=LONG), folder, "long"), engine=True)
    user.window.desk.open(saved(moons(), folder, "short"))
    user.until_ready()
    return user


def go(user: User, name: str) -> None:
    """Go to a tab by a click."""
    window = user.window
    place = next(i for i, d in enumerate(window.desk.documents) if d.name == name)
    QTest.qWait(1)
    QTest.mouseClick(window.tabs.bar, Qt.MouseButton.LeftButton, pos=window.tabs.bar.tabRect(place).center())
    assert window.desk.name == name


def train_and_leave(user: User) -> None:
    """Begin to train, and go on to the next tab before anything can have come of it."""
    user.do("run.train")
    QTest.keyClick(user.window.canvas, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert user.window.desk.name == "short"


def offers(user: User) -> dict[str, QPushButton]:
    """Return the buttons of the banner by their texts."""
    return {b.text(): b for b in user.window.banner.findChildren(QPushButton) if b.isVisible()}


def test_a_run_goes_on_behind_another_tab(open_window: Open, tmp_path: Path) -> None:
    user = two(open_window, tmp_path)
    window, status = user.window, user.window.status_line.values
    go(user, "long")
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 10)
    tip = window.tabs.bar.tabToolTip(0)
    assert "It is being trained." in tip
    assert not window.tabs.bar.tabIcon(0).isNull()
    go(user, "short")
    assert window.plots.curves == {}
    assert status["progress"].text() == status["speed"].text() == ""
    user.until(lambda: status["elsewhere"].text().startswith("long: epoch"))
    assert user.action("run.stop").isEnabled()
    go(user, "long")
    before = steps(user, "loss")
    assert before > 10
    user.until(lambda: steps(user, "loss") > before)
    assert status["elsewhere"].text() == ""
    user.until(lambda: window.plots.cells)

    # each keeps its curves, and what was said of its run
    user.do("run.stop")
    user.until_ready()
    stopped = status["progress"].text()
    assert stopped.startswith("stopped after")
    go(user, "short")
    user.do("run.train")
    user.until(lambda: "trained in" in status["progress"].text())
    assert steps(user, "loss") == 12
    go(user, "long")
    assert status["progress"].text() == stopped
    assert steps(user, "loss") > before


def test_one_document_trains_at_a_time(open_window: Open, tmp_path: Path) -> None:
    user = two(open_window, tmp_path)
    window = user.window
    go(user, "long")
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 10)
    assert not user.action("run.train").isEnabled()
    go(user, "short")
    QTest.keyClick(window.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert user.banner == "'long' is being trained, and one document trains at a time."
    assert window.controller.training == window.desk.documents[0].number
    appearance().set_language("es", remember=False)
    assert list(offers(user)) == ["Detenerlo y entrenar este", "Ir a lo que se está entrenando"]
    appearance().set_language("en", remember=False)
    user.click(offers(user)["Go to what is being trained"])
    assert window.desk.name == "long"
    assert user.banner == ""
    go(user, "short")
    user.do("run.train")
    user.click(offers(user)["Stop it and train this one"])
    user.until(lambda: "trained in" in window.status_line.values["progress"].text())
    assert window.desk.name == "short"
    assert "Its training was stopped." in window.tabs.bar.tabToolTip(0)
    go(user, "long")
    assert "stopped after" in window.status_line.values["progress"].text()
    assert "stopped" not in window.tabs.bar.tabToolTip(0), "who has seen it need not be told"


def test_how_a_run_ended_that_nobody_saw_is_in_its_tab(open_window: Open, tmp_path: Path) -> None:
    user = two(open_window, tmp_path)
    window = user.window
    go(user, "long")
    window.history.do(SetParams("trainer", {"epochs": 20}))
    train_and_leave(user)
    user.until(lambda: "It has been trained." in window.tabs.bar.tabToolTip(0))
    assert user.banner == ""
    go(user, "long")
    assert "It has been trained." not in window.tabs.bar.tabToolTip(0)
    window.history.do(SetParams("output", {"units": 0}))
    train_and_leave(user)
    user.until(lambda: "Its training failed." in window.tabs.bar.tabToolTip(0))
    assert user.banner == "", "it is said where it belongs"
    go(user, "long")
    assert "units is 0" in user.banner
    assert window.canvas.selected_ids() == ["output"]


def test_what_was_learned_is_still_there_when_the_tab_is_shown_again(open_window: Open, tmp_path: Path) -> None:
    user = two(open_window, tmp_path)
    tensor = user.window.inspector.tensor

    def values() -> np.ndarray:
        user.until(lambda: tensor.shown is not None and not tensor.stale.isVisible())
        return tensor.shown.values.copy()

    user.hand.click(user.hand.header("output"))
    first = values()
    user.do("run.train")
    user.until(lambda: not np.array_equal(values(), first))
    user.until(lambda: "trained in" in user.window.status_line.values["progress"].text())
    QTest.qWait(200)
    learned = values()
    go(user, "long")
    assert tensor.watching.front is None, "another tab, another tensor"
    user.hand.click(user.hand.header("hidden"))
    user.until(lambda: tensor.watching.front == TensorRef.of(port("hidden.output")))
    go(user, "short")
    assert tensor.watching.front == TensorRef.of(port("output.output"))
    assert np.array_equal(values(), learned)
    user.window.history.do(SetParams("trainer", {"epochs": 4}))
    QTest.qWait(300)
    assert np.array_equal(values(), learned)


def test_previews_are_those_of_the_tab_that_is_shown(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "one"), engine=True)
    window = user.window
    window.desk.open(EXAMPLES / "tensors.trenza")
    user.until(lambda: window.editors.current.tensors)
    previews: list[int] = []
    window.controller.previewed.connect(lambda event: previews.append(event.document))
    one = window.desk.documents[0]
    assert window.editors.by_number(one.number).tensors == (), "nobody has looked at it since the engine is up"
    go(user, "one")
    user.until(lambda: window.editors.current.tensors)
    go(user, "tensors")
    go(user, "one")
    QTest.qWait(300)
    assert previews == [one.number], "what is known is not computed again"


def test_closing_the_tab_of_a_run_ends_it(open_window: Open, tmp_path: Path) -> None:
    user = two(open_window, tmp_path)
    window = user.window
    go(user, "long")
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 10)
    go(user, "short")
    QTest.mouseClick(window.tabs.bar, Qt.MouseButton.MiddleButton, pos=window.tabs.bar.tabRect(0).center())
    assert window.controller.state == "ready"
    assert window.status_line.values["elsewhere"].text() == ""
    user.do("run.train")
    user.until(lambda: "trained in" in window.status_line.values["progress"].text())
    assert not any("long" in label.text() for label in window.status_line.findChildren(QLabel))
