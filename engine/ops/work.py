"""How much arithmetic there is in ops: what the words of the scalar vocabulary stand for, and counts by the element."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

#: Floating-point operations that a word of the scalar vocabulary stands for; signs and comparisons count as one.
FLOPS: Final[Mapping[str, int]] = {
    "input": 0,
    "literal": 0,
    "cast": 1,
    "/": 4,
    "sqrt": 4,
    "remainder": 8,
    "exp": 15,
    "log": 18,
    "sigmoid": 20,
    "tanh": 22,
    "sin": 25,
    "cos": 25,
    "expm1": 40,
    "log1p": 40,
    "erf": 40,
    "power": 60,
}

#: Of `Op.arithmetic`.
Count = Callable[..., int]


def each_input(flops: int, position: int = 0) -> Count:
    """Return a count of so many operations for each element of an operand.

    Examples
    --------
    >>> from engine.core.spec import TensorSpec
    >>> each_input(2)([TensorSpec([3, 4])], [])
    24
    """

    def count(inputs: Sequence[Any], outputs: Sequence[Any], **attrs: Any) -> int:
        return int(flops * math.prod(inputs[position].shape))

    return count


def each_output(flops: int) -> Count:
    """Return a count of so many operations for each element of the first result."""

    def count(inputs: Sequence[Any], outputs: Sequence[Any], **attrs: Any) -> int:
        return int(flops * math.prod(outputs[0].shape))

    return count


#: It only moves elements.
NONE: Final = each_output(0)
