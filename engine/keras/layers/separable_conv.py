"""Separable convolutional layers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.depthwise_conv import Depthwise
from engine.keras.layers.fields import (
    PADDINGS,
    activation_field,
    constraint_field,
    data_format_field,
    initializer_field,
    regularizer_field,
)
from engine.ops.windows import LAYOUTS


class Separable(Depthwise):
    """Base of the separable convolutional layers."""

    filters: int = param(help="Number of the output's channels.", min=1)
    kernel_size: tuple[int, ...] = param(help="Size of a window, along all axes or along each.", min=1)
    strides: tuple[int, ...] = param((1,), "Elements from a window to the next, along all axes or each.", min=1)
    padding: str = param("valid", "Whether zeros are added around, so that the size is kept.", choices=PADDINGS)
    data_format: str | None = data_format_field()
    dilation_rate: tuple[int, ...] = param((1,), "Elements from one of a window to the next of it.", min=1)
    depth_multiplier: int = param(1, "Filters of each channel.", min=1)
    activation: Any = activation_field()
    use_bias: bool = param(True, "Add a number to each channel that is learned.")
    depthwise_initializer: Any = initializer_field("glorot_uniform", "First values of the depthwise kernel.")
    pointwise_initializer: Any = initializer_field("glorot_uniform", "First values of the pointwise kernel.")
    bias_initializer: Any = initializer_field("zeros", "First values of the bias.")
    depthwise_regularizer: Any = regularizer_field("Cost of the depthwise kernel.")
    pointwise_regularizer: Any = regularizer_field("Cost of the pointwise kernel.")
    bias_regularizer: Any = regularizer_field("Cost of the bias.")
    depthwise_constraint: Any = constraint_field("Bounds of the depthwise kernel.")
    pointwise_constraint: Any = constraint_field("Bounds of the pointwise kernel.")
    bias_constraint: Any = constraint_field("Bounds of the bias.")

    def channels_out(self, channels: int) -> int:
        return self.filters

    def add_kernels(self, channels: int) -> None:
        super().add_kernels(channels)
        self.pointwise_kernel = self.add_weight(
            (1,) * self.count + (channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            name="pointwise_kernel",
        )

    def filtered(self, inputs: Any) -> Any:
        return OPS[f"conv{self.count}d"].apply(
            super().filtered(inputs),
            self.pointwise_kernel,
            **{"stride" if self.count == 1 else "strides": (1,)},
            padding="VALID",
            data_format=LAYOUTS[self.count],
            dilations=(1,),
        )


class SeparableConv1D(Separable):
    """Depthwise convolution over sequences, then a product that mixes the channels.

    Shapes: (batch, steps, channels) → (batch, steps, filters).

    Examples
    --------
    >>> import engine as tf
    >>> SeparableConv1D(6, 3)(tf.ones([2, 10, 4])).shape
    TensorShape([2, 8, 6])
    """

    count = 1


class SeparableConv2D(Separable):
    """Depthwise convolution over images, then a product that mixes the channels.

    Shapes: (batch, height, width, channels) → (batch, height, width, filters).

    Examples
    --------
    >>> import engine as tf
    >>> SeparableConv2D(6, 3, padding="same")(tf.ones([2, 8, 8, 4])).shape
    TensorShape([2, 8, 8, 6])
    """

    count = 2
