"""Rectifiers: activations with a bend."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras import initializers
from engine.keras.layers.layer import Layer


class ReLU(Layer):
    """Rectifier: the input above a threshold, a share of it below, and no more than a limit.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> ReLU(max_value=2.0)(tf.constant([-1.0, 1.0, 3.0])).numpy()
    array([0., 1., 2.], dtype=float32)
    """

    max_value: float | None = param(None, "Largest output.", min=0)
    negative_slope: float = param(0.0, "Slope below the threshold.", min=0)
    threshold: float = param(0.0, "Inputs below it are damped.", min=0)

    def call(self, inputs: Any) -> Any:
        if not self.threshold and not self.negative_slope:
            outputs = OPS["relu"].apply(inputs)
        else:
            low = self.negative_slope * (inputs - self.threshold)
            outputs = OPS["where"](OPS["less"](inputs, self.threshold), low, inputs)
        return outputs if self.max_value is None else OPS["minimum"](outputs, self.max_value)


class LeakyReLU(Layer):
    """Rectifier that lets a share of negative inputs through.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> LeakyReLU(0.5)(tf.constant([-1.0, 1.0])).numpy()
    array([-0.5,  1. ], dtype=float32)
    """

    negative_slope: float = param(0.3, "Slope below zero.", min=0)

    def call(self, inputs: Any) -> Any:
        return OPS["leaky_relu"](inputs, alpha=self.negative_slope)


class ELU(Layer):
    """Rectifier that bends smoothly to a floor: x above zero, alpha·(eˣ - 1) below.

    Source: Clevert and others, arXiv:1511.07289.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> ELU(2.0)(tf.constant([-100.0, 1.0])).numpy()
    array([-2.,  1.], dtype=float32)
    """

    alpha: float = param(1.0, "How far below zero the floor is.", min=0)

    def call(self, inputs: Any) -> Any:
        below = self.alpha * OPS["expm1"](OPS["minimum"](inputs, 0.0))
        return OPS["where"](OPS["greater"](inputs, 0.0), inputs, below)


class PReLU(Layer):
    """Rectifier that learns its slope below zero, for each element of an example.

    Source: He and others, arXiv:1502.01852.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> PReLU(alpha_initializer="ones")(tf.constant([[-1.0, 1.0]])).numpy()
    array([[-1.,  1.]], dtype=float32)
    """

    alpha_initializer: Any = param(
        "zeros", "First values of the slopes.", kind="choice", choices=initializers.NAMES, objects=True
    )
    min_rank = 2

    def build(self, input_shape: Any) -> None:
        self.alpha = self.add_weight(input_shape[1:], self.alpha_initializer, name="alpha")

    def call(self, inputs: Any) -> Any:
        return OPS["relu"].apply(inputs) - self.alpha * OPS["relu"].apply(-inputs)


class Softmax(Layer):
    """Exponentials that add up to 1 along an axis: eˣ / Σ eˣ.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> Softmax()(tf.constant([[1.0, 1.0]])).numpy()
    array([[0.5, 0.5]], dtype=float32)
    """

    axis: int = param(-1, "Along which axis.")

    def call(self, inputs: Any) -> Any:
        return OPS["softmax"](inputs, axis=self.axis)
