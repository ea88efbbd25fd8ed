"""Scaling of inputs."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.layer import Layer


class Rescaling(Layer):
    """Inputs times a factor, plus a number: scale·inputs + offset.

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> Rescaling(0.5, offset=1.0)(tf.constant([2.0])).numpy()
    array([2.], dtype=float32)
    """

    scale: float = param(help="The factor.")
    offset: float = param(0.0, "The number.")

    def call(self, inputs: Any) -> Any:
        return OPS["cast"](inputs, dtype=self.dtype) * self.scale + self.offset
