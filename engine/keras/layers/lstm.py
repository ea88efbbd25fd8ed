"""Long short-term memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras import initializers
from engine.keras.layers.recurrent import Recurrent


class LSTM(
    Recurrent,
    after={"activation": "units", "recurrent_activation": "activation", "unit_forget_bias": "bias_initializer"},
):
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
    unit_forget_bias: bool = param(True, "Begin with 1 as the bias of the gate f, so that the cell is kept.")

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
