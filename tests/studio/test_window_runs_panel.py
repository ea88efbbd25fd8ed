"""The panel of runs, the queue and sweeps, in the window."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import numpy as np
import pytest
from graphs import moons
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
)
from user import Open, User, saved, steps

from studio.document.document import Document
from studio.document.edits import SetParams
from studio.document.file import dumps, loads
from studio.run.messages import Keep, Started, Train, WentBack
from studio.run.runs import store
from studio.run.runs.folder import BEAT, RunFolder
from studio.run.runs.store import RunStore
from studio.run.tensor_ref import TensorRef
from studio.run.worker import Worker
from studio.ui.appearance import appearance
from studio.ui.runs import checkpoints as checkpoints_module
from studio.ui.runs import panel as panel_module
from studio.ui.runs.sweep_dialog import SweepDialog

pytest_plugins = ("look", "window")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "runs"))
    return tmp_path / "runs"


def runs() -> list[RunFolder]:
    return RunStore().runs()


def with_rate(rate: float, epochs: int = 3) -> Document:
    document = moons()
    document.apply(SetParams("trainer", {"learning_rate": rate, "epochs": epochs}))
    return document


def keep(name: str, document: Document) -> RunFolder:
    """Keep a run, made here."""
    folder = RunStore().new(name)
    worker = Worker(lambda _event: None)
    worker.shown = 0
    worker.handle(Train(1, 1, dumps(document), "lazy", Keep(str(folder), name)))
    return RunFolder(folder)


def shown(user: User) -> panel_module.RunsPanel:
    """Show the panel, and wait until it has read all runs."""
    user.do("run.runs")
    panel = user.window.runs
    user.until(lambda: panel.isVisible() and len(panel.model.glances) == len(runs()))
    return panel


def cells(panel: panel_module.RunsPanel) -> dict[str, list[str]]:
    """Return what the table says, by the titles of its columns."""
    model = panel.model
    return {
        model.headerData(column, panel.table.horizontalHeader().orientation()): [
            model.index(row, column).data() for row in range(model.rowCount())
        ]
        for column in range(model.columnCount())
    }


def test_runs_are_compared(open_window: Open, tmp_path: Path) -> None:
    made = [keep("slow", with_rate(0.001)), keep("fast", with_rate(0.1))]
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    found = cells(panel)
    assert found["Name"] == ["fast", "slow"], "the last one first"
    assert found["trainer.learning_rate"] == ["0.1", "0.001"], "a column for what differs"
    assert "trainer.batch_size" not in found
    assert found["Epochs"] == ["3/3", "3/3"]
    assert panel.chosen_ids() == [made[1].id], "the last one is shown at first"
    panel.table.selectAll()
    assert len(panel._plot.lines) == 2
    panel.names.setCurrentIndex(panel.names.findData("val_loss"))
    assert [len(line.x) for line in panel._plot.lines] == [3, 3]
    assert [line.label for line in panel._plot.lines] == ["fast", "slow"]
    panel.tabs.setCurrentWidget(panel.parallel_page)
    assert panel.parallel.axes[0].title == "trainer.learning_rate"
    assert panel.parallel.axes[-1].title == "Best loss"

    # a click on a line lets its run stand out, and the comparison goes on
    line = panel.parallel.line(made[0].id)
    middle = (line[0] + line[1] * 3) / 4
    for button, picked in ((Qt.MouseButton.RightButton, ""), (Qt.MouseButton.LeftButton, made[0].id)):
        QTest.mouseClick(panel.parallel, button, pos=middle.toPoint())
        assert panel._picked == picked
        assert len(panel.chosen_ids()) == 2
    assert panel.table.currentIndex().row() == panel.model.row_of(made[0].id)
    assert panel.parallel.said(made[0].id).splitlines()[:3] == ["slow", made[0].id, "trainer.learning_rate: 0.001"]
    appearance().set_language("es", remember=False)
    assert "Mejor pérdida" in cells(panel)


def test_of_more_runs_than_can_be_shown_one_is_told(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rate in (0.1, 0.01, 0.001):
        keep("small", with_rate(rate, epochs=1))
    monkeypatch.setattr(panel_module, "MOST_LINES", 2)
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    said = user.find("runs.too_many")
    assert not said.isVisible()
    panel.table.selectAll()
    assert said.text().startswith("2 of 3 runs are shown, those highest in the table")
    for page in (panel.story, panel.curves_page):
        panel.tabs.setCurrentWidget(page)
        assert said.isVisible()
    panel.tabs.setCurrentWidget(panel.parallel_page)
    assert not said.isVisible(), "there are all of them"


def test_what_happened_is_told(open_window: Open, tmp_path: Path) -> None:
    run = keep("small", with_rate(0.01))
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    story = panel.findChild(QLabel, "runs.story")
    assert isinstance(story, QLabel)
    panel.tabs.setCurrentWidget(panel.story)
    assert run.id in story.text()
    assert "3 epochs of 3" in story.text()
    assert "The loss went from" in story.text()


def test_runs_are_tagged_and_deleted(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = keep("a", with_rate(0.01)), keep("b", with_rate(0.02))
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    panel.choose(first.id)
    tags = panel.findChild(QLineEdit, "runs.tags")
    assert isinstance(tags, QLineEdit)
    user.enter(tags, "good, for the talk,good")
    assert RunFolder(first.path).tags == ("good", "for the talk")
    user.until(lambda: "good, for the talk" in cells(panel)["Tags"])
    asked: list[str] = []
    monkeypatch.setattr(panel_module, "ask", lambda _parent, question, *_: (asked.append(question.text), "keep")[1])
    user.click("runs.delete")
    assert asked[0].startswith("Delete 1 run, ")
    assert len(runs()) == 2
    monkeypatch.setattr(panel_module, "ask", lambda *_: "delete")
    user.click("runs.delete")
    assert [r.id for r in runs()] == [second.id]
    user.until(lambda: len(panel.model.glances) == 1)


def test_runs_are_noted_about_and_filtered_and_differ(open_window: Open, tmp_path: Path) -> None:
    slow, fast = keep("slow", with_rate(0.001)), keep("fast", with_rate(0.1))
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    panel.choose(slow.id)
    panel.tabs.setCurrentWidget(panel.story)
    panel.story.note.setPlainText("hardly learns")
    panel.choose(fast.id)
    assert panel.story.note.toPlainText() == ""
    assert RunFolder(slow.path).note == "hardly learns"
    user.until(lambda: "hardly learns" in cells(panel)["Note"])
    column = [c.title() for c in panel.model.columns].index("Note")
    assert panel.table.columnWidth(column) >= panel.table.sizeHintForColumn(column), "there is room for it"
    for text, found in (("hardly", ["slow"]), ("learning_rate=0.1 complete", ["fast"]), ("none", [])):
        panel.filter.setText(text)
        assert cells(panel)["Name"] == found
    panel.filter.setText("")
    panel.table.selectAll()
    table = panel.story.table
    rows = {table.verticalHeaderItem(row).text(): row for row in range(table.rowCount())}
    assert "trainer.learning_rate" in rows
    assert "trainer.epochs" not in rows, "they do not differ in it"
    said = [table.item(rows["Loss"], column).text() for column in range(2)]
    assert sum("★" in text for text in said) == 1


def test_a_damaged_run_is_listed_as_such(open_window: Open, tmp_path: Path) -> None:
    run, _ = keep("a", with_rate(0.01)), keep("b", with_rate(0.02))
    (run.path / "run.json").write_text("{")
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    assert "damaged" in cells(panel)["How it is"]
    panel.choose(run.id)
    story = panel.findChild(QLabel, "runs.story")
    assert isinstance(story, QLabel)
    panel.tabs.setCurrentWidget(panel.story)
    assert "run.json cannot be understood" in story.text()
    assert not panel.findChild(QPushButton, "runs.resume").isEnabled()
    assert panel.findChild(QAbstractButton, "runs.delete").isEnabled()


def test_a_run_is_cut_off_in_the_list_as_soon_as_no_engine_is_at_it(open_window: Open, tmp_path: Path) -> None:
    run = keep("mine", with_rate(0.01))
    run.record.but(status="training", process=(os.getpid(), socket.gethostname())).write(run.path)
    (run.path / BEAT).touch()
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    assert cells(panel)["How it is"] == ["training"]
    assert not panel.findChild(QAbstractButton, "runs.delete").isEnabled()
    (run.path / BEAT).unlink()
    panel.refresh()
    user.until(lambda: cells(panel)["How it is"] == ["cut off"])
    assert panel.findChild(QAbstractButton, "runs.delete").isEnabled()


def test_a_run_continues_from_the_table_with_its_document(open_window: Open, tmp_path: Path) -> None:
    run = keep("mine", with_rate(0.01))
    other = with_rate(0.01, epochs=6)
    # as if it had been stopped behind the third of six epochs
    run.document.write_text(dumps(other))
    run.record.but(epochs=6, status="stopped").write(run.path)
    user = open_window(saved(moons(), tmp_path), engine=True)
    user.until_ready()
    panel = shown(user)
    user.click("runs.open")
    assert user.window.desk.name == "mine"
    assert dumps(user.window.document) == dumps(other)
    user.click("runs.resume")
    user.until(lambda: RunFolder(run.path).record.status == "complete")
    assert [line["epoch"] for line in RunFolder(run.path).epochs()] == list(range(6))
    assert len(user.window.desk.documents) == 2, "the one that was opened already"
    shown(user)
    user.until(lambda: "6/6" in cells(panel)["Epochs"])
    user.window.history.mark_saved()


def test_a_sweep_trains_one_after_the_other(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(with_rate(0.01), tmp_path, "moons"), engine=True)
    user.until_ready()
    user.do("run.sweep")
    dialog = user.window.findChild(QDialog, "sweep")
    assert isinstance(dialog, SweepDialog)
    said = dialog.findChild(QLabel, "sweep.said")
    ok = dialog.findChild(QPushButton, "sweep.ok")
    assert isinstance(said, QLabel)
    assert isinstance(ok, QPushButton)
    assert said.text() == "Nothing is varied yet."
    assert not ok.isEnabled()
    rate, units = dialog.row_of("trainer.learning_rate"), dialog.row_of("hidden.units")
    assert rate is not None
    assert units is not None
    rate.setText(2, "0.001..0.1/3")
    units.setText(2, "4, none")
    assert not ok.isEnabled()
    assert "units is" in said.text()
    units.setText(2, "4, 8")
    assert said.text() == "6 trainings"
    dialog.findChild(QRadioButton, "sweep.random").setChecked(True)
    dialog.findChild(QSpinBox, "sweep.count").setValue(3)
    assert said.text() == "3 trainings"
    dialog.findChild(QRadioButton, "sweep.grid").setChecked(True)
    user.click(ok)
    listed = user.find("queue.list")
    assert isinstance(listed, QListWidget)
    assert listed.count() == 6
    user.until(lambda: len(runs()) == 6 and all(r.record.status == "complete" for r in runs()))
    found = {(r.record.settings["trainer.learning_rate"], r.record.settings["hidden.units"]) for r in runs()}
    assert found == {(rate, units) for rate in (0.001, 0.01, 0.1) for units in (4, 8)}
    assert len({r.record.sweep for r in runs()}) == 1
    assert user.window.queue.waiting == []
    user.until(lambda: "complete" in listed.item(5).text())
    panel = shown(user)
    panel.tabs.setCurrentWidget(panel.parallel_page)
    assert [each.title for each in panel.parallel.axes][:2] == ["hidden.units", "trainer.learning_rate"]


def test_a_range_that_is_dragged_along_an_axis_leaves_the_runs_within(open_window: Open, tmp_path: Path) -> None:
    slow, middle, fast = (keep(name, with_rate(rate)).id for name, rate in (("a", 0.001), ("b", 0.01), ("c", 0.1)))
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    panel.table.selectAll()
    panel.tabs.setCurrentWidget(panel.parallel_page)
    plot = panel.parallel
    user.until(lambda: len(plot.axes) > 1 and plot.isVisible())
    rate = next(i for i, each in enumerate(plot.axes) if each.title == "trainer.learning_rate")

    def at(id: str) -> QPoint:
        return plot.line(id)[rate].toPoint()

    start, end = at(middle) + QPoint(0, 9), at(fast) - QPoint(0, 3)
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(plot, end)
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=end)
    assert [plot.within(id) for id in (slow, middle, fast)] == [False, True, True]
    plot.grab()
    there = (plot.line(slow)[-1] + 3 * plot.line(slow)[-2]) / 4
    assert plot.at(there) != slow, "what steps back cannot be picked"
    chosen: list[str] = []
    plot.picked.connect(chosen.append)
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at(middle))
    assert all(map(plot.within, (slow, middle, fast))), "a click takes it away"
    assert chosen == []
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at(slow))
    assert chosen == [slow], "and where there is none it chooses the run"


def test_settings_that_few_runs_have_get_no_axis(open_window: Open, tmp_path: Path) -> None:
    for name, rate in (("a", 0.001), ("b", 0.01), ("c", 0.1)):
        keep(name, with_rate(rate))
    keep("d", loads(dumps(moons()).replace('"hidden"', '"other"').replace('"hidden.', '"other.')))
    user = open_window(saved(moons(), tmp_path))
    panel = shown(user)
    panel.table.selectAll()
    panel.tabs.setCurrentWidget(panel.parallel_page)
    user.until(lambda: len(panel.parallel.axes) > 1)
    titles = [each.title for each in panel.parallel.axes]
    assert "trainer.learning_rate" in titles
    assert not [title for title in titles if title.startswith("other.")]
    assert panel.parallel.minimumWidth() > 84 * (len(titles) - 1), "each has room"


def test_who_stops_a_training_of_the_queue_holds_it(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(with_rate(0.01, epochs=100_000), tmp_path, "long"), engine=True)
    user.until_ready()
    user.do("run.enqueue")
    user.do("run.enqueue")
    queue = user.window.queue
    user.until(lambda: user.window.controller.training and user.action("run.rate").isEnabled())
    user.until(lambda: user.window.status_line.values["elsewhere"].text().startswith("Queue 1/2 · long: epoch"))
    user.do("run.train")
    assert user.banner == "'the queue' is being trained, and one document trains at a time."
    user.do("run.stop")
    user.until_ready()
    assert queue.held
    assert [item.state for item in queue.items] == ["stopped", "waiting"]
    listed = user.find("queue.list")
    assert isinstance(listed, QListWidget)
    listed.setCurrentRow(1)
    user.click("queue.remove")
    user.click("queue.clear")
    assert listed.count() == 0


def test_the_curves_of_the_queue_are_live_and_it_says_how_long_it_will_take(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(with_rate(0.01, epochs=100_000), tmp_path, "long"), engine=True)
    user.until_ready()
    user.do("run.enqueue")
    user.do("run.enqueue")
    plots, queue = user.window.plots, user.window.queue
    user.window.dock.setCurrentWidget(plots)
    user.until(lambda: ":gradient_norm" in plots.cells and len(plots.curves[":gradient_norm"].raw) > 1)
    assert len(plots.curves["loss"].raw) > 1
    assert user.find("plots.queue").text() == "Queue: long"
    user.click("plots.queue")
    assert not plots.curves, "those of the document, which was not trained"
    user.click("plots.queue")
    assert plots.curves
    shown(user)
    user.window.runs.show_queue()
    user.until(lambda: "Training 1 of 2 · " in user.find("queue.said").text())
    assert "left" in user.find("queue.said").text()
    listed = user.find("queue.list")
    assert isinstance(listed, QListWidget)
    assert listed.item(0).text().endswith(" %")
    user.click("queue.skip")
    user.until(lambda: [item.state for item in queue.items] == ["stopped", "training"])
    user.until(lambda: user.window.controller.state == "training" and len(plots.curves["loss"].raw))
    user.do("run.stop")
    user.until_ready()
    user.do("run.train")
    user.until(lambda: plots.shown == user.window.desk.current.number and steps(user, "loss"))
    user.do("run.stop")
    user.until_ready()


def test_the_queue_is_put_in_another_order(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "moons"))
    queue = user.window.queue
    shown(user)
    queue.add("moons", [(name, moons) for name in "abcd"], "lazy")
    user.window.runs.show_queue()
    listed = user.find("queue.list")
    assert isinstance(listed, QListWidget)
    listed.setCurrentRow(3)
    user.click("queue.up")
    user.click("queue.up")
    assert "".join(item.label for item in queue.items) == "adbc"
    assert [index.row() for index in listed.selectedIndexes()] == [1], "what is selected stays so"
    user.click("queue.down")
    assert "".join(item.label for item in queue.items) == "abdc"
    listed.model().moveRow(QModelIndex(), 0, QModelIndex(), 4)  # as if it was dragged
    user.until(lambda: "".join(item.label for item in queue.items) == "bdca")


def test_a_failure_in_the_queue_says_why(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "moons"), engine=True)
    user.until_ready()
    user.window.queue.add("odd", [("", lambda: moons(output=("layer.Dense", {"units": 1})))], "lazy")
    listed = user.find("queue.list")
    assert isinstance(listed, QListWidget)
    user.until(lambda: "failed" in listed.item(0).text())
    assert len(listed.item(0).toolTip()) > 20
    assert user.find("queue.said").text() == "All trainings are over. 1 of them failed."


def checkpoints(user: User) -> QTreeWidget:
    """Show the checkpoints of the chosen run."""
    panel = shown(user)
    panel.tabs.setCurrentWidget(panel.checkpoints)
    return panel.checkpoints.table


def row_of(table: QTreeWidget, step: str) -> QTreeWidgetItem:
    return next(item for i in range(table.topLevelItemCount()) if (item := table.topLevelItem(i)).text(0) == step)


def test_a_run_goes_on_from_any_of_its_checkpoints(open_window: Open, tmp_path: Path) -> None:
    run = keep("mine", with_rate(0.01, epochs=4))
    steps = len(run.steps())
    user = open_window(saved(moons(), tmp_path), engine=True)
    user.until_ready()
    table = checkpoints(user)
    assert [table.topLevelItem(i).text(0) for i in range(table.topLevelItemCount())] == [str(steps), "0"]
    assert row_of(table, str(steps)).text(1) == "4.00"
    assert float(row_of(table, str(steps)).text(2)) == pytest.approx(float(run.steps()[-1][0]), rel=1e-3)
    assert row_of(table, "0").text(2) == "", "nothing was learned yet"
    assert not user.find("checkpoints.go_on").isEnabled()
    before = run.steps()
    table.setCurrentItem(row_of(table, "0"))
    heard: list[Started] = []
    user.window.controller.started.connect(heard.append)
    user.click("checkpoints.go_on")
    user.until(lambda: heard)
    user.until(lambda: RunFolder(run.path).record.status == "complete" and not user.window.running.trains)
    np.testing.assert_array_equal(RunFolder(run.path).steps(), before)
    user.window.history.mark_saved()


def test_a_training_goes_back_to_a_checkpoint_of_the_list(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(with_rate(0.01, epochs=100_000), tmp_path, "long"), engine=True)
    user.until_ready()
    user.do("run.train")
    user.until(lambda: user.action("run.checkpoint").isEnabled() and user.window.running.trains)
    user.do("run.checkpoint")
    user.until(runs)
    panel = shown(user)
    user.until(lambda: any(saved.kind == "kept" for saved in runs()[0].checkpoints()))
    panel.refresh()
    table = checkpoints(user)
    user.until(lambda: any(table.topLevelItem(i).text(3) == "kept by hand" for i in range(table.topLevelItemCount())))
    heard: list[WentBack] = []
    user.window.controller.went_back.connect(heard.append)
    table.setCurrentItem(row_of(table, "0"))
    user.click("checkpoints.go_on")
    user.until(lambda: heard)
    assert heard[0].step == 0
    user.do("run.stop")
    user.until_ready()


def test_a_weight_is_compared_with_that_of_a_checkpoint(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = keep("mine", with_rate(0.01))
    user = open_window(saved(moons(), tmp_path), engine=True)
    user.until_ready()
    table = checkpoints(user)
    table.setCurrentItem(row_of(table, "0"))
    user.click("checkpoints.compare")
    assert "There is no weight in the inspector" in user.banner
    inspector = user.window.inspector.tensor
    inspector.watching.look_at(TensorRef("weight", "hidden", "kernel"))
    user.until(lambda: inspector.shown is not None)
    user.click("checkpoints.compare")
    user.until(lambda: inspector.compared is not None)
    pin = inspector.compared
    assert pin is not None
    assert pin.kept is not None
    assert pin.origin == run.id
    assert run.id in inspector.pins.words(pin)[1]
    np.testing.assert_array_equal(pin.kept.values, inspector.shown.values, "both are as they were at first")
    inspector.watching.look_at(TensorRef("slot", "hidden", "kernel", "nothing"))
    user.click("checkpoints.compare")
    user.until(lambda: "holds no 'nothing' of 'hidden'" in user.banner)
    asked: list[str] = []
    monkeypatch.setattr(checkpoints_module, "ask", lambda _p, question, *_: (asked.append(question.text), "delete")[1])
    user.click("checkpoints.delete")
    assert asked == ["Delete the checkpoint of step 0?"]
    assert 0 not in [saved.step for saved in run.checkpoints()]
