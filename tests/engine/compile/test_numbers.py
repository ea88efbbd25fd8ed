"""Compiled programs give the numbers that eager ones give, also where rearranged arithmetic would not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as tf

EXTREME = np.array([0.0, -0.0, 1.0, -2.5, 1e38, -3e38, 1e-30, np.inf, -np.inf, np.nan], np.float32)

PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "1/sqrt(x)": lambda x: 1.0 / tf.sqrt(x),
    "rsqrt": tf.math.rsqrt,
    "x/3e38": lambda x: x / 3e38,
    "(x+1e8)-1e8": lambda x: (x + 1e8) - 1e8,
    "x//0.1": lambda x: x // 0.1,
    "x%0.3": lambda x: x % 0.3,
    "5.3%x": lambda x: 5.3 % x,
    "x*1e30*1e-30": lambda x: x * 1e30 * 1e-30,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_extreme_numbers(name: str) -> None:
    x = tf.constant(EXTREME)
    eager, compiled = PROGRAMS[name](x), tf.function(PROGRAMS[name])(x)
    # plans flush what is below the smallest normal number to zero
    np.testing.assert_allclose(compiled.numpy(), eager.numpy(), rtol=1e-6, atol=1.2e-38)


def test_a_position_outside_is_refused_when_only_the_gradient_is_computed() -> None:
    @tf.function
    def slope(weights: Any, positions: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(weights)
            total = tf.reduce_sum(tf.gather(weights, positions))
        return tape.gradient(total, weights)

    weights = tf.zeros([8])
    assert slope(weights, tf.constant([3])).numpy()[3] == 1.0
    for wrong in (8, -1, 300_000_000):
        with pytest.raises(tf.errors.InvalidArgumentError, match="8"):
            slope(weights, tf.constant([wrong]))


def test_threads_may_share_a_function() -> None:
    product = tf.function(lambda x: tf.reduce_sum(tf.matmul(x, x) + x))
    wrong: list[float] = []

    def work(value: float) -> None:
        x = tf.fill([60, 60], value)
        expected = 60 * 60 * (60 * value * value + value)
        for _ in range(60):
            got = float(product(x))
            if abs(got - expected) > 1e-3 * expected:
                wrong.append(got)

    threads = [threading.Thread(target=work, args=(float(v),)) for v in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
