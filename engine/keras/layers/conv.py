"""Convolutional layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras import activations
from engine.keras.layers.fields import (
    PADDINGS,
    activation_field,
    as_floats,
    constraint_field,
    data_format_field,
    initializer_field,
    known_size,
    of_rank,
    regularizer_field,
)
from engine.keras.layers.layer import Layer
from engine.ops.windows import LAYOUTS, per_axis


class Conv(Layer):
    """Base of the convolutional layers."""

    filters: int = param(help="Number of filters, and so of the output's channels.", min=1)
    kernel_size: tuple[int, ...] = param(help="Size of a window, along all axes or along each.", min=1)
    strides: tuple[int, ...] = param((1,), "Elements from a window to the next, along all axes or each.", min=1)
    padding: str = param("valid", "Whether zeros are added around, so that the size is kept.", choices=PADDINGS)
    data_format: str | None = data_format_field()
    dilation_rate: tuple[int, ...] = param((1,), "Elements from one of a window to the next of it.", min=1)
    groups: int = param(1, "Groups of channels that are filtered apart.", min=1)
    activation: Any = activation_field()
    use_bias: bool = param(True, "Add a number to each channel that is learned.")
    kernel_initializer: Any = initializer_field("glorot_uniform", "First values of the kernel.")
    bias_initializer: Any = initializer_field("zeros", "First values of the bias.")
    kernel_regularizer: Any = regularizer_field("Cost of the kernel.")
    bias_regularizer: Any = regularizer_field("Cost of the bias.")
    kernel_constraint: Any = constraint_field("Bounds of the kernel.")
    bias_constraint: Any = constraint_field("Bounds of the bias.")

    #: Number of axes that the windows slide over.
    count = 0

    def build(self, input_shape: TensorShape) -> None:
        of_rank(self, input_shape, self.count + 2)
        channels = known_size(self, input_shape)
        if channels % self.groups or self.filters % self.groups:
            raise InvalidArgumentError(
                "{layer} has {groups} groups, but {channels} channels and {filters} filters.",
                hint="Both must be multiples of the number of groups.",
                layer=self.name,
                groups=self.groups,
                channels=channels,
                filters=self.filters,
            )
        kernel = (*per_axis("kernel_size", self.kernel_size, self.count), channels // self.groups, self.filters)
        self.add_kernel(kernel)
        self.add_bias()

    def add_kernel(self, shape: tuple[int, ...]) -> None:
        """Make the kernel."""
        self.kernel = self.add_weight(
            shape,
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )

    def add_bias(self) -> None:
        """Make the bias, if there is one."""
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs: Any) -> Any:
        outputs = OPS[f"conv{self.count}d"].apply(
            as_floats(self, inputs),
            self.kernel,
            **{"stride" if self.count == 1 else "strides": self.strides},
            padding=self.padding.upper(),
            data_format=LAYOUTS[self.count],
            dilations=self.dilation_rate,
        )
        return self.finished(outputs)

    def finished(self, outputs: Any) -> Any:
        """Return the outputs with bias and activation."""
        if self.bias is not None:
            outputs = OPS["bias_add"].apply(outputs, self.bias)
        return activations.get(self.activation)(outputs)


class Conv1D(Conv):
    """Convolution over sequences: y[t] = activation(Σ x[t + k] · kernel[k] + bias).

    With padding "causal" no output depends on later inputs. The kernel is (kernel_size, channels, filters).

    Shapes: (batch, steps, channels) → (batch, steps, filters), with fewer steps if padding is "valid" or strides > 1.

    Examples
    --------
    >>> import engine as tf
    >>> Conv1D(8, 3, padding="causal")(tf.ones([2, 10, 4])).shape
    TensorShape([2, 10, 8])
    """

    count = 1


Conv1D.params = {**Conv.params, "padding": replace(Conv.params["padding"], choices=(*PADDINGS, "causal"))}


class Conv2D(Conv):
    """Convolution over images: y[i, j] = activation(Σ x[i + a, j + b] · kernel[a, b] + bias).

    The kernel is (height, width, channels, filters).

    Shapes: (batch, height, width, channels) → (batch, height, width, filters), smaller if padding is "valid" or
    strides > 1.

    Examples
    --------
    >>> import engine as tf
    >>> Conv2D(32, 3, activation="relu")(tf.ones([2, 28, 28, 1])).shape
    TensorShape([2, 26, 26, 32])
    """

    count = 2


class Conv3D(Conv):
    """Convolution over volumes: y[i, j, k] = activation(Σ x[i + a, j + b, k + c] · kernel[a, b, c] + bias).

    The kernel is (depth, height, width, channels, filters).

    Shapes: (batch, depth, height, width, channels) → (batch, depth, height, width, filters), smaller if padding is
    "valid" or strides > 1.

    Examples
    --------
    >>> import engine as tf
    >>> Conv3D(4, 3, padding="same")(tf.ones([1, 6, 6, 6, 2])).shape
    TensorShape([1, 6, 6, 6, 4])
    """

    count = 3
