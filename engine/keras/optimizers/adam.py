"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.optimizers.optimizer import Optimizer
from engine.runtime.variable import Variable


class Adam(Optimizer):
    """Gradient descent with a step of its own for each weight, from running means of the gradient and its square.

    m ← β₁·m + (1 - β₁)·g,  v ← β₂·v + (1 - β₂)·g²,  w ← w - η·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m/(√v + ε).
    Source: Kingma and Ba, arXiv:1412.6980.

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> Adam(0.1).apply_gradients([(tf.constant(3.0), w)]); round(float(w), 4)
    0.9
    """

    learning_rate: Any = param(0.001, "How far each step goes.", kind="float", min=0)
    beta_1: float = param(0.9, "Decay of the mean of the gradients.", min=0, below=1)
    beta_2: float = param(0.999, "Decay of the mean of their squares.", min=0, below=1)
    epsilon: float = param(1e-7, "Keeps the divisor from zero.", above=0)

    def build(self, variables: Sequence[Variable]) -> None:
        for variable in variables:
            self.add_slot(variable, "momentum")
            self.add_slot(variable, "velocity")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        m, v = self.slot(variable, "momentum"), self.slot(variable, "velocity")
        step = OPS["cast"](self.iterations + 1, dtype=variable.dtype)
        power, sqrt = OPS["pow"], OPS["sqrt"]
        bias_1, bias_2 = (1.0 - power(OPS["fill"]((), b, variable.dtype), step) for b in (self.beta_1, self.beta_2))
        alpha = learning_rate * sqrt(bias_2) / bias_1
        mean = m + (gradient - m) * (1.0 - self.beta_1)
        square = v + (OPS["square"](gradient) - v) * (1.0 - self.beta_2)
        m.assign(mean)
        v.assign(square)
        variable.assign_sub(mean * alpha / (sqrt(square) + self.epsilon))
