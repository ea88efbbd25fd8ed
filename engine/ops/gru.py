"""The gated recurrent unit, in both of its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.op import Kernel, Op, Operand, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops import gru_loops as loops
from engine.ops.declare import Family
from engine.ops.join import concat, stack
from engine.ops.linalg import matmul
from engine.ops.loops import Arrays, add_run
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


def _gru(
    x: Array, h: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array, reset_after: bool
) -> tuple[Array, Array]:
    units = h.shape[1]
    hs = np.zeros((*x.shape[:2], units), x.dtype)
    gates = np.zeros((*x.shape[:2], 4 * units), x.dtype)
    for t, taken in enumerate(steps_of(mask, x)):
        a = x[:, t] @ kernel + (bias[0] if reset_after else bias)
        if reset_after:
            b = h @ recurrent + bias[1]
            z, r = np.split(sigmoid(a[:, : 2 * units] + b[:, : 2 * units]), 2, 1)
            inner = b[:, 2 * units :]
            candidate = np.tanh(a[:, 2 * units :] + r * inner)
        else:
            z, r = np.split(sigmoid(a[:, : 2 * units] + h @ recurrent[:, : 2 * units]), 2, 1)
            inner = r * h
            candidate = np.tanh(a[:, 2 * units :] + inner @ recurrent[:, 2 * units :])
        gates[:, t] = np.where(taken, np.concatenate([z, r, candidate, inner], 1), 0)
        h = np.where(taken, z * h + (1 - z) * candidate, h)
        hs[:, t] = h
    return hs, gates


def _gru_gradient(
    dhs: Array,
    dgates: Array,
    hs: Array,
    gates: Array,
    h0: Array,
    recurrent: Array,
    mask: Array,
    reset_after: bool,
) -> tuple[Array, Array]:
    units = h0.shape[1]
    dhs, dgates = np.broadcast_to(dhs, hs.shape), np.broadcast_to(dgates, gates.shape)
    earlier = np.concatenate([h0[:, None], hs[:, :-1]], 1)
    da = np.zeros_like(gates)
    dh, taken = np.zeros_like(h0), steps_of(mask, hs)
    by_gates, by_candidate = recurrent[:, : 2 * units], recurrent[:, 2 * units :]
    for t in reversed(range(hs.shape[1])):
        z, r, candidate, inner = np.split(gates[:, t], 4, 1)
        dz, dr, dc, di = np.split(dgates[:, t], 4, 1)
        dh = dh + dhs[:, t]
        dz = (dz + dh * (earlier[:, t] - candidate)) * z * (1 - z)
        dc = (dc + dh * (1 - z)) * (1 - candidate * candidate)
        if reset_after:
            dr = (dr + dc * inner) * r * (1 - r)
            di = di + dc * r
            through = di @ by_candidate.T
        else:
            di = di + dc @ by_candidate.T
            dr = (dr + di * earlier[:, t]) * r * (1 - r)
            through = di * r
        da[:, t] = np.where(taken[t], np.concatenate([dz, dr, dc, di], 1), 0)
        dh = np.where(taken[t], dh * z + through + np.concatenate([dz, dr], 1) @ by_gates.T, dh)
    return da, dh


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_of(inputs[0], inputs[1], inputs[-1], 3), int(attrs["reset_after"]), *flat(inputs), *flat(outputs)


def _arrange_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_back(inputs[2], inputs[-1], 3), int(attrs["reset_after"]), *flat(inputs), *flat(outputs)


def _infer(*specs: TensorSpec, reset_after: bool) -> tuple[TensorSpec, ...]:
    batch, steps, units = checked(gru, 3, 1, specs, 2 if reset_after else 0)
    return tuple(TensorSpec((batch, steps, times(units, n)), specs[0].dtype) for n in (1, 4))


def _backwards(
    g: Any, y: Any, x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any, reset_after: bool
) -> Any:
    given = [nothing(x) if d is None else d for d in g]
    hs, gates = y
    by_sums, by_state = gru_gradient.apply(*given, hs, gates, h, recurrent, mask, reset_after=reset_after)
    da, old = rows(by_sums), before(h, hs)
    units = recurrent.shape[0]
    by_input_sums, inner = da[:, : 3 * units], da[:, 3 * units :]  # the sums of z, r and the candidate; that within it
    by_x, by_kernel = by_inputs(by_input_sums, x, kernel)
    by_bias = reduce_sum(by_input_sums, axis=0)
    if reset_after:
        by_state_sums = concat((da[:, : 2 * units], inner), axis=1)
        by_recurrent = matmul(old, by_state_sums, transpose_a=True)
        by_bias = stack((by_bias, reduce_sum(by_state_sums, axis=0)))
    else:
        by_gates = matmul(old, da[:, : 2 * units], transpose_a=True)
        by_candidate = matmul(rows(gates)[:, 3 * units :], da[:, 2 * units : 3 * units], transpose_a=True)
        by_recurrent = concat((by_gates, by_candidate), axis=1)
    return by_x, by_state, by_kernel, by_recurrent, by_bias, None


_AFTER = {"reset_after": Param("bool", True, "Let r work on the product of the state, not on the state.")}
_NO_MASK = np.ones((1, 1), bool)
_HALF = np.array([[True, False, True], [False, True, False]])
_SMALL = (((2, 3, 2), "reals"), ((2, 3), "reals"), ((2, 9), "reals"), ((3, 9), "reals"))

gru: Op = ops.op(
    "gru",
    "Gated recurrent unit over the steps of sequences: states and gates of all steps.",
    inputs=(*(Operand(n, "floating") for n in ("x", "state", "kernel", "recurrent_kernel", "bias")), MASK),
    infer=_infer,
    reference=_gru,
    kernel=Kernel(
        loops.gru_loop,
        _arrange,
        (*FORWARD_HELPERS, add_run, loops.gru_gates, loops.gru_state, loops.gru_reset),
    ),
    multiply_adds=lambda inputs, outputs, **attrs: multiply_adds(inputs[0], inputs[1], 3),
    gradient=_backwards,
    params=_AFTER,
    outputs=("output", "gates"),
    notes="z, r = σ(x W + h R + b), h = z h + (1 - z) h̃, with h̃ = tanh(x W + b + r (h R + b′)), or tanh(x W + b + "
    "(r h) R) if not reset_after; the columns are those of z, r, h̃. With reset_after the bias has two rows, b and b′. "
    "A step whose mask is False hands its state on and has gates of 0; a mask (1, 1) does for all. "
    "Its gradient cannot be differentiated again. Source: Cho and others, arXiv:1406.1078.",
    keywords=("recurrent", "memory", "sequence"),
    samples=(
        sample(*_SMALL, ((2, 9), "reals"), _NO_MASK),
        sample(*_SMALL, ((9,), "reals"), _NO_MASK, reset_after=False),
        sample(*_SMALL, ((2, 9), "reals"), _HALF),
        sample(*_SMALL, ((9,), "reals"), _HALF, reset_after=False),
    ),
    refused=(
        sample(*_SMALL, ((9,), "reals"), _NO_MASK),
        sample(*_SMALL, ((2, 9), "reals"), np.ones((3, 3), bool)),
    ),
    example=">>> h, gates = tf.gru([[[1.0]]], [[1.0]], [[0.0] * 3], [[0.0] * 3], [[0.0] * 3] * 2, [[True]])\n"
    ">>> h.numpy().ravel()\narray([0.5], dtype=float32)",
)


_GIVEN = ("by_output", "by_gates", "output", "gates", "state", "recurrent_kernel")
_SAVED = (((2, 3, 3), "reals"), ((2, 3, 12), "reals"), ((2, 3, 3), "reals"), ((2, 3, 12), "unit"))

gru_gradient: Op = ops.op(
    "gru_gradient",
    "The gradients of a gated recurrent unit by the sums that its gates are functions of, and its first state.",
    inputs=(*(Operand(n, "floating") for n in _GIVEN), MASK),
    infer=lambda by_output, by_gates, output, gates, state, recurrent, mask, reset_after: (gates, state),
    reference=_gru_gradient,
    kernel=Kernel(
        loops.gru_gradient_loop, _arrange_gradient, (*RUNS, loops.gru_state_gradient, loops.gru_reset_gradient)
    ),
    params=_AFTER,
    multiply_adds=lambda inputs, outputs, **attrs: multiply_adds_back(inputs[2], 3),
    outputs=("by_sums", "by_state"),
    internal=True,
    samples=(
        sample(*_SAVED, ((2, 3), "reals"), ((3, 9), "reals"), _HALF),
        sample(*_SAVED, ((2, 3), "reals"), ((3, 9), "reals"), _HALF, reset_after=False),
    ),
)
