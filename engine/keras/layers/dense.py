"""The fully connected layer."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras.layers.fields import (
    activation_field,
    as_floats,
    constraint_field,
    initializer_field,
    known_size,
    regularizer_field,
)
from engine.keras.layers.layer import Layer
from engine.keras.layers.weights import add_bias, add_declared, finished


class Dense(Layer):
    """Fully connected layer: activation(inputs · kernel + bias).

    The kernel has shape (inputs, units) and works along the last axis; all axes before it are kept.

    Shapes: (batch, …, inputs) → (batch, …, units).

    Examples
    --------
    >>> import engine as tf
    >>> layer = Dense(2, activation="relu", kernel_initializer="ones")
    >>> layer(tf.constant([[1.0, 2.0, 3.0]])).numpy()
    array([[6., 6.]], dtype=float32)
    """

    units: int = param(help="Size of the output.", min=1)
    activation: Any = activation_field()
    use_bias: bool = param(True, "Add a vector that is learned.")
    kernel_initializer: Any = initializer_field("glorot_uniform", "First values of the kernel.")
    bias_initializer: Any = initializer_field("zeros", "First values of the bias.")
    kernel_regularizer: Any = regularizer_field("Cost of the kernel.")
    bias_regularizer: Any = regularizer_field("Cost of the bias.")
    kernel_constraint: Any = constraint_field("Bounds of the kernel.")
    bias_constraint: Any = constraint_field("Bounds of the bias.")
    min_rank = 2

    def build(self, input_shape: TensorShape) -> None:
        self.kernel = add_declared(self, "kernel", (known_size(self, input_shape), self.units))
        self.bias = add_bias(self, self.units)

    def call(self, inputs: Any) -> Any:
        if inputs.shape[-1] != self.kernel.shape[0]:
            raise InvalidArgumentError(
                "{layer} was built for inputs with a last axis of {wanted}, but got shape {shape}.",
                hint="Make a new layer for other inputs.",
                layer=self.name,
                wanted=self.kernel.shape[0],
                shape=inputs.shape,
            )
        outputs = OPS["matmul"].apply(as_floats(self, inputs), self.kernel, transpose_a=False, transpose_b=False)
        return finished(self, outputs)
