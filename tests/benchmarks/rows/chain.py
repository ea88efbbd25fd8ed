"""A chain of 12 elementwise ops, exp and tanh among them, on a million floats: forward, and with its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from bench_common import Measures, repeated

TARGETS = [
    (measure, other, word, number)
    for measure in ("forward", "gradient")
    for other, word, number in (("torch", "faster", 3.0), ("tuned", "within", 1.3))
]
SIZE = 1_000_000
X = np.random.default_rng(0).normal(size=SIZE).astype(np.float32)


def _chain(words: Any, x: Any) -> Any:
    c = words.tanh(x * 1.1 + 0.3)
    f = words.exp(-(c * c))
    return (f * c + x * 0.5 - words.tanh(f)) * x


def engine() -> Measures:
    import engine as tf

    x = tf.constant(X)

    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(_chain(tf, x))
        return y, tape.gradient(y, x)

    forward, backward = tf.function(lambda x: _chain(tf, x)), tf.function(gradient)
    return {"forward": repeated(lambda: forward(x)), "gradient": repeated(lambda: backward(x))}


def keras() -> Measures:
    import tensorflow as tf

    x = tf.constant(X)

    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(_chain(tf, x))
        return y, tape.gradient(y, x)

    forward, backward = tf.function(lambda x: _chain(tf, x)), tf.function(gradient)
    return {"forward": repeated(lambda: forward(x).numpy()), "gradient": repeated(lambda: backward(x)[1].numpy())}


def torch() -> Measures:
    import torch

    x = torch.from_numpy(X)
    leaf = x.clone().requires_grad_()

    def forward() -> Any:
        with torch.no_grad():
            return _chain(torch, x)

    def gradient() -> None:
        leaf.grad = None
        _chain(torch, leaf).sum().backward()

    return {"forward": repeated(forward), "gradient": repeated(gradient)}


def jax() -> Measures:
    import jax
    import jax.numpy as jnp

    x = jnp.asarray(X)
    forward = jax.jit(lambda x: _chain(jnp, x))
    backward = jax.jit(jax.value_and_grad(lambda x: _chain(jnp, x).sum()))
    return {
        "forward": repeated(lambda: forward(x).block_until_ready()),
        "gradient": repeated(lambda: backward(x)[1].block_until_ready()),
    }


def tuned() -> Measures:
    """As one would write it by hand for Numba: blocks in parallel, the engine's polynomials for exp and tanh."""
    from numba import njit, prange

    import engine.compile.mathlib  # noqa: F401  # gives the words of `s` their meaning
    from engine.ops import scalar as s

    block = 16_384  # what a core's second cache holds with room to spare
    options = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz"}, "nogil": True}
    one, half, scale, shift = np.float32(1), np.float32(0.5), np.float32(1.1), np.float32(0.3)

    @njit(**options)
    def forward_block(x: Any, y: Any) -> None:
        for i in range(x.size):
            c = s.tanh(x[i] * scale + shift)
            f = s.exp(-(c * c))
            y[i] = (f * c + x[i] * half - s.tanh(f)) * x[i]

    @njit(**options)
    def gradient_block(x: Any, g: Any) -> float:
        total = np.float32(0)
        for i in range(x.size):
            c = s.tanh(x[i] * scale + shift)
            f = s.exp(-(c * c))
            t = s.tanh(f)
            inner = f * c + x[i] * half - t
            total += inner * x[i]
            to_f = x[i] * (c - (one - t * t))
            to_c = x[i] * f - (to_f * f) * (c + c)
            g[i] = inner + x[i] * half + to_c * (one - c * c) * scale
        return total

    @njit(parallel=True, **options)
    def forward(x: Any, y: Any) -> None:
        for k in prange((x.size + block - 1) // block):
            forward_block(x[k * block : (k + 1) * block], y[k * block : (k + 1) * block])

    @njit(parallel=True, **options)
    def gradient(x: Any, g: Any) -> float:
        total = 0.0
        for k in prange((x.size + block - 1) // block):
            total += gradient_block(x[k * block : (k + 1) * block], g[k * block : (k + 1) * block])
        return total

    # a result is a new array in all columns
    return {
        "forward": repeated(lambda: forward(X, np.empty_like(X))),
        "gradient": repeated(lambda: gradient(X, np.empty_like(X))),
    }


def floor() -> Measures:
    """The bandwidth of memory: a million floats read, as many written."""
    out = np.empty_like(X)
    copy = repeated(lambda: np.copyto(out, X))
    return {"forward": copy, "gradient": copy}
