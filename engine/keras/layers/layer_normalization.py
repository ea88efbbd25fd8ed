"""Layer normalisation."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras.layers.fields import as_floats, known_size
from engine.keras.layers.normalization import Normalising
from engine.ops.declare import axes_of


class LayerNormalization(Normalising):
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

    def build(self, input_shape: TensorShape) -> None:
        shape = tuple(known_size(self, input_shape, a) for a in axes_of(self.axis, input_shape.rank))
        self.add_gamma_and_beta(shape)

    def call(self, inputs: Any) -> Any:
        inputs = as_floats(self, inputs)
        axes = axes_of(self.axis, inputs.shape.rank)
        gamma, beta = self.gamma_and_beta([inputs.shape[a] for a in axes], inputs.dtype)
        if axes == (inputs.shape.rank - 1,):
            return OPS["layer_norm"].apply(inputs, gamma, beta, epsilon=self.epsilon)
        mean, variance = OPS["moments"].apply(inputs, axes=axes, keepdims=True)
        shape = [inputs.shape[a] if a in axes else 1 for a in range(inputs.shape.rank)]
        normal = (inputs - mean) * OPS["rsqrt"](variance + self.epsilon)
        return normal * OPS["reshape"](gamma, shape) + OPS["reshape"](beta, shape)
