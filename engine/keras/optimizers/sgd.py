"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from engine.core.param import param
from engine.keras.optimizers.optimizer import RATE, Optimizer
from engine.runtime.variable import Variable


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted: w ← w - η·g.

    With momentum μ the velocity v ← μ·v - η·g is added instead; Nesterov's form adds μ·v - η·g of the new velocity.
    Source: Sutskever and others, "On the importance of initialization and momentum in deep learning" (2013).

    Examples
    --------
    >>> import engine as tf
    >>> w = tf.Variable(1.0)
    >>> SGD(0.5).apply_gradients([(tf.constant(1.0), w)]); float(w)
    0.5
    """

    learning_rate: Any = param(0.01, **RATE)
    momentum: float = param(0.0, "Share of the last step that is kept.", min=0, max=1)
    nesterov: bool = param(False, "Look ahead along the velocity.")

    def make_slots(self, variable: Variable) -> None:
        if self.momentum:
            self.add_slot(variable, "momentum")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        step = gradient * learning_rate
        if not self.momentum:
            variable.assign_sub(step)
            return
        slot = self.slot(variable, "momentum")
        velocity = slot * self.momentum - step
        slot.assign(velocity)
        variable.assign_add(velocity * self.momentum - step if self.nesterov else velocity)
