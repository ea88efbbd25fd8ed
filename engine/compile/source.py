"""The text of kernels: what they begin with, how numbers and expressions are written, and those written by hand."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.core.dtype import BY_NUMPY, Array, DType
from engine.core.op import Op, Scratch
from engine.ops.scalar import FUNCTIONS, INFIX, Expr

HEADER: Final = '''"""{title}"""

from __future__ import annotations

import numpy as np

from engine.compile.mathlib import accumulate, accumulate_product  # and gives the words of `s` their meaning
from engine.compile.native import helper, native
from engine.ops import scalar as s
'''

#: Products may be fused into sums. Nothing else may be rearranged: with "arcp" 1/sqrt(0) is NaN, and with "reassoc"
#: (x + 1e8) - 1e8 is x. Only the running totals of reductions may, in `mathlib.accumulate`.
FASTMATH: Final = '{"contract"}'


@dataclass(frozen=True)
class Source:
    """The text of a kernel: a module that leaves one in `kernel`.

    Parameters
    ----------
    text
        What is compiled; kernels with equal texts are one.
    members
        Names of the ops in it, for people.
    is_divided
        Whether its first argument says into how many parts its work is divided.
    """

    text: str
    members: tuple[str, ...]
    is_divided: bool = False


def array_type(dtype: DType, rank: int) -> str:
    """Return Numba's name for a contiguous array."""
    name = "boolean" if dtype.is_bool else dtype.name
    return f"{name}[{', '.join([':'] * (rank - 1) + ['::1'])}]"


def checks_bounds() -> bool:
    """Return whether kernels check every index: with ``TRENZA_BOUNDSCHECK`` in the environment.

    Then an index outside of its array is an error, and not a wrong number or a crash.
    """
    return bool(os.environ.get("TRENZA_BOUNDSCHECK"))


def _options() -> str:
    return f'nogil=True, error_model="numpy", boundscheck={checks_bounds()}, fastmath={FASTMATH}'


def helper_of(function: Callable[..., Any]) -> str:
    """Return a function of Python's as one that kernels may call."""
    return f"@helper({_options()})\n{inspect.getsource(function)}"


def kernel_of(stages: Sequence[str], parameters: Mapping[str, str], own: Sequence[str] = ()) -> str:
    """Return the statement that compiles functions to a kernel.

    Parameters
    ----------
    stages
        Names of the functions.
    parameters
        For each argument Numba's name of its type.
    own
        Which arrays each thread has for itself.
    """
    rows = "".join(f'    "{name}": "{kind}",\n' for name, kind in parameters.items())
    return f"kernel = native({{\n{rows}}}, own={tuple(own)}, {_options()})({', '.join(stages)})\n"


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


#: What `gemm` of `engine.ops.loops` means to a kernel.
_GEMM: Final = "from engine.compile.blas import gemm"
_CHECKED_GEMM: Final = "from engine.compile.blas import checked_gemm as gemm"


def kernel_source(op: Op, arguments: Sequence[Any]) -> Source:
    """Return the kernel that an op's record carries, typed for these arguments."""
    kernel = op.kernel
    assert kernel is not None
    functions = (*kernel.helpers, *kernel.stages)
    head = HEADER.format(title=f"{kernel.code.__name__.strip('_')}, written by hand.")
    if any("gemm" in f.__code__.co_names for f in functions):
        head += _CHECKED_GEMM if checks_bounds() else _GEMM
    parameters = {name: _argument_type(a) for name, a in zip(kernel.names, arguments, strict=True)}
    own = [name for name, a in zip(kernel.names, arguments, strict=True) if isinstance(a, Scratch)]
    pieces = [head, *map(helper_of, kernel.helpers), *map(inspect.getsource, kernel.stages)]
    pieces.append(kernel_of([f.__name__ for f in kernel.stages], parameters, own))
    return Source("\n\n".join(pieces), (op.name,), kernel.is_divided)


def _argument_type(argument: Array | Scratch | int | float) -> str:
    if isinstance(argument, int | float):
        return "int64" if isinstance(argument, int) else "float64"
    rank = 1 if isinstance(argument, Scratch) else argument.ndim
    return array_type(BY_NUMPY[np.dtype(argument.dtype)], rank)
