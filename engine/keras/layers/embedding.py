"""Embedding: vectors for whole numbers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras.layers.fields import constraint_field, initializer_field, regularizer_field
from engine.keras.layers.layer import Layer
from engine.keras.layers.masking import attach
from engine.keras.layers.weights import add_declared


class Embedding(Layer):
    """Replaces whole numbers, such as the words of a text, by vectors that are learned: y = embeddings[x].

    With `mask_zero` the number 0 stands for "nothing": recurrent layers that come next skip it.

    Shapes: (batch, …) → (batch, …, output_dim).

    Examples
    --------
    >>> import engine as tf
    >>> Embedding(1000, 8)(tf.constant([[4, 2, 0]])).shape
    TensorShape([1, 3, 8])
    """

    input_dim: int = param(help="How many numbers there are; the largest is one less.", min=1)
    output_dim: int = param(help="Size of the vectors.", min=1)
    embeddings_initializer: Any = initializer_field("random_uniform", "First values of the vectors.")
    embeddings_regularizer: Any = regularizer_field("Cost of the vectors.")
    embeddings_constraint: Any = constraint_field("Bounds of the vectors.")
    mask_zero: bool = param(False, "Whether 0 stands for nothing, which recurrent layers skip.")

    def build(self, input_shape: TensorShape) -> None:
        self.embeddings = add_declared(self, "embeddings", (self.input_dim, self.output_dim))

    def call(self, inputs: Any) -> Any:
        if inputs.dtype.name not in ("int32", "int64"):
            inputs = OPS["cast"](inputs, dtype="int32")
        outputs = OPS["gather"](self.embeddings, inputs)
        return attach(outputs, self.compute_mask(inputs))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where the inputs are not 0, if that stands for nothing."""
        return OPS["not_equal"](inputs, 0) if self.mask_zero else None
