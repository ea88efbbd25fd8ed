"""The flattening layer."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.keras.layers.layer import Layer


class Flatten(Layer):
    """All axes but the batch as one.

    Shapes: (batch, a, b, …) → (batch, a·b·…).

    Examples
    --------
    >>> import engine as tf
    >>> Flatten()(tf.ones([2, 3, 4])).shape
    TensorShape([2, 12])
    """

    min_rank = 1

    def call(self, inputs: Any) -> Any:
        return OPS["flatten"].apply(inputs)
