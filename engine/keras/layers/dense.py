"""The fully connected layer."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras import activations, constraints, initializers, regularizers
from engine.keras.layers.layer import Layer


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
    activation: Any = param(
        None, "Function of the output.", kind="choice", choices=activations.ACTIVATIONS, optional=True, objects=True
    )
    use_bias: bool = param(True, "Add a vector that is learned.")
    kernel_initializer: Any = param(
        "glorot_uniform", "First values of the kernel.", kind="choice", choices=initializers.NAMES, objects=True
    )
    bias_initializer: Any = param(
        "zeros", "First values of the bias.", kind="choice", choices=initializers.NAMES, objects=True
    )
    kernel_regularizer: Any = param(
        None, "Cost of the kernel.", kind="choice", choices=regularizers.NAMES, optional=True, objects=True
    )
    bias_regularizer: Any = param(
        None, "Cost of the bias.", kind="choice", choices=regularizers.NAMES, optional=True, objects=True
    )
    kernel_constraint: Any = param(
        None, "Bounds of the kernel.", kind="choice", choices=constraints.NAMES, optional=True, objects=True
    )
    bias_constraint: Any = param(
        None, "Bounds of the bias.", kind="choice", choices=constraints.NAMES, optional=True, objects=True
    )
    min_rank = 2

    def build(self, input_shape: TensorShape) -> None:
        inputs = input_shape[-1]
        if inputs is None:
            raise InvalidArgumentError(
                "{layer} needs to know the size of the last axis, but the input has shape {shape}.",
                hint="Give the Input its shape.",
                layer=self.name,
                shape=input_shape,
            )
        self.kernel = self.add_weight(
            (inputs, self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs: Any) -> Any:
        if inputs.shape[-1] != self.kernel.shape[0]:
            raise InvalidArgumentError(
                "{layer} was built for inputs with a last axis of {wanted}, but got shape {shape}.",
                hint="Make a new layer for other inputs.",
                layer=self.name,
                wanted=self.kernel.shape[0],
                shape=inputs.shape,
            )
        if not inputs.dtype.is_floating:  # whole numbers, such as pixels, are taken as they are
            inputs = OPS["cast"].apply(inputs, dtype=self.kernel.dtype)
        outputs = OPS["matmul"].apply(inputs, self.kernel, transpose_a=False, transpose_b=False)
        if self.bias is not None:
            outputs = OPS["bias_add"].apply(outputs, self.bias)
        return activations.get(self.activation)(outputs)
