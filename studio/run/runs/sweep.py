"""Sweeps: the documents that come of trying several values of some parameters."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.core.errors import InvalidArgumentError
from engine.core.param import Param
from studio.document.document import Document
from studio.document.edits import SetParams
from studio.document.file import dumps, loads
from studio.document.types import Types

#: Most trainings of one sweep.
MOST: Final = 1000


@dataclass(frozen=True)
class Place:
    """A parameter of a node."""

    node: str
    param: str

    def __str__(self) -> str:
        return f"{self.node}.{self.param}"


@dataclass(frozen=True)
class Trial:
    """A document of a sweep: what it tries, in words, and the values by the parameters' places."""

    document: Document
    label: str
    values: Mapping[str, Any]


def places(document: Document) -> list[Place]:
    """Return the parameters that can be swept over: those that are single numbers, words or switches."""
    types = Types(document)
    return [
        Place(node.id, name)
        for node in document.nodes.values()
        if node.type in types
        for name, param in types[node.type].params.items()
        if param.kind in ("int", "float", "bool", "choice")
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


def values_in(text: str, param: Param, name: str) -> list[Any]:
    """Return the values that a text names: parted by commas, or "from..to" in so many steps, as in "1e-4..1e-1/4".

    Steps are equal in ratio where the numbers span a factor of ten or more, and equal in size otherwise.

    Raises
    ------
    InvalidArgumentError
        If a value is none that the parameter takes.

    Examples
    --------
    >>> values_in("8, 16", Param("int", 1, min=1), "units")
    [8, 16]
    >>> values_in("0.001..0.1/3", Param("float", 0.1), "rate")
    [0.001, 0.01, 0.1]
    >>> values_in("8, -1", Param("int", 1, min=1), "units")
    Traceback (most recent call last):
        ...
    engine.core.errors.InvalidArgumentError: units is -1. It takes a whole number of 1 or more.
    """
    found: list[Any] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found += _range(part, param, name) if ".." in part else [param.validate(param.parse(part), name)]
    if not found:
        raise InvalidArgumentError(
            "There are no values for {name}.", hint="Give some, as in 8, 16, 32 or 0.0001..0.1/4.", name=name
        )
    return list(dict.fromkeys(found))


def _range(text: str, param: Param, name: str) -> list[Any]:
    ends, _, count = text.partition("/")
    try:
        low, high = (float(end) for end in ends.split(".."))
        steps = int(count or 5)
        if not (math.isfinite(low) and math.isfinite(high)) or not 2 <= steps <= MOST:
            raise ValueError
    except ValueError:
        raise InvalidArgumentError(
            "{name}: '{text}' is no range.",
            hint="Write it as from..to/steps, as in 0.0001..0.1/4.",
            name=name,
            text=text,
        ) from None
    shares = [i / (steps - 1) for i in range(steps)]
    if low > 0 and high / low >= 10:
        numbers = [low * (high / low) ** share for share in shares]
    else:
        numbers = [low + (high - low) * share for share in shares]
    rounded = [round(v) if param.kind == "int" else float(f"{v:.6g}") for v in numbers]
    return [param.validate(value, name) for value in dict.fromkeys(rounded)]


def grid(document: Document, choices: Mapping[Place, Sequence[Any]]) -> Iterator[Trial]:
    """Yield a document for each combination of values.

    Raises
    ------
    InvalidArgumentError
        If there are too many.
    """
    count = math.prod(map(len, choices.values()))
    if count > MOST:
        raise InvalidArgumentError(
            "That would be {count} trainings.",
            hint="Try at most {most}: fewer values, or at random.",
            count=count,
            most=MOST,
        )
    for values in itertools.product(*choices.values()):
        yield _trial(document, dict(zip(choices, values, strict=True)))


def at_random(document: Document, choices: Mapping[Place, Sequence[Any]], count: int, seed: int = 0) -> Iterator[Trial]:
    """Yield documents for so many combinations drawn at random, each at most once: the same ones for the same seed."""
    drawn = random.Random(seed)
    total = math.prod(map(len, choices.values()))
    for number in drawn.sample(range(total), min(count, total, MOST)):
        chosen: dict[Place, Any] = {}
        for place, values in choices.items():
            number, which = divmod(number, len(values))
            chosen[place] = values[which]
        yield _trial(document, chosen)


def _trial(document: Document, chosen: Mapping[Place, Any]) -> Trial:
    made = loads(dumps(document))
    for place, value in chosen.items():
        param = param_of(made, place)
        made.apply(SetParams(place.node, {place.param: param.to_json(param.validate(value, str(place)))}))
    values = {str(place): value for place, value in chosen.items()}
    return Trial(made, ", ".join(f"{name}={value}" for name, value in values.items()), values)
