"""How far the kernels' elementary functions are from the true values, over all of float32 and float64.

What is true is computed in `np.longdouble`, of which 80 bits on x86 leave 11 more than float64 has; where it has no
more than float64, float64 is not measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numba import njit

import engine as tf
from engine.compile.machine import processor
from engine.compile.mathlib import ULPS
from engine.ops import scalar

LONG = np.longdouble
DTYPES = ["float32", "float64"]
ONE_OPERAND = sorted(set(ULPS) - {"pow"})


def erf_near(x: Any) -> Any:
    """Return erf by 2/√π e^(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, whose terms are all of one sign."""
    term = total = x
    for n in range(1, 50):
        term = term * (2 * x * x) / (2 * n + 1)
        total = total + term
    return total * np.exp(-x * x) * (2 / np.sqrt(LONG("3.14159265358979323846264338327950288")))


def erfc_far(a: Any) -> Any:
    """Return erfc of numbers above 2 by its continued fraction, e^(-x²)/√π / (x + 1/2/(x + 1/(x + 3/2/(x + ...))))."""
    tail = a
    for n in range(80, 0, -1):
        tail = a + LONG(n) / 2 / tail
    split = a.astype(np.float32).astype(LONG)  # its square is exact, and that of a is not
    power = np.exp(-split * split) * np.exp(-(a - split) * (a + split))
    return power / tail / np.sqrt(LONG("3.14159265358979323846264338327950288"))


def erf(x: Any) -> Any:
    far = np.abs(x) >= 2
    result = np.sign(x)
    result[far & (np.abs(x) < 8)] *= 1 - erfc_far(np.abs(x[far & (np.abs(x) < 8)]))
    result[~far] = erf_near(x[~far])
    return result


def erfc(x: Any) -> Any:
    far = (x > 2) & (x < 30)
    result = 1 - erf(np.where(far, 0, x))
    result[far] = erfc_far(x[far])
    return result


TRUE: dict[str, Any] = {name: getattr(np, name, None) for name in ULPS} | {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "erf": erf,
    "erfc": erfc,
    "pow": np.power,
}

#: Where each function bends, to be looked at closely.
CLOSELY = {
    "exp": (-750, 750),
    "expm1": (-2, 2),
    "tanh": (-25, 25),
    "sigmoid": (-750, 750),
    "log": (0.5, 2),
    "log1p": (-0.5, 1),
    "erf": (-7, 7),
    "erfc": (-7, 28),
}

EDGES = [0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1.5, -1.5, 1e5, -1e5 - 1]

#: The float32 and the float64 that lie closest to a multiple of π/2, next to those that fill their mantissas.
HARDEST = {"float32": [np.ldexp(16367173.0, 72), 2.0**127], "float64": [np.ldexp(6381956970095103.0, 797), 2.0**1023]}


#: Bases and exponents of every kind: odd, even and no whole numbers, of both signs, small and large.
SPECIAL = [*EDGES, 4.0, 0.25, 7.0, -7.0, 2.0**53, -(2.0**53), 2.0**52 + 1, 1e30, -1e30]


@cache
def compiled(name: str) -> Callable[..., Any]:
    op = tf.raw_ops.__dict__[name]
    return tf.function(lambda *operands: op(*operands))


def of_bits(bits: Any, dtype: str) -> Any:
    """Return integers as floats of the same bits; denormals, which a plan takes for zero, are left out."""
    x = bits.astype(dtype.replace("float", "uint")).view(dtype)
    return x[~((np.abs(x) < np.finfo(dtype).tiny) & (x != 0))]


def arguments(name: str, dtype: str, count: int = 500_000) -> Any:
    """Return floats all over their range, the edges, and the stretch where the function bends."""
    info = np.finfo(dtype)
    everywhere = of_bits(np.arange(count, dtype=np.uint64) * np.uint64(2**info.bits // count), dtype)
    closely = np.linspace(*CLOSELY.get(name, (-10, 10)), 300_001)
    angles = np.concatenate([np.arange(1, 50_000), np.logspace(5, 15, 50_000)]) * (np.pi / 2)
    edges = np.array([*EDGES, *HARDEST[dtype], info.tiny, -info.tiny, info.max, info.min, info.eps, -info.eps])
    return np.concatenate([everywhere, np.concatenate([closely, angles, edges]).astype(dtype)])


@pytest.fixture(autouse=True)
def _kernels_as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENZA_BOUNDSCHECK", "")  # bounds checks keep loops from being vectorised


def assert_close(name: str, *operands: Any) -> None:
    """Check what is computed against the true values, by the bound stated for the function."""
    dtype = operands[0].dtype
    tiny = np.finfo(dtype).tiny
    if dtype == np.float64 and np.finfo(LONG).nmant <= np.finfo(np.float64).nmant:
        pytest.skip("long double has no more bits than float64 here")
    found = compiled(name)(*operands).numpy()
    with np.errstate(all="ignore"):
        true = TRUE[name](*(x.astype(LONG) for x in operands))
        rounded = true.astype(dtype)
    assert np.array_equal(np.isnan(found), np.isnan(rounded))
    normal = np.isfinite(rounded) & (np.abs(rounded) >= tiny)
    assert np.array_equal(found[np.isinf(rounded)], rounded[np.isinf(rounded)])
    assert np.isfinite(found[normal]).all()
    apart = np.abs(found[normal].astype(LONG) - true[normal]) / np.spacing(np.abs(rounded[normal]))
    if apart.size:
        worst = np.argmax(apart)
        where = [x[normal][worst] for x in operands]
        assert apart[worst] <= ULPS[name][dtype.name], f"{name}{where} is {apart[worst]} units in the last place off"
    small = np.abs(rounded) < tiny
    assert np.abs(found[small]).max(initial=0) <= tiny
    assert np.array_equal(np.signbit(found[small & (true != 0)]), np.signbit(rounded[small & (true != 0)]))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ONE_OPERAND)
def test_functions_keep_their_bound_everywhere(name: str, dtype: str) -> None:
    assert_close(name, arguments(name, dtype))


def powers(dtype: str, count: int = 300_000) -> Any:
    """Return bases and exponents whose powers are all over the range of the dtype."""
    rng = np.random.default_rng(0)
    most = np.log(float(np.finfo(dtype).max))
    log = np.concatenate([rng.uniform(-0.98, 0.98, count) * most, rng.uniform(-1, 1, count)])
    log = np.concatenate([log, rng.uniform(1e-5, 1e-3, count)])
    x, y = np.exp(log).astype(dtype), (rng.uniform(-1.05, 1.05, log.size) * most / log).astype(dtype)
    whole = np.rint(y[-count:] % 40)
    return np.concatenate([x, -x[:count]]), np.concatenate([y, whole])


@pytest.mark.parametrize("dtype", DTYPES)
def test_powers_keep_their_bound_everywhere(dtype: str) -> None:
    assert_close("pow", *powers(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ONE_OPERAND)
@settings(max_examples=20)
@given(data=st.data())
def test_no_bits_break_a_bound(name: str, dtype: str, data: st.DataObject) -> None:
    bits = arrays(dtype.replace("float", "uint"), 64, elements=st.integers(0, 2 ** np.finfo(dtype).bits - 1))
    assert_close(name, of_bits(data.draw(bits), dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_powers_follow_the_rules_of_ieee_754(dtype: str) -> None:
    x, y = (a.ravel() for a in np.meshgrid(np.array(SPECIAL, dtype), np.array(SPECIAL, dtype)))
    with np.errstate(all="ignore"):
        expected = np.power(x, y)
    found = compiled("pow")(x, y).numpy()
    np.testing.assert_allclose(found, expected, rtol=4 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)
    told = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found[told]), np.signbit(expected[told]))


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_is_a_float_comes_out_exactly(dtype: str) -> None:
    x, y = (a.ravel() for a in np.meshgrid(np.arange(-150, 150), np.arange(9)))
    exact = x**y
    fits = exact.astype(dtype).astype(np.int64) == exact
    assert np.array_equal(compiled("pow")(x.astype(dtype), y.astype(dtype)).numpy()[fits], exact[fits].astype(dtype))
    everywhere = arguments("pow", dtype)
    everywhere = everywhere[~np.isnan(everywhere)]
    assert np.array_equal(compiled("pow")(everywhere, np.ones_like(everywhere)).numpy(), everywhere)
    for name, at, expected in [("exp", 0, 1), ("log", 1, 0), ("cos", 0, 1), ("sigmoid", 0, 0.5), ("erfc", 0, 1)]:
        assert compiled(name)(np.array([at], dtype)).numpy() == expected, name
    for name in ("tanh", "erf", "sin", "tan", "expm1", "log1p"):  # odd at zero, whose sign they keep
        found = compiled(name)(np.array([0.0, -0.0], dtype)).numpy()
        assert np.array_equal(found, [0, 0]), name
        assert np.array_equal(np.signbit(found), [False, True]), name
    for name in ("tanh", "erf"):
        assert np.array_equal(compiled(name)(np.array([30, -30, np.inf], dtype)).numpy(), [1, -1, 1]), name


@pytest.mark.skipif("+avx2" not in processor()[1], reason="vectors of two need not pay")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(ULPS))
def test_loops_over_them_are_vectorised(name: str, dtype: str) -> None:
    word = getattr(scalar, {"pow": "power", "rsqrt": "sqrt"}.get(name, name))
    operands = "x[np.uint64(i)], y[np.uint64(i)]" if name == "pow" else "x[np.uint64(i)]"
    text = f"def loop(x, y, z):\n    for i in range(z.size):\n        z[np.uint64(i)] = word({operands})"
    names = {"word": word, "np": np}
    exec(text, names)
    loop = njit(f"void({', '.join([dtype + '[::1]'] * 3)})", error_model="numpy", nogil=True)(names["loop"])
    (code,) = loop.inspect_llvm().values()
    assert re.search(r"store <\d+ x (float|i32)>" if dtype == "float32" else r"store <\d+ x (double|i64)>", code)


@pytest.mark.parametrize("dtype", DTYPES)
def test_minimum_and_maximum_at_the_edges(dtype: str) -> None:
    x, y = (a.ravel() for a in np.meshgrid(np.array(EDGES, dtype), np.array(EDGES, dtype)))
    for name in ("minimum", "maximum"):
        np.testing.assert_array_equal(compiled(name)(x, y), tf.raw_ops.__dict__[name](x, y), err_msg=name)
