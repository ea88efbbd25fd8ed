"""What the engine's process does with commands, driven without a process: what it would send is collected."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
import pytest
from graphs import MOON_WIRES, MOONS, build, example, moons, port, wire

from engine.compile import cache
from engine.data import DATASETS
from engine.data.dataset import Examples
from studio.document.breakpoints import Breakpoint, set_breakpoints
from studio.document.document import Document
from studio.document.edits import RemoveWire, SetParams, SetSetting
from studio.document.file import dumps
from studio.run import worker as worker_module
from studio.run.debug.messages import PointMet
from studio.run.messages import (
    BreakAt,
    Compiling,
    Control,
    Downloading,
    Ended,
    EpochEnd,
    Forget,
    Inventory,
    Missing,
    Paused,
    Preview,
    Previewed,
    Progress,
    Ready,
    Show,
    Shutdown,
    Started,
    Train,
    Watch,
    Watched,
)
from studio.run.tensor_ref import TensorRef
from studio.run.training import listener
from studio.run.worker import Worker

T = TypeVar("T")


class Post:
    """Takes what a worker sends, and lets a test answer while the worker is at work."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.answers: list[Callable[[Any], None]] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event)
        for answer in tuple(self.answers):
            answer(event)

    def of(self, kind: type[T]) -> list[T]:
        return [e for e in self.events if isinstance(e, kind)]

    def once(self, kind: type[T], do: Callable[[T], None]) -> None:
        """Call `do` with the first event of this kind."""

        def answer(event: Any) -> None:
            if isinstance(event, kind) and answer in self.answers:
                self.answers.remove(answer)
                do(event)

        self.answers.append(answer)


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


def value(name: str) -> TensorRef:
    return TensorRef.of(port(name))


def preview(document: Document, revision: int = 1, reset: bool = False, number: int = 1) -> Preview:
    return Preview(number, revision, dumps(document), reset)


def train(document: Document, run: int = 1, mode: Any = "lazy", number: int = 1) -> Train:
    return Train(number, run, dumps(document), mode)


def long(epochs: int = 200) -> Document:
    """Return a document that trains until somebody stops it, as far as tests are concerned."""
    return moons(trainer=("train.Adam", {"epochs": epochs, "batch_size": 8}))


# ------------------------------------------------------------------------------------------------- looking


def test_a_preview_tells_of_every_wire(worker: Worker, post: Post) -> None:
    worker.handle(preview(example("digits_mlp"), 7))
    (event,) = post.of(Previewed)
    assert (event.revision, event.errors) == (7, {})
    assert {f"{ref.node}.{ref.port}": info.shape for ref, info in event.tensors.items()} == {
        "digits.x": (32, 8, 8),
        "digits.y": (32,),
        "flatten.output": (32, 64),
        "hidden.output": (32, 128),
        "output.output": (32, 10),
        "loss.loss": (),
        "accuracy.value": (),
    }
    assert event.tensors[port("digits.x")].picture.shape == (8, 8), "the first example, not the batch"


def test_only_the_last_of_several_previews_is_made(worker: Worker, post: Post) -> None:
    for revision in (2, 3, 4):
        worker.receive(preview(moons(), revision))
    worker.handle(preview(moons(), 1))
    assert [e.revision for e in post.of(Previewed)] == [4]


def test_a_reset_is_not_lost_among_previews(worker: Worker, post: Post) -> None:
    document = moons()
    worker.handle(preview(document))
    first = post.of(Previewed)[0].tensors[port("loss.loss")].mean
    worker.handle(train(document))
    assert post.of(Previewed)[-1].tensors[port("loss.loss")].mean != first
    worker.receive(preview(document, 3))
    worker.handle(preview(document, 2, reset=True))
    assert post.of(Previewed)[-1].tensors[port("loss.loss")].mean == first


def test_what_comes_behind_previews_is_done_in_order(worker: Worker, post: Post) -> None:
    for command in (preview(moons(), 2), Watch(1, (value("data.x"),)), preview(moons(), 3), Watch(1), Shutdown()):
        worker.receive(command)
    worker.receive(preview(moons(), 9))
    worker.work()
    assert isinstance(post.events[0], Ready)
    assert [e.revision for e in post.of(Previewed)] == [2, 3]
    assert [e.ref for e in post.of(Watched)] == [value("data.x")] * 2


def test_an_error_comes_with_its_node(worker: Worker, post: Post) -> None:
    document = build(
        {
            "a": ("data.constant", {"value": [1.0]}),
            "far": ("data.constant", {"value": [7]}),
            "taken": "op.gather",
        },
        "a.output > taken.params\nfar.output > taken.indices",
    )
    worker.handle(preview(document))
    (event,) = post.of(Previewed)
    assert set(event.errors) == {"taken"}
    assert port("a.output") in event.tensors


