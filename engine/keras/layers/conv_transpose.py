"""Transposed convolutional layers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import Dim, TensorShape
from engine.keras import activations
from engine.keras.layers.conv import Conv
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
from engine.ops.windows import LAYOUTS, per_axis


def transposed_size(size: Dim, kernel: int, stride: int, dilation: int, padding: str, extra: int | None) -> Dim:
    """Return the size of an axis after a transposed convolution, by Keras' rules.

    Examples
    --------
    >>> transposed_size(5, 3, 2, 1, "same", None), transposed_size(5, 3, 2, 1, "valid", None)
    (10, 11)
    """
    if size is None:
        return None
    reach = (kernel - 1) * dilation + 1
    if padding == "valid":
        return (size - 1) * stride + reach + (max(stride - reach, 0) if extra is None else extra)
    return size * stride if extra is None else (size - 1) * stride + reach % 2 + extra


class ConvTranspose(Conv):
    """Base of the transposed convolutional layers."""

    filters: int = param(help="Number of filters, and so of the output's channels.", min=1)
    kernel_size: tuple[int, ...] = param(help="Size of a window, along all axes or along each.", min=1)
    strides: tuple[int, ...] = param((1,), "How many times larger the output is, along all axes or each.", min=1)
    padding: str = param("valid", "Whether the output is cut to strides times the size.", choices=PADDINGS)
    output_padding: tuple[int, ...] | None = param(None, "Elements more along each axis.", kind="ints", min=0)
    data_format: str | None = data_format_field()
    dilation_rate: tuple[int, ...] = param((1,), "Elements from one of a window to the next of it.", min=1)
    activation: Any = activation_field()
    use_bias: bool = param(True, "Add a number to each channel that is learned.")
    kernel_initializer: Any = initializer_field("glorot_uniform", "First values of the kernel.")
    bias_initializer: Any = initializer_field("zeros", "First values of the bias.")
    kernel_regularizer: Any = regularizer_field("Cost of the kernel.")
    bias_regularizer: Any = regularizer_field("Cost of the bias.")
    kernel_constraint: Any = constraint_field("Bounds of the kernel.")
    bias_constraint: Any = constraint_field("Bounds of the bias.")

    def build(self, input_shape: TensorShape) -> None:
        of_rank(self, input_shape, self.count + 2)
        kernel = per_axis("kernel_size", self.kernel_size, self.count)
        self.add_kernel((*kernel, self.filters, known_size(self, input_shape)))
        self.add_bias()

    def call(self, inputs: Any) -> Any:
        kernel, strides, dilations = (
            per_axis(name, getattr(self, name), self.count) for name in ("kernel_size", "strides", "dilation_rate")
        )
        extra: tuple[int | None, ...] = (None,) * self.count
        if self.output_padding is not None:
            extra = per_axis("output_padding", self.output_padding, self.count)
        axes = range(1, self.count + 1)
        known = [known_size(self, inputs.shape, axis) for axis in axes]
        each = zip(known, kernel, strides, dilations, extra, strict=True)
        sizes = [transposed_size(n, k, s, d, self.padding, e) for n, k, s, d, e in each]
        outputs = OPS[f"conv{self.count}d_transpose"].apply(
            as_floats(self, inputs),
            self.kernel,
            output_shape=(-1, *sizes, self.filters),
            strides=strides,
            padding=self.padding.upper(),
            data_format=LAYOUTS[self.count],
            dilations=dilations,
        )
        if self.bias is not None:
            outputs = OPS["bias_add"].apply(outputs, self.bias)
        return activations.get(self.activation)(outputs)


# What a transposed convolution has no use for.
ConvTranspose.params = {name: p for name, p in ConvTranspose.params.items() if name != "groups"}


class Conv1DTranspose(ConvTranspose):
    """Transposed convolution over sequences: each step is spread over a window of the output.

    The kernel is (kernel_size, filters, channels).

    Shapes: (batch, steps, channels) → (batch, longer, filters); with padding "same" strides times as long.

    Examples
    --------
    >>> import engine as tf
    >>> Conv1DTranspose(3, 4, strides=2, padding="same")(tf.ones([2, 5, 8])).shape
    TensorShape([2, 10, 3])
    """

    count = 1


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution over images: each pixel is spread over a window of the output.

    The kernel is (height, width, filters, channels).

    Shapes: (batch, height, width, channels) → (batch, higher, wider, filters); with padding "same" strides times as
    large.

    Examples
    --------
    >>> import engine as tf
    >>> Conv2DTranspose(3, 3, strides=2, padding="same")(tf.ones([2, 7, 7, 8])).shape
    TensorShape([2, 14, 14, 3])
    """

    count = 2


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution over volumes: each voxel is spread over a window of the output.

    The kernel is (depth, height, width, filters, channels).

    Shapes: (batch, depth, height, width, channels) → (batch, deeper, higher, wider, filters); with padding "same"
    strides times as large.

    Examples
    --------
    >>> import engine as tf
    >>> Conv3DTranspose(2, 2, strides=2)(tf.ones([1, 3, 3, 3, 4])).shape
    TensorShape([1, 6, 6, 6, 2])
    """

    count = 3
