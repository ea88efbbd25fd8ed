"""Adam and its relatives."""

from __future__ import annotations

import math
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.optimizers.optimizer import RATE, Optimizer
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

    learning_rate: Any = param(0.001, **RATE)
    beta_1: float = param(0.9, "Decay of the mean of the gradients.", min=0, below=1)
    beta_2: float = param(0.999, "Decay of the mean of their squares.", min=0, below=1)
    epsilon: float = param(1e-7, "Keeps the divisor from zero.", above=0)
    amsgrad: bool = param(False, "Divide by the largest mean of squares so far.")

    def make_slots(self, variable: Variable) -> None:
        self.add_slot(variable, "momentum")
        self.add_slot(variable, "velocity")
        if self.amsgrad:
            self.add_slot(variable, "velocity_hat")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        m, v = self.slot(variable, "momentum"), self.slot(variable, "velocity")
        step = self.step_number(variable)
        power, sqrt = OPS["pow"], OPS["sqrt"]
        bias_1, bias_2 = (1.0 - power(OPS["fill"]((), b, variable.dtype), step) for b in (self.beta_1, self.beta_2))
        alpha = learning_rate * sqrt(bias_2) / bias_1
        mean = m + (gradient - m) * (1.0 - self.beta_1)
        square = v + (OPS["square"](gradient) - v) * (1.0 - self.beta_2)
        m.assign(mean)
        v.assign(square)
        if self.amsgrad:
            largest = self.slot(variable, "velocity_hat")
            square = OPS["maximum"](largest, square)
            largest.assign(square)
        variable.assign_sub(mean * alpha / (sqrt(square) + self.epsilon))


class AdamW(Adam):
    """Adam that also shrinks the weights a little at each step, apart from the gradient.

    Source: Loshchilov and Hutter, arXiv:1711.05101.

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> AdamW(0.1, weight_decay=0.5).apply_gradients([(tf.constant(3.0), w)]); round(float(w), 4)
    0.85
    """

    learning_rate: Any = param(0.001, **RATE)
    weight_decay: float | None = param(
        0.004, "Share of each weight that a step takes away, times the rate.", min=0, below=math.inf
    )


class Adamax(Optimizer):
    """Adam with the largest gradient, which fades, in place of the mean of squares.

    m ← β₁·m + (1 - β₁)·g,  u ← max(β₂·u, |g|),  w ← w - η/(1 - β₁ᵗ) · m/(u + ε). Source: Kingma and Ba,
    arXiv:1412.6980.

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> Adamax(0.1).apply_gradients([(tf.constant(3.0), w)]); round(float(w), 4)
    0.9
    """

    learning_rate: Any = param(0.001, **RATE)
    beta_1: float = param(0.9, "Decay of the mean of the gradients.", min=0, below=1)
    beta_2: float = param(0.999, "Decay of the largest gradient.", min=0, below=1)
    epsilon: float = param(1e-7, "Keeps the divisor from zero.", above=0)

    def make_slots(self, variable: Variable) -> None:
        self.add_slot(variable, "momentum")
        self.add_slot(variable, "norm")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        m, u = self.slot(variable, "momentum"), self.slot(variable, "norm")
        bias = 1.0 - OPS["pow"](OPS["fill"]((), self.beta_1, variable.dtype), self.step_number(variable))
        mean = m + (gradient - m) * (1.0 - self.beta_1)
        largest = OPS["maximum"](u * self.beta_2, OPS["abs"](gradient))
        m.assign(mean)
        u.assign(largest)
        variable.assign_sub(learning_rate * mean / (bias * (largest + self.epsilon)))


class Nadam(Optimizer):
    """Adam that looks ahead along its momentum, as Nesterov's method does.

    Source: Dozat, "Incorporating Nesterov momentum into Adam" (2016).

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> Nadam(0.1).apply_gradients([(tf.constant(3.0), w)]); 0.85 < float(w) < 0.95
    True
    """

    learning_rate: Any = param(0.001, **RATE)
    beta_1: float = param(0.9, "Decay of the mean of the gradients.", min=0, below=1)
    beta_2: float = param(0.999, "Decay of the mean of their squares.", min=0, below=1)
    epsilon: float = param(1e-7, "Keeps the divisor from zero.", above=0)

    def make_slots(self, variable: Variable) -> None:
        self.add_slot(variable, "momentum")
        self.add_slot(variable, "velocity")
        self.add_slot(variable, "product", 1.0, ())

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        m, v, product = (self.slot(variable, name) for name in ("momentum", "velocity", "product"))
        step = self.step_number(variable)
        power, fading = OPS["pow"], OPS["fill"]((), 0.96, variable.dtype)
        now = self.beta_1 * (1.0 - 0.5 * power(fading, step))
        ahead = self.beta_1 * (1.0 - 0.5 * power(fading, step + 1.0))
        product_now = product * now
        mean = m + (gradient - m) * (1.0 - self.beta_1)
        square = v + (OPS["square"](gradient) - v) * (1.0 - self.beta_2)
        product.assign(product_now)
        m.assign(mean)
        v.assign(square)
        mean_hat = ahead * mean / (1.0 - product_now * ahead) + (1.0 - now) * gradient / (1.0 - product_now)
        square_hat = square / (1.0 - power(OPS["fill"]((), self.beta_2, variable.dtype), step))
        variable.assign_sub(mean_hat * learning_rate / (OPS["sqrt"](square_hat) + self.epsilon))
