"""Gated recurrent unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.recurrent import Recurrent


class GRU(
    Recurrent, after={"activation": "units", "recurrent_activation": "activation", "reset_after": "go_backwards"}
):
    """Gated recurrent unit: z decides how much of the state is kept, r what of it the next one is made of.

    z, r = σ(x · kernel + h · recurrent_kernel + bias), h = z · h + (1 - z) · h̃, where h̃ is tanh of the sum in which r
    scales the product of the state (`reset_after`) or the state. The columns of the weights are those of z, r, h̃.
    A masked step hands its state on. Source: Cho and others, arXiv:1406.1078.

    Shapes: (batch, steps, features) → (batch, units), or (batch, steps, units) with `return_sequences`.

    Examples
    --------
    >>> import engine as tf
    >>> GRU(4, return_sequences=True)(tf.ones([2, 5, 3])).shape
    TensorShape([2, 5, 4])
    """

    activation: str = param("tanh", "Function of what the state is made of.", choices=("tanh",))
    recurrent_activation: str = param("sigmoid", "Function of the gates.", choices=("sigmoid",))
    reset_after: bool = param(True, "Let r work on the product of the state, not on the state.")

    gates = 3

    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def run(self, inputs: Any, states: Sequence[Any], bias: Any, mask: Any) -> tuple[Any, list[Any]]:
        weights = (self.kernel, self.recurrent_kernel, bias)
        outputs, _ = OPS["gru"].apply(inputs, *states, *weights, mask, reset_after=self.reset_after)
        return outputs, [outputs]
