"""The window's side of the engine's process, with a real process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from graphs import build, example, moons, port
from pytestqt.qtbot import QtBot

from studio.document.document import Document
from studio.document.edits import SetParams
from studio.run import entry
from studio.run.controller import RunController
from studio.run.messages import (
    Crashed,
    Ended,
    EpochEnd,
    Previewed,
    Progress,
    Ready,
    Started,
    Watched,
)
from studio.run.tensor_ref import TensorRef
from studio.run.transport import SharedArray

T = TypeVar("T")
PATIENCE = 60_000  # milliseconds: a guard against hanging, not a measure of speed
SHARED_MEMORY = Path("/dev/shm")


class Listener:
    """Takes note of all that a controller says."""

    def __init__(self, run: RunController) -> None:
        self.events: list[Any] = []
        self.states: list[str] = []
        for signal_ in (
            *(run.ready, run.previewed, run.watched, run.compiling, run.started),
            *(run.progressed, run.epoch_ended, run.ended, run.crashed),
        ):
            signal_.connect(self.events.append)
        run.state_changed.connect(self.states.append)

    def of(self, kind: type[T]) -> list[T]:
        return [e for e in self.events if isinstance(e, kind)]


@pytest.fixture(scope="module")
def engine(qapp: Any) -> Iterator[RunController]:
    """A controller with its process, for all tests of this file: a process takes a second or two to start."""
    run = RunController()
    run.start()
    yield run
    run.shutdown()


@pytest.fixture
def run(engine: RunController, qtbot: QtBot) -> Iterator[RunController]:
    """The controller, ready; what a test has left of it is put in order behind it."""
    if engine.state == "crashed":
        engine.restart()
    qtbot.waitUntil(lambda: engine.state == "ready", timeout=PATIENCE)
    engine.show(1)
    yield engine
    if engine.state in ("training", "paused"):
        engine.stop()
        qtbot.waitUntil(lambda: engine.state not in ("training", "paused"), timeout=PATIENCE)
    for number in (1, 2, 3):
        engine.forget(number)


@pytest.fixture
def heard(run: RunController) -> Listener:
    return Listener(run)


def long() -> Document:
    """Return a document that trains until it is stopped."""
    return moons(trainer=("train.Adam", {"epochs": 100_000, "batch_size": 8}))


def wait_for(qtbot: QtBot, heard: Listener, kind: type[T], count: int = 1) -> list[T]:
    qtbot.waitUntil(lambda: len(heard.of(kind)) >= count, timeout=PATIENCE)
    return heard.of(kind)


# -------------------------------------------------------------------------------------------------- process


@pytest.mark.usefixtures("as_shipped")
def test_it_says_when_it_is_up(qtbot: QtBot) -> None:
    run = RunController()
    heard = Listener(run)
    assert run.pid is None
    run.start()
    assert run.state == "starting"
    assert run.pid is not None
    (ready,) = wait_for(qtbot, heard, Ready)
    assert set(ready.versions) == {"trenza", "numpy", "python"}
    assert heard.states == ["ready"]
    assert run._process is not None
    process = run._process._process
    run.shutdown()
    assert run.pid is None
    assert process.exitcode == 0, "it went by itself"
    assert process not in multiprocessing.active_children()


def test_it_can_be_shut_down_before_it_is_up_and_twice() -> None:
    threads = threading.active_count()
    run = RunController()
    run.start()
    assert run._process is not None
    process = run._process._process
    run.shutdown()
    run.shutdown()
    assert not process.is_alive()
    assert threading.active_count() == threads
    RunController().shutdown()


def test_a_preview_comes_back(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run.preview(1, example("digits_mlp"))
    (event,) = wait_for(qtbot, heard, Previewed)
    assert event.errors == {}
    assert event.tensors[port("hidden.output")].shape == (32, 128)
    assert heard.states == []


def test_a_large_preview_is_put_together(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    nodes = {f"c{i}": ("data.constant", {"value": float(i)}) for i in range(400)}
    run.preview(1, build(nodes))
    (event,) = wait_for(qtbot, heard, Previewed)
    assert len(event.tensors) == 400
    assert event.tensors[port("c399.output")].mean == 399.0
    run.preview(1, moons())
    assert port("c0.output") not in wait_for(qtbot, heard, Previewed, 2)[1].tensors


def test_edits_that_come_quickly_are_asked_for_once(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    document = moons()
    for units in range(2, 12):
        document.apply(SetParams("hidden", {"units": units}))
        run.preview(1, document)
    events = wait_for(qtbot, heard, Previewed)
    assert [e.tensors[port("hidden.output")].shape for e in events] == [(16, 11)]


def test_a_document_that_cannot_be_written_is_answered_here(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    document = build({"hole": ("data.constant", {"value": float("nan")})})
    run.preview(1, document)
    (event,) = wait_for(qtbot, heard, Previewed)
    assert list(event.errors) == ["hole"]
    run.train(1, document, "lazy")
    (ended,) = wait_for(qtbot, heard, Ended)
    assert ended.status == "failed"
    assert ended.error is not None
    assert ended.error.node == "hole"
    assert run.state == "ready"


def test_a_large_tensor_is_watched_and_its_memory_is_free_again(
    run: RunController, heard: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    fetch = SharedArray.fetch

    def noting(self: SharedArray) -> Any:
        names.append(self.name)
        return fetch(self)

    monkeypatch.setattr(SharedArray, "fetch", noting)
    document = build({"noise": ("data.random_normal", {"shape": [300, 300]})})
    run.preview(1, document)
    run.watch(1, [TensorRef.of(port("noise.output"))])
    event = wait_for(qtbot, heard, Watched)[-1]
    assert event.values.shape == (300, 300)
    assert abs(event.values.mean()) < 0.1
    assert names, "it came through shared memory"
    assert not any((SHARED_MEMORY / name).exists() for name in names)


# ------------------------------------------------------------------------------------------------- training


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_a_training_runs_to_its_end(run: RunController, heard: Listener, qtbot: QtBot, mode: Any) -> None:
    number = run.train(1, moons(), mode)
    assert run.state == "training"
    (ended,) = wait_for(qtbot, heard, Ended)
    assert (ended.run, ended.status) == (number, "complete")
    assert [e.epoch for e in heard.of(EpochEnd)] == [0, 1, 2]
    assert np.concatenate([e.steps for e in heard.of(Progress)]).tolist() == list(range(12))
    assert heard.states == ["training", "ready"]


def test_stop(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run.train(1, long(), "lazy")
    wait_for(qtbot, heard, EpochEnd)
    run.stop()
    (ended,) = wait_for(qtbot, heard, Ended)
    assert ended.status == "stopped"
    assert heard.states == ["training", "ready"]


def test_stop_at_once(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run.train(1, long(), "lazy")
    run.stop()
    assert [e.status for e in wait_for(qtbot, heard, Ended)] == ["stopped"]


def test_pause_and_resume(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run.train(1, long(), "lazy")
    wait_for(qtbot, heard, Progress)
    run.pause()
    qtbot.waitUntil(lambda: run.state == "paused", timeout=PATIENCE)
    count = len(heard.of(Progress))
    run.preview(1, long())
    previews = len(heard.of(Previewed))
    wait_for(qtbot, heard, Previewed, previews + 1)
    qtbot.wait(150)
    assert len(heard.of(Progress)) == count, "it stands still, and the window can look"
    run.resume()
    qtbot.waitUntil(lambda: run.state == "training", timeout=PATIENCE)
    wait_for(qtbot, heard, Progress, count + 1)
    run.stop()
    wait_for(qtbot, heard, Ended)
    assert heard.states == ["training", "paused", "training", "ready"]


def test_a_document_with_an_error_fails(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run.train(1, moons(hidden=("layer.Dense", {"units": 0})), "lazy")
    (ended,) = wait_for(qtbot, heard, Ended)
    assert ended.status == "failed"
    assert ended.error is not None
    assert ended.error.node == "hidden"
    assert "units is 0" in str(ended.error)
    assert run.state == "ready"


def test_nothing_is_heard_of_what_was_abandoned(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    first = run.train(1, long(), "lazy")
    wait_for(qtbot, heard, Progress)
    run.watch(1, [TensorRef.of(port("data.x"))])
    wait_for(qtbot, heard, Watched)
    run.forget(1)
    assert run.state == "ready"
    seen = len(heard.events)
    run.show(2)
    run.preview(2, example("tensors"))
    second = run.train(3, moons(), "lazy")
    (ended,) = wait_for(qtbot, heard, Ended)
    assert (ended.document, ended.run, ended.status) == (3, second, "complete")
    later = heard.events[seen:]
    assert all(getattr(e, "run", second) == second for e in later), f"not of run {first}"
    assert not any(isinstance(e, Watched) or e.document == 1 for e in later)


def test_previews_of_another_document_are_dropped(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run.preview(1, moons())
    run._send_preview()  # it is on its way
    run.preview(1, example("tensors"))
    events = wait_for(qtbot, heard, Previewed)
    qtbot.wait(50)
    assert all(port("d.output") in e.tensors for e in events)


# ---------------------------------------------------------------------------------------- several documents


def test_each_document_has_weights_of_its_own(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    one, two = moons(), moons()
    run.preview(1, one)
    first = wait_for(qtbot, heard, Previewed)[0].tensors[port("loss.loss")].mean
    run.train(1, one, "lazy")
    wait_for(qtbot, heard, Ended)
    qtbot.waitUntil(lambda: heard.of(Previewed)[-1].tensors[port("loss.loss")].mean != first, timeout=PATIENCE)
    learned = heard.of(Previewed)[-1].tensors[port("loss.loss")].mean
    run.show(2)
    run.preview(2, two)
    qtbot.waitUntil(lambda: heard.of(Previewed)[-1].document == 2, timeout=PATIENCE)
    assert heard.of(Previewed)[-1].tensors[port("loss.loss")].mean == first
    count = len(heard.of(Previewed))
    run.show(1)
    run.preview(1, one)
    event = wait_for(qtbot, heard, Previewed, count + 1)[-1]
    assert (event.document, event.tensors[port("loss.loss")].mean) == (1, learned)


def test_a_document_that_is_left_trains_on_and_is_looked_at_when_it_is_shown_again(
    run: RunController, heard: Listener, qtbot: QtBot
) -> None:
    run.preview(1, document := long())
    wait_for(qtbot, heard, Previewed)
    number = run.train(1, document, "lazy")
    wait_for(qtbot, heard, Progress)
    run.show(2)
    run.preview(2, example("tensors"))
    qtbot.waitUntil(lambda: heard.of(Previewed)[-1].document == 2, timeout=PATIENCE)
    seen = len(heard.events)
    qtbot.wait(1200)
    later = heard.events[seen:]
    assert any(isinstance(e, Progress) and (e.document, e.run) == (1, number) for e in later)
    assert not any(isinstance(e, Previewed) for e in later), "nobody looks at what it computes"
    assert (run.state, run.training) == ("training", 1)
    run.stop()
    (ended,) = wait_for(qtbot, heard, Ended)
    assert (ended.document, ended.status) == (1, "stopped")
    assert run.training == 0
    seen = len(heard.events)
    run.show(1)
    qtbot.waitUntil(lambda: any(isinstance(e, Previewed) for e in heard.events[seen:]), timeout=PATIENCE)
    assert heard.of(Previewed)[-1].document == 1, "other weights, other values"


def test_a_document_that_is_shown_again_unchanged_is_not_asked_for(
    run: RunController, heard: Listener, qtbot: QtBot
) -> None:
    for number in (1, 2):
        run.show(number)
        run.preview(number, moons())
        wait_for(qtbot, heard, Previewed, number)
    run.show(1)
    qtbot.wait(200)
    assert [e.document for e in heard.of(Previewed)] == [1, 2]


def test_a_preview_that_nobody_waited_for_is_asked_for_again(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    document = moons()
    run.preview(1, document)
    run._send_preview()
    run.show(2)
    run.show(1)
    run.show(2)
    run.preview(2, example("tensors"))
    qtbot.waitUntil(lambda: any(e.document == 2 for e in heard.of(Previewed)), timeout=PATIENCE)
    run.show(1)
    qtbot.waitUntil(lambda: any(e.document == 1 for e in heard.of(Previewed)), timeout=PATIENCE)
    assert run._followed[1].is_fresh


def test_a_closed_document_ends_its_training_and_no_other(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run.preview(1, one := long())
    run.train(1, one, "lazy")
    wait_for(qtbot, heard, Progress)
    run.forget(2)
    assert run.state == "training"
    run.forget(1)
    assert (run.state, run.training) == ("ready", 0)
    seen = len(heard.events)
    run.train(2, moons(), "lazy")
    (ended,) = wait_for(qtbot, heard, Ended)
    assert (ended.document, ended.status) == (2, "complete")
    assert {e.document for e in heard.events[seen:]} == {2}


# ------------------------------------------------------------------------------------------------- crashing


def test_killed_in_mid_training_it_starts_again(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    document = long()
    run.preview(1, document)
    run.watch(1, [TensorRef.of(port("hidden.output"))])
    run.train(1, document, "lazy")
    wait_for(qtbot, heard, Progress)
    pid = run.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    (crashed,) = wait_for(qtbot, heard, Crashed)
    assert crashed.exit_code == -signal.SIGKILL
    assert run.state == "crashed"
    assert run.pid is None
    run.preview(1, document)
    run.train(1, document, "lazy")
    run.stop()
    assert run.state == "crashed", "all of that is in vain, and harmless"

    seen = len(heard.events)
    run.restart()
    assert run.pid not in (None, pid)
    qtbot.waitUntil(lambda: run.state == "ready", timeout=PATIENCE)
    qtbot.waitUntil(lambda: any(isinstance(e, Watched) for e in heard.events[seen:]), timeout=PATIENCE)
    assert any(isinstance(e, Previewed) for e in heard.events[seen:]), "the wires have their values again"
    number = run.train(1, moons(), "lazy")
    (ended,) = wait_for(qtbot, heard, Ended)
    assert (ended.run, ended.status) == (number, "complete")
    assert {e.run for e in heard.events[seen:] if isinstance(e, Started | Progress)} == {number}


def test_one_that_hangs_can_be_replaced(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    pid = run.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    large = build({f"c{i}": ("data.constant", {"value": [1.0] * 50}) for i in range(2000)})
    begin = time.perf_counter()
    for _ in range(5):
        run.preview(1, large)
        run._send_preview()
    assert time.perf_counter() - begin < 10, "nobody waits for it"
    run.preview(1, moons())
    run.restart()
    assert run.state == "starting"
    (event,) = wait_for(qtbot, heard, Previewed)
    assert port("hidden.output") in event.tensors
    assert heard.of(Crashed) == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stop_without_effect_is_said_to_have_none(
    run: RunController,
    heard: Listener,
    qtbot: QtBot,
) -> None:
    run._stop_timer.setInterval(200)
    run.train(1, long(), "lazy")
    wait_for(qtbot, heard, Progress)
    assert run.pid is not None
    os.kill(run.pid, signal.SIGSTOP)
    with qtbot.waitSignal(run.stuck, timeout=PATIENCE):
        run.stop()
    assert run.state == "training", "nothing is killed unasked"
    os.kill(run.pid, signal.SIGCONT)
    assert wait_for(qtbot, heard, Ended)[0].status == "stopped"
    run._stop_timer.setInterval(60_000)
    run.train(1, long(), "lazy")
    run.stop()
    assert run._stop_timer.isActive()
    wait_for(qtbot, heard, Ended, 2)
    assert not run._stop_timer.isActive(), "it had its effect"


def test_a_preview_of_a_training_does_not_hide_that_stop_has_no_effect(
    run: RunController, heard: Listener, qtbot: QtBot
) -> None:
    run._stop_timer.setInterval(200)
    run.train(1, long(), "lazy")
    wait_for(qtbot, heard, Progress)
    assert run.pid is not None
    os.kill(run.pid, signal.SIGSTOP)
    run.stop()
    run._receive(Previewed(1, run._revision, {}, {}))
    with qtbot.waitSignal(run.stuck, timeout=PATIENCE):
        pass
    os.kill(run.pid, signal.SIGCONT)
    wait_for(qtbot, heard, Ended)


def test_a_preview_that_takes_its_time_makes_the_engine_busy(run: RunController, heard: Listener, qtbot: QtBot) -> None:
    run._stop_timer.setInterval(200)
    run.preview(1, moons())
    wait_for(qtbot, heard, Previewed)
    assert not run.busy
    assert run.pid is not None
    os.kill(run.pid, signal.SIGSTOP)  # as if it computed
    with qtbot.waitSignal(run.busy_changed, timeout=PATIENCE):
        run.preview(1, moons())
    assert run.busy
    with qtbot.waitSignal(run.stuck, timeout=PATIENCE):
        run.stop()
    os.kill(run.pid, signal.SIGCONT)
    qtbot.waitUntil(lambda: not run.busy, timeout=PATIENCE)
    last = heard.of(Previewed)[-1]
    is_stopped = "was stopped" in " ".join(map(str, last.errors.values()))
    assert is_stopped or port("hidden.output") in last.tensors, "it is whole if Stop came when it was there already"


def starts_for_ever(*_: object) -> None:
    """What the engine's process does until it is ready, and it never is."""
    time.sleep(PATIENCE / 1000)


def test_killed_while_it_starts(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "main", starts_for_ever)
    run = RunController()
    heard = Listener(run)
    run.start()
    assert run.pid is not None
    os.kill(run.pid, signal.SIGKILL)
    wait_for(qtbot, heard, Crashed)
    assert heard.states == ["crashed"]
    run.shutdown()


def test_it_ends_when_the_window_is_gone(qtbot: QtBot) -> None:
    run = RunController()
    heard = Listener(run)
    run.start()
    wait_for(qtbot, heard, Ready)
    assert run._process is not None
    process = run._process._process
    run._process._fall_silent()
    run._process._connection.close()  # as when the window was killed
    process.join(20)
    assert process.exitcode == 0
    run.shutdown()


def test_nothing_is_left_behind(engine: RunController) -> None:
    assert engine._process is not None
    process, outbox = engine._process._process, engine._process._outbox
    engine.shutdown()
    assert not process.is_alive()
    assert not outbox._thread.is_alive()
    assert [c for c in multiprocessing.active_children() if c.name == "trenza-engine"] == []
