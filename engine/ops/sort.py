"""Orders: sorting, the largest elements, and the different ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.core.convert import contiguous
from engine.core.dtype import Array, DType, bool_, int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, axes_of, dtype_param
from engine.ops.gather import gather, gather_gradient

ops = Family("index")
ANY = "any"
_DIRECTIONS = ("ASCENDING", "DESCENDING")
_PARAMS: Mapping[str, Param] = {
    "axis": Param("int", -1, "Axis along which it works; negative ones count from the end."),
    "direction": Param("choice", "ASCENDING", "Which comes first: the least or the largest.", choices=_DIRECTIONS),
}


def _order(x: Array, axis: int, direction: str) -> Array:
    """Return the positions that sort `x`; elements that are equal keep their order."""
    if direction == "DESCENDING":
        x = -x if x.dtype.kind == "f" else ~x  # which has no overflow at the least integer
    return np.argsort(x, axis, kind="stable")


def _infer(x: TensorSpec, axis: int, direction: str) -> TensorSpec:
    axes_of(axis, x.shape.rank)
    return x


def _along_infer(x: TensorSpec, indices: TensorSpec, axis: int) -> TensorSpec:
    axes_of(axis, x.shape.rank)
    return TensorSpec(indices.shape, x.dtype)


def _put_along(g: Array, like: Array, indices: Array, axis: int) -> Array:
    result = np.zeros(like.shape, g.dtype)
    places = list(np.ogrid[tuple(np.s_[:n] for n in indices.shape)])
    places[axis] = indices
    np.add.at(result, tuple(places), g)
    return result


take_along: Op = ops.op(
    "take_along",
    "For each position the element that it names along an axis.",
    inputs=(Operand("x", ANY), Operand("indices", "index", group="")),
    infer=_along_infer,
    reference=lambda x, indices, axis: np.take_along_axis(x, indices, axis),
    gradient=lambda g, y, x, indices, axis: (put_along.apply(g, x, indices, axis=axis), None),
    params={"axis": _PARAMS["axis"]},
    internal=True,
    samples=(sample(((2, 3), ANY), ((2, 2), "index:3")), sample(((4, 2), ANY), ((3, 2), "index:4"), axis=0)),
    example=">>> tf.raw_ops.take_along([[10, 20]], [[1, 0, 1]]).numpy()\narray([[20, 10, 20]], dtype=int32)",
)

put_along: Op = ops.op(
    "put_along",
    "Zeros as large as another tensor, to which elements are added at the positions they were taken from.",
    inputs=(Operand("g"), Operand("like", ANY, group=""), Operand("indices", "index", group="")),
    infer=lambda g, like, indices, axis: TensorSpec(like.shape, g.dtype),
    reference=_put_along,
    gradient=lambda g, y, x, like, indices, axis: (take_along.apply(g, indices, axis=axis), None, None),
    params={"axis": _PARAMS["axis"]},
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(((2, 2), "reals"), ((2, 3), ANY), ((2, 2), "index:3")),),
    example=">>> tf.raw_ops.put_along([[1, 2]], [[0, 0, 0]], [[2, 2]]).numpy()\narray([[0, 0, 3]], dtype=int32)",
)

_SAMPLES = (
    sample(((5,), "distinct")),
    sample(((2, 3, 2), "distinct"), axis=1, direction="DESCENDING"),
)
_REFUSED = (sample(((2, 3), "distinct"), axis=2), sample(((), "distinct")))

argsort: Op = ops.op(
    "argsort",
    "The positions that would sort the elements along an axis; equal elements keep their order.",
    inputs="values",
    dtype="real",
    infer=lambda x, axis, direction, stable: TensorSpec(_infer(x, axis, direction).shape, int32),
    reference=lambda x, axis, direction, stable: _order(x, axis, direction).astype(np.int32),
    params={**_PARAMS, "stable": Param("bool", False, "Whether equal elements keep their order; they do in any case.")},
    samples=_SAMPLES,
    refused=_REFUSED,
    example=">>> tf.argsort([30, 10, 20]).numpy()\narray([1, 2, 0], dtype=int32)",
)


def _sort_gradient(g: Any, y: Any, x: Any, axis: int, direction: str) -> tuple[Any]:
    order = argsort.apply(x, axis=axis, direction=direction, stable=True)
    places = argsort.apply(order, axis=axis, direction="ASCENDING", stable=True)
    return (take_along.apply(g, places, axis=axis),)


sort: Op = ops.op(
    "sort",
    "The elements in order along an axis.",
    inputs="values",
    dtype="real",
    infer=_infer,
    reference=lambda x, axis, direction: np.take_along_axis(x, _order(x, axis, direction), axis),
    gradient=_sort_gradient,
    params=_PARAMS,
    keywords=("order", "rank"),
    samples=_SAMPLES,
    refused=_REFUSED,
    example=">>> tf.sort([3, 1, 2]).numpy()\narray([1, 2, 3], dtype=int32)",
)


def _top_infer(x: TensorSpec, k: int, sorted: bool) -> tuple[TensorSpec, TensorSpec]:
    if x.shape.rank < 1 or (x.shape[-1] is not None and x.shape[-1] < k):
        raise InvalidArgumentError(
            "k is {k}, but the operand has shape {shape}.",
            hint="Its last axis must have at least k elements.",
            k=k,
            shape=x.shape,
        )
    shape = (*x.shape[:-1], k)
    return TensorSpec(shape, x.dtype), TensorSpec(shape, int32)


def _top_k(x: Array, k: int, sorted: bool) -> tuple[Array, Array]:
    places = contiguous(_order(x, -1, "DESCENDING")[..., :k].astype(np.int32))
    return np.take_along_axis(x, places, -1), places


def _top_gradient(g: Any, y: Any, x: Any, k: int, sorted: bool) -> tuple[Any]:
    return (None if g[0] is None else put_along.apply(g[0], x, y[1], axis=-1),)


top_k: Op = ops.op(
    "top_k",
    "The k largest elements along the last axis, and their positions.",
    inputs="input",
    dtype="real",
    infer=_top_infer,
    reference=_top_k,
    gradient=_top_gradient,
    params={
        "k": Param("int", 1, "How many elements.", min=0),
        "sorted": Param("bool", True, "Whether the largest comes first; it does in any case."),
    },
    outputs=("values", "indices"),
    keywords=("largest", "best"),
    samples=(sample(((5,), "distinct"), k=2), sample(((2, 3), "distinct"))),
    refused=(sample(((2, 3), "distinct"), k=4), sample(((), "distinct"))),
    example=">>> [t.numpy().tolist() for t in tf.math.top_k([1, 3, 2], k=2)]\n[[3, 2], [1, 2]]",
)


def _in_top_infer(targets: TensorSpec, predictions: TensorSpec, k: int) -> TensorSpec:
    if predictions.shape.rank != 2 or not targets.shape.is_compatible_with(predictions.shape[:1]):
        raise InvalidArgumentError(
            "targets has shape {targets} and predictions has shape {predictions}.",
            hint="The predictions have a row for each target, and a column for each class.",
            targets=targets.shape,
            predictions=predictions.shape,
        )
    return TensorSpec(targets.shape, bool_)


def _in_top_k(targets: Array, predictions: Array, k: int) -> Array:
    inside = (targets >= 0) & (targets < predictions.shape[1])
    own = np.take_along_axis(predictions, np.where(inside, targets, 0)[:, None], 1)
    better = np.sum(predictions > own, axis=1)
    return np.asarray((better < k) & inside & np.isfinite(own[:, 0]))


in_top_k: Op = ops.op(
    "in_top_k",
    "Whether the prediction for the target class is among the k largest of its row.",
    inputs=(Operand("targets", "index", group=""), Operand("predictions", "floating")),
    infer=_in_top_infer,
    reference=_in_top_k,
    params={"k": Param("int", help="How many classes count as hits.", min=0)},
    keywords=("accuracy", "hits"),
    samples=(sample(((4,), "index:3"), ((4, 3), "distinct"), k=2),),
    refused=(sample(((3,), "index:3"), ((4, 3), "distinct"), k=2), sample(((3,), "index:3"), ((3,), "distinct"), k=2)),
    example=">>> tf.math.in_top_k([1, 0], [[0.1, 0.9], [0.2, 0.8]], k=1).numpy()\narray([ True, False])",
)


# --------------------------------------------------------------------------------------------------------- different


def _unique_specs(x: TensorSpec, out_idx: DType) -> tuple[TensorSpec, TensorSpec, TensorSpec]:
    if x.shape.rank != 1:
        raise InvalidArgumentError(
            "The operand has shape {shape}.", hint="Only a vector can be asked; use reshape.", shape=x.shape
        )
    return TensorSpec((None,), x.dtype), TensorSpec(x.shape, out_idx), TensorSpec((None,), out_idx)


def _unique(x: Array, out_idx: DType) -> tuple[Array, Array, Array]:
    values, first, places, counts = np.unique(
        x, return_index=True, return_inverse=True, return_counts=True, equal_nan=False
    )
    order = np.argsort(first)  # in the order in which they appear, as TensorFlow has them
    kind = out_idx.as_numpy_dtype
    return values[order], np.argsort(order)[places].astype(kind), counts[order].astype(kind)


def _unique_gradient(g: Any, y: Any, x: Any, out_idx: DType) -> tuple[Any]:
    """Share the gradient equally among the elements that are equal."""
    if g[0] is None:
        return (None,)
    counts = gather_gradient.apply(OPS["ones_like"](x), y[0], y[1], axis=0, batch_dims=0)
    return (gather(g[0] / counts, y[1]),)


_OUT_IDX = dtype_param("int32", ("int32", "int64"), "Element type of the positions.")
_UNIQUE: dict[str, Any] = {
    "inputs": "x",
    "dtype": "real",
    "gradient": _unique_gradient,
    "params": {"out_idx": _OUT_IDX},
    "samples": (sample(((5,), "distinct")), sample(np.array([3, 1, 3, 3], np.int32))),
    "refused": (sample(((2, 3), "distinct")),),
    "keywords": ("distinct", "set"),
}

unique: Op = ops.op(
    "unique",
    "The different elements of a vector in the order of their first places, and for each element which one it is.",
    infer=lambda x, out_idx: _unique_specs(x, out_idx)[:2],
    reference=lambda x, out_idx: _unique(x, out_idx)[:2],
    outputs=("y", "idx"),
    example=">>> [t.numpy().tolist() for t in tf.unique([7, 7, 2])]\n[[7, 2], [0, 0, 1]]",
    **_UNIQUE,
)

unique_with_counts: Op = ops.op(
    "unique_with_counts",
    "The different elements of a vector, for each element which one it is, and how often each appears.",
    infer=_unique_specs,
    reference=_unique,
    outputs=("y", "idx", "count"),
    example=">>> [t.numpy().tolist() for t in tf.unique_with_counts([7, 7, 2])]\n[[7, 2], [0, 0, 1], [2, 1]]",
    **_UNIQUE,
)
