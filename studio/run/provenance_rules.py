"""Which cells of its operands a cell of an op's outputs was made of: the rules, by name and for whole families.

Cells are marked in arrays of truth values of the tensors' shapes. An op that moves elements tells by itself where they
come from: it is applied to their numbers. What ops do that compute is said once, in `RULES`. A cell counts as one
of those if the output can change with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.op import OPS, Op, as_arrays
from engine.runtime.eager import constant
from engine.runtime.tape import GradientTape, stop_recording

#: ``rule(op, inputs, outputs, attrs, marked) -> marks``: given the values and the marked cells of each output, the
#: cells of each input that they were made of.
Rule = Callable[[Op, Sequence[Array], Sequence[Array], Mapping[str, Any], Sequence[Array]], list[Array]]


def _folded(marks: Array, shape: tuple[int, ...]) -> Array:
    """Return marks in a shape that was broadcast to theirs."""
    lead = marks.ndim - len(shape)
    found: Array = np.any(marks, axis=tuple(range(lead))) if lead else marks
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 and found.shape[axis] != 1)
    return np.any(found, axis=axes, keepdims=True) if axes else found


def elementwise(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The same cell of each operand, or the one that was spread over it."""
    return [_folded(marked[0], x.shape) for x in inputs]


def everything(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """All cells: what is not known in more detail."""
    is_any = any(bool(marks.any()) for marks in marked)
    return [np.full(x.shape, is_any) for x in inputs]


def nothing(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """No cell: what the values are does not matter."""
    return [np.zeros(x.shape, bool) for x in inputs]


def chosen(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The same cell of the condition, and of the operand that it chooses."""
    condition, x, y = inputs
    yes = np.broadcast_to(condition, marked[0].shape)
    pairs = ((condition, marked[0]), (x, marked[0] & yes), (y, marked[0] & ~yes))
    return [_folded(marks, values.shape) for values, marks in pairs]


def _axes_of(attrs: Mapping[str, Any], rank: int) -> tuple[int, ...]:
    axis = attrs.get("axis")
    axes = range(rank) if axis is None else [axis] if isinstance(axis, int) else axis
    return tuple(int(a) % rank for a in axes) if rank else ()


def fibre(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The whole line, along the op's axes, that a cell lies in or that was reduced to it."""
    x = inputs[0]
    axes = _axes_of({"axis": attrs.get("axis", -1) if op.reduction is None else attrs.get("axis")}, x.ndim)
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
    marks = np.zeros(kept, bool)
    for one in marked:
        found = one.any(axis=axes, keepdims=True) if one.shape == x.shape else one.reshape(kept)
        marks |= found
    spread = np.broadcast_to(marks, x.shape)
    return [spread.copy() if other.shape == x.shape else _folded(spread, other.shape) for other in inputs]


def normed(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The line that a cell is normalised along; of its scale and its offset, the same cell."""
    lines = fibre(op, inputs[:1], outputs, {"axis": attrs.get("axis", -1)}, marked[:1])
    return [*lines, *(_folded(marked[0], x.shape) for x in inputs[1:])]


def in_order(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells of the first operand that have other places, but stand in the same order."""
    return [marked[0].reshape(inputs[0].shape), *(np.zeros(x.shape, bool) for x in inputs[1:])]


def rows(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The row, along the last axis, that a cell lies in or that was made one cell; and what belongs to the row."""
    rank = max(x.ndim for x in inputs)
    found = np.any([marks.any(axis=-1) if marks.ndim == rank else marks for marks in marked], axis=0)
    return [np.repeat(found[..., np.newaxis], x.shape[-1], axis=-1) if x.ndim == rank else found for x in inputs]


def matrices(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The whole matrix of a batch that a cell was made of."""
    batch = inputs[0].ndim - 2
    found = np.any([marks.any(axis=tuple(range(batch, marks.ndim))) for marks in marked], axis=0)
    return [np.broadcast_to(found[..., np.newaxis, np.newaxis], x.shape).copy() for x in inputs]


def _says_where(op: Op, index: int) -> bool:
    """Return whether an operand says where to or which, as the indices of `gather` do, and so keeps its values."""
    operand = op.operand(index)
    return operand.dtype in ("index", "bool") or operand.name == "indices"


def moved(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that were moved there: the op is applied to numbers in place of values."""
    begins = np.cumsum([1, *(x.size for x in inputs)])
    kinds = [_says_where(op, i) for i in range(len(inputs))]
    numbers = np.int32 if begins[-1] < 2**31 else np.int64
    numbered = [
        x if kept else np.arange(begin, begin + x.size, dtype=numbers).reshape(x.shape)
        for x, begin, kept in zip(inputs, begins, kinds, strict=False)
    ]
    found = as_arrays(op.reference(*numbered, **attrs))
    sources = np.concatenate([y[marks] for y, marks in zip(found, marked, strict=False)] or [np.zeros(0, np.int64)])
    result = []
    for x, begin, kept in zip(inputs, begins, kinds, strict=False):
        marks = np.zeros(x.size, bool)
        if kept:
            marks[:] = sources.size > 0
        else:
            own = sources[(sources >= begin) & (sources < begin + x.size)] - begin
            marks[own.astype(np.intp)] = True
        result.append(marks.reshape(x.shape))
    return result


def linear(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that a product or a sum runs over: where its gradient is not zero, all operands being one."""
    return _where_sloped(op, [np.ones(x.shape, np.float32) for x in inputs], attrs, marked)


def smooth(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that a smooth function depends on: where its gradient is not zero at a point that is not special.

    What says where to, such as indices, labels and masks, keeps its values.
    """
    rng = np.random.default_rng(0)
    kept = [_says_where(op, i) for i in range(len(inputs))]
    # small: where sums of many get large, an activation function is flat
    drawn = [
        x if is_kept else rng.uniform(0.5, 1.5, x.shape) / max(x.shape, default=1)
        for x, is_kept in zip(inputs, kept, strict=True)
    ]
    found = _where_sloped(op, drawn, attrs, marked)
    is_any = any(bool(marks.any()) for marks in marked)
    return [
        np.full(x.shape, is_any) if is_kept else marks for marks, x, is_kept in zip(found, inputs, kept, strict=True)
    ]


def recurrent(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """What a state was made of: of its own example, all that came up to its time and was not masked.

    Slopes vanish over many steps: that they are zero far back says nothing.
    """
    found = smooth(op, inputs, outputs, attrs, marked)
    names = [op.operand(i).name for i in range(len(inputs))]
    mask = names.index("mask")
    times = np.any([marks.any(axis=tuple(range(2, marks.ndim))) for marks in marked], axis=0)
    times = np.logical_or.accumulate(times[:, ::-1], axis=1)[:, ::-1]
    steps = times & inputs[mask]
    found[0] = np.logical_or.accumulate(found[0][:, ::-1], axis=1)[:, ::-1] & steps[..., np.newaxis]
    for i, name in enumerate(names):
        if name in ("state", "cell"):  # after two steps each unit has heard of all others
            found[i] |= steps.sum(axis=1, keepdims=True) > 1
    found[mask] = _folded(times, inputs[mask].shape)
    return found


def _where_sloped(op: Op, inputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]) -> list[Array]:
    """Return the cells with which the marked ones change at a point."""
    point = [constant(x) for x in inputs]
    with stop_recording():
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([x for x in point if x.dtype.is_floating])
            found = op.apply(*point, **attrs)
        targets = found if isinstance(found, list) else [found]
        seeds = [constant(marks.astype(y.dtype.as_numpy_dtype)) for marks, y in zip(marked, targets, strict=True)]
        slopes = tape.gradient(targets, point, output_gradients=seeds)
    return [
        np.zeros(x.shape, bool) if slope is None else np.asarray(slope.numpy()) != 0
        for x, slope in zip(inputs, slopes, strict=True)
    ]


def pooled(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The window of a maximum: that of the mean which has the same windows."""
    marks = [np.any(marked, axis=0)]
    return linear(OPS[f"avg_pool{inputs[0].ndim - 2}d"], inputs, outputs, attrs, marks)


def gathered(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that were moved there; of the indices those whose axes stand in place of the one they look along."""
    shared, first = int(attrs["batch_dims"]), int(attrs["axis"]) % inputs[0].ndim
    own = range(first, first + inputs[1].ndim - shared)
    others = tuple(axis for axis in range(marked[0].ndim) if axis >= shared and axis not in own)
    named: Array = np.any(marked[0], axis=others)
    return [moved(op, inputs, outputs, attrs, marked)[0], named]


def gathered_at(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that were moved there, and the row of indices that names their place."""
    indices = inputs[1]
    named: Array = np.any(marked[0], axis=tuple(range(indices.ndim - 1, marked[0].ndim)))
    return [
        moved(op, inputs, outputs, attrs, marked)[0],
        np.repeat(named[..., np.newaxis], indices.shape[-1], axis=-1),
    ]


def taken(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cell that was moved there, and the index beside it that names it."""
    return [moved(op, inputs, outputs, attrs, marked)[0], marked[0].copy()]


def hot(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The index that was made a row of its own."""
    named: Array = np.any(marked[0], axis=int(attrs["axis"]))
    return [named]


def _up_to(x: Array, places: Array) -> Array:
    """Return marks on all cells of `x`, in their order, up to the last of some places."""
    found: Array = (np.arange(x.size) <= places.max(initial=-1)).reshape(x.shape)
    return found


def found_in_order(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """All cells up to the one that was found: with any of them, others come to be the first ones."""
    (x,) = inputs
    return [_up_to(x, np.flatnonzero(x)[marked[0].any(axis=1)])]


def masked(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that were moved there; of the mask those up to the one that let them through."""
    x, mask = inputs
    begin = int(attrs["axis"]) % x.ndim
    through = marked[0].any(axis=tuple(axis for axis in range(marked[0].ndim) if axis != begin))
    return [moved(op, inputs, outputs, attrs, marked)[0], _up_to(mask, np.flatnonzero(mask)[through])]


def different(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """All cells up to the first one with the value, or up to the one whose number it is; of a count, all cells."""
    (x,), numbers = inputs, outputs[1]
    if any(marks.any() for marks in marked[2:]):
        return [np.ones(x.shape, bool)]
    firsts = np.unique(numbers, return_index=True)[1]
    return [_up_to(x, np.concatenate([firsts[marked[0]], np.flatnonzero(marked[1])]))]


_SMOOTH: Final = frozenset(
    (
        *("moments", "fused_batch_norm", "cumprod", "cumulative_logsumexp", "softmax_cross_entropy_with_logits"),
        *("segment_sum", "unsorted_segment_sum", "tensor_scatter_nd_add", "solve", "triangular_solve"),
        *("gather_gradient", "getitem_gradient", "boolean_mask_gradient", "put_along", "max_unpool"),
        *("conv_input_gradient", "conv_filter_gradient", "depthwise_input_gradient", "depthwise_filter_gradient"),
        *("conv_input_gradient_unpooled", "conv_filter_gradient_unpooled"),
    )
)
_MOVED: Final = frozenset(
    (
        *("getitem", "setitem", "diag", "diag_part", "set_diag", "band_part"),
        "tensor_scatter_nd_update",
    )
)
_ROWS: Final = frozenset(("top_k", "in_top_k", "softmax_without_one_hot", "sparse_softmax_cross_entropy_with_logits"))

#: By name, and for whole families: how an op's cells follow from those of its operands. The first that fits counts.
RULES: Final[tuple[tuple[Callable[[Op], bool], Rule], ...]] = (
    (lambda op: op.name in ("softmax", "log_softmax", "sort", "argsort", "argmax", "argmin"), fibre),
    (lambda op: op.name in _ROWS, rows),
    (lambda op: op.name in ("matmul", "einsum", "cumsum", "sum_like", "mirror_pad_gradient"), linear),
    (lambda op: op.name.startswith(("conv1d", "conv2d", "conv3d", "depthwise_conv2d", "avg_pool")), linear),
    (lambda op: op.name in ("max_pool1d", "max_pool2d", "max_pool3d", "max_pool_with_indices"), pooled),
    (lambda op: op.name in ("lstm", "gru", "simple_rnn"), recurrent),
    (lambda op: op.name == "layer_norm", normed),
    (lambda op: op.name in _SMOOTH, smooth),
    (lambda op: op.name == "gather", gathered),
    (lambda op: op.name == "gather_nd", gathered_at),
    (lambda op: op.name in ("take_along", "take_pooled"), taken),
    (lambda op: op.name == "one_hot", hot),
    (lambda op: op.name == "nonzero", found_in_order),
    (lambda op: op.name == "boolean_mask", masked),
    (lambda op: op.name in ("unique", "unique_with_counts"), different),
    (lambda op: op.name == "where", chosen),
    (lambda op: op.name in ("zeros_like", "ones_like"), nothing),
    (lambda op: op.name in ("inv", "det", "cholesky", "qr", "eigh", "svd"), matrices),
    (lambda op: op.name == "bitcast", elementwise),
    (lambda op: op.reduction is not None, fibre),
    (lambda op: op.view, in_order),
    (lambda op: op.family == "shape" or op.name in _MOVED, moved),
    (lambda op: op.scalar is not None or op.broadcasts, elementwise),
)


def rule_of(op: Op) -> Rule:
    """Return how cells of an op's outputs follow from those of its inputs; for one that no rule knows, all do."""
    return next((rule for fits, rule in RULES if fits(op)), everything)
