"""What is known of a value before the program runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.op import as_arrays
from engine.core.quiet import quietly
from engine.core.spec import TensorSpec
from engine.graph.graph import Node, Value

Lookup = Callable[[Value], Array | None]

#: What is computed beforehand may have this many elements; beyond, it costs more memory than it saves time.
MOST_ELEMENTS: Final = 4096


def known(value: Value) -> Array | None:
    """Return the array that a constant holds; None for other values."""
    return np.asarray(value.node.attrs["value"]) if value.node.op.name == "constant" else None


def known_results(node: Node, lookup: Lookup) -> tuple[Array, ...] | None:
    """Return the outputs of a node if `lookup` knows all that they depend on, else None.

    Of an operand that only lends its shape nothing else has to be known. Large results are not computed.
    """
    if node.op.stateful or node.op.name == "placeholder" or not all(_is_small(s) for s in node.specs):
        return None
    arrays: list[Array] = []
    for i, value in enumerate(node.inputs):
        array = lookup(value)
        if array is None and i in node.op.shape_only and value.spec.shape.is_static:
            shape = tuple(d for d in value.spec.shape if d is not None)
            array = np.broadcast_to(np.zeros((), value.spec.dtype.as_numpy_dtype), shape)
        if array is None:
            return None
        arrays.append(array)
    return tuple(np.asarray(a) for a in as_arrays(quietly(node.op.reference, *arrays, **node.attrs)))


def _is_small(spec: TensorSpec) -> bool:
    return spec.shape.is_static and math.prod(d or 0 for d in spec.shape) <= MOST_ELEMENTS


def static_value(value: Value, memo: dict[Value, Array | None] | None = None) -> Array | None:
    """Return what a value is known to be whatever the arguments are, such as the shape of a tensor; None if it isn't.

    >>> import engine as tf
    >>> @tf.function
    ... def halves(x):
    ...     return tf.reshape(x, [tf.shape(x)[0] // 2, 2])
    >>> halves(tf.range(6)).shape
    TensorShape([3, 2])
    """
    memo = {} if memo is None else memo
    if value not in memo:
        memo[value] = known(value)
        if memo[value] is None and (results := known_results(value.node, lambda v: static_value(v, memo))) is not None:
            memo[value] = results[value.index]
    return memo[value]