@pytest.mark.parametrize("text", ["", "{}", '{"format": "trenza", "version": 1, "settings": {"seed": "x"}}'])
def test_a_document_that_is_none_is_answered_with_an_error(worker: Worker, post: Post, text: str) -> None:
    worker.handle(Preview(1, 5, text))
    (event,) = post.of(Previewed)
    assert event.revision == 5
    assert list(event.errors) == [""]
    worker.handle(preview(moons(), 6))
    assert post.of(Previewed)[-1].errors == {}


def test_the_watched_port_comes_with_each_look(worker: Worker, post: Post) -> None:
    worker.handle(preview(moons()))
    worker.handle(Watch(1, (value("hidden.output"),)))
    worker.handle(preview(moons(), 2))
    worker.handle(Watch(1))
    worker.handle(preview(moons(), 3))
    first, second = post.of(Watched)
    assert first.ref == second.ref == value("hidden.output")
    assert first.values.shape == first.info.shape == (16, 8)
    assert first.values.dtype == np.float32


def test_watching_what_is_not_there_is_answered_with_why(worker: Worker, post: Post) -> None:
    worker.handle(Watch(1, (value("no.where"),)))
    worker.handle(preview(moons()))
    assert post.of(Watched) == []
    (missing,) = post.of(Missing)
    assert (missing.ref, missing.error.node) == (value("no.where"), "no")


# ------------------------------------------------------------------------------------------------ training


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
    monkeypatch.setattr(type(worker), "checkpoint", lambda self: time.sleep(pause) if post.of(Started) else None)
    worker.handle(train(moons()))
    assert len(post.of(EpochEnd)) == 3
    later = post.of(Progress)[1:]  # the first step may have to compile kernels
    assert later
    assert all(0 < e.seconds_per_step < pause / 4 for e in later)


def test_names_of_the_series_are_those_that_were_announced(worker: Worker, post: Post) -> None:
    nodes = {
        **MOONS,
        "size": ("layer.Dense", {"units": 2}),
        "distance": "loss.MeanSquaredError",
        "off": "metric.MeanAbsoluteError",
    }
    wires = """
        hidden.output > size.inputs
        data.x > distance.y_true
        size.output > distance.y_pred
        data.x > off.y_true
        size.output > off.y_pred
        distance.loss > trainer.loss[1]
    """
    worker.handle(train(build(nodes, MOON_WIRES + wires, seed=1)))
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


# ---------------------------------------------------------------------------------------- several documents


@pytest.mark.usefixtures("report_each_step")
def test_looking_at_another_document_changes_no_number_of_a_training(
    worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "LOOK_INTERVAL", 0.0)
    monkeypatch.setattr(listener, "LOOK_SHARE", dict.fromkeys((True, False), math.inf))
    worker.handle(train(moons(), 1))
    plain = post.of(Ended)[0].logs
    noisy = build({"noise": ("data.random_normal", {"shape": [5]}), "drop": "layer.Dropout"}, "", seed=9)
    worker.handle(Forget(1))

    def look(_event: Progress) -> None:
        worker.receive(Show(2))
        worker.receive(preview(noisy, 5, number=2))
        worker.receive(Forget(3))
        post.once(Progress, lambda _: worker.receive(Show(1)))

    post.once(Progress, look)
    worker.handle(train(moons(), 2))
    (seen,) = [e for e in post.of(Previewed) if e.document == 2]
    assert set(seen.tensors) == {port("noise.output")}
    assert post.events.index(seen) < post.events.index(post.of(Ended)[1])
    assert post.of(Ended)[1].logs == plain
    assert {e.document for e in post.events if not isinstance(e, Previewed | Inventory)} == {1}


def test_only_what_is_shown_is_looked_at(worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LOOK_INTERVAL", 0.0)
    monkeypatch.setattr(listener, "LOOK_SHARE", dict.fromkeys((True, False), math.inf))
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.0)
    worker.receive(Show(0))
    worker.handle(preview(moons()))
    worker.handle(train(moons()))
    assert post.of(Previewed) == []
    assert [e.status for e in post.of(Ended)] == ["complete"]
    worker.receive(Show(1))
    worker.handle(preview(moons(), 2))
    assert [e.revision for e in post.of(Previewed)] == [2]


def test_a_document_that_is_left_half_way_says_nothing_but_loads_its_data(
    worker: Worker, post: Post, slow_moons: list[int]
) -> None:
    worker.receive(Show(1))
    post.once(Downloading, lambda _: worker.receive(Show(2)))
    worker.handle(preview(moons()))
    assert post.of(Previewed) == []
    assert {e.document for e in post.of(Downloading)} == {1}
    worker.receive(Show(1))
    worker.handle(preview(moons(), 2))
    assert post.of(Previewed)[0].errors == {}
    assert len(slow_moons) == 100, "they came once"


