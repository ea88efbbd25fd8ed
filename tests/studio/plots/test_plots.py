"""The training curves: what they hold, what they draw, and how fast."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.plots.panel import Plots
from studio.plots.series import Curve, Growing, thinned
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
    while len(plots.cells) < len(plots.curves):
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
    assert list(plots.curves) == ["loss", "accuracy"]
    steps, values = plots.curves["loss"].train_points()
    np.testing.assert_array_equal(steps, np.arange(90))
    np.testing.assert_allclose(values, 2 / (1 + np.arange(90)))
    epochs, validation = plots.curves["loss"].validation_points()
    assert (epochs.tolist(), validation.tolist()) == ([1, 2, 3], [0.9, 0.4, 0.6])


def test_the_best_epoch_is_told_in_words(plots: Plots, look: Appearance) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(135)))
    for epoch, value in enumerate((0.9, 0.4, 0.6)):
        plots.epoch(epoch_end(epoch, value))
    plots.finish(Ended(1, 1, "complete"))
    labels = {name: cell.chart._best.toPlainText() for name, cell in plots.cells.items()}
    assert labels == {"loss": "best 0.4 · epoch 2", "accuracy": "best 0.9 · epoch 1"}
    look.set_language("es")
    assert plots.cells["loss"].chart._best.toPlainText() == "mejor 0,4 · época 2"
    assert plots.cells["accuracy"]._title.text() == "Exactitud"


def test_a_new_training_begins_with_empty_curves(plots: Plots) -> None:
    begin(plots, STARTED)
    plots.extend(progress(np.arange(10)))
    begin(plots, Started(1, 2, 3, 5, (), 10))
    assert list(plots.curves) == ["loss"]
    assert len(plots.curves["loss"].train_points()[0]) == 0
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
    cell._read(QPointF(middle))
    assert cell._epoch.text().startswith("epoch 5")
    assert cell._validation.text.text() == "validation 0.9"
    cell._read(None)
    assert (cell._epoch.text(), cell._train.text.text()) == ("", "training")


def test_redraws_are_put_together(qtbot: QtBot, plots: Plots, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(plots, STARTED)
    drawn = []
    for cell in plots.cells.values():
        monkeypatch.setattr(cell, "redraw", lambda: drawn.append(1))
    for start in range(0, 100, 2):
        plots.extend(progress(np.arange(start, start + 2)))
    assert drawn == []
    qtbot.waitUntil(lambda: len(drawn) == 2, timeout=1000)


def test_a_hundred_thousand_points_fit_into_a_frame(plots: Plots, benchmark_ms) -> None:
    begin(plots, Started(1, 1, 100, 1000, (), 10))
    steps = np.arange(100_000)
    noise = np.random.default_rng(0).normal(size=len(steps)) * 0.05
    plots.extend(Progress(1, 1, 0, steps, {"loss": 2 * np.exp(-steps / 1e4) + 0.2 + noise}, 1e-3))
    more = Progress(1, 1, 0, np.arange(50), {"loss": np.ones(50)}, 1e-3)
    assert benchmark_ms(lambda: plots.extend(more)) < 1
    assert benchmark_ms(plots.redraw) < 8


def test_the_plotting_library_is_not_imported_with_the_panel() -> None:
    code = "import sys, studio.plots.panel; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.lists(st.integers(0, 3000), max_size=5))
def test_growing_keeps_everything(sizes: list[int]) -> None:
    growing, pieces = Growing(), [np.random.default_rng(i).random(n) for i, n in enumerate(sizes)]
    for piece in pieces:
        growing.extend(piece)
    np.testing.assert_array_equal(growing.array, np.concatenate([np.zeros(0), *pieces]))


@given(st.integers(0, 5000), st.integers(1, 400), st.randoms())
def test_thinning_keeps_the_extremes(size: int, buckets: int, random) -> None:
    y = np.array([random.gauss(0, 1) for _ in range(size)])
    few_x, few_y = thinned(np.arange(float(size)), y, buckets)
    assert len(few_x) == len(few_y) <= max(size, 0)
    assert len(few_x) <= 4 * buckets + 2 or len(few_x) == size
    assert (np.diff(few_x) >= 0).all()
    if size:
        assert (few_y.min(), few_y.max()) == (y.min(), y.max())


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
        np.testing.assert_allclose(curve.smoothed_points()[1], expected, rtol=1e-6, atol=1e-9)
