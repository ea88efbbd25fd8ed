"""sin, cos and tan: x 2/π = n + f with |f| <= 1/2, and polynomials for the sine and cosine of r = f π/2.

The product is taken modulo 4, exactly, with as many bits of 2/π as the largest number needs (Payne and Hanek, "Radian
reduction for trigonometric functions", 1983): so there is no argument from which on the result is wrong, and no branch,
which would keep a loop from being vectorised. float32 is reduced in float64; the polynomials leave 2⁻³⁷ of the sine and
2⁻³³ of the cosine there, and 2⁻⁵⁷ and 2⁻⁵⁹ in float64.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from engine.compile.mathlib.bits import EXACT, SAFE, bits64, float64_of, fma, select, two_product, two_sum

_F, _U = np.float32, np.uint64

_ROUND = 6755399441055744.0  # 1.5·2⁵²: adding it rounds, and leaves the whole number in the lowest bits
_SIGN = _U(0x8000000000000000)

#: 2/π, its first 1200 bits after the point.
_DIGITS: Final = int(
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129"
    "a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf"
    "27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b",
    16,
)


def _two_over_pi(shift: int, bits: int) -> int:
    """Return 2/π·2ˢ modulo 4, its first `bits` bits after the point, as an integer."""
    return (_DIGITS >> (1200 - shift - bits)) % (1 << (bits + 2))


def _short_parts(shift: int) -> tuple[float, ...]:
    """Return it as five numbers of 29 bits, whose products with a float32 are exact in float64."""
    whole, bits = _two_over_pi(shift, 143), 29
    return tuple(math.ldexp((whole >> (bits * (4 - i))) % (1 << bits), bits * (4 - i) - 143) for i in range(5))


def _long_parts(shift: int) -> list[float]:
    """Return it as a sum of four float64."""
    rest, parts = _two_over_pi(shift, 240), []
    for _ in range(4):
        parts.append(math.ldexp(float(rest), -240))
        rest -= int(math.ldexp(parts[-1], 240))
    return parts


_SMALL: Final = _short_parts(0)
_LARGE: Final = _short_parts(56)
_LONG: Final = np.array([_long_parts(32 * step) for step in range(31)]).ravel()


@njit(**SAFE)
def _reduced32(x):  # type: ignore[no-untyped-def]
    """Return n where its lowest two bits are the quadrant, and r in float64."""
    v = np.float64(x)
    large = abs(v) >= 1208925819614629174706176.0  # 2⁸⁰
    v = select(large, v * 1.3877787807814457e-17, v)  # 2⁻⁵⁶, which leaves a whole number
    p = v * select(large, _LARGE[0], _SMALL[0])
    q = v * select(large, _LARGE[1], _SMALL[1])
    s = v * select(large, _LARGE[2], _SMALL[2])
    t = v * select(large, _LARGE[3], _SMALL[3])
    rest = v * select(large, _LARGE[4], _SMALL[4])
    p = p - 4.0 * np.rint(p * 0.25)
    q = q - 4.0 * np.rint(q * 0.25)
    shifted = p + q + s + _ROUND
    f = ((((p - (shifted - _ROUND)) + q) + s) + t) + rest  # each sum is exact but the last
    return bits64(shifted), f * 1.5707963267948966


@njit(**SAFE)
def _both32(r):  # type: ignore[no-untyped-def]
    """Return the sine and the cosine of a reduced angle."""
    z = r * r
    s = 2.7183087051351505e-06
    s = s * z + -0.00019839334663756397
    s = s * z + 0.008333329385951408
    s = s * z + -0.1666666664163471
    c = 2.443845692453953e-05
    c = c * z + -0.0013887367738193938
    c = c * z + 0.04166664687626098
    return s * (z * r) + r, (c * z - 0.5) * z + 1.0


@njit(**EXACT)
def _reduced64(x):  # type: ignore[no-untyped-def]
    """Return n where its lowest two bits are the quadrant, and r as a sum of two floats."""
    # x = v·2ˢ with |v| < 2⁸⁵ and s a multiple of 32, which is 0 unless v is a whole number
    steps = (bits64(x) >> _U(52)) & _U(0x7FF)
    steps = (select(steps > _U(1076), steps, _U(1076)) - _U(1076)) >> _U(5)
    v = x * float64_of((_U(1023) - (steps << _U(5))) << _U(52))
    row = steps << _U(2)
    p, p_low = two_product(v, _LONG[row])
    q, q_low = two_product(v, _LONG[row + _U(1)])
    s, s_low = two_product(v, _LONG[row + _U(2)])
    tail = s_low + v * _LONG[row + _U(3)]
    # whole numbers go; of the first product, multiples of 4, which the lowest bits below cannot hold
    p = p - 4.0 * np.rint(p * 0.25)
    shifted = p + _ROUND
    n = bits64(shifted)
    p = p - (shifted - _ROUND)
    shifted = p_low + _ROUND
    n += bits64(shifted)
    p_low = p_low - (shifted - _ROUND)
    shifted = q + _ROUND
    n += bits64(shifted)
    q = q - (shifted - _ROUND)
    f, low = two_sum(p, p_low)
    f, lower = two_sum(f, q)
    low = low + lower
    shifted = f + _ROUND
    n += bits64(shifted)
    f = f - (shifted - _ROUND)
    # what is left may cancel down to 2⁻⁶², so each sum keeps what it rounds
    f, low = two_sum(f, low)
    s, lower = two_sum(q_low, s)
    f, lowest = two_sum(f, s)
    f, low = two_sum(f, low + (lowest + (lower + tail)))
    r = f * 1.5707963267948966
    r_low = fma(f, 1.5707963267948966, -r) + (f * 6.123233995736766e-17 + low * 1.5707963267948966)
    return n, r, r_low


@njit(**SAFE)
def _both64(r, low):  # type: ignore[no-untyped-def]
    """Return the sine and the cosine of a reduced angle."""
    z = r * r
    s = 1.5896822148809968e-10
    s = s * z + -2.5050758635969962e-08
    s = s * z + 2.75573136957481e-06
    s = s * z + -0.00019841269829820582
    s = s * z + 0.008333333333322432
    s = s * z + -0.16666666666666632
    c = -1.135966116530357e-11
    c = c * z + 2.0875723535894406e-09
    c = c * z + -2.7557314354321535e-07
    c = c * z + 2.4801587289489374e-05
    c = c * z + -0.0013888888888874136
    c = c * z + 0.0416666666666666
    h = 0.5 * z
    w = 1.0 - h
    return r + (s * (z * r) + low * w), w + (((1.0 - w) - h) + (c * (z * z) - r * low))


@njit(**SAFE)
def _wave(n, sine, cosine):  # type: ignore[no-untyped-def]
    """Return the sine of r + n π/2."""
    value = select((n & _U(1)) != _U(0), cosine, sine)
    return float64_of(bits64(value) ^ ((n << _U(62)) & _SIGN))


@njit(**SAFE)
def sin32(x):  # type: ignore[no-untyped-def]
    n, r = _reduced32(x)
    sine, cosine = _both32(r)
    return select(abs(x) < _F(1e-5), x, _F(_wave(n, sine, cosine)))


@njit(**SAFE)
def cos32(x):  # type: ignore[no-untyped-def]
    n, r = _reduced32(x)
    sine, cosine = _both32(r)
    return _F(_wave(n + _U(1), sine, cosine))


@njit(**SAFE)
def tan32(x):  # type: ignore[no-untyped-def]
    n, r = _reduced32(x)
    sine, cosine = _both32(r)
    odd = (n & _U(1)) != _U(0)
    return select(abs(x) < _F(1e-5), x, _F(select(odd, -cosine, sine) / select(odd, sine, cosine)))


@njit(**SAFE)
def sin64(x):  # type: ignore[no-untyped-def]
    n, r, low = _reduced64(x)
    sine, cosine = _both64(r, low)
    return select(abs(x) < 1e-9, x, _wave(n, sine, cosine))


@njit(**SAFE)
def cos64(x):  # type: ignore[no-untyped-def]
    n, r, low = _reduced64(x)
    sine, cosine = _both64(r, low)
    return _wave(n + _U(1), sine, cosine)


@njit(**SAFE)
def tan64(x):  # type: ignore[no-untyped-def]
    n, r, low = _reduced64(x)
    sine, cosine = _both64(r, low)
    odd = (n & _U(1)) != _U(0)
    quotient = select(odd, cosine, sine) / select(odd, sine, cosine)
    # -cosine in the select would keep the loop from being vectorised under AVX2: 24.7 ns an element, and not 7.9
    return select(abs(x) < 1e-9, x, float64_of(bits64(quotient) ^ (n << _U(63))))
