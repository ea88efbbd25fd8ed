"""Tables of named things, with errors that suggest what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Generic, TypeVar

from engine.core.errors import NotFoundError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A table from names to records that refuses duplicates and explains unknown names.

    Parameters
    ----------
    noun
        What the records are, for the error text: "op", "layer", "loss".

    Examples
    --------
    >>> colours = Registry("colour")
    >>> colours.add("red", 0xFF0000)
    16711680
    >>> colours["rde"]
    Traceback (most recent call last):
        ...
    engine.core.errors.NotFoundError: There is no colour called 'rde'. Did you mean 'red'?
    >>> colours.get("rde", 0)
    0
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._records: dict[str, T] = {}

    def add(self, name: str, record: T) -> T:
        """Enter `record` under `name` and return it."""
        if name in self._records:
            raise ValueError(f"there are two {self.noun} records called {name!r}")
        self._records[name] = record
        return record

    def __getitem__(self, name: str) -> T:
        try:
            return self._records[name]
        except KeyError:
            pass
        close = get_close_matches(str(name), self._records, n=1)
        if close:
            raise NotFoundError(
                "There is no {noun} called '{name}'.",
                hint="Did you mean '{close}'?",
                noun=self.noun,
                name=name,
                close=close[0],
            )
        raise NotFoundError(
            "There is no {noun} called '{name}'.",
            hint="There are: {names}.",
            noun=self.noun,
            name=name,
            names=", ".join(sorted(self._records)),
        )

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)
