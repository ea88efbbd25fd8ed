"""What the engine's process does with a training, driven without a process: telling of it, and obeying."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from graphs import build, moons, port
from lowering import TWO_HEADS, TWO_HEADS_WIRES
from working import Post, long, preview, train, value

from engine.compile import cache
from studio.document.breakpoints import Breakpoint, set_breakpoints
from studio.document.document import Document
from studio.document.edits import SetParams
from studio.run.debug.messages import PointMet
from studio.run.messages import (
    BreakAt,
    Compiling,
    Control,
    Downloading,
    Ended,
    EpochEnd,
    Paused,
    Previewed,
    Progress,
    Shutdown,
    Started,
    Watch,
    Watched,
)
from studio.run.training import listener
from studio.run.worker import Worker


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_a_training_is_told_from_start_to_end(worker: Worker, post: Post, mode: Any) -> None:
    worker.handle(train(moons(), 4, mode))
    (started,) = post.of(Started)
    assert started == Started(1, 4, 3, 4, ("accuracy",), 42)
    ends = post.of(EpochEnd)
    assert [(e.run, e.epoch) for e in ends] == [(4, 0), (4, 1), (4, 2)]
    assert all(set(e.logs) == {"loss", "accuracy", "val_loss", "val_accuracy"} for e in ends)
    (ended,) = post.of(Ended)
    assert (ended.run, ended.status, ended.error) == (4, "complete", None)
    assert ended.logs == ends[-1].logs
    assert isinstance(post.events[-1], Previewed), "the wires show what was learnt"


def test_each_step_is_reported_once(worker: Worker, post: Post) -> None:
    worker.handle(train(moons()))
    steps = np.concatenate([e.steps for e in post.of(Progress)])
    assert steps.tolist() == list(range(12))
    for event in post.of(Progress):
        assert set(event.series) == {"loss", "accuracy"}
        assert all(len(values) == len(event.steps) for values in event.series.values())
        assert event.seconds_per_step > 0


def test_the_time_of_a_step_is_not_that_of_a_validation(
    worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = 0.3  # a step takes less than a millisecond
    monkeypatch.setattr(type(worker), "is_unwanted", lambda self: time.sleep(pause))
    worker.handle(train(moons()))
    assert len(post.of(EpochEnd)) == 3
    later = post.of(Progress)[1:]  # the first step may have to compile kernels
    assert later
    assert all(0 < e.seconds_per_step < pause / 4 for e in later)


def test_names_of_the_series_are_those_that_were_announced(worker: Worker, post: Post) -> None:
    worker.handle(train(build(TWO_HEADS, TWO_HEADS_WIRES, seed=1)))
    (started,) = post.of(Started)
    assert len(started.metrics) == 2
    assert set(started.metrics) <= set(post.of(Progress)[0].series)
    assert set(started.metrics) <= set(post.of(EpochEnd)[0].logs)


@pytest.mark.usefixtures("report_each_step")
def test_stop_ends_a_training_within_a_step(worker: Worker, post: Post) -> None:
    post.once(Progress, lambda _: worker.receive(Control("stop", 1)))
    worker.handle(train(long()))
    (ended,) = post.of(Ended)
    assert ended.status == "stopped"
    assert len(post.of(EpochEnd)) == 1, "that of the epoch that was cut short"
    assert np.concatenate([e.steps for e in post.of(Progress)]).max() <= 2
    assert "val_loss" not in ended.logs


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_stop_ends_a_validation_within_a_step(
    worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch, mode: Any
) -> None:
    validated: list[int] = []

    def begin(self: Any, batch: int, logs: Any = None) -> None:
        validated.append(batch)
        if len(validated) == 2:
            worker.receive(Control("stop", 1))
        original(self, batch, logs)

    original = listener.Listener.on_test_batch_begin
    monkeypatch.setattr(listener.Listener, "on_test_batch_begin", begin)
    worker.handle(train(long(), mode=mode))
    assert [e.status for e in post.of(Ended)] == ["stopped"]
    assert validated == [0, 1]
    (started,) = post.of(Started)
    told = np.concatenate([e.steps for e in post.of(Progress)])
    assert told.tolist() == list(range(started.steps_per_epoch)), "those before it are not lost"


def test_a_download_is_told_of(worker: Worker, post: Post, slow_moons: list[int]) -> None:
    worker.handle(preview(moons()))
    assert post.of(Downloading)[-1] == Downloading(1, "moons.npz", 99, 99)
    assert post.of(Previewed)[0].errors == {}


def test_stop_ends_the_download_of_a_training(worker: Worker, post: Post, slow_moons: list[int]) -> None:
    post.once(Downloading, lambda _: worker.receive(Control("stop", 1)))
    worker.handle(train(moons()))
    assert [e.status for e in post.of(Ended)] == ["stopped"]
    assert len(slow_moons) == 2
    worker.handle(train(moons(), 2))
    assert post.of(Ended)[1].status == "complete", "the next training tries again"


def test_stop_ends_the_download_of_a_preview(worker: Worker, post: Post, slow_moons: list[int]) -> None:
    post.once(Downloading, lambda _: worker.receive(Control("stop", 0, 3)))
    worker.handle(preview(moons(), 3))
    (event,) = post.of(Previewed)
    assert (event.revision, set(event.errors)) == (3, {"data"})
    assert "was stopped" in str(event.errors["data"])
    worker.handle(preview(moons(), 4))
    assert len(slow_moons) == 2, "not with each edit, but when it is asked for"
    assert "was stopped" in str(post.of(Previewed)[1].errors["data"])
    worker.handle(preview(moons(), 5, reset=True))
    assert post.of(Previewed)[2].errors == {}


def test_stop_ends_a_heavy_preview_between_two_nodes(
    worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def run(step: Any, inputs: Any) -> Any:
        ran.append(step.id)
        if step.id == "hidden":
            worker.receive(Control("stop", 0, 1))
        return original(step, inputs)

    original = worker.study(1).program.run
    monkeypatch.setattr(worker.study(1).program, "run", run)
    worker.handle(preview(moons(), 1))
    (event,) = post.of(Previewed)
    assert ran[-1] == "hidden"
    assert port("hidden.output") in event.tensors
    assert [str(e) for e in event.errors.values()] == [
        "The preview was stopped here. The next edit begins another one."
    ]
    worker.handle(preview(moons(), 2))
    assert post.of(Previewed)[1].errors == {}


def test_stop_ends_the_compilation(worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_loaded", {})  # as in a process that is new
    post.once(Compiling, lambda _: worker.receive(Control("stop", 1)))
    worker.handle(train(long()))
    (ended,) = post.of(Ended)
    assert (ended.status, ended.logs) == ("stopped", {})
    assert len(post.of(Compiling)) == 1
    assert post.of(EpochEnd) == []


def test_a_stop_that_overtakes_its_training_holds(worker: Worker, post: Post) -> None:
    worker.receive(train(long(), 3))
    worker.receive(Control("stop", 3))
    worker.receive(train(moons(), 4))
    worker.receive(Shutdown())
    stops = worker.switches.stops
    worker.switches.stops = lambda run: run == 3 and stops(run)  # type: ignore[method-assign]
    worker.work()
    assert [(e.run, e.status) for e in post.of(Ended)] == [(3, "stopped"), (4, "complete")]


def test_a_stop_is_for_the_trainings_up_to_it(worker: Worker, post: Post) -> None:
    worker.receive(Control("stop", 3))
    worker.handle(train(moons(), 4))
    assert [e.status for e in post.of(Ended)] == ["complete"]


@pytest.mark.usefixtures("report_each_step")
def test_pause_stands_still_until_resume(worker: Worker, post: Post) -> None:
    document = moons()
    post.once(Progress, lambda _: worker.receive(Control("pause", 1)))
    still: list[int] = []

    def while_paused(event: Paused) -> None:
        still.append(len(post.of(Progress)))
        worker.receive(preview(document, 8))
        worker.receive(Watch(1, (value("hidden.output"),)))
        post.once(Watched, lambda _: still.append(len(post.of(Progress))))
        post.once(Watched, lambda _: worker.receive(Control("resume", 1)))

    post.once(Paused, while_paused)
    worker.handle(train(document))
    assert [e.paused for e in post.of(Paused)] == [True, False]
    assert still[0] == still[1], "nothing was trained between pause and resume"
    assert [e.revision for e in post.of(Previewed)][-2:] == [8, 8], "but the window could look"
    assert [e.status for e in post.of(Ended)] == ["complete"]
    assert np.concatenate([e.steps for e in post.of(Progress)]).tolist() == list(range(12))


@pytest.mark.usefixtures("report_each_step")
@pytest.mark.parametrize("last", [Control("stop", 1), Shutdown()], ids=["stop", "shutdown"])
def test_a_paused_training_can_be_ended(worker: Worker, post: Post, last: Any) -> None:
    post.once(Progress, lambda _: worker.receive(Control("pause", 1)))
    post.once(Paused, lambda _: worker.receive(last))
    worker.receive(train(long()))
    if not isinstance(last, Shutdown):
        post.once(Ended, lambda _: worker.receive(Shutdown()))
    worker.work()
    assert [e.status for e in post.of(Ended)] == ["stopped"]


@pytest.mark.usefixtures("report_each_step")
def test_pausing_and_resuming_changes_no_number(worker: Worker, post: Post) -> None:
    worker.handle(train(moons(), 1))
    plain = post.of(Ended)[0].logs
    worker.handle(preview(moons(), 1, reset=True))
    post.once(Progress, lambda _: worker.receive(Control("pause", 2)))
    post.once(Paused, lambda _: worker.receive(preview(long(7), 2)))
    post.once(Paused, lambda _: worker.receive(Control("resume", 2)))
    worker.handle(train(moons(), 2))
    assert post.of(Ended)[1].logs == plain


@pytest.mark.usefixtures("report_each_step")
def test_the_window_can_look_and_edit_while_training(
    worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "LOOK_INTERVAL", 1e9)  # no look but the one that is asked for
    document = moons()
    document.apply(SetParams("hidden", {"units": 5}))

    def edit(_event: Progress) -> None:
        worker.receive(preview(document, 8))
        worker.receive(Watch(1, (value("hidden.output"),)))

    post.once(Progress, edit)
    worker.handle(train(moons()))
    during = post.events[: post.events.index(post.of(Ended)[0])]
    (looked,) = [e for e in during if isinstance(e, Previewed)]
    assert looked.revision == 8
    assert looked.tensors[port("hidden.output")].shape == (16, 5)
    assert [e.values.shape for e in during if isinstance(e, Watched)] == [(16, 5)]
    assert post.of(Ended)[0].status == "complete"


@pytest.mark.usefixtures("report_each_step")
def test_tensors_are_shown_while_training(worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LOOK_INTERVAL", 0.0)
    monkeypatch.setattr(listener, "LOOK_SHARE", dict.fromkeys((True, False), math.inf))
    worker.handle(preview(moons(), 6))
    worker.handle(train(moons()))
    losses = [e.tensors[port("loss.loss")].mean for e in post.of(Previewed)]
    assert len(losses) > 10
    assert losses[-1] is not None
    assert losses[0] is not None
    assert losses[-1] < losses[0]
    assert {e.revision for e in post.of(Previewed)} == {6}


@pytest.mark.usefixtures("report_each_step")
def test_another_training_waits_for_this_one_to_end(worker: Worker, post: Post) -> None:
    def ask(_event: Progress) -> None:
        worker.receive(train(moons(), 2))
        worker.receive(preview(moons(), 9))
        worker.receive(Control("stop", 1))

    post.once(Progress, ask)
    worker.receive(train(long(), 1))
    post.answers.append(
        lambda e: worker.receive(Shutdown()) if isinstance(e, EpochEnd) and (e.run, e.epoch) == (2, 2) else None
    )
    worker.work()
    assert [(e.run, e.status) for e in post.of(Ended)] == [(1, "stopped"), (2, "stopped")]
    runs = [e.run for e in post.of(Progress)]
    assert runs == sorted(runs)


def test_a_shutdown_does_not_wait_for_the_training(worker: Worker, post: Post) -> None:
    post.once(Started, lambda _: worker.receive(Shutdown()))
    worker.receive(train(long()))
    begin = time.perf_counter()
    worker.work()
    assert time.perf_counter() - begin < 30
    assert len(post.of(EpochEnd)) <= 1


def with_points(document: Document, *points: Breakpoint) -> Document:
    document.apply(set_breakpoints(points))
    return document


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_breakpoints_may_be_changed_while_training(
    worker: Worker, post: Post, report_each_step: None, mode: Any
) -> None:
    first = Breakpoint(1, "hidden", log="one {max}")
    met: list[tuple[int, str, tuple[int, int]]] = []

    def on_met(event: PointMet) -> None:
        met.append((event.point, event.said.partition(" ")[0], (event.epoch, event.step)))
        if len(met) == 2:
            worker.receive(BreakAt(1, (first, Breakpoint(2, "output", log="two {min}"))))
        elif len(met) == 6:
            worker.receive(BreakAt(1, (Breakpoint(2, "output", log="three {min}"),)))
        elif len(met) == 8:
            worker.receive(BreakAt(1, ()))

    post.answers.append(lambda event: on_met(event) if isinstance(event, PointMet) else None)
    document = with_points(moons(), first)
    worker.handle(train(document, mode=mode))
    assert [e.status for e in post.of(Ended)] == ["complete"]
    steps = sorted({step for _, _, step in met})
    assert [(p, said) for p, said, _ in met[:2]] == [(1, "one")] * 2
    assert sorted((p, said) for p, said, _ in met[2:6]) == [(1, "one")] * 2 + [(2, "two")] * 2
    assert [(p, said) for p, said, _ in met[6:]] == [(2, "three")] * 2
    assert len(steps) == 6, "each change counts from the next step on, and none is made twice"
    plain = Post()
    other = Worker(plain)
    other.handle(train(moons(), mode=mode))
    assert post.of(Ended)[0].logs == pytest.approx(plain.of(Ended)[0].logs, rel=1e-5)


def test_a_breakpoint_stops_in_a_training_that_had_none(worker: Worker, post: Post, report_each_step: None) -> None:
    def answer(event: Any) -> None:
        if isinstance(event, Progress) and event.steps[-1] == 3:
            worker.receive(BreakAt(1, (Breakpoint(1, "hidden", condition="max > -1"),)))
        elif isinstance(event, Paused) and event.paused:
            worker.receive(Control("stop", 1))

    post.answers.append(answer)
    worker.handle(train(moons()))
    assert [(e.epoch, e.step) for e in post.of(PointMet)] == [(2, 2)], "the step behind the one in which it was heard"
    assert [e.status for e in post.of(Ended)] == ["stopped"]
