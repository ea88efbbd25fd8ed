"""The status line says what it says in the language in use."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

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
