"""Threads: BLAS stays on one, and plans go back to one where others keep the processors busy."""

from __future__ import annotations

import numpy as np
import pytest
import threadpoolctl

import engine as tf
from engine.runtime import threads
from engine.runtime.threads import Governor, available, narrow_blas, release_blas


def _sizes() -> set[int]:
    return {p["num_threads"] for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"}


def test_every_pool_is_narrowed_and_given_back() -> None:
    assert available() >= 1
    narrow_blas()
    assert _sizes() == {1}
    release_blas()
    assert _sizes() == {available()}


def test_pools_that_are_loaded_later_are_narrowed_too() -> None:
    narrow_blas()
    large = tf.constant(np.ones((400, 400), np.float32))
    tf.function(lambda x: tf.matmul(x, x))(large)  # its kernel calls the BLAS of SciPy
    tf.function(lambda x: x + 1.0)(large)
    assert _sizes() == {1}


class _Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(threads, "time", clock)
    return clock


def _tried(most: int, seconds: float) -> Governor:
    governor = Governor(most)
    for _ in range(Governor.TRIALS):
        assert governor.threads() == 1
        governor.note(1, seconds)
    return governor


def test_a_plan_runs_on_all_threads_once_it_is_known_how_long_one_takes(clock: _Clock) -> None:
    governor = _tried(2, 1e-3)
    for _ in range(5):
        assert governor.threads() == 2
        governor.note(2, 6e-4)
    assert _tried(1, 1e-3).threads() == 1


def test_a_plan_that_is_kept_waiting_goes_back_to_one_thread_for_longer_and_longer(clock: _Clock) -> None:
    governor = _tried(2, 1e-3)
    for pause in (0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0):
        clock.now += 1e-6
        assert governor.threads() == 2
        governor.note(2, 8e-3)
        clock.now += 0.9 * pause
        assert governor.threads() == 1
        clock.now += 0.2 * pause
    for _ in range(100):
        assert governor.threads() == 2
        governor.note(2, 6e-4)
        clock.now += 0.1
    while governor.threads() == 2:
        governor.note(2, 8e-3)
    clock.now += 0.06
    assert governor.threads() == 2, "after a quiet time the first pause is short again"


def test_what_was_gained_makes_up_for_being_held_up_now_and_then(clock: _Clock) -> None:
    governor = _tried(2, 2e-4)
    for _ in range(20):
        for _ in range(400):
            assert governor.threads() == 2
            governor.note(2, 1.7e-4)
        governor.note(2, 8e-3)
    held_up = 0
    while governor.threads() == 2:
        governor.note(2, 8e-3)
        held_up += 1
    assert held_up <= 3, "but not for long"


def test_one_run_that_was_held_up_is_made_up_for_by_the_others(clock: _Clock) -> None:
    governor = _tried(2, 1e-3)
    for _ in range(20):
        for seconds in (3e-3, *[6e-4] * 5):
            clock.now += seconds
            assert governor.threads() == 2
            governor.note(2, seconds)


def test_runs_that_are_all_a_little_slower_are_too_slow(clock: _Clock) -> None:
    governor = _tried(2, 1e-3)
    for _ in range(30):
        assert governor.threads() == 2
        governor.note(2, 1.2e-3)
        clock.now += 1e-3
        if governor.threads() == 1:
            return
    raise AssertionError("it stays on all threads")
