"""Workers without a process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from working import Post

from engine.data import DATASETS
from engine.data.dataset import Examples
from studio.run.messages import Shutdown
from studio.run.training import listener
from studio.run.worker import Worker


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def worker(post: Post) -> Iterator[Worker]:
    worker = Worker(post)
    guard = threading.Timer(60, worker.receive, [Shutdown()])  # ends what hangs, and with it the test
    guard.start()
    yield worker
    guard.cancel()
    guard.join()


@pytest.fixture
def report_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.0)


@pytest.fixture
def slow_moons(monkeypatch: pytest.MonkeyPatch, worker: Worker) -> Iterator[list[int]]:
    """Moons that come by a download of a hundred pieces; the list holds those that came."""
    came: list[int] = []
    record = DATASETS["moons"]
    original = record.load

    def load(**params: Any) -> Examples:
        for piece in range(100):
            came.append(piece)
            worker.downloading("moons.npz", piece, 99)
        return original(**params)

    object.__setattr__(record, "load", load)
    yield came
    object.__setattr__(record, "load", original)
