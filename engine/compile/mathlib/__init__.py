"""Elementary functions for kernels: what the vocabulary of `engine.ops.scalar` means to Numba.

The functions of the C library are calls, which keep a loop from being vectorised. Those of `ULPS` are written without
calls and without branches, so that LLVM vectorises the loop that they stand in; `ULPS` states how far from the true
value they may be. The others of the vocabulary are the C library's.

Zeros, infinities and NaN are those of IEEE 754, and a denormal is taken for zero. Exact are 0 and 1 where one looks for
them (e⁰, log 1, tanh 0, x¹), and powers whose value is a float. Sines are right for every argument.

Nanoseconds an element in a kernel, on one core with AVX-512, and in float64 with the C library in their place:

========  =======  =======  =====    ========  =======  =======  =====
function  float32  float64      C    function  float32  float64      C
========  =======  =======  =====    ========  =======  =======  =====
exp          0.35     0.80    4.3    erf          0.55      2.2   10.2
expm1        0.35     0.85    6.5    erfc         1.65      2.5   10.4
tanh         0.35     0.90    9.9    sin, cos     1.35      4.7    8.6
sigmoid      0.40     0.90    4.6    tan          1.55      6.0    9.5
log          0.45     1.00    3.6    pow          1.80      4.5   10.3
log1p        0.60     1.25    5.5    rsqrt        0.35      0.90
========  =======  =======  =====    ========  =======  =======  =====
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numba import types
from numba.extending import overload

from engine.compile.mathlib import error_function, exponential, logarithm, power, trigonometric
from engine.compile.mathlib.bits import SAFE
from engine.compile.mathlib.totals import accumulate, accumulate_product
from engine.ops import scalar

__all__ = ["ULPS", "accumulate", "accumulate_product"]

#: How far a result may be from the true value, in units of its last place; by the name of the op. One rounding is 0.5.
ULPS: Final[dict[str, dict[str, float]]] = {
    "exp": {"float32": 1.0, "float64": 1.0},
    "expm1": {"float32": 1.5, "float64": 2.0},
    "log": {"float32": 1.0, "float64": 1.0},
    "log1p": {"float32": 1.5, "float64": 1.5},
    "tanh": {"float32": 2.5, "float64": 2.5},
    "sigmoid": {"float32": 2.5, "float64": 2.5},
    "erf": {"float32": 1.5, "float64": 2.5},
    "erfc": {"float32": 0.6, "float64": 6.0},
    "sin": {"float32": 0.6, "float64": 1.0},
    "cos": {"float32": 0.6, "float64": 1.0},
    "tan": {"float32": 0.6, "float64": 2.5},
    "pow": {"float32": 0.6, "float64": 1.0},
    "sqrt": {"float32": 0.5, "float64": 0.5},
    "rsqrt": {"float32": 1.5, "float64": 1.5},
}


def _plain(function: Any) -> Any:
    """Return what Numba is to compile in place of a word; where it is turned off, the function is not decorated."""
    return getattr(function, "py_func", function)


def _vectorised(stub: Callable[..., Any], single: Any, double: Any) -> None:
    """Tell Numba what `stub`, a word of the vocabulary, means for float32 and for float64."""
    chosen = {types.float32: _plain(single), types.float64: _plain(double)}

    @overload(stub, jit_options=SAFE)
    def choose(x):  # type: ignore[no-untyped-def]  # Numba compares the parameters, annotations too
        return chosen.get(x)


def _provide(stub: Callable[..., Any], general: Callable[..., Any]) -> None:
    """Tell Numba what `stub` means for every type."""

    @overload(stub)
    def choose(x):  # type: ignore[no-untyped-def]
        return general


_vectorised(scalar.exp, exponential.exp32, exponential.exp64)
_vectorised(scalar.expm1, exponential.expm1_32, exponential.expm1_64)
_vectorised(scalar.tanh, exponential.tanh32, exponential.tanh64)
_vectorised(scalar.sigmoid, exponential.sigmoid32, exponential.sigmoid64)
_vectorised(scalar.log, logarithm.log32, logarithm.log64)
_vectorised(scalar.log1p, logarithm.log1p_32, logarithm.log1p_64)
_vectorised(scalar.erf, error_function.erf32, error_function.erf64)
_vectorised(scalar.erfc, error_function.erfc32, error_function.erfc64)
_vectorised(scalar.sin, trigonometric.sin32, trigonometric.sin64)
_vectorised(scalar.cos, trigonometric.cos32, trigonometric.cos64)
_vectorised(scalar.tan, trigonometric.tan32, trigonometric.tan64)

_provide(scalar.sqrt, lambda x: np.sqrt(x))
_provide(scalar.asin, lambda x: np.arcsin(x))
_provide(scalar.acos, lambda x: np.arccos(x))
_provide(scalar.atan, lambda x: math.atan(x))
_provide(scalar.sinh, lambda x: math.sinh(x))
_provide(scalar.cosh, lambda x: math.cosh(x))
_provide(scalar.asinh, lambda x: math.asinh(x))
_provide(scalar.acosh, lambda x: np.arccosh(x))
_provide(scalar.atanh, lambda x: np.arctanh(x))
_provide(scalar.lgamma, lambda x: math.lgamma(x))
_provide(scalar.floor, lambda x: np.floor(x))
_provide(scalar.ceil, lambda x: np.ceil(x))
_provide(scalar.rint, lambda x: np.rint(x))
_provide(scalar.isnan, lambda x: np.isnan(x))
_provide(scalar.isinf, lambda x: np.isinf(x))
_provide(scalar.isfinite, lambda x: np.isfinite(x))
_provide(scalar.absolute, lambda x: abs(x))


# A comparison is false for NaN, so what is kept where it fails is the operand that may be one (NumPy hands NaN on).
@overload(scalar.minimum)
def _minimum(x, y):  # type: ignore[no-untyped-def]
    return lambda x, y: x if (x < y or x != x) else y


@overload(scalar.maximum)
def _maximum(x, y):  # type: ignore[no-untyped-def]
    return lambda x, y: x if (x > y or x != x) else y


@overload(scalar.atan2)
def _atan2(y, x):  # type: ignore[no-untyped-def]
    return lambda y, x: math.atan2(y, x)


@overload(scalar.remainder)
def _remainder(x, y):  # type: ignore[no-untyped-def]
    return lambda x, y: x % y


@overload(scalar.power, jit_options=SAFE)
def _power(x, y):  # type: ignore[no-untyped-def]
    if x == y == types.float32:
        return _plain(power.power32)
    if x == y == types.float64:
        return _plain(power.power64)
    return lambda x, y: x**y
