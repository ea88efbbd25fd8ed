"""Sums, means and counts."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from engine.core.dtype import float32, int32, int64
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.ops.declare import axes_of
from engine.runtime.eager import convert_to_tensor
from engine.runtime.shorthand.creation import scatter_nd


def add_n(inputs: Sequence[Any], name: str | None = None) -> Any:
    """Return the sum of a list of tensors.

    Examples
    --------
    >>> import engine as tf
    >>> float(add_n([tf.constant(1.0), tf.constant(2.0)]))
    3.0
    """
    if not isinstance(inputs, list | tuple) or not inputs:
        raise InvalidArgumentError(
            "inputs is {value}.", hint="It takes a list of tensors.", op="add_n", value=repr(inputs)
        )
    return functools.reduce(OPS["add"], map(convert_to_tensor, inputs))


def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the mean of the squared differences from the mean.

    Examples
    --------
    >>> float(reduce_variance([1.0, 3.0]))
    1.0
    """
    x = convert_to_tensor(input_tensor)
    return OPS["reduce_mean"](OPS["square"](x - OPS["reduce_mean"](x, axis, keepdims=True)), axis, keepdims)


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the square root of the variance.

    Examples
    --------
    >>> float(reduce_std([1.0, 3.0]))
    1.0
    """
    return OPS["sqrt"](reduce_variance(input_tensor, axis, keepdims))


def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the square root of the sum of the squares.

    Examples
    --------
    >>> float(reduce_euclidean_norm([3.0, 4.0]))
    5.0
    """
    return OPS["sqrt"](OPS["reduce_sum"](OPS["square"](input_tensor), axis, keepdims))


def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return log Σ eˣ, which overflows only where the result does.

    Examples
    --------
    >>> float(reduce_logsumexp([1000.0, 1000.0])) - 1000 < 0.694
    True
    """
    x = convert_to_tensor(input_tensor)
    top = OPS["stop_gradient"](OPS["reduce_max"](x, axis, keepdims=True))
    top = OPS["where"](OPS["is_finite"](top), top, OPS["zeros_like"](top))
    total = OPS["log"](OPS["reduce_sum"](OPS["exp"](x - top), axis, keepdims=True)) + top
    return total if keepdims else OPS["squeeze"](total, axis=axes_of(axis, len(x.shape)))


def count_nonzero(
    input: Any, axis: Any = None, keepdims: bool = False, dtype: Any = int64, name: str | None = None
) -> Any:
    """Return how many elements are not zero.

    Examples
    --------
    >>> int(count_nonzero([0, 1, 2]))
    2
    """
    x = convert_to_tensor(input)
    hits = x if x.dtype.is_bool else OPS["not_equal"](x, OPS["zeros_like"](x))
    return OPS["reduce_sum"](OPS["cast"](hits, dtype), axis, keepdims)


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """Return the share of elements that are zero.

    Examples
    --------
    >>> float(zero_fraction([0.0, 1.0]))
    0.5
    """
    x = convert_to_tensor(value)
    return OPS["reduce_mean"](OPS["cast"](OPS["equal"](x, OPS["zeros_like"](x)), float32))


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    weights: Any = None,
    dtype: Any = int32,
    name: str | None = None,
) -> Any:
    """Return how often each class (row) was taken for each (column).

    Examples
    --------
    >>> confusion_matrix([0, 1, 1], [0, 1, 0]).numpy().tolist()
    [[1, 0], [1, 1]]
    """
    labels, predictions = (OPS["cast"](v, int64) for v in (labels, predictions))
    if num_classes is None:
        top = OPS["maximum"](OPS["reduce_max"](labels), OPS["reduce_max"](predictions))
        num_classes = top.__index__() + 1
    count = OPS["ones_like"](labels, dtype) if weights is None else OPS["cast"](weights, dtype)
    pairs = OPS["stack"]([labels, predictions], axis=1)
    return scatter_nd(pairs, count, [num_classes, num_classes])
