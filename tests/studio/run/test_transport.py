"""Large arrays go through shared memory, which is free again afterwards; nobody waits for a process that sleeps."""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.errors import UnavailableError
from studio.document.document import PortRef
from studio.run import transport
from studio.run.messages import Progress, Shutdown, TensorInfo, Watched
from studio.run.tensor_ref import TensorRef
from studio.run.transport import MAPPED_BYTES, SHARED_BYTES, Outbox, SharedArray, discard, pack, unpack

PORT = PortRef("a", "output")
SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    names: list[str] = []
    share = transport._share

    def noting(array: Any) -> SharedArray:
        names.append((shared := share(array)).name)
        return shared

    monkeypatch.setattr(transport, "_share", noting)
    yield
    assert not any((SHARED_MEMORY / name).exists() for name in names)


def watched(values: np.ndarray) -> Watched:
    return Watched(1, TensorRef.of(PORT), TensorInfo(values.shape, values.dtype.name, values.nbytes), values)


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(size=(64, 32, 32)),
        np.arange(SHARED_BYTES, dtype=np.uint8),
        np.arange(100_000, dtype=np.int32)[::2],
        np.asfortranarray(np.arange(90_000, dtype=np.float32).reshape(300, 300)),
        np.full(100_000, True),
    ],
    ids=["floats", "just large enough", "strided", "columns first", "truth"],
)
def test_a_large_array_travels_through_shared_memory(values: np.ndarray) -> None:
    packed = pack(watched(values))
    assert isinstance(packed.values, SharedArray)
    text = pickle.dumps(packed)
    assert len(text) < 1000
    again = unpack(pickle.loads(text)).values
    assert again.dtype == values.dtype
    assert np.array_equal(again, values)
    again[...] = 0  # a copy of one's own
    with pytest.raises(FileNotFoundError):
        packed.values.fetch()


@pytest.mark.parametrize("shape", [(), (0, 5), (10, 10)])
def test_a_small_array_stays_in_the_message(shape: tuple[int, ...]) -> None:
    message = watched(np.zeros(shape))
    assert pack(message) is message
    assert unpack(message) is message


def test_messages_without_arrays_are_left_alone() -> None:
    for message in (Shutdown(), Progress(1, 1, 0, np.arange(3), {"loss": np.zeros(3)}, 0.1), "text", None, TensorInfo):
        assert pack(message) is message
        assert unpack(message) is message


def test_what_nobody_wants_is_freed() -> None:
    packed = pack(watched(np.zeros(100_000)))
    discard(packed)
    with pytest.raises(FileNotFoundError):
        unpack(packed)
    discard(Shutdown())


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, Connection]]:
    here, there = multiprocessing.Pipe()
    yield here, there
    here.close()
    there.close()


def test_the_outbox_sends_in_order(pipe: tuple[Connection, Connection]) -> None:
    outbox = Outbox(pipe[0])
    for number in range(100):
        outbox.send(number)
    assert [pipe[1].recv() for _ in range(100)] == list(range(100))
    outbox.close(5)
    assert not outbox._thread.is_alive()


def test_nobody_waits_for_one_who_does_not_read(pipe: tuple[Connection, Connection]) -> None:
    outbox = Outbox(pipe[0])
    begin = time.perf_counter()
    for _ in range(20):
        outbox.send("x" * 1_000_000)
    assert time.perf_counter() - begin < 5, "the pipe is full after the first"
    outbox.close(0.01)
    assert outbox._thread.is_alive()
    pipe[1].close()
    outbox._thread.join(5)
    assert not outbox._thread.is_alive()


def test_a_huge_array_is_not_copied_and_its_memory_is_given_back() -> None:
    values = np.arange(MAPPED_BYTES // 4, dtype=np.float32).reshape(64, -1)
    message = pack(watched(values))
    name = message.values.name
    got = unpack(message).values
    part = got[3]
    assert name in Path("/proc/self/maps").read_text()
    np.testing.assert_array_equal(got, values)
    assert not got.flags.writeable
    assert not (SHARED_MEMORY / name).exists(), "nobody can forget it"
    del got
    np.testing.assert_array_equal(part, values[3])
    del part
    for thread in threading.enumerate():
        if thread.name == "memory":
            thread.join(10)
    assert name not in Path("/proc/self/maps").read_text()


def test_what_shared_memory_does_not_hold_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_free", lambda segment: 1000)
    before = set(SHARED_MEMORY.iterdir())
    with pytest.raises(UnavailableError, match="no shared memory left"):
        pack(watched(np.zeros(100_000)))
    assert set(SHARED_MEMORY.iterdir()) <= before, "nothing is left behind"


def test_memory_that_runs_out_while_it_is_filled_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_left(*_given: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transport.os, "pwrite", nothing_left)
    before = set(SHARED_MEMORY.iterdir())
    with pytest.raises(UnavailableError, match="no shared memory left"):
        pack(watched(np.zeros(100_000)))
    assert set(SHARED_MEMORY.iterdir()) <= before, "nothing is left behind"


def test_memory_that_takes_a_part_at_a_time_is_filled_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.pwrite
    monkeypatch.setattr(transport.os, "pwrite", lambda file, part, place: whole(file, part[:100_003], place))
    values = np.asfortranarray(np.arange(100_000.0).reshape(100, 1000))
    np.testing.assert_array_equal(unpack(pack(watched(values))).values, values)


def test_strings_do_not_travel_through_shared_memory() -> None:
    values = np.array(["a" * 100] * 2000, object)
    assert pack(watched(values)).values is values
