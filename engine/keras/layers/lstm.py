"""Long short-term memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras import initializers
from engine.keras.layers.fields import constraint_field, initializer_field, regularizer_field
from engine.keras.layers.recurrent import Recurrent


class LSTM(Recurrent):
    """Long short-term memory: a cell c that gates write to, keep and read, step by step.

    i, f, o = σ(x · kernel + h · recurrent_kernel + bias), c̃ = tanh(…), c = f · c + i · c̃, h = o · tanh(c). The columns
    of the weights are those of i, f, c̃, o. A masked step hands its states on. Source: Hochreiter and
    Schmidhuber (1997).

    Shapes: (batch, steps, features) → (batch, units), or (batch, steps, units) with `return_sequences`.

    Examples
    --------
    >>> import engine as tf
    >>> LSTM(4)(tf.ones([2, 5, 3])).shape
    TensorShape([2, 4])
    >>> [t.shape for t in LSTM(4, return_sequences=True, return_state=True)(tf.ones([2, 5, 3]))]
    [TensorShape([2, 5, 4]), TensorShape([2, 4]), TensorShape([2, 4])]
    """

    units: int = param(help="Size of the states.", min=1)
    activation: str = param("tanh", "Function of the cell and of what is written to it.", choices=("tanh",))
    recurrent_activation: str = param("sigmoid", "Function of the gates.", choices=("sigmoid",))
    use_bias: bool = param(True, "Add a vector that is learned.")
    kernel_initializer: Any = initializer_field("glorot_uniform", "First values of the kernel of the inputs.")
    recurrent_initializer: Any = initializer_field("orthogonal", "First values of the kernel of the state.")
    bias_initializer: Any = initializer_field("zeros", "First values of the bias.")
    unit_forget_bias: bool = param(True, "Begin with 1 as the bias of the gate f, so that the cell is kept.")
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
    zero_output_for_mask: bool = param(False, "Return zeros for steps that are masked.")

    gates = 4
    states = 2

    def first_bias(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer

        def draw(shape: Sequence[int], dtype: Any) -> Any:
            given = initializers.get(self.bias_initializer)
            rest = given((2 * self.units,), dtype)
            return OPS["concat"]([given((self.units,), dtype), OPS["fill"]((self.units,), 1.0, dtype), rest], 0)

        return draw

    def run(self, inputs: Any, states: Sequence[Any], bias: Any, mask: Any) -> tuple[Any, list[Any]]:
        outputs, cells, _ = OPS["lstm"].apply(inputs, *states, self.kernel, self.recurrent_kernel, bias, mask)
        return outputs, [outputs, cells]
