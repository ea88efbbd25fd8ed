"""Kernels of recurrent networks. Arrays are vectors: x[b, t, i] lies at (b · steps + t) · features + i."""

from __future__ import annotations

import numpy as np

from engine.core.dtype import Array
from engine.ops import scalar as s
from engine.ops.loops import add_run, clear_run, copy_run, gemm


def project(
    first: int, last: int, features: int, width: int, x: Array, kernel: Array, bias: Array, gates: Array, apart: int
) -> None:
    """Write what the inputs of some rows and the bias give to each gate; rows of `gates` are `apart` elements apart."""
    for row in range(first, last):
        copy_run(gates, row * apart, bias, 0, width)
    gemm(
        False, False, last - first, width, features,
        x, first * features, features, kernel, 0, width, 1.0, gates, first * apart, apart,
    )  # fmt: skip


def lstm_cell(units: int, gates: Array, gates_at: int, c: Array, c_at: int, cs: Array, hs: Array, at: int) -> None:
    """Make gates of sums, and the next cell and state of them."""
    n, g, old, new = np.uint64(units), np.uint64(gates_at), np.uint64(c_at), np.uint64(at)
    for k in range(n):
        gates[g + k] = s.sigmoid(gates[g + k])
        gates[g + n + k] = s.sigmoid(gates[g + n + k])
        gates[g + n + n + k] = s.tanh(gates[g + n + n + k])
        gates[g + n + n + n + k] = s.sigmoid(gates[g + n + n + n + k])
        cell = gates[g + n + k] * c[old + k] + gates[g + k] * gates[g + n + n + k]
        cs[new + k] = cell
        hs[new + k] = gates[g + n + n + n + k] * s.tanh(cell)


def lstm_loop(
    part: int,
    parts: int,
    batch: int,
    steps: int,
    features: int,
    units: int,
    masked: int,
    x: Array,
    h0: Array,
    c0: Array,
    kernel: Array,
    recurrent: Array,
    bias: Array,
    mask: Array,
    hs: Array,
    cs: Array,
    gates: Array,
) -> None:
    width = 4 * units
    first, last = part * batch // parts, (part + 1) * batch // parts
    project(first * steps, last * steps, features, width, x, kernel, bias, gates, width)
    for t in range(steps):
        now = (first * steps + t) * width
        if t == 0:
            gemm(
                False, False, last - first, width, units,
                h0, first * units, units, recurrent, 0, width, 1.0, gates, now, steps * width,
            )  # fmt: skip
        else:
            gemm(
                False, False, last - first, width, units, hs, (first * steps + t - 1) * units, steps * units,
                recurrent, 0, width, 1.0, gates, now, steps * width,
            )  # fmt: skip
        for b in range(first, last):
            at = b * steps + t
            h, c = (h0, c0) if t == 0 else (hs, cs)
            before = b * units if t == 0 else (at - 1) * units
            lstm_cell(units, gates, at * width, c, before, cs, hs, at * units)
            if masked and not mask[at]:
                copy_run(hs, at * units, h, before, units)
                copy_run(cs, at * units, c, before, units)
                clear_run(gates, at * width, width)


def lstm_cell_gradient(
    units: int,
    gates: Array,
    gates_at: int,
    c: Array,
    c_at: int,
    cs: Array,
    at: int,
    dh: Array,
    dc: Array,
    row: int,
    da: Array,
    da_at: int,
) -> None:
    """Add to `da` the gradient by the sums that the gates are made of; leave in `dc` that by the cell before."""
    n, g, old, new = np.uint64(units), np.uint64(gates_at), np.uint64(c_at), np.uint64(at)
    d, r, one = np.uint64(da_at), np.uint64(row), da.dtype.type(1)
    for k in range(n):
        i, f, c_in, o = gates[g + k], gates[g + n + k], gates[g + n + n + k], gates[g + n + n + n + k]
        tanh = s.tanh(cs[new + k])
        by_h = dh[r + k]
        inner = dc[r + k] + by_h * o * (one - tanh * tanh)
        da[d + k] = (da[d + k] + inner * c_in) * i * (one - i)
        da[d + n + k] = (da[d + n + k] + inner * c[old + k]) * f * (one - f)
        da[d + n + n + k] = (da[d + n + n + k] + inner * i) * (one - c_in * c_in)
        da[d + n + n + n + k] = (da[d + n + n + n + k] + by_h * tanh) * o * (one - o)
        dc[r + k] = inner * f


def lstm_gradient_loop(
    part: int,
    parts: int,
    batch: int,
    steps: int,
    units: int,
    masked: int,
    dhs: Array,
    dcs: Array,
    dgates: Array,
    cs: Array,
    gates: Array,
    c0: Array,
    recurrent: Array,
    mask: Array,
    da: Array,
    dh: Array,
    dc: Array,
) -> None:
    width = 4 * units
    first, last = part * batch // parts, (part + 1) * batch // parts
    start, count = first * steps * width, (last - first) * steps * width
    clear_run(dh, first * units, (last - first) * units)
    clear_run(dc, first * units, (last - first) * units)
    # an output that nothing depends on has a gradient of one element, which is zero
    if dgates.size == gates.size:
        copy_run(da, start, dgates, start, count)
    else:
        clear_run(da, start, count)
    for t in range(steps - 1, -1, -1):
        for b in range(first, last):
            at, row = b * steps + t, b * units
            if dhs.size == cs.size:
                add_run(dh, row, dhs, at * units, units)
            if dcs.size == cs.size:
                add_run(dc, row, dcs, at * units, units)
            if masked and not mask[at]:
                clear_run(da, at * width, width)
                continue
            c, c_at = (c0, row) if t == 0 else (cs, (at - 1) * units)
            lstm_cell_gradient(units, gates, at * width, c, c_at, cs, at * units, dh, dc, row, da, at * width)
            clear_run(dh, row, units)
        gemm(
            False, True, last - first, units, width,
            da, start + t * width, steps * width, recurrent, 0, width, 1.0, dh, first * units, units,
        )  # fmt: skip
