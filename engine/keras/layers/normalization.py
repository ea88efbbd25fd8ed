"""What normalising layers have in common."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.fields import constraint_field, initializer_field, regularizer_field
from engine.keras.layers.layer import Layer
from engine.keras.layers.weights import add_declared


class Normalising(Layer):
    """Base of the normalising layers: gamma and beta, by which the standardised inputs are scaled and moved."""

    epsilon: float = param(0.001, "Added to the variance, so that it is never 0.", min=0)
    center: bool = param(True, "Add beta, which is learned.")
    scale: bool = param(True, "Multiply by gamma, which is learned.")
    beta_initializer: Any = initializer_field("zeros", "First values of beta.")
    gamma_initializer: Any = initializer_field("ones", "First values of gamma.")
    beta_regularizer: Any = regularizer_field("Cost of beta.")
    gamma_regularizer: Any = regularizer_field("Cost of gamma.")
    beta_constraint: Any = constraint_field("Bounds of beta.")
    gamma_constraint: Any = constraint_field("Bounds of gamma.")
    min_rank = 2

    def add_gamma_and_beta(self, shape: tuple[int, ...]) -> None:
        """Make those of the two that the layer uses."""
        self.gamma = add_declared(self, "gamma", shape) if self.scale else None
        self.beta = add_declared(self, "beta", shape) if self.center else None

    def gamma_and_beta(self, shape: Any, dtype: Any) -> tuple[Any, Any]:
        """Return both; ones and zeros stand for what the layer does not use."""
        gamma = OPS["fill"](shape, 1.0, dtype) if self.gamma is None else self.gamma
        beta = OPS["fill"](shape, 0.0, dtype) if self.beta is None else self.beta
        return gamma, beta
