"""The kinds of parameters: what each accepts, how it is read, shown and described, and what it refuses."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.core.dtype import DTYPES, DType, as_dtype

if TYPE_CHECKING:
    from engine.core.param import Param


@dataclass(frozen=True)
class Kind:
    """What a sort of parameter accepts, how it is read and shown, and what it refuses."""

    check: Callable[[Param, Any], Any]
    parse: Callable[[Param, str], Any]
    words: Callable[[Param], str]
    example: Callable[[Param], Any]
    bad: Callable[[Param], Iterator[Any]]
    show: Callable[[Any], str] = str


def short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def plain(value: Any) -> Any:
    if isinstance(value, DType):
        return value.name
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    return value


def _within(param: Param, value: float) -> bool:
    return (
        (param.min is None or value >= param.min)
        and (param.max is None or value <= param.max)
        and (param.above is None or value > param.above)
        and (param.below is None or value < param.below)
    )


def _range_words(param: Param, noun: str) -> str:
    low, high, below = param.min, param.max, param.below
    if below == math.inf:
        noun, below = "a finite number", None
    if low is not None and high is None and below is None:
        return f"{noun} of {low:g} or more"
    words = [noun]
    if low is not None or param.above is not None:
        words.append(f"from {low:g}" if low is not None else f"above {param.above:g}")
    if high is not None:
        words.append(f"to {high:g}" if len(words) > 1 else f"of {high:g} or less")
    elif below is not None:
        words.append(f"to below {below:g}" if len(words) > 1 else f"below {below:g}")
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
    if isinstance(value, str) and value not in param.choices:  # TensorFlow does not mind capitals, nor do we
        value = next((c for c in param.choices if c.lower() == value.lower()), value)
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
    if text.count(",") == 1 and "." not in text:  # many languages write one half so: 0,5
        text = text.replace(",", ".")
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


def _names_words(names: Iterable[str]) -> str:
    return "one of " + ", ".join(names)


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
        lambda p: _names_words(p.choices),
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
        lambda p: "a whole number or a list of them",
        lambda p: 0,
        _yields("first", 2.5, [1.5]),
        show=_show_list,
    ),
    "dtype": Kind(
        _check_dtype,
        _parse_word,
        lambda p: _names_words(p.choices or DTYPES),
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
        show=lambda v: json.dumps(plain(v)),
    ),
    "any": Kind(_check_any, _literal, lambda p: "a value", lambda p: None, _yields()),
}
