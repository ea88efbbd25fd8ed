"""What recurrent networks have in common. Each is a single op: sequences in, the states of all steps out.

Each part of the batch runs through all steps on its own, so threads meet only once. The products of the
inputs with their kernel are one product for all steps; those of the states are one a step.

A masked step hands its state on unchanged. Going back through the steps gives the gradients by the sums that the gates
are functions of. Those by inputs and kernels are products of these, for all steps at once: ops of their own, so that
none is made that nobody wants.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, Operand
from engine.core.shape import Dim, TensorShape
from engine.core.spec import TensorSpec
from engine.ops import recurrent_loops as loops
from engine.ops.creation import fill
from engine.ops.join import concat
from engine.ops.linalg import matmul
from engine.ops.loops import add_run, clear_run, copy_run, parts_for
from engine.ops.movement import expand_dims, reshape, reshape_like

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


def rows(x: Any) -> Any:
    """Return vectors along the last axis as the rows of a matrix."""
    return reshape(x, (-1, x.shape[-1]))


def before(h0: Any, hs: Any) -> Any:
    """Return the states before each step as rows."""
    return rows(concat((expand_dims(h0, 1), hs), axis=1)[:, :-1])


def by_inputs(da: Any, x: Any, kernel: Any) -> tuple[Any, Any]:
    """Return the gradients by x and its kernel, given that by the sums x · kernel as rows."""
    by_rows = matmul(da, kernel, transpose_b=True)
    return reshape_like(by_rows, x), matmul(rows(x), da, transpose_a=True)


#: Examples of a part. With 16, products of 16 × 64 × 256 still ran at two thirds of the speed of large ones.
_ROWS = 16


def multiply_adds(x: Any, h: Any, gates: int) -> int:
    """Return how many products are added up for the gates of all steps."""
    return int(math.prod(x.shape[:2]) * (x.shape[2] + h.shape[1]) * gates * h.shape[1])


def multiply_adds_back(hs: Any, gates: int) -> int:
    """Return how many products are added up on the way back."""
    return int(math.prod(hs.shape) * gates * hs.shape[2])


def sizes_of(x: Array, h: Array, mask: Array, gates: int) -> tuple[int, ...]:
    """Return parts, batch, steps, features, units, and whether there is a mask."""
    batch, steps, features = x.shape
    units = h.shape[1]
    parts = parts_for(multiply_adds(x, h, gates), batch // _ROWS)
    return parts, batch, steps, features, units, _is_masked(mask, x)


def _is_masked(mask: Array, x: Array) -> int:
    return int(mask.size == math.prod(x.shape[:2]) and mask.size > 1)


def sizes_back(hs: Array, mask: Array, gates: int) -> tuple[int, ...]:
    """Return parts, batch, steps, units, and whether there is a mask, for the way back."""
    batch, steps, units = hs.shape
    parts = parts_for(multiply_adds_back(hs, gates), batch // _ROWS)
    return parts, batch, steps, units, _is_masked(mask, hs)


def flat(arrays: Sequence[Array]) -> list[Array]:
    """Return arrays as vectors."""
    return [a.reshape(-1) for a in arrays]


def nothing(like: Any) -> Any:
    """Return what stands for the gradient of an output that nothing depends on."""
    return fill((1, 1, 1), 0.0, like.dtype)


RUNS = (copy_run, add_run, clear_run)
FORWARD_HELPERS = (copy_run, clear_run, loops.project)
