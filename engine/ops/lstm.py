"""Long short-term memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.op import Kernel, Op, Operand, sample
from engine.core.spec import TensorSpec
from engine.ops import recurrent_loops as loops
from engine.ops.declare import Family
from engine.ops.linalg import matmul
from engine.ops.loops import Arrays
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
    nothing,
    rows,
    sigmoid,
    sizes_back,
    sizes_of,
    steps_of,
    times,
)
from engine.ops.reduce import reduce_sum

ops = Family("recurrent")


def _lstm(x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array) -> tuple[Array, ...]:
    units = h.shape[1]
    hs, cs = (np.zeros((*x.shape[:2], units), x.dtype) for _ in range(2))
    gates = np.zeros((*x.shape[:2], 4 * units), x.dtype)
    for t, taken in enumerate(steps_of(mask, x)):
        a = x[:, t] @ kernel + h @ recurrent + bias
        i, f, g, o = np.split(a, 4, 1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        gates[:, t] = np.where(taken, np.concatenate([i, f, g, o], 1), 0)
        fresh = f * c + i * g
        h, c = np.where(taken, o * np.tanh(fresh), h), np.where(taken, fresh, c)
        hs[:, t], cs[:, t] = h, c
    return hs, cs, gates


def _lstm_gradient(
    dhs: Array, dcs: Array, dgates: Array, cs: Array, gates: Array, c0: Array, recurrent: Array, mask: Array
) -> tuple[Array, ...]:
    da = np.zeros_like(gates)
    dh, dc = np.zeros_like(c0), np.zeros_like(c0)
    taken = steps_of(mask, cs)
    dhs, dcs = (np.broadcast_to(d, cs.shape) for d in (dhs, dcs))
    dgates = np.broadcast_to(dgates, gates.shape)
    for t in reversed(range(cs.shape[1])):
        i, f, g, o = np.split(gates[:, t], 4, 1)
        earlier = cs[:, t - 1] if t else c0
        tanh = np.tanh(cs[:, t])
        dh, dc = dh + dhs[:, t], dc + dcs[:, t]
        inner = dc + dh * o * (1 - tanh * tanh)
        by_gates = dgates[:, t] + np.concatenate([inner * g, inner * earlier, inner * i, dh * tanh], 1)
        slopes = np.concatenate([i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o)], 1)
        da[:, t] = np.where(taken[t], by_gates * slopes, 0)
        dh, dc = np.where(taken[t], da[:, t] @ recurrent.T, dh), np.where(taken[t], inner * f, dc)
    return da, dh, dc


def _arrange_lstm(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_of(inputs[0], inputs[1], inputs[-1], 4), *flat(inputs), *flat(outputs)


def _arrange_lstm_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_back(inputs[3], inputs[-1], 4), *flat(inputs), *flat(outputs)


def _lstm_infer(*specs: TensorSpec) -> tuple[TensorSpec, ...]:
    batch, steps, units = checked(lstm, 4, 2, specs)
    return tuple(TensorSpec((batch, steps, times(units, n)), specs[0].dtype) for n in (1, 1, 4))


def _lstm_backwards(g: Any, y: Any, x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any) -> Any:
    given = [nothing(x) if d is None else d for d in g]
    hs, cs, gates = y
    by_sums, by_state, by_cell = lstm_gradient.apply(*given, cs, gates, c, recurrent, mask)
    da = rows(by_sums)
    by_recurrent = matmul(before(h, hs), da, transpose_a=True)
    by_x, by_kernel = by_inputs(da, x, kernel)
    return by_x, by_state, by_cell, by_kernel, by_recurrent, reduce_sum(da, axis=0), None


lstm: Op = ops.op(
    "lstm",
    "Long short-term memory over the steps of sequences: states, cells and gates of all steps.",
    inputs=(*(Operand(n, "floating") for n in ("x", "state", "cell", "kernel", "recurrent_kernel", "bias")), MASK),
    infer=_lstm_infer,
    reference=_lstm,
    kernel=Kernel(loops.lstm_loop, _arrange_lstm, (*FORWARD_HELPERS, loops.lstm_cell)),
    multiply_adds=lambda inputs, outputs: multiply_adds(inputs[0], inputs[1], 4),
    gradient=_lstm_backwards,
    outputs=("output", "cells", "gates"),
    notes="i, f, o = σ(x W + h R + b), c̃ = tanh(…), c = f c + i c̃, h = o tanh(c); the columns of W, R and b are those "
    "of i, f, c̃, o. A step whose mask is False hands its state on and has gates of 0; a mask (1, 1) does for all. "
    "Its gradient cannot be differentiated again. Source: Hochreiter and Schmidhuber (1997), Gers and others (2000).",
    keywords=("recurrent", "memory", "sequence"),
    samples=(
        sample(
            ((2, 3, 2), "reals"),
            ((2, 3), "reals"),
            ((2, 3), "reals"),
            ((2, 12), "reals"),
            ((3, 12), "reals"),
            ((12,), "reals"),
            np.ones((1, 1), bool),
        ),
        sample(
            ((2, 3, 1), "reals"),
            ((2, 2), "reals"),
            ((2, 2), "reals"),
            ((1, 8), "reals"),
            ((2, 8), "reals"),
            ((8,), "reals"),
            np.array([[True, False, True], [False, True, False]]),
        ),
    ),
    refused=(
        sample(
            ((2, 3, 2), "reals"),
            ((2, 3), "reals"),
            ((2, 3), "reals"),
            ((3, 12), "reals"),
            ((3, 12), "reals"),
            ((12,), "reals"),
            np.ones((1, 1), bool),
        ),
        sample(
            ((2, 3, 2), "reals"),
            ((2, 3), "reals"),
            ((2, 3), "reals"),
            ((2, 12), "reals"),
            ((3, 12), "reals"),
            ((12,), "reals"),
            np.ones((2, 4), bool),
        ),
        sample(
            ((2, 3), "reals"),
            ((2, 3), "reals"),
            ((2, 3), "reals"),
            ((2, 12), "reals"),
            ((3, 12), "reals"),
            ((12,), "reals"),
            np.ones((1, 1), bool),
        ),
    ),
    example=">>> h, c, gates = tf.lstm([[[1.0]]], [[0.0]], [[0.0]], [[0.0] * 4], [[0.0] * 4], [0.0] * 4, [[True]])\n"
    ">>> gates.numpy().ravel()\narray([0.5, 0.5, 0. , 0.5], dtype=float32)",
)

_GIVEN = ("by_output", "by_cells", "by_gates", "cells", "gates", "cell", "recurrent_kernel")


def _lstm_gradient_infer(*specs: TensorSpec) -> tuple[TensorSpec, ...]:
    gates, cell = specs[4:6]
    return gates, cell, cell


lstm_gradient: Op = ops.op(
    "lstm_gradient",
    "The gradients of a long short-term memory by the sums that its gates are functions of, and its first states.",
    inputs=(*(Operand(n, "floating") for n in _GIVEN), MASK),
    infer=_lstm_gradient_infer,
    reference=_lstm_gradient,
    kernel=Kernel(loops.lstm_gradient_loop, _arrange_lstm_gradient, (*RUNS, loops.lstm_cell_gradient)),
    multiply_adds=lambda inputs, outputs: multiply_adds_back(inputs[3], 4),
    outputs=("by_sums", "by_state", "by_cell"),
    internal=True,
    samples=(
        sample(
            ((2, 3, 2), "reals"),
            ((2, 3, 2), "reals"),
            ((2, 3, 8), "reals"),
            ((2, 3, 2), "reals"),
            ((2, 3, 8), "unit"),
            ((2, 2), "reals"),
            ((2, 8), "reals"),
            np.array([[True, False, True], [False, True, False]]),
        ),
    ),
)
