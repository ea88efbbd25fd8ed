"""Functions whose sizes are open: one trace serves them all, with sizes as tensors, and with gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as tf

Program = Callable[[Any], Any]

#: Of a tensor with any number of rows, and four columns.
PROGRAMS: dict[str, Program] = {
    "reshape": lambda x: tf.reshape(x, [tf.shape(x)[0], -1, 1]),
    "reshape by a product": lambda x: tf.reshape(x, [-1, tf.shape(x)[1] * tf.shape(x)[0]]),
    "concat": lambda x: tf.concat([x, x * 2.0], 0),
    "squeeze": lambda x: tf.squeeze(tf.expand_dims(x, 1), 1),
    "zeros": lambda x: x + tf.zeros([tf.shape(x)[0], 1]),
    "fill": lambda x: x * tf.fill([tf.shape(x)[0], 1], 3.0),
    "broadcast_to": lambda x: tf.broadcast_to(x[:1], tf.shape(x)),
    "tile": lambda x: tf.tile(x[:1], [tf.shape(x)[0], 1]),
    "range": lambda x: x * tf.cast(tf.range(tf.shape(x)[0]), tf.float32)[:, None],
    "range with all its numbers": lambda x: x[0] * tf.cast(tf.range(1, 2 * tf.shape(x)[0], 2)[-1], tf.float32),
    "one_hot": lambda x: x * tf.one_hot(tf.range(tf.shape(x)[0]) % 4, 4),
    "an index": lambda x: x[tf.shape(x)[0] - 1],
    "an index from the end": lambda x: x[..., -(tf.shape(x)[0] % 4) - 1],
    "an index among others": lambda x: x[None, tf.shape(x)[0] // 2, 1:],
    "a slice": lambda x: x[: tf.shape(x)[0] // 2],
    "a slice with steps": lambda x: x[1 : tf.shape(x)[0] : 2, tf.shape(x)[1] - 2 :],
    "a slice from the end": lambda x: x[-(tf.shape(x)[0] - 1) :],
    "mean": lambda x: (x - tf.reduce_mean(x, 1, keepdims=True)) / tf.cast(tf.size(x), tf.float32),
    "product": lambda x: tf.matmul(x, x, transpose_a=True),
    "softmax": tf.nn.softmax,
    "transpose": tf.transpose,
    "pad": lambda x: tf.pad(x, [[1, 0], [0, 0]]),
    "split": lambda x: tf.split(x, 2, axis=1)[0],
    "scan": lambda x: tf.scan(lambda a, e: a * 0.5 + e, x),
    "mask": lambda x: tf.boolean_mask(x, x[:, 0] > 0.5) * 2.0,
    "mask of elements": lambda x: x[x > 0.5] * 2.0,
}


def _with_gradient(program: Program) -> Program:
    def both(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = program(x)
            total = tf.reduce_sum(y * y)
        return y, tape.gradient(total, x)

    return both


@pytest.mark.parametrize("name", PROGRAMS)
def test_one_trace_serves_all_sizes(name: str) -> None:
    both = _with_gradient(PROGRAMS[name])
    compiled = tf.function(both, input_signature=[tf.TensorSpec([None, 4])])
    for rows in (4, 2, 7):
        x = tf.constant(np.random.default_rng(rows).uniform(0.1, 1.0, (rows, 4)).astype(np.float32))
        for found, wanted in zip(compiled(x), both(x), strict=True):
            assert found.shape == wanted.shape
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    assert compiled.experimental_get_tracing_count() == 1


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda x: tf.reshape(x, tf.range(tf.shape(x)[0])), "vector of integers of known length"),
        (lambda x: tf.zeros([x[0, 0], 1.0]), "vector of integers of known length"),
        (lambda x: x[tf.shape(x)[0] :: -1], "cannot go backwards"),
    ],
)
def test_what_cannot_be_open_is_said(program: Program, words: str) -> None:
    compiled = tf.function(program, input_signature=[tf.TensorSpec([None, 4])])
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        compiled(tf.ones([2, 4]))


def test_sizes_that_do_not_fit_are_refused_when_they_come() -> None:
    compiled = tf.function(lambda x: tf.reshape(x, [tf.shape(x)[0] - 1, 4]), input_signature=[tf.TensorSpec([None, 4])])
    with pytest.raises(tf.errors.InvalidArgumentError, match="do not fit the shape"):
        compiled(tf.ones([3, 4]))
