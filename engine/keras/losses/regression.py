"""Losses for numbers."""

from __future__ import annotations

import math
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.losses.loss import Loss, like_prediction, per_example


class MeanSquaredError(Loss):
    """Mean of the squared differences, mean((y_true - y_pred)²), over the last axis.

    Shapes: truth and prediction alike, (batch, …).

    Examples
    --------
    >>> float(MeanSquaredError()([[0.0], [2.0]], [[1.0], [2.0]]))
    0.5
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return per_example(OPS["square"].apply(y_pred - like_prediction(y_true, y_pred)))


class MeanAbsoluteError(Loss):
    """Mean of the absolute differences, mean(|y_true - y_pred|), over the last axis.

    Shapes: truth and prediction alike, (batch, …).

    Examples
    --------
    >>> float(MeanAbsoluteError()([[0.0], [2.0]], [[1.0], [2.0]]))
    0.5
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return per_example(OPS["abs"].apply(y_pred - like_prediction(y_true, y_pred)))


class Huber(Loss):
    """Half the squared difference where it is small, and a line beyond: far-off answers weigh less.

    With d = y_true - y_pred: d²/2 where |d| ≤ δ, else δ·|d| - δ²/2; mean over the last axis. Source: Huber, "Robust
    estimation of a location parameter" (1964).

    Shapes: truth and prediction alike, (batch, …).

    Examples
    --------
    >>> float(Huber()([[0.0], [0.0]], [[1.0], [3.0]]))
    1.5
    """

    delta: float = param(1.0, "Difference from which on the loss is a line.", above=0)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        size = OPS["abs"].apply(y_pred - like_prediction(y_true, y_pred))
        bent, straight = 0.5 * OPS["square"].apply(size), self.delta * size - 0.5 * self.delta**2
        return per_example(OPS["where"](OPS["less_equal"](size, self.delta), bent, straight))


class LogCosh(Loss):
    """Logarithm of the hyperbolic cosine of the difference: like a square where it is small, like a line beyond.

    Mean over the last axis of log(cosh(y_pred - y_true)).

    Shapes: truth and prediction alike, (batch, …).

    Examples
    --------
    >>> round(float(LogCosh()([[0.0], [0.0]], [[1.0], [0.0]])), 4)
    0.2169
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        d = y_pred - like_prediction(y_true, y_pred)
        # d + log(1 + e^-2d) - log 2: the same, without overflow
        return per_example(d + OPS["softplus"].apply(-2.0 * d) - math.log(2.0))
