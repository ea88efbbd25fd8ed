"""Parameters that many layers have, and what they check alike."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras import activations, constraints, initializers, regularizers

#: The words of Keras for the borders of windows, and those of the ops.
PADDINGS = ("valid", "same")


def activation_field(default: str | None = None, help: str = "Function of the output.") -> Any:
    """Declare an activation function."""
    return param(default, help, kind="choice", choices=activations.ACTIVATIONS, optional=True, objects=True)


def initializer_field(default: str, help: str) -> Any:
    """Declare the first values of a weight."""
    return param(default, help, kind="choice", choices=initializers.NAMES, objects=True)


def regularizer_field(help: str) -> Any:
    """Declare what a weight costs."""
    return param(None, help, kind="choice", choices=regularizers.NAMES, optional=True, objects=True)


def constraint_field(help: str) -> Any:
    """Declare the bounds of a weight."""
    return param(None, help, kind="choice", choices=constraints.NAMES, optional=True, objects=True)


def data_format_field() -> Any:
    """Declare the order of the axes, of which there is one."""
    return param(None, "Order of the axes: the channels are the last.", choices=("channels_last",), optional=True)


def known_size(layer: Any, shape: TensorShape, axis: int = -1) -> int:
    """Return the size of an axis on which the shapes of weights depend.

    Raises
    ------
    InvalidArgumentError
        If it is not known.
    """
    size: int | None = shape[axis]
    if size is None:
        raise InvalidArgumentError(
            "{layer} needs to know the size of axis {axis}, but the input has shape {shape}.",
            hint="Give the Input its shape.",
            layer=layer.name,
            axis=axis % shape.rank,
            shape=shape,
        )
    return size


def as_floats(layer: Any, inputs: Any) -> Any:
    """Return the inputs in the dtype of the layer: whole numbers, such as pixels, are taken as they are."""
    return inputs if inputs.dtype.is_floating else OPS["cast"].apply(inputs, dtype=layer.dtype)


def of_rank(layer: Any, shape: TensorShape, rank: int) -> None:
    """Refuse an input with another number of axes."""
    if shape.rank != rank:
        raise InvalidArgumentError(
            "{layer} takes inputs with {rank} axes, the batch and the channels among them, but got shape {shape}.",
            hint="Reshape the input, or use the layer for its number of axes.",
            layer=layer.name,
            rank=rank,
            shape=shape,
        )
