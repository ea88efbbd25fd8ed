"""Functions with a gradient of their own: the same gradient eagerly, in a trace, and from outside of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as tf

WAYS = pytest.mark.parametrize("way", [lambda f: f, tf.function], ids=["eager", "compiled"])
Way = Callable[[Any], Any]


@tf.custom_gradient
def rounded(x: Any) -> Any:
    kept = tf.sigmoid(x)
    return tf.round(x), lambda upstream: upstream * kept


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


@WAYS
def test_the_rule_is_the_gradient(way: Way) -> None:
    x = tf.constant([0.3, 1.7])
    function = way(lambda x: tf.reduce_sum(rounded(x) * x))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    assert float(y) == pytest.approx(3.4)
    np.testing.assert_allclose(tape.gradient(y, x), [0.3 * sigmoid(0.3), 2 + 1.7 * sigmoid(1.7)], rtol=1e-6)


@WAYS
def test_a_tape_inside_finds_it_too(way: Way) -> None:
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = rounded(x)
        return tape.gradient(y, x)

    np.testing.assert_allclose(way(slope)(tf.constant([0.3])), [sigmoid(0.3)], rtol=1e-6)


@WAYS
def test_variables_and_several_results(way: Way) -> None:
    w = tf.Variable(2.0)

    @tf.custom_gradient
    def pair(x: Any, z: Any) -> Any:
        def slopes(dy: Any, dx: Any, variables: Any = None) -> Any:
            assert [v is w for v in variables] == [True]
            return (dy * 10.0, None), [dx * 100.0]

        return (x * w, x + z), slopes

    x, z = tf.constant(3.0), tf.constant(5.0)
    with tf.GradientTape() as tape:
        tape.watch([x, z])
        a, b = way(lambda x, z: pair(x, z))(x, z)
        y = a + b * 7.0
    found = tape.gradient(y, [x, z, w])
    assert (float(a), float(b)) == (6.0, 8.0)
    assert found[1] is None or float(found[1]) == 0.0
    assert (float(found[0]), float(found[2])) == (10.0, 700.0)
