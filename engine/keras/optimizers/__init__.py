"""Optimisers."""

from __future__ import annotations

from typing import Any

from engine.core.registry import Registry
from engine.keras.lookup import find, register
from engine.keras.optimizers import schedules
from engine.keras.optimizers.adagrad import Adadelta, Adagrad
from engine.keras.optimizers.adam import Adam, Adamax, AdamW, Nadam
from engine.keras.optimizers.optimizer import Optimizer
from engine.keras.optimizers.rmsprop import RMSprop
from engine.keras.optimizers.sgd import SGD

OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")
register(OPTIMIZERS, Adam)
register(OPTIMIZERS, SGD)
register(OPTIMIZERS, AdamW, "adamw")
register(OPTIMIZERS, RMSprop, "rmsprop")
register(OPTIMIZERS, Adagrad)
register(OPTIMIZERS, Adadelta)
register(OPTIMIZERS, Adamax)
register(OPTIMIZERS, Nadam)


def get(identifier: Any) -> Any:
    """Return the optimiser that a name, a class, a configuration or an object stands for.

    Examples
    --------
    >>> type(get("adam")).__name__
    'Adam'
    """
    return find(OPTIMIZERS, identifier, Optimizer)


__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
]
