"""Parallel coordinates of runs that were never made: values of all kinds, those that are missing, and new ones."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.run.runs.folder import RunFolder
from studio.run.runs.glance import Glance
from studio.run.runs.record import Record
from studio.ui.appearance import Appearance
from studio.ui.runs.axis import axis
from studio.ui.runs.parallel import ParallelPlot

pytest_plugins = ("look",)


def glance(id: str, best: float = 0.5, last: dict[str, float] | None = None, **settings: Any) -> Glance:
    return Glance(RunFolder(Path(id)), Record(id, 0.0, settings=settings), last=last or {}, best=best)


@pytest.fixture
def plot(qtbot: QtBot, look: Appearance) -> ParallelPlot:
    plot = ParallelPlot()
    qtbot.addWidget(plot)
    plot.resize(700, 400)
    plot.show()
    return plot


def drag(plot: ParallelPlot, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(plot, end)
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=end)


def test_a_value_that_is_missing_has_a_place_of_its_own_below_the_axis(plot: ParallelPlot) -> None:
    runs = [glance(id, best, {"accuracy": best}, rate=0.1 * best) for id, best in (("a", 0.5), ("b", 0.6), ("c", 0.7))]
    plot.show_runs([*runs, glance("d", 0.8, rate=0.2), glance("e", math.nan, {"accuracy": math.nan}, rate=0.3)])
    assert [each.title for each in plot.axes] == ["rate", "Accuracy", "Best loss"]
    bottom = max(plot.line(id)[1].y() for id in "abc")
    assert plot.line("d")[1].y() > bottom + 10
    assert plot.line("e")[1].y() == plot.line("e")[2].y() == plot.line("d")[1].y()
    assert "Accuracy: no value" in plot.said("d")
    assert "Accuracy: NaN" in plot.said("e")
    none = plot.line("d")[1].toPoint()
    drag(plot, none - QPoint(0, 3), none + QPoint(0, 6))
    assert [plot.within(id) for id in "abcde"] == [False, False, False, True, True]
    plot.grab()


def test_marked_parts_stay_with_their_values_as_runs_arrive_and_with_the_language(
    plot: ParallelPlot, look: Appearance
) -> None:
    runs = [glance(str(i), 1 / i, rate=i / 10, kind=kind) for i, kind in enumerate(("relu", "tanh", "selu"), 1)]
    plot.show_runs(runs)
    rate, kind, best = range(3)
    low, high = plot.line("1")[rate].toPoint(), plot.line("2")[rate].toPoint()
    drag(plot, low, high - QPoint(0, 4))
    at = plot.line("2")[kind].toPoint()
    drag(plot, at - QPoint(0, 8), at + QPoint(0, 8))
    end = plot.line("2")[best].toPoint()
    drag(plot, end - QPoint(0, 8), end + QPoint(0, 8))
    assert [plot.within(g.id) for g in runs] == [False, True, False]
    look.set_language("es", remember=False)
    more = [glance("4", 40.0, rate=0.9, kind="elu"), glance("5", 0.5, rate=0.15, kind="tanh")]
    plot.show_runs([*runs, *more])
    assert [plot.within(g.id) for g in (*runs, *more)] == [False, True, False, False, True]
    plot.grab()


def test_settings_of_all_kinds_have_axes(plot: ParallelPlot) -> None:
    odd: list[Any] = [[3, 3], {"class_name": "l2", "rates": [0.1]}, None, "none", True, 7, math.inf]
    plot.show_runs([glance(str(i), size=value) for i, value in enumerate(odd)])
    plot.grab()
    assert {text for _place, text in plot.axes[0].ticks} >= {"3, 3", "none", "yes", "7"}
    assert "size: 3, 3" in plot.said("0")


def test_the_numbers_along_an_axis() -> None:
    def texts(values: list[Any]) -> list[str]:
        return [text for _place, text in sorted(axis("", "", values).ticks)]

    assert texts([4, 16, 64]) == ["4", "16", "64"], "of few, each"
    assert texts([i / 10 for i in range(11)]) == ["0", "0.2", "0.4", "0.6", "0.8", "1"]
    assert texts([10.0**-i * 3 for i in range(8)])[:3] == ["3e-7", "1e-6", "1e-5"]
    assert texts(["64", "8", "128, 8"]) == ["8", "64", "128, 8"]
    decay = axis("", "", [0, 1e-5, 1e-3, 1e-4])
    assert decay.is_log
    assert texts([0, 1e-5, 1e-3, 1e-4])[0] == "0"
    for value in (0, 1e-5, 3e-4, 1e-3):
        place = decay.place(value)
        assert place is not None
        assert decay.value_at(place) == pytest.approx(value)


def test_of_a_thousand_runs_the_one_under_the_mouse_is_found(plot: ParallelPlot) -> None:
    plot.show_runs([glance(str(i), i, {"accuracy": 1 / (i + 1)}, rate=i, kind=str(i % 7)) for i in range(1000)])
    plot.grab()
    middle = (plot.line("400")[0] + plot.line("400")[1]) / 2
    assert plot.at(middle) == "400"
