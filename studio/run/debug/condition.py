"""Conditions of breakpoints: small expressions over a value, its gradient and where the run is.

They are read with Python's grammar and carried out here: numbers, comparisons, arithmetic, ``and``, ``or``, ``not``,
and the names below. Nothing else of Python can be reached.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, InvalidArgumentError

_SPACE: Final = re.compile(r"\s")
_WORD: Final = re.compile(r"\w+|\S")
#: An equals sign that is a part of no other sign.
_EQUALS: Final = re.compile(r"(?<![=<>!:])=(?!=)")
#: Longest condition, in characters: what is longer is a mistake.
MAX_LENGTH: Final = 500


@dataclass(frozen=True)
class Moment:
    """What a condition is asked about.

    Parameters
    ----------
    value
        The tensor that has just been computed.
    gradient
        That of the loss with respect to it, where it is known.
    epoch, step, hits
        Where the run is, and how often it was here, from 1 on.
    """

    value: Array
    gradient: Array | None = None
    epoch: int = 0
    step: int = 0
    hits: int = 1


def _zeros(values: Array) -> float:
    return float(np.mean(values == 0)) if values.size else 0.0


#: Functions of tensors, which stand for themselves applied to the value where they are not called.
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": np.abs,
    "all": np.all,
    "any": np.any,
    "exp": np.exp,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "isnan": np.isnan,
    "log": np.log,
    "max": np.max,
    "mean": np.mean,
    "median": np.median,
    "min": np.min,
    "norm": lambda values: np.sqrt(np.sum(np.square(values, dtype=np.float64))),
    "quantile": np.quantile,
    "sqrt": np.sqrt,
    "std": np.std,
    "sum": np.sum,
    "zeros": _zeros,
}

#: Arguments that a function takes, if it is not one. More must not reach NumPy: its second is often where to write to.
_ARGUMENTS: Final = {"quantile": 2}

#: Functions that have no value where there are no elements.
_OF_SOME: Final = (np.max, np.mean, np.median, np.min, np.quantile, np.std)

#: What else a condition can name.
NAMES: Final[Mapping[str, Callable[[Moment], Any]]] = {
    "value": lambda moment: moment.value,
    "v": lambda moment: moment.value,
    "gradient": lambda moment: _gradient(moment),
    "g": lambda moment: _gradient(moment),
    "shape": lambda moment: moment.value.shape,
    "rank": lambda moment: moment.value.ndim,
    "size": lambda moment: moment.value.size,
    "dtype": lambda moment: moment.value.dtype.name,
    "epoch": lambda moment: moment.epoch,
    "step": lambda moment: moment.step,
    "hits": lambda moment: moment.hits,
    "pi": lambda _moment: math.pi,
    "inf": lambda _moment: math.inf,
}

_BINARY: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
_COMPARE: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Condition:
    """An expression that holds or does not.

    Parameters
    ----------
    text
        What the user typed.

    Raises
    ------
    InvalidArgumentError
        If it is no such expression, or names what a condition does not know.

    Examples
    --------
    >>> moment = Moment(np.array([1.0, 12.0]), gradient=np.array([0.0, 1e-9]))
    >>> [Condition(text).holds(moment) for text in ("isnan", "max > 10", "mean(abs(g)) < 1e-6", "shape[0] == 2")]
    [False, True, True, True]
    >>> Condition("maxi > 10")
    Traceback (most recent call last):
        ...
    engine.core.errors.InvalidArgumentError: A condition knows no 'maxi'. Did you mean 'max'?
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > MAX_LENGTH:
            raise InvalidArgumentError(
                "A condition takes {limit} characters at most, this one has {length}.",
                hint="Put less into it.",
                limit=MAX_LENGTH,
                length=len(text),
            )
        try:
            self._tree = _parsed(text)
        except SyntaxError as error:
            raise _not_read(text, error) from None
        except (ValueError, RecursionError, MemoryError):
            raise _refused(text, "this") from None
        self._check(self._tree)

    def _check(self, node: ast.expr) -> None:
        """Refuse what is not made of what a condition knows, before anything is carried out."""
        judged = [node, *(value for part in ast.walk(node) if isinstance(part, ast.BoolOp) for value in part.values)]
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id not in FUNCTIONS and part.id not in NAMES:
                raise _unknown(part.id)
            if isinstance(part, ast.Call) and not (isinstance(part.func, ast.Name) and part.func.id in FUNCTIONS):
                raise _refused(self.text, ast.unparse(part.func))
            if isinstance(part, ast.Call) and part.keywords:
                raise _refused(self.text, ast.unparse(part))
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
                _check_count(part.func.id, len(part.args))
            if isinstance(part, ast.Tuple | ast.List) and part in judged:
                raise InvalidArgumentError(
                    "'{text}' is a list, not a condition.",
                    hint="Write decimals with a point, as in max > 10.5, and several conditions with 'and' or 'or'.",
                    text=ast.unparse(part)[:60],
                )
            if isinstance(part, ast.Constant) and not isinstance(part.value, int | float | bool | str):
                raise _refused(self.text, ast.unparse(part))
            if isinstance(part, ast.expr) and not isinstance(part, _ALLOWED):
                raise _refused(self.text, ast.unparse(part))
            if isinstance(part, ast.operator | ast.cmpop | ast.unaryop) and type(part) not in _OPERATORS:
                raise _refused(self.text, self.text)

    @property
    def needs_gradient(self) -> bool:
        """Whether it is about the gradient, and can be asked only when that is known."""
        return any(isinstance(part, ast.Name) and part.id in ("g", "gradient") for part in ast.walk(self._tree))

    def value(self, moment: Moment) -> Any:
        """Return what it amounts to at a moment, if it is no condition but something to be told.

        Raises
        ------
        InvalidArgumentError
            If it cannot be said.
        """
        return self._within_words(moment)

    def holds(self, moment: Moment) -> bool:
        """Return whether it is so at a moment: of a tensor, whether it is so of any element.

        Raises
        ------
        InvalidArgumentError
            If it cannot be said, as of the gradient where there is none.
        """
        return bool(np.any(self._within_words(moment)))

    def _within_words(self, moment: Moment) -> Any:
        try:
            with np.errstate(all="ignore"):
                return self._value(self._tree, moment)
        except EngineError:
            raise
        except Exception as error:  # shapes that do not go together, a text where a number is needed
            raise InvalidArgumentError(
                "'{text}' cannot be said of a tensor of shape {shape}: {why}.",
                hint="Compare numbers with numbers of the same shape.",
                text=self.text,
                shape=moment.value.shape,
                why=str(error),
            ) from None

    def _value(self, node: ast.expr, moment: Moment) -> Any:
        return _EVALUATE[type(node)](self, node, moment)

    def _constant(self, node: ast.Constant, _moment: Moment) -> Any:
        # numbers become floats: 9**9**9 is infinite at once, and no integer of a billion digits
        return float(node.value) if isinstance(node.value, int) and not isinstance(node.value, bool) else node.value

    def _name(self, node: ast.Name, moment: Moment) -> Any:
        if node.id in NAMES:
            return NAMES[node.id](moment)
        return _applied(FUNCTIONS[node.id], [moment.value])

    def _call(self, node: ast.Call, moment: Moment) -> Any:
        assert isinstance(node.func, ast.Name)
        return _applied(FUNCTIONS[node.func.id], [self._value(argument, moment) for argument in node.args])

    def _both(self, node: ast.BoolOp, moment: Moment) -> bool:
        found = (bool(np.any(self._value(part, moment))) for part in node.values)
        return all(found) if isinstance(node.op, ast.And) else any(found)

    def _unary(self, node: ast.UnaryOp, moment: Moment) -> Any:
        value = self._value(node.operand, moment)
        if isinstance(node.op, ast.Not):
            return not np.any(value)
        value = _signed(value)
        return np.negative(value) if isinstance(node.op, ast.USub) else value

    def _binary(self, node: ast.BinOp, moment: Moment) -> Any:
        left, right = self._value(node.left, moment), self._value(node.right, moment)
        if isinstance(left, str) or isinstance(right, str):
            raise _refused(self.text, ast.unparse(node))
        return _BINARY[type(node.op)](_signed(left), _signed(right))

    def _compare(self, node: ast.Compare, moment: Moment) -> Any:
        values = [self._value(part, moment) for part in (node.left, *node.comparators)]
        found: Any = True
        for operation, left, right in zip(node.ops, values, values[1:], strict=False):
            if isinstance(left, str) != isinstance(right, str) and type(operation) not in (ast.Eq, ast.NotEq):
                raise _refused(self.text, ast.unparse(node))
            found = np.logical_and(found, _COMPARE[type(operation)](left, right))
        return found

    def _tuple(self, node: ast.Tuple | ast.List, moment: Moment) -> Any:
        return tuple(self._value(part, moment) for part in node.elts)

    def _item(self, node: ast.Subscript, moment: Moment) -> Any:
        place = self._value(node.slice, moment)
        places = place if isinstance(place, tuple) else (place,)
        found = self._value(node.value, moment)
        for one in places:
            found = found[_place(ast.unparse(node), found, one)]
        return found


