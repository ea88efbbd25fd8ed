"""Layers that give a tensor another shape."""

from __future__ import annotations

import math
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.layer import Layer


class Reshape(Layer):
    """The same elements in another shape, each example for itself.

    Shapes: (batch, …) → (batch, *target_shape).

    Examples
    --------
    >>> import engine as tf
    >>> Reshape((3, -1))(tf.ones([2, 12])).shape
    TensorShape([2, 3, 4])
    """

    target_shape: tuple[int, ...] = param(help="Shape of one example; one size may be -1, which follows.", min=-1)

    def call(self, inputs: Any) -> Any:
        batch = inputs.shape[0]
        sizes = list(self.target_shape)
        known = math.prod(d for d in inputs.shape[1:]) if inputs.shape[1:].is_static else None
        if batch is None and -1 in sizes and known is not None:
            rest = -math.prod(sizes)
            sizes[sizes.index(-1)] = known // rest if rest else 0
        if batch is None:
            return OPS["reshape"](inputs, [-1, *sizes])
        return OPS["reshape"](inputs, [batch, *sizes])


class Permute(Layer):
    """The axes of an example in another order.

    Shapes: (batch, a, b, …) → (batch, …), the axes as `dims` lists them, counted from 1.

    Examples
    --------
    >>> import engine as tf
    >>> Permute((2, 1))(tf.ones([2, 3, 4])).shape
    TensorShape([2, 4, 3])
    """

    dims: tuple[int, ...] = param(help="The axes in their new order, counted from 1 without the batch.", min=1)

    def call(self, inputs: Any) -> Any:
        return OPS["transpose"](inputs, perm=[0, *self.dims])


class RepeatVector(Layer):
    """Each example several times, along a new axis.

    Shapes: (batch, features) → (batch, n, features).

    Examples
    --------
    >>> import engine as tf
    >>> RepeatVector(3)(tf.ones([2, 4])).shape
    TensorShape([2, 3, 4])
    """

    n: int = param(help="How many times.", min=1)
    min_rank = 2

    def call(self, inputs: Any) -> Any:
        return OPS["tile"](OPS["expand_dims"](inputs, axis=1), [1, self.n, 1])
