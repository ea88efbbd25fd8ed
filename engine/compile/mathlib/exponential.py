"""exp, expm1, tanh and sigmoid: eˣ = 2ⁿ eʳ with |r| <= ln(2)/2, and a polynomial for eʳ - 1.

The polynomials are minimax fits to (eʳ - 1 - r)/r² of degree 5 in float32 and 10 in float64, which leave 2⁻²⁸ and 2⁻⁶⁰
of eʳ - 1. Adding 1.5·2²³, in float64 1.5·2⁵², rounds to a whole number and leaves it in the lowest bits, from where a
shift takes it to the exponent: integers need no conversion, and AVX2 has none for those of 64 bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.compile.mathlib.bits import SAFE, bits32, bits64, float32_of, float64_of, select

_F, _I, _U = np.float32, np.uint32, np.uint64

_ROUND32, _ROUND64 = _F(12582912.0), 6755399441055744.0

#: Beyond these eˣ has no normal number.
_OVER32, _UNDER32 = _F(88.72283), _F(-87.33654)
_OVER64, _UNDER64 = 709.782712893384, -708.3964185322641


@njit(**SAFE)
def split32(x):  # type: ignore[no-untyped-def]
    """Return n where exponents have their bits, and eʳ - 1."""
    shifted = x * _F(1.44269504088896341) + _ROUND32
    n = shifted - _ROUND32
    r = x - n * _F(0.693359375) - n * _F(-2.12194440e-4)
    p = _F(1.9914328e-4)
    p = p * r + _F(1.3941034e-3)
    p = p * r + _F(8.333273e-3)
    p = p * r + _F(4.1666355e-2)
    p = p * r + _F(1.6666667e-1)
    p = p * r + _F(0.5)
    return bits32(shifted) << _I(23), p * (r * r) + r


@njit(**SAFE)
def split64(x):  # type: ignore[no-untyped-def]
    """Return n where exponents have their bits, and eʳ - 1."""
    shifted = x * 1.4426950408889634 + _ROUND64
    n = shifted - _ROUND64
    r = x - n * 6.93147180369123816490e-01 - n * 1.90821492927058770002e-10
    return bits64(shifted) << _U(52), power_series64(r) * (r * r) + r


@njit(**SAFE)
def power_series64(r):  # type: ignore[no-untyped-def]
    """Return (eʳ - 1 - r)/r²."""
    p = 2.0924441580000938e-09
    p = p * r + 2.5109066147331215e-08
    p = p * r + 2.755724278179982e-07
    p = p * r + 2.7557244126100596e-06
    p = p * r + 2.480158736050799e-05
    p = p * r + 0.00019841269886208335
    p = p * r + 0.0013888888888866874
    p = p * r + 0.008333333333321598
    p = p * r + 0.0416666666666667
    p = p * r + 0.16666666666666677
    return p * r + 0.5


@njit(**SAFE)
def exp32(x):  # type: ignore[no-untyped-def]
    n, e = split32(x)
    result = float32_of(bits32(e + _F(1.0)) + n)
    result = select(x > _OVER32, _F(np.inf), result)
    result = select(x < _UNDER32, _F(0.0), result)
    return select(x != x, x, result)


@njit(**SAFE)
def exp64(x):  # type: ignore[no-untyped-def]
    n, e = split64(x)
    result = float64_of(bits64(e + 1.0) + n)
    result = select(x > _OVER64, np.inf, result)
    result = select(x < _UNDER64, 0.0, result)
    return select(x != x, x, result)


# 2ⁿ⁻¹ takes the place of 2ⁿ, which has no number where n is the largest
@njit(**SAFE)
def expm1_32(x):  # type: ignore[no-untyped-def]
    n, e = split32(x)
    half = float32_of(n + _I(0x3F000000))
    result = half * e + (half - _F(0.5))
    result = result + result
    result = select(x > _OVER32, _F(np.inf), result)
    result = select(x < _F(-18.0), _F(-1.0), result)
    return select(abs(x) < _F(1e-9), x, result)


@njit(**SAFE)
def expm1_64(x):  # type: ignore[no-untyped-def]
    n, e = split64(x)
    half = float64_of(n + _U(0x3FE0000000000000))
    result = half * e + (half - 0.5)
    result = result + result
    result = select(x > _OVER64, np.inf, result)
    result = select(x < -40.0, -1.0, result)
    return select(abs(x) < 1e-18, x, result)


# tanh |x| = E/(E + 2), where E = exp(2|x|) - 1; beyond the limit it rounds to 1
@njit(**SAFE)
def tanh32(x):  # type: ignore[no-untyped-def]
    a = abs(x)
    a = select(a > _F(10.0), _F(10.0), a)
    n, e = split32(a + a)
    scale = float32_of(n + _I(0x3F800000))
    e = scale * e + (scale - _F(1.0))
    return float32_of(bits32(e / (e + _F(2.0))) | (bits32(x) & _I(0x80000000)))


@njit(**SAFE)
def tanh64(x):  # type: ignore[no-untyped-def]
    a = abs(x)
    a = select(a > 20.0, 20.0, a)
    n, e = split64(a + a)
    scale = float64_of(n + _U(0x3FF0000000000000))
    e = scale * e + (scale - 1.0)
    return float64_of(bits64(e / (e + 2.0)) | (bits64(x) & _U(0x8000000000000000)))


@njit(**SAFE)
def sigmoid32(x):  # type: ignore[no-untyped-def]
    return _F(1.0) / (_F(1.0) + exp32(-x))


@njit(**SAFE)
def sigmoid64(x):  # type: ignore[no-untyped-def]
    return 1.0 / (1.0 + exp64(-x))
