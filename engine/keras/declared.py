"""Classes whose constructor is their list of parameters."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from engine.core.errors import InvalidArgumentError
from engine.core.param import Param, bind, declared

_counters: defaultdict[str, itertools.count[int]] = defaultdict(itertools.count)


def snake_case(name: str) -> str:
    """Return a class name as Keras writes it in lower case.

    Examples
    --------
    >>> snake_case("BatchNormalization"), snake_case("ReLU"), snake_case("SGD")
    ('batch_normalization', 're_lu', 'sgd')
    """
    spaced = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


def unique_name(stem: str) -> str:
    """Return `stem` the first time, then `stem_1`, `stem_2`, …"""
    number = next(_counters[stem])
    return f"{stem}_{number}" if number else stem


def reset_names() -> None:
    """Let `unique_name` begin anew."""
    _counters.clear()


class Declared:
    """A class that declares its parameters as annotated fields.

    ``units: int = param(help="…", min=1)`` gives an argument of the constructor, an attribute, an entry in `params`
    and in `get_config`. The arguments of a class come before those of its base, but
    ``class Child(Base, after={"new": "old"})`` puts one behind another.

    Examples
    --------
    >>> from engine.core.param import param
    >>> class Scale(Declared):
    ...     factor: float = param(1.0, "What to multiply with.", min=0)
    >>> Scale(2).factor, Scale(factor=3.0).get_config(), Scale.params["factor"].min
    (2.0, {'factor': 3.0}, 0)
    >>> class Line(Scale, after={"offset": "factor"}):
    ...     offset: float = param(0.0, "What to add.")
    >>> Line(2, 1).get_config()
    {'factor': 2.0, 'offset': 1.0}
    """

    params: ClassVar[dict[str, Param]] = {}

    def __init_subclass__(cls, after: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        found, behind = declared(cls), after or {}
        names = [name for name in found if name not in behind]
        for name, other in behind.items():
            names.insert(names.index(other) + 1, name)
        cls.params = {name: found[name] for name in names}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = list(self.params)
        owner = type(self).__name__
        if len(args) > len(names):
            raise InvalidArgumentError(
                "{owner} takes at most {most} arguments, not {given}.", owner=owner, most=len(names), given=len(args)
            )
        given = dict(zip(names, args, strict=False))
        if twice := given.keys() & kwargs.keys():
            raise InvalidArgumentError("{owner}: {name} is given twice.", owner=owner, name=min(twice))
        for name, value in bind(self.params, {**given, **kwargs}, owner).items():
            setattr(self, name, value)

    def get_config(self) -> dict[str, Any]:
        """Return the parameters by name, as plain values where they are."""
        return {name: p.to_json(getattr(self, name)) for name, p in self.params.items()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return an object with these parameters."""
        return cls(**config)