def test_previews_of_two_documents_are_both_made(worker: Worker, post: Post) -> None:
    worker.receive(preview(example("tensors"), 2, number=2))
    worker.receive(preview(moons(), 3))
    worker.handle(preview(moons(), 1))
    worker.handle(worker.commands.take())
    worker.handle(worker.commands.take())
    assert [(e.document, e.revision) for e in post.of(Previewed)] == [(1, 1), (2, 2), (1, 3)]


# ------------------------------------------------------------------------------------------------- failing


def unwired() -> Document:
    document = moons()
    document.apply(RemoveWire(wire("hidden.output > output.inputs")))
    return document


def without_seed() -> Document:
    document = moons()
    document.apply(SetSetting("seed", "x"))
    return document


@pytest.mark.parametrize(
    ("document", "node", "words"),
    [
        (unwired(), "output", "'inputs' is not connected"),
        (moons(hidden=("layer.Dense", {"units": 0})), "hidden", "units is 0"),
        (moons(hidden="layer.Later"), "hidden", "no node of the type 'layer.Later'"),
        (example("tensors"), None, "no trainer"),
        (without_seed(), None, "seed is 'x'"),
    ],
    ids=["missing input", "bad value", "unknown type", "no trainer", "no seed"],
)
def test_a_document_with_an_error_fails_on_its_node(
    worker: Worker, post: Post, document: Document, node: str | None, words: str
) -> None:
    worker.handle(train(document, 2))
    (ended,) = post.of(Ended)
    assert (ended.run, ended.status) == (2, "failed")
    assert ended.error is not None
    assert ended.error.node == node
    assert words in str(ended.error)


@pytest.fixture
def broken_moons(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Moons that are what the test puts into the list, or raise it."""
    found: list[Any] = []

    def load(**_params: Any) -> Examples:
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]

    record = DATASETS["moons"]
    original = record.load
    object.__setattr__(record, "load", load)
    yield found
    object.__setattr__(record, "load", original)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Examples((np.zeros((0, 2), np.float32), np.zeros(0, np.int32))), "has no examples"),
        (Examples((np.full((80, 2), np.nan, np.float32), np.zeros(80, np.int32))), "NaN or infinite"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("lost in space"), "nobody foresaw: RuntimeError: lost in space"),
    ],
    ids=["empty", "nan", "memory", "unforeseen"],
)
def test_data_that_are_no_good_fail_on_their_node(
    worker: Worker, post: Post, broken_moons: list[Any], found: Any, words: str
) -> None:
    broken_moons.append(found)
    worker.handle(preview(moons()))
    worker.handle(train(moons()))
    assert words in str(post.of(Previewed)[0].errors["data"])
    error = post.of(Ended)[0].error
    assert error is not None
    assert error.node == "data"
    assert words in str(error)
    assert post.of(Ended)[0].status == "failed"


def test_what_nobody_foresaw_is_answered_in_words(worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise LookupError("lost")

    monkeypatch.setattr(worker.study(1).program, "update", fail)
    for command in (preview(moons(), 4), train(moons(), 5), Watch(1, (value("data.x"),)), Shutdown()):
        worker.receive(command)
    worker.work()
    assert "LookupError: lost" in str(post.of(Previewed)[0].errors[""])
    assert post.of(Previewed)[0].revision == 4
    assert "LookupError: lost" in str(post.of(Ended)[0].error)
    assert post.of(Ended)[0].run == 5


@pytest.mark.parametrize("trouble", [MemoryError(), ZeroDivisionError("by zero")])
def test_trouble_in_mid_training_fails_the_training_only(
    worker: Worker, post: Post, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise trouble

    monkeypatch.setattr("engine.keras.Model.fit", fail)
    worker.handle(train(moons()))
    error = post.of(Ended)[0].error
    assert error is not None
    assert error.node == "trainer"
    monkeypatch.undo()
    worker.handle(train(moons(), 2))
    assert post.of(Ended)[1].status == "complete"


def test_a_large_preview_comes_in_parts(worker: Worker, post: Post) -> None:
    count = 2 * worker_module.PART + 5
    worker.handle(preview(build({f"c{i}": ("data.constant", {"value": float(i)}) for i in range(count)})))
    parts = post.of(Previewed)
    assert [len(p.tensors) for p in parts] == [worker_module.PART, worker_module.PART, 5]
    assert [p.last for p in parts] == [False, False, True]
    assert len({ref for p in parts for ref in p.tensors}) == count


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
