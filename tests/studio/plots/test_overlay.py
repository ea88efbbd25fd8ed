"""Curves of several runs over each other: the cross, the legend, and the line that stands out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.plots.overlay import Overlay
from studio.run.runs.folder import RunFolder
from studio.run.runs.glance import Glance
from studio.run.runs.record import Record
from studio.ui.appearance import Appearance
from studio.ui.runs.line import RunLine, labels
from studio.ui.strokes import stroke

pytest_plugins = ("look",)


@pytest.fixture
def overlay(qtbot: QtBot, look: Appearance) -> Overlay:
    """Two runs, of which one is over earlier."""
    overlay = Overlay()
    qtbot.addWidget(overlay)
    overlay.resize(700, 300)
    overlay.show()
    x = np.linspace(0, 10, 101)
    lines = [RunLine("fast", "fast", stroke(0), x, 1 + x), RunLine("slow", "slow", stroke(1), x[:51], 20 + x[:51])]
    overlay.show_lines(lines)
    QApplication.processEvents()
    overlay.grab()
    return overlay


def move(overlay: Overlay, epoch: float, value: float) -> None:
    """Move the mouse to an epoch and a value."""
    view = overlay.chart.getViewBox()
    QTest.mouseMove(overlay.chart.viewport(), view.mapViewToScene(QPointF(epoch, value)).toPoint())


def told(overlay: Overlay) -> list[tuple[str, str]]:
    items = [overlay.legend.topLevelItem(i) for i in range(overlay.legend.topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in items]


def test_the_legend_tells_names_and_the_values_under_the_cross(overlay: Overlay) -> None:
    at = overlay.findChild(QLabel, "runs.overlay.at")
    assert isinstance(at, QLabel)
    assert told(overlay) == [("fast", "11"), ("slow", "25")]
    assert at.text() == "last value"
    move(overlay, 4.0, 12.0)
    assert at.text().startswith("epoch ")
    assert overlay.chart._cross.isVisible()
    shown = [float(value) for _name, value in told(overlay)]
    assert shown == pytest.approx([5.0, 24.0], abs=0.15)
    move(overlay, 8.0, 12.0)
    assert told(overlay)[1] == ("slow", "–"), "it does not reach that far"
    QApplication.sendEvent(overlay.chart.viewport(), QEvent(QEvent.Type.Leave))
    assert told(overlay)[1] == ("slow", "25")
    assert not overlay.chart._cross.isVisible()


def test_the_line_at_the_mouse_or_at_whose_name_it_is_stands_out(overlay: Overlay) -> None:
    before = overlay.chart.grab().toImage()
    move(overlay, 2.0, 22.0)
    assert overlay.chart.curves.front == overlay.legend.currentIndex().row() == 1
    move(overlay, 2.0, 12.0)
    assert overlay.chart.curves.front == -1
    assert not overlay.legend.currentIndex().isValid()
    name = overlay.legend.visualItemRect(overlay.legend.topLevelItem(0)).center()
    QTest.mouseMove(overlay.legend.viewport(), name + QPoint(1, 0))
    QTest.mouseMove(overlay.legend.viewport(), name)
    assert overlay.chart.curves.front == 0
    QApplication.sendEvent(overlay.legend.viewport(), QEvent(QEvent.Type.Leave))
    assert overlay.chart.curves.front == -1
    overlay.chart.cross(None)
    assert overlay.chart.grab().toImage() == before


def test_a_logarithmic_axis_leaves_out_what_has_no_place(overlay: Overlay) -> None:
    x = np.arange(1.0, 5.0)
    overlay.show_lines([RunLine("one", "one", stroke(0), x, np.array([0.0, -1.0, 10.0, 100.0]))])
    overlay.set_log(True)
    assert overlay.chart.curves.dataBounds(1) == (1.0, 2.0)
    assert overlay.chart.curves.dataBounds(1, orthoRange=(0, 3)) == (1.0, 1.0)
    overlay.grab()
    overlay.show_lines([])
    assert overlay.chart.curves.dataBounds(1) == (None, None)
    move(overlay, 1.0, 1.0)
    overlay.grab()


def test_names_tell_runs_apart() -> None:
    def glance(name: str, created: float, **settings: Any) -> Glance:
        settings = {key.replace("__", "."): value for key, value in settings.items()}
        return Glance(RunFolder(Path(name)), Record(name, created, settings=settings))

    swept = [glance(f"net · trainer.rate={rate}", 0, trainer__rate=rate, a__units=8) for rate in (0.1, 0.01)]
    assert labels(swept) == ["rate=0.1", "rate=0.01"]
    assert labels([swept[0], glance("net", 0, trainer__rate=0.1, a__units=16)]) == ["units=8", "units=16"]
    both = [glance("net", 0, a__units=a, b__units=b) for a, b in ((1, 1), (1, 2), (2, 1))]
    assert labels(both)[0] == "a.units=1 · b.units=1"
    same = labels([glance("net", 86400 * day) for day in (1, 2)])
    assert same[0].startswith("net · 1970-01-02")
    assert same[0] != same[1]
    assert labels([glance("a", 0), glance("b", 0)]) == ["a", "b"]
    assert labels(swept[:1]) == ["net · trainer.rate=0.1"]
