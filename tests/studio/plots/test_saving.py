"""Curves become files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from studio.plots.actions import PlotActions
from studio.plots.panel import Plots
from studio.run.messages import EpochEnd, Progress, Started
from studio.ui.actions import Actions
from studio.ui.saving import Saver

pytest_plugins = ("look",)


@pytest.fixture
def saver(qtbot: QtBot) -> Saver:
    window = QMainWindow()
    plots = Plots(window)
    window.setCentralWidget(plots)
    window.resize(1400, 320)
    qtbot.addWidget(window)
    window.show()
    actions = PlotActions(Actions(window), plots, window)
    plots.shown = 1
    plots.begin(Started(1, 1, 2, 5, (), 10))
    qtbot.waitUntil(lambda: plots.is_complete)
    values = {"loss": np.array([3.0, 2.0, np.nan])}
    plots.extend(Progress(1, 1, 0, np.arange(3), values, 1e-3, {"learning_rate": 0.1}))
    plots.epoch(EpochEnd(1, 1, 0, {"loss": 2.5, "val_loss": 2.0}, 0.1))
    plots.redraw()
    return actions.saver


def saved(qtbot: QtBot, saver: Saver, path: Path) -> Path:
    with qtbot.waitSignal(saver.saved):
        saver.save(path)
    return path


def test_a_table_has_every_value(qtbot: QtBot, saver: Saver, tmp_path: Path) -> None:
    with saved(qtbot, saver, tmp_path / "a.csv").open(encoding="utf-8") as file:
        lines = [tuple(line) for line in csv.reader(file)]
    assert lines == [
        ("curve", "data", "epoch", "value"),
        ("loss", "step", "0.2", "3.0"),
        ("loss", "step", "0.4", "2.0"),
        ("loss", "step", "0.6", "nan"),
        ("loss", "training", "1.0", "2.5"),
        ("loss", "validation", "1.0", "2.0"),
        ("learning_rate", "step", "0.6", "0.1"),
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_pictures_show_the_curves(qtbot: QtBot, saver: Saver, tmp_path: Path) -> None:
    image = QImage(str(saved(qtbot, saver, tmp_path / "a.png")))
    assert image.width() >= 1000
    svg = saved(qtbot, saver, tmp_path / "a.svg")
    assert QSvgRenderer(str(svg)).isValid()
    assert svg.read_text(encoding="utf-8").count("<path") > 5, "lines, not pixels"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.bmp", "This cannot be saved as .bmp"),
        ("no/a.csv", "cannot be written"),
        ("no/a.png", "cannot be written"),
        ("no/a.svg", "cannot be written"),
    ],
)
def test_what_cannot_be_saved_is_told(qtbot: QtBot, saver: Saver, tmp_path: Path, name: str, words: str) -> None:
    heard: list[Any] = []
    saver.failed.connect(heard.append)
    with qtbot.waitSignal(saver.failed):
        saver.save(tmp_path / name)
    assert words in str(heard[0])
