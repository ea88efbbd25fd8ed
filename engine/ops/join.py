"""Ops that join tensors or take them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import Dim, TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, axes_of

ops = Family("shape")
_VALUES = (Operand("values", "any", variadic=True),)
_AXIS = Param("int", 0, "Axis along which it works; negative ones count from the end.")


def _merged(shapes: list[TensorShape], names: str) -> TensorShape:
    try:
        merged = shapes[0]
        for shape in shapes[1:]:
            merged = merged.merge_with(shape)
    except InvalidArgumentError:
        raise InvalidArgumentError(
            "The tensors have shapes {shapes}.",
            hint=names,
            shapes=", ".join(str(s) for s in shapes),
        ) from None
    return merged


def _concat_infer(*specs: TensorSpec, axis: int) -> TensorSpec:
    shapes = [s.shape for s in specs]
    where = axes_of(axis, shapes[0].rank)[0]
    others = [TensorShape((*s[:where], *s[where + 1 :])) for s in shapes]
    if len({s.rank for s in shapes}) != 1:
        others = shapes
    rest = _merged(others, "All axes but the one they are joined along must be equal.")
    sizes = [s[where] for s in shapes]
    total: Dim = None if None in sizes else sum(sizes)
    return TensorSpec((*rest[:where], total, *rest[where:]), specs[0].dtype)


def _concat_gradient(g: Any, y: Any, *values: Any, axis: int) -> list[Any]:
    where = axes_of(axis, len(y.shape))[0]
    sizes = [v.shape[where] for v in values]
    if None in sizes:
        return _slopes_of_open(g, values, where)
    return list(split.apply(g, num_or_size_splits=tuple(sizes), axis=where))


def _slopes_of_open(g: Any, values: Sequence[Any], axis: int) -> list[Any]:
    """Return the pieces of `g` that belong to tensors whose sizes are known only when the graph runs."""
    found, begin = [], 0
    for value in values:
        end = begin + OPS["shape"](value)[axis]
        found.append(OPS["gather"](g, OPS["range"](begin, end), axis=axis))
        begin = end
    return found


concat: Op = ops.op(
    "concat",
    "Tensors joined along an axis.",
    inputs=_VALUES,
    infer=_concat_infer,
    reference=lambda *values, axis: np.concatenate(values, axis),
    gradient=_concat_gradient,
    params={"axis": _AXIS},
    keywords=("concatenate", "join"),
    samples=(
        sample(((2, 3), "any"), ((2, 1), "any"), axis=1),
        sample(((2,), "any"), ((3,), "any"), ((1,), "any")),
        sample(((2, 3), "any"), axis=-1),
    ),
    refused=(
        sample(((2, 3), "any"), ((3, 3), "any"), axis=1),
        sample(((2, 3), "any"), ((3,), "any")),
        sample(((2, 3), "any"), ((2, 3), "any"), axis=2),
    ),
    example=">>> tf.concat([[1, 2], [3]], axis=0).numpy()\narray([1, 2, 3], dtype=int32)",
)


def _stack_infer(*specs: TensorSpec, axis: int) -> TensorSpec:
    shape = _merged([s.shape for s in specs], "Only tensors of one shape can be stacked.")
    where = axes_of(axis, shape.rank + 1)[0]
    return TensorSpec((*shape[:where], len(specs), *shape[where:]), specs[0].dtype)


stack: Op = ops.op(
    "stack",
    "Tensors of one shape, side by side along a new axis.",
    inputs=_VALUES,
    infer=_stack_infer,
    reference=lambda *values, axis: np.stack(values, axis),
    gradient=lambda g, y, *values, axis: list(unstack.apply(g, num=len(values), axis=axis)),
    params={"axis": Param("int", 0, "Where the new axis lies in the result.")},
    keywords=("pack",),
    samples=(
        sample(((2, 3), "any"), ((2, 3), "any"), axis=1),
        sample(((), "any"), ((), "any"), ((), "any")),
        sample(((2,), "any"), axis=-1),
    ),
    refused=(sample(((2,), "any"), ((3,), "any")), sample(((2,), "any"), ((2,), "any"), axis=2)),
    example=">>> tf.stack([[1, 2], [3, 4]], axis=1).numpy()\narray([[1, 3],\n       [2, 4]], dtype=int32)",
)


def _unstack_infer(x: TensorSpec, num: int | None, axis: int) -> list[TensorSpec]:
    where = axes_of(axis, x.shape.rank)[0]
    count = x.shape[where] if num is None else num
    if count is None:
        raise InvalidArgumentError("The axis {axis} has no known size.", hint="Give it as num.", axis=axis)
    if x.shape[where] not in (None, count):
        raise InvalidArgumentError(
            "num is {num}, but the axis {axis} has size {size}.", num=num, axis=axis, size=x.shape[where]
        )
    return [TensorSpec((*x.shape[:where], *x.shape[where + 1 :]), x.dtype)] * count


def _stacked_gradient(g: Any, y: Any, x: Any, num: int | None, axis: int) -> tuple[Any]:
    zeros = OPS["zeros_like"]
    return (stack.apply(*(zeros(v) if d is None else d for d, v in zip(g, y, strict=True)), axis=axis),)


def _unstack(x: Array, num: int | None, axis: int) -> list[Array]:
    return [contiguous(a) for a in np.moveaxis(x, axis, 0)]


unstack: Op = ops.op(
    "unstack",
    "The slices of a tensor along an axis, which is gone afterwards.",
    inputs=(Operand("value", "any"),),
    infer=_unstack_infer,
    reference=_unstack,
    gradient=_stacked_gradient,
    params={
        "num": Param("int", None, "Size of the axis, if it is not known.", min=0, optional=True),
        "axis": _AXIS,
    },
    outputs=("values",),
    keywords=("unpack",),
    samples=(sample(((2, 3), "any")), sample(((2, 3), "any"), axis=-1)),
    refused=(sample(((), "any")), sample(((2, 3), "any"), num=3)),
    example=">>> [t.numpy().tolist() for t in tf.unstack([[1, 2], [3, 4]], axis=1)]\n[[1, 3], [2, 4]]",
)


Pieces = int | tuple[int, ...]


def _sizes(size: Dim, pieces: Pieces, axis: int) -> list[Dim]:
    """Return the size of each piece: a number is their count, a list holds the sizes themselves."""
    if isinstance(pieces, int):
        count = pieces
        if count < 1 or (size is not None and size % count):
            raise InvalidArgumentError(
                "The axis {axis} has size {size}, which cannot be split into {count} equal pieces.",
                hint="Use a divisor, or list the sizes.",
                axis=axis,
                size=size,
                count=count,
            )
        return [None if size is None else size // count] * count
    known = sum(p for p in pieces if p >= 0)
    open_ones = pieces.count(-1)
    if open_ones > 1 or (size is not None and (known > size or (not open_ones and known != size))):
        raise InvalidArgumentError(
            "The axis {axis} has size {size}, but the pieces are {pieces}.",
            hint="Their sum must be the size; at most one may be -1.",
            axis=axis,
            size=size,
            pieces=list(pieces),
        )
    return [p if p >= 0 else None if size is None else size - known for p in pieces]


def _split_infer(x: TensorSpec, num_or_size_splits: Pieces, axis: int) -> list[TensorSpec]:
    where = axes_of(axis, x.shape.rank)[0]
    sizes = _sizes(x.shape[where], num_or_size_splits, axis)
    return [TensorSpec((*x.shape[:where], n, *x.shape[where + 1 :]), x.dtype) for n in sizes]


def _split(x: Array, num_or_size_splits: Pieces, axis: int) -> list[Array]:
    sizes = _sizes(x.shape[axis], num_or_size_splits, axis)
    ends = np.cumsum([s or 0 for s in sizes])[:-1]
    return [contiguous(a) for a in np.split(x, ends, axis)]


def _split_gradient(g: Any, y: Any, x: Any, num_or_size_splits: Pieces, axis: int) -> tuple[Any]:
    zeros = OPS["zeros_like"]
    return (concat.apply(*(zeros(v) if d is None else d for d, v in zip(g, y, strict=True)), axis=axis),)


split: Op = ops.op(
    "split",
    "A tensor in pieces along an axis.",
    inputs=(Operand("value", "any"),),
    infer=_split_infer,
    reference=_split,
    gradient=_split_gradient,
    params={
        "num_or_size_splits": Param("axes", help="How many equal pieces, or a list of their sizes.", min=-1),
        "axis": _AXIS,
    },
    outputs=("values",),
    keywords=("chunk",),
    samples=(
        sample(((4, 3), "any"), num_or_size_splits=2),
        sample(((2, 5), "any"), num_or_size_splits=(1, 3, 1), axis=1),
        sample(((5,), "any"), num_or_size_splits=(2, -1)),
        sample(((5,), "any"), num_or_size_splits=(5,)),
    ),
    refused=(
        sample(((5,), "any"), num_or_size_splits=2),
        sample(((5,), "any"), num_or_size_splits=(2, 2)),
        sample(((5,), "any"), num_or_size_splits=2, axis=1),
    ),
    example=">>> [t.numpy().tolist() for t in tf.split([1, 2, 3, 4], 2)]\n[[1, 2], [3, 4]]",
)
