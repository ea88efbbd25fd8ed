"""Parameters as data: what a layer, an op or a data set can be told, and within which limits.

A `Param` is declared once. Validation, the property editor, the help text, the saved file (by name), the command
line's ``--set`` and the generated bad-input tests are all derived from it.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from engine.core.dtype import DTYPES, DType, as_dtype
from engine.core.errors import InvalidArgumentError


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
        The same, the limit itself excluded.
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
            value=_short(value),
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
        return _plain(value)

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


@dataclass(frozen=True)
class Kind:
    """What a sort of parameter accepts, how it is read and shown, and what it refuses."""

    check: Callable[[Param, Any], Any]
    parse: Callable[[Param, str], Any]
    words: Callable[[Param], str]
    example: Callable[[Param], Any]
    bad: Callable[[Param], Iterator[Any]]
    show: Callable[[Any], str] = str


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _plain(value: Any) -> Any:
    if isinstance(value, DType):
        return value.name
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value


def _within(param: Param, value: float) -> bool:
    return (
        (param.min is None or value >= param.min)
        and (param.max is None or value <= param.max)
        and (param.above is None or value > param.above)
        and (param.below is None or value < param.below)
    )


def _range_words(param: Param, noun: str) -> str:
    low, high = param.min, param.max
    if low is not None and high is None and param.below is None:
        return f"{noun} of {low:g} or more"
    words = [noun]
    if low is not None or param.above is not None:
        words.append(f"from {low:g}" if low is not None else f"above {param.above:g}")
    if high is not None:
        words.append(f"to {high:g}" if len(words) > 1 else f"of {high:g} or less")
    elif param.below is not None:
        words.append(f"to below {param.below:g}" if len(words) > 1 else f"below {param.below:g}")
    return " ".join(words)


def _check_int(param: Param, value: Any) -> int:
    if isinstance(value, bool | np.bool_):
        raise TypeError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    number = int(value) if isinstance(value, float) else operator.index(value)
    if not _within(param, number):
        raise ValueError
    return number


def _check_float(param: Param, value: Any) -> float:
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "iuf":
        raise TypeError
    number = float(array)
    if math.isnan(number) or not _within(param, number):
        raise ValueError
    return number


def _check_bool(_param: Param, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise TypeError
    return bool(value)


def _check_text(_param: Param, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _check_choice(param: Param, value: Any) -> str:
    if not isinstance(value, str) or value not in param.choices:
        raise ValueError
    return value


def _is_single(value: Any) -> bool:
    return isinstance(value, int | np.integer) or getattr(value, "shape", None) == ()


def _check_ints(param: Param, value: Any) -> tuple[int, ...]:
    if isinstance(value, str | bytes | Mapping):
        raise TypeError
    return tuple(_check_int(param, v) for v in ((value,) if _is_single(value) else value))


def _check_axes(param: Param, value: Any) -> int | tuple[int, ...]:
    return _check_int(param, value) if _is_single(value) else _check_ints(param, value)


def _check_dtype(param: Param, value: Any) -> DType:
    dtype = as_dtype(value)
    if param.choices and dtype.name not in param.choices:
        raise ValueError
    return dtype


def _check_value(_param: Param, value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError
    return array if hasattr(value, "__array__") else value


def _check_any(_param: Param, value: Any) -> Any:
    return value


def _literal(_param: Param, text: str) -> Any:
    """Read a number, a list or a word as JSON does, with Python's brackets, signs and capitals allowed too."""
    aliases = {"True": "true", "False": "false", "None": "null"}
    try:
        return json.loads(aliases.get(text, text.replace("(", "[").replace(")", "]").replace("None", "null")))
    except ValueError:
        return text


def _parse_float(_param: Param, text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _parse_list(param: Param, text: str) -> Any:
    if text and text[0] not in "[(":
        text = f"[{text.rstrip(', ')}]"
    return _literal(param, text.replace(",]", "]").replace(",)", "]"))


def _parse_axes(param: Param, text: str) -> Any:
    return _parse_list(param, text) if any(c in text for c in ",[(") else _literal(param, text)


def _parse_word(_param: Param, text: str) -> str:
    return text


def _show_list(value: Any) -> str:
    items = [value] if isinstance(value, int) else list(value)
    return ", ".join(map(str, items)) or "[]"


def _first_number(param: Param) -> float:
    low = param.min if param.min is not None else param.above + 1 if param.above is not None else 0
    return low if param.max is None or low <= param.max else param.max


def _yields(*values: Any) -> Callable[[Param], Iterator[Any]]:
    return lambda _param: iter(values)


def _choice_words(param: Param) -> str:
    return "one of " + ", ".join(str(c) for c in param.choices)


KINDS: Final[dict[str, Kind]] = {
    "int": Kind(
        _check_int,
        _literal,
        lambda p: _range_words(p, "a whole number"),
        lambda p: int(_first_number(p)),
        _yields("three", 2.5, float("nan"), True),
    ),
    "float": Kind(
        _check_float,
        _parse_float,
        lambda p: _range_words(p, "a number"),
        lambda p: float(_first_number(p)),
        _yields("half", float("nan"), True),
        show=lambda v: f"{v:g}",
    ),
    "bool": Kind(
        _check_bool,
        _literal,
        lambda p: "True or False",
        lambda p: False,
        _yields("yes", 2),
        show=lambda v: str(v).lower(),
    ),
    "text": Kind(_check_text, _parse_word, lambda p: "a text", lambda p: "", _yields(3)),
    "choice": Kind(
        _check_choice,
        _parse_word,
        _choice_words,
        lambda p: next(iter(p.choices)),
        _yields("no such choice", 3),
    ),
    "ints": Kind(
        _check_ints,
        _parse_list,
        lambda p: _range_words(p, "a list of whole numbers"),
        lambda p: (int(_first_number(p)),),
        _yields("three", 2.5, [1.5], ["a"]),
        show=_show_list,
    ),
    "axes": Kind(
        _check_axes,
        _parse_axes,
        lambda p: "an axis or a list of axes",
        lambda p: 0,
        _yields("first", 2.5, [1.5]),
        show=_show_list,
    ),
    "dtype": Kind(
        _check_dtype,
        _parse_word,
        lambda p: _choice_words(Param("choice", choices=p.choices or tuple(DTYPES))),
        lambda p: DTYPES[next(iter(p.choices or DTYPES))],
        _yields("float31", 3),
        show=str,
    ),
    "value": Kind(
        _check_value,
        _literal,
        lambda p: "a number or a nested list of numbers",
        lambda p: 0.0,
        _yields("text", [[1], [2, 3]]),
        show=lambda v: json.dumps(_plain(v)),
    ),
    "any": Kind(_check_any, _literal, lambda p: "a value", lambda p: None, _yields()),
}


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
