"""What a tensor of truths takes between brackets: sizes that only a run knows."""

from __future__ import annotations

import engine as tf


def test_masks_take_elements_of_tensors_and_variables() -> None:
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v[v > 1.5] ** 2.0)
    assert v[v > 1.5].numpy().tolist() == [2.0, 3.0]
    assert tape.gradient(y, v).numpy().tolist() == [0.0, 4.0, 6.0]
    chosen = tf.function(lambda x: x[x > 1.5])
    assert chosen(v.read_value()).numpy().tolist() == [2.0, 3.0]
    assert chosen(tf.constant([5.0, 0.0, 0.0])).numpy().tolist() == [5.0]
