"""The team: every part is done once, by whoever has time, and nobody is waited for who has not begun."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

from engine.compile import machine
from engine.compile.native import native
from engine.compile.score import Score
from engine.compile.scratch import Workplace
from engine.compile.team import capacity, use_threads
from engine.core.dtype import Array
from engine.core.op import Scratch

OPTIONS = {"nogil": True, "error_model": "numpy"}


def count(part, parts, turns, counts, own, total):
    own[0] = part  # another thread that had the same memory would be seen below
    for _ in range(turns):
        own[1] += own[0]
    if own[0] != part or counts[part] < 0:
        raise IndexError
    counts[part] += 1


def gather(parts, counts, total):
    for part in range(parts):
        total[0] += counts[part]


@pytest.fixture(scope="module")
def entry() -> int:
    """Return the address of a kernel that counts how often each part is done, and then adds that up."""
    parameters = {
        "parts": "int64",
        "turns": "int64",
        "counts": "int64[::1]",
        "own": "int64[::1]",
        "total": "int64[::1]",
    }
    count.__module__ = "trenza_kernels.k_count"
    return machine.load(native(parameters, own=("own",), **OPTIONS)(count, gather))


def count_before(turns, own, counts):
    own[0] = turns
    counts[0] += own[0]


class Work:
    """A kernel with arguments of its own."""

    def __init__(self, entry: int, parts: int, turns: int = 50) -> None:
        self.counts, self.total = np.zeros(max(parts, 1), np.int64), np.zeros(1, np.int64)
        arguments = [parts, turns, self.counts, Scratch(2, np.int64), self.total]
        self.workplace = Workplace([arguments])
        self.score = Score([entry], [1])
        self.score.write(0, self.workplace.furnish(arguments), {})

    @property
    def shares(self) -> list[int]:
        """How much each thread has counted."""
        apart = self.workplace.nbytes // capacity()
        return [int(self.workplace._memory[k * apart :][8:16].view(np.int64)[0]) for k in range(capacity())]

    def run(self) -> Any:
        """Run it; return which step failed, if one did."""
        return self.score.play(0, 1)


@pytest.fixture(autouse=True)
def _all_threads() -> None:
    use_threads(capacity())


@pytest.mark.parametrize("parts", [0, 1, 2, 3, 16, 100])
def test_every_part_is_done_once(entry: int, parts: int) -> None:
    work = Work(entry, parts)
    for _ in range(500):
        assert work.run() is None
    assert work.counts[:parts].tolist() == [500] * parts
    assert work.total[0] == parts * sum(range(501)), "the next stage comes when all parts are done"


def until_all_have_helped(work: Work, pause: float) -> None:
    """Run work until every thread has done a part."""
    end = time.monotonic() + 30
    while not all(work.shares):
        assert time.monotonic() < end, "a thread has never helped"
        time.sleep(pause)
        work.run()


@pytest.mark.parametrize("pause", [0.0, 0.005])
def test_all_threads_help_those_that_sleep_too(pause: float, entry: int) -> None:
    work = Work(entry, 8, turns=100_000)
    until_all_have_helped(work, pause)
    assert len(set(work.counts.tolist())) == 1


def test_a_thread_chooses_for_itself_how_many_help_it(entry: int) -> None:
    alone, together = Work(entry, 8, turns=20_000), Work(entry, 8, turns=20_000)
    ended = threading.Event()

    def work_alone() -> None:
        use_threads(1)
        while not ended.is_set():
            alone.run()

    thread = threading.Thread(target=work_alone)
    thread.start()
    until_all_have_helped(together, 0.0)
    ended.set()
    thread.join()
    assert alone.shares[0] > 0
    assert not any(alone.shares[1:])


def test_what_is_done_once_has_memory_of_its_own_too() -> None:
    count_before.__module__ = "trenza_kernels.k_before"
    parameters = {"turns": "int64", "own": "int64[::1]", "counts": "int64[::1]"}
    score = Score([machine.load(native(parameters, own=("own",), **OPTIONS)(count_before))], [1])
    counts, workplace = np.zeros(1, np.int64), Workplace([[Scratch(1, np.int64)]])
    score.write(0, workplace.furnish([7, Scratch(1, np.int64), counts]), {})
    assert score.play(0, 1) is None
    assert counts[0] == workplace._memory[:8].view(np.int64)[0] == 7


def test_a_stage_may_come_twice() -> None:
    parameters = {"turns": "int64", "own": "int64[::1]", "counts": "int64[::1]"}
    count_before.__module__ = "trenza_kernels.k_twice"
    score = Score([machine.load(native(parameters, **OPTIONS)(count_before, count_before))], [1])
    counts = np.zeros(1, np.int64)
    score.write(0, [7, np.zeros(1, np.int64), counts], {})
    score.play(0, 1)
    assert counts[0] == 14


def test_several_may_have_work_at_a_time(entry: int) -> None:
    works = [Work(entry, 16) for _ in range(4)]

    def run(work: Work) -> None:
        for _ in range(2000):
            work.run()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [work.counts.tolist() for work in works] == [[2000] * 16] * 4


def test_a_part_that_fails_is_told_and_the_others_are_done(entry: int) -> None:
    work = Work(entry, 16)
    work.counts[5] = -1
    assert work.run() == (0, 1)
    assert work.counts.tolist() == [1] * 5 + [-1] + [1] * 10
    assert work.total[0] == 0, "the next stage is left out"
    work.counts[5] = 0
    assert work.run() is None


def test_steps_run_side_by_side(entry: int) -> None:
    works = [Work(entry, 4) for _ in range(5)]
    score = Score([entry] * 5, [2, 3])
    workplace = Workplace([[Scratch(2, np.int64)]])
    for number, work in enumerate(works):
        score.write(number, workplace.furnish([4, 50, work.counts, Scratch(2, np.int64), work.total]), {})
    for _ in range(1000):
        assert score.play(0, 2) is None
    assert [work.counts.tolist() for work in works] == [[1000] * 4] * 5
    works[3].counts[1] = -1
    assert score.play(0, 2) == (2, 5), "one of the second three"


def test_results_are_the_same_on_more_threads_than_there_may_be(entry: int) -> None:
    use_threads(1000)
    work = Work(entry, 16)
    work.run()
    assert work.counts.tolist() == [1] * 16


def test_two_threads_may_be_the_first_to_compute() -> None:
    program = """
