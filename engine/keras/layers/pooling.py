"""Pooling layers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.fields import PADDINGS, as_floats, data_format_field, of_rank
from engine.keras.layers.layer import Layer
from engine.ops.windows import LAYOUTS


class Pooling(Layer):
    """Base of the pooling layers."""

    pool_size: tuple[int, ...] = param((2,), "Size of a window, along all axes or along each.", min=1)
    strides: tuple[int, ...] | None = param(
        None, "Elements from a window to the next; none for windows side by side.", kind="ints", min=1
    )
    padding: str = param("valid", "Whether windows may reach over the border.", choices=PADDINGS)
    data_format: str | None = data_format_field()

    count = 0
    what = ""

    def call(self, inputs: Any) -> Any:
        of_rank(self, inputs.shape, self.count + 2)
        return OPS[f"{self.what}_pool{self.count}d"].apply(
            as_floats(self, inputs),
            ksize=self.pool_size,
            strides=self.strides,
            padding=self.padding.upper(),
            data_format=LAYOUTS[self.count],
        )


class MaxPooling1D(Pooling):
    """The largest element of windows over sequences, channel by channel.

    Shapes: (batch, steps, channels) → (batch, fewer steps, channels).

    Examples
    --------
    >>> import engine as tf
    >>> MaxPooling1D(2)(tf.constant([[[1.0], [3.0], [2.0], [0.0]]])).numpy().ravel()
    array([3., 2.], dtype=float32)
    """

    count, what = 1, "max"


class MaxPooling2D(Pooling):
    """The largest element of windows over images, channel by channel.

    Shapes: (batch, height, width, channels) → (batch, lower, narrower, channels).

    Examples
    --------
    >>> import engine as tf
    >>> MaxPooling2D()(tf.ones([2, 28, 28, 8])).shape
    TensorShape([2, 14, 14, 8])
    """

    count, what = 2, "max"


class MaxPooling3D(Pooling):
    """The largest element of windows over volumes, channel by channel.

    Shapes: (batch, depth, height, width, channels) → the same with smaller sizes.

    Examples
    --------
    >>> import engine as tf
    >>> MaxPooling3D()(tf.ones([1, 4, 4, 4, 2])).shape
    TensorShape([1, 2, 2, 2, 2])
    """

    count, what = 3, "max"


class AveragePooling1D(Pooling):
    """The mean element of windows over sequences, channel by channel.

    Shapes: (batch, steps, channels) → (batch, fewer steps, channels).

    Examples
    --------
    >>> import engine as tf
    >>> AveragePooling1D(2)(tf.constant([[[1.0], [3.0], [2.0], [0.0]]])).numpy().ravel()
    array([2., 1.], dtype=float32)
    """

    count, what = 1, "avg"


class AveragePooling2D(Pooling):
    """The mean element of windows over images, channel by channel.

    Shapes: (batch, height, width, channels) → (batch, lower, narrower, channels).

    Examples
    --------
    >>> import engine as tf
    >>> AveragePooling2D((2, 4))(tf.ones([2, 28, 28, 8])).shape
    TensorShape([2, 14, 7, 8])
    """

    count, what = 2, "avg"


class AveragePooling3D(Pooling):
    """The mean element of windows over volumes, channel by channel.

    Shapes: (batch, depth, height, width, channels) → the same with smaller sizes.

    Examples
    --------
    >>> import engine as tf
    >>> AveragePooling3D()(tf.ones([1, 4, 4, 4, 2])).shape
    TensorShape([1, 2, 2, 2, 2])
    """

    count, what = 3, "avg"
