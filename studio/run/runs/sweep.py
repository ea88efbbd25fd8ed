"""Sweeps: the documents that come of trying several values of some parameters."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from engine.core.errors import InvalidArgumentError
from engine.core.param import Param
from studio.document.document import Document
from studio.document.edits import SetParams
from studio.document.file import dumps, loads
from studio.document.types import Types

#: Most trainings of one sweep.
MOST: Final = 1000
#: Draws for each combination that is wanted, at most: of few that there are, the last one may take long to come up.
_TRIES: Final = 200
#: Plain digits on both sides of a comma: "0,001", which may be one number or two.
_UNCLEAR: Final = re.compile(r"(?:^|[\s,]|\.\.)\d+,\d+(?=$|[\s,/]|\.\.)")
#: A comma that stands in no brackets.
_BETWEEN_LISTS: Final = re.compile(r",(?![^(\[]*[)\]])")
#: Values of a range where all combinations are tried.
STEPS: Final = 5


@dataclass(frozen=True)
class Place:
    """A parameter of a node."""

    node: str
    param: str

    def __str__(self) -> str:
        return f"{self.node}.{self.param}"


@dataclass(frozen=True)
class Trial:
    """A document of a sweep, which is made when it is needed: of 1,000 each takes part of a millisecond.

    Parameters
    ----------
    text
        The document that is swept over, as it was then.
    values
        What is tried, by the parameters' places.
    """

    text: str
    values: Mapping[Place, Any]

    @property
    def label(self) -> str:
        """What it tries, in words."""
        return ", ".join(f"{place}={value}" for place, value in self.values.items())

    def make(self) -> Document:
        """Return the document."""
        made = loads(self.text)
        for place, value in self.values.items():
            made.apply(SetParams(place.node, {place.param: param_of(made, place).to_json(value)}))
        return made


def places(document: Document) -> list[Place]:
    """Return the parameters that can be swept over: those that are numbers, lists of them, words or switches."""
    types = Types(document)
    return [
        Place(node.id, name)
        for node in document.nodes.values()
        if node.type in types
        for name, param in types[node.type].params.items()
        if param.kind in ("int", "float", "bool", "choice", "ints")
    ]


def param_of(document: Document, place: Place) -> Param:
    """Return what a place takes.

    Raises
    ------
    InvalidArgumentError
        If there is no such parameter.
    """
    node = document.nodes.get(place.node)
    params = Types(document)[node.type].params if node is not None else {}
    if place.param not in params:
        raise InvalidArgumentError(
            "There is no parameter '{name}'.", hint="Name one as node.parameter.", name=str(place)
        )
    return params[place.param]


@dataclass(frozen=True)
class Span:
    """All numbers from `low` to `high`, both included; whole ones, if only those are taken."""

    low: float
    high: float
    is_whole: bool = False

    @property
    def size(self) -> float:
        """How many numbers these are."""
        return math.floor(self.high) - math.ceil(self.low) + 1 if self.is_whole else math.inf

    def at(self, share: float) -> float:
        """Return the number at a share of the way, from 0 to 1: of a factor of ten or more, in equal ratios.

        Examples
        --------
        >>> Span(0.01, 1.0).at(0.5), Span(0.0, 1.0).at(0.5), Span(4, 64, is_whole=True).at(0.5)
        (0.1, 0.5, 16)
        """
        number = _between(self.low, self.high, share)
        return round(number) if self.is_whole else float(f"{number:.6g}")

    def draw(self, drawn: random.Random) -> float:
        """Return any of its numbers, of four digits that differ within it: more say nothing."""
        if self.is_whole:  # or the ends would be drawn half as often as the others
            number = _between(self.low - 0.5, self.high + 0.5, drawn.random())
            return min(max(round(number), math.ceil(self.low)), math.floor(self.high))
        number = self.low + (self.high - self.low) * drawn.random() if self._alike else self.at(drawn.random())
        return min(max(float(f"{number:.{4 + self._alike}g}"), self.low), self.high)

    @cached_property
    def _alike(self) -> int:
        """How many leading digits all of its numbers share."""
        return max(0, -math.ceil(math.log10((self.high - self.low) / max(abs(self.low), abs(self.high)))))


def _between(low: float, high: float, share: float) -> float:
    """Return the number at a share of the way: of a factor of ten or more, in equal ratios."""
    return low * (high / low) ** share if low > 0 and high / low >= 10 else low + (high - low) * share


@dataclass(frozen=True)
class Choices:
    """What is tried of a parameter: single values, and ranges from which any number may be drawn.

    Examples
    --------
    >>> choices = Choices((8, Span(1, 3, is_whole=True)))
    >>> choices.values, choices.size
    ([8, 1, 2, 3], 4)
    """

    parts: tuple[Any, ...]

    @property
    def values(self) -> list[Any]:
        """The single values, and of ranges `STEPS`."""
        found: dict[Any, None] = {}
        for part in self.parts:
            is_range = isinstance(part, Span)
            found |= dict.fromkeys([part.at(i / (STEPS - 1)) for i in range(STEPS)] if is_range else [part])
        return list(found)

    @property
    def size(self) -> float:
        """How many different ones can be drawn; of very many, about."""
        total = sum(part.size if isinstance(part, Span) else 1 for part in self.parts)
        return total if total > MOST else len(set(itertools.chain.from_iterable(map(_each, self.parts))))

    def draw(self, drawn: random.Random) -> Any:
        """Return one of them: each value as likely as each range as a whole."""
        part = drawn.choice(self.parts)
        return part.draw(drawn) if isinstance(part, Span) else part


def _each(part: Any) -> Iterable[Any]:
    """Return all values of a part of choices that has not many."""
    return range(math.ceil(part.low), math.floor(part.high) + 1) if isinstance(part, Span) else (part,)


def choices_in(text: str, param: Param, name: str) -> Choices:
    """Return what a text names: values parted by commas, ranges ("1e-4..1e-1"), and ranges in steps ("1e-4..1e-1/4").

    Steps are equal in ratio where the numbers span a factor of ten or more, and equal in size otherwise. Where values
    are parted by semicolons, decimals may be written with a comma. Lists stand in brackets: "3, (3, 5)".

    Raises
    ------
    InvalidArgumentError
        If a value is none that the parameter takes.

    Examples
    --------
    >>> choices_in("8, 16", Param("int", 1, min=1), "units").values
    [8, 16]
    >>> choices_in("0.001..0.1/3", Param("float", 0.1), "rate").values
    [0.001, 0.01, 0.1]
    >>> choices_in("0,001; 0,01", Param("float", 0.1), "rate").values
    [0.001, 0.01]
    >>> choices_in("3, (3, 5)", Param("ints", (3,)), "kernel_size").values
    [(3,), (3, 5)]
    >>> choices_in("8, -1", Param("int", 1, min=1), "units")
    Traceback (most recent call last):
        ...
    engine.core.errors.InvalidArgumentError: units is -1. It takes a whole number of 1 or more.
    """
    found: list[Any] = []
    for part in filter(None, (part.strip() for part in _parts(text, param, name))):
        found += _range(part, param, name) if ".." in part else [param.validate(param.parse(part), name)]
    if not found:
        raise InvalidArgumentError(
            "There are no values for {name}.", hint="Give some, as in 8, 16, 32 or 0.0001..0.1/4.", name=name
        )
    return Choices(tuple(dict.fromkeys(found)))


def _parts(text: str, param: Param, name: str) -> list[str]:
    """Return the parts of a text.

    Raises
    ------
    InvalidArgumentError
        If a comma in it may be that of a decimal number as well as one between two.
    """
    if ";" in text:
        return text.split(";")
    if param.kind == "float" and _UNCLEAR.search(text):
        raise InvalidArgumentError(
            "{name}: '{text}' may be one number or several.",
            hint="Put a space behind commas that part numbers, or use semicolons: 8, 16 or 0,001; 0,01.",
            name=name,
            text=text,
        )
    return _BETWEEN_LISTS.split(text)


def _range(text: str, param: Param, name: str) -> list[Any]:
    """Return the range that a text names, or the values at its steps."""
    ends, slash, count = text.partition("/")
    try:
        low, high = (float(end.replace(",", ".")) for end in ends.split(".."))
        steps = int(count) if slash else STEPS
        if not low < high or not math.isfinite(high - low) or not 2 <= steps <= MOST:
            raise ValueError
        if param.kind not in ("int", "float"):
            raise ValueError
    except ValueError:
        raise InvalidArgumentError(
            "{name}: '{text}' is no range.",
            hint="Write it as from..to/steps, as in 0.0001..0.1/4.",
            name=name,
            text=text,
        ) from None
    span = Span(low, high, param.kind == "int")
    for end in (0.0, 1.0):
        param.validate(span.at(end), name)
    return [span.at(i / (steps - 1)) for i in range(steps)] if slash else [span]


def grid(document: Document, choices: Mapping[Place, Choices]) -> Iterator[Trial]:
    """Yield a trial for each combination of values.

    Raises
    ------
    InvalidArgumentError
        If there are too many.
    """
    values = []
    for place, each in choices.items():
        param = param_of(document, place)
        values.append([param.validate(value, str(place)) for value in each.values])
    count = math.prod(map(len, values))
    if count > MOST:
        raise InvalidArgumentError(
            "That would be {count} trainings.",
            hint="Try at most {most}: fewer values, or at random.",
            count=count,
            most=MOST,
        )
    text = dumps(document)
    for chosen in itertools.product(*values):
        yield Trial(text, dict(zip(choices, chosen, strict=True)))


def count_at_random(choices: Mapping[Place, Choices], count: int) -> int:
    """Return how many combinations are drawn if so many are wished for."""
    return int(min(count, MOST, math.prod(each.size for each in choices.values())))


def at_random(document: Document, choices: Mapping[Place, Choices], count: int, seed: int = 0) -> Iterator[Trial]:
    """Yield trials of so many combinations drawn at random, each at most once: the same ones for the same seed."""
    drawn, seen = random.Random(seed), set[tuple[Any, ...]]()
    wanted, text = count_at_random(choices, count), dumps(document)
    params = {place: param_of(document, place) for place in choices}
    for _draw in range(_TRIES * wanted):
        if len(seen) == wanted:
            return
        values = tuple(each.draw(drawn) for each in choices.values())
        if values not in seen:
            seen.add(values)
            chosen = zip(params.items(), values, strict=True)
            yield Trial(text, {place: param.validate(value, str(place)) for (place, param), value in chosen})
