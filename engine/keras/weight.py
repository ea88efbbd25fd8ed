"""Weights: the variables of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.runtime.variable import Variable


class Weight(Variable):
    """A variable that may be kept small by a regularizer and in bounds by a constraint.

    Attributes
    ----------
    regularizer
        ``regularizer(value)`` is added to the loss.
    constraint
        ``constraint(value)`` takes the place of the value after each step of an optimiser.
    """

    __slots__ = ("constraint", "regularizer")

    def __init__(
        self,
        initial_value: Any,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
        shape: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        constraint: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__(initial_value, trainable, name, dtype, shape)
        self.regularizer = regularizer
        self.constraint = constraint
