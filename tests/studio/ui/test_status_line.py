"""The status line says what it says in the language in use."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from studio.run.messages import Ended, Progress, Started
from studio.ui.appearance import Appearance
from studio.ui.shell.status_line import StatusLine

pytest_plugins = ("look",)


def test_all_that_was_said_is_said_again_in_another_language(qtbot: QtBot, look: Appearance) -> None:
    line = StatusLine(str)
    qtbot.addWidget(line)
    line.show_document(1)
    line.show_size(1, 1234, 5_300_000)
    line.show_reading("digits")
    before = {name: value.text() for name, value in line.values.items() if value.text()}
    assert set(before) == {"parameters", "flops", "reading"}
    look.set_language("es", remember=False)
    after = {name: value.text() for name, value in line.values.items() if value.text()}
    assert set(after) == set(before)
    assert all(after[name] != before[name] for name in before)


def test_of_what_trains_elsewhere_the_time_that_is_left_is_told(qtbot: QtBot, look: Appearance) -> None:
    line = StatusLine({1: "mine", 2: "Queue · other"}.__getitem__)
    qtbot.addWidget(line)
    look.set_language("en", remember=False)
    line.show_document(1)
    line.begin(Started(2, 1, 10, 10, (), 0), 32)
    line.extend(Progress(2, 1, 4, np.arange(40, 50), {"loss": np.zeros(10)}, 0.001))
    elsewhere = line.values["elsewhere"]
    assert elsewhere.text().startswith("Queue · other: epoch 5/10 · batch 10/10 · ")
    assert elsewhere.text().endswith("left")
    assert line.values["remaining"].text() == "", "that is of what is shown"
    line.finish(Ended(2, 1, "complete", {}, 1.0, None))
    assert elsewhere.text() == ""
