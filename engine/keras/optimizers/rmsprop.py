"""RMSprop."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.optimizers.optimizer import RATE, Optimizer
from engine.runtime.variable import Variable


class RMSprop(Optimizer):
    """Gradient descent with steps divided by a running mean of the gradient's size.

    v ← ρ·v + (1 - ρ)·g²,  w ← w - η·g/√(v + ε); centred, the mean gradient's square is taken from v. With momentum the
    steps are added up as in SGD. Source: Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning"
    (2012).

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> RMSprop(0.1).apply_gradients([(tf.constant(3.0), w)]); round(float(w), 3)
    0.684
    """

    learning_rate: Any = param(0.001, **RATE)
    rho: float = param(0.9, "Decay of the mean of the squares.", min=0, below=1)
    momentum: float = param(0.0, "Share of the last step that is kept.", min=0, max=1)
    epsilon: float = param(1e-7, "Keeps the divisor from zero.", above=0)
    centered: bool = param(False, "Divide by the deviation of the gradients instead of their size.")

    def make_slots(self, variable: Variable) -> None:
        self.add_slot(variable, "velocity")
        if self.momentum:
            self.add_slot(variable, "momentum")
        if self.centered:
            self.add_slot(variable, "average_gradient")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        v = self.slot(variable, "velocity")
        square = v * self.rho + OPS["square"](gradient) * (1.0 - self.rho)
        v.assign(square)
        if self.centered:
            slot = self.slot(variable, "average_gradient")
            average = slot * self.rho + gradient * (1.0 - self.rho)
            slot.assign(average)
            square = square - OPS["square"](average)
        step = learning_rate * gradient * OPS["rsqrt"](square + self.epsilon)
        if self.momentum:
            slot = self.slot(variable, "momentum")
            step = slot * self.momentum + step
            slot.assign(step)
        variable.assign_sub(step)
