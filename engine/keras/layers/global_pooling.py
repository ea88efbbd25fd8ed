"""Global pooling layers: one number for each channel."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.fields import as_floats, data_format_field, of_rank
from engine.keras.layers.layer import Layer


class GlobalPooling(Layer):
    """Base of the global pooling layers."""

    data_format: str | None = data_format_field()
    keepdims: bool = param(False, "Keep the pooled axes with size 1.")

    count = 0
    what = ""

    def call(self, inputs: Any) -> Any:
        of_rank(self, inputs.shape, self.count + 2)
        axes = tuple(range(1, self.count + 1))
        return OPS[self.what].apply(as_floats(self, inputs), axis=axes, keepdims=self.keepdims)


class GlobalMaxPooling1D(GlobalPooling):
    """The largest element of each channel of a sequence.

    Shapes: (batch, steps, channels) → (batch, channels).

    Examples
    --------
    >>> import engine as tf
    >>> GlobalMaxPooling1D()(tf.constant([[[1.0], [3.0], [2.0]]])).numpy()
    array([[3.]], dtype=float32)
    """

    count, what = 1, "reduce_max"


class GlobalMaxPooling2D(GlobalPooling):
    """The largest element of each channel of an image.

    Shapes: (batch, height, width, channels) → (batch, channels).

    Examples
    --------
    >>> import engine as tf
    >>> GlobalMaxPooling2D()(tf.ones([2, 7, 7, 16])).shape
    TensorShape([2, 16])
    """

    count, what = 2, "reduce_max"


class GlobalMaxPooling3D(GlobalPooling):
    """The largest element of each channel of a volume.

    Shapes: (batch, depth, height, width, channels) → (batch, channels).

    Examples
    --------
    >>> import engine as tf
    >>> GlobalMaxPooling3D(keepdims=True)(tf.ones([1, 4, 4, 4, 2])).shape
    TensorShape([1, 1, 1, 1, 2])
    """

    count, what = 3, "reduce_max"


class GlobalAveragePooling1D(GlobalPooling):
    """The mean element of each channel of a sequence.

    Shapes: (batch, steps, channels) → (batch, channels).

    Examples
    --------
    >>> import engine as tf
    >>> GlobalAveragePooling1D()(tf.constant([[[1.0], [3.0], [2.0]]])).numpy()
    array([[2.]], dtype=float32)
    """

    count, what = 1, "reduce_mean"


class GlobalAveragePooling2D(GlobalPooling):
    """The mean element of each channel of an image.

    Shapes: (batch, height, width, channels) → (batch, channels).

    Examples
    --------
    >>> import engine as tf
    >>> GlobalAveragePooling2D()(tf.ones([2, 7, 7, 16])).shape
    TensorShape([2, 16])
    """

    count, what = 2, "reduce_mean"


class GlobalAveragePooling3D(GlobalPooling):
    """The mean element of each channel of a volume.

    Shapes: (batch, depth, height, width, channels) → (batch, channels).

    Examples
    --------
    >>> import engine as tf
    >>> GlobalAveragePooling3D()(tf.ones([1, 4, 4, 4, 2])).shape
    TensorShape([1, 2])
    """

    count, what = 3, "reduce_mean"
