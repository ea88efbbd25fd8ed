"""Draws of other distributions: their moments, their seeds, and the same numbers eagerly and compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as tf

COUNT = 20000
DRAWS: dict[str, Callable[[], Any]] = {
    "categorical": lambda: tf.random.categorical([[0.0, 1.0, -50.0]], 50),
    "gamma": lambda: tf.random.gamma([50], alpha=[0.5, 3.0]),
    "poisson": lambda: tf.random.poisson([50], lam=[0.5, 30.0]),
    "dropout": lambda: tf.nn.dropout(tf.ones([50]), 0.4),
    "stateless": lambda: tf.random.stateless_uniform([50], seed=[3, 4]),
}


@pytest.mark.parametrize("name", DRAWS)
def test_compiled_draws_are_the_eager_ones(name: str) -> None:
    tf.random.set_seed(5)
    eager = [DRAWS[name]().numpy() for _ in range(2)]
    tf.random.set_seed(5)
    function = tf.function(DRAWS[name])
    compiled = [function().numpy() for _ in range(2)]
    np.testing.assert_array_equal(eager, compiled)
    assert (name == "stateless") == np.array_equal(*eager)


def test_moments() -> None:
    tf.random.set_seed(1)
    gamma = tf.random.gamma([COUNT], alpha=[0.5, 3.0], beta=2.0).numpy()
    np.testing.assert_allclose(gamma.mean(0), [0.25, 1.5], rtol=0.05)
    np.testing.assert_allclose(gamma.var(0), [0.125, 0.75], rtol=0.1)
    poisson = tf.random.poisson([COUNT], lam=[0.5, 30.0], dtype="int32").numpy()
    np.testing.assert_allclose(poisson.mean(0), [0.5, 30.0], rtol=0.05)
    np.testing.assert_allclose(poisson.var(0), [0.5, 30.0], rtol=0.1)
    drawn = tf.random.categorical(np.log([[0.1, 0.6, 0.3]]), COUNT).numpy()
    np.testing.assert_allclose(np.bincount(drawn[0]) / COUNT, [0.1, 0.6, 0.3], atol=0.02)
    normal = tf.random.stateless_normal([COUNT], seed=[1, 2], mean=3.0, stddev=2.0).numpy()
    np.testing.assert_allclose([normal.mean(), normal.std()], [3.0, 2.0], rtol=0.05)


def test_dropout_shares_its_fate_along_axes_of_size_1() -> None:
    kept = tf.nn.dropout(tf.ones([100, 4]), 0.5, noise_shape=[None, 1]).numpy()
    assert all(len(set(row)) == 1 for row in kept)
    assert set(kept.ravel()) == {0.0, 2.0}


def test_a_seed_of_the_wrong_form_is_refused() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="two whole numbers"):
        tf.random.stateless_normal([2], seed=3)
