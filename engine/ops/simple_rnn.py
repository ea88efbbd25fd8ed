"""The simple recurrent network: one sum and one function a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.op import Kernel, Op, Operand, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops import scalar as s
from engine.ops.declare import Family
from engine.ops.loops import Arrays, add_run, clear_run, copy_run, flush, gemm, prange
from engine.ops.recurrent import (
    FORWARD_HELPERS,
    GRADIENT_HELPERS,
    MASK,
    checked,
    flat,
    sigmoid,
    sizes_of,
    steps_of,
    summed,
)
from engine.ops.recurrent_loops import precede, project, sum_parts, sum_rows

ops = Family("recurrent")

#: The functions of the sum, in the order in which kernels number them, and their slopes as functions of the result.
ACTIVATIONS: Final[Mapping[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]]] = {
    "tanh": (np.tanh, lambda y: 1 - y * y),
    "relu": (lambda x: np.maximum(x, 0), lambda y: (y > 0).astype(y.dtype)),
    "sigmoid": (sigmoid, lambda y: y * (1 - y)),
    "linear": (lambda x: x, lambda y: np.ones_like(y)),
}


def activate(kind: int, units: int, x: Array, at: int) -> None:
    """Apply a function to a run of elements."""
    start = np.uint64(at)
    if kind == 0:
        for k in range(np.uint64(units)):
            x[start + k] = s.tanh(x[start + k])
    elif kind == 1:
        for k in range(np.uint64(units)):
            x[start + k] = max(x[start + k], x.dtype.type(0))
    elif kind == 2:
        for k in range(np.uint64(units)):
            x[start + k] = s.sigmoid(x[start + k])


def slope(kind: int, units: int, y: Array, at: int, by_y: Array, row: int, result: Array, place: int) -> None:
    """Write gradients times the slope of a function where it has the results `y`."""
    a, b, c, one = np.uint64(at), np.uint64(row), np.uint64(place), y.dtype.type(1)
    for k in range(np.uint64(units)):
        v = y[a + k]
        d = one
        if kind == 0:
            d = one - v * v
        elif kind == 1:
            d = one if v > 0 else y.dtype.type(0)
        elif kind == 2:
            d = v * (one - v)
        result[c + k] = by_y[b + k] * d


def simple_rnn_loop(
    parts: int,
    batch: int,
    steps: int,
    features: int,
    units: int,
    masked: int,
    kind: int,
    x: Array,
    h0: Array,
    kernel: Array,
    recurrent: Array,
    bias: Array,
    mask: Array,
    hs: Array,
) -> None:
    for part in prange(parts):
        flush()
        first, last = part * batch // parts, (part + 1) * batch // parts
        project(first * steps, last * steps, features, units, x, kernel, bias, hs, units)
        for t in range(steps):
            now = (first * steps + t) * units
            h, at, apart = (h0, first * units, units) if t == 0 else (hs, now - units, steps * units)
            gemm(
                False, False, last - first, units, units,
                h, at, apart, recurrent, 0, units, 1.0, hs, now, steps * units,
            )  # fmt: skip
            for b in range(last - first):
                activate(kind, units, hs, now + b * steps * units)
                if masked and not mask[(first + b) * steps + t]:
                    copy_run(hs, now + b * steps * units, h, at + b * apart, units)


def simple_rnn_gradient_loop(
    parts: int,
    batch: int,
    steps: int,
    features: int,
    units: int,
    masked: int,
    kind: int,
    dhs: Array,
    hs: Array,
    x: Array,
    h0: Array,
    kernel: Array,
    recurrent: Array,
    mask: Array,
    sums: Array,
    dx: Array,
    dh0: Array,
    dkernel: Array,
    drecurrent: Array,
    dbias: Array,
) -> None:
    size = (features + units + 1) * units
    for part in prange(parts):
        flush()
        first, last = part * batch // parts, (part + 1) * batch // parts
        rows = last - first
        count = rows * steps
        da, before = np.empty(count * units, x.dtype), np.empty(count * units, x.dtype)
        dh = np.zeros(rows * units, x.dtype)
        precede(first, last, steps, units, h0, hs, before)
        for t in range(steps - 1, -1, -1):
            for b in range(rows):
                at, place = (first + b) * steps + t, (b * steps + t) * units
                add_run(dh, b * units, dhs, at * units, units)
                if masked and not mask[at]:
                    clear_run(da, place, units)
                else:
                    slope(kind, units, hs, at * units, dh, b * units, da, place)
                    clear_run(dh, b * units, units)
            gemm(
                False, True, rows, units, units,
                da, t * units, steps * units, recurrent, 0, units, 1.0, dh, 0, units,
            )  # fmt: skip
        copy_run(dh0, first * units, dh, 0, rows * units)
        at, place = part * size, first * steps * features
        gemm(False, True, count, features, units, da, 0, units, kernel, 0, units, 0.0, dx, place, features)
        gemm(True, False, features, units, count, x, place, features, da, 0, units, 0.0, sums, at, units)
        at += features * units
        gemm(True, False, units, units, count, before, 0, units, da, 0, units, 0.0, sums, at, units)
        sum_rows(count, units, da, 0, units, sums, at + units * units)
    sum_parts(parts, features * units, sums, 0, size, dkernel, 0)
    sum_parts(parts, units * units, sums, features * units, size, drecurrent, 0)
    sum_parts(parts, units, sums, (features + units) * units, size, dbias, 0)


def _simple_rnn(
    x: Array, h: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array, activation: str
) -> Array:
    hs = np.zeros((*x.shape[:2], h.shape[1]), x.dtype)
    for t, taken in enumerate(steps_of(mask, x)):
        h = np.where(taken, ACTIVATIONS[activation][0](x[:, t] @ kernel + h @ recurrent + bias), h)
        hs[:, t] = h
    return hs


def _gradient(
    dhs: Array, hs: Array, x: Array, h0: Array, kernel: Array, recurrent: Array, mask: Array, activation: str
) -> tuple[Array, ...]:
    da, dh, taken = np.zeros_like(hs), np.zeros_like(h0), steps_of(mask, x)
    for t in reversed(range(x.shape[1])):
        dh = dh + dhs[:, t]
        da[:, t] = np.where(taken[t], dh * ACTIVATIONS[activation][1](hs[:, t]), 0)
        dh = np.where(taken[t], da[:, t] @ recurrent.T, dh)
    return summed(da, x, hs, h0, kernel, h0.shape[1], dh)


def _number(attrs: Mapping[str, Any]) -> int:
    return list(ACTIVATIONS).index(attrs["activation"])


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_of(inputs[0], inputs[1], inputs[-1], 1), _number(attrs), *flat(inputs), *flat(outputs)


def _arrange_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    sizes = sizes_of(inputs[2], inputs[3], inputs[-1], 1)
    parts, _, _, features, units, _ = sizes
    sums = np.empty(parts * (features + units + 1) * units, inputs[2].dtype)
    return *sizes, _number(attrs), *flat(inputs), sums, *flat(outputs)


def _infer(*specs: TensorSpec, activation: str) -> TensorSpec:
    return TensorSpec(checked(simple_rnn, 1, 1, specs), specs[0].dtype)


_PARAMS = {"activation": Param("choice", "tanh", "Function of the sum.", choices=tuple(ACTIVATIONS))}
_SMALL = (((2, 3, 2), "reals"), ((2, 3), "reals"), ((2, 3), "reals"), ((3, 3), "reals"))
_BIAS = ((3,), "reals")
_HALF = np.array([[True, False, True], [False, True, False]])

simple_rnn: Op = ops.op(
    "simple_rnn",
    "Simple recurrent network over the steps of sequences: the states of all steps.",
    inputs=(*(Operand(n, "floating") for n in ("x", "state", "kernel", "recurrent_kernel", "bias")), MASK),
    infer=_infer,
    reference=_simple_rnn,
    kernel=Kernel(simple_rnn_loop, _arrange, (*FORWARD_HELPERS, activate), parallel=True),
    gradient=lambda g, y, x, h, kernel, recurrent, bias, mask, activation: (
        *simple_rnn_gradient.apply(g, y, x, h, kernel, recurrent, mask, activation=activation),
        None,
    ),
    params=_PARAMS,
    notes="h = activation(x W + h R + b). A step whose mask is False hands its state on; a mask (1, 1) does for all. "
    "Its gradient cannot be differentiated again.",
    keywords=("recurrent", "sequence"),
    samples=(
        sample(*_SMALL, _BIAS, np.ones((1, 1), bool)),
        sample(*_SMALL, _BIAS, _HALF, activation="sigmoid"),
        sample(*_SMALL, _BIAS, _HALF, activation="relu"),
        sample(*_SMALL, _BIAS, _HALF, activation="linear"),
    ),
    refused=(sample(*_SMALL, ((4,), "reals"), np.ones((1, 1), bool)),),
    example=">>> tf.simple_rnn([[[1.0], [2.0]]], [[0.0]], [[1.0]], [[1.0]], [0.0], [[True]], activation='linear')"
    ".numpy().ravel()\narray([1., 3.], dtype=float32)",
)


def _gradient_infer(*specs: TensorSpec, activation: str) -> tuple[TensorSpec, ...]:
    x, h, kernel, recurrent = specs[2:6]
    bias = TensorSpec(recurrent.shape[-1:], x.dtype)
    checked(simple_rnn, 1, 1, (x, h, kernel, recurrent, bias, specs[-1]))
    return x, h, kernel, recurrent, bias


simple_rnn_gradient: Op = ops.op(
    "simple_rnn_gradient",
    "The gradients of a simple recurrent network by its inputs, first state, kernels and bias.",
    inputs=(
        *(Operand(n, "floating") for n in ("g", "output", "x", "state", "kernel", "recurrent_kernel")),
        MASK,
    ),
    infer=_gradient_infer,
    reference=_gradient,
    kernel=Kernel(simple_rnn_gradient_loop, _arrange_gradient, (*GRADIENT_HELPERS, slope), parallel=True),
    params=_PARAMS,
    outputs=("by_x", "by_state", "by_kernel", "by_recurrent_kernel", "by_bias"),
    internal=True,
    samples=(sample(((2, 3, 3), "reals"), ((2, 3, 3), "unit"), *_SMALL, _HALF),),
)
