"""What recurrent networks have in common. Each is a single op: sequences in, the states of all steps out.

Each examples' part of the batch runs through all steps on its own, so threads meet only once. The products of the
inputs with their kernel are one product for all steps; those of the states are one a step.

A masked step hands its state on unchanged. The sums over time in the gradients are one product each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand
from engine.core.shape import Dim, TensorShape
from engine.core.spec import TensorSpec
from engine.ops import recurrent_loops as loops
from engine.ops.loops import add_run, clear_run, copy_run, parts_for

MASK = Operand("mask", "bool", group="")


def sigmoid(x: Array) -> Array:
    """Return 1/(1 + e⁻ˣ)."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1 / (1 + small), small / (1 + small)), x.dtype)


def times(size: Dim, count: int) -> Dim:
    """Return a multiple of a size that may be unknown."""
    return None if size is None else size * count


def checked(op: Op, gates: int, states: int, specs: Sequence[TensorSpec], rows: int = 0) -> tuple[Dim, Dim, Dim]:
    """Return batch, steps and units of operands (x, states…, kernel, recurrent kernel, bias, mask) that fit.

    The bias has as many `rows`, or is a vector if there are none.
    """
    x, kernel, recurrent, bias, mask = specs[0], *specs[1 + states :]
    fits = x.shape.rank == 3 and recurrent.shape.rank == 2
    if fits:
        (batch, steps, features), units = x.shape, recurrent.shape[0]
        width = times(units, gates)
        wanted: list[tuple[TensorSpec, tuple[Dim, ...]]] = [
            *((s, (batch, units)) for s in specs[1 : 1 + states]),
            (kernel, (features, width)),
            (recurrent, (units, width)),
            (bias, (rows, width) if rows else (width,)),
        ]
        fits = all(s.shape.is_compatible_with(TensorShape(w)) for s, w in wanted)
        fits = fits and any(mask.shape.is_compatible_with(TensorShape(w)) for w in ((1, 1), (batch, steps)))
        if fits:
            return batch, steps, units
    raise InvalidArgumentError(
        "The shapes do not fit together: {shapes}.",
        hint="x is (batch, steps, features), a state (batch, units), the kernels (features, {gates}·units) and "
        "(units, {gates}·units), the mask (batch, steps) or (1, 1).",
        shapes=", ".join(str(s.shape) for s in specs),
        gates=gates,
    )


def steps_of(mask: Array, x: Array) -> Any:
    """Return for each step which examples take it, as a column."""
    return np.broadcast_to(mask, x.shape[:2]).T[..., None]


def summed(da: Array, x: Array, hs: Array, h0: Array, kernel: Array, units: int, *states: Array) -> tuple[Array, ...]:
    """Return the gradients by x, the first states, the kernels and the bias, for those by the gates."""
    flat = da.reshape(-1, da.shape[-1])
    before = np.concatenate([h0[:, None], hs[:, :-1]], 1).reshape(-1, units)
    by_kernel, by_recurrent = x.reshape(-1, x.shape[-1]).T @ flat, before.T @ flat
    return (da @ kernel.T, *states, by_kernel, by_recurrent, flat.sum(0))


#: Examples of a part. With 16, products of 16 × 64 × 256 still ran at two thirds of the speed of large ones.
_ROWS = 16


def sizes_of(x: Array, h: Array, mask: Array, gates: int) -> tuple[int, ...]:
    """Return parts, batch, steps, features, units, and whether there is a mask."""
    batch, steps, features = x.shape
    units = h.shape[1]
    parts = parts_for(batch * steps * (features + units) * gates * units, batch // _ROWS)
    return parts, batch, steps, features, units, int(mask.size == batch * steps and mask.size > 1)


def flat(arrays: Sequence[Array]) -> list[Array]:
    """Return arrays as vectors."""
    return [a.reshape(-1) for a in arrays]


def nothing(like: Any) -> Any:
    """Return what stands for the gradient of an output that nothing depends on."""
    return OPS["fill"]((1, 1, 1), 0.0, like.dtype)


RUNS = (copy_run, add_run, clear_run)
FORWARD_HELPERS = (copy_run, clear_run, loops.project)
GRADIENT_HELPERS = (*RUNS, loops.precede, loops.sum_rows, loops.sum_parts)
