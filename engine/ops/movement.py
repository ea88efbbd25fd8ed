"""Ops that move elements and leave their values alone: shapes, axes, pieces, and their joining."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import Dim, TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, axes_of, open_shape

ops = Family("shape")
ANY = "any"


# ----------------------------------------------------------------------------------------------- reshape and kin


def _resolve(old: TensorShape, new: tuple[int, ...]) -> TensorShape:
    """Return `new` with its -1 worked out, where that is possible."""
    if new.count(-1) > 1 or any(d < -1 for d in new):
        raise InvalidArgumentError(
            "shape is {shape}.", hint="Sizes are 0 or more, and at most one of them may be -1.", shape=list(new)
        )
    count = old.num_elements()
    known = math.prod(d for d in new if d != -1)
    if count is None:
        return TensorShape(None if d == -1 else d for d in new)
    if -1 in new and known and count % known == 0:
        return TensorShape(count // known if d == -1 else d for d in new)
    if -1 in new or known != count:
        raise InvalidArgumentError(
            "A tensor of shape {old} has {count} elements, which do not fit the shape {new}.",
            hint="The product of the sizes must stay the same.",
            old=old,
            count=count,
            new=list(new),
        )
    return TensorShape(new)


reshape: Op = ops.op(
    "reshape",
    "The same elements in another shape.",
    inputs=(Operand("tensor", ANY),),
    infer=lambda x, shape: TensorSpec(_resolve(x.shape, shape), x.dtype),
    reference=lambda x, shape: x.reshape(shape),
    opens=lambda x, shape: open_shape(shape, x.dtype),
    gradient=lambda g, y, x, shape: (reshape_like(g, x),),
    params={"shape": Param("ints", help="The new sizes; -1 stands for what is left over.", min=-1)},
    view=True,
    keywords=("view",),
    samples=(
        sample(((2, 6), ANY), shape=(3, 4)),
        sample(((2, 3, 4), ANY), shape=(-1, 4)),
        sample(((), ANY), shape=(1, 1)),
        sample(((6,), ANY), shape=(2, -1)),
    ),
    refused=(sample(((2, 3), ANY), shape=(4, 2)), sample(((2, 3), ANY), shape=(-1, -1))),
    example=">>> tf.reshape([1, 2, 3, 4], [2, 2]).numpy()\narray([[1, 2],\n       [3, 4]], dtype=int32)",
)

reshape_like: Op = ops.op(
    "reshape_like",
    "The same elements in the shape of another tensor.",
    inputs=(Operand("tensor", ANY), Operand("like", ANY, group="")),
    infer=lambda x, like: TensorSpec(like.shape, x.dtype),
    reference=lambda x, like: x.reshape(like.shape),
    gradient=lambda g, y, x, like: (reshape_like(g, x), None),
    shape_only=frozenset({1}),
    view=True,
    internal=True,
    samples=(sample(((2, 6), ANY), ((3, 4), ANY)),),
    example=">>> tf.raw_ops.reshape_like([1, 2], [[0], [0]]).numpy()\narray([[1],\n       [2]], dtype=int32)",
)


def _flatten(x: TensorSpec) -> TensorSpec:
    if x.shape.rank < 1:
        raise InvalidArgumentError("A scalar has no batch axis to keep.", hint="Give it one with expand_dims.")
    return TensorSpec((x.shape[0], x.shape[1:].num_elements()), x.dtype)


flatten: Op = ops.op(
    "flatten",
    "All axes but the first (the batch) as one.",
    inputs=(Operand("tensor", ANY),),
    infer=_flatten,
    reference=lambda x: x.reshape(x.shape[0], math.prod(x.shape[1:])),
    gradient=lambda g, y, x: (reshape_like(g, x),),
    view=True,
    internal=True,
    samples=(sample(((2, 3, 4), ANY)), sample(((3,), ANY)), sample(((0, 3), ANY))),
    refused=(sample(((), ANY)),),
    example=">>> tf.raw_ops.flatten([[[1, 2], [3, 4]]]).numpy()\narray([[1, 2, 3, 4]], dtype=int32)",
)


def _squeeze_axes(x: Any, axis: Any) -> tuple[int, ...]:
    if axis is None:
        if None in x.shape:
            raise InvalidArgumentError(
                "The operand has shape {shape}, so it is not known which axes have size 1.",
                hint="Name them with axis.",
                shape=TensorShape(x.shape),
            )
        return tuple(i for i, d in enumerate(x.shape) if d == 1)
    axes = axes_of(axis, len(x.shape))
    for i in axes:
        if x.shape[i] not in (1, None):
            raise InvalidArgumentError(
                "The axis {axis} of shape {shape} has size {size}, and only axes of size 1 can be squeezed.",
                axis=i,
                shape=TensorShape(x.shape),
                size=x.shape[i],
            )
    return axes


def _squeeze_infer(x: TensorSpec, axis: Any) -> TensorSpec:
    axes = _squeeze_axes(x, axis)
    return TensorSpec((d for i, d in enumerate(x.shape) if i not in axes), x.dtype)


squeeze: Op = ops.op(
    "squeeze",
    "Take away axes of size 1.",
    inputs=(Operand("input", ANY),),
    infer=_squeeze_infer,
    reference=lambda x, axis: x.squeeze(_squeeze_axes(x, axis)),
    gradient=lambda g, y, x, axis: (reshape_like(g, x),),
    params={"axis": Param("axes", None, "Axes to take away; none stands for all of size 1.", optional=True)},
    view=True,
    samples=(sample(((2, 1, 3, 1), ANY)), sample(((2, 1, 3, 1), ANY), axis=1), sample(((3,), ANY))),
    refused=(sample(((2, 3), ANY), axis=0), sample(((2, 1), ANY), axis=2)),
    example=">>> tf.squeeze([[[1], [2]]]).numpy()\narray([1, 2], dtype=int32)",
)


def _expand_infer(x: TensorSpec, axis: Any) -> TensorSpec:
    count = 1 if isinstance(axis, int) else len(axis)
    axes = axes_of(axis, x.shape.rank + count)
    rest = iter(x.shape)
    return TensorSpec((1 if i in axes else next(rest) for i in range(x.shape.rank + count)), x.dtype)


expand_dims: Op = ops.op(
    "expand_dims",
    "Insert axes of size 1.",
    inputs=(Operand("input", ANY),),
    infer=_expand_infer,
    reference=lambda x, axis: np.expand_dims(x, axis),
    gradient=lambda g, y, x, axis: (reshape_like(g, x),),
    params={"axis": Param("axes", help="Where the new axes lie in the result.")},
    view=True,
    keywords=("unsqueeze", "newaxis"),
    samples=(sample(((2, 3), ANY), axis=0), sample(((2, 3), ANY), axis=-1), sample(((2,), ANY), axis=(0, 2))),
    refused=(sample(((2, 3), ANY), axis=4),),
    example=">>> tf.expand_dims([1, 2], axis=0).numpy()\narray([[1, 2]], dtype=int32)",
)


# ------------------------------------------------------------------------------------------------------ transpose


def _permutation(rank: int, perm: tuple[int, ...] | None) -> tuple[int, ...]:
    if perm is None:
        return tuple(reversed(range(rank)))
    if sorted(p + rank if p < 0 else p for p in perm) != list(range(rank)):
        raise InvalidArgumentError(
            "perm is {perm}, but the operand has {rank} axes.",
            hint="It lists each axis from 0 to {last} once.",
            perm=list(perm),
            rank=rank,
            last=rank - 1,
        )
    return tuple(p % rank for p in perm)


def _transpose_infer(x: TensorSpec, perm: tuple[int, ...] | None) -> TensorSpec:
    return TensorSpec((x.shape[p] for p in _permutation(x.shape.rank, perm)), x.dtype)


def _transpose_gradient(g: Any, y: Any, x: Any, perm: tuple[int, ...] | None) -> tuple[Any]:
    order = _permutation(len(x.shape), perm)
    return (transpose.apply(g, perm=tuple(order.index(i) for i in range(len(order)))),)


transpose: Op = ops.op(
    "transpose",
    "The axes in another order.",
    inputs=(Operand("a", ANY),),
    infer=_transpose_infer,
    reference=lambda x, perm: contiguous(np.transpose(x, perm)),
    gradient=_transpose_gradient,
    params={"perm": Param("ints", None, "The order of the axes; none reverses them.", optional=True)},
    keywords=("permute", "swap axes"),
    samples=(sample(((2, 3, 4), ANY)), sample(((2, 3, 4), ANY), perm=(0, 2, 1)), sample(((), ANY))),
    refused=(sample(((2, 3), ANY), perm=(0, 0)), sample(((2, 3), ANY), perm=(0, 1, 2))),
    example=">>> tf.transpose([[1, 2], [3, 4]]).numpy()\narray([[1, 3],\n       [2, 4]], dtype=int32)",
)


# -------------------------------------------------------------------------------------------------- tile, pad, slice


def _tile_infer(x: TensorSpec, multiples: tuple[int, ...]) -> TensorSpec:
    if len(multiples) != x.shape.rank:
        raise InvalidArgumentError(
            "multiples is {multiples}, but the operand has shape {shape}.",
            hint="It takes one number for each axis.",
            multiples=list(multiples),
            shape=x.shape,
        )
    return TensorSpec((None if d is None else d * m for d, m in zip(x.shape, multiples, strict=True)), x.dtype)


def _tile_gradient(g: Any, y: Any, x: Any, multiples: tuple[int, ...]) -> tuple[Any]:
    from engine.core.op import OPS

    sizes = OPS["shape"](x)
    rank = len(x.shape)
    apart = [n for i in range(rank) for n in (multiples[i], sizes[i] if x.shape[i] is None else x.shape[i])]
    parts = reshape(g, apart)
    return (OPS["reduce_sum"].apply(parts, axis=tuple(range(0, 2 * rank, 2)), keepdims=False),)


tile: Op = ops.op(
    "tile",
    "The tensor repeated along its axes.",
    inputs=(Operand("input", ANY),),
    infer=_tile_infer,
    reference=lambda x, multiples: np.tile(x, multiples),
    opens=lambda x, multiples: TensorSpec([None] * x.shape.rank, x.dtype),
    gradient=_tile_gradient,
    params={"multiples": Param("ints", help="How many times, for each axis.", min=0)},
    keywords=("repeat",),
    samples=(sample(((2, 3), ANY), multiples=(1, 2)), sample(((2,), ANY), multiples=(3,))),
    refused=(sample(((2, 3), ANY), multiples=(2,)),),
    example=">>> tf.tile([1, 2], [2]).numpy()\narray([1, 2, 1, 2], dtype=int32)",
)


def _pairs(paddings: Any, rank: int) -> list[tuple[int, int]]:
    pairs = np.asarray(paddings)
    if pairs.shape != (rank, 2) or pairs.dtype.kind not in "iu" or (pairs < 0).any():
        raise InvalidArgumentError(
            "paddings is {paddings}, but the operand has {rank} axes.",
            hint="It takes one pair of whole numbers, before and after, for each axis.",
            paddings=pairs.tolist(),
            rank=rank,
        )
    return [(int(before), int(after)) for before, after in pairs]


def _pad_infer(tensor: TensorSpec, paddings: Any, mode: str, constant_values: float) -> TensorSpec:
    pairs = _pairs(paddings, tensor.shape.rank)
    for i, (size, (before, after)) in enumerate(zip(tensor.shape, pairs, strict=True)):
        most = None if size is None else size if mode == "SYMMETRIC" else size - 1
        if mode != "CONSTANT" and most is not None and max(before, after) > most:
            raise InvalidArgumentError(
                "paddings asks for {pair} on axis {axis}, but {mode} padding can repeat at most {most} there.",
                pair=(before, after),
                axis=i,
                mode=mode,
                most=most,
            )
    sizes = (None if d is None else d + sum(p) for d, p in zip(tensor.shape, pairs, strict=True))
    return TensorSpec(TensorShape(sizes), tensor.dtype)


def _pad(x: Array, paddings: Any, mode: str, constant_values: float) -> Array:
    pairs = _pairs(paddings, x.ndim)
    if mode == "CONSTANT":
        return np.pad(x, pairs, constant_values=constant_values)
    return np.pad(x, pairs, mode="reflect" if mode == "REFLECT" else "symmetric")


def _pad_gradient(g: Any, y: Any, x: Any, paddings: Any, mode: str, constant_values: float) -> tuple[Any]:
    if mode == "CONSTANT":
        pairs = _pairs(paddings, len(x.shape))
        return (slice_like(g, x, begin=[before for before, _ in pairs]),)
    return (mirror_pad_gradient(g, x, paddings=paddings, mode=mode),)


_PADDINGS = Param("value", help="One pair of numbers for each axis: how many elements before and after.")

pad: Op = ops.op(
    "pad",
    "The tensor with a border around it.",
    inputs=(Operand("tensor"),),
    infer=_pad_infer,
    reference=_pad,
    gradient=_pad_gradient,
    params={
        "paddings": _PADDINGS,
        "mode": Param("choice", "CONSTANT", "What the border holds.", choices=("CONSTANT", "REFLECT", "SYMMETRIC")),
        "constant_values": Param("float", 0.0, "Value of a constant border."),
    },
    keywords=("border", "padding"),
    samples=(
        sample(((2, 3), "reals"), paddings=((1, 0), (2, 1))),
        sample(((3, 4), "reals"), paddings=((1, 2), (0, 3)), mode="REFLECT"),
        sample(((3,), "reals"), paddings=((2, 3),), mode="SYMMETRIC"),
    ),
    refused=(
        sample(((2, 3), "reals"), paddings=((1, 1),)),
        sample(((2,), "reals"), paddings=3),
        sample(((2,), "reals"), paddings=((0.5, 1),)),
        sample(((2,), "reals"), paddings=((-1, 1),)),
        sample(((2, 3), "reals"), paddings=((2, 0), (0, 0)), mode="REFLECT"),
    ),
    example=">>> tf.pad([1, 2], [[1, 2]]).numpy()\narray([0, 1, 2, 0, 0], dtype=int32)",
)


def _sources(shape: tuple[int, ...], paddings: Any, mode: str) -> Array:
    return _pad(np.arange(math.prod(shape)).reshape(shape), paddings, mode, 0)


def _mirror_pad_gradient(g: Array, like: Array, paddings: Any, mode: str) -> Array:
    sums = np.zeros(like.size, g.dtype)
    np.add.at(sums, _sources(like.shape, paddings, mode).ravel(), g.ravel())
    return sums.reshape(like.shape)


mirror_pad_gradient: Op = ops.op(
    "mirror_pad_gradient",
    "Sum of the elements that a mirroring border took from the same place.",
    inputs=(Operand("g"), Operand("like", ANY, group="")),
    infer=lambda g, like, paddings, mode: TensorSpec(like.shape, g.dtype),
    reference=_mirror_pad_gradient,
    gradient=lambda g, y, x, like, paddings, mode: (pad(g, paddings, mode), None),
    params={"paddings": _PADDINGS, "mode": pad.params["mode"]},
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(((6,), "reals"), ((3,), "reals"), paddings=((1, 2),), mode="REFLECT"),),
    example=">>> tf.raw_ops.mirror_pad_gradient([1, 2, 3], [0, 0], paddings=[[1, 0]], mode='REFLECT').numpy()\n"
    "array([2, 4], dtype=int32)",
)


def _slice_infer(x: TensorSpec, begin: tuple[int, ...], size: tuple[int, ...]) -> TensorSpec:
    if not len(begin) == len(size) == x.shape.rank:
        raise InvalidArgumentError(
            "begin is {begin} and size is {size}, but the operand has shape {shape}.",
            hint="Both take one number for each axis.",
            begin=list(begin),
            size=list(size),
            shape=x.shape,
        )
    sizes: list[Dim] = []
    for axis, (d, b, n) in enumerate(zip(x.shape, begin, size, strict=True)):
        if d is not None and (b > d or (n >= 0 and b + n > d)):
            raise InvalidArgumentError(
                "The axis {axis} has size {d}, but elements {b} to {end} were asked for.",
                axis=axis,
                d=d,
                b=b,
                end=b + n if n >= 0 else d,
            )
        sizes.append(n if n >= 0 else None if d is None else d - b)
    return TensorSpec(sizes, x.dtype)


def _slice(x: Array, begin: tuple[int, ...], size: tuple[int, ...]) -> Array:
    return x[tuple(np.s_[b : b + n if n >= 0 else None] for b, n in zip(begin, size, strict=True))].copy()


slice: Op = ops.op(
    "slice",
    "A block of the tensor.",
    inputs=(Operand("input_", ANY),),
    infer=_slice_infer,
    reference=_slice,
    gradient=lambda g, y, x, begin, size: (pad_like(g, x, begin=begin),),
    params={
        "begin": Param("ints", help="Where the block begins, for each axis.", min=0),
        "size": Param("ints", help="Its size, for each axis; -1 stands for the rest.", min=-1),
    },
    keywords=("crop",),
    samples=(
        sample(((3, 4), ANY), begin=(1, 0), size=(2, -1)),
        sample(((5,), ANY), begin=(2,), size=(0,)),
    ),
    refused=(
        sample(((3, 4), ANY), begin=(1,), size=(2,)),
        sample(((3, 4), ANY), begin=(2, 0), size=(2, 1)),
    ),
    example=">>> tf.slice([1, 2, 3, 4], [1], [2]).numpy()\narray([2, 3], dtype=int32)",
)

_BEGIN = Param("ints", help="Where the block begins, for each axis.", min=0)


def _block(like: Array, begin: tuple[int, ...]) -> tuple[Any, ...]:
    return tuple(np.s_[b : b + d] for b, d in zip(begin, like.shape, strict=True))


slice_like: Op = ops.op(
    "slice_like",
    "A block of the tensor, as large as another tensor.",
    inputs=(Operand("x", ANY), Operand("like", ANY, group="")),
    infer=lambda x, like, begin: TensorSpec(like.shape, x.dtype),
    reference=lambda x, like, begin: x[_block(like, begin)].copy(),
    gradient=lambda g, y, x, like, begin: (pad_like(g, x, begin=begin), None),
    params={"begin": _BEGIN},
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(((3, 4), ANY), ((2, 2), ANY), begin=(1, 0)),),
    example=">>> tf.raw_ops.slice_like([1, 2, 3], [0, 0], begin=[1]).numpy()\narray([2, 3], dtype=int32)",
)


def _pad_like(x: Array, like: Array, begin: tuple[int, ...]) -> Array:
    result = np.zeros(like.shape, x.dtype)
    result[_block(x, begin)] = x
    return result


pad_like: Op = ops.op(
    "pad_like",
    "Zeros as large as another tensor, with this one placed among them.",
    inputs=(Operand("x", ANY), Operand("like", ANY, group="")),
    infer=lambda x, like, begin: TensorSpec(like.shape, x.dtype),
    reference=_pad_like,
    gradient=lambda g, y, x, like, begin: (slice_like(g, x, begin=begin), None),
    params={"begin": _BEGIN},
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(((2, 2), "reals"), ((3, 4), ANY), begin=(1, 0)),),
    example=">>> tf.raw_ops.pad_like([1, 2], [0, 0, 0], begin=[1]).numpy()\narray([0, 1, 2], dtype=int32)",
)
