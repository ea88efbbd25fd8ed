"""The list of steps: it grows with them, and what looks as before is left alone."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.debugger.steps import StepList
from studio.run.debug.card import Row
from studio.run.debug.step import Frame

OPS = (("flatten", "reshape"), ("hidden", "matmul"), ("hidden", "add"), ("hidden", "relu"), ("output", "matmul"))
ROWS = tuple(
    Row(i, (Frame("batch", "0"), Frame("phase", "forward"), Frame("node", node), Frame("op", op)), op, (2,), "", 0.0)
    for i, (node, op) in enumerate(OPS)
)


@pytest.fixture
def steps(qtbot: QtBot) -> StepList:
    made = StepList(str.upper)
    qtbot.addWidget(made)
    made.show_steps(ROWS[:2], 1)
    return made


@pytest.fixture
def heard(steps: StepList) -> list[object]:
    found: list[object] = []
    model = steps.model()
    model.modelReset.connect(lambda: found.append("reset"))
    model.rowsInserted.connect(lambda _parent, first, last: found.append(("inserted", first, last)))
    model.dataChanged.connect(lambda first, last, _roles: found.append((first.row(), last.row())))
    return found


def texts(steps: StepList) -> list[str]:
    model = steps.model()
    return [model.index(i, 0).data() for i in range(model.rowCount())]


def test_later_steps_are_added_and_only_lines_that_look_otherwise_are_painted(
    steps: StepList, heard: list[object]
) -> None:
    assert texts(steps) == ["Forward: FLATTEN", "reshape", "Forward: HIDDEN", "matmul"]
    steps.show_steps(ROWS[:4], 3)
    assert texts(steps)[3:] == ["matmul", "add", "relu"]
    assert heard == [("inserted", 4, 5), (3, 3)], "HIDDEN is where the run stands, as before"
    heard.clear()
    steps.show_steps(ROWS, 4)
    assert heard == [("inserted", 6, 7), (2, 2), (5, 5)]
    assert steps.currentIndex().row() == 7


def test_going_back_paints_what_is_to_come_again_and_another_training_step_begins_anew(
    steps: StepList, heard: list[object]
) -> None:
    steps.show_steps(ROWS[:2], 0)
    assert heard == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert texts(steps)[2:] == ["Forward: HIDDEN, still to come", "matmul, still to come"]
    heard.clear()
    steps.show_steps(ROWS[:1], 0)
    steps.show_steps((), -1)
    assert heard == ["reset", "reset"]
    assert texts(steps) == []
