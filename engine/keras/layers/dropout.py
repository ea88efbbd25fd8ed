"""Dropout."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.layer import Layer
from engine.runtime import rng


class Dropout(Layer):
    """Sets a random share of the inputs to zero while training, and scales the others by 1/(1 - rate).

    So the expected sum stays the same. Outside of training it hands the input on. Source: Srivastava and others,
    "Dropout: a simple way to prevent neural networks from overfitting" (2014).

    Shapes: the output has the shape of the input.

    Examples
    --------
    >>> import engine as tf
    >>> Dropout(0.5)(tf.ones([3])).numpy()
    array([1., 1., 1.], dtype=float32)
    >>> sorted(set(Dropout(0.5, seed=1)(tf.ones([100]), training=True).numpy().tolist()))
    [0.0, 2.0]
    """

    rate: float = param(help="Share of the inputs to drop.", min=0, below=1)
    seed: int | None = param(None, "Seed; none takes one from the global generator.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._generator = rng.Generator(rng.new_seed() if self.seed is None else self.seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        mask = OPS["dropout_mask"].apply(self._generator.next_state(), inputs, rate=self.rate)
        return inputs * mask
