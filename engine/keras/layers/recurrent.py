"""What recurrent layers have in common: weights, states, masks, direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import TensorShape
from engine.keras.layers.fields import (
    as_floats,
    constraint_field,
    initializer_field,
    known_size,
    of_rank,
    regularizer_field,
)
from engine.keras.layers.layer import Layer
from engine.keras.layers.masking import attach, mask_of
from engine.keras.layers.weights import add_declared
from engine.keras.weight import Weight
from engine.runtime import rng


class Recurrent(Layer):
    """Base of the recurrent layers. A subclass says how many gates and states it has, and makes a step of its op."""

    units: int = param(help="Size of the state.", min=1)
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
    zero_output_for_mask: bool = param(False, "Return zeros for steps that are masked.")

    #: Number of gates, and of states.
    gates = 1
    states = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._generator = rng.Generator(rng.new_seed() if self.seed is None else self.seed)

    def build(self, input_shape: TensorShape) -> None:
        of_rank(self, input_shape, 3)
        width = self.gates * self.units
        self.kernel = add_declared(self, "kernel", (known_size(self, input_shape), width))
        self.recurrent_kernel = add_declared(self, "recurrent", (self.units, width), "recurrent_kernel")
        self.bias: Weight | None = None
        if self.use_bias:
            self.bias = add_declared(self, "bias", self.bias_shape(), initializer=self.first_bias())

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (self.gates * self.units,)

    def first_bias(self) -> Any:
        """Return the initializer of the bias."""
        return self.bias_initializer

    def run(self, inputs: Any, states: Sequence[Any], bias: Any, mask: Any) -> tuple[Any, list[Any]]:
        """Return the outputs of all steps, and all steps of each state."""
        raise TypeError(
            f"{type(self).__name__} does not say how it goes through the steps: define run(inputs, states, bias, mask)."
        )

    def call(self, inputs: Any, mask: Any = None, initial_state: Any = None, training: bool = False) -> Any:
        if isinstance(inputs, list | tuple):
            inputs, initial_state = inputs[0], list(inputs[1:])
        of_rank(self, inputs.shape, 3)
        mask = mask_of(inputs) if mask is None else mask
        inputs = as_floats(self, inputs)
        if training and self.dropout:
            # one mask for all steps
            kept = OPS["dropout_mask"].apply(self._generator.next_state(), inputs[:, :1], rate=self.dropout)
            inputs = inputs * kept
        shown = mask
        if self.go_backwards:
            inputs = inputs[:, ::-1]
            mask = mask if mask is None else mask[:, ::-1]
        steps = OPS["fill"]((1, 1), 1, "bool") if mask is None else OPS["cast"](mask, dtype="bool")
        outputs, states = self.run(inputs, self._first(inputs, initial_state), self._bias(inputs), steps)
        last = [s[:, -1] for s in states]
        if self.return_sequences:
            if self.zero_output_for_mask and mask is not None:
                outputs = outputs * OPS["cast"](OPS["expand_dims"](steps, -1), dtype=outputs.dtype)
            attach(outputs, shown)
        else:
            outputs = last[0]
        return [outputs, *last] if self.return_state else outputs

    def _first(self, inputs: Any, given: Any) -> list[Any]:
        if given is not None:
            return list(given) if isinstance(given, list | tuple) else [given]
        nothing = OPS["zeros_like"](inputs[:, 0, :1]) + OPS["fill"]((1, self.units), 0.0, inputs.dtype)
        return [nothing] * self.states

    def _bias(self, inputs: Any) -> Any:
        return OPS["fill"](self.bias_shape(), 0.0, inputs.dtype) if self.bias is None else self.bias
