"""xʸ = exp(y log x), the logarithm to more bits than the result has, since y log x may be as large as 709.

In float32 everything is computed in float64, with polynomials that leave 2⁻³⁷ of log x and 2⁻³⁹ of the result. In
float64 the logarithm is a sum of two floats, right to 2⁻⁶⁶ (sums and products of such: Dekker, "A floating-point
technique for extending the available precision", 1971). So what has an exact result comes out exactly: x¹, 2¹⁰, 3⁴.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.compile.mathlib import exponential, logarithm
from engine.compile.mathlib.bits import EXACT, SAFE, bits64, float64_of, fma, select, two_product, two_sum

_F, _U = np.float32, np.uint64

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_ROUND = 6755399441055744.0
_TINY = 2.2250738585072014e-308


@njit(**SAFE)
def _settled(x, y, magnitude):  # type: ignore[no-untyped-def]
    """Return xʸ from |x|ʸ, by the rules of IEEE 754."""
    a = abs(x)
    magnitude = select(a == 1.0, 1.0, magnitude)  # 0·inf was NaN
    whole = np.floor(y) == y
    half = y * 0.5
    odd = whole & (np.floor(half) != half)
    result = select(odd & (bits64(x) >= _U(0x8000000000000000)), -magnitude, magnitude)
    result = select((x < 0.0) & (np.floor(y) != y) & (a != np.inf), np.nan, result)
    result = select((x != x) | (y != y), x + y, result)
    return select((y == 0.0) | (x == 1.0), 1.0, result)


@njit(**SAFE)
def power32(x, y):  # type: ignore[no-untyped-def]
    v, w = np.float64(x), np.float64(y)
    a = abs(v)
    n, m = logarithm.split64(a)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = 0.23582322131491928
    p = p * z + 0.2853730182579148
    p = p * z + 0.4000033524205959
    p = p * z + 0.6666666564561825
    log = (s + s) + (p * (z * s) + n * 0.6931471805599453)
    log = select(a < _TINY, -np.inf, log)
    log = select(a == np.inf, np.inf, log)
    e = w * log
    e = select(e > 200.0, 200.0, e)
    e = select(e < -200.0, -200.0, e)
    shifted = e * 1.4426950408889634 + _ROUND
    r = e - (shifted - _ROUND) * 0.6931471805599453
    q = 2.4887661500580472e-05
    q = q * r + 0.00019909272668913616
    q = q * r + 0.0013888796293664444
    q = q * r + 0.008333281226719837
    q = q * r + 0.041666667055269925
    q = q * r + 0.16666666786779896
    q = q * r + 0.4999999999951675
    result = float64_of(bits64(q * (r * r) + r + 1.0) + (bits64(shifted) << _U(52)))
    return _F(_settled(v, w, result))


@njit(**SAFE)
def _tail(z):  # type: ignore[no-untyped-def]
    """Return ((2 artanh s - 2 s)/s³ - 2/3)/z where z = s²."""
    p = 0.11988840601434175
    p = p * z + 0.11674843776978519
    p = p * z + 0.1333631590003683
    p = p * z + 0.153845569192403
    p = p * z + 0.18181818869449604
    p = p * z + 0.22222222217545085
    p = p * z + 0.2857142857144507
    return p * z + 0.3999999999999998


@njit(**EXACT)
def _log(a):  # type: ignore[no-untyped-def]
    """Return log a as a sum of two floats."""
    n, m = logarithm.split64(a)
    f = m - 1.0
    d, d_low = two_sum(m, 1.0)
    inverse = 1.0 / d
    s = f * inverse
    s_low = (fma(-s, d, f) - s * d_low) * inverse
    z, z_low = two_product(s, s)
    z_low = z_low + 2.0 * s * s_low
    # log m = 2s + s z (2/3 + z tail), each factor a sum of two floats
    t = z * _tail(z)
    b = 0.6666666666666666 + t
    b_low = (0.6666666666666666 - b + t) + 3.700743415417188e-17
    u, u_low = two_product(z, b)
    u_low = u_low + (z * b_low + z_low * b)
    v, v_low = two_product(s, u)
    v_low = v_low + (s * u_low + s_low * u)
    s, s_low = 2.0 * s, 2.0 * s_low
    log = s + v
    low = (s - log + v) + (s_low + v_low)
    k = n * _LN2_HIGH  # exact
    total = k + log
    low = (k - total + log) + (low + n * _LN2_LOW)
    log = total + low
    return log, total - log + low


@njit(**EXACT)
def _power64(a, y):  # type: ignore[no-untyped-def]
    """Return aʸ of a >= 0."""
    log, low = _log(a)
    log = select(a < _TINY, -np.inf, log)
    log = select(a == np.inf, np.inf, log)
    e = y * log
    low = fma(y, log, -e) + y * low
    shifted = e * 1.4426950408889634 + _ROUND
    n = shifted - _ROUND
    r = e - n * _LN2_HIGH  # exact
    k = n * _LN2_LOW
    rest = r - k
    low = (r - rest - k) + low
    # 1 + rest with what rounding takes from it, so that the last sum is the only one that matters
    one = 1.0 + rest
    part = (1.0 - one) + rest
    bend = exponential.power_series64(rest) * (rest * rest)
    p = one + (part + (bend + low * (one + bend)))
    result = float64_of(bits64(p) + (bits64(shifted) << _U(52)))
    result = select(e > 709.782712893384, np.inf, result)
    return select(e < -708.3964185322641, 0.0, result)


@njit(**SAFE)
def power64(x, y):  # type: ignore[no-untyped-def]
    return _settled(x, y, _power64(abs(x), y))
