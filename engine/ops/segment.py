"""Sums over groups of elements, each named by a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import Array, int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops.declare import Family
from engine.ops.gather import gather

ops = Family("reduce")


def _rest(data: TensorSpec, ids: TensorSpec) -> tuple[int | None, ...]:
    """Return the axes of one segment: those of the data behind the ones that the numbers cover."""
    if data.shape.rank < ids.shape.rank or not data.shape[: ids.shape.rank].is_compatible_with(ids.shape):
        raise InvalidArgumentError(
            "data has shape {data} and segment_ids has shape {ids}.",
            hint="The data begin with the axes of the numbers: each number is for one slice.",
            data=data.shape,
            ids=ids.shape,
        )
    return tuple(data.shape[ids.shape.rank :])


def _check_ids(op: str, ids: Array, most: int | None = None) -> None:
    if ids.size and (ids.min() < 0 if most is None else ids.max() >= most):
        raise InvalidArgumentError(
            "A number of a segment is {wrong}.",
            hint="The numbers go from 0 to below {most}." if most is not None else "Numbers are 0 or more.",
            op=op,
            wrong=int(ids.min() if most is None else ids.max()),
            most=most,
        )


def _sum(data: Array, ids: Array, count: int) -> Array:
    result = np.zeros((count, *data.shape[ids.ndim :]), data.dtype)
    kept = ids >= 0  # what has a negative number belongs to no segment
    np.add.at(result, ids[kept], data[kept])
    return result


def _unsorted(data: Array, segment_ids: Array, num_segments: int) -> Array:
    _check_ids("unsorted_segment_sum", segment_ids, num_segments)
    return _sum(data, segment_ids, num_segments)


def _spread(g: Any, ids: Any) -> Any:
    """Return for each number the gradient of its segment, zeros for those that belong to none."""
    rank = len(g.shape) - 1
    slices = gather(g, OPS["maximum"](ids, 0))
    inside = OPS["greater_equal"](ids, 0)
    if rank:
        inside = OPS["expand_dims"](inside, axis=tuple(range(len(ids.shape), len(ids.shape) + rank)))
    return OPS["where"](inside, slices, OPS["zeros_like"](slices))


_OPERANDS = (Operand("data"), Operand("segment_ids", "index", group=""))

unsorted_segment_sum: Op = ops.op(
    "unsorted_segment_sum",
    "Sum of the slices that bear the same number, for each number from 0; negative ones belong to none.",
    inputs=_OPERANDS,
    infer=lambda data, ids, num_segments: TensorSpec((num_segments, *_rest(data, ids)), data.dtype),
    reference=_unsorted,
    gradient=lambda g, y, data, segment_ids, num_segments: (_spread(g, segment_ids), None),
    params={"num_segments": Param("int", help="How many segments there are.", min=0)},
    keywords=("group by", "aggregate"),
    samples=(
        sample(((4, 2), "reals"), ((4,), "index:3"), num_segments=3),
        sample(((2, 3), "reals"), np.array([[0, -1, 1], [1, 1, 0]], np.int32), num_segments=4),
    ),
    refused=(
        sample(((4, 2), "reals"), ((3,), "index:3"), num_segments=3),
        sample(((2,), "reals"), np.array([0, 3], np.int32), num_segments=3),
    ),
    example=">>> tf.math.unsorted_segment_sum([1, 2, 3], [0, 2, 0], 3).numpy()\narray([4, 0, 2], dtype=int32)",
)


def _sorted(data: Array, ids: Array) -> Array:
    _check_ids("segment_sum", ids)
    if (np.diff(ids) < 0).any():
        raise InvalidArgumentError(
            "segment_ids must not fall from one element to the next.",
            hint="Sort them, or use unsorted_segment_sum.",
            op="segment_sum",
        )
    return _sum(data, ids, int(ids[-1]) + 1 if ids.size else 0)


def _segment_infer(data: TensorSpec, ids: TensorSpec) -> TensorSpec:
    if ids.shape.rank != 1:
        raise InvalidArgumentError("segment_ids has shape {ids}, but it is a vector.", ids=ids.shape)
    return TensorSpec((None, *_rest(data, ids)), data.dtype)


segment_sum: Op = ops.op(
    "segment_sum",
    "Sum of the neighbouring slices that bear the same number, for each number from 0 to the last.",
    inputs=_OPERANDS,
    infer=_segment_infer,
    reference=_sorted,
    gradient=lambda g, y, data, segment_ids: (gather(g, segment_ids), None),
    samples=(sample(((4, 2), "reals"), np.array([0, 0, 2, 2], np.int32)),),
    refused=(
        sample(((4, 2), "reals"), ((3,), "index:1")),
        sample(((2,), "reals"), np.array([1, 0], np.int32)),
        sample(((2, 1), "reals"), ((2, 1), "index:1")),
    ),
    example=">>> tf.math.segment_sum([1, 2, 3], [0, 0, 1]).numpy()\narray([3, 3], dtype=int32)",
)


def _bincount(values: Array, minlength: int, maxlength: int | None) -> Array:
    _check_ids("bincount", values)
    flat = values.ravel()
    kept = flat if maxlength is None else flat[flat < maxlength]
    return np.bincount(kept, minlength=minlength).astype(np.int32)


bincount: Op = ops.op(
    "bincount",
    "How often each whole number from 0 to the largest appears.",
    inputs=(Operand("values", "index"),),
    infer=lambda values, minlength, maxlength: TensorSpec((minlength if minlength == maxlength else None,), int32),
    reference=_bincount,
    params={
        "minlength": Param("int", 0, "The result has at least this length.", min=0),
        "maxlength": Param("int", None, "It has at most this length; larger ones are left out.", min=0, optional=True),
    },
    keywords=("histogram", "count"),
    samples=(sample(((7,), "index:4")), sample(((2, 3), "index:5"), minlength=4, maxlength=4)),
    refused=(sample(np.array([1, -1], np.int32)),),
    example=">>> tf.math.bincount([1, 1, 3]).numpy()\narray([0, 2, 0, 1], dtype=int32)",
)
