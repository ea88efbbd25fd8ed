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
from engine.ops.linalg import matmul
from engine.ops.loops import Arrays, add_run, clear_run, copy_run, gemm
from engine.ops.recurrent import (
    FORWARD_HELPERS,
    MASK,
    RUNS,
    before,
    by_inputs,
    checked,
    flat,
    multiply_adds,
    multiply_adds_back,
    rows,
    sigmoid,
    sizes_back,
    sizes_of,
    steps_of,
)
from engine.ops.recurrent_loops import project
from engine.ops.reduce import reduce_sum

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
    part: int,
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
    part: int,
    parts: int,
    batch: int,
    steps: int,
    units: int,
    masked: int,
    kind: int,
    dhs: Array,
    hs: Array,
    h0: Array,
    recurrent: Array,
    mask: Array,
    da: Array,
    dh: Array,
) -> None:
    first, last = part * batch // parts, (part + 1) * batch // parts
    clear_run(dh, first * units, (last - first) * units)
    for t in range(steps - 1, -1, -1):
        for b in range(first, last):
            at = (b * steps + t) * units
            add_run(dh, b * units, dhs, at, units)
            if masked and not mask[b * steps + t]:
                clear_run(da, at, units)
            else:
                slope(kind, units, hs, at, dh, b * units, da, at)
                clear_run(dh, b * units, units)
        gemm(
            False, True, last - first, units, units,
            da, (first * steps + t) * units, steps * units, recurrent, 0, units, 1.0, dh, first * units, units,
        )  # fmt: skip


def _simple_rnn(
    x: Array, h: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array, activation: str
) -> Array:
    hs = np.zeros((*x.shape[:2], h.shape[1]), x.dtype)
    for t, taken in enumerate(steps_of(mask, x)):
        h = np.where(taken, ACTIVATIONS[activation][0](x[:, t] @ kernel + h @ recurrent + bias), h)
        hs[:, t] = h
    return hs


def _gradient(dhs: Array, hs: Array, h0: Array, recurrent: Array, mask: Array, activation: str) -> tuple[Array, Array]:
    da, dh, taken = np.zeros_like(hs), np.zeros_like(h0), steps_of(mask, hs)
    for t in reversed(range(hs.shape[1])):
        dh = dh + dhs[:, t]
        da[:, t] = np.where(taken[t], dh * ACTIVATIONS[activation][1](hs[:, t]), 0)
        dh = np.where(taken[t], da[:, t] @ recurrent.T, dh)
    return da, dh


def _number(attrs: Mapping[str, Any]) -> int:
    return list(ACTIVATIONS).index(attrs["activation"])


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_of(inputs[0], inputs[1], inputs[-1], 1), _number(attrs), *flat(inputs), *flat(outputs)


def _arrange_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_back(inputs[1], inputs[-1], 1), _number(attrs), *flat(inputs), *flat(outputs)


def _infer(*specs: TensorSpec, activation: str) -> TensorSpec:
    return TensorSpec(checked(simple_rnn, 1, 1, specs), specs[0].dtype)


def _backwards(
    g: Any, y: Any, x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any, activation: str
) -> Any:
    by_sums, by_state = simple_rnn_gradient.apply(g, y, h, recurrent, mask, activation=activation)
    da = rows(by_sums)
    by_x, by_kernel = by_inputs(da, x, kernel)
    by_recurrent = matmul(before(h, y), da, transpose_a=True)
    return by_x, by_state, by_kernel, by_recurrent, reduce_sum(da, axis=0), None


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
    kernel=Kernel(simple_rnn_loop, _arrange, (*FORWARD_HELPERS, activate)),
    multiply_adds=lambda inputs, outputs, **attrs: multiply_adds(inputs[0], inputs[1], 1),
    gradient=_backwards,
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


simple_rnn_gradient: Op = ops.op(
    "simple_rnn_gradient",
    "The gradients of a simple recurrent network by the sums that its activation is applied to, and its first state.",
    inputs=(*(Operand(n, "floating") for n in ("g", "output", "state", "recurrent_kernel")), MASK),
    infer=lambda g, output, state, recurrent, mask, activation: (output, state),
    reference=_gradient,
    kernel=Kernel(simple_rnn_gradient_loop, _arrange_gradient, (*RUNS, slope)),
    params=_PARAMS,
    multiply_adds=lambda inputs, outputs, **attrs: multiply_adds_back(inputs[1], 1),
    outputs=("by_sums", "by_state"),
    internal=True,
    samples=(
        sample(((2, 3, 3), "reals"), ((2, 3, 3), "unit"), ((2, 3), "reals"), ((3, 3), "reals"), _HALF),
        sample(
            ((2, 3, 3), "reals"), ((2, 3, 3), "unit"), ((2, 3), "reals"), ((3, 3), "reals"), _HALF, activation="relu"
        ),
    ),
)
