"""Slices by tensors of positions: gathering, scattering, and one-hot rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array, DType, bool_, float32, int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Kernel, Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, axes_of, dtype_param
from engine.ops.loops import Arrays, add_run, around, clear_run, copy_run, parts_for
from engine.ops.work import NONE, each_input

ops = Family("index")
ANY = "any"


def check_bounds(op: str, indices: Array, size: int, axis: int = 0) -> None:
    """Refuse positions outside of an axis of this size, as the first that is outside."""
    if indices.size and (indices.min() < 0 or indices.max() >= size):
        wrong = indices[(indices < 0) | (indices >= size)].ravel()[0]
        raise InvalidArgumentError(
            "indices holds {wrong}, but the axis {axis} has size {size}.",
            hint="Positions go from 0 to {last}." if size else "",
            op=op,
            wrong=int(wrong),
            axis=axis,
            size=size,
            last=size - 1,
        )


def _gather_infer(params: TensorSpec, indices: TensorSpec, axis: int, batch_dims: int) -> TensorSpec:
    where = axes_of(axis, params.shape.rank)[0]
    if not 0 <= batch_dims <= min(where, indices.shape.rank) or not params.shape[:batch_dims].is_compatible_with(
        indices.shape[:batch_dims]
    ):
        raise InvalidArgumentError(
            "batch_dims is {batch_dims}, but params has shape {params} and indices has shape {indices}.",
            hint="The first batch_dims axes of both must be equal and lie before the axis that is gathered.",
            batch_dims=batch_dims,
            params=params.shape,
            indices=indices.shape,
        )
    return TensorSpec((*params.shape[:where], *indices.shape[batch_dims:], *params.shape[where + 1 :]), params.dtype)


def _batch_index(params: Array, indices: Array, axis: int, batch_dims: int) -> tuple[Any, ...]:
    """Return the NumPy index that gathers: open grids for the batch axes, everything between, then the positions."""
    extra = indices.ndim - batch_dims
    grids = [
        np.arange(n).reshape([-1 if i == k else 1 for i in range(batch_dims)] + [1] * (axis - batch_dims + extra))
        for k, n in enumerate(params.shape[:batch_dims])
    ]
    between = [
        np.arange(n).reshape([-1 if i == k else 1 for i in range(axis)] + [1] * extra)
        for k, n in enumerate(params.shape[batch_dims:axis], batch_dims)
    ]
    spread = indices.reshape(indices.shape[:batch_dims] + (1,) * (axis - batch_dims) + indices.shape[batch_dims:])
    return (*grids, *between, spread)


def _gather(params: Array, indices: Array, axis: int, batch_dims: int) -> Array:
    axis = axis % params.ndim
    check_bounds("gather", indices, params.shape[axis], axis)
    if not batch_dims:
        return np.take(params, indices, axis)
    return np.asarray(params[_batch_index(params, indices, axis, batch_dims)])


def _gather_loop(
    part: int,
    parts: int,
    batch: int,
    between: int,
    size: int,
    positions: int,
    inner: int,
    params: Array,
    indices: Array,
    result: Array,
) -> None:
    for pair in range(part * batch * positions // parts, (part + 1) * batch * positions // parts):
        b, j, at = pair // positions, pair % positions, indices[pair]
        if at < 0 or at >= size:
            raise IndexError
        for m in range(b * between, (b + 1) * between):
            copy_run(result, (m * positions + j) * inner, params, (m * size + at) * inner, inner)


def _gather_gradient_loop(
    batch: int, between: int, size: int, positions: int, inner: int, g: Array, indices: Array, result: Array
) -> None:
    clear_run(result, 0, result.size)
    for pair in range(batch * positions):
        b, j, at = pair // positions, pair % positions, indices[pair]
        if at < 0 or at >= size:
            raise IndexError
        for m in range(b * between, (b + 1) * between):
            add_run(result, (m * size + at) * inner, g, (m * positions + j) * inner, inner)


#: Multiply-adds in whose time a byte is fetched from anywhere in memory: 100 kB of MNIST's images took 17 µs on one
#: thread and 12 on two, 1.6 MB 200 and 115.
_FAR: Final = 8


def _gather_sizes(params: Array, indices: Array, attrs: Mapping[str, Any]) -> tuple[int, ...]:
    """Return sizes of (batch, between, axis, inner), with which params is seen, and positions in place of the axis."""
    axis, batch_dims = attrs["axis"] % params.ndim, attrs["batch_dims"]
    shape = params.shape
    batch, between, inner = (math.prod(shape[a:b]) for a, b in ((0, batch_dims), (batch_dims, axis), (axis + 1, None)))
    return batch, between, shape[axis], math.prod(indices.shape[batch_dims:]), inner


def _bits(array: Array) -> Array:
    """Return what is copied as it is as a vector of whole numbers, so that dtypes of one width share a kernel."""
    return array.reshape(-1).view(f"u{array.itemsize}")


def _arrange_gather(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    params, indices = inputs
    sizes = _gather_sizes(params, indices, attrs)
    parts = parts_for(outputs[0].nbytes * _FAR, indices.size)
    return parts, *sizes, _bits(params), indices.reshape(-1), _bits(outputs[0])


def _arrange_gather_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    g, _, indices = inputs
    return *_gather_sizes(outputs[0], indices, attrs), *(a.reshape(-1) for a in (g, indices, outputs[0]))


gather: Op = ops.op(
    "gather",
    "Slices of a tensor along an axis, by their positions.",
    inputs=(Operand("params", ANY), Operand("indices", "index", group="")),
    infer=_gather_infer,
    reference=_gather,
    kernel=Kernel(_gather_loop, _arrange_gather, (copy_run,)),
    arithmetic=NONE,
    gradient=lambda g, y, params, indices, **attrs: (gather_gradient(g, params, indices, **attrs), None),
    params={
        "axis": Param("int", 0, "Axis along which it takes slices."),
        "batch_dims": Param("int", 0, "How many leading axes both operands share.", min=0),
    },
    keywords=("take", "lookup", "embedding"),
    samples=(
        sample(((4, 3), ANY), ((2,), "index:4")),
        sample(((4, 3), ANY), ((2, 2), "index:3"), axis=-1),
        sample(((2, 3, 4), ANY), ((2, 5), "index:4"), axis=2, batch_dims=1),
        sample(((2, 3), ANY), ((), "index:2")),
        sample(((2, 3), ANY), ((2,), "index:3"), axis=1, batch_dims=1),
    ),
    refused=(
        sample(((4, 3), ANY), ((2,), "index:4"), axis=2),
        sample(((4, 3), ANY), ((2,), "index:4"), axis=0, batch_dims=1),
        sample(((2,), ANY), np.array([0, 2], np.int32)),
    ),
    example=">>> tf.gather([10, 20, 30], [2, 0]).numpy()\narray([30, 10], dtype=int32)",
)


def _gather_gradient(g: Array, like: Array, indices: Array, axis: int, batch_dims: int) -> Array:
    check_bounds("gather_gradient", indices, like.shape[axis], axis)
    result = np.zeros(like.shape, g.dtype)
    np.add.at(result, _batch_index(like, indices, axis % like.ndim, batch_dims), g)
    return result


gather_gradient: Op = ops.op(
    "gather_gradient",
    "Zeros as large as another tensor, to which slices are added at the positions they were gathered from.",
    inputs=(Operand("g"), Operand("like", ANY, group=""), Operand("indices", "index", group="")),
    infer=lambda g, like, indices, axis, batch_dims: TensorSpec(like.shape, g.dtype),
    reference=_gather_gradient,
    kernel=Kernel(_gather_gradient_loop, _arrange_gather_gradient, (clear_run, add_run)),
    arithmetic=each_input(1),
    gradient=lambda g, y, x, like, indices, axis, batch_dims: (
        gather(g, indices, axis=axis, batch_dims=batch_dims),
        None,
        None,
    ),
    params=gather.params,
    shape_only=frozenset({1}),
    internal=True,
    samples=(
        sample(((2, 3), "reals"), ((4, 3), ANY), ((2,), "index:4")),
        sample(((2, 3, 5), "reals"), ((2, 3, 4), ANY), ((2, 5), "index:4"), axis=2, batch_dims=1),
    ),
    refused=(sample(((2,), "reals"), ((2,), ANY), np.array([0, 2], np.int32)),),
    example=">>> tf.raw_ops.gather_gradient([1, 2, 3], [0, 0], [1, 1, 0]).numpy()\narray([3, 3], dtype=int32)",
)


def _gather_nd_infer(params: TensorSpec, indices: TensorSpec) -> TensorSpec:
    depth = indices.shape[-1] if indices.shape.rank else None
    if depth is None or depth > params.shape.rank:
        raise InvalidArgumentError(
            "params has shape {params} and indices has shape {indices}.",
            hint="The last axis of indices holds positions along the first axes of params: at most {rank}.",
            params=params.shape,
            indices=indices.shape,
            rank=params.shape.rank,
        )
    return TensorSpec((*indices.shape[:-1], *params.shape[depth:]), params.dtype)


def _points(op: str, shape: tuple[int, ...], indices: Array) -> tuple[Array, ...]:
    points = tuple(np.moveaxis(indices, -1, 0))
    for axis, positions in enumerate(points):
        check_bounds(op, positions, shape[axis], axis)
    return points


gather_nd: Op = ops.op(
    "gather_nd",
    "Elements or slices of a tensor, by positions along several axes.",
    inputs=(Operand("params", ANY), Operand("indices", "index", group="")),
    infer=_gather_nd_infer,
    reference=lambda params, indices: np.array(params[_points("gather_nd", params.shape, indices)]),
    gradient=lambda g, y, params, indices: (
        scatter_nd_add(OPS["zeros_like"](params), indices, g),
        None,
    ),
    samples=(
        sample(((4, 3), ANY), ((5, 2), "index:3")),
        sample(((4, 3), ANY), ((2, 2, 1), "index:4")),
    ),
    refused=(
        sample(((4,), ANY), ((5, 2), "index:3")),
        sample(((2,), ANY), np.array([[2]], np.int32)),
    ),
    example=">>> tf.gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]]).numpy()\narray([2, 3], dtype=int32)",
)


def _scatter_infer(tensor: TensorSpec, indices: TensorSpec, updates: TensorSpec) -> TensorSpec:
    wanted = _gather_nd_infer(tensor, indices)
    if not wanted.shape.is_compatible_with(updates.shape):
        raise InvalidArgumentError(
            "tensor has shape {tensor}, indices {indices} and updates {updates}.",
            hint="These indices take updates of shape {wanted}.",
            tensor=tensor.shape,
            indices=indices.shape,
            updates=updates.shape,
            wanted=wanted.shape,
        )
    return tensor


def _scatter_add(tensor: Array, indices: Array, updates: Array) -> Array:
    result = tensor.copy()
    np.add.at(result, _points("tensor_scatter_nd_add", tensor.shape, indices), updates)
    return result


def _scatter_update(tensor: Array, indices: Array, updates: Array) -> Array:
    result = tensor.copy()
    result[_points("tensor_scatter_nd_update", tensor.shape, indices)] = updates
    return result


_SCATTER = (Operand("tensor"), Operand("indices", "index", group=""), Operand("updates"))
_SCATTER_REFUSED = (
    sample(((4, 3), "reals"), ((2, 1), "index:4"), ((2, 4), "reals")),
    sample(((2,), "reals"), np.array([[2]], np.int32), ((1,), "reals")),
)

scatter_nd_add: Op = ops.op(
    "tensor_scatter_nd_add",
    "The tensor with updates added at positions; one that is named twice gets both.",
    inputs=_SCATTER,
    infer=_scatter_infer,
    reference=_scatter_add,
    gradient=lambda g, y, tensor, indices, updates: (g, None, gather_nd(g, indices)),
    samples=(sample(((4, 3), "reals"), ((5, 1), "index:4"), ((5, 3), "reals")),),
    refused=_SCATTER_REFUSED,
    example=">>> tf.tensor_scatter_nd_add([1, 2], [[0], [0]], [10, 20]).numpy()\narray([31,  2], dtype=int32)",
)

scatter_nd_update: Op = ops.op(
    "tensor_scatter_nd_update",
    "The tensor with other values at positions.",
    inputs=_SCATTER,
    infer=_scatter_infer,
    reference=_scatter_update,
    gradient=lambda g, y, tensor, indices, updates: (
        scatter_nd_update(g, indices, OPS["zeros_like"](updates)),
        None,
        gather_nd(g, indices),
    ),
    samples=(sample(((4, 3), "reals"), np.array([[2], [0]], np.int32), ((2, 3), "reals")),),
    refused=_SCATTER_REFUSED,
    example=">>> tf.tensor_scatter_nd_update([1, 2], [[0]], [9]).numpy()\narray([9, 2], dtype=int32)",
)


#: What a tensor may be filled with.
Number = float | int | bool


def _one_hot_dtype(on_value: Number, off_value: Number, dtype: DType | None) -> DType:
    """Return the dtype of the result: that of the two values, if none is given."""
    kinds = [
        float32 if isinstance(v, float) else bool_ if isinstance(v, bool) else int32 for v in (on_value, off_value)
    ]
    return dtype or max(kinds, key=lambda kind: (kind.is_floating, kind.is_integer))


def _one_hot_infer(
    indices: TensorSpec, depth: int, on_value: Number, off_value: Number, axis: int, dtype: DType | None
) -> TensorSpec:
    where = axes_of(axis, indices.shape.rank + 1)[0]
    shape = TensorShape((*indices.shape[:where], depth, *indices.shape[where:]))
    return TensorSpec(shape, _one_hot_dtype(on_value, off_value, dtype))


def _one_hot(indices: Array, depth: int, on_value: Number, off_value: Number, axis: int, dtype: DType | None) -> Array:
    dtype = _one_hot_dtype(on_value, off_value, dtype)
    where = axis % (indices.ndim + 1)
    grid = np.arange(depth, dtype=np.int64).reshape([-1 if i == where else 1 for i in range(indices.ndim + 1)])
    on, off = (np.asarray(v, dtype.as_numpy_dtype) for v in (on_value, off_value))
    return np.where(np.expand_dims(indices, where) == grid, on, off)


def _one_hot_loop(indices: Array, on_value: float, off_value: float, result: Array) -> None:
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            for k in range(result.shape[2]):
                result[i, j, k] = on_value if indices[i, k] == j else off_value


def _arrange_one_hot(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    result = around(outputs[0], attrs["axis"])
    indices = inputs[0].reshape(result.shape[0], result.shape[2])
    return indices, float(attrs["on_value"]), float(attrs["off_value"]), result


one_hot: Op = ops.op(
    "one_hot",
    "A new axis with one value at the position that each element names and another elsewhere.",
    inputs=(Operand("indices", "integer"),),
    infer=_one_hot_infer,
    reference=_one_hot,
    kernel=Kernel(_one_hot_loop, _arrange_one_hot),
    arithmetic=NONE,
    params={
        "depth": Param("int", help="Size of the new axis.", min=0),
        "on_value": Param("value", 1.0, "Value at the position."),
        "off_value": Param("value", 0.0, "Value elsewhere."),
        "axis": Param("int", -1, "Where the new axis lies in the result."),
        "dtype": dtype_param(None, help="Element type; none takes that of the two values."),
    },
    notes="A position outside of the axis gives a row without the first value.",
    keywords=("categorical", "dummy"),
    samples=(
        sample(((4,), "index:3"), depth=3),
        sample(((2, 3), "index:5"), depth=4, axis=0, on_value=5.0, off_value=-1.0, dtype="int32"),
        sample(((4,), "index:3"), depth=3, on_value=True, off_value=False),
    ),
    refused=(sample(((4,), "index:3"), depth=3, axis=2),),
    example=">>> tf.one_hot([0, 2], 3).numpy()\narray([[1., 0., 0.],\n       [0., 0., 1.]], dtype=float32)",
)
