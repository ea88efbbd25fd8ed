"""Reductions over axes, and the ops by which their gradients find the way back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array, DType
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Kernel, Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import Dim, TensorShape
from engine.core.spec import TensorSpec
from engine.ops import scalar as s
from engine.ops.declare import AXES, KEEPDIMS, Family, axes_of, broadcast_specs, dtype_param
from engine.ops.loops import Arrays, around
from engine.ops.work import each_input

ops = Family("reduce")

_SAMPLES: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((5,), {}),
    ((2, 3, 4), {}),
    ((2, 3, 4), {"axis": 1}),
    ((2, 3, 4), {"axis": (0, -1), "keepdims": True}),
)


def reduced(shape: TensorShape, axis: Any, keepdims: bool) -> TensorShape:
    """Return `shape` without the axes in `axis`, or with size 1 there."""
    axes = axes_of(axis, len(shape))
    if keepdims:
        return TensorShape(1 if i in axes else d for i, d in enumerate(shape))
    return TensorShape(d for i, d in enumerate(shape) if i not in axes)


def expanded(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """Return `g`, shaped as a reduction of `x`, with its reduced axes back as size 1, so that it broadcasts to `x`."""
    axes = axes_of(axis, len(x.shape))
    return g if keepdims or not axes else OPS["expand_dims"].apply(g, axis=axes)


def _reduction(
    name: str,
    summary: str,
    *,
    combine: str | None,
    reference: Callable[..., Any],
    gradient: Callable[..., Any] | None = None,
    dtype: str = "numeric",
    domain: str = "reals",
    empty: bool = True,
    **fields: Any,
) -> Op:
    def infer(x: TensorSpec, axis: Any, keepdims: bool) -> TensorSpec:
        shape = reduced(x.shape, axis, keepdims)
        if not empty and any(x.shape[a] == 0 for a in axes_of(axis, len(x.shape))):
            raise InvalidArgumentError(
                "The operand has shape {shape}: there is nothing to choose from.",
                hint="Use an operand with elements.",
                shape=x.shape,
            )
        return TensorSpec(shape, x.dtype)

    def compute(x: Array, axis: Any, keepdims: bool) -> Array:
        return np.asarray(reference(x, axis=axis, keepdims=keepdims), x.dtype)

    return ops.op(
        name,
        summary,
        inputs="input_tensor",
        dtype=dtype,
        infer=infer,
        reference=compute,
        gradient=gradient,
        reduction=combine,
        params={"axis": AXES, "keepdims": KEEPDIMS},
        samples=tuple(sample((shape, domain), **attrs) for shape, attrs in _SAMPLES),
        refused=(sample(((2, 3), "any"), axis=2), sample(((2, 3), "any"), axis=(0, 0))),
        **fields,
    )


def _sum_gradient(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> tuple[Any]:
    return (broadcast_like(expanded(g, x, axis, keepdims), x),)


def _mean_gradient(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> tuple[Any]:
    count = reduced_size(x, axis=axis, dtype=x.dtype)
    return (broadcast_like(expanded(g, x, axis, keepdims) / count, x),)


def _extreme_gradient(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> tuple[Any]:
    """Share the gradient equally among the elements that equal the extreme, as TensorFlow does."""
    winners = OPS["cast"].apply(OPS["equal"].apply(x, expanded(y, x, axis, keepdims)), dtype=x.dtype)
    count = reduce_sum(winners, axis=axis, keepdims=True)
    return (winners / count * expanded(g, x, axis, keepdims),)


def _prod_gradient(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> tuple[Any]:
    """The product of the others, right also where elements are zero: with one zero only that element has a gradient."""
    where, one, nothing = OPS["where"], OPS["ones_like"](x), OPS["zeros_like"](x)
    is_zero = OPS["equal"](x, 0.0)
    zeros = reduce_sum(where(is_zero, one, nothing), axis=axis, keepdims=True)
    safe = where(is_zero, one, x)
    product = reduce_prod(safe, axis=axis, keepdims=True)
    only_zero = OPS["logical_and"](is_zero, OPS["equal"](zeros, 1.0))
    others = where(OPS["equal"](zeros, 0.0), product / safe, where(only_zero, product * one, nothing))
    return (others * expanded(g, x, axis, keepdims),)


reduce_sum = _reduction(
    "reduce_sum",
    "Sum of the elements along axes.",
    combine="add",
    reference=np.sum,
    gradient=_sum_gradient,
    keywords=("total",),
    example=">>> tf.reduce_sum([[1.0, 2.0], [3.0, 4.0]], axis=0).numpy()\narray([4., 6.], dtype=float32)",
)


def _mean(x: Array, axis: Any, keepdims: bool) -> Array:
    count = math.prod(x.shape[a] for a in axes_of(axis, x.ndim))
    if not count:  # of which NumPy warns
        return np.asarray(np.sum(x, axis, keepdims=keepdims) / (0.0 if x.dtype.kind == "f" else 1.0))
    mean = np.mean(x, axis=axis, keepdims=keepdims)
    return np.asarray(mean if x.dtype.kind == "f" else np.trunc(mean))


reduce_mean = _reduction(
    "reduce_mean",
    "Mean of the elements along axes; that of integers is rounded toward zero.",
    combine="mean",
    reference=_mean,
    gradient=_mean_gradient,
    keywords=("average",),
    example=">>> tf.reduce_mean([[1.0, 2.0], [3.0, 4.0]]).numpy()\nnp.float32(2.5)",
)

reduce_max = _reduction(
    "reduce_max",
    "Largest element along axes.",
    combine="maximum",
    reference=np.max,
    gradient=_extreme_gradient,
    dtype="real",
    domain="distinct",
    empty=False,
    keywords=("amax",),
    example=">>> tf.reduce_max([[1.0, 2.0], [3.0, 4.0]], axis=1).numpy()\narray([2., 4.], dtype=float32)",
)

reduce_min = _reduction(
    "reduce_min",
    "Smallest element along axes.",
    combine="minimum",
    reference=np.min,
    gradient=_extreme_gradient,
    dtype="real",
    domain="distinct",
    empty=False,
    keywords=("amin",),
    example=">>> tf.reduce_min([[1.0, 2.0], [3.0, 4.0]], axis=1).numpy()\narray([1., 3.], dtype=float32)",
)

reduce_prod = _reduction(
    "reduce_prod",
    "Product of the elements along axes.",
    combine="multiply",
    reference=np.prod,
    gradient=_prod_gradient,
    notes="Its gradient is right where elements are zero; the gradient of that gradient is not.",
    example=">>> tf.reduce_prod([[1.0, 2.0], [3.0, 4.0]]).numpy()\nnp.float32(24.0)",
)

reduce_any = _reduction(
    "reduce_any",
    "Whether any element along axes is true.",
    combine="logical_or",
    reference=np.any,
    dtype="bool",
    domain="bools",
    example=">>> tf.reduce_any([[True, False], [False, False]], axis=1).numpy()\narray([ True, False])",
)

reduce_all = _reduction(
    "reduce_all",
    "Whether all elements along axes are true.",
    combine="logical_and",
    reference=np.all,
    dtype="bool",
    domain="bools",
    example=">>> tf.reduce_all([[True, False], [True, True]], axis=1).numpy()\narray([False,  True])",
)


def _argmax_loop(x: Array, places: Array) -> None:
    for i in range(x.shape[0]):
        for k in range(x.shape[2]):
            place = 0
            for j in range(1, x.shape[1]):
                best, other = x[i, place, k], x[i, j, k]
                if other > best or (other != other and best == best):  # the first NaN wins, as in NumPy
                    place = j
            places[i, k] = place


def _argmin_loop(x: Array, places: Array) -> None:
    for i in range(x.shape[0]):
        for k in range(x.shape[2]):
            place = 0
            for j in range(1, x.shape[1]):
                best, other = x[i, place, k], x[i, j, k]
                if other < best or (other != other and best == best):
                    place = j
            places[i, k] = place


def _arrange_arg(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    x = around(inputs[0], attrs["axis"])
    return x, outputs[0].reshape(x.shape[0], x.shape[2])


def _arg(name: str, summary: str, reference: Callable[..., Any], loop: Callable[..., None], extreme: str) -> Op:
    def infer(x: TensorSpec, axis: int, output_type: DType) -> TensorSpec:
        shape = reduced(x.shape, axis, False)
        if x.shape[axis] == 0:
            raise InvalidArgumentError(
                "The operand has shape {shape}: there is nothing to choose from.",
                hint="Use an operand with elements.",
                shape=x.shape,
            )
        return TensorSpec(shape, output_type)

    return ops.op(
        name,
        summary,
        inputs="input",
        dtype="real",
        infer=infer,
        reference=lambda x, axis, output_type: reference(x, axis=axis).astype(output_type.as_numpy_dtype),
        kernel=Kernel(loop, _arrange_arg),
        arithmetic=each_input(1),
        params={
            "axis": Param("int", 0, "Axis along which it searches."),
            "output_type": dtype_param("int64", ("int32", "int64")),
        },
        samples=(
            sample(((5,), "distinct")),
            sample(((2, 3, 4), "distinct"), axis=1),
            sample(((3, 1), "distinct"), axis=-1, output_type="int32"),
        ),
        refused=(sample(((2, 3), "any"), axis=2), sample(((), "any"))),
        example=f">>> tf.{name}([[1.0, 5.0], [3.0, 4.0]], axis=1).numpy()\n{extreme}",
    )


argmax = _arg("argmax", "Index of the largest element along an axis.", np.argmax, _argmax_loop, "array([1, 1])")
argmin = _arg("argmin", "Index of the smallest element along an axis.", np.argmin, _argmin_loop, "array([0, 0])")


def _size_infer(x: TensorSpec, axis: Any, dtype: DType) -> TensorSpec:
    axes_of(axis, len(x.shape))
    return TensorSpec((), dtype)


reduced_size: Op = ops.op(
    "reduced_size",
    "How many elements a reduction over the axes takes together.",
    inputs=(Operand("x", "any"),),
    infer=_size_infer,
    reference=lambda x, axis, dtype: np.asarray(
        np.prod([x.shape[a] for a in axes_of(axis, x.ndim)], dtype=np.int64), dtype.as_numpy_dtype
    ),
    gradient=lambda g, y, x, axis, dtype: (None,),
    params={"axis": AXES, "dtype": dtype_param("float32")},
    shape_only=frozenset({0}),
    internal=True,
    samples=(sample(((2, 3), "any")), sample(((2, 3), "any"), axis=1, dtype="int32")),
    refused=(sample(((2, 3), "any"), axis=2),),
    example=">>> tf.raw_ops.reduced_size([[1, 2, 3], [4, 5, 6]], axis=1).numpy()\nnp.float32(3.0)",
)

size: Op = ops.op(
    "size",
    "Number of elements.",
    inputs=(Operand("input", "any"),),
    infer=lambda x, out_type: TensorSpec((), out_type),
    reference=lambda x, out_type: np.asarray(x.size, out_type.as_numpy_dtype),
    params={"out_type": dtype_param("int32", ("int32", "int64"))},
    shape_only=frozenset({0}),
    samples=(sample(((2, 3), "any")), sample(((), "any"), out_type="int64")),
    example=">>> tf.size([[1, 2, 3], [4, 5, 6]]).numpy()\nnp.int32(6)",
)

shape: Op = ops.op(
    "shape",
    "The sizes of the axes, as a tensor.",
    inputs=(Operand("input", "any"),),
    infer=lambda x, out_type: TensorSpec((len(x.shape),), out_type),
    reference=lambda x, out_type: np.asarray(x.shape, out_type.as_numpy_dtype),
    params={"out_type": dtype_param("int32", ("int32", "int64"))},
    shape_only=frozenset({0}),
    samples=(sample(((2, 3), "any")), sample(((), "any"), out_type="int64")),
    example=">>> tf.shape([[1, 2, 3], [4, 5, 6]]).numpy()\narray([2, 3], dtype=int32)",
)

broadcast_like: Op = ops.elementwise(
    "broadcast_like",
    "The tensor broadcast to the shape of another.",
    inputs=(Operand("x", "any"), Operand("like", "any", group="")),
    scalar=lambda x, like: x,
    gradient=lambda g, y, x, like: (g, None),
    reference=lambda x, like: np.broadcast_to(x, np.broadcast_shapes(x.shape, like.shape)).copy(),
    result=lambda x, like: x,
    shape_only=frozenset({1}),
    internal=True,
    example=">>> tf.raw_ops.broadcast_like([1, 2], [[0, 0], [0, 0]]).numpy()\n"
    "array([[1, 2],\n       [1, 2]], dtype=int32)",
)


def _sum_like_infer(x: TensorSpec, like: TensorSpec) -> TensorSpec:
    broadcast_specs(sum_like.inputs, (x, like))
    if len(like.shape) > len(x.shape):
        raise InvalidArgumentError("like has shape {like}, which is not broadcast to {x}.", like=like.shape, x=x.shape)
    return TensorSpec(like.shape, x.dtype)


def broadcast_axes(shape: tuple[Dim, ...], like: tuple[Dim, ...]) -> tuple[int, ...]:
    """Return the axes of `shape` along which `like` was broadcast to it."""
    missing = len(shape) - len(like)
    return tuple(range(missing)) + tuple(i + missing for i, d in enumerate(like) if d == 1 and shape[i + missing] != 1)


def _sum_like(x: Array, like: Array) -> Array:
    axes = broadcast_axes(x.shape, like.shape)
    return np.asarray(np.sum(x, axis=axes, dtype=x.dtype)).reshape(like.shape) if axes else x


sum_like: Op = ops.op(
    "sum_like",
    "The sum over the axes along which another tensor would be broadcast to this one.",
    inputs=(Operand("x"), Operand("like", "any", group="")),
    infer=_sum_like_infer,
    reference=_sum_like,
    gradient=lambda g, y, x, like: (broadcast_like(g, x), None),
    shape_only=frozenset({1}),
    reduction="add",
    internal=True,
    samples=(
        sample(((2, 3), "reals"), ((3,), "reals")),
        sample(((2, 3, 4), "reals"), ((3, 1), "reals")),
        sample(((2, 3), "reals"), ((), "reals")),
        sample(((2, 3), "reals"), ((2, 3), "reals")),
    ),
    refused=(sample(((2, 3), "any"), ((4,), "any")), sample(((3,), "any"), ((2, 3), "any"))),
    example=">>> tf.raw_ops.sum_like([[1, 2], [3, 4]], [0, 0]).numpy()\narray([4, 6], dtype=int32)",
)

_LIKE_DTYPE = dtype_param(None, help="Element type; none takes that of the tensor.")

zeros_like: Op = ops.elementwise(
    "zeros_like",
    "Zeros with the shape of a tensor, and its dtype unless another is given.",
    inputs=(Operand("input", "any"),),
    params={"dtype": _LIKE_DTYPE},
    result=lambda x, dtype: dtype or x,
    scalar=lambda x, dtype: s.literal(0, dtype or x.dtype),
    gradient=lambda g, y, x, dtype: (None,),
    reference=lambda x, dtype: np.zeros_like(x, dtype and dtype.as_numpy_dtype),
    shape_only=frozenset({0}),
    example=">>> tf.zeros_like([1.0, 2.0]).numpy()\narray([0., 0.], dtype=float32)",
)

ones_like: Op = ops.elementwise(
    "ones_like",
    "Ones with the shape of a tensor, and its dtype unless another is given.",
    inputs=(Operand("input", "any"),),
    params={"dtype": _LIKE_DTYPE},
    result=lambda x, dtype: dtype or x,
    scalar=lambda x, dtype: s.literal(1, dtype or x.dtype),
    gradient=lambda g, y, x, dtype: (None,),
    reference=lambda x, dtype: np.ones_like(x, dtype and dtype.as_numpy_dtype),
    shape_only=frozenset({0}),
    example=">>> tf.ones_like([1.0, 2.0]).numpy()\narray([1., 1.], dtype=float32)",
)
