"""Separable convolutional layers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.depthwise_conv import Depthwise
from engine.keras.layers.fields import constraint_field, initializer_field, regularizer_field
from engine.keras.layers.weights import add_declared
from engine.ops.windows import LAYOUTS


class Separable(
    Depthwise,
    after={
        "depth_multiplier": "dilation_rate",
        "depthwise_initializer": "use_bias",
        "pointwise_initializer": "depthwise_initializer",
        "depthwise_regularizer": "bias_initializer",
        "pointwise_regularizer": "depthwise_regularizer",
        "depthwise_constraint": "bias_regularizer",
        "pointwise_constraint": "depthwise_constraint",
    },
):
    """Base of the separable convolutional layers."""

    filters: int = param(help="Number of the output's channels.", min=1)
    depthwise_initializer: Any = initializer_field("glorot_uniform", "First values of the depthwise kernel.")
    pointwise_initializer: Any = initializer_field("glorot_uniform", "First values of the pointwise kernel.")
    depthwise_regularizer: Any = regularizer_field("Cost of the depthwise kernel.")
    pointwise_regularizer: Any = regularizer_field("Cost of the pointwise kernel.")
    depthwise_constraint: Any = constraint_field("Bounds of the depthwise kernel.")
    pointwise_constraint: Any = constraint_field("Bounds of the pointwise kernel.")

    def channels_out(self, channels: int) -> int:
        return self.filters

    def add_kernels(self, channels: int) -> None:
        super().add_kernels(channels)
        kernel = (*(1,) * self.count, channels * self.depth_multiplier, self.filters)
        self.pointwise_kernel = add_declared(self, "pointwise", kernel, "pointwise_kernel")

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
