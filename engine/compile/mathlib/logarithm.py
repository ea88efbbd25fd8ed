"""log and log1p: x = 2ⁿ m with m in [sqrt(1/2), sqrt(2)), and a polynomial for log m.

With f = m - 1 and s = f/(2 + f), log m = 2 artanh s, and float64 has a minimax polynomial of degree 6 in s² for
(2 artanh s - 2 s)/s³, which leaves 2⁻⁵⁹ of log m. The float32 one, (log m - f + f²/2)/f³ of degree 8, leaves 2⁻³⁰ and
does without the quotient.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.compile.mathlib.bits import SAFE, bits32, bits64, float32_of, float64_of, select

_F, _I, _U = np.float32, np.uint32, np.uint64

_TINY32, _LARGEST32 = _F(1.1754944e-38), _F(3.4028235e38)
_TINY64, _LARGEST64 = 2.2250738585072014e-308, 1.7976931348623157e308


# What is added to the bits makes the exponent change at sqrt(1/2); 2²³ (2⁵²) holds a whole number in its lowest bits.
@njit(**SAFE)
def split32(x):  # type: ignore[no-untyped-def]
    """Return n and m."""
    bits = _I(bits32(x) + _I(0x3F800000 - 0x3F3504F3))
    n = float32_of((bits >> _I(23)) | _I(0x4B000000)) - _F(8388608.0 + 127)
    return n, float32_of((bits & _I(0x007FFFFF)) + _I(0x3F3504F3))


@njit(**SAFE)
def split64(x):  # type: ignore[no-untyped-def]
    """Return n and m."""
    bits = bits64(x) + _U(0x3FF0000000000000 - 0x3FE6A09E00000000)
    n = float64_of((bits >> _U(52)) | _U(0x4330000000000000)) - (4503599627370496.0 + 1023)
    return n, float64_of((bits & _U(0x000FFFFFFFFFFFFF)) + _U(0x3FE6A09E00000000))


@njit(**SAFE)
def log32(x):  # type: ignore[no-untyped-def]
    n, m = split32(x)
    f = m - _F(1.0)
    z = f * f
    p = _F(6.918319e-2)
    p = p * f + _F(-1.179242e-1)
    p = p * f + _F(1.1872963e-1)
    p = p * f + _F(-1.23839185e-1)
    p = p * f + _F(1.4218624e-1)
    p = p * f + _F(-1.6669275e-1)
    p = p * f + _F(2.0002228e-1)
    p = p * f + _F(-2.4999987e-1)
    p = p * f + _F(3.333331e-1)
    low = p * (f * z) + n * _F(-2.12194440e-4) - _F(0.5) * z
    result = low + f + n * _F(0.693359375)
    result = select(x > _LARGEST32, x, result)
    result = select(x < _TINY32, _F(-np.inf), result)  # zero, and what is flushed to it
    result = select(x < _F(0.0), _F(np.nan), result)
    return select(x != x, x, result)


@njit(**SAFE)
def log64(x):  # type: ignore[no-untyped-def]
    n, m = split64(x)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = 0.1479589134893874
    p = p * z + 0.15314060362138054
    p = p * z + 0.18183563783510254
    p = p * z + 0.2222219858659693
    p = p * z + 0.28571428742231525
    p = p * z + 0.39999999999415464
    p = p * z + 0.6666666666666734
    h = 0.5 * f * f
    # f - h + s (h + z p) is log m, in an order that keeps its error below that of the last sum
    low = s * (h + p * z) + n * 1.90821492927058770002e-10
    result = n * 6.93147180369123816490e-01 - ((h - low) - f)
    result = select(x > _LARGEST64, x, result)
    result = select(x < _TINY64, -np.inf, result)
    result = select(x < 0.0, np.nan, result)
    return select(x != x, x, result)


# What rounding took from u = 1 + x comes back as its share of the logarithm.
@njit(**SAFE)
def log1p_32(x):  # type: ignore[no-untyped-def]
    u = _F(1.0) + x
    part = u - _F(1.0)
    lost = (_F(1.0) - (u - part)) + (x - part)
    result = log32(u)
    result = select((u > _F(0.0)) & (u <= _LARGEST32), result + lost / u, result)
    return select(abs(x) < _F(1e-9), x, result)


@njit(**SAFE)
def log1p_64(x):  # type: ignore[no-untyped-def]
    u = 1.0 + x
    part = u - 1.0
    lost = (1.0 - (u - part)) + (x - part)
    result = log64(u)
    result = select((u > 0.0) & (u <= _LARGEST64), result + lost / u, result)
    return select(abs(x) < 1e-18, x, result)
