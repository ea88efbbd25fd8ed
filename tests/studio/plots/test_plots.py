"""The training curves: what they hold, what they draw, and how fast."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.plots.cell import PlotCell
from studio.plots.chart import Chart
from studio.plots.growing import Growing
from studio.plots.names import GRADIENT_NORM, LEARNING_RATE, SAMPLED
from studio.plots.panel import REDRAW_MS, SPARES, Plots
from studio.plots.series import Curve
from studio.plots.steps import Steps
from studio.plots.trace import Trace
from studio.run.messages import Ended, EpochEnd, Progress, Started
from studio.ui.appearance import Appearance

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")

STARTED = Started(document=1, run=1, epochs=10, steps_per_epoch=45, metrics=("accuracy",), parameters=9610)


def progress(steps: np.ndarray) -> Progress:
    return Progress(1, 1, 0, steps, {"loss": 2 / (1 + steps), "accuracy": steps / 450, "unknown": steps}, 1e-3)


def epoch_end(epoch: int, validation: float) -> EpochEnd:
    return EpochEnd(
        1, 1, epoch, {"loss": 0.5, "accuracy": 0.5, "val_loss": validation, "val_accuracy": validation}, 1.0
    )


def begin(plots: Plots, started: Started) -> None:
    """Begin, and wait until each curve has its plot: they are made one after the other."""
    plots.begin(started)
    while not plots.is_complete:
        QApplication.processEvents()


@pytest.fixture
def plots(qtbot: QtBot) -> Plots:
    panel = Plots()
    panel.show_document(1)
    qtbot.addWidget(panel)
    panel.resize(1000, 280)
    panel.show()
    return panel


def test_messages_become_curves(plots: Plots) -> None:
    begin(plots, STARTED)
    for start in range(0, 90, 30):
        plots.extend(progress(np.arange(start, start + 30)))
    for epoch, value in enumerate((0.9, 0.4, 0.6)):
        plots.epoch(epoch_end(epoch, value))
    assert list(plots.curves) == ["loss", "accuracy", *SAMPLED]
    steps, values = plots.curves["loss"].raw.x, plots.curves["loss"].raw.y
    np.testing.assert_array_equal(steps, np.arange(90))
    np.testing.assert_allclose(values, 2 / (1 + np.arange(90)))
    epochs, validation = plots.curves["loss"].validation.x, plots.curves["loss"].validation.y
    assert (epochs.tolist(), validation.tolist()) == ([1, 2, 3], [0.9, 0.4, 0.6])


def test_the_best_epoch_is_told_in_words(plots: Plots, look: Appearance) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(135)))
    for epoch, value in enumerate((0.9, 0.4, 0.6)):
        plots.epoch(epoch_end(epoch, value))
    plots.finish(Ended(1, 1, "complete"))
    labels = {name: plots.cells[name].chart._best.toPlainText() for name in ("loss", "accuracy")}
    assert labels == {"loss": "best 0.4 · epoch 2", "accuracy": "best 0.9 · epoch 1"}
    look.set_language("es")
    assert plots.cells["loss"].chart._best.toPlainText() == "mejor 0,4 · época 2"
    assert plots.cells["accuracy"]._title.text() == "Exactitud"


def test_a_new_training_begins_with_empty_curves(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(10)))
    begin(plots, Started(1, 2, 3, 5, (), 10))
    assert list(plots.curves) == ["loss", *SAMPLED]
    assert len(plots.curves["loss"].raw) == 0
    plots.clear(1)
    assert plots.curves == {}


def test_it_draws_in_every_theme_with_gaps_and_without_values(plots: Plots, look: Appearance) -> None:
    begin(plots, STARTED)
    assert not plots.grab().isNull()
    plots.extend(
        Progress(1, 1, 0, np.arange(4), {"loss": np.array([1, np.nan, np.inf, 0.5]), "accuracy": np.zeros(4)}, 1)
    )
    for theme in ("dark", "light", "contrast"):
        look.set_theme(theme, remember=False)
        for log in (True, False):
            plots.cells["loss"]._log.setChecked(log)
            assert not plots.grab().isNull()


def test_values_are_read_under_the_mouse(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(450)))
    plots.epoch(epoch_end(0, 0.9))
    plots.redraw()
    plots.grab()
    cell = plots.cells["accuracy"]
    middle = cell.chart.getViewBox().sceneBoundingRect().center()
    cell.pointed.emit(cell.chart.epoch_at(QPointF(middle)))
    assert plots.bar._epoch.text().startswith("epoch 5")
    assert cell._validation.text.text() == "0.9"
    place = plots.cells["loss"].chart._cross
    assert place.isVisible()
    assert place.value() == cell.chart._cross.value()
    cell.pointed.emit(None)
    assert (plots.bar._epoch.text(), cell._train.text.text()) == ("", "training")
    assert not place.isVisible()


def test_redraws_are_put_together(qtbot: QtBot, plots: Plots, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(plots, STARTED)
    drawn = []
    for cell in plots.cells.values():
        monkeypatch.setattr(cell, "redraw", lambda: drawn.append(1))
    for start in range(0, 100, 2):
        plots.extend(progress(np.arange(start, start + 2)))
    assert drawn == []
    qtbot.waitUntil(lambda: len(drawn) == 2, timeout=1000)


def test_the_plotting_library_is_not_imported_with_the_panel() -> None:
    code = "import sys, studio.plots.panel; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.lists(st.integers(0, 3000), max_size=5))
def test_growing_keeps_everything(sizes: list[int]) -> None:
    growing, pieces = Growing(), [np.random.default_rng(i).random(n) for i, n in enumerate(sizes)]
    for piece in pieces:
        growing.extend(piece)
    np.testing.assert_array_equal(growing.array, np.concatenate([np.zeros(0), *pieces]))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.booleans())),
    st.integers(0, 60),
    st.lists(st.floats(-5, 200)),
    st.slices(100),
)
def test_steps_are_numbers_that_grow(
    pieces: list[tuple[int, int, bool]], size: int, wanted: list[float], part: slice
) -> None:
    steps, plain = Steps(), np.zeros(0, np.int32)
    for i, (gap, count, is_even) in enumerate(pieces):
        first = (plain[-1] + 1 if len(plain) else 0) + gap
        piece = first + np.arange(count, dtype=np.int32) * (1 if is_even else 2)
        steps.extend(piece)
        plain = np.concatenate([plain, piece])
        if i == 3:
            steps.cut(size)
            plain = plain[:size]
    assert len(steps) == len(plain)
    assert steps.nbytes <= plain.nbytes
    np.testing.assert_array_equal(steps.array, plain)
    np.testing.assert_array_equal(steps[part.start : part.stop], plain[part.start : part.stop])
    places = np.arange(-len(plain), len(plain))
    np.testing.assert_array_equal(steps[places], plain[places])
    for side in ("left", "right"):
        np.testing.assert_array_equal(steps.search(np.array(wanted), side), np.searchsorted(plain, wanted, side))


def test_a_cell_that_is_not_needed_goes(look: Appearance) -> None:
    cell = PlotCell()
    cell.show_curve("loss", Curve(1), 1)
    known = weakref.ref(cell)
    del cell
    gc.collect()
    assert known() is None


def test_plots_in_reserve_do_not_outlive_their_panel(qtbot: QtBot) -> None:
    plots = Plots()
    plots.show()
    plots.warm_up()
    qtbot.waitUntil(lambda: len(plots._spare) == SPARES)
    reserve = list(plots._spare)
    assert not any(cell.isVisible() for cell in reserve)
    shiboken6.delete(plots)
    assert not any(map(shiboken6.isValid, reserve))


def test_the_steps_of_a_long_training_take_no_memory() -> None:
    trace = Trace(np.float32)
    for begin in range(0, 1_000_000, 10_000):
        trace.extend(np.arange(begin, begin + 10_000), np.zeros(10_000))
    assert (len(trace), trace.steps.nbytes) == (1_000_000, 0)


@given(st.integers(0, 30_000), st.integers(2, 400), st.booleans(), st.randoms())
def test_columns_keep_the_extremes(size: int, columns: int, is_log: bool, random) -> None:
    y = np.random.default_rng(random.randint(0, 1 << 30)).normal(size=size)
    trace, x, done = Trace(), np.arange(float(size)), 0
    while done < size:  # in pieces, as reports come
        more = random.randint(1, 20_000)
        trace.extend(x[done : done + more], y[done : done + more])
        done += more
    few_x, few_y = trace.columns(np.geomspace(0.1, size + 1, columns) if is_log else np.linspace(-5, size + 1, columns))
    assert len(few_x) == len(few_y) <= 2 * columns + 6
    assert (np.diff(few_x) >= 0).all()
    if size:
        assert (few_y.min(), few_y.max()) == (y.min(), y.max())


def test_what_is_in_sight_is_shown_point_by_point_when_zoomed() -> None:
    trace = Trace()
    trace.extend(np.arange(1e6), np.arange(1e6) % 7)
    x, y = trace.columns(np.linspace(5000.5, 5100.5, 500))
    np.testing.assert_array_equal(x, np.arange(5000, 5102))
    np.testing.assert_array_equal(y, x % 7)


def test_a_cut_trace_is_that_of_the_points_that_stay() -> None:
    trace, fresh = Trace(), Trace()
    y = np.random.default_rng(0).normal(size=5000)
    trace.extend(np.arange(5000.0), y)
    trace.cut(3001)
    trace.extend(np.arange(3001.0, 5000), y[:1999])
    fresh.extend(np.arange(5000.0), np.concatenate([y[:3001], y[:1999]]))
    edges = np.linspace(0, 5000, 11)
    np.testing.assert_array_equal(trace.columns(edges), fresh.columns(edges))


@given(
    st.lists(st.floats(-5, 5) | st.just(np.nan) | st.just(np.inf), min_size=1, max_size=300),
    st.lists(st.integers(0, 300), max_size=5),
)
def test_a_long_training_keeps_its_peaks_in_bounded_memory(values: list[float], ends: list[int]) -> None:
    trace, x, y = Trace(most=32), np.arange(float(len(values))), np.array(values)
    begin = 0
    for end in sorted([*(min(e, len(values)) for e in ends), len(values)]):
        trace.extend(x[begin:end], y[begin:end])
        begin = end
    assert len(trace) <= 32
    assert (np.diff(trace.x) > 0).all()
    np.testing.assert_array_equal(trace.y, y[trace.x.astype(int)], "all of them are points that there were")
    assert np.nanmax([*trace.y, -9]) == np.nanmax([*y, -9])
    assert np.nanmin([*trace.y, 9]) == np.nanmin([*y, 9])
    if np.isnan(y).any():
        assert np.isnan(trace.y).any()
    least = trace.columns(np.array([-1.0, len(values)]))[1]
    assert np.nanmax([*least, -9]) == np.nanmax([*y, -9])


def test_neither_peaks_nor_the_best_epoch_are_lost_among_a_million(plots: Plots) -> None:
    begin(plots, Started(1, 1, 1_000_000, 1, (), 10))
    values = 1 + 0.1 * np.random.default_rng(0).random(1_000_000)
    values[123_456], values[654_321] = 9.0, 0.01
    curve = plots.curves["loss"]
    plots.extend(Progress(1, 1, 0, np.arange(1_000_000), {"loss": values}, 1e-6))
    curve.validation.extend(np.arange(1.0, 1_000_001), np.roll(values, 7))
    plots.redraw()
    chart = plots.cells["loss"].chart
    for item in (chart._raw, chart._validation):
        x, y = item.getData()
        assert len(x) < 4000
        assert (y.min(), y.max()) == pytest.approx((0.01, 9.0), rel=1e-7), "in float32, as it came"
    x, y = chart._validation.getData()
    assert (654_329.0, 0.01) in set(zip(x.tolist(), y.tolist(), strict=True))
    assert curve.best(least=True) == (654_329, 0.01)
    assert chart._best.toPlainText() == "best 0.01 · epoch 654\u2009329"


def test_epochs_can_have_a_logarithmic_axis(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(450)))
    plots.epoch(epoch_end(0, 0.9))
    plots.bar.log.setChecked(True)
    chart = plots.cells["loss"].chart
    assert chart._raw.getData()[0][0] == pytest.approx(np.log10(1 / 45))
    assert chart._validation.getData()[0][0] == 0.0
    assert chart.getViewBox().viewRange()[0] == pytest.approx([np.log10(1 / 45), np.log10(10.15)])
    assert not plots.grab().isNull()
    plots.bar.log.setChecked(False)
    assert chart._raw.getData()[0][0] == pytest.approx(1 / 45, abs=1 / 45)


def test_behind_its_end_a_training_is_shown_over_the_epochs_that_were_trained(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.extend(Progress(1, 1, 1, np.arange(60), {"loss": np.ones(60)}, 1e-3))
    loss, other = (plots.cells[name].chart for name in ("loss", "accuracy"))
    assert loss.getViewBox().viewRange()[0] == pytest.approx([0, 10.15])
    other.setXRange(0, 1, padding=0)
    plots.finish(Ended(1, 1, "stopped", {}, 1.0, None))
    assert loss.getViewBox().viewRange()[0] == pytest.approx([0, 2.03]), "two of ten were begun"
    assert other.getViewBox().viewRange()[0] == pytest.approx([0, 1]), "what is looked at stays in sight"


def test_the_grid_is_seen_through_the_shade_of_epochs_and_outshines_no_curve(plots: Plots, look: Appearance) -> None:
    begin(plots, STARTED)
    look.set_theme("contrast")
    chart = plots.cells["loss"].chart
    assert chart._bands.colour.alpha() < 30
    assert chart.getAxis("left").tickPen().color().name() == look.theme.grid


def test_what_is_measured_beside_the_losses_has_curves(plots: Plots) -> None:
    begin(plots, STARTED)
    for step in (9, 19):
        sampled = {"learning_rate": 0.01, "examples_per_second": 1e5} | ({"gradient_norm": 2.0} if step == 9 else {})
        plots.extend(Progress(1, 1, 0, np.arange(step - 9, step + 1), {"loss": np.ones(10)}, 1e-3, sampled))
    assert [len(plots.curves[name].raw) for name in SAMPLED] == [2, 1, 2]
    assert plots.curves[GRADIENT_NORM].raw.x.tolist() == [9.0]
    plots.redraw()
    low, high = plots.cells[LEARNING_RATE].chart.getViewBox().viewRange()[1]
    assert (low, high) == pytest.approx((0, 0.015)), "a constant is not shown as a line in the middle of nowhere"


def test_curves_that_are_hidden_are_not_observed(qtbot: QtBot, plots: Plots) -> None:
    heard: list[tuple[int, tuple[str, ...]]] = []
    plots.observed.connect(lambda number, what: heard.append((number, what)))
    begin(plots, STARTED)
    plots.bar.toggled.emit(GRADIENT_NORM, False)
    qtbot.waitUntil(lambda: len(plots.cells) == 4)
    assert GRADIENT_NORM not in plots.cells
    assert heard[-1] == (1, ("curves",))
    assert GRADIENT_NORM in Plots()._hidden
    plots.bar.toggled.emit(GRADIENT_NORM, True)
    qtbot.waitUntil(lambda: len(plots.cells) == 5)
    assert [plots._row.itemAt(i).widget().name for i in range(5)] == list(plots.curves)
    assert heard[-1] == (1, ("curves", "gradient_norm"))
    plots.hide()
    assert heard[-1] == (1, ())


def test_plots_are_painted_when_all_have_their_places(plots: Plots) -> None:
    plots.begin(STARTED)
    stages = 0
    while not plots.is_complete:
        painted = [cell.updatesEnabled() for cell in plots.cells.values()]
        assert len(painted) == 5 or not any(painted), "each that comes would have the others painted again"
        stages += 1
        QApplication.processEvents()
    assert stages > 5
    assert all(cell.updatesEnabled() for cell in plots.cells.values())


def test_at_the_end_each_plot_is_drawn_once(plots: Plots, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(450)))
    plots.epoch(epoch_end(9, 0.5))
    drawn: list[Chart] = []
    redraw = Chart.redraw
    monkeypatch.setattr(Chart, "redraw", lambda chart: (drawn.append(chart), redraw(chart)))
    plots.finish(Ended(1, 1, "complete"))
    assert sorted(map(id, drawn)) == sorted(id(cell.chart) for cell in plots.cells.values())


def test_plots_that_nobody_sees_are_not_drawn(qtbot: QtBot, plots: Plots, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(plots, STARTED)
    qtbot.waitUntil(lambda: plots.is_complete)
    drawn: list[int] = []
    monkeypatch.setattr(Chart, "redraw", lambda chart: drawn.append(len(chart.curve.raw)))
    plots.extend(progress(np.arange(20)))
    plots.hide()
    plots.extend(progress(np.arange(20, 40)))
    plots.epoch(epoch_end(0, 0.5))
    qtbot.wait(4 * REDRAW_MS)
    assert drawn == []
    plots.show()
    qtbot.waitUntil(lambda: 40 in drawn)


def test_smoothing_follows_the_slider(qtbot: QtBot, plots: Plots) -> None:
    begin(plots, STARTED)
    noise = np.random.default_rng(0).normal(size=450)
    plots.extend(Progress(1, 1, 0, np.arange(450), {"loss": noise}, 1e-3))
    curve, rate = plots.curves["loss"], plots.curves[LEARNING_RATE]
    roughness = []
    for place in range(plots.bar.slider.maximum() + 1):
        plots.bar.slider.setValue(place)
        plots.redraw()
        roughness.append(float(np.std(curve.smoothed.y[curve.smoothed.x >= 100])))
    assert roughness == sorted(roughness, reverse=True)
    assert roughness[0] > 4 * roughness[-1]
    plots.bar.slider.setValue(0)
    qtbot.waitUntil(lambda: np.array_equal(curve.smoothed.y, curve.raw.y))
    np.testing.assert_array_equal(curve.smoothed.y, curve.raw.y)
    assert rate.span == 0


@given(st.lists(st.floats(-10, 10) | st.just(float("nan")), min_size=1, max_size=400), st.integers(1, 100))
def test_smoothing_in_blocks_is_smoothing_one_by_one(values: list[float], size: int) -> None:
    whole, parts, keep = Curve(100), Curve(100), 1 - 1 / 20
    whole.extend(np.arange(len(values)), np.array(values))
    for start in range(0, len(values), size):
        piece = np.array(values[start : start + size])
        parts.extend(np.arange(start, start + len(piece)), piece)
    mean = weight = 0.0
    expected = []
    for value in values:
        fresh = 0 if np.isnan(value) else 1 - keep
        mean, weight = keep * mean + (fresh * value if fresh else 0), keep * weight + fresh
        expected.append(mean / weight if weight else np.nan)
    for curve in (whole, parts):
        np.testing.assert_allclose(curve.smoothed.y, expected, rtol=1e-6, atol=1e-9)


def test_the_wheel_zooms_into_epochs_and_the_values_follow(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(450)))
    plots.redraw()
    chart = plots.cells["loss"].chart
    view = chart.getViewBox()
    place = QPointF(chart.viewport().rect().center())
    turn = QWheelEvent(
        place,
        chart.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, 960),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    plots.grab()
    before = view.viewRange()
    QApplication.sendEvent(chart.viewport(), turn)
    plots.grab()
    (low, high), _values = view.viewRange()
    assert before[0][0] < low < high < before[0][1]
    assert view.autoRangeEnabled()[1], "what is in sight fits"
    assert view.viewRange()[1][1] < before[1][1], "behind the first steps it is small"


def test_the_best_value_is_told_where_there_is_room(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.extend(Progress(1, 1, 1, np.arange(90), {"loss": np.full(90, 1e-6)}, 1e-3))
    for epoch, value in enumerate((0.5, 0.51)):
        plots.epoch(epoch_end(epoch, value))
    chart = plots.cells["loss"].chart
    for log in (False, True):
        chart.set_log(log)
        plots.redraw()
        plots.grab()
        top = chart._best.mapRectToScene(chart._best.boundingRect()).top()
        assert top >= chart.getViewBox().sceneBoundingRect().top(), "it would be cut off"


def test_an_axis_stays_logarithmic_in_the_next_training(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.cells["loss"]._log.setChecked(True)
    begin(plots, STARTED)
    assert plots.cells["loss"]._log.isChecked()
    assert plots.cells["loss"].chart._log
    assert not plots.cells["accuracy"]._log.isChecked()
