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
from engine.ops.loops import Arrays, add_run
from engine.ops.recurrent import (
    FORWARD_HELPERS,
    GRADIENT_HELPERS,
    MASK,
    checked,
    flat,
    nothing,
    sigmoid,
    sizes_of,
    steps_of,
    times,
)

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
    x: Array,
    h0: Array,
    kernel: Array,
    recurrent: Array,
    mask: Array,
    reset_after: bool,
) -> tuple[Array, ...]:
    units = h0.shape[1]
    dhs, dgates = np.broadcast_to(dhs, hs.shape), np.broadcast_to(dgates, gates.shape)
    before = np.concatenate([h0[:, None], hs[:, :-1]], 1)
    da = np.zeros_like(gates)
    dh, taken = np.zeros_like(h0), steps_of(mask, x)
    by_gates, by_candidate = recurrent[:, : 2 * units], recurrent[:, 2 * units :]
    for t in reversed(range(x.shape[1])):
        z, r, candidate, inner = np.split(gates[:, t], 4, 1)
        dz, dr, dc, di = np.split(dgates[:, t], 4, 1)
        dh = dh + dhs[:, t]
        dz = (dz + dh * (before[:, t] - candidate)) * z * (1 - z)
        dc = (dc + dh * (1 - z)) * (1 - candidate * candidate)
        if reset_after:
            dr = (dr + dc * inner) * r * (1 - r)
            di = di + dc * r
            through = di @ by_candidate.T
        else:
            di = di + dc @ by_candidate.T
            dr = (dr + di * before[:, t]) * r * (1 - r)
            through = di * r
        da[:, t] = np.where(taken[t], np.concatenate([dz, dr, dc, di], 1), 0)
        dh = np.where(taken[t], dh * z + through + np.concatenate([dz, dr], 1) @ by_gates.T, dh)
    rows = da.reshape(-1, 4 * units)
    old = before.reshape(-1, units)
    left, right = (old, rows[:, 3 * units :]) if reset_after else (gates.reshape(rows.shape)[:, 3 * units :], rows)
    if not reset_after:
        right = rows[:, 2 * units : 3 * units]
    by_recurrent = np.concatenate([old.T @ rows[:, : 2 * units], left.T @ right], 1)
    by_kernel = x.reshape(-1, x.shape[-1]).T @ rows[:, : 3 * units]
    total = rows.sum(0)
    bias = total[: 3 * units]
    if reset_after:
        bias = np.stack([bias, np.concatenate([total[: 2 * units], total[3 * units :]])])
    return da[..., : 3 * units] @ kernel.T, dh, by_kernel, by_recurrent, bias


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *sizes_of(inputs[0], inputs[1], inputs[-1], 3), int(attrs["reset_after"]), *flat(inputs), *flat(outputs)


def _arrange_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    sizes = sizes_of(inputs[4], inputs[5], inputs[-1], 3)
    parts, _, _, features, units, _ = sizes
    sums = np.empty(parts * ((features + units) * 3 + 4) * units, inputs[4].dtype)
    return *sizes, int(attrs["reset_after"]), *flat(inputs), sums, *flat(outputs)


def _infer(*specs: TensorSpec, reset_after: bool) -> tuple[TensorSpec, ...]:
    batch, steps, units = checked(gru, 3, 1, specs, 2 if reset_after else 0)
    return tuple(TensorSpec((batch, steps, times(units, n)), specs[0].dtype) for n in (1, 4))


def _backwards(
    g: Any, y: Any, x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any, reset_after: bool
) -> Any:
    given = [nothing(x) if d is None else d for d in g]
    return (*gru_gradient.apply(*given, *y, x, h, kernel, recurrent, mask, reset_after=reset_after), None)


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
        parallel=True,
    ),
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


def _gradient_infer(*specs: TensorSpec, reset_after: bool) -> tuple[TensorSpec, ...]:
    x, h, kernel, recurrent = specs[4:8]
    width = recurrent.shape[-1:]
    bias = TensorSpec((2, *width) if reset_after else width, x.dtype)
    checked(gru, 3, 1, (x, h, kernel, recurrent, bias, specs[-1]), 2 if reset_after else 0)
    return x, h, kernel, recurrent, bias


_GIVEN = ("by_output", "by_gates", "output", "gates", "x", "state", "kernel", "recurrent_kernel")
_SAVED = (((2, 3, 3), "reals"), ((2, 3, 12), "reals"), ((2, 3, 3), "reals"), ((2, 3, 12), "unit"))

gru_gradient: Op = ops.op(
    "gru_gradient",
    "The gradients of a gated recurrent unit by its inputs, first state, kernels and bias.",
    inputs=(*(Operand(n, "floating") for n in _GIVEN), MASK),
    infer=_gradient_infer,
    reference=_gru_gradient,
    kernel=Kernel(
        loops.gru_gradient_loop,
        _arrange_gradient,
        (*GRADIENT_HELPERS, loops.gru_state_gradient, loops.gru_reset_gradient),
        parallel=True,
    ),
    params=_AFTER,
    outputs=("by_x", "by_state", "by_kernel", "by_recurrent_kernel", "by_bias"),
    internal=True,
    samples=(
        sample(*_SAVED, *_SMALL, _HALF),
        sample(*_SAVED, *_SMALL, _HALF, reset_after=False),
    ),
)
