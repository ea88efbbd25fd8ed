"""Functions of TensorFlow's that are compositions of ops."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.ops.gather import gather


def batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: float) -> Any:
    """Return (x - mean)/√(variance + variance_epsilon) · scale + offset; None stands for no scale or offset.

    Examples
    --------
    >>> import engine as tf
    >>> batch_normalization(tf.constant([1.0, 3.0]), tf.constant(2.0), tf.constant(1.0), None, None, 0.0).numpy()
    array([-1.,  1.], dtype=float32)
    """
    factor = OPS["rsqrt"](variance + variance_epsilon)
    if scale is not None:
        factor = factor * scale
    shift = -mean * factor if offset is None else offset - mean * factor
    return x * factor + shift


def embedding_lookup(params: Any, ids: Any) -> Any:
    """Return the rows of `params` at the positions `ids`.

    Examples
    --------
    >>> import engine as tf
    >>> embedding_lookup(tf.constant([[1.0], [2.0]]), tf.constant([1, 0, 1])).numpy().ravel()
    array([2., 1., 2.], dtype=float32)
    """
    return gather(params, ids)
