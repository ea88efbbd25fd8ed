"""What breakpoints have said, in the panel's list of breakpoints."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.debugger.points import SAID, Points

pytest_plugins = ("look",)


def test_the_newest_lines_are_kept_when_there_are_too_many(qtbot: QtBot) -> None:
    points = Points(str)
    qtbot.addWidget(points)
    for number in range(SAID + 5):
        points.say(f"line {number}")
    lines = points.said.toPlainText().splitlines()
    assert len(lines) == SAID
    assert (lines[0], lines[-1]) == ("line 5", f"line {SAID + 4}")
    points.forget_said()
    assert not points.said.toPlainText()
