"""Batch normalisation."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras.layers.fields import as_floats, initializer_field, known_size
from engine.keras.layers.normalization import Normalising
from engine.ops.composed import batch_normalization
from engine.ops.declare import axes_of


class BatchNormalization(
    Normalising,
    after={"moving_mean_initializer": "gamma_initializer", "moving_variance_initializer": "moving_mean_initializer"},
):
    """Standardises each channel: gamma · (x - mean)/√(variance + epsilon) + beta.

    While training, mean and variance are those of the batch, and the moving ones follow:
    moving = moving · momentum + batch · (1 - momentum). Otherwise, and if the layer is not trainable, the moving ones
    are used. Source: Ioffe and Szegedy, arXiv:1502.03167.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer(tf.constant([[1.0], [3.0]]), training=True).numpy().ravel()
    array([-1.,  1.], dtype=float32)
    >>> layer.moving_mean.numpy()
    array([0.02], dtype=float32)
    """

    axis: int = param(-1, "Axis of the channels.")
    momentum: float = param(0.99, "Share of the moving mean and variance that is kept at each step.", min=0, max=1)
    moving_mean_initializer: Any = initializer_field("zeros", "First values of the moving mean.")
    moving_variance_initializer: Any = initializer_field("ones", "First values of the moving variance.")

    def build(self, input_shape: TensorShape) -> None:
        (axis,) = axes_of(self.axis, input_shape.rank)
        shape = (known_size(self, input_shape, axis),)
        self.add_gamma_and_beta(shape)
        self.moving_mean = self.add_weight(shape, self.moving_mean_initializer, trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        inputs = as_floats(self, inputs)
        rank = inputs.shape.rank
        (axis,) = axes_of(self.axis, rank)
        if axis == rank - 1:
            return self._normalised(inputs, training)
        there = (*(i for i in range(rank) if i != axis), axis)
        back = tuple(there.index(i) for i in range(rank))
        return OPS["transpose"](self._normalised(OPS["transpose"](inputs, there), training), back)

    def _normalised(self, inputs: Any, training: bool) -> Any:
        if not (training and self.trainable):
            mean, variance = self.moving_mean, self.moving_variance
            return batch_normalization(
                inputs, mean.read_value(), variance.read_value(), self.beta, self.gamma, self.epsilon
            )
        gamma, beta = self.gamma_and_beta(tuple(self.moving_mean.shape), inputs.dtype)
        outputs, mean, variance = OPS["fused_batch_norm"].apply(inputs, gamma, beta, epsilon=self.epsilon)
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            batch = OPS["stop_gradient"](batch)
            moving.assign(moving.read_value() * self.momentum + batch * (1.0 - self.momentum))
        return outputs
