"""Metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.registry import Registry
from engine.keras.lookup import find, register
from engine.keras.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalAccuracy,
)
from engine.keras.metrics.metric import Mean, Metric

METRICS: Registry[type[Metric]] = Registry("metric")
for _class, _aliases in (
    (SparseCategoricalAccuracy, ()),
    (CategoricalAccuracy, ()),
    (BinaryAccuracy, ()),
    (Accuracy, ()),
    (MeanSquaredError, ("mse", "MSE")),
    (MeanAbsoluteError, ("mae", "MAE")),
):
    register(METRICS, _class, *_aliases)


def get(identifier: Any, truth_shape: Any = None, output_shape: Any = None) -> Any:
    """Return the metric that a name, a class, a configuration or an object stands for; a name becomes its name.

    "accuracy" (or "acc") stands for the accuracy that goes with the shapes of truth and prediction, as in Keras.

    Examples
    --------
    >>> type(get("accuracy", (None, 3), (None, 3))).__name__, get("mae").name
    ('CategoricalAccuracy', 'mae')
    """
    if identifier in ("accuracy", "acc"):
        return _accuracy_for(truth_shape or (), output_shape or ())(name=identifier)
    if isinstance(identifier, str):
        return METRICS[identifier](name=identifier)
    return find(METRICS, identifier, Metric)


def _accuracy_for(truth: Sequence[int | None], output: Sequence[int | None]) -> type[Metric]:
    if output and output[-1] == 1:
        return BinaryAccuracy
    is_sparse = len(truth) < len(output) or (bool(truth) and truth[-1] == 1)
    return SparseCategoricalAccuracy if is_sparse else CategoricalAccuracy


__all__ = [
    "METRICS",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "Mean",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "get",
]
