"""Metrics: mean errors."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.keras.losses.loss import aligned, like_prediction
from engine.keras.metrics.metric import MeanMetric


class MeanSquaredError(MeanMetric):
    """Mean of the squared differences."""

    def values(self, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(y_true, y_pred)
        return OPS["square"].apply(y_pred - like_prediction(y_true, y_pred))


class RootMeanSquaredError(MeanSquaredError):
    """Square root of the mean of the squared differences.

    Examples
    --------
    >>> float(RootMeanSquaredError()([0.0, 0.0], [1.0, 7.0]))
    5.0
    """

    def finish(self, mean: Any) -> Any:
        return OPS["sqrt"](mean)


class MeanAbsoluteError(MeanMetric):
    """Mean of the absolute differences."""

    def values(self, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(y_true, y_pred)
        return OPS["abs"].apply(y_pred - like_prediction(y_true, y_pred))
