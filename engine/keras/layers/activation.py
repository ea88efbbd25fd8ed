"""An activation function as a layer of its own."""

from __future__ import annotations

from typing import Any

from engine.core.param import param
from engine.keras import activations
from engine.keras.layers.layer import Layer


class Activation(Layer):
    """An activation function, applied element by element (softmax: along the last axis).

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> Activation("relu")(tf.constant([-1.0, 2.0])).numpy()
    array([0., 2.], dtype=float32)
    """

    activation: Any = param(help="The function.", kind="choice", choices=activations.ACTIVATIONS, objects=True)

    def call(self, inputs: Any) -> Any:
        return activations.get(self.activation)(inputs)
