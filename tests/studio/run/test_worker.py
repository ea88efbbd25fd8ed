"""What the engine's process does with commands to look, driven without a process."""

from __future__ import annotations

import math

import numpy as np
import pytest
from graphs import build, example, moons, port
from working import Post, preview, train, value

from studio.document.file import dumps
from studio.run import worker as worker_module
from studio.run.debug.messages import Debug, DebugStopped, Walk
from studio.run.messages import (
    Downloading,
    Ended,
    Forget,
    Inventory,
    Missing,
    Preview,
    Previewed,
    Progress,
    Ready,
    Show,
    Shutdown,
    Trace,
    Traced,
    TraceEnded,
    Watch,
    Watched,
)
from studio.run.tensor_ref import TensorRef
from studio.run.training import listener
from studio.run.worker import Worker


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


def test_what_a_place_was_made_of_is_told_or_why_not(worker: Worker, post: Post) -> None:
    kernel = TensorRef("weight", "hidden", "kernel")
    worker.handle(Trace(1, value("hidden.output"), (3, 5)))
    assert post.of(TraceEnded)[-1].error is not None, "nothing was computed yet"
    worker.handle(preview(moons()))
    worker.handle(Trace(1, value("hidden.output"), (3, 5)))
    assert {event.source for event in post.of(Traced)} >= {value("data.x"), kernel}
    assert post.of(TraceEnded)[-1].error is None
    count = len(post.of(Traced))
    worker.handle(Trace(1, value("data.x"), (3, 1)))
    assert post.of(TraceEnded)[-1].error is None, "data are made of nothing else"
    gradient, loss = TensorRef.of(port("hidden.output"), "gradient"), TensorRef("value", "trainer", "")
    for ref in (kernel, gradient, loss, value("no.where"), value("loss.loss")):
        worker.handle(Trace(1, ref, (0, 0)))
        end = post.of(TraceEnded)[-1]
        assert (end.ref, end.error.node) == (ref, ref.node)
    wire = "one.output > like.input"
    worker.handle(preview(build({"one": ("data.constant", {"value": [1.0]}), "like": "op.zeros_like"}, wire), number=2))
    worker.handle(Trace(2, value("like.output"), (0,)))
    assert post.of(TraceEnded)[-1].error is None, "whatever the values are, zeros come of them"
    assert len(post.of(Traced)) == count


def test_under_the_debugger_a_place_was_made_of_what_is_there(worker: Worker, post: Post) -> None:
    trace = Trace(1, value("hidden.output"), (3, 5))

    def go_on(_event: DebugStopped) -> None:
        worker.handle(trace)
        post.once(DebugStopped, lambda _event: worker.receive(trace))
        post.once(TraceEnded, lambda _event: worker.receive(Shutdown()))
        worker.receive(Walk(1, "run_to", node="output"))

    worker.handle(preview(moons()))
    post.once(DebugStopped, go_on)
    worker.receive(Debug(1, 1, dumps(moons())))
    worker.work()
    before, after = post.of(TraceEnded)
    assert "where the run stands" in str(before.error)
    assert after.error is None
    assert value("data.x") in {event.source for event in post.of(Traced)}


def test_a_large_preview_comes_in_parts(worker: Worker, post: Post) -> None:
    count = 2 * worker_module.PART + 5
    worker.handle(preview(build({f"c{i}": ("data.constant", {"value": float(i)}) for i in range(count)})))
    parts = post.of(Previewed)
    assert [len(p.tensors) for p in parts] == [worker_module.PART, worker_module.PART, 5]
    assert [p.last for p in parts] == [False, False, True]
    assert len({ref for p in parts for ref in p.tensors}) == count


# -------------------------------------------------------------------------------------------------- several documents


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
