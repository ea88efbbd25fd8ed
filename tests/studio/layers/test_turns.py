"""Turns: one thing each, and none in the turn in which what was just shown is laid out."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.layers.turns import Turns


def test_the_first_turn_is_left_to_layout_and_paint_and_each_thing_is_done_once_in_one_of_its_own(
    qtbot: QtBot, qapp: QObject
) -> None:
    parent, done, counts = QObject(), list[str](), list[int]()
    turns = Turns(parent)

    def first() -> None:
        done.append("first")

    def second() -> None:
        done.append("second")

    turns.ask((first, second))
    turns.ask((second,))
    while not turns.are_over:
        time.sleep(0.02)  # what is due in a while is due now, as after a slow turn
        qapp.processEvents()  # type: ignore[attr-defined]
        counts.append(len(done))
    assert done == ["first", "second"]
    assert counts == [0, 1, 2]
