"""Which cells of a table are coloured, and how: by size, or by a condition that the user writes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError

_COMPARISONS: Final[Mapping[str, Callable[[Array, Any], Array]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS: Final[Mapping[str, Callable[[Array], Array]]] = {
    "nan": np.isnan,
    "inf": np.isinf,
    "finite": np.isfinite,
    "zero": lambda values: values == 0,
}
_CONDITION: Final = re.compile(
    r"(abs)?\s*(<=|>=|==|!=|<|>|=)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE
)


#: More than any element.
_BEYOND: Final = Decimal(2**65)


@dataclass(frozen=True)
class Condition:
    """A condition on elements, as it was written."""

    text: str
    holds: Callable[[Array], Array]

    @classmethod
    def read(cls, text: str) -> Condition:
        """Return the condition that `text` stands for: a comparison, of magnitudes behind ``abs``, or a word.

        Complex numbers are greater or less by their magnitudes.

        Raises
        ------
        InvalidArgumentError
            If it cannot be read.

        Examples
        --------
        >>> Condition.read("abs > 2").holds(np.array([-3.0, 1.0, 4.0])).tolist()
        [True, False, True]
        >>> Condition.read("nan").holds(np.array([np.nan, 1.0])).tolist()
        [True, False]
        """
        plain = text.strip().lower().replace(",", ".")
        if plain in _WORDS:
            return cls(text, _WORDS[plain])
        match = _CONDITION.fullmatch(plain)
        if match is None:
            raise InvalidArgumentError(
                "{text} is no condition.",
                hint="Write a comparison such as > 0.5 or abs >= 2, or one of the words nan, inf, finite, zero.",
                text=text,
            )
        sign, limit, of_size = match[2], Decimal(match[3]), bool(match[1])
        return cls(text, lambda values: _compared(_magnitudes(values) if of_size else values, sign, limit))


def _magnitudes(values: Array) -> Array:
    """Return magnitudes; that of the least signed whole number is no signed one."""
    if values.dtype.kind == "b":
        return values
    found: Array = np.abs(values)
    return found.view(f"u{values.dtype.itemsize}") if values.dtype.kind == "i" else found


def _compared(values: Array, sign: str, limit: Decimal) -> Array:
    """Compare each element with a number, exactly where the elements are whole numbers."""
    compare = _COMPARISONS[sign]
    is_equality = compare in (operator.eq, operator.ne)
    if values.dtype.kind in "iu":
        whole = limit.to_integral_value(ROUND_CEILING if sign in ("<", ">=") else ROUND_FLOOR)
        if is_equality and whole != limit:
            return np.full(values.shape, compare is operator.ne)
        return compare(values, int(min(max(whole, -_BEYOND), _BEYOND)))
    if values.dtype.kind == "c" and not is_equality:
        values = np.abs(values)  # complex numbers have no other order
    bound = float(limit)
    # a number as written is one of the dtype of the elements, if that has such
    is_known = values.dtype.kind not in "fc" or abs(bound) <= float(np.finfo(values.dtype).max)
    return compare(values, bound if is_known else np.float64(bound))
