"""The first bad op: where NaN, infinity, huge values or nothing but zeros come from, why, and what to try.

What matters is the op that *makes* bad values of good ones. Ops that only hand them on are not to blame, however many
there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.run.debug.step import GIVEN

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
_GIVEN: Final = EngineError(
    "What comes in here holds NaN, at {where}.",
    hint="Leave such examples out, or fill what is missing: else every weight becomes NaN.",
)
_COMES_IN: Final = EngineError("NaN comes in with {operand}, which no op has made.", hint=_GIVEN.hint)
_EMPTY: Final = EngineError(
    "{operand} has no elements, its shape is {shape}: there is nothing to take this of.",
    hint="Look for what has left nothing: a slice, a mask, or data without examples.",
)
_OF_INFINITY: Final = EngineError(
    "It makes NaN of infinity: {operands}.",
    hint="∞ − ∞, 0 · ∞ and ∞ / ∞ have no value, and a softmax has none where all is masked by −∞: "
    "look where the infinity comes from.",
)
_OVERFLOWN: Final = EngineError(
    "What it adds up leaves the range of {dtype} on both sides, and ∞ − ∞ is NaN: {operands}.",
    hint="Scale the input, lower the learning rate, limit the gradients (clipnorm), or begin with smaller weights.",
)
_BY_ZEROS: Final = EngineError(
    "All of its {count} values are 0, since {operand} holds nothing but zeros.",
    hint="Begin with other weights than zeros (glorot_uniform), or look where the zeros come from.",
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
    ("nan", GIVEN): _GIVEN,
}
#: The same of ops that the table does not name.
_ANY: Final[Mapping[Kind, EngineError]] = {
    "nan": EngineError(
        "It makes NaN, at {where} of its result, of operands that have none: {operands}.",
        hint="Look into its operands.",
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
    op: str, names: Sequence[str], operands: Sequence[Array], outputs: Sequence[Array], given: Sequence[int] = ()
) -> Bad | None:
    """Return what an op has made bad of operands that were good, None if nothing.

    Infinity may be meant, as in a mask, so none is to blame for bringing it; who makes NaN of it is.

    Parameters
    ----------
    names
        What its record calls the operands.
    given
        Places of the operands that no op has made, such as constants: who brings NaN in with them is to blame.

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
    >>> str(bad_values("subtract", ["x", "y"], [y, y], [np.array([0.0, np.nan])]).what)
    'NaN appears here first, in 1 of 2 values.'
    """
    bad = [i for i, a in enumerate(operands) if _has(a, "nan")]
    if any(i not in given for i in bad):
        return None
    is_finite = not any(_has(a, "inf") for a in operands)
    most = max((_largest(a) for a in operands if a.size), default=0.0)
    for number, array in enumerate(outputs):
        if array.dtype.kind != "f" or not array.size:
            continue
        kind: Kind | None = None
        if _has(array, "nan"):
            kind = "nan"
        elif is_finite and op != GIVEN:
            kind = "inf" if _has(array, "inf") else "huge" if _largest(array) > HUGE >= most else None
        if kind is not None:
            found = _found(kind, number, op, names, operands, array, most)
            return replace(found, why=_why(_COMES_IN, operand=names[bad[0]])) if bad else found
    return None


def only_zeros(op: str, names: Sequence[str], operands: Sequence[Array], outputs: Sequence[Array], number: int) -> Bad:
    """Return what there is to say of an op one of whose results holds nothing but zeros."""
    most = max((_largest(a) for a in operands if a.size), default=0.0)
    return _found("zeros", number, op, names, operands, outputs[number], most)


def is_zero(array: Array) -> bool:
    """Return whether an array holds floats, more than one, and all are 0."""
    return array.dtype.kind == "f" and array.size > 1 and not array.any()


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
    why = _reason(kind, op, operands, most)
    if "{second}" in why.template and len(known) < 2:
        why = _ANY[kind]
    if "{element}" in why.template and not known:
        why = _ANY[kind]
    named = dict(zip(names, operands, strict=False))
    empty = next((name for name, a in named.items() if not a.size), "")
    zero = next((name for name, a in named.items() if is_zero(a)), "")
    facts: dict[str, Any] = {
        "where": list(index),
        "count": int(marked.sum()),
        "size": array.size,
        "dtype": array.dtype.name,
        "operand": empty or (zero if kind == "zeros" else known[0][0] if known else ""),
        "shape": named[empty].shape if empty else "",
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
        _why(why, **facts),
    )


def _reason(kind: Kind, op: str, operands: Sequence[Array], most: float) -> EngineError:
    """Return why an op has made such values."""
    if kind == "nan":
        if any(not a.size for a in operands):
            return _EMPTY
        if most == math.inf:
            return _OF_INFINITY
        if (kind, op) not in _WHY and most > HUGE:
            return _OVERFLOWN
    if kind == "zeros" and op != "relu" and any(map(is_zero, operands)):
        return _BY_ZEROS
    return _WHY.get((kind, op), _ANY[kind])


def _why(error: EngineError, **facts: Any) -> EngineError:
    return EngineError(error.template, hint=error.hint, **facts)


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
