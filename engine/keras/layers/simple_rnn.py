"""The simple recurrent layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.recurrent import Recurrent
from engine.ops.simple_rnn import ACTIVATIONS


class SimpleRNN(Recurrent, after={"activation": "units"}):
    """Simple recurrent layer: h = activation(x · kernel + h · recurrent_kernel + bias), step by step.

    Shapes: (batch, steps, features) → (batch, units), or (batch, steps, units) with `return_sequences`.

    Examples
    --------
    >>> import engine as tf
    >>> SimpleRNN(4)(tf.ones([2, 5, 3])).shape
    TensorShape([2, 4])
    """

    activation: str = param("tanh", "Function of the sum.", choices=tuple(ACTIVATIONS))

    def run(self, inputs: Any, states: Sequence[Any], bias: Any, mask: Any) -> tuple[Any, list[Any]]:
        weights = (self.kernel, self.recurrent_kernel, bias)
        outputs = OPS["simple_rnn"].apply(inputs, *states, *weights, mask, activation=self.activation)
        return outputs, [outputs]
