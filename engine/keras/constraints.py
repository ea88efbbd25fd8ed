"""Constraints: bounds that weights are brought back into after each step."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.registry import Registry
from engine.keras.declared import Declared
from engine.keras.lookup import find, register

#: Keeps divisors from zero (Keras' epsilon).
EPSILON = 1e-7

CONSTRAINTS: Registry[type[Constraint]] = Registry("constraint")


class Constraint(Declared):
    """Base of the constraints: called with a weight, it returns the weight within its bounds."""

    def __call__(self, w: Any) -> Any:
        """Return what to take for `w`."""
        raise TypeError(f"{type(self).__name__} does not say what it allows: define __call__(w).")


def _norm(w: Any, axis: Any) -> Any:
    return OPS["sqrt"](OPS["reduce_sum"].apply(OPS["square"](w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Length of the weights along an axis of at most so much.

    Examples
    --------
    >>> MaxNorm(1.0)([[3.0], [4.0]]).numpy().ravel().round(3)
    array([0.6, 0.8], dtype=float32)
    """

    max_value: float = param(2.0, "Largest length.", min=0)
    axis: int = param(0, "Along which axis lengths are measured.", kind="axes")

    def __call__(self, w: Any) -> Any:
        norms = _norm(w, self.axis)
        return w * (OPS["clip_by_value"](norms, 0.0, self.max_value) / (norms + EPSILON))


class NonNeg(Constraint):
    """No weight below zero.

    Examples
    --------
    >>> NonNeg()([-1.0, 2.0]).numpy()
    array([0., 2.], dtype=float32)
    """

    def __call__(self, w: Any) -> Any:
        return OPS["maximum"](w, 0.0)


class UnitNorm(Constraint):
    """Length of the weights along an axis of 1.

    Examples
    --------
    >>> UnitNorm()([[3.0], [4.0]]).numpy().ravel().round(3)
    array([0.6, 0.8], dtype=float32)
    """

    axis: int = param(0, "Along which axis lengths are measured.", kind="axes")

    def __call__(self, w: Any) -> Any:
        return w / (_norm(w, self.axis) + EPSILON)


class MinMaxNorm(Constraint):
    """Length of the weights along an axis within bounds.

    Examples
    --------
    >>> MinMaxNorm(1.0, 2.0)([[0.3], [0.4]]).numpy().ravel().round(3)
    array([0.6, 0.8], dtype=float32)
    """

    min_value: float = param(0.0, "Smallest length.", min=0)
    max_value: float = param(1.0, "Largest length.", min=0)
    rate: float = param(1.0, "Share of the way into the bounds that each step goes.", min=0, max=1)
    axis: int = param(0, "Along which axis lengths are measured.", kind="axes")

    def __call__(self, w: Any) -> Any:
        norms = _norm(w, self.axis)
        wanted = self.rate * OPS["clip_by_value"](norms, self.min_value, self.max_value) + (1.0 - self.rate) * norms
        return w * (wanted / (norms + EPSILON))


for _class in (MaxNorm, NonNeg, UnitNorm, MinMaxNorm):
    register(CONSTRAINTS, _class)

#: The names to choose from.
NAMES = tuple(name for name in CONSTRAINTS if name == name.lower())


def get(identifier: Any) -> Any:
    """Return the constraint that a name, a configuration or an object stands for; None for None.

    Examples
    --------
    >>> get("non_neg")([-1.0]).numpy(), get(None)
    (array([0.], dtype=float32), None)
    """
    if identifier is None or (callable(identifier) and not isinstance(identifier, type)):
        return identifier
    return find(CONSTRAINTS, identifier, Constraint)
