"""The text of kernels: what they begin with, how numbers and expressions are written, and those written by hand."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.compile.openmp import is_safe
from engine.core.dtype import BY_NUMPY, Array, DType
from engine.core.op import Op
from engine.ops.scalar import FUNCTIONS, INFIX, Expr

HEADER: Final = '''"""{title}"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.compile.mathlib import accumulate, accumulate_product  # and gives the words of `s` their meaning
from engine.compile.native import Apart, native
from engine.ops import scalar as s

'''

#: Products may be fused into sums. Nothing else may be rearranged: with "arcp" 1/sqrt(0) is NaN, and with "reassoc"
#: (x + 1e8) - 1e8 is x. Only the running totals of reductions may, in `mathlib.accumulate`.
FASTMATH: Final = '{"contract"}'

#: Numba would make a parallel loop of every array expression too: three convolution kernels then took 11 s to compile.
PRANGE_ONLY: Final = {
    "prange": True,
    **dict.fromkeys(("comprehension", "reduction", "inplace_binop", "setitem", "numpy", "stencil", "fusion"), False),
}


@dataclass(frozen=True)
class Source:
    """The text of a kernel: a module with one function, `kernel`.

    Parameters
    ----------
    text
        What is compiled; kernels with equal texts are one.
    signature
        Numba's, so that it is compiled at once.
    members
        Names of the ops in it, for people.
    parallel
        Whether it divides its work among threads.
    """

    text: str
    signature: str
    members: tuple[str, ...]
    parallel: bool = False


def array_type(dtype: DType, rank: int) -> str:
    """Return Numba's name for a contiguous array."""
    name = "boolean" if dtype.is_bool else dtype.name
    return f"{name}[{', '.join([':'] * (rank - 1) + ['::1'])}]"


def checks_bounds() -> bool:
    """Return whether kernels for one thread check every index: with ``TRENZA_BOUNDSCHECK`` in the environment."""
    return bool(os.environ.get("TRENZA_BOUNDSCHECK"))


def decorator(signature: str, parallel: bool = False, apart: bool = True) -> str:
    """Return what turns a Python function into a kernel; without a signature into a helper of one.

    The arrays of a kernel lie `apart`, so that none of them is changed by writing to another.

    If it `checks_bounds`, an index outside of its array is an error, and not a wrong number or a crash.
    """
    bounds = checks_bounds() and not parallel  # Numba cannot have both
    options = f'nogil=True, error_model="numpy", boundscheck={bounds}, fastmath={FASTMATH}'
    options += f",\n      parallel={PRANGE_ONLY}" if parallel else ""
    if signature:
        return f'native("{signature}", {options})'
    # only kernels call it: what would take Python's objects need not be compiled
    options += ", no_cpython_wrapper=True, no_cfunc_wrapper=True"
    return f"njit({options}, pipeline_class=Apart)" if apart else f"njit({options})"


def literal(value: Any, dtype: DType) -> str:
    """Return a number as a typed constant: a bare one would widen float32 to float64."""
    if dtype.is_bool:
        return str(bool(value))
    number = float(value) if dtype.is_floating else int(value)
    if isinstance(number, float) and not math.isfinite(number):
        return f"np.{dtype.name}({'np.nan' if math.isnan(number) else 'np.inf' if number > 0 else '-np.inf'})"
    return f"np.{dtype.name}({number!r})"


def render(expr: Any, dtype: DType) -> str:
    """Return an expression as source; literals adopt `dtype`."""
    if not isinstance(expr, Expr):
        return literal(expr, dtype)
    inner = next((a.dtype for a in expr.args if isinstance(a, Expr)), expr.dtype)
    if expr.name == "input":
        return str(expr.args[0])
    if expr.name == "literal":
        return literal(expr.args[0], expr.dtype)
    if expr.name == "cast":
        return _cast(expr.args[0], expr.dtype)
    if expr.name == "where":
        condition, a, b = expr.args
        return f"({render(a, expr.dtype)} if {render(condition, inner)} else {render(b, expr.dtype)})"
    args = [render(a, inner) for a in expr.args]
    if expr.name in INFIX:
        return sized(f"({args[0]} {expr.name} {args[1]})", expr.dtype)
    if expr.name == "neg":
        return sized(f"(-{args[0]})", expr.dtype)
    if expr.name == "not":
        return f"(not {args[0]})"
    assert expr.name in FUNCTIONS, expr.name
    return sized(f"s.{expr.name}({', '.join(args)})", expr.dtype)


def sized(text: str, dtype: DType) -> str:
    """Keep an integer in its dtype: Numba widens int32 arithmetic to int64."""
    if not dtype.is_integer:
        return text
    return f"np.{dtype.name}{text}" if text.startswith("(") else f"np.{dtype.name}({text})"


def _cast(value: Any, dtype: DType) -> str:
    text = render(value, value.dtype)
    if dtype.is_bool:
        return f"({text} != {literal(0, value.dtype)})" if not value.dtype.is_bool else text
    return f"np.{dtype.name}({text})"


#: Where the words of `engine.ops.loops` that a hand-written kernel uses come from.
_WORDS: Final = {
    "gemm": "from engine.compile.blas import gemm",
    "flush": "from engine.compile.parallel import flush",
}
_CHECKED: Final = {"gemm": "from engine.compile.blas import checked_gemm as gemm"}
_SERIAL: Final = "prange = range"
_PARALLEL: Final = "from engine.compile.parallel import prange"


def kernel_source(op: Op, arguments: Sequence[Array | int | float]) -> Source:
    """Return the kernel that an op's record carries, typed for these arguments."""
    assert op.kernel is not None
    functions = (*op.kernel.helpers, op.kernel.code)
    signature = f"void({', '.join(_argument_type(a) for a in arguments)})"
    names = {name for f in functions for name in f.__code__.co_names}
    words = _WORDS | _CHECKED if checks_bounds() else _WORDS
    lines = [line for word, line in words.items() if word in names]
    parallel = op.kernel.parallel and arguments[0] != 1 and is_safe()
    if op.kernel.parallel:
        lines.append(_PARALLEL if parallel else _SERIAL)
    pieces = [HEADER.format(title=f"{op.kernel.code.__name__.strip('_')}, written by hand.") + "\n".join(lines)]
    pieces += [f"@{decorator('', apart=False)}\n{inspect.getsource(f)}" for f in op.kernel.helpers]
    pieces += [f"{inspect.getsource(op.kernel.code)}"]
    pieces += [f"kernel = {decorator(signature, parallel)}({op.kernel.code.__name__})\n"]
    return Source("\n\n".join(pieces), signature, (op.name,), parallel)


def _argument_type(argument: Array | int | float) -> str:
    if isinstance(argument, int | float):
        return "int64" if isinstance(argument, int) else "float64"
    return array_type(BY_NUMPY[argument.dtype], argument.ndim)
