"""The first bad op: where NaN, infinity, huge values or nothing but zeros come from, why, and what to try.

What matters is the op that *makes* bad values of good ones. Ops that only hand them on are not to blame, however many
there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError

Kind = Literal["nan", "inf", "huge", "zeros"]

#: From this size on a value is about to leave the range of floats: squares of it do in float32.
HUGE: Final = 1e18


@dataclass(frozen=True)
class Bad:
    """Bad values that an op has made.

    Parameters
    ----------
    kind
        What is bad.
    output
        Which of the op's results it is.
    index
        Where the first bad element is.
    count
        How many there are.
    what, why
        What has happened; why this op can do it, and what to try.
    """

    kind: Kind
    output: int
    index: tuple[int, ...]
    count: int
    what: EngineError
    why: EngineError


_LOG: Final = EngineError(
    "It takes the logarithm of {element}, at {where} of {operand}.",
    hint="Keep what goes in above 0: add a small number, clip it, or use a loss that takes logits (from_logits).",
)
_LOG_OF_ONE_MORE: Final = EngineError(
    "It takes the logarithm of 1 + {element}, at {where} of {operand}.",
    hint="Keep what goes in above -1: clip it, or add a small number.",
)
_DIVIDE: Final = EngineError(
    "It divides {first} by {second}, at {where}.",
    hint="Add a small number to what it divides by, or leave out what has no values (an empty mask).",
)
_INVERSE: Final = EngineError(
    "It divides 1 by {element}, at {where} of {operand}.",
    hint="Add a small number to what it divides by, or use divide_no_nan, which gives 0.",
)
_ROOT: Final = EngineError(
    "It takes the square root of {element}, at {where} of {operand}.",
    hint="Keep what goes in above 0: add a small number, square it first, or clip it.",
)
_OVERFLOW: Final = EngineError(
    "Its result is beyond what {dtype} holds: {operand} is {element} at {where}.",
    hint="Scale what goes in, or use softmax or a loss on logits, which subtract the largest one first.",
)
_POWER: Final = EngineError(
    "It raises {first} to the power of {second}, at {where}.",
    hint="A negative number has no such power, and 0 none below 0: take its absolute value, or add a small number.",
)
_DOMAIN: Final = EngineError(
    "It has no value for {element}, at {where} of {operand}.",
    hint="Clip what goes in to the range in which it has one, or scale it.",
)
_DEAD: Final = EngineError(
    "None of its {count} values is above 0, so nothing comes out, and no gradient comes back: the units are dead.",
    hint="Lower the learning rate, scale the input, begin with other weights, or use LeakyReLU.",
)

#: Why an op makes such values of good operands, and what to try.
_WHY: Final[Mapping[tuple[Kind, str], EngineError]] = {
    **{(kind, op): _LOG for kind in ("nan", "inf") for op in ("log", "xlogy")},
    **{(kind, "log1p"): _LOG_OF_ONE_MORE for kind in ("nan", "inf")},
    **{(kind, "reciprocal"): _INVERSE for kind in ("inf", "huge")},
    **{("nan", op): _DOMAIN for op in ("asin", "acos", "acosh", "atanh")},
    **{(kind, op): _DIVIDE for kind in ("nan", "inf", "huge") for op in ("divide", "xdivy", "mod", "floordiv")},
    **{(kind, op): _ROOT for kind in ("nan", "inf", "huge") for op in ("sqrt", "rsqrt")},
    **{("inf", op): _OVERFLOW for op in ("exp", "expm1", "sinh", "cosh", "square")},
    **{(kind, "pow"): _POWER for kind in ("nan", "inf", "huge")},
    ("zeros", "relu"): _DEAD,
}
#: The same of ops that the table does not name.
_ANY: Final[Mapping[Kind, EngineError]] = {
    "nan": EngineError(
        "It makes NaN at {where} of operands that have none: {operands}.", hint="Look at its operands at this place."
    ),
    "inf": EngineError(
        "Its result is beyond what {dtype} holds, at {where}: {operands}.",
        hint="Scale the input, lower the learning rate, limit the gradients (clipnorm), or begin with smaller weights.",
    ),
    "huge": EngineError(
        "Its result reaches {largest}, its operands {most} at most.",
        hint="Scale the input, lower the learning rate, limit the gradients (clipnorm), or begin with smaller weights.",
    ),
    "zeros": EngineError(
        "All of its {count} values are 0, while what goes in has others.",
        hint="Nothing can be learned from zeros alone: look at its operands.",
    ),
}
_WHAT: Final[Mapping[Kind, EngineError]] = {
    "nan": EngineError("NaN appears here first, in {count} of {size} values."),
    "inf": EngineError("Infinity appears here first, in {count} of {size} values."),
    "huge": EngineError("Values explode here: they reach {largest}."),
    "zeros": EngineError("Nothing but zeros comes out here."),
}


_MARK: Final[Mapping[Kind, Callable[[Array], Any]]] = {
    "nan": np.isnan,
    "inf": np.isinf,
    "huge": lambda array: np.abs(array) > HUGE,
    "zeros": lambda array: array == 0,
}


def bad_values(
    op: str, names: Sequence[str], operands: Sequence[Array], outputs: Sequence[Array], of_interest: Sequence[int] = ()
) -> Bad | None:
    """Return what an op has made bad of operands that were good, None if nothing.

    Parameters
    ----------
    names
        What its record calls the operands.
    of_interest
        Places of the results that mean something to the user, such as what a wire carries: only of these it matters
        if they are all zero.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0]], np.float32)
    >>> with np.errstate(divide="ignore"):
    ...     y = np.log(x)
    >>> bad = bad_values("log", ["x"], [x], [y])
    >>> str(bad.what), bad.why.template.format(**bad.why.facts)
    ('Infinity appears here first, in 1 of 2 values.', 'It takes the logarithm of 0, at [0, 1] of x.')
    >>> bad_values("negative", ["x"], [y], [-y]) is None  # it only hands on what was bad before
    True
    """
    if any(_has(a, "nan") or _has(a, "inf") for a in operands):
        return None
    most = max((_largest(a) for a in operands if a.size), default=0.0)
    for number, array in enumerate(outputs):
        if array.dtype.kind != "f" or not array.size:
            continue
        kind: Kind | None = "nan" if _has(array, "nan") else "inf" if _has(array, "inf") else None
        if kind is None and _largest(array) > HUGE >= most:
            kind = "huge"
        if kind is None and number in of_interest and array.size > 1 and most > 0 and not array.any():
            kind = "zeros"
        if kind is not None:
            return _found(kind, number, op, names, operands, array, most)
    return None


def _has(array: Array, kind: Kind) -> bool:
    if array.dtype.kind != "f":
        return False
    with np.errstate(all="ignore"):
        total = array.sum()  # one pass says that all is well, as it nearly always is
    if np.isfinite(total):
        return False
    return bool(np.isnan(array).any() if kind == "nan" else np.isinf(array).any())


def _largest(array: Array) -> float:
    return float(np.abs(array).max()) if array.dtype.kind == "f" else 0.0


def _found(
    kind: Kind, number: int, op: str, names: Sequence[str], operands: Sequence[Array], array: Array, most: float
) -> Bad:
    marked = _MARK[kind](array)
    index = tuple(int(i) for i in np.argwhere(marked)[0])
    at = [_element(operand, index, array.shape) for operand in operands]
    known = [(name, value) for name, value in zip(names, at, strict=False) if value is not None]
    why = _WHY.get((kind, op), _ANY[kind])
    if len(known) < 1 + ("{second}" in why.template):
        why = _ANY[kind]
    facts: dict[str, Any] = {
        "where": list(index),
        "count": int(marked.sum()),
        "size": array.size,
        "dtype": array.dtype.name,
        "operand": known[0][0] if known else "",
        "element": known[0][1] if known else "",
        "first": known[0][1] if known else "",
        "second": known[1][1] if len(known) > 1 else "",
        "operands": ", ".join(f"{name} = {value}" for name, value in known) or _ranges(names, operands),
        "largest": f"{_largest(array):.3g}",
        "most": f"{most:.3g}",
    }
    what = _WHAT[kind]
    return Bad(
        kind,
        number,
        index,
        facts["count"],
        EngineError(what.template, **facts),
        EngineError(why.template, hint=why.hint, **facts),
    )


def _element(operand: Array, index: tuple[int, ...], shape: tuple[int, ...]) -> str | None:
    """Return the element of an operand that went into an element of the result, if they go by the same index."""
    if operand.dtype.hasobject:
        return None
    try:
        return f"{np.broadcast_to(operand, shape)[index]:.6g}"
    except (ValueError, TypeError):
        return None


def _ranges(names: Sequence[str], operands: Sequence[Array]) -> str:
    return ", ".join(
        f"{name} {a.min():.3g} … {a.max():.3g}"
        for name, a in zip(names, operands, strict=False)
        if a.size and a.dtype.kind in "fiu"
    )