_EVALUATE: Final[Mapping[type, Callable[[Condition, Any, Moment], Any]]] = {
    ast.Constant: Condition._constant,
    ast.Name: Condition._name,
    ast.Call: Condition._call,
    ast.BoolOp: Condition._both,
    ast.UnaryOp: Condition._unary,
    ast.BinOp: Condition._binary,
    ast.Compare: Condition._compare,
    ast.Tuple: Condition._tuple,
    ast.List: Condition._tuple,
    ast.Subscript: Condition._item,
}
_ALLOWED: Final = tuple(_EVALUATE)
_OPERATORS: Final = frozenset((*_BINARY, *_COMPARE, ast.Not, ast.USub, ast.UAdd))


def _place(text: str, found: Any, place: Any) -> int:
    """Return where something is picked from, if it is there."""
    if not np.ndim(found) and not isinstance(found, str):
        raise InvalidArgumentError(
            "'{text}' picks from a single number.",
            hint="Take away the last [...], or the last number in it.",
            text=text,
        )
    if isinstance(place, str) or np.ndim(place) or not float(place).is_integer():
        raise InvalidArgumentError(
            "'{text}': {place} is no place.", hint="Give whole numbers, from 0 on.", text=text, place=str(place)
        )
    count = len(found)
    if not -count <= place < count:
        raise InvalidArgumentError(
            "'{text}' asks for place {place}, and there are {count}.",
            hint="They count from 0: the last one is {last}, or -1.",
            text=text,
            place=int(place),
            count=count,
            last=count - 1,
        )
    return int(place)


