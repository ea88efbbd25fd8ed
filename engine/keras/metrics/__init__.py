"""Metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.registry import Registry
from engine.keras.lookup import find, register
from engine.keras.losses import LOSSES
from engine.keras.losses import get as get_loss
from engine.keras.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from engine.keras.metrics.confusion import AUC, Precision, Recall
from engine.keras.metrics.metric import FunctionMetric, Mean, MeanMetric, Metric, Sum
from engine.keras.metrics.regression import MeanAbsoluteError, MeanSquaredError, RootMeanSquaredError

METRICS: Registry[type[Metric]] = Registry("metric")
for _class, _aliases in (
    (SparseCategoricalAccuracy, ()),
    (CategoricalAccuracy, ()),
    (BinaryAccuracy, ()),
    (Accuracy, ()),
    (TopKCategoricalAccuracy, ()),
    (SparseTopKCategoricalAccuracy, ()),
    (Precision, ()),
    (Recall, ()),
    (AUC, ()),
    (MeanSquaredError, ("mse", "MSE")),
    (RootMeanSquaredError, ("rmse", "RMSE")),
    (MeanAbsoluteError, ("mae", "MAE")),
):
    register(METRICS, _class, *_aliases)

#: Names that stand for the accuracy that goes with the shapes.
_ACCURACIES = ("accuracy", "acc")


def get(identifier: Any, truth_shape: Any = None, output_shape: Any = None) -> Any:
    """Return the metric that a name, a class, a configuration, a function or an object stands for.

    A name becomes the metric's name. "accuracy" (or "acc") stands for the accuracy that goes with the shapes of truth
    and prediction, as in Keras; the name of a loss, and a loss, for its mean.

    Examples
    --------
    >>> type(get("accuracy", (None, 3), (None, 3))).__name__, get("mae").name
    ('CategoricalAccuracy', 'mae')
    >>> get("huber").name
    'huber'
    """
    if isinstance(identifier, str):
        if identifier in _ACCURACIES:
            return _accuracy_for(truth_shape or (), output_shape or ())(name=identifier)
        if identifier in LOSSES and identifier not in METRICS:
            return FunctionMetric(get_loss(identifier).call, name=identifier)
        return METRICS[identifier](name=identifier)
    if callable(identifier) and not isinstance(identifier, type | Metric):
        return FunctionMetric(identifier, name=getattr(identifier, "name", None))
    return find(METRICS, identifier, Metric)


def check_name(name: str) -> None:
    """Raise `NotFoundError` if there is no metric of this name."""
    if name not in _ACCURACIES:
        get(name)


def _accuracy_for(truth: Sequence[int | None], output: Sequence[int | None]) -> type[Metric]:
    if output and output[-1] == 1:
        return BinaryAccuracy
    is_sparse = len(truth) < len(output) or (bool(truth) and truth[-1] == 1)
    return SparseCategoricalAccuracy if is_sparse else CategoricalAccuracy


__all__ = [
    "AUC",
    "METRICS",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "FunctionMetric",
    "Mean",
    "MeanAbsoluteError",
    "MeanMetric",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Sum",
    "TopKCategoricalAccuracy",
    "get",
]
