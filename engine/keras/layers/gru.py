"""Gated recurrent unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.fields import constraint_field, initializer_field, regularizer_field
from engine.keras.layers.recurrent import Recurrent


class GRU(Recurrent):
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

    units: int = param(help="Size of the state.", min=1)
    activation: str = param("tanh", "Function of what the state is made of.", choices=("tanh",))
    recurrent_activation: str = param("sigmoid", "Function of the gates.", choices=("sigmoid",))
    use_bias: bool = param(True, "Add a vector that is learned.")
    kernel_initializer: Any = initializer_field("glorot_uniform", "First values of the kernel of the inputs.")
    recurrent_initializer: Any = initializer_field("orthogonal", "First values of the kernel of the state.")
    bias_initializer: Any = initializer_field("zeros", "First values of the bias.")
    kernel_regularizer: Any = regularizer_field("Cost of the kernel of the inputs.")
    recurrent_regularizer: Any = regularizer_field("Cost of the kernel of the state.")
    bias_regularizer: Any = regularizer_field("Cost of the bias.")
    kernel_constraint: Any = constraint_field("Bounds of the kernel of the inputs.")
    recurrent_constraint: Any = constraint_field("Bounds of the kernel of the state.")
    bias_constraint: Any = constraint_field("Bounds of the bias.")
    dropout: float = param(0.0, "Share of the inputs to drop while training.", min=0, below=1)
    seed: int | None = param(None, "Seed of the dropout; none takes one from the global generator.")
    return_sequences: bool = param(False, "Return the outputs of all steps, not of the last alone.")
    return_state: bool = param(False, "Return the last states, too.")
    go_backwards: bool = param(False, "Go through the steps from the last to the first.")
    reset_after: bool = param(True, "Let r work on the product of the state, not on the state.")
    zero_output_for_mask: bool = param(False, "Return zeros for steps that are masked.")

    gates = 3

    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def run(self, inputs: Any, states: Sequence[Any], bias: Any, mask: Any) -> tuple[Any, list[Any]]:
        weights = (self.kernel, self.recurrent_kernel, bias)
        outputs, _ = OPS["gru"].apply(inputs, *states, *weights, mask, reset_after=self.reset_after)
        return outputs, [outputs]
