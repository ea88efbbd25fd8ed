"""Adagrad and Adadelta."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.optimizers.optimizer import RATE, Optimizer
from engine.runtime.variable import Variable


class Adagrad(Optimizer):
    """Gradient descent with steps that shrink for weights whose gradients were large so far.

    a ← a + g²,  w ← w - η·g/√(a + ε). Source: Duchi and others, "Adaptive subgradient methods" (2011).

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> Adagrad(0.1).apply_gradients([(tf.constant(3.0), w)]); round(float(w), 3)
    0.901
    """

    learning_rate: Any = param(0.001, **RATE)
    initial_accumulator_value: float = param(0.1, "What the sum of squares begins with.", min=0)
    epsilon: float = param(1e-7, "Keeps the divisor from zero.", above=0)

    def make_slots(self, variable: Variable) -> None:
        self.add_slot(variable, "accumulator", self.initial_accumulator_value)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        slot = self.slot(variable, "accumulator")
        total = slot + OPS["square"](gradient)
        slot.assign(total)
        variable.assign_sub(learning_rate * gradient / OPS["sqrt"](total + self.epsilon))


class Adadelta(Optimizer):
    """Steps as large as the running mean of the last steps, over that of the gradients.

    a ← ρ·a + (1 - ρ)·g²,  δ = g·√(d + ε)/√(a + ε),  d ← ρ·d + (1 - ρ)·δ²,  w ← w - η·δ. Source: Zeiler,
    arXiv:1212.5701.

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> Adadelta(1.0).apply_gradients([(tf.constant(3.0), w)]); 0.99 < float(w) < 1.0
    True
    """

    learning_rate: Any = param(0.001, **RATE)
    rho: float = param(0.95, "Decay of the means.", min=0, below=1)
    epsilon: float = param(1e-7, "Keeps the divisor from zero.", above=0)

    def make_slots(self, variable: Variable) -> None:
        self.add_slot(variable, "accumulated_gradient")
        self.add_slot(variable, "accumulated_step")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        a, d = self.slot(variable, "accumulated_gradient"), self.slot(variable, "accumulated_step")
        square, sqrt = OPS["square"], OPS["sqrt"]
        mean = a * self.rho + square(gradient) * (1.0 - self.rho)
        step = gradient * sqrt(d + self.epsilon) / sqrt(mean + self.epsilon)
        a.assign(mean)
        d.assign(d * self.rho + square(step) * (1.0 - self.rho))
        variable.assign_sub(learning_rate * step)
