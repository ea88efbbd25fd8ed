"""Losses."""

from __future__ import annotations

from typing import Any

from engine.core.registry import Registry
from engine.keras.lookup import find, register
from engine.keras.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from engine.keras.losses.loss import FunctionLoss, Loss
from engine.keras.losses.regression import MeanAbsoluteError, MeanSquaredError

LOSSES: Registry[type[Loss]] = Registry("loss")
register(LOSSES, SparseCategoricalCrossentropy)
register(LOSSES, CategoricalCrossentropy)
register(LOSSES, BinaryCrossentropy, "bce")
register(LOSSES, MeanSquaredError, "mse", "MSE")
register(LOSSES, MeanAbsoluteError, "mae", "MAE")


def get(identifier: Any) -> Any:
    """Return the loss that a name, a class, a configuration, a function or an object stands for.

    Examples
    --------
    >>> type(get("mse")).__name__
    'MeanSquaredError'
    """
    if callable(identifier) and not isinstance(identifier, type | Loss):
        return FunctionLoss(identifier)
    return find(LOSSES, identifier, Loss)


__all__ = [
    "LOSSES",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "get",
]
