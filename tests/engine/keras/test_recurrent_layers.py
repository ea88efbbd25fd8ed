"""Recurrent layers: masks that travel from an embedding, states, dropout, a sequence that is learned."""

from __future__ import annotations

import numpy as np
import pytest

import engine as tf
from engine.core import errors
from engine.keras.layers.recurrent import Recurrent

WORDS = np.array([[3, 1, 2, 0, 0], [2, 2, 0, 1, 1]], np.int32)


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_an_embedding_tells_the_next_layer_what_to_skip(kind: str) -> None:
    cell = getattr(tf.keras.layers, kind)(3)
    entrance = tf.keras.Input((None,), dtype="int32")
    model = tf.keras.Sequential([entrance, tf.keras.layers.Embedding(5, 2, mask_zero=True), cell])
    whole = model(WORDS).numpy()
    shorter = model(np.array([[3, 1, 2]], np.int32)).numpy()
    np.testing.assert_allclose(whole[:1], shorter, rtol=1e-6, atol=1e-7)
    without = model(np.array([[2, 2, 1, 1]], np.int32)).numpy()
    np.testing.assert_allclose(whole[1:], without, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(tf.function(model)(WORDS).numpy(), whole, rtol=1e-6, atol=1e-7)


def test_a_mask_goes_with_its_tensor_and_passes_through_sequences() -> None:
    embedding = tf.keras.layers.Embedding(5, 2, mask_zero=True)
    first, second = tf.keras.layers.LSTM(3, return_sequences=True), tf.keras.layers.GRU(2)
    both = second(first(embedding(WORDS)))
    by_hand = second(first(embedding(WORDS), mask=WORDS != 0), mask=WORDS != 0)
    np.testing.assert_array_equal(both.numpy(), by_hand.numpy())


def test_states_continue_a_sequence() -> None:
    layer = tf.keras.layers.LSTM(3, return_state=True)
    x = np.linspace(-1, 1, 2 * 6 * 2, dtype=np.float32).reshape(2, 6, 2)
    whole = layer(x)
    _, h, c = layer(x[:, :4])
    rest = layer(x[:, 4:], initial_state=[h, c])
    for a, b in zip(whole, rest, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-6)


def test_dropout_is_one_mask_for_all_steps_and_only_in_training() -> None:
    layer = tf.keras.layers.SimpleRNN(4, activation="linear", dropout=0.5, seed=1, return_sequences=True)
    x = np.ones((8, 3, 4), np.float32)
    assert np.array_equal(layer(x).numpy(), layer(x).numpy())
    layer.set_weights([np.eye(4), np.zeros((4, 4)), np.zeros(4)])
    kept = layer(x, training=True).numpy()
    assert set(np.unique(kept)) == {0.0, 2.0}
    np.testing.assert_array_equal(kept[:, 0], kept[:, 2])


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_a_recurrent_layer_learns_which_half_is_larger(kind: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 6, 1)).astype(np.float32)
    y = (x[:, :3].sum((1, 2)) > x[:, 3:].sum((1, 2))).astype(np.int32)
    tf.random.set_seed(1)
    model = tf.keras.Sequential([getattr(tf.keras.layers, kind)(8), tf.keras.layers.Dense(2)])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=tf.keras.optimizers.Adam(0.02), loss=loss, metrics=["accuracy"])
    history = model.fit(x, y, batch_size=32, epochs=12, verbose=0)
    assert history.history["accuracy"][-1] > 0.9


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(errors.InvalidArgumentError, match="3 axes"):
        tf.keras.layers.LSTM(3)(np.ones((2, 3), np.float32))
    with pytest.raises(errors.InvalidArgumentError, match="recurrent layer"):
        tf.keras.layers.Bidirectional(tf.keras.layers.Dense(2))
    forward = tf.keras.layers.LSTM(3)
    with pytest.raises(errors.InvalidArgumentError, match="same direction"):
        tf.keras.layers.Bidirectional(forward, backward_layer=tf.keras.layers.LSTM(3))


def test_a_cell_that_says_no_step_is_told_what_to_define() -> None:
    class Cell(Recurrent):
        pass

    with pytest.raises(TypeError, match=r"Cell does not say how .* define run\("):
        Cell(2)(np.zeros((1, 2, 3), np.float32))
