"""Garbage is looked for in the window's thread, and when nobody watches."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.ui import garbage
from studio.ui.garbage import Collector


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    was_on = gc.isenabled()
    gc.enable()
    made = Collector(qapp)
    yield made
    qapp.applicationStateChanged.disconnect(made._on_state)
    shiboken6.delete(made)
    if was_on:
        gc.enable()


class Knot(QObject):
    """Garbage that only a collection finds, and that notes in which thread it does."""

    found: list[threading.Thread] = []

    def __init__(self) -> None:
        super().__init__()
        self.itself = self

    def __del__(self) -> None:
        self.found.append(threading.current_thread())


def test_no_other_thread_clears_away_what_belongs_to_the_window(collector: Collector) -> None:
    Knot.found.clear()
    Knot()
    made: list[list[int]] = []

    def work() -> None:
        made.extend([i] for i in range(50_000))  # Python used to begin a collection in here

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert Knot.found == []
    garbage.collect()
    assert Knot.found == [threading.current_thread()]


def test_what_is_young_is_cleared_away_by_and_by(collector: Collector) -> None:
    garbage.collect()
    Knot.found.clear()
    Knot()
    made = [[i] for i in range(3_000)]
    QTest.qWait(600)
    assert len(made) == 3_000
    assert Knot.found == [threading.current_thread()]


def test_many_young_objects_wait_until_there_is_time(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    garbage.collect()
    collected: list[int] = []
    monkeypatch.setattr(garbage.gc, "collect", lambda generation=2: collected.append(generation))
    made = [[i] for i in range(100_000)]
    QTest.qWait(400)
    assert len(made) == 100_000
    assert collected == []
    assert gc.get_freeze_count() > 100_000
    garbage.collect()
    assert gc.get_freeze_count() == 0


def test_a_full_collection_waits_until_another_program_is_in_front(
    collector: Collector, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected: list[int] = []
    monkeypatch.setattr(garbage.gc, "collect", lambda generation=2: collected.append(generation))
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert collected == []
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert collected == [2]
