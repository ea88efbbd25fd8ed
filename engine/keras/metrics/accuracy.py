"""Metrics: shares of right answers, and mean errors."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.losses.crossentropy import class_numbers
from engine.keras.losses.loss import aligned, like_prediction
from engine.keras.metrics.metric import Metric


class Accuracy(Metric):
    """Share of predictions that equal the truth.

    Examples
    --------
    >>> float(Accuracy()([1, 2], [1, 3]))
    0.5
    """

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return OPS["equal"].apply(like_prediction(y_true, y_pred), y_pred)


class BinaryAccuracy(Metric):
    """Share of yes-or-no answers that are right: a prediction above the threshold is a yes.

    Examples
    --------
    >>> float(BinaryAccuracy()([1.0, 0.0], [0.9, 0.8]))
    0.5
    """

    threshold: float = param(0.5, "Predictions above it count as 1.", min=0, max=1)

    def values(self, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(y_true, y_pred)
        answers = OPS["cast"].apply(y_pred > self.threshold, dtype=y_pred.dtype)
        return OPS["equal"].apply(like_prediction(y_true, y_pred), answers)


class CategoricalAccuracy(Metric):
    """Share of examples whose most probable class is that of the (one-hot) truth.

    Examples
    --------
    >>> float(CategoricalAccuracy()([[0.0, 1.0]], [[0.2, 0.8]]))
    1.0
    """

    def values(self, y_true: Any, y_pred: Any) -> Any:
        truth = like_prediction(y_true, y_pred)
        return OPS["equal"].apply(OPS["argmax"](truth, axis=-1), OPS["argmax"](y_pred, axis=-1))


class SparseCategoricalAccuracy(Metric):
    """Share of examples whose most probable class is the class number of the truth.

    Examples
    --------
    >>> float(SparseCategoricalAccuracy()([1, 1], [[0.2, 0.8], [0.9, 0.1]]))
    0.5
    """

    def values(self, y_true: Any, y_pred: Any) -> Any:
        labels = class_numbers(y_true, y_pred)
        return OPS["equal"].apply(labels, OPS["argmax"](y_pred, axis=-1, output_type=labels.dtype))


class MeanSquaredError(Metric):
    """Mean of the squared differences."""

    def values(self, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(y_true, y_pred)
        return OPS["square"].apply(y_pred - like_prediction(y_true, y_pred))


class MeanAbsoluteError(Metric):
    """Mean of the absolute differences."""

    def values(self, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(y_true, y_pred)
        return OPS["abs"].apply(y_pred - like_prediction(y_true, y_pred))
