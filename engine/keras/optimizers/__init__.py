"""Optimisers."""

from __future__ import annotations

from typing import Any

from engine.core.registry import Registry
from engine.keras.lookup import find, register
from engine.keras.optimizers.adam import Adam
from engine.keras.optimizers.optimizer import Optimizer
from engine.keras.optimizers.sgd import SGD

OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")
register(OPTIMIZERS, Adam)
register(OPTIMIZERS, SGD)


def get(identifier: Any) -> Any:
    """Return the optimiser that a name, a class, a configuration or an object stands for.

    Examples
    --------
    >>> type(get("adam")).__name__
    'Adam'
    """
    return find(OPTIMIZERS, identifier, Optimizer)


__all__ = ["OPTIMIZERS", "SGD", "Adam", "Optimizer", "get"]
