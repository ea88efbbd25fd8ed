"""Losses for numbers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.keras.losses.loss import Loss, like_prediction


class MeanSquaredError(Loss):
    """Mean of the squared differences, mean((y_true - y_pred)²), over the last axis.

    Shapes: truth and prediction alike, (batch, …).

    Examples
    --------
    >>> float(MeanSquaredError()([[0.0], [2.0]], [[1.0], [2.0]]))
    0.5
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        difference = OPS["square"].apply(y_pred - like_prediction(y_true, y_pred))
        return (
            OPS["reduce_mean"].apply(difference, axis=-1, keepdims=False) if difference.shape.rank > 1 else difference
        )


class MeanAbsoluteError(Loss):
    """Mean of the absolute differences, mean(|y_true - y_pred|), over the last axis.

    Shapes: truth and prediction alike, (batch, …).

    Examples
    --------
    >>> float(MeanAbsoluteError()([[0.0], [2.0]], [[1.0], [2.0]]))
    0.5
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        difference = OPS["abs"].apply(y_pred - like_prediction(y_true, y_pred))
        return (
            OPS["reduce_mean"].apply(difference, axis=-1, keepdims=False) if difference.shape.rank > 1 else difference
        )
