"""The axes of parallel coordinates: where the values of a setting or of a measure stand, and which part is marked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from studio.ui.i18n import number
from studio.ui.runs.table import in_order, setting_text
from studio.ui.ticks import ticks

#: Numbers of which the greatest is so many times the least stand on a logarithmic axis; if there is a 0, which none
#: has a place for by itself, so many times the least that is above it.
_FACTOR: Final = 10
_FACTOR_ABOVE_ZERO: Final = 100
#: What 0 takes of a logarithmic axis: from it up to the least number above it.
_FOR_ZERO: Final = 0.12
#: So few values have a tick each, as those of a sweep do; more have round numbers between the ends.
_FEW: Final = 6


def is_missing(value: Any) -> bool:
    """Return whether a value has no place on any axis: it is not there, or no finite number."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Brush:
    """A part of an axis, by its values: so it stays where it is when other runs move the axis' ends.

    Examples
    --------
    >>> brush = Brush(0.01, 0.1, frozenset({"relu"}))
    >>> [brush.has(value) for value in (0.05, 0.5, "relu", "tanh", None)]
    [True, False, True, False, False]
    """

    low: float = math.inf
    high: float = -math.inf
    words: frozenset[Any] = frozenset()
    missing: bool = False

    def has(self, value: Any) -> bool:
        """Return whether a value lies within; one that is missing does if the place of those does."""
        if is_missing(value):
            return self.missing
        return value in self.words or (_is_number(value) and self.low <= value <= self.high)


@dataclass(frozen=True)
class Axis:
    """An axis, from 0 at the bottom to 1.

    Parameters
    ----------
    key
        What it is of, in any language.
    title
        What it is called.
    low, high
        Least and greatest number; on an axis of words they say nothing.
    words
        Where each value stands, if not all are numbers.
    is_log
        Whether equal ratios are equally far apart.
    least
        On a logarithmic axis, the least number above 0: below it there is room for 0 alone, if that is there.
    ticks
        Places and what stands there, the ends first.
    has_missing
        Whether some runs have no value here.
    """

    key: str
    title: str
    low: float = 0.0
    high: float = 0.0
    words: Mapping[Any, float] = field(default_factory=dict)
    is_log: bool = False
    least: float = 0.0
    ticks: tuple[tuple[float, str], ...] = ()
    has_missing: bool = False

    def place(self, value: Any) -> float | None:
        """Return where a value stands; None: it has no place."""
        if is_missing(value):
            return None
        if self.words or not _is_number(value):
            return self.words.get(value)
        return self._share(min(max(value, self.low), self.high))

    def _share(self, value: float) -> float:
        if self.low == self.high:
            return 0.5
        if not self.is_log:
            return (value - self.low) / (self.high - self.low)
        if value < self.least:
            return self._ground * value / self.least
        share = math.log(value / self.least) / math.log(self.high / self.least)
        return round(self._ground + (1 - self._ground) * share, 9)

    def value_at(self, place: float) -> float:
        """Return the number at a place; those at the ends exactly."""
        if place <= 0 or place >= 1 or self.low == self.high:
            return self.low if place <= 0 else self.high
        if not self.is_log:
            return self.low + place * (self.high - self.low)
        if place < self._ground:
            return self.least * place / self._ground
        return self.least * math.pow(self.high / self.least, (place - self._ground) / (1 - self._ground))

    @property
    def _ground(self) -> float:
        """Where the logarithmic part begins."""
        return _FOR_ZERO if self.low < self.least else 0.0

    def brush(self, low: float, high: float) -> Brush | None:
        """Return the values from one place to another; a place below 0 takes in those that are missing."""
        missing = low < 0 and self.has_missing
        if self.words or high < 0:
            words = frozenset(value for value, place in self.words.items() if low <= place <= high)
            return Brush(words=words, missing=missing) if words or missing else None
        if self.low == self.high:
            around = low <= 0.5 <= high
            return Brush(self.low, self.high, missing=missing) if around else Brush(missing=True) if missing else None
        return Brush(self.value_at(low), self.value_at(high), missing=missing)

    def parts(self, brush: Brush) -> Iterator[tuple[float, float]]:
        """Yield the parts of the axis that a brush is on, each from its lower end to its upper one."""
        if self.words:
            half = min(0.5 / len(self.words), 0.04)
            yield from ((place - half, place + half) for value, place in self.words.items() if brush.has(value))
        elif brush.low <= self.high and brush.high >= self.low:
            low, high = self.place(brush.low), self.place(brush.high)
            if low is not None and high is not None:
                yield low, high


def axis(key: str, title: str, values: Sequence[Any]) -> Axis:
    """Return the axis of some values: numbers by size, on a logarithmic scale if they span much; others in order.

    Examples
    --------
    >>> rates = axis("rate", "rate", [0.001, 0.1, 0.01, None])
    >>> rates.place(0.01), rates.is_log, rates.has_missing
    (0.5, True, True)
    >>> decay = axis("decay", "decay", [0.0, 0.0001, 0.01])
    >>> decay.place(0.0), decay.place(0.0001), decay.place(0.01)
    (0.0, 0.12, 1.0)
    >>> axis("kernel", "kernel", ["10, 10", "3, 3", "3, 3"]).words
    {'3, 3': 0.0, '10, 10': 1.0}
    """
    known = [v for v in values if not is_missing(v)]
    has_missing = len(known) < len(values)
    if not known or not all(map(_is_number, known)):
        words = sorted(dict.fromkeys(known), key=in_order)
        step = 1 / (len(words) - 1) if len(words) > 1 else 0.0
        places = {word: i * step if step else 0.5 for i, word in enumerate(words)}
        said = [(place, setting_text(word)) for word, place in places.items()]
        return Axis(key, title, words=places, ticks=tuple(said[:1] + said[:0:-1]), has_missing=has_missing)
    low, high = min(known), max(known)
    least = min((v for v in known if v > 0), default=0.0)
    is_log = low >= 0 and least > 0 and high / least >= (_FACTOR if low else _FACTOR_ABOVE_ZERO)
    made = Axis(key, title, low, high, is_log=is_log, least=least, has_missing=has_missing)
    marks = dict.fromkeys((low, high, *_between(made, known)))
    said = [(made._share(mark), number(mark)) for mark in marks]
    return Axis(key, title, low, high, {}, is_log, least, tuple(said), has_missing)


def _between(made: Axis, known: Sequence[float]) -> list[float]:
    """Return the numbers between the ends that have a tick."""
    if len(values := sorted(set(known))) <= _FEW:
        return values
    if not made.is_log:
        return [mark for mark in ticks(made.low, made.high, _FEW) if made.low <= mark <= made.high]
    first, last = math.ceil(math.log10(made.least)), math.floor(math.log10(made.high))
    return [made.least, *(10.0**power for power in range(first, last + 1))]
