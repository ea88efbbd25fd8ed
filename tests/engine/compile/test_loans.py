"""Results that are given out without a copy: nobody's result changes under their hands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine as tf
from engine.compile.loans import LENT_BYTES

SIZE = LENT_BYTES // 4  # of a float32
X = np.arange(SIZE, dtype=np.float32)


def memory(tensor: Any) -> int:
    return int(np.asarray(tensor).ctypes.data)


@pytest.mark.parametrize("size", [SIZE - 1, SIZE], ids=["copied", "lent"])
def test_results_of_all_calls_stay_as_they_are(size: int) -> None:
    twice = tf.function(lambda x: tf.exp(x * 0.0) * x * 2.0)
    x = tf.constant(X[:size])
    results = [x := twice(x) for _ in range(5)]
    for i, result in enumerate(results):
        assert np.array_equal(result, X[:size] * 2 ** (i + 1))
    assert len({memory(r) for r in results}) == 5


def test_memory_is_used_again_when_nobody_has_it() -> None:
    twice = tf.function(lambda x: x * 2.0)
    x = tf.constant(X)
    first = memory(twice(x))
    assert all(memory(twice(x)) == first for _ in range(3)), "nobody has the results"
    places = set()
    for _ in range(20):
        x = twice(x * 0.5)
        places.add(memory(x))
    assert len(places) <= 3, "one is read while the other is written"


@pytest.mark.parametrize(
    "view", [lambda t: np.asarray(t)[5:9], lambda t: memoryview(np.asarray(t)), lambda t: np.from_dlpack(t.numpy())]
)
def test_a_part_of_a_result_holds_it(view: Any) -> None:
    twice = tf.function(lambda x: x * 2.0)
    part = view(twice(tf.constant(X)))
    before = np.array(part)
    for _ in range(3):
        twice(tf.constant(X + 1))
    assert np.array_equal(part, before)


def test_a_result_and_its_reshape_are_both_results() -> None:
    @tf.function
    def both(x: Any) -> Any:
        y = x * 2.0
        return y, tf.reshape(y, [2, -1]), y

    for scale in (1, 2, 3):
        y, shaped, again = both(tf.constant(X * scale))
        del y
        both(tf.constant(X * 7))
        assert np.array_equal(np.ravel(shaped), X * scale * 2)
        del shaped
        both(tf.constant(X * 7))
        assert np.array_equal(again, X * scale * 2)


def test_what_is_an_argument_or_constant_is_copied() -> None:
    x = tf.constant(X)
    same = tf.function(lambda x: (tf.reshape(x, [-1]), tf.constant(X) + 0.0))
    result, constant = same(x)
    assert memory(result) != memory(x)
    assert np.array_equal(result, X)
    assert np.array_equal(constant, X)


@given(st.lists(st.sampled_from(["call", "drop", "feed", "slice"]), min_size=1, max_size=12), st.data())
def test_any_order_of_calls(order: list[str], data: Any) -> None:
    step = tf.function(lambda x, k: (x + k, tf.reshape(x * k, [4, -1])))
    held: list[tuple[Any, np.ndarray]] = [(tf.constant(X), X)]
    for number, what in enumerate(order):
        place = data.draw(st.integers(0, len(held) - 1))
        value, expected = held[place]
        if what == "drop" and len(held) > 1:
            del held[place]
        elif what == "slice":
            held.append((tf.constant(np.asarray(value).ravel()), expected))
        else:
            k = np.float32(number + 1)
            total, product = step(tf.reshape(value, [-1]), tf.constant(k))
            held.append((total, expected + k))
            if what == "feed":
                held.append((tf.reshape(product, [-1]), expected * k))
        del value
    for value, expected in held:
        assert np.array_equal(value, expected)
