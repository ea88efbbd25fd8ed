"""Which cells of a table are coloured, and how: by size, or by a condition that the user writes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError

_COMPARISONS: Final[Mapping[str, Callable[[Array, float], Array]]] = {
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


@dataclass(frozen=True)
class Condition:
    """A condition on elements, as it was written."""

    text: str
    holds: Callable[[Array], Array]

    @classmethod
    def read(cls, text: str) -> Condition:
        """Return the condition that `text` stands for: a comparison, of magnitudes behind ``abs``, or a word.

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
        compare, limit, of_size = _COMPARISONS[match[2]], float(match[3]), bool(match[1])
        return cls(text, lambda values: compare(np.abs(values) if of_size else np.real(values), limit))
