"""Noise."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.layer import Layer
from engine.runtime import rng


class GaussianNoise(Layer):
    """Adds normally distributed noise while training, against overfitting.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> GaussianNoise(0.5)(tf.ones([2])).numpy()
    array([1., 1.], dtype=float32)
    """

    stddev: float = param(help="Standard deviation of the noise.", min=0)
    seed: int | None = param(None, "Seed; none takes one from the global generator.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._generator = rng.Generator(rng.new_seed() if self.seed is None else self.seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.stddev == 0:
            return inputs
        shape = OPS["shape"](inputs) if not inputs.shape.is_static else tuple(inputs.shape)
        return inputs + self._generator.normal(shape, 0.0, self.stddev, inputs.dtype)
