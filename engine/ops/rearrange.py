"""Ops that turn tensors around, roll them along, spread them out, or see to their shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.convert import contiguous
from engine.core.dtype import Array, DType
from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import TensorShape, as_shape, broadcast
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, axes_of, dtype_param, like, open_shape

ops = Family("shape")
ANY = "any"


def _reverse_infer(x: TensorSpec, axis: Any) -> TensorSpec:
    axes_of(axis, x.shape.rank)
    return x


reverse: Op = ops.op(
    "reverse",
    "The elements in the opposite order along axes.",
    inputs=(Operand("tensor", ANY),),
    infer=_reverse_infer,
    reference=lambda x, axis: contiguous(np.flip(x, axis)),
    gradient=lambda g, y, x, axis: (reverse(g, axis),),
    params={"axis": Param("axes", help="Axes to turn around.")},
    keywords=("flip", "mirror"),
    samples=(sample(((4,), ANY), axis=0), sample(((2, 3, 2), ANY), axis=(0, -1))),
    refused=(sample(((2, 3), ANY), axis=2), sample(((2, 3), ANY), axis=(0, 0))),
    example=">>> tf.reverse([1, 2, 3], axis=[0]).numpy()\narray([3, 2, 1], dtype=int32)",
)


def _pairs(shift: Any, axis: Any, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    shifts, axes = ((v,) if isinstance(v, int) else tuple(v) for v in (shift, axis))
    for one in axes:  # an axis may be named twice: its shifts add up
        axes_of(one, rank)
    if len(shifts) != len(axes):
        raise InvalidArgumentError(
            "shift is {shift} and axis is {axis}.", hint="Give one shift for each axis.", shift=shift, axis=axis
        )
    return shifts, axes


def _roll_infer(x: TensorSpec, shift: Any, axis: Any) -> TensorSpec:
    _pairs(shift, axis, x.shape.rank)
    return x


def _roll_gradient(g: Any, y: Any, x: Any, shift: Any, axis: Any) -> tuple[Any]:
    shifts, axes = _pairs(shift, axis, len(x.shape))
    return (roll(g, tuple(-n for n in shifts), axes),)


roll: Op = ops.op(
    "roll",
    "The elements moved on along axes; those that leave at one end come in at the other.",
    inputs=(Operand("input", ANY),),
    infer=_roll_infer,
    reference=lambda x, shift, axis: np.roll(x, *_pairs(shift, axis, x.ndim)),
    gradient=_roll_gradient,
    params={
        "shift": Param("axes", help="By how many places, for each axis; negative ones move to the front."),
        "axis": Param("axes", help="Axes along which it moves."),
    },
    keywords=("rotate", "shift"),
    samples=(sample(((4,), ANY), shift=1, axis=0), sample(((2, 3), ANY), shift=(1, -4), axis=(0, 1))),
    refused=(sample(((2, 3), ANY), shift=1, axis=2), sample(((2, 3), ANY), shift=(1, 2), axis=0)),
    example=">>> tf.roll([1, 2, 3], shift=1, axis=0).numpy()\narray([3, 1, 2], dtype=int32)",
)


def _broadcast_infer(x: TensorSpec, shape: tuple[int, ...]) -> TensorSpec:
    try:
        found = broadcast(x.shape, shape)
    except ValueError:
        found = None
    if found is None or not found.is_compatible_with(shape):
        raise InvalidArgumentError(
            "A tensor of shape {old} does not broadcast to {new}.",
            hint="Sizes must be equal or 1, counted from the last axis.",
            old=x.shape,
            new=TensorShape(shape),
        )
    return TensorSpec(shape, x.dtype)


broadcast_to: Op = ops.op(
    "broadcast_to",
    "The tensor repeated along axes of size 1 and new ones, up to a shape.",
    inputs=(Operand("input", ANY),),
    infer=_broadcast_infer,
    scalar=lambda x, shape: x,
    reference=lambda x, shape: np.broadcast_to(x, shape).copy(),
    opens=lambda x, shape: open_shape(shape, x.dtype),
    gradient=lambda g, y, x, shape: (like(g, x),),
    params={"shape": Param("ints", help="Sizes of the result.", min=0)},
    keywords=("expand", "repeat"),
    samples=(sample(((), ANY), shape=(2,)), sample(((3,), ANY), shape=(2, 3)), sample(((2, 1), ANY), shape=(4, 2, 3))),
    refused=(sample(((3,), ANY), shape=(2, 2)), sample(((2, 3), ANY), shape=(3,))),
    example=">>> tf.broadcast_to([1, 2], [2, 2]).numpy()\narray([[1, 2],\n       [1, 2]], dtype=int32)",
)


def _ensured(x: TensorSpec, shape: Any) -> TensorSpec:
    wanted = as_shape(shape)
    if not x.shape.is_compatible_with(wanted):
        raise InvalidArgumentError("The tensor has shape {found}, not {wanted}.", found=x.shape, wanted=wanted)
    return TensorSpec(x.shape.merge_with(wanted), x.dtype)


def _ensure(x: Array, shape: Any) -> Array:
    _ensured(TensorSpec(x.shape, x.dtype), shape)
    return x.copy()


ensure_shape: Op = ops.op(
    "ensure_shape",
    "The tensor itself, if it has a given shape.",
    inputs=(Operand("x", ANY),),
    infer=_ensured,
    reference=_ensure,
    gradient=lambda g, y, x, shape: (g,),
    params={"shape": Param("any", help="The shape; None stands for any size.")},
    internal=True,
    samples=(sample(((2, 3), ANY), shape=(None, 3)),),
    refused=(sample(((2, 3), ANY), shape=(3, None)), sample(((2, 3), ANY), shape=(2,))),
    example=">>> tf.ensure_shape([1, 2], [None]).numpy()\narray([1, 2], dtype=int32)",
)


def _bits_infer(x: TensorSpec, type: DType) -> TensorSpec:
    if x.dtype.size != type.size or x.dtype.is_bool or type.is_bool:
        raise InvalidArgumentError(
            "{have} has {size} bytes and {want} has {other}.",
            hint="Only dtypes of one size stand for the same bits.",
            have=x.dtype,
            size=x.dtype.size,
            want=type,
            other=type.size,
        )
    return TensorSpec(x.shape, type)


bitcast: Op = ops.op(
    "bitcast",
    "The same bits, read as another dtype of the same size.",
    inputs=(Operand("input", ANY),),
    infer=_bits_infer,
    reference=lambda x, type: x.view(type.as_numpy_dtype).copy(),
    gradient=lambda g, y, x, type: (None,),
    params={"type": dtype_param("int32")},
    samples=(sample(np.array([[1.5], [-2.0]], np.float32), type="int32"), sample(np.array(3, np.int32), type="uint32")),
    refused=(sample(np.zeros(2, np.float32), type="int64"),),
    example=">>> hex(int(tf.bitcast(1.0, 'int32')))\n'0x3f800000'",
)
