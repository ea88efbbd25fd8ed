"""What holds by itself decides: the places where a condition holds, and the elements at them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.convert import contiguous
from engine.core.dtype import Array, int64
from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import normalize_axis
from engine.core.spec import TensorSpec
from engine.ops.declare import Family

ops = Family("index")
ANY = "any"


def is_mask(key: Any) -> bool:
    """Return whether what stands between brackets is a tensor or an array of truths, of at least one axis."""
    dtype = getattr(key, "dtype", None)
    return dtype is not None and bool(dtype == np.bool_) and len(key.shape) > 0


nonzero: Op = ops.op(
    "nonzero",
    "The places where elements are true or not zero, one row each.",
    inputs=(Operand("condition", ANY),),
    infer=lambda x: TensorSpec((None, x.shape.rank), int64),
    reference=lambda x: contiguous(np.argwhere(x).reshape(-1, x.ndim), np.int64),
    internal=True,
    samples=(sample(((2, 3), "small_integers")), sample(((4,), "small_integers"))),
    example=">>> tf.where([True, False, True]).numpy().tolist()\n[[0], [2]]",
)


def _begin(tensor: Any, mask: Any, axis: int) -> int:
    """Return the first of the axes that the mask covers."""
    rank = len(mask.shape)
    try:
        begin = normalize_axis(axis, len(tensor.shape))
    except IndexError:
        begin = -1
    if begin < 0 or not rank or not mask.shape.is_compatible_with(tensor.shape[begin : begin + rank]):
        raise InvalidArgumentError(
            "tensor has shape {tensor}, mask has shape {mask} and axis is {axis}.",
            hint="The mask has the sizes of the tensor from that axis on.",
            tensor=tensor.shape,
            mask=mask.shape,
            axis=axis,
        )
    return begin


def _infer(tensor: TensorSpec, mask: TensorSpec, axis: int) -> TensorSpec:
    begin = _begin(tensor, mask, axis)
    return TensorSpec((*tensor.shape[:begin], None, *tensor.shape[begin + mask.shape.rank :]), tensor.dtype)


def _places(x: Array, mask: Array, axis: int) -> tuple[Any, ...]:
    return (*[np.s_[:]] * (axis % x.ndim), mask)


def _put(g: Array, like: Array, mask: Array, axis: int) -> Array:
    result = np.zeros(like.shape, g.dtype)
    result[_places(like, mask, axis)] = g
    return result


_AXIS = Param("int", 0, "The axis of the tensor at which the mask begins.")
_SAMPLE_MASK = np.array([True, False, True])

boolean_mask: Op = ops.op(
    "boolean_mask",
    "The elements or slices for which a mask is true.",
    inputs=(Operand("tensor", ANY), Operand("mask", "bool", group="")),
    infer=_infer,
    reference=lambda x, mask, axis: contiguous(x[_places(x, mask, axis)]),
    gradient=lambda g, y, x, mask, axis: (boolean_mask_gradient.apply(g, x, mask, axis=axis), None),
    params={"axis": _AXIS},
    keywords=("filter", "select", "where"),
    samples=(
        sample(((3, 2), ANY), _SAMPLE_MASK),
        sample(((2, 3), ANY), _SAMPLE_MASK, axis=1),
        sample(((2, 3), ANY), ((2, 3), "bools")),
    ),
    refused=(
        sample(((2, 3), ANY), ((3,), "bools")),
        sample(((2,), ANY), ((), "bools")),
        sample(((2,), ANY), ((2,), "bools"), axis=1),
    ),
    example=">>> tf.boolean_mask([1, 2, 3], [True, False, True]).numpy()\narray([1, 3], dtype=int32)",
)

boolean_mask_gradient: Op = ops.op(
    "boolean_mask_gradient",
    "Zeros as large as another tensor, with this one at the places where a mask is true.",
    inputs=(Operand("g", ANY), Operand("like", ANY, group=""), Operand("mask", "bool", group="")),
    infer=lambda g, like, mask, axis: TensorSpec(like.shape, g.dtype),
    reference=_put,
    gradient=lambda g, y, x, like, mask, axis: (boolean_mask(g, mask, axis), None, None),
    params={"axis": _AXIS},
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(((2, 2), "reals"), ((3, 2), ANY), _SAMPLE_MASK),),
    example=">>> tf.raw_ops.boolean_mask_gradient([7], [0, 0], [False, True]).numpy()\narray([0, 7], dtype=int32)",
)