def _applied(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return what a function makes of tensors; of no elements, extremes and means are no numbers."""
    values = [np.asarray(argument).view() for argument in arguments]
    for value in values:  # they are the run's own
        value.flags.writeable = False
    if values and not values[0].size and function in _OF_SOME:
        return math.nan
    return function(*map(_signed, values) if function is np.quantile else values)


def _signed(value: Any) -> Any:
    """Return truth values as numbers, and numbers without a sign as such with one: so that one can subtract."""
    is_unsigned = isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "bu"
    return value.astype(np.int64) if is_unsigned else value


def _gradient(moment: Moment) -> Array:
    if moment.gradient is None:
        raise InvalidArgumentError(
            "There is no gradient here.", hint="It is known behind the loss, on the way back; ask for the value."
        )
    return moment.gradient


def _check_count(name: str, count: int) -> None:
    """Raise an error if a function is called with another number of arguments than it takes."""
    if count != (wanted := _ARGUMENTS.get(name, 1)):
        raise InvalidArgumentError(
            "{name} is given {count} arguments.",
            hint="Give it {wanted}: a tensor, as in max(abs(g)), or a tensor and a share, as in quantile(v, 0.9).",
            name=name,
            count=count,
            wanted=wanted,
        )


def _unknown(name: str) -> EngineError:
    close = get_close_matches(name, [*FUNCTIONS, *NAMES], n=1)
    if close:
        return InvalidArgumentError(
            "A condition knows no '{name}'.", hint="Did you mean '{close}'?", name=name, close=close[0]
        )
    return InvalidArgumentError(
        "A condition knows no '{name}'.",
        hint="It knows: {names}.",
        name=name,
        names=", ".join(sorted({*FUNCTIONS, *NAMES})),
    )


def _on_a_line(text: str) -> str:
    return _SPACE.sub(" ", text.strip())


def _parsed(text: str) -> ast.expr:
    return ast.parse(_on_a_line(text), mode="eval").body


def _is_whole(text: str) -> bool:
    """Return whether a text can be read to its end."""
    try:
        _parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _not_read(text: str, error: SyntaxError) -> EngineError:
    """Return what is wrong with a text that cannot be read: where, what stands there, and what was expected."""
    text = _on_a_line(text)
    column = max(1, error.offset or 1)
    found = _WORD.match(text[column - 1 :])
    facts = {"text": text, "column": column, "found": found[0] if found else ""}
    if not text:
        return InvalidArgumentError("There is no condition.", hint="Write it as in: max > 10, isnan.")
    if any(word in error.msg for word in ("closed", "unmatched", "unterminated")):
        return InvalidArgumentError(
            "'{text}' is no condition: the {found} at character {column} has no other.",
            hint="Add the other one, or take this one away.",
            **facts,
        )
    if (equals := _EQUALS.search(text)) is not None:
        return InvalidArgumentError(
            "'{text}' is no condition: at character {column} stands a single =.",
            hint="Write == to compare.",
            text=text,
            column=equals.start() + 1,
        )
    if _is_whole(text + " 0"):
        return InvalidArgumentError(
            "'{text}' is no condition: it ends where a number or a name was expected.",
            hint="Write it as in: max > 10, isnan, mean(abs(g)) < 1e-6.",
            text=text,
        )
    if _is_whole(text[: column - 1]):
        return InvalidArgumentError(
            "'{text}' is no condition: at character {column} stands {found}, where a comparison, 'and', 'or' or the "
            "end was expected.",
            hint="Write it as in: max > 10, isnan, mean(abs(g)) < 1e-6.",
            **facts,
        )
    return InvalidArgumentError(
        "'{text}' is no condition: at character {column} stands {found}, where a number or a name was expected.",
        hint="Write it as in: max > 10, isnan, mean(abs(g)) < 1e-6.",
        **facts,
    )


def _refused(text: str, part: str) -> EngineError:
    return InvalidArgumentError(
        "'{part}' has no place in a condition.",
        hint="Use numbers, comparisons, and, or, not, and functions such as max, mean, isnan.",
        text=text,
        part=part[:60],
    )