import threading
import numpy as np
import engine as tf
x = np.ones((300, 300), np.float32)
start, found = threading.Barrier(2), []
def first():
    f = tf.function(lambda x: tf.reduce_sum(tf.matmul(x, x)))
    start.wait()
    found.append(float(f(x)))
threads = [threading.Thread(target=first) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(found)
"""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
        assert done.stdout == "[27000000.0, 27000000.0]\n", done.stderr


def test_threads_without_work_sleep() -> None:
    program = """
import time
import numpy as np
import engine as tf
from engine.compile import machine
x = np.ones((300, 300), np.float32)
f = tf.function(lambda x: tf.reduce_sum(tf.exp(x)))
for _ in range(50): f(x)
time.sleep(0.2)
begin = time.process_time()
time.sleep(1)
print(machine.system(), time.process_time() - begin)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    system, seconds = done.stdout.split()
    assert system != "nowhere"
    assert float(seconds) < 0.2


def test_a_program_may_end_while_threads_look_out_for_work() -> None:
    program = """
import numpy as np
import engine as tf
x = np.ones((300, 300), np.float32)
f = tf.function(lambda x: tf.reduce_sum(tf.exp(x)))
for _ in range(50): f(x)
"""
    for _ in range(3):
        assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


@pytest.mark.parametrize("way", ["x86", "aarch64", "other"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32", "nowhere"])
def test_the_words_for_every_system_are_llvm(system: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    processors = {"x86": "x86_64", "aarch64": "aarch64", "other": "riscv64"}
    monkeypatch.setattr(machine, "system", lambda: system)
    monkeypatch.setattr(machine, "IS_X86", way == "x86")
    monkeypatch.setattr(machine.platform, "machine", lambda: processors[way])
    machine.binding.parse_assembly(machine._text()).verify()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_that_was_forked_computes_alone() -> None:
    program = """
import os, warnings
import numpy as np
import engine as tf
from engine.compile.team import use_threads
warnings.simplefilter("ignore")
f = tf.function(lambda x: tf.reduce_sum(tf.exp(x)))
x = np.ones((1000, 1000), np.float32)
use_threads(2)
before = [float(f(x)) for _ in range(8)]
child = os.fork()
if child == 0:
    os._exit(0 if float(f(x)) == before[0] else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "0\n", done.stderr


def test_a_worker_has_memory_of_its_own() -> None:
    workplace = Workplace([[Scratch(3, np.float32), 1], [Scratch(5, np.float64), Scratch(1, np.int8)]])
    first, second = workplace.furnish([Scratch(5, np.float64), Scratch(1, np.int8)])
    assert (first.array.shape, first.array.dtype, second.array.shape) == ((5,), np.float64, (1,))
    assert first.apart == second.apart == 128, "a line of the cache for each"
    assert _address(second.array) - _address(first.array) == 64
    assert _address(first.array) % 64 == 0


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])
