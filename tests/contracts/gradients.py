"""What tests of gradients share: the weighted sum that is differentiated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from calls import Call

import engine as tf
from engine.core.dtype import Array

#: Ops that hide a dependence from differentiation on purpose.
HIDING = {"stop_gradient"}


def weights_of(call: Call) -> list[Array]:
    """Return fixed numbers by which the outputs are multiplied before they are summed."""
    rng = np.random.default_rng(7)
    return [rng.uniform(0.5, 1.5, a.shape).astype(a.dtype) for a in call.reference() if a.dtype.kind == "f"]


def weighted(outputs: Sequence[Any], weights: Sequence[Array]) -> Any:
    """Return the sum of the floating outputs, each element with its weight."""
    floats = [y for y in outputs if y.dtype.is_floating]
    total: Any = 0.0
    for y, w in zip(floats, weights, strict=True):
        total = tf.reduce_sum(y * w) + total
    return total


def value_and_gradients(call: Call, operands: Sequence[Any], weights: Sequence[Array]) -> tuple[list[Any], list[Any]]:
    """Return the outputs, and the gradients of their weighted sum with respect to the floating operands."""
    sources = [operands[i] for i in call.floating]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        outputs = call.apply(operands)
        target = weighted(outputs, weights)
    return outputs, list(tape.gradient(target, sources))


def gradients(call: Call, operands: Sequence[Any], weights: Sequence[Array]) -> list[Any]:
    """Return the gradients of the weighted sum with respect to the floating operands."""
    return value_and_gradients(call, operands, weights)[1]
