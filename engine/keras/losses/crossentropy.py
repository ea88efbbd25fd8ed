"""Cross-entropies: losses for probabilities."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.keras.losses.loss import Loss, like_prediction, per_example

#: Probabilities are kept this far from 0 and 1, so that their logarithm is finite (Keras' epsilon).
EPSILON = 1e-7

_FROM_LOGITS = "Whether the prediction is logits rather than probabilities."


def _clipped(probabilities: Any) -> Any:
    return OPS["clip_by_value"].apply(probabilities, EPSILON, 1.0 - EPSILON)


class BinaryCrossentropy(Loss):
    """Cross-entropy of yes-or-no answers: -(y·log p + (1 - y)·log(1 - p)), mean over the last axis.

    Shapes: truth (0 or 1) and prediction alike, (batch, …).

    Examples
    --------
    >>> round(float(BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])), 4)
    0.6931
    """

    from_logits: bool = param(False, _FROM_LOGITS)
    label_smoothing: float = param(0.0, "How far the truth is moved from 0 and 1 towards a half.", min=0, max=1)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        y = like_prediction(y_true, y_pred)
        if self.label_smoothing:
            y = y * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing
        if self.from_logits:
            # max(x, 0) - x·y + log(1 + e^-|x|): the same, without overflow
            values = OPS["softplus"].apply(y_pred) - y_pred * y
        else:
            p, log = _clipped(y_pred), OPS["log"]
            values = -(y * log.apply(p) + (1.0 - y) * log.apply(1.0 - p))
        return per_example(values)


class CategoricalCrossentropy(Loss):
    """Cross-entropy between distributions over classes: -Σ y·log p over the last axis.

    Shapes: truth (one-hot, or probabilities) and prediction alike, (batch, …, classes).

    Examples
    --------
    >>> round(float(CategoricalCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    from_logits: bool = param(False, _FROM_LOGITS)
    label_smoothing: float = param(0.0, "Share of the truth that is spread over all classes.", min=0, max=1)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        y = like_prediction(y_true, y_pred)
        if self.label_smoothing:
            y = y * (1.0 - self.label_smoothing) + self.label_smoothing / y_pred.shape[-1]
        if self.from_logits:
            return OPS["softmax_cross_entropy_with_logits"].apply(y, y_pred)
        total = OPS["reduce_sum"].apply(y_pred, axis=-1, keepdims=True)
        terms = y * OPS["log"].apply(_clipped(y_pred / total))
        return -OPS["reduce_sum"].apply(terms, axis=-1, keepdims=False)


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy for class numbers: -log(p[class] / Σ p).

    Shapes: truth (whole numbers) (batch, …), prediction (batch, …, classes).

    Examples
    --------
    >>> round(float(SparseCategoricalCrossentropy()([0], [[0.5, 0.5]])), 4)
    0.6931
    """

    from_logits: bool = param(False, _FROM_LOGITS)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = class_numbers(y_true, y_pred)
        if self.from_logits:
            return OPS["sparse_softmax_cross_entropy_with_logits"].apply(labels, y_pred)
        batch_dims, log, p = labels.shape.rank, OPS["log"], _clipped(y_pred)
        picked = OPS["gather"].apply(
            p, OPS["expand_dims"].apply(labels, axis=-1), axis=batch_dims, batch_dims=batch_dims
        )
        # Keras takes log p for logits, whose softmax makes their sum 1
        total = OPS["reduce_sum"].apply(p, axis=-1, keepdims=False)
        return log.apply(total) - log.apply(OPS["squeeze"].apply(picked, axis=-1))


class KLDivergence(Loss):
    """How much one distribution differs from another: Σ y·log(y / p) over the last axis.

    Both are kept between 1e-7 and 1. Source: Kullback and Leibler, "On information and sufficiency" (1951).

    Shapes: truth and prediction alike, (batch, …, classes).

    Examples
    --------
    >>> round(float(KLDivergence()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        y, p = (OPS["clip_by_value"].apply(t, EPSILON, 1.0) for t in (like_prediction(y_true, y_pred), y_pred))
        return OPS["reduce_sum"].apply(y * OPS["log"].apply(y / p), axis=-1, keepdims=False)


def class_numbers(y_true: Any, y_pred: Any) -> Any:
    """Return the truth as class numbers that fit the prediction; (batch, 1) becomes (batch,).

    Raises
    ------
    InvalidArgumentError
        If the shapes do not belong together.
    """
    if y_true.shape.rank == y_pred.shape.rank and y_true.shape[-1] == 1:
        y_true = OPS["squeeze"].apply(y_true, axis=-1)
    if y_pred.shape.rank < 1 or not y_true.shape.is_compatible_with(y_pred.shape[:-1]):
        raise InvalidArgumentError(
            "The truth has shape {true} and the prediction has shape {pred}.",
            hint="Class numbers have one axis less than the prediction; one-hot truth needs categorical_crossentropy.",
            true=y_true.shape,
            pred=y_pred.shape,
        )
    return y_true if y_true.dtype.name in ("int32", "int64") else OPS["cast"](y_true, dtype="int32")
