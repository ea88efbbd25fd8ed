"""Metrics: shares of right answers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.losses.crossentropy import class_numbers
from engine.keras.losses.loss import aligned, like_prediction
from engine.keras.metrics.metric import MeanMetric


class Accuracy(MeanMetric):
    """Share of predictions that equal the truth.

    Examples
    --------
    >>> float(Accuracy()([1, 2], [1, 3]))
    0.5
    """

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return OPS["equal"].apply(like_prediction(y_true, y_pred), y_pred)


class BinaryAccuracy(MeanMetric):
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


class CategoricalAccuracy(MeanMetric):
    """Share of examples whose most probable class is that of the (one-hot) truth.

    Examples
    --------
    >>> float(CategoricalAccuracy()([[0.0, 1.0]], [[0.2, 0.8]]))
    1.0
    """

    def values(self, y_true: Any, y_pred: Any) -> Any:
        truth = like_prediction(y_true, y_pred)
        return OPS["equal"].apply(OPS["argmax"](truth, axis=-1), OPS["argmax"](y_pred, axis=-1))


class SparseCategoricalAccuracy(MeanMetric):
    """Share of examples whose most probable class is the class number of the truth.

    Examples
    --------
    >>> float(SparseCategoricalAccuracy()([1, 1], [[0.2, 0.8], [0.9, 0.1]]))
    0.5
    """

    def values(self, y_true: Any, y_pred: Any) -> Any:
        labels = class_numbers(y_true, y_pred)
        return OPS["equal"].apply(labels, OPS["argmax"](y_pred, axis=-1, output_type=labels.dtype))


class TopKCategoricalAccuracy(MeanMetric):
    """Share of examples whose (one-hot) class is among the `k` most probable ones.

    Examples
    --------
    >>> float(TopKCategoricalAccuracy(k=2)([[0.0, 0.0, 1.0]], [[0.5, 0.1, 0.4]]))
    1.0
    """

    k: int = param(5, "How many of the most probable classes count.", min=1)

    def values(self, y_true: Any, y_pred: Any) -> Any:
        truth = OPS["argmax"](like_prediction(y_true, y_pred), axis=-1)
        return _is_in_top(truth, y_pred, self.k)


class SparseTopKCategoricalAccuracy(MeanMetric):
    """Share of examples whose class number is among the `k` most probable classes.

    Examples
    --------
    >>> float(SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.5, 0.1, 0.4], [0.5, 0.1, 0.4]]))
    0.5
    """

    k: int = param(5, "How many of the most probable classes count.", min=1)

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return _is_in_top(class_numbers(y_true, y_pred), y_pred, self.k)


def _is_in_top(labels: Any, y_pred: Any, k: int) -> Any:
    """Whether fewer than `k` classes are more probable than the one that is right."""
    batch_dims = labels.shape.rank
    places = OPS["expand_dims"].apply(labels, axis=-1)
    right = OPS["gather"].apply(y_pred, places, axis=batch_dims, batch_dims=batch_dims)
    above = OPS["cast"](OPS["greater"].apply(y_pred, right), dtype="int32")
    return OPS["less"].apply(OPS["reduce_sum"].apply(above, axis=-1, keepdims=False), k)
