"""How far the kernels' elementary functions are from the true values, over all of float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

import engine as tf

TINY = np.finfo(np.float32).tiny  # below it are the denormals, which a plan takes for zero

#: Largest distance from the true value that was measured, in units of the last place, rounded up.
BOUNDS = {
    "exp": 1.1,
    "log": 0.9,
    "tanh": 1.4,
    "sigmoid": 2.5,
    "expm1": 0.9,
    "log1p": 0.9,
    "erf": 0.9,
    "sqrt": 0.5,
    "sin": 0.6,
    "cos": 0.6,
}

TRUE: dict[str, Any] = {name: getattr(np, name, None) or getattr(special, name, special.expit) for name in BOUNDS}

#: Where each function bends, to be looked at closely.
CLOSELY = {"exp": (-88, 89), "tanh": (-2, 2), "sigmoid": (-20, 20), "log": (0.5, 2)}

EDGES = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, TINY, -TINY, 3.4028235e38, -3.4028235e38, 1, -1], np.float32)


def arguments(name: str) -> np.ndarray:
    """Return every 6007th float32, the edges, and the stretch where the function bends."""
    everywhere = np.arange(-(2**31), 2**31, 6007, dtype=np.int64).astype(np.int32).view(np.float32)
    closely = np.linspace(*CLOSELY.get(name, (-3, 3)), 200_001).astype(np.float32)
    all_of_them = np.concatenate([everywhere, EDGES, closely])
    return all_of_them[~((np.abs(all_of_them) < TINY) & (all_of_them != 0))]


@pytest.fixture(autouse=True)
def _kernels_as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENZA_BOUNDSCHECK", "")  # bounds checks keep loops from being vectorised


@pytest.mark.parametrize("name", BOUNDS)
def test_float32_functions_keep_their_bound_everywhere(name: str) -> None:
    x = arguments(name)
    found = tf.function(lambda t: tf.raw_ops.__dict__[name](t))(x).numpy()
    with np.errstate(all="ignore"):
        true = TRUE[name](x.astype(np.float64))
        rounded = true.astype(np.float32)
    assert np.array_equal(np.isnan(found), np.isnan(rounded))
    assert np.array_equal(found[np.isinf(rounded)], rounded[np.isinf(rounded)])
    normal = np.isfinite(rounded) & (np.abs(rounded) >= TINY)
    apart = np.abs(found[normal].astype(np.float64) - true[normal]) / np.spacing(np.abs(rounded[normal]))
    worst = np.argmax(apart)
    assert apart[worst] <= BOUNDS[name], f"{name}({x[normal][worst]!r})"
    small = np.abs(true) < TINY
    assert np.abs(found[small]).max(initial=0) <= TINY


@pytest.mark.parametrize("name", BOUNDS)
def test_float64_functions_agree_with_numpy(name: str) -> None:
    x = np.concatenate([np.linspace(-30, 30, 4001), EDGES.astype(np.float64)])
    with np.errstate(all="ignore"):
        true = TRUE[name](x)
    np.testing.assert_allclose(
        tf.function(lambda t: tf.raw_ops.__dict__[name](t))(x), true, rtol=4e-16 * 4, atol=1e-300
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_minimum_maximum_and_power_at_the_edges(dtype: str) -> None:
    x, y = (a.ravel() for a in np.meshgrid(EDGES.astype(dtype), EDGES.astype(dtype)))
    for name in ("minimum", "maximum", "pow"):
        op = tf.raw_ops.__dict__[name]
        found, expected = tf.function(lambda a, b, op=op: op(a, b))(x, y), op(x, y)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=TINY, err_msg=name)
