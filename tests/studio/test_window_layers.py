"""Layers through the window: live, linked with the canvas, of earlier runs, with warnings, and saved."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from faults.bad_learners import BAD_LEARNERS
from graphs import moons
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from user import Open, User, copy_of, saved

from studio.document.document import Document
from studio.document.edits import SetParams
from studio.layers.model import MARK
from studio.layers.panel import Layers
from studio.run.messages import Progress
from studio.run.runs import store

pytest_plugins = ("look", "window")


def trainer_of(document: Document) -> str:
    return next(node.id for node in document.nodes.values() if node.type.startswith("train."))


def number(user: User) -> int:
    """Return the number of the document that is shown."""
    assert user.window.desk.current is not None
    return user.window.desk.current.number


def look_at_layers(user: User) -> Layers:
    user.window.dock.setCurrentWidget(user.window.layers)
    assert user.window.layers.isVisible()
    return user.window.layers


def train(user: User) -> None:
    """Train to the end."""
    with user.qtbot.waitSignal(user.window.controller.ended, timeout=60_000):
        user.do("run.train")


def trained(user: User) -> Layers:
    """Train with the layers in sight, and wait until all is drawn."""
    train(user)
    panel = look_at_layers(user)
    user.until(lambda: panel.subject is not None and panel.turns.are_over)
    return panel


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runs of the test's own, which the engine's process knows, too."""
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before the digits network."""
    user = open_window(copy_of("digits_mlp", tmp_path), engine=True)
    user.until_ready()
    return user


def test_a_training_is_shown_when_one_looks_at_it_afterwards_and_live_while_one_looks(user: User) -> None:
    panel = user.window.layers
    user.window.dock.setCurrentWidget(user.window.plots)
    train(user)
    assert panel.subject is None, "nobody has looked, so nothing was sent"
    look_at_layers(user)
    user.until(lambda: panel.subject is not None)
    assert panel.subject is not None
    assert panel.subject.steps[:2].tolist() == [0, 1]
    user.window.history.do(SetParams("trainer", {"epochs": 4000}))
    user.do("run.train")
    looks: list[int] = []
    user.window.controller.progressed.connect(
        lambda _event: looks.append(len(panel.subject.history) if panel.subject is not None else 0)
    )
    user.until(lambda: len(set(looks)) > 4)
    assert user.window.controller.state == "training"
    user.do("run.stop")
    user.until_ready()


def test_while_it_is_not_seen_nothing_is_sent_and_then_all_of_it(user: User) -> None:
    user.window.history.do(SetParams("trainer", {"epochs": 4000}))
    panel, seen = look_at_layers(user), list[Progress]()
    user.do("run.train")
    user.until(lambda: panel.subject is not None and len(panel.subject.history) > 3)
    user.window.dock.setCurrentWidget(user.window.plots)
    QTest.qWait(300)
    assert panel.subject is not None
    before = len(panel.subject.history)
    user.window.controller.progressed.connect(seen.append)
    user.until(lambda: len(seen) > 10)
    assert len(panel.subject.history) == before
    look_at_layers(user)
    user.until(lambda: panel.subject is not None and len(panel.subject.history) > before)
    assert user.window.controller.state == "training"
    assert (np.diff(panel.subject.steps) > 0).all()
    user.do("run.stop")
    user.until_ready()


def test_canvas_and_list_choose_the_same_layer(user: User) -> None:
    panel, canvas = trained(user), user.window.canvas
    assert canvas is not None
    canvas.select(["output"])
    assert panel.row.key == ("output", "kernel")
    panel.table.setFocus()
    for _ in range(2):
        QTest.keyClick(panel.table, Qt.Key.Key_Up)
    assert panel.row.key == ("hidden", "kernel")
    assert canvas.selected_ids() == ["hidden"]
    assert panel.table.hasFocus(), "one goes on walking"
    canvas.select(["digits"])
    assert panel.row.key == ("hidden", "kernel"), "data are no layer"


def test_a_warning_stands_at_its_layer_in_the_same_words_as_among_the_problems(
    open_window: Open, tmp_path: Path
) -> None:
    user = open_window(saved(BAD_LEARNERS["eight layers of sigmoid"].make(1), tmp_path), engine=True)
    user.until_ready()
    look_at_layers(user)
    panel = trained(user)
    assert panel.isVisible(), "it is not put behind the curves"
    user.until(lambda: any("vanishing gradient" in str(i) for i in marks(panel)))
    row = next(row for row, mark in zip(panel.model.rows, marks(panel), strict=True) if "vanishing" in mark)
    panel.choose_row(row.key)
    problems = [each.message for each in user.window.problems.model.rows if each.node == row.node]
    assert problems
    assert [text.partition(" · ")[2] for text in panel.notes.texts[: len(problems)]] == problems
    user.until(lambda: panel.turns.are_over)
    assert panel.charts["norms"].timeline.marks
    panel.choose_row(("", ""))
    user.until(lambda: panel.turns.are_over)
    values = panel.charts["depth"].shown.last()  # type: ignore[attr-defined]
    assert values[0] < 1e-3 * np.nanmax(values)


def marks(panel: Layers) -> list[str]:
    return [panel.model.index(row, MARK).data() for row in range(panel.model.rowCount())]


def test_an_earlier_run_is_shown_again_and_one_comes_back_from_it(user: User) -> None:
    panel = trained(user)
    first = user.window.kept.of(number(user))
    assert first is not None
    assert panel.subject is not None
    steps = panel.subject.steps.tolist()
    user.window.history.do(SetParams("trainer", {"epochs": 2}))
    train(user)
    user.window.dock.setCurrentWidget(user.window.runs)
    user.until(lambda: len(user.window.runs.model.glances) == 2)
    user.window.runs.choose(first.id)
    user.until(lambda: panel.subject is not None and panel.subject.run == first.id)
    look_at_layers(user)
    assert panel.subject is not None
    assert panel.subject.steps.tolist() == steps
    assert first.id in panel._run.text()
    user.click(user.find("layers.back"))
    user.until(lambda: panel.subject is not None and not panel.subject.run)
    assert panel.subject.steps.tolist() != steps
    user.window.runs.choose(max(g.id for g in user.window.runs.model.glances))
    QTest.qWait(100)
    assert panel.subject is not None
    assert not panel.subject.run, "that one is the last training"


def test_a_run_of_which_nothing_was_kept_says_so(user: User) -> None:
    train(user)
    run = user.window.kept.of(number(user))
    assert run is not None
    (run.path / "layers.dat").unlink()
    look_at_layers(user)
    user.window.layering.show_run(None)
    user.window.layering._last.clear()
    user.window.layering.show_run(run)
    user.until(lambda: user.window.banner.isVisible())
    assert "Nothing of the layers was kept" in user.window.banner._text.text()


def test_each_document_has_its_own(user: User, tmp_path: Path) -> None:
    panel = trained(user)
    assert panel.subject is not None
    first = number(user)
    user.window.desk.open(saved(moons(), tmp_path, "moons"))
    user.until(lambda: number(user) != first)
    assert panel.subject is None
    train(user)
    look_at_layers(user)
    user.until(lambda: panel.subject is not None)
    moon_layers = panel.subject.history.layout.layers
    user.window.desk.show(user.window.desk.documents[0])
    user.until(lambda: panel.subject is not None and panel.subject.history.layout.layers != moon_layers)
    assert [layer.node for layer in panel.subject.history.layout.layers] == ["flatten", "hidden", "output"]


def test_charts_become_files(user: User, tmp_path: Path) -> None:
    assert not user.action("layers.save").isEnabled()
    panel, layering = trained(user), user.window.layering
    panel.choose_row(("hidden", "kernel"))
    user.until(lambda: panel.turns.are_over)
    for name in ("a.csv", "a.png", "a.svg"):
        with user.qtbot.waitSignal(layering.saver.saved, timeout=20_000):
            layering.saver.save(tmp_path / name)
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    norms = [float(row["value"]) for row in rows if (row["curve"], row["data"]) == ("hidden/kernel", "norm")]
    assert panel.subject is not None
    weight = panel.subject.history.weight("hidden", "kernel")
    assert weight is not None
    np.testing.assert_allclose(norms, weight["norm"], rtol=1e-6)
    assert {row["data"] for row in rows} >= {"values_50", "gradients_95", "update_ratio", "activation_dead"}
    assert QImage(str(tmp_path / "a.png")).size() == panel.content.size() * panel.devicePixelRatioF()
    assert QSvgRenderer(str(tmp_path / "a.svg")).isValid()
    assert "text" in (tmp_path / "a.svg").read_text("utf-8"), "the titles are texts, not pixels"
    with user.qtbot.waitSignal(layering.saver.failed):
        layering.saver.save(tmp_path / "a.xls")
    with user.qtbot.waitSignal(layering.saver.failed):
        layering.saver.save(tmp_path / "nowhere" / "a.csv")
