"""Weights as the fields of a layer declare them, and outputs with a bias and an activation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.op import OPS
from engine.keras import activations
from engine.keras.weight import Weight


def add_declared(layer: Any, stem: str, shape: Sequence[int], name: str = "", initializer: Any = None) -> Weight:
    """Make the weight of a layer that its fields ``<stem>_initializer``, ``_regularizer`` and ``_constraint`` declare.

    Parameters
    ----------
    name
        Of the weight; the stem, if none is given.
    initializer
        Instead of the declared one.

    Examples
    --------
    >>> from engine.keras.layers import Dense
    >>> add_declared(Dense(2, kernel_initializer="ones"), "kernel", (1, 2)).numpy()
    array([[1., 1.]], dtype=float32)
    """
    weight: Weight = layer.add_weight(
        shape,
        initializer or getattr(layer, f"{stem}_initializer"),
        regularizer=getattr(layer, f"{stem}_regularizer"),
        constraint=getattr(layer, f"{stem}_constraint"),
        name=name or stem,
    )
    return weight


def add_bias(layer: Any, units: int) -> Weight | None:
    """Make the bias of a layer, if it uses one."""
    return add_declared(layer, "bias", (units,)) if layer.use_bias else None


def finished(layer: Any, outputs: Any) -> Any:
    """Return outputs with the bias and the activation of a layer."""
    if layer.bias is not None:
        outputs = OPS["bias_add"].apply(outputs, layer.bias)
    return activations.get(layer.activation)(outputs)
