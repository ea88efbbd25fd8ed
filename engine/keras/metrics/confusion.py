"""Metrics that count right and wrong answers of each kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.op import OPS
from engine.core.param import param
from engine.keras.losses.loss import aligned, like_prediction
from engine.keras.metrics.metric import SUM_DTYPE, Metric
from engine.runtime.eager import constant, convert_to_tensor

_CURVES = ("ROC", "PR")


class ConfusionMetric(Metric):
    """Base of the metrics that follow from how many answers were right and wrong, yes and no.

    A subclass gives the thresholds above which a prediction is a yes, and computes its number from the counts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thresholds = self.limits()
        size = (len(self.thresholds),)
        names = ("true_positives", "false_positives", "false_negatives", "true_negatives")
        self.counts = [self.add_weight(size, dtype=SUM_DTYPE, name=name) for name in names]

    def limits(self) -> list[float]:
        """Return the thresholds."""
        raise TypeError(f"{type(self).__name__} does not say what a yes is: define limits().")

    def number(self, tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
        """Return the number that follows from the counts, each a vector over the thresholds."""
        raise TypeError(f"{type(self).__name__} does not say what it measures: define number(tp, fp, fn, tn).")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Take a batch into account, and return the batch's own value."""
        y_true, y_pred = aligned(convert_to_tensor(y_true), convert_to_tensor(y_pred))
        y_true = OPS["cast"](like_prediction(y_true, y_pred), dtype=self.dtype)
        weights = OPS["ones_like"](y_true)
        if sample_weight is not None:
            given = OPS["cast"](sample_weight, dtype=self.dtype)
            while given.shape.rank < y_true.shape.rank:
                given = OPS["expand_dims"](given, axis=-1)
            weights = weights * given
        truth, weights, answers = (
            OPS["reshape"](t, [1, -1]) for t in (y_true, weights, OPS["cast"](y_pred, dtype=self.dtype))
        )
        limits = constant(np.array(self.thresholds, self.dtype.as_numpy_dtype)[:, None])
        yes = OPS["cast"](OPS["greater"](answers, limits), dtype=self.dtype)
        parts = (truth * yes, (1.0 - truth) * yes, truth * (1.0 - yes), (1.0 - truth) * (1.0 - yes))
        own = [OPS["cast"](OPS["reduce_sum"](part * weights, axis=1), dtype=SUM_DTYPE) for part in parts]
        for count, batch in zip(self.counts, own, strict=True):
            count.assign_add(batch)
        return OPS["cast"](self.number(*own), dtype=self.dtype)

    def result(self) -> Any:
        """Return the number for all batches since the last reset."""
        return OPS["cast"](self.number(*(count.read_value() for count in self.counts)), dtype=self.dtype)


def _ratio(part: Any, whole: Any) -> Any:
    """Return part / whole, and 0 where the whole is 0."""
    empty = OPS["less_equal"](whole, 0.0)
    return OPS["where"](empty, OPS["zeros_like"](part), part / OPS["where"](empty, OPS["ones_like"](whole), whole))


def _only(values: Any) -> Any:
    """Return the first of a vector over one threshold."""
    return OPS["reshape"](values, [])


class Precision(ConfusionMetric):
    """Share of the predicted yeses that are right: TP / (TP + FP).

    Examples
    --------
    >>> float(Precision()([1.0, 0.0, 1.0], [0.9, 0.8, 0.1]))
    0.5
    """

    threshold: float = param(0.5, "Predictions above it count as 1.", min=0, max=1)

    def limits(self) -> list[float]:
        return [self.threshold]

    def number(self, tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
        return _only(_ratio(tp, tp + fp))


class Recall(ConfusionMetric):
    """Share of the true yeses that were found: TP / (TP + FN).

    Examples
    --------
    >>> float(Recall()([1.0, 0.0, 1.0, 1.0], [0.9, 0.8, 0.1, 0.7])) > 0.66
    True
    """

    threshold: float = param(0.5, "Predictions above it count as 1.", min=0, max=1)

    def limits(self) -> list[float]:
        return [self.threshold]

    def number(self, tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
        return _only(_ratio(tp, tp + fn))


class AUC(ConfusionMetric):
    """Area under a curve of yes-or-no answers over all thresholds: 1 if a threshold tells all of them apart.

    "ROC" draws the share of true yeses found over the share of noes taken for yeses, "PR" precision over recall, the
    points between the thresholds by the interpolation of Davis and Goadrich (2006).

    Examples
    --------
    >>> round(float(AUC()([0.0, 0.0, 1.0, 1.0], [0.0, 0.5, 0.3, 0.9])), 4)
    0.75
    """

    num_thresholds: int = param(200, "Number of thresholds.", min=3)
    curve: str = param("ROC", "Which curve.", choices=_CURVES)

    def limits(self) -> list[float]:
        inner = [(i + 1) / (self.num_thresholds - 1) for i in range(self.num_thresholds - 2)]
        return [-1e-7, *inner, 1.0 + 1e-7]

    def number(self, tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
        area = self._precision_recall(tp, fp, fn) if self.curve == "PR" else self._roc(tp, fp, fn, tn)
        return OPS["reduce_sum"](area)

    @staticmethod
    def _roc(tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
        x, y = _ratio(fp, fp + tn), _ratio(tp, tp + fn)
        return (x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2.0

    @staticmethod
    def _precision_recall(tp: Any, fp: Any, fn: Any) -> Any:
        found, all_found = tp[:-1] - tp[1:], tp + fp
        slope = _ratio(found, OPS["maximum"](all_found[:-1] - all_found[1:], 0.0))
        intercept = tp[1:] - slope * all_found[1:]
        both = OPS["logical_and"](all_found[:-1] > 0.0, all_found[1:] > 0.0)
        ratio = _ratio(all_found[:-1], all_found[1:])
        ratio = OPS["where"](both, ratio, OPS["ones_like"](ratio))
        return _ratio(slope * (found + intercept * OPS["log"](ratio)), OPS["maximum"](tp[1:] + fn[1:], 0.0))
