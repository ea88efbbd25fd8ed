"""Kernels of the gated recurrent unit. A step's gates are z, r, the candidate, and what the candidate takes of h."""

from __future__ import annotations

import numpy as np

from engine.core.dtype import Array
from engine.ops import scalar as s
from engine.ops.loops import add_run, clear_run, copy_run, gemm
from engine.ops.recurrent_loops import project


def gru_gates(units: int, gates: Array, at: int) -> None:
    """Make the gates z and r of sums."""
    g = np.uint64(at)
    for k in range(np.uint64(2 * units)):
        gates[g + k] = s.sigmoid(gates[g + k])


def gru_state(units: int, gates: Array, at: int, after: int, h: Array, h_at: int, hs: Array, hs_at: int) -> None:
    """Make the candidate of its sum, and the next state of it."""
    n, g, old, new = np.uint64(units), np.uint64(at), np.uint64(h_at), np.uint64(hs_at)
    one = hs.dtype.type(1)
    for k in range(n):
        total = gates[g + n + n + k]
        if after:
            total += gates[g + n + k] * gates[g + n + n + n + k]
        candidate = s.tanh(total)
        gates[g + n + n + k] = candidate
        hs[new + k] = gates[g + k] * h[old + k] + (one - gates[g + k]) * candidate


def gru_reset(units: int, gates: Array, at: int, h: Array, h_at: int) -> None:
    """Write the states that r lets through."""
    n, g, old = np.uint64(units), np.uint64(at), np.uint64(h_at)
    for k in range(n):
        gates[g + n + n + n + k] = gates[g + n + k] * h[old + k]


def gru_loop(
    part: int,
    parts: int,
    batch: int,
    steps: int,
    features: int,
    units: int,
    masked: int,
    after: int,
    x: Array,
    h0: Array,
    kernel: Array,
    recurrent: Array,
    bias: Array,
    mask: Array,
    hs: Array,
    gates: Array,
) -> None:
    width, three, two = 4 * units, 3 * units, 2 * units
    first, last = part * batch // parts, (part + 1) * batch // parts
    rows = last - first
    project(first * steps, last * steps, features, three, x, kernel, bias, gates, width)
    for row in range(first * steps, last * steps):
        if after:
            add_run(gates, row * width, bias, three, two)
            copy_run(gates, row * width + three, bias, three + two, units)
    for t in range(steps):
        now = (first * steps + t) * width
        h, at, apart = (h0, first * units, units) if t == 0 else (hs, (first * steps + t - 1) * units, steps * units)
        gemm(False, False, rows, two, units, h, at, apart, recurrent, 0, three, 1.0, gates, now, steps * width)
        if after:
            gemm(
                False, False, rows, units, units,
                h, at, apart, recurrent, two, three, 1.0, gates, now + three, steps * width,
            )  # fmt: skip
        for b in range(rows):
            gru_gates(units, gates, now + b * steps * width)
            if not after:
                gru_reset(units, gates, now + b * steps * width, h, at + b * apart)
        if not after:
            gemm(
                False, False, rows, units, units, gates, now + three, steps * width,
                recurrent, two, three, 1.0, gates, now + two, steps * width,
            )  # fmt: skip
        for b in range(rows):
            place = (first + b) * steps + t
            gru_state(units, gates, place * width, after, h, at + b * apart, hs, place * units)
            if masked and not mask[place]:
                copy_run(hs, place * units, h, at + b * apart, units)
                clear_run(gates, place * width, width)


def gru_state_gradient(
    units: int, after: int, gates: Array, at: int, h: Array, h_at: int, dh: Array, row: int, da: Array, da_at: int
) -> None:
    """Add to `da` the gradients by the sums of z and the candidate; leave in `dh` the share that z hands on."""
    n, g, old, d, r = np.uint64(units), np.uint64(at), np.uint64(h_at), np.uint64(da_at), np.uint64(row)
    one = da.dtype.type(1)
    for k in range(n):
        z, reset, candidate = gates[g + k], gates[g + n + k], gates[g + n + n + k]
        by_h = dh[r + k]
        da[d + k] = (da[d + k] + by_h * (h[old + k] - candidate)) * z * (one - z)
        by_candidate = (da[d + n + n + k] + by_h * (one - z)) * (one - candidate * candidate)
        da[d + n + n + k] = by_candidate
        if after:
            by_reset = da[d + n + k] + by_candidate * gates[g + n + n + n + k]
            da[d + n + k] = by_reset * reset * (one - reset)
            da[d + n + n + n + k] += by_candidate * reset
        dh[r + k] = by_h * z


def gru_reset_gradient(
    units: int, gates: Array, at: int, h: Array, h_at: int, dh: Array, row: int, da: Array, da_at: int
) -> None:
    """Add to `da` the gradient by the sum of r, and to `dh` what went through it."""
    n, g, old, d, r = np.uint64(units), np.uint64(at), np.uint64(h_at), np.uint64(da_at), np.uint64(row)
    one = da.dtype.type(1)
    for k in range(n):
        reset, through = gates[g + n + k], da[d + n + n + n + k]
        da[d + n + k] = (da[d + n + k] + through * h[old + k]) * reset * (one - reset)
        dh[r + k] += through * reset


def gru_gradient_loop(
    part: int,
    parts: int,
    batch: int,
    steps: int,
    units: int,
    masked: int,
    after: int,
    dhs: Array,
    dgates: Array,
    hs: Array,
    gates: Array,
    h0: Array,
    recurrent: Array,
    mask: Array,
    da: Array,
    dh: Array,
) -> None:
    width, three, two = 4 * units, 3 * units, 2 * units
    first, last = part * batch // parts, (part + 1) * batch // parts
    rows, apart, top = last - first, steps * width, first * units
    start, count = first * apart, (last - first) * apart
    clear_run(dh, top, rows * units)
    if dgates.size == gates.size:
        copy_run(da, start, dgates, start, count)
    else:
        clear_run(da, start, count)
    for t in range(steps - 1, -1, -1):
        now = start + t * width
        for b in range(first, last):
            at, row = b * steps + t, b * units
            if dhs.size == hs.size:
                add_run(dh, row, dhs, at * units, units)
            h, h_at = (h0, row) if t == 0 else (hs, (at - 1) * units)
            if masked and not mask[at]:
                clear_run(da, at * width, width)
            else:
                gru_state_gradient(units, after, gates, at * width, h, h_at, dh, row, da, at * width)
        if after:
            gemm(
                False, True, rows, units, units,
                da, now + three, apart, recurrent, two, three, 1.0, dh, top, units,
            )  # fmt: skip
        else:
            gemm(
                False, True, rows, units, units,
                da, now + two, apart, recurrent, two, three, 1.0, da, now + three, apart,
            )  # fmt: skip
            for b in range(first, last):
                at, row = b * steps + t, b * units
                h, h_at = (h0, row) if t == 0 else (hs, (at - 1) * units)
                if not masked or mask[at]:
                    gru_reset_gradient(units, gates, at * width, h, h_at, dh, row, da, at * width)
        gemm(False, True, rows, units, two, da, now, apart, recurrent, 0, three, 1.0, dh, top, units)
