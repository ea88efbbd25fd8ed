"""Parameters as data: what a layer, an op or a data set can be told, and within which limits.

A `Param` is declared once. Validation, the property editor, the help text, the saved file (by name), the command
line's ``--set`` and the generated bad-input tests are all derived from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.core.errors import InvalidArgumentError
from engine.core.kinds import KINDS, plain, short


class _Required:
    """The default of a parameter that has none."""

    def __repr__(self) -> str:
        return "REQUIRED"

    def __reduce__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


@dataclass(frozen=True)
class Param:
    """One parameter.

    Parameters
    ----------
    kind
        A key of `KINDS`: what sort of value it takes.
    default
        Its value when none is given; `REQUIRED` when one must be.
    help
        One line for the reader.
    min, max
        Limits of a number (or of each number of a list).
    above, below
        The same, the limit itself excluded; below infinity is any finite number.
    choices
        Names to choose from. A mapping may be filled after the declaration, as registries are.
    optional
        Whether None is a value.
    objects
        Whether anything callable, an object that has a configuration, or such a configuration (a dict) does as well
        as a name of `choices`.
    unit
        Unit of a number, such as "samples".

    Examples
    --------
    >>> rate = Param("float", 0.5, "Share of the inputs to drop.", min=0, below=1)
    >>> rate.validate(0.25, "rate")
    0.25
    >>> rate.validate(1.5, "rate")
    Traceback (most recent call last):
        ...
    engine.core.errors.InvalidArgumentError: rate is 1.5. It takes a number from 0 to below 1.
    """

    kind: str
    default: Any = REQUIRED
    help: str = ""
    min: float | None = None
    max: float | None = None
    above: float | None = None
    below: float | None = None
    choices: Collection[str] = ()
    optional: bool = False
    objects: bool = False
    unit: str = ""

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is REQUIRED

    @property
    def example(self) -> Any:
        """A value that is always accepted: the default, or the first that fits the limits."""
        return KINDS[self.kind].example(self) if self.required else self.default

    def validate(self, value: Any, name: str, owner: str = "") -> Any:
        """Return `value` in its canonical form.

        Parameters
        ----------
        value
            What was given.
        name, owner
            Of the parameter and of the layer or op it belongs to, for the error text.

        Raises
        ------
        InvalidArgumentError
            If the value is of another kind or out of bounds.
        """
        if value is None and self.optional:
            return None
        if self.objects and (callable(value) or hasattr(value, "get_config") or isinstance(value, Mapping)):
            return value
        try:
            return KINDS[self.kind].check(self, value)
        except (ValueError, TypeError, OverflowError):
            pass
        raise InvalidArgumentError(
            "{name} is {value}.",
            hint="It takes {expected}.",
            name=f"{owner}: {name}" if owner else name,
            value=short(value),
            expected=self.expected,
        )

    def parse(self, text: str) -> Any:
        """Return the value that a user typed as `text`, not validated yet where it cannot be read."""
        if self.optional and text.strip().lower() in ("", "none"):
            return None
        return KINDS[self.kind].parse(self, text.strip())

    def show(self, value: Any) -> str:
        """Return `value` as a user would type it."""
        return "none" if value is None else KINDS[self.kind].show(value)

    def to_json(self, value: Any) -> Any:
        """Return `value` in a form that JSON can hold: objects by their name, or by class and configuration."""
        if self.objects and getattr(value, "__name__", None) in self.choices:
            return value.__name__
        if self.objects and hasattr(value, "get_config"):
            return {"class_name": type(value).__name__, "config": value.get_config()}
        return plain(value)

    @property
    def expected(self) -> str:
        """What it takes, in words."""
        text = KINDS[self.kind].words(self)
        return f"{text} or None" if self.optional else text

    def bad_values(self) -> Iterator[Any]:
        """Yield values that `validate` must refuse: what the bad-input tests feed to every declaration."""
        if self.kind == "any":
            return
        if not self.optional:
            yield None
        yield object()
        yield from KINDS[self.kind].bad(self)
        number = self.kind in ("int", "float")
        if number and self.min is not None:
            yield self.min - 1
        if number and self.max is not None:
            yield self.max + 1
        if number and self.above is not None:
            yield self.above
        if number and self.below is not None:
            yield self.below


def bind(params: Mapping[str, Param], given: Mapping[str, Any], owner: str = "") -> dict[str, Any]:
    """Return the value of each of `params`, validated: those `given`, the defaults of the others.

    Raises
    ------
    InvalidArgumentError
        If one is missing, unknown or wrong.

    Examples
    --------
    >>> bind({"units": Param("int", min=1), "use_bias": Param("bool", True)}, {"units": 3}, "Dense")
    {'units': 3, 'use_bias': True}
    """
    unknown = [name for name in given if name not in params]
    if unknown:
        raise InvalidArgumentError(
            "{owner} has no parameter '{name}'.",
            hint="It has: {names}." if params else "It has none.",
            owner=owner,
            name=unknown[0],
            names=", ".join(params),
        )
    values: dict[str, Any] = {}
    for name, param in params.items():
        value = given.get(name, param.default)
        if value is REQUIRED:
            raise InvalidArgumentError(
                "{owner}: {name} is missing.",
                hint="It takes {expected}.",
                owner=owner,
                name=name,
                expected=param.expected,
            )
        # A default is right by declaration: the contract tests see to it.
        values[name] = param.validate(value, name, owner) if name in given else value
    return values


@dataclass(frozen=True)
class Field:
    """A `Param` as written in a class body, where the annotation tells its kind."""

    options: dict[str, Any] = field(default_factory=dict)


_ANNOTATIONS: Final = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "text",
    "tuple[int, ...]": "ints",
    "DType": "dtype",
    "Any": "any",
}


def param(default: Any = REQUIRED, help: str = "", **options: Any) -> Any:
    """Declare a parameter in a class body; the annotation beside it gives its kind.

    ``units: int = param(help="Size of the output.", min=1)`` is a `Param` of kind "int"; ``| None`` makes it optional
    and ``choices=`` turns a name into a choice.
    """
    return Field({"default": default, "help": help, **options})


def declared(cls: type) -> dict[str, Param]:
    """Return the parameters that `cls` and its bases declare, those of the bases last.

    The annotations are read as text: nothing has to be imported for them.
    """
    own: dict[str, Param] = {}
    for name, value in vars(cls).items():
        if isinstance(value, Field):
            annotation = str(cls.__annotations__[name])
            options = dict(value.options)
            base = annotation.removesuffix("| None").strip()
            kind = options.pop("kind", None) or ("choice" if "choices" in options else _ANNOTATIONS[base])
            options.setdefault("optional", base != annotation.strip())
            own[name] = Param(kind, **options)
    inherited: dict[str, Param] = getattr(cls, "params", {})
    return {**own, **{name: p for name, p in inherited.items() if name not in own}}
