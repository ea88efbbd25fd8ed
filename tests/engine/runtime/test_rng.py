"""Random numbers: the published answers, the same numbers eager and compiled, and the right distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from programs import on_threads
from scipy import stats

import engine as tf
from engine.ops.random import philox, words
from engine.runtime import rng

#: Known answers for Philox4x32-10: counter, key, and what they give (kat_vectors of the Random123 library).
ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


@pytest.mark.parametrize(("counter", "key", "answer"), ANSWERS)
def test_philox_gives_the_known_answers(counter: str, key: str, answer: str) -> None:
    counters = tuple(np.array([int(w, 16)], np.uint64) for w in counter.split())
    k0, k1 = (int(w, 16) for w in key.split())
    found = philox((k0, k1), counters)  # type: ignore[arg-type]
    assert [f"{int(w[0]):08x}" for w in found] == answer.split()


def test_words_are_a_prefix_of_longer_draws_and_differ_between_draws_and_keys() -> None:
    state = np.array([5, 1], np.int64)
    assert words(state, 3).tolist() == words(state, 10)[:3].tolist()
    others = [words(np.array(s, np.int64), 4).tolist() for s in ([5, 2], [6, 1], [-5, 1], [5, 2**40])]
    assert len({tuple(o) for o in [*others, words(state, 4).tolist()]}) == 5


DRAWS: dict[str, Any] = {
    "normal": lambda g: g.normal([3, 2]),
    "uniform": lambda g: g.uniform([5], -1.0, 2.0, "float64"),
    "integers": lambda g: g.uniform([5], -3, 9, "int32"),
    "truncated": lambda g: g.truncated_normal([5]),
    "shuffle": lambda g: g.shuffle(tf.range(10)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_gives_the_same_numbers_eager_and_compiled(name: str) -> None:
    draw = DRAWS[name]
    eager, compiled, other = (tf.random.Generator(s) for s in (7, 7, 8))
    step = tf.function(lambda: draw(compiled))
    seen = []
    for _ in range(3):
        a, b = draw(eager).numpy(), step().numpy()
        assert np.array_equal(a, b)
        seen.append(a.tolist())
    assert seen[0] != seen[1] != seen[2], "each draw moves on"
    assert draw(other).numpy().tolist() != seen[0]


@pytest.mark.parametrize("draw", [tf.random.normal, tf.random.uniform, tf.random.truncated_normal])
def test_the_global_seed_begins_everything_anew(draw: Any) -> None:
    def numbers() -> list[float]:
        tf.random.set_seed(3)
        found = [draw([2]), draw([2], seed=5), draw([2], seed=5), draw([2], seed=6)]
        return [float(f[0]) for f in found]

    first = numbers()
    assert first == numbers()
    assert len(set(first)) == 4


def test_new_seeds_follow_from_the_global_one() -> None:
    tf.random.set_seed(3)
    first = [rng.new_seed() for _ in range(3)]
    tf.random.set_seed(3)
    assert [rng.new_seed() for _ in range(3)] == first
    assert len(set(first)) == 3


@pytest.mark.parametrize(
    ("numbers", "distribution"),
    [
        (lambda g: g.uniform([20000]), stats.uniform()),
        (lambda g: g.uniform([20000], -2.0, 3.0, "float64"), stats.uniform(-2, 5)),
        (lambda g: g.normal([20000], 1.0, 2.0), stats.norm(1, 2)),
        (lambda g: g.truncated_normal([20000]), stats.truncnorm(-2, 2)),
    ],
)
def test_the_distributions_are_the_announced_ones(numbers: Any, distribution: Any) -> None:
    sample = numbers(tf.random.Generator(11)).numpy().astype(np.float64)
    assert stats.kstest(sample, distribution.cdf).pvalue > 0.01


def test_integers_are_even_and_within_their_bounds() -> None:
    sample = tf.random.Generator(2).uniform([60000], -2, 4, "int64").numpy()
    values, counts = np.unique(sample, return_counts=True)
    assert values.tolist() == [-2, -1, 0, 1, 2, 3]
    assert stats.chisquare(counts).pvalue > 0.01


def test_uniform_numbers_never_reach_one() -> None:
    assert float(tf.reduce_max(tf.random.Generator(0).uniform([1_000_000]))) < 1.0


def test_a_shuffle_keeps_every_slice() -> None:
    rows = tf.reshape(tf.range(20), [10, 2])
    found = tf.random.shuffle(rows, seed=1).numpy()
    assert sorted(found.tolist()) == rows.numpy().tolist()
    assert found.tolist() != rows.numpy().tolist()
    assert tf.random.shuffle(tf.zeros([0, 2])).shape == (0, 2)


def test_dropout_keeps_its_share_and_the_mean() -> None:
    x = tf.ones([100_000])
    found = tf.keras.layers.Dropout(0.3, seed=4)(x, training=True).numpy()
    assert np.unique(found).tolist() == pytest.approx([0.0, 1 / 0.7])
    assert found.mean() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.random.Generator("a"),
        lambda: tf.random.set_seed(1.5),
        lambda: tf.random.uniform([2], 1.0, 0.0),
        lambda: tf.random.uniform([2], dtype="int32"),
        lambda: tf.random.uniform([2], 0.5, 2.5, "int32"),
        lambda: tf.random.normal([2], stddev=-1.0),
        lambda: tf.random.normal([-2]),
        lambda: tf.random.normal([2], dtype="int32"),
        lambda: tf.random.shuffle(1.0),
    ],
)
def test_what_cannot_be_drawn_is_refused(make: Any) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError):
        make()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_dropout_mask_is_the_same_eager_and_compiled_on_any_number_of_threads(dtype: str) -> None:
    state, like = np.array([5, 7]), np.zeros((700, 301), dtype)  # large enough to be divided among threads
    eager = tf.raw_ops.dropout_mask(state, like, rate=0.3).numpy()
    assert abs((eager == 0).mean() - 0.3) < 0.01
    for (compiled,) in on_threads(lambda s, x: tf.raw_ops.dropout_mask(s, x, rate=0.3), state, like):
        np.testing.assert_array_equal(compiled, eager)
