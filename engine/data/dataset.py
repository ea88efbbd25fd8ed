"""The record of a data set: what a document can begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.param import Param, bind
from engine.core.registry import Registry
from engine.core.spec import TensorSpec

Pair = tuple[Array, Array]


@dataclass(frozen=True)
class Examples:
    """Examples to train on, and, where the source keeps some apart, to test on: x and y of each.

    Parameters
    ----------
    labels
        Names of the classes, if y holds class numbers and they have names.
    """

    train: Pair
    test: Pair | None = None
    labels: tuple[str, ...] = ()

    def check(self, name: str) -> Examples:
        """Return the examples, if there are any and all of them are numbers.

        Raises
        ------
        InvalidArgumentError
            If there is none, x and y differ in their number, or a value is NaN or infinite.
        """
        for x, y in (self.train, *([self.test] if self.test else [])):
            if len(x) == 0:
                raise InvalidArgumentError(
                    "The data set '{name}' has no examples.", hint="Choose other parameters or another file.", name=name
                )
            if len(x) != len(y):
                raise InvalidArgumentError(
                    "The data set '{name}' has {x} inputs but {y} answers.", name=name, x=len(x), y=len(y)
                )
            for what, array in (("x", x), ("y", y)):
                _require_finite(array, what, name)
        return self


def _require_finite(array: Array, what: str, name: str) -> None:
    if array.dtype.kind != "f":
        return
    # the sum is finite unless an element is not (or it overflows, which the second look tells apart)
    with np.errstate(all="ignore"):
        total = np.sum(array, dtype=np.float64)
    if not np.isfinite(total) and not (finite := np.isfinite(array)).all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise InvalidArgumentError(
            "{what} of the data set '{name}' holds {count} values that are NaN or infinite, the first at {place}.",
            hint="Replace or remove those examples.",
            what=what,
            name=name,
            count=int((~finite).sum()),
            place=place,
        )


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A data set, declared once.

    Parameters
    ----------
    title, summary
        For people.
    x, y
        Specs of inputs and answers, the number of examples left open.
    load
        ``load(**params) -> Examples``.
    params
        What it can be told.
    describe
        ``describe(**params) -> (x, y)``: the specs, where they depend on the parameters.
    classes
        How many classes y tells apart, if it holds class numbers, or the parameter that says so.
    """

    name: str
    title: str
    summary: str
    x: TensorSpec
    y: TensorSpec
    load: Callable[..., Examples]
    params: Mapping[str, Param] = field(default_factory=dict)
    describe: Callable[..., tuple[TensorSpec, TensorSpec]] | None = None
    keywords: tuple[str, ...] = ()
    classes: int | str | None = None

    def class_count(self, **given: Any) -> int | None:
        """Return how many classes y tells apart, None if it holds no class numbers."""
        if not isinstance(self.classes, str):
            return self.classes
        return int(bind(self.params, given, self.name)[self.classes])

    def specs(self, **given: Any) -> tuple[TensorSpec, TensorSpec]:
        """Return the specs of x and y without loading anything."""
        values = bind(self.params, given, self.name)
        return self.describe(**values) if self.describe else (self.x, self.y)

    def __call__(self, **given: Any) -> Examples:
        """Return the examples.

        Raises
        ------
        InvalidArgumentError
            If a parameter is wrong or the data are.
        NotFoundError
            If the data are nowhere to be found.
        """
        return self.load(**bind(self.params, given, self.name)).check(self.name)


DATASETS: Final[Registry[Dataset]] = Registry("data set")


def register(**fields: Any) -> Dataset:
    """Declare a data set."""
    record = Dataset(**fields)
    return DATASETS.add(record.name, record)
