"""Layer normalisation."""

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
    regularizer_field,
)
from engine.keras.layers.layer import Layer
from engine.ops.declare import axes_of


class LayerNormalization(Layer):
    """Standardises each example: gamma · (x - mean)/√(variance + epsilon) + beta.

    Mean and variance are those over `axis`, which has an element of gamma and beta for each position. Source: Ba and
    others, arXiv:1607.06450.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> LayerNormalization(epsilon=0.0)(tf.constant([[1.0, 3.0], [10.0, 30.0]])).numpy()
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    axis: Any = param(-1, "Axis, or axes, over which mean and variance are taken.", kind="axes")
    epsilon: float = param(0.001, "Added to the variance, so that it is never 0.", min=0)
    center: bool = param(True, "Add beta, which is learned.")
    scale: bool = param(True, "Multiply by gamma, which is learned.")
    beta_initializer: Any = initializer_field("zeros", "First values of beta.")
    gamma_initializer: Any = initializer_field("ones", "First values of gamma.")
    beta_regularizer: Any = regularizer_field("Cost of beta.")
    gamma_regularizer: Any = regularizer_field("Cost of gamma.")
    beta_constraint: Any = constraint_field("Bounds of beta.")
    gamma_constraint: Any = constraint_field("Bounds of gamma.")
    min_rank = 2

    def build(self, input_shape: TensorShape) -> None:
        shape = tuple(known_size(self, input_shape, a) for a in axes_of(self.axis, input_shape.rank))
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                name="beta",
            )

    def call(self, inputs: Any) -> Any:
        inputs = as_floats(self, inputs)
        axes = axes_of(self.axis, inputs.shape.rank)
        sizes = [inputs.shape[a] for a in axes]
        gamma = OPS["fill"](sizes, 1.0, inputs.dtype) if self.gamma is None else self.gamma
        beta = OPS["fill"](sizes, 0.0, inputs.dtype) if self.beta is None else self.beta
        if axes == (inputs.shape.rank - 1,):
            return OPS["layer_norm"].apply(inputs, gamma, beta, epsilon=self.epsilon)
        mean, variance = OPS["moments"].apply(inputs, axes=axes, keepdims=True)
        shape = [inputs.shape[a] if a in axes else 1 for a in range(inputs.shape.rank)]
        normal = (inputs - mean) * OPS["rsqrt"](variance + self.epsilon)
        return normal * OPS["reshape"](gamma, shape) + OPS["reshape"](beta, shape)
