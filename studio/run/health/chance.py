"""Chance: the loss of the best prediction that is the same for every example. Who learns something does better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.runtime.eager import constant

#: Examples that are looked at, at most.
EXAMPLES: Final = 2000
_EPSILON: Final = 1e-6


def _frequencies(truth: Array, scores: int) -> Array:
    counts = np.bincount(truth.astype(np.int64).ravel(), minlength=scores)[:scores]
    return np.asarray(counts / max(truth.size, 1))


def _logits(p: Array) -> Array:
    return np.asarray(np.log(np.maximum(p, _EPSILON)))


def _log_odds(p: Array) -> Array:
    return np.asarray(np.log(np.maximum(p, _EPSILON) / np.maximum(1 - p, _EPSILON)))


Guess = Callable[[Array, int], Array]
#: For each loss the best prediction that is the same for all, and what it is as logits.
_GUESSES: Final[Mapping[str, tuple[Guess, Callable[[Array], Array]]]] = {
    "SparseCategoricalCrossentropy": (_frequencies, _logits),
    "CategoricalCrossentropy": (lambda truth, scores: truth.mean(axis=0), _logits),
    "BinaryCrossentropy": (lambda truth, scores: truth.mean(axis=0), _log_odds),
    "KLDivergence": (lambda truth, scores: truth.mean(axis=0), _logits),
    "MeanSquaredError": (lambda truth, scores: truth.mean(axis=0), lambda p: p),
    "MeanAbsoluteError": (lambda truth, scores: np.median(truth, axis=0), lambda p: p),
    "Huber": (lambda truth, scores: np.median(truth, axis=0), lambda p: p),
    "LogCosh": (lambda truth, scores: np.median(truth, axis=0), lambda p: p),
    "Hinge": (lambda truth, scores: np.where(truth.mean(axis=0) > 0, 1.0, -1.0), lambda p: p),
}


def chance_of(loss: Any, truth: Array, prediction: Array) -> float | None:
    """Return the loss of the best prediction that is the same for all examples, None if nobody knows it.

    Parameters
    ----------
    loss
        The loss.
    truth
        The answers, of all examples.
    prediction
        A prediction, of some examples: its shape and dtype count.

    Examples
    --------
    >>> from engine.keras.losses import MeanSquaredError
    >>> chance_of(MeanSquaredError(), np.array([[1.0], [3.0]], np.float32), np.zeros((1, 1), np.float32))
    1.0
    """
    known = _GUESSES.get(type(loss).__name__)
    if known is None or not prediction.ndim or not len(truth):
        return None
    guess, as_logits = known
    truth = truth[:: max(1, len(truth) // EXAMPLES)]
    try:
        value = guess(truth, prediction.shape[-1])
        value = as_logits(value) if getattr(loss, "from_logits", False) else value
        if type(loss).__name__ != "SparseCategoricalCrossentropy" and truth.ndim < prediction.ndim:
            value = np.expand_dims(value, -1)
        every = np.broadcast_to(value, (len(truth), *prediction.shape[1:])).astype(prediction.dtype)
        found = float(loss(constant(truth), constant(np.ascontiguousarray(every))))
    except (EngineError, ValueError, IndexError):  # answers that fit the loss so little have no chance
        return None
    return found if np.isfinite(found) else None
