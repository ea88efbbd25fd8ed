"""Depthwise and separable convolutional layers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras.layers.fields import (
    as_floats,
    constraint_field,
    initializer_field,
    known_size,
    of_rank,
    regularizer_field,
)
from engine.keras.layers.weights import add_bias, add_declared, finished
from engine.keras.layers.windowed import Windowed
from engine.ops.windows import LAYOUTS, per_axis


def depthwise(inputs: Any, kernel: Any, strides: Any, padding: str, dilations: Any) -> Any:
    """Return the depthwise convolution over images, or over sequences as images of one line."""
    count = len(inputs.shape) - 2
    strides, dilations = per_axis("strides", strides, count), per_axis("dilation_rate", dilations, count)
    if count == 1:
        inputs, kernel = OPS["expand_dims"](inputs, 1), OPS["expand_dims"](kernel, 0)
        strides, dilations = strides * 2, (1, *dilations)
    outputs = OPS["depthwise_conv2d"].apply(
        inputs, kernel, strides=strides, padding=padding.upper(), data_format=LAYOUTS[2], dilations=dilations
    )
    return OPS["squeeze"](outputs, [1]) if count == 1 else outputs


class Depthwise(
    Windowed,
    after={
        "depth_multiplier": "padding",
        "depthwise_initializer": "use_bias",
        "depthwise_regularizer": "bias_initializer",
        "depthwise_constraint": "bias_regularizer",
    },
):
    """Base of the depthwise convolutional layers."""

    depth_multiplier: int = param(1, "Filters of each channel.", min=1)
    depthwise_initializer: Any = initializer_field("glorot_uniform", "First values of the kernel.")
    depthwise_regularizer: Any = regularizer_field("Cost of the kernel.")
    depthwise_constraint: Any = constraint_field("Bounds of the kernel.")

    def build(self, input_shape: TensorShape) -> None:
        of_rank(self, input_shape, self.count + 2)
        channels = known_size(self, input_shape)
        self.add_kernels(channels)
        self.bias = add_bias(self, self.channels_out(channels))

    def channels_out(self, channels: int) -> int:
        """Return the number of channels of the output."""
        return channels * self.depth_multiplier

    def add_kernels(self, channels: int) -> None:
        """Make the kernel."""
        kernel = (*self.along_axes("kernel_size"), channels, self.depth_multiplier)
        self.depthwise_kernel = add_declared(self, "depthwise", kernel, "kernel")

    def filtered(self, inputs: Any) -> Any:
        """Return the convolution without bias and activation."""
        return depthwise(inputs, self.depthwise_kernel, self.strides, self.padding, self.dilation_rate)

    def call(self, inputs: Any) -> Any:
        return finished(self, self.filtered(as_floats(self, inputs)))


class DepthwiseConv1D(Depthwise):
    """Convolution over sequences with filters of its own for each channel.

    The kernel is (kernel_size, channels, depth_multiplier).

    Shapes: (batch, steps, channels) → (batch, steps, channels · depth_multiplier).

    Examples
    --------
    >>> import engine as tf
    >>> DepthwiseConv1D(3, depth_multiplier=2)(tf.ones([2, 10, 4])).shape
    TensorShape([2, 8, 8])
    """

    count = 1


class DepthwiseConv2D(Depthwise):
    """Convolution over images with filters of its own for each channel.

    The kernel is (height, width, channels, depth_multiplier).

    Shapes: (batch, height, width, channels) → (batch, height, width, channels · depth_multiplier).

    Examples
    --------
    >>> import engine as tf
    >>> DepthwiseConv2D(3, padding="same")(tf.ones([2, 8, 8, 4])).shape
    TensorShape([2, 8, 8, 4])
    """

    count = 2
