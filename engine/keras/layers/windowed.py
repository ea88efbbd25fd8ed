"""What convolutional layers have in common."""

from __future__ import annotations

from typing import Any

from engine.core.param import param
from engine.keras.layers.fields import (
    PADDINGS,
    activation_field,
    constraint_field,
    data_format_field,
    initializer_field,
    regularizer_field,
)
from engine.keras.layers.layer import Layer
from engine.ops.windows import per_axis


class Windowed(Layer):
    """Base of all convolutional layers: windows that slide over axes, a bias, an activation."""

    kernel_size: tuple[int, ...] = param(help="Size of a window, along all axes or along each.", min=1)
    strides: tuple[int, ...] = param((1,), "Elements from a window to the next, along all axes or each.", min=1)
    padding: str = param("valid", "Whether zeros are added around, so that the size is kept.", choices=PADDINGS)
    data_format: str | None = data_format_field()
    dilation_rate: tuple[int, ...] = param((1,), "Elements from one of a window to the next of it.", min=1)
    activation: Any = activation_field()
    use_bias: bool = param(True, "Add a number to each channel that is learned.")
    bias_initializer: Any = initializer_field("zeros", "First values of the bias.")
    bias_regularizer: Any = regularizer_field("Cost of the bias.")
    bias_constraint: Any = constraint_field("Bounds of the bias.")

    #: Number of axes that the windows slide over.
    count = 0

    def along_axes(self, name: str) -> tuple[int, ...]:
        """Return what a field of this name says for each of these axes."""
        return per_axis(name, getattr(self, name), self.count)


class Filtering(
    Windowed,
    after={
        "kernel_initializer": "use_bias",
        "kernel_regularizer": "bias_initializer",
        "kernel_constraint": "bias_regularizer",
    },
):
    """Base of those whose filters take all channels."""

    filters: int = param(help="Number of filters, and so of the output's channels.", min=1)
    kernel_initializer: Any = initializer_field("glorot_uniform", "First values of the kernel.")
    kernel_regularizer: Any = regularizer_field("Cost of the kernel.")
    kernel_constraint: Any = constraint_field("Bounds of the kernel.")
