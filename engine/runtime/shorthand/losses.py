"""Cross-entropies of logits."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.runtime.eager import convert_to_tensor


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """Return the cross-entropy between labels and the sigmoid of logits: max(x, 0) - x z + log(1 + e⁻|x|).

    Examples
    --------
    >>> sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[0.0]).numpy()
    array([0.6931472], dtype=float32)
    """
    x = convert_to_tensor(logits)
    return OPS["softplus"](x) - x * labels


def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Any:
    """Return the cross-entropy with logits in which the positive labels count `pos_weight` times.

    Examples
    --------
    >>> weighted_cross_entropy_with_logits([1.0], [0.0], 2.0).numpy()
    array([1.3862944], dtype=float32)
    """
    x, z = convert_to_tensor(logits), convert_to_tensor(labels)
    weight = (convert_to_tensor(pos_weight, x.dtype) - 1.0) * z + 1.0
    return (1.0 - z) * x + weight * OPS["softplus"](-x)
