"""Losses."""

from __future__ import annotations

from typing import Any

from engine.core.registry import Registry
from engine.keras.lookup import find, register
from engine.keras.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from engine.keras.losses.loss import FunctionLoss, Loss, as_function
from engine.keras.losses.margin import Hinge
from engine.keras.losses.regression import Huber, LogCosh, MeanAbsoluteError, MeanSquaredError

LOSSES: Registry[type[Loss]] = Registry("loss")
register(LOSSES, SparseCategoricalCrossentropy)
register(LOSSES, CategoricalCrossentropy)
register(LOSSES, BinaryCrossentropy, "bce")
register(LOSSES, KLDivergence, "kl_divergence", "kld")
register(LOSSES, MeanSquaredError, "mse", "MSE")
register(LOSSES, MeanAbsoluteError, "mae", "MAE")
register(LOSSES, Huber)
register(LOSSES, LogCosh)
register(LOSSES, Hinge)

sparse_categorical_crossentropy = as_function(SparseCategoricalCrossentropy)
categorical_crossentropy = as_function(CategoricalCrossentropy)
binary_crossentropy = as_function(BinaryCrossentropy)
kl_divergence = kld = as_function(KLDivergence)
mean_squared_error = mse = as_function(MeanSquaredError)
mean_absolute_error = mae = as_function(MeanAbsoluteError)
huber = as_function(Huber)
log_cosh = logcosh = as_function(LogCosh)
hinge = as_function(Hinge)


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
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "kld",
    "log_cosh",
    "logcosh",
    "mae",
    "mean_absolute_error",
    "mean_squared_error",
    "mse",
    "sparse_categorical_crossentropy",
]
