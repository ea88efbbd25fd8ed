"""The vocabulary for what an op does to one element.

A record's `scalar` is an ordinary Python function over these names. The compiler calls it once with `Expr` objects and
gets back an expression, which it writes into the loop of a fused kernel. So a literal such as ``0.5`` takes on the
dtype it meets (in Numba it would turn float32 into float64), and no source text has to be parsed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from engine.core.dtype import DType, bool_

Number = int | float | bool


@dataclass(frozen=True)
class Expr:
    """An expression over the elements of the operands.

    Parameters
    ----------
    name
        What is done: a key of `FUNCTIONS` or `INFIX`, or "where", "cast", "not", "neg", "literal", "input".
    args
        Expressions and literals; for "input" the text that stands for it.
    dtype
        Of the value.
    """

    name: str
    args: tuple[Any, ...]
    dtype: DType

    def __add__(self, other: Any) -> Expr:
        return _infix("+", self, other)

    def __radd__(self, other: Any) -> Expr:
        return _infix("+", other, self)

    def __sub__(self, other: Any) -> Expr:
        return _infix("-", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return _infix("-", other, self)

    def __mul__(self, other: Any) -> Expr:
        return _infix("*", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return _infix("*", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return _infix("/", self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return _infix("/", other, self)

    def __neg__(self) -> Expr:
        return Expr("neg", (self,), self.dtype)

    def __lt__(self, other: Any) -> Expr:
        return _infix("<", self, other, bool_)

    def __le__(self, other: Any) -> Expr:
        return _infix("<=", self, other, bool_)

    def __gt__(self, other: Any) -> Expr:
        return _infix(">", self, other, bool_)

    def __ge__(self, other: Any) -> Expr:
        return _infix(">=", self, other, bool_)

    def __and__(self, other: Any) -> Expr:
        return _infix("&", self, other)

    def __or__(self, other: Any) -> Expr:
        return _infix("|", self, other)

    def __xor__(self, other: Any) -> Expr:
        return _infix("^", self, other)


def _dtype_of(*args: Any) -> DType:
    """Return the dtype of the first expression among `args`; literals adopt it."""
    return next(a.dtype for a in args if isinstance(a, Expr))


def _infix(sign: str, a: Any, b: Any, dtype: DType | None = None) -> Expr:
    return Expr(sign, (a, b), dtype or _dtype_of(a, b))


def equal(a: Any, b: Any) -> Expr:
    """Whether two elements are equal."""
    return _infix("==", a, b, bool_)


def not_equal(a: Any, b: Any) -> Expr:
    """Whether two elements differ."""
    return _infix("!=", a, b, bool_)


def where(condition: Expr, a: Any, b: Any) -> Expr:
    """`a` where `condition` holds, else `b`."""
    return Expr("where", (condition, a, b), _dtype_of(a, b))


def literal(value: Number, dtype: DType) -> Expr:
    """The same number for every element."""
    return Expr("literal", (value,), dtype)


def cast(a: Expr, dtype: DType) -> Expr:
    """The element as another dtype."""
    return Expr("cast", (a,), dtype)


def logical_not(a: Expr) -> Expr:
    """The opposite of a truth value."""
    return Expr("not", (a,), bool_)


def _function(name: str, dtype: DType | None = None) -> Callable[..., Expr]:
    def make(*args: Any) -> Expr:
        return Expr(name, args, dtype or _dtype_of(*args))

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"`{name}` of the elements."
    return make


absolute = _function("absolute")
minimum = _function("minimum")
maximum = _function("maximum")
exp = _function("exp")
expm1 = _function("expm1")
log = _function("log")
log1p = _function("log1p")
sqrt = _function("sqrt")
tanh = _function("tanh")
sigmoid = _function("sigmoid")
erf = _function("erf")
sin = _function("sin")
cos = _function("cos")
tan = _function("tan")
asin = _function("asin")
acos = _function("acos")
atan = _function("atan")
atan2 = _function("atan2")
sinh = _function("sinh")
cosh = _function("cosh")
asinh = _function("asinh")
acosh = _function("acosh")
atanh = _function("atanh")
lgamma = _function("lgamma")
erfc = _function("erfc")
power = _function("power")
remainder = _function("remainder")
floor = _function("floor")
ceil = _function("ceil")
rint = _function("rint")
isnan = _function("isnan", bool_)
isinf = _function("isinf", bool_)
isfinite = _function("isfinite", bool_)

#: Names that the helper source of the compiler defines; `Expr.name` is one of them, a sign, or a word of its own.
FUNCTIONS: Final = frozenset(
    {"absolute", "minimum", "maximum", "exp", "expm1", "log", "log1p", "sqrt", "tanh", "sigmoid", "erf", "sin", "cos"}
    | {"tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "asinh", "acosh", "atanh", "lgamma", "erfc"}
    | {"power", "remainder", "floor", "ceil", "rint", "isnan", "isinf", "isfinite"}
)
INFIX: Final = frozenset({"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^"})
