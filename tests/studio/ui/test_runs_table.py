"""How runs are sorted, and which of those that are compared is best."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from engine.core.errors import DataLossError
from studio.run.runs.folder import RunFolder
from studio.run.runs.glance import Glance
from studio.run.runs.record import Record
from studio.ui.runs.story_page import compared
from studio.ui.runs.table import RunsModel

pytest_plugins = ("look",)


def glance(id: str, best: float = math.nan, **settings: Any) -> Glance:
    return Glance(RunFolder(Path(id)), Record(id, 0.0, settings=settings), last={"accuracy": 1 - best}, best=best)


@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_what_is_missing_comes_last_in_either_order(qapp: object, order: Qt.SortOrder) -> None:
    model = RunsModel()
    damaged = Glance(RunFolder(Path("x")), None, DataLossError("damaged"))
    sizes = {"a": [10, 10], "b": "3, 3", "d": [7, 7]}
    runs = [glance("c"), *(glance(id, i, size=value) for i, (id, value) in enumerate(sizes.items())), damaged]
    model.show_runs(runs)
    titles = [column.title() for column in model.columns]
    for title, ascending in (("Best loss", "abd"), ("size", "bda")):
        model.sort(titles.index(title), order)
        found = "".join(g.id for g in model.glances)
        assert found[:3] == (ascending if order is Qt.SortOrder.AscendingOrder else ascending[::-1])
        assert set(found[3:]) == {"c", "x"}


def test_news_of_one_run_leave_the_others_alone(qapp: object) -> None:
    model = RunsModel()
    anew: list[bool] = []
    news: list[tuple[int, int]] = []
    model.modelReset.connect(lambda: anew.append(True))
    model.dataChanged.connect(lambda first, last: news.append((first.row(), last.row())))
    runs = [glance(id, value, size=1) for id, value in zip("abc", (1.0, 2.0, 3.0), strict=True)]
    assert model.show_runs([]) is None
    assert model.show_runs(runs) is None
    model.sort([column.title() for column in model.columns].index("Best loss"), Qt.SortOrder.AscendingOrder)
    anew.clear()
    assert model.show_runs([runs[0], glance("b", 1.5, size=1), runs[2]]) == [1]
    assert (anew, news, model.glances[1].best) == ([], [(1, 1)], 1.5)
    assert model.show_runs([runs[0], glance("b", 4.0, size=1), runs[2]]) is None, "it has moved"
    assert [g.id for g in model.glances] == ["a", "c", "b"]
    assert model.show_runs([runs[0], glance("b", 4.0, size=2), runs[2]]) is None, "another column"
    titles = [column.title() for column in model.columns]
    assert "size" in titles
    assert titles[model.by] == "Best loss", "they stay sorted by the same one, which stands elsewhere now"
    assert [g.id for g in model.glances] == ["a", "c", "b"]
    assert model.show_runs(runs[:2]) is None
    assert len(anew) == 3


def test_all_that_are_best_are_marked() -> None:
    lines = {
        title: best
        for title, _values, best in compared([glance(i, v) for i, v in zip("abc", (1, 0.5, 0.5), strict=True)])
    }
    assert lines["Best loss"] == lines["Accuracy"] == {1, 2}
    assert not lines["Epochs"]
    assert not any(best for _title, _values, best in compared([glance("a", 1), glance("b", 1)]))
