"""Metrics."""

from __future__ import annotations

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


def get(identifier: Any, loss: Any = None, output_shape: Any = None) -> Any:
    """Return the metric that a name, a class, a configuration or an object stands for.

    "accuracy" (or "acc") stands for the accuracy that goes with the loss, as in Keras.

    Examples
    --------
    >>> from engine.keras.losses import BinaryCrossentropy
    >>> type(get("accuracy", BinaryCrossentropy())).__name__
    'BinaryAccuracy'
    """
    if identifier in ("accuracy", "acc"):
        return _accuracy_for(type(loss).__name__, output_shape)(name=identifier)
    return find(METRICS, identifier, Metric)


def _accuracy_for(loss: str, output_shape: Any) -> type[Metric]:
    table: dict[str, type[Metric]] = {
        "SparseCategoricalCrossentropy": SparseCategoricalAccuracy,
        "CategoricalCrossentropy": CategoricalAccuracy,
        "BinaryCrossentropy": BinaryAccuracy,
    }
    if loss in table:
        return table[loss]
    return BinaryAccuracy if output_shape is not None and output_shape[-1] == 1 else CategoricalAccuracy


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
