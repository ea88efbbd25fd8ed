"""Regularizers: what large weights cost."""

from __future__ import annotations

import math
from typing import Any

from engine.core.op import OPS
from engine.core.param import param
from engine.core.registry import Registry
from engine.keras.declared import Declared
from engine.keras.lookup import find, register

REGULARIZERS: Registry[type[Regularizer]] = Registry("regularizer")


class Regularizer(Declared):
    """Base of the regularizers: called with a weight, it returns a number to add to the loss."""

    def __call__(self, x: Any) -> Any:
        """Return the cost."""
        raise TypeError(f"{type(self).__name__} does not say what weights cost: define __call__(x).")


def _total(x: Any) -> Any:
    return OPS["reduce_sum"].apply(x, axis=None, keepdims=False)


class L1L2(Regularizer):
    """Cost of both kinds: l1·Σ|w| + l2·Σw².

    Examples
    --------
    >>> float(L1L2(l1=1.0, l2=2.0)([1.0, -2.0]))
    13.0
    """

    l1: float = param(0.0, "Factor of the sum of absolute values.", min=0, below=math.inf)
    l2: float = param(0.0, "Factor of the sum of squares.", min=0, below=math.inf)

    def __call__(self, x: Any) -> Any:
        return self.l1 * _total(OPS["abs"](x)) + self.l2 * _total(OPS["square"](x))


class L1(Regularizer):
    """Cost of absolute values, l1·Σ|w|: it makes weights zero.

    Examples
    --------
    >>> float(L1(0.5)([1.0, -2.0]))
    1.5
    """

    l1: float = param(0.01, "Factor of the sum of absolute values.", min=0, below=math.inf)

    def __call__(self, x: Any) -> Any:
        return self.l1 * _total(OPS["abs"](x))


class L2(Regularizer):
    """Cost of squares, l2·Σw²: it keeps weights small.

    Examples
    --------
    >>> float(L2(0.5)([1.0, -2.0]))
    2.5
    """

    l2: float = param(0.01, "Factor of the sum of squares.", min=0, below=math.inf)

    def __call__(self, x: Any) -> Any:
        return self.l2 * _total(OPS["square"](x))


register(REGULARIZERS, L1)
register(REGULARIZERS, L2)
register(REGULARIZERS, L1L2, "l1_l2")

#: The names to choose from.
NAMES = ("l1", "l2", "l1_l2")


def get(identifier: Any) -> Any:
    """Return the regularizer that a name, a configuration or an object stands for; None for None.

    Examples
    --------
    >>> get("l2").l2, get(None)
    (0.01, None)
    """
    if identifier is None or (callable(identifier) and not isinstance(identifier, type)):
        return identifier
    return find(REGULARIZERS, identifier, Regularizer)
