"""Transposed convolutional layers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import Dim, TensorShape
from engine.keras.layers.fields import PADDINGS, as_floats, known_size, of_rank
from engine.keras.layers.weights import add_bias, add_declared, finished
from engine.keras.layers.windowed import Filtering
from engine.ops.windows import LAYOUTS


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


class ConvTranspose(Filtering, after={"strides": "kernel_size", "padding": "strides", "output_padding": "padding"}):
    """Base of the transposed convolutional layers."""

    strides: tuple[int, ...] = param((1,), "How many times larger the output is, along all axes or each.", min=1)
    padding: str = param("valid", "Whether the output is cut to strides times the size.", choices=PADDINGS)
    output_padding: tuple[int, ...] | None = param(None, "Elements more along each axis.", kind="ints", min=0)

    def build(self, input_shape: TensorShape) -> None:
        of_rank(self, input_shape, self.count + 2)
        kernel = (*self.along_axes("kernel_size"), self.filters, known_size(self, input_shape))
        self.kernel = add_declared(self, "kernel", kernel)
        self.bias = add_bias(self, self.filters)

    def call(self, inputs: Any) -> Any:
        kernel, strides, dilations = map(self.along_axes, ("kernel_size", "strides", "dilation_rate"))
        extra: tuple[int | None, ...] = (None,) * self.count
        if self.output_padding is not None:
            extra = self.along_axes("output_padding")
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
        return finished(self, outputs)


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
