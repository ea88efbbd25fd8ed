"""Convolutional layers."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras.layers.fields import PADDINGS, as_floats, known_size, of_rank
from engine.keras.layers.weights import add_bias, add_declared, finished
from engine.keras.layers.windowed import Filtering
from engine.ops.windows import LAYOUTS


class Conv(Filtering, after={"groups": "dilation_rate"}):
    """Base of the layers whose outputs are sums over windows of the inputs."""

    groups: int = param(1, "Groups of channels that are filtered apart.", min=1)

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
        kernel = (*self.along_axes("kernel_size"), channels // self.groups, self.filters)
        self.kernel = add_declared(self, "kernel", kernel)
        self.bias = add_bias(self, self.filters)

    def call(self, inputs: Any) -> Any:
        outputs = OPS[f"conv{self.count}d"].apply(
            as_floats(self, inputs),
            self.kernel,
            **{"stride" if self.count == 1 else "strides": self.strides},
            padding=self.padding.upper(),
            data_format=LAYOUTS[self.count],
            dilations=self.dilation_rate,
        )
        return finished(self, outputs)


class Conv1D(Conv, after={"padding": "strides"}):
    """Convolution over sequences: y[t] = activation(Σ x[t + k] · kernel[k] + bias).

    With padding "causal" no output depends on later inputs. The kernel is (kernel_size, channels, filters).

    Shapes: (batch, steps, channels) → (batch, steps, filters), with fewer steps if padding is "valid" or strides > 1.

    Examples
    --------
    >>> import engine as tf
    >>> Conv1D(8, 3, padding="causal")(tf.ones([2, 10, 4])).shape
    TensorShape([2, 10, 8])
    """

    padding: str = param(
        "valid", "Whether zeros are added around, so that the size is kept.", choices=(*PADDINGS, "causal")
    )

    count = 1


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
