"""Feeding: what is gathered is what NumPy would take, of every dtype; of data that is gone nothing stays."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import engine as tf
from engine.compile.feed import Feed
from engine.compile.team import capacity, use_threads
from engine.core.dtype import DTYPES

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", sorted(set(DTYPES) - {"string"}))
@pytest.mark.parametrize("shape", [(), (3,), (4, 5, 6)])
def test_it_gathers_what_numpy_takes(dtype: str, shape: tuple[int, ...]) -> None:
    data = (RNG.random((50, *shape)) * 100).astype(DTYPES[dtype].as_numpy_dtype)
    batch = np.zeros((8, *shape), data.dtype)
    feed = Feed([data], [batch])
    for _ in range(3):
        index = RNG.integers(0, 50, 8)
        feed(index)
        np.testing.assert_array_equal(batch, data[index])


def test_threads_share_what_is_large() -> None:
    data = RNG.random((1000, 50, 50), dtype=np.float32)
    batch = np.zeros((256, 50, 50), np.float32)
    feed, index = Feed([data], [batch]), RNG.permutation(1000)[:256]
    for threads in (1, capacity()):
        use_threads(threads)
        batch[...] = 0
        feed(index)
        np.testing.assert_array_equal(batch, data[index])


def test_what_is_read_only_is_not_copied() -> None:
    data = np.arange(12.0).reshape(4, 3)
    data.flags.writeable = False
    batch = np.zeros((2, 3))
    Feed([data], [batch])(np.array([3, 1]))
    assert batch.tolist() == [[9, 10, 11], [3, 4, 5]]


def test_a_position_outside_is_refused() -> None:
    with pytest.raises(IndexError, match="9"):
        Feed([np.zeros((4, 3))], [np.zeros((2, 3))])(np.array([0, 9]))


def test_a_model_keeps_no_data_and_no_plan_for_each_size_of_it() -> None:
    keras = tf.keras
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer="sgd", loss="mse")
    for size in (64, 96, 128):
        x = RNG.random((size, 3), dtype=np.float32)
        model.fit(x, np.zeros((size, 2), np.float32), batch_size=32, verbose=0)
        assert model.predict(x, batch_size=32, verbose=0).shape == (size, 2)
        gone = weakref.ref(x)
        del x
        gc.collect()
        assert gone() is None
    assert [len(runner._ready) for runner in model._runners.values()] == [1, 1]
