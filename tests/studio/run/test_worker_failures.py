"""How the engine's process answers what fails, driven without a process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from graphs import example, moons, wire
from working import Post, preview, train, value

from engine.data import DATASETS
from engine.data.dataset import Examples
from studio.document.document import Document
from studio.document.edits import RemoveWire, SetSetting
from studio.run.messages import (
    Ended,
    Previewed,
    Shutdown,
    Watch,
)
from studio.run.worker import Worker


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
