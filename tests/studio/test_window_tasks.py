"""Task views through the window: what fits is offered, cells open, points lead to examples, trainings are followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from graphs import ROOT, build, convolution, moons
from lowering import TWO_HEADS, TWO_HEADS_WIRES
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from user import Open, User, copy_of, saved

from studio.document.document import Document
from studio.document.edits import SetParams
from studio.document.file import load
from studio.run.tasks.data import Confusion, Maps, Pairs, Plane, Projected
from studio.tasks.panel import Tasks
from studio.tasks.views.boundary import BoundaryView
from studio.tasks.views.confusion import ConfusionView
from studio.tasks.views.filters import FiltersView
from studio.tasks.views.pairs import PairsView
from studio.tasks.views.projection import ProjectionView
from studio.tasks.views.regression import RegressionView
from studio.tasks.views.scores import ScoresView
from studio.tasks.views.worst import WorstView
from studio.ui.i18n import number

pytest_plugins = ("look", "window")

Begin = Callable[[Document], User]


def answered(user: User) -> Tasks:
    """Return the panel, once it shows what it was to show."""
    controller, panel = user.window.task_controller, user.window.tasks
    user.until(
        lambda: (
            not controller.is_waiting
            and controller.seen is not None
            and controller.seen.wish == controller.wish
            and (panel.view is not None or controller.seen.error is not None)
        )
    )
    return panel


def turn(user: User, facts: str) -> Tasks:
    user.window.tasks.show_view(facts)
    user.until(lambda: user.window.tasks.view is not None and user.window.tasks.view.facts == facts)
    return answered(user)


def titles(panel: Tasks) -> list[str]:
    return [panel.tabs.tabText(i) for i in range(panel.tabs.count())]


def train(user: User) -> None:
    """Train to the end, and wait until the end is seen."""
    ended: list[object] = []
    user.window.controller.ended.connect(ended.append)
    user.do("run.train")
    user.until(lambda: ended)
    user.do("tasks.show")
    answered(user)


@pytest.fixture
def begin(open_window: Open, tmp_path: Path) -> Begin:
    """Opens a document, with the results in sight."""

    def begin(document: Document) -> User:
        user = open_window(saved(document, tmp_path), engine=True)
        user.until_ready()
        user.do("tasks.show")
        answered(user)
        return user

    return begin


def test_moons_have_a_boundary_that_follows_the_training(begin: Begin) -> None:
    document = moons(data=("data.moons", {"samples": 400}))
    document.apply(SetParams("trainer", {"epochs": 30}))
    user = begin(document)
    panel = user.window.tasks
    assert titles(panel) == ["Boundary", "Confusion", "Worst examples", "Precision and ROC", "Projection"]
    view = panel.view
    assert isinstance(view, BoundaryView)
    before = view.chart.plane
    assert before is not None
    train(user)
    after = view.chart.plane
    assert isinstance(after, Plane)
    assert after.wrong.sum() < before.wrong.sum()
    assert user.window.task_controller.seen is not None
    assert panel.said.text() == "80 of 80 examples of the validation data"
    point = view.chart.on_screen(view.chart.points[3:4])[0]
    QTest.mouseClick(view.chart, Qt.MouseButton.LeftButton, pos=QPointF(*point.tolist()).toPoint())
    answered(user)
    picked = user.window.task_controller.seen.picked
    assert picked is not None
    assert picked.number in after.numbers
    assert view.side.examples.examples[0].number == picked.number
    user.do("tasks.copy")
    text = QGuiApplication.clipboard().text()
    assert text.startswith("np.array([")
    assert text.endswith("dtype=np.float32)")
    assert eval(text.removeprefix("np.array(").partition("],")[0] + "]") == pytest.approx(picked.numbers.tolist())


def test_a_cell_of_the_matrix_opens_with_mouse_and_keys(open_window: Open, tmp_path: Path) -> None:
    user = open_window(copy_of("digits_mlp", tmp_path), engine=True)
    user.until_ready()
    user.do("tasks.show")
    panel = answered(user)
    assert titles(panel)[0] == "Confusion"
    train(user)
    view = panel.view
    assert isinstance(view, ConfusionView)
    facts = view.matrix.found
    assert isinstance(facts, Confusion)
    assert facts.counts.trace() / facts.counts.sum() > 0.8
    QTest.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=view.matrix.rect_of(3, 3).center().toPoint())
    answered(user)
    assert len(view.examples.examples) == min(48, facts.counts[3, 3])
    assert {int(e.truth[0]) for e in view.examples.examples} == {3}
    assert view.examples.topLevelItem(0) is not None
    assert not view.examples.topLevelItem(0).icon(0).isNull()
    assert "Truth 3, predicted 3" in view.heading.text()
    assert not user.action("tasks.look_into").isEnabled()
    tensor = user.window.inspector.tensor
    for row in (0, 1, 0):
        view.examples.setCurrentItem(view.examples.topLevelItem(row))
        answered(user)
        picked = user.window.task_controller.seen.picked
        assert picked.number == view.examples.examples[row].number
        user.do("tasks.look_into")
        user.until(lambda picked=picked: tensor.watching.held is not None and tensor.shown.values is picked.numbers)
    assert tensor.shown.info.shape == (8, 8)
    assert [pin.origin for pin in tensor.watching.pins] == [
        f"#{number(view.examples.examples[row].number)}" for row in (1, 0)
    ]
    assert tensor.isVisible(), "the inspector was hidden while the document was trained"
    view.matrix.setFocus()
    QTest.keyClick(view.matrix, Qt.Key.Key_Down)
    QTest.keyClick(view.matrix, Qt.Key.Key_Right)
    assert view.matrix.at == (4, 4)
    assert "class 4" in view.words.text()
    QTest.keyClick(view.matrix, Qt.Key.Key_Return)
    answered(user)
    assert {int(e.truth[0]) for e in view.examples.examples} == {4}
    for mode, total in (("rows", 10), ("columns", 10)):
        view.mode.setCurrentIndex(view.mode.findData(mode))
        assert view.matrix.shares().sum() == pytest.approx(total)


def test_every_view_that_fits_shows_what_it_is_of(open_window: Open, tmp_path: Path) -> None:
    user = open_window(copy_of("digits_mlp", tmp_path), engine=True)
    user.until_ready()
    user.do("tasks.show")
    answered(user)
    view = turn(user, "worst").view
    assert isinstance(view, WorstView)
    losses = [e.loss for e in view.examples.examples]
    assert losses == sorted(losses, reverse=True)
    assert view.portrait.images, "the first one is large"
    view = turn(user, "scores").view
    assert isinstance(view, ScoresView)
    assert view.classes.count() == 10
    view.classes.setCurrentRow(4)
    view.recall.setFocus()
    QTest.keyClick(view.recall, Qt.Key.Key_Right)
    assert "threshold" in view.words.text()
    assert view.roc.at is not None, "both crosses are at one threshold"
    view = turn(user, "projection").view
    assert isinstance(view, ProjectionView)
    assert view.chart.found is not None
    assert view.chart.found.source == "hidden.output"
    view.source.setCurrentIndex(view.source.findData("flatten.output"))
    view.source.activated.emit(view.source.currentIndex())
    answered(user)
    found = view.chart.found
    assert isinstance(found, Projected)
    assert found.source == "flatten.output"
    QTest.keyClick(view.chart, Qt.Key.Key_Right)
    assert "example" in view.side.words.text()
    QTest.keyClick(view.chart, Qt.Key.Key_Return)
    answered(user)
    assert view.side.examples.examples


def test_the_data_to_train_on_are_looked_at_on_demand(begin: Begin) -> None:
    user = begin(moons())
    panel = user.window.tasks
    assert panel.said.text() == "16 of 16 examples of the validation data"
    panel.set.setCurrentIndex(1)
    panel.set.activated.emit(1)
    answered(user)
    assert panel.said.text() == "64 of 64 examples of the training data"


def test_an_autoencoder_shows_pairs(begin: Begin) -> None:
    user = begin(load(ROOT / "resources" / "templates" / "autoencoder.trenza"))
    view = user.window.tasks.view
    assert isinstance(view, PairsView)
    found = view.sheet.found
    assert isinstance(found, Pairs)
    assert (found.first, len(found.pairs)) == (0, 8)
    assert not view.paging.buttons[0].isEnabled()
    user.click("tasks.pairs.on")
    answered(user)
    assert view.sheet.found is not None
    assert view.sheet.found.first == 8
    view2 = turn(user, "fit").view
    assert isinstance(view2, RegressionView)


def test_numbers_have_a_scatter_plot_whose_points_lead_to_examples(open_window: Open, tmp_path: Path) -> None:
    user = open_window(copy_of("regression", tmp_path), engine=True)
    user.until_ready()
    user.do("tasks.show")
    panel = answered(user)
    view = panel.view
    assert isinstance(view, RegressionView)
    assert "MAE" in view.side.words.text()
    view.residuals.setFocus()
    QTest.keyClick(view.residuals, Qt.Key.Key_Right)
    assert "residual" in view.side.words.text()
    assert view.fit.at == view.residuals.at, "both charts mean one example"
    QTest.keyClick(view.residuals, Qt.Key.Key_Return)
    answered(user)
    assert len(view.side.examples.examples) == 1


def test_a_convolution_shows_its_kernels_and_maps(begin: Begin) -> None:
    user = begin(convolution())
    view = turn(user, "maps").view
    assert isinstance(view, FiltersView)
    assert len(view.kernels.sheet.images) == len(view.maps.sheet.images) == 5
    user.click("tasks.filters.on")
    answered(user)
    assert isinstance(view.found, Maps)
    assert view.found.place == 1
    maps = view.found.maps.copy()
    maps[1, 0, 2] = np.nan
    view.refresh(replace(user.window.task_controller.seen, facts=replace(view.found, maps=maps)))
    assert np.argwhere(view.maps.sheet._special).tolist() == [[1, 0, 2]], "marked, not by its colour alone"
    assert view.kernels.sheet._special is None


def test_nothing_is_asked_for_while_nobody_looks(begin: Begin) -> None:
    document = moons()
    document.apply(SetParams("trainer", {"epochs": 200}))
    user = begin(document)
    controller = user.window.task_controller
    user.window.dock.setCurrentWidget(user.window.plots)
    before = controller.seen
    ended: list[object] = []
    user.window.controller.ended.connect(ended.append)
    user.do("run.train")
    user.until(lambda: ended)
    QTest.qWait(600)
    assert controller.seen is before
    user.do("tasks.show")
    user.until(lambda: controller.seen is not before)


def test_a_training_is_looked_at_now_and_then(begin: Begin) -> None:
    document = moons(data=("data.moons", {"samples": 2000}))
    document.apply(SetParams("trainer", {"epochs": 100_000}))
    user = begin(document)
    controller, steps = user.window.task_controller, set[int]()

    def note() -> None:
        if controller.seen is not None and controller.seen.sample.step is not None:
            steps.add(controller.seen.sample.step)

    controller.changed.connect(note)
    user.do("run.train")
    user.until(lambda: len(steps) >= 3)
    assert "step" in user.window.tasks.said.text()
    user.do("run.stop")
    user.until_ready()


def test_what_is_edited_is_evaluated_again_and_what_is_wrong_is_said(begin: Begin) -> None:
    user = begin(moons())
    window = user.window
    first = window.task_controller.seen
    assert window.canvas is not None
    window.canvas.do(SetParams("hidden", {"units": 5}))
    user.until(lambda: window.task_controller.seen is not first)
    answered(user)
    window.canvas.do(SetParams("output", {"units": 0}))
    user.until(lambda: window.task_controller.error is not None)
    assert "units" in window.tasks.empty.text.text()
    assert "confusion matrix" in window.tasks.empty.text.text(), "and what would bring a view up"
    assert not user.action("tasks.save").isEnabled()
    window.canvas.do(SetParams("output", {"units": 2}))
    user.until(lambda: window.task_controller.seen is not None)
    answered(user)


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_a_view_is_saved_as_a_picture(begin: Begin, tmp_path: Path, ending: str) -> None:
    user = begin(moons())
    path = tmp_path / f"boundary{ending}"
    user.window.task_actions.saver.save(path)
    assert path.stat().st_size > 1000
    if ending == ".svg":
        assert "<svg" in path.read_text()
    user.window.task_actions.saver.save(tmp_path / "boundary.xyz")
    assert ".xyz" in user.banner


def test_of_two_losses_one_is_chosen(begin: Begin) -> None:
    user = begin(build(TWO_HEADS, TWO_HEADS_WIRES, seed=1))
    panel = user.window.tasks
    assert panel.loss.isVisible()
    assert panel.loss.count() == 2
    panel.loss.setCurrentIndex(1)
    panel.loss.activated.emit(1)
    user.until(lambda: isinstance(answered(user).view, PairsView))  # it gives its inputs back
    panel.loss.setCurrentIndex(0)
    panel.loss.activated.emit(0)
    user.until(lambda: isinstance(answered(user).view, BoundaryView))


def test_a_step_under_the_debugger_is_seen(begin: Begin) -> None:
    user = begin(moons())
    window = user.window
    first = window.task_controller.seen
    user.do("debug.over")
    user.until(lambda: window.debug_controller.state == "stopped")
    user.do("tasks.show")
    user.until(lambda: window.task_controller.seen is not first)
    second = answered(user) and window.task_controller.seen
    user.do("debug.over")
    user.until(lambda: window.task_controller.seen is not second)
    assert isinstance(answered(user).view, BoundaryView)
    user.do("debug.end")


def test_another_document_has_views_of_its_own(begin: Begin, tmp_path: Path) -> None:
    user = begin(moons())
    assert isinstance(user.window.tasks.view, BoundaryView)
    user.window.desk.open(copy_of("regression", tmp_path))
    user.until(lambda: isinstance(user.window.tasks.view, RegressionView))
    user.window.desk.show(user.window.desk.documents[0])
    user.until(lambda: isinstance(user.window.tasks.view, BoundaryView))
