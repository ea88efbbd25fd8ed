"""erf and erfc: a polynomial in x² near zero, and beyond it 1 - erfc(x).

Near zero, erf(x)/x - 1 is a minimax polynomial in x². In float32, erfc itself is one between 1 and 4, where erf
becomes 1. Elsewhere erfc(x) = exp(-x²) u P(1 - u) with u = 2K/(x + K), which maps all x > 0 to one interval
(after Schonfelder, "Chebyshev expansions for the error and related functions", 1978); where 1 - erfc(x) is wanted P is
shorter, since exp(-x²) weighs its error.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.compile.mathlib.bits import SAFE, bits32, bits64, float32_of, float64_of, select, two_product
from engine.compile.mathlib.exponential import split64

_F, _I, _U = np.float32, np.uint32, np.uint64


@njit(**SAFE)
def erf32(x):  # type: ignore[no-untyped-def]
    a = abs(x)
    z = a * a
    p = _F(7.8884645e-5)
    p = p * z + _F(-8.0206664e-4)
    p = p * z + _F(5.189518e-3)
    p = p * z + _F(-2.6854437e-2)
    p = p * z + _F(1.12836e-1)
    p = p * z + _F(-3.7612626e-1)
    p = p * z + _F(1.2837917e-1)
    near = select(a < _F(1e-9), a * _F(1.1283792), p * a + a)  # where p a may be a denormal
    u = a * _F(0.6666667) + _F(-1.6666667)
    q = _F(1.5289744e-4)
    q = q * u + _F(-2.5914956e-4)
    q = q * u + _F(-6.706718e-4)
    q = q * u + _F(2.03719e-3)
    q = q * u + _F(-6.7519053e-4)
    q = q * u + _F(-4.67367e-3)
    q = q * u + _F(9.745357e-3)
    q = q * u + _F(-6.632864e-3)
    q = q * u + _F(-9.304887e-3)
    q = q * u + _F(3.1866506e-2)
    q = q * u + _F(-4.6447657e-2)
    q = q * u + _F(4.365184e-2)
    q = q * u + _F(-2.8181978e-2)
    q = q * u + _F(1.2252805e-2)
    q = q * u + _F(-3.2674174e-3)
    q = q * u + _F(4.069523e-4)
    q = select(a > _F(3.92), _F(0.0), q)
    result = select(a < _F(1.0), near, _F(1.0) - q)
    result = float32_of(bits32(result) | (bits32(x) & _I(0x80000000)))
    return select(x != x, x, result)


@njit(**SAFE)
def _near64(z):  # type: ignore[no-untyped-def]
    """Return erf(x)/x - 1 where x² = z < 0.75²."""
    p = 1.147460202428564e-08
    p = p * z + -1.5940669516378967e-07
    p = p * z + 1.643075758342136e-06
    p = p * z + -1.4924201254091e-05
    p = p * z + 0.00012055289769093041
    p = p * z + -0.0008548326193839384
    p = p * z + 0.005223977615498461
    p = p * z + -0.026866170644435347
    p = p * z + 0.11283791670952627
    p = p * z + -0.37612638903183715
    return p * z + 0.1283791670955126


@njit(**SAFE)
def erf64(x):  # type: ignore[no-untyped-def]
    a = abs(x)
    near = select(a < 1e-18, a * 1.1283791670955126, _near64(a * a) * a + a)  # where the product may be a denormal
    b = select(a > 6.0, 6.0, a)
    u = 8.0 / (b + 4.0)
    t = 1.0 - u
    p = 7.19439948875563e-08
    p = p * t + 1.2043670923447123e-05
    p = p * t + 4.771108272311201e-05
    p = p * t + -2.490879346701015e-05
    p = p * t + -7.810553696902162e-06
    p = p * t + 0.0007807726103939568
    p = p * t + -0.0032886931909134583
    p = p * t + 0.009550212562291237
    p = p * t + -0.021750748462370146
    p = p * t + 0.04135655790944716
    p = p * t + -0.06760671544381514
    p = p * t + 0.09665108886638868
    p = p * t + -0.12206859108470994
    p = p * t + 0.1369994576260684
    n, e = split64(-b * b)
    power = float64_of(bits64(e + 1.0) + n)
    result = select(a < 0.75, near, 1.0 - power * (u * p))
    result = float64_of(bits64(result) | (bits64(x) & _U(0x8000000000000000)))
    return select(x != x, x, result)


@njit(**SAFE)
def erfc32(x):  # type: ignore[no-untyped-def]
    v = np.float64(x)  # float32 has too few bits for x²
    a = abs(v)
    z = a * a
    p = 9.474933904506517e-05
    p = p * z + -0.0008357692155937464
    p = p * z + 0.005216838471353348
    p = p * z + -0.02686478627478506
    p = p * z + 0.11283778836287936
    p = p * z + -0.3761263845613464
    p = p * z + 0.12837916707007707
    near = 1.0 - (p * v + v)
    b = select(a > 12.0, 12.0, a)
    u = 6.0 / (b + 3.0)
    t = 1.0 - u
    p = -4.326376176273133e-05
    p = p * t + -7.805525009901333e-05
    p = p * t + 0.0005050076840726061
    p = p * t + -0.00020574237206658297
    p = p * t + -0.004471105092588159
    p = p * t + 0.019921712024404556
    p = p * t + -0.05174455332572899
    p = p * t + 0.09837137618167197
    p = p * t + -0.1472324085559078
    p = p * t + 0.1790011512860659
    n, e = split64(-b * b)
    far = float64_of(bits64(e + 1.0) + n) * (u * p)
    far = select(v < 0.0, 2.0 - far, far)
    return select(x != x, x, _F(select(a < 0.75, near, far)))


@njit(**SAFE)
def erfc64(x):  # type: ignore[no-untyped-def]
    a = abs(x)
    near = 1.0 - (_near64(a * a) * x + x)
    b = select(a > 26.6, 26.6, a)
    u = 8.0 / (b + 4.0)
    t = 1.0 - u
    p = 2.0472865845251816e-10
    p = p * t + 7.971312313440917e-11
    p = p * t + -2.154050016619451e-09
    p = p * t + -5.112363166248803e-11
    p = p * t + 1.5782502943985443e-08
    p = p * t + -9.264415308245548e-09
    p = p * t + -1.0595507092338733e-07
    p = p * t + 1.7791261775745585e-07
    p = p * t + 5.868798983243994e-07
    p = p * t + -2.3575669964022037e-06
    p = p * t + -4.544184767646383e-07
    p = p * t + 2.2101591359415342e-05
    p = p * t + -5.688158152756575e-05
    p = p * t + -3.511985647768218e-05
    p = p * t + 0.0007640069565354057
    p = p * t + -0.003296256667698857
    p = p * t + 0.009547689363687897
    p = p * t + -0.021751367154983946
    p = p * t + 0.04135644848475092
    p = p * t + -0.06760672891415456
    p = p * t + 0.09665108778315464
    p = p * t + -0.12206859113511025
    p = p * t + 0.13699945762506138
    square, lost = two_product(b, b)
    n, e = split64(-square)
    far = (e + 1.0) * (u * p)
    far = (far - far * lost) * float64_of(_U(0x3FF0000000000000) + n)
    far = select(x < 0.0, 2.0 - far, far)
    return select(x != x, x, select(a < 0.75, near, far))
