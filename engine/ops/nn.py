"""Softmax and the cross-entropies that take logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Kernel, Op, Operand, sample
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops import scalar as s
from engine.ops.declare import AXIS, Family, axes_of, broadcast_specs
from engine.ops.elementwise import exp
from engine.ops.gather import check_bounds
from engine.ops.loops import Arrays, along_axis
from engine.ops.movement import expand_dims
from engine.ops.reduce import reduce_sum
from engine.ops.work import FLOPS, each_input, each_output

ops = Family("activation")
loss_ops = Family("loss")


def _same(x: TensorSpec, axis: int) -> TensorSpec:
    axes_of(axis, x.shape.rank)
    return x


def _log_softmax(x: Array, axis: int) -> Array:
    shifted = x - np.max(x, axis, keepdims=True, initial=-np.inf)
    return np.asarray(shifted - np.log(np.sum(np.exp(shifted), axis, keepdims=True)))


def _softmax(x: Array, axis: int) -> Array:
    e = np.exp(x - np.max(x, axis, keepdims=True, initial=-np.inf))
    return np.asarray(e / np.sum(e, axis, keepdims=True))


def _softmax_loop(x: Array, y: Array) -> None:
    for i in range(x.shape[0]):
        for k in range(x.shape[2]):
            top = x[i, 0, k]
            for j in range(1, x.shape[1]):
                top = s.maximum(top, x[i, j, k])
            total = y.dtype.type(0)
            for j in range(x.shape[1]):
                e = s.exp(x[i, j, k] - top)
                y[i, j, k] = e
                total += e
            for j in range(x.shape[1]):
                y[i, j, k] = y[i, j, k] / total


def _log_softmax_loop(x: Array, y: Array) -> None:
    for i in range(x.shape[0]):
        for k in range(x.shape[2]):
            top = x[i, 0, k]
            for j in range(1, x.shape[1]):
                top = s.maximum(top, x[i, j, k])
            total = y.dtype.type(0)
            for j in range(x.shape[1]):
                total += s.exp(x[i, j, k] - top)
            shift = top + s.log(total)
            for j in range(x.shape[1]):
                y[i, j, k] = x[i, j, k] - shift


#: Of each element: the largest is found and taken away, its exponential added up; a softmax then divides by the sum.
_SUMMED = 3 + FLOPS["exp"]
_SOFTMAX = _SUMMED + FLOPS["/"]
_SOFTMAX_SAMPLES = (sample(((5,), "reals")), sample(((2, 3), "reals")), sample(((2, 3, 4), "reals"), axis=1))


def _softmax_gradient(g: Any, y: Any, axis: int) -> Any:
    return y * (g - reduce_sum(g * y, axis=axis, keepdims=True))


softmax: Op = ops.op(
    "softmax",
    "Exponentials divided by their sum, so that they add up to 1.",
    inputs="logits",
    dtype="floating",
    infer=_same,
    reference=_softmax,
    kernel=Kernel(_softmax_loop, along_axis),
    arithmetic=each_output(_SOFTMAX),
    gradient=lambda g, y, x, axis: (_softmax_gradient(g, y, axis),),
    params={"axis": AXIS},
    samples=_SOFTMAX_SAMPLES,
    refused=(sample(((2,), "reals"), axis=1),),
    keywords=("probabilities", "normalise"),
    example=">>> tf.nn.softmax([0.0, 0.0]).numpy()\narray([0.5, 0.5], dtype=float32)",
)

log_softmax: Op = ops.op(
    "log_softmax",
    "Logarithm of the softmax, accurate where that is near 0 or 1.",
    inputs="logits",
    dtype="floating",
    infer=_same,
    reference=_log_softmax,
    kernel=Kernel(_log_softmax_loop, along_axis),
    arithmetic=each_output(_SUMMED + 1),
    gradient=lambda g, y, x, axis: (g - exp(y) * reduce_sum(g, axis=axis, keepdims=True),),
    params={"axis": AXIS},
    samples=_SOFTMAX_SAMPLES,
    refused=(sample(((2,), "reals"), axis=1),),
    example=">>> tf.nn.log_softmax([0.0, 0.0]).numpy()\narray([-0.6931472, -0.6931472], dtype=float32)",
)


def _sparse_infer(labels: TensorSpec, logits: TensorSpec) -> TensorSpec:
    if logits.shape.rank < 1 or not labels.shape.is_compatible_with(logits.shape[:-1]):
        raise InvalidArgumentError(
            "labels has shape {labels} and logits has shape {logits}.",
            hint="The labels have one class number where the logits have a vector: the shape {wanted}.",
            labels=labels.shape,
            logits=logits.shape,
            wanted=logits.shape[:-1],
        )
    return TensorSpec(labels.shape, logits.dtype)


def _sparse(labels: Array, logits: Array) -> Array:
    check_bounds("sparse_softmax_cross_entropy_with_logits", labels, logits.shape[-1], logits.ndim - 1)
    picked = np.take_along_axis(_log_softmax(logits, -1), labels[..., None].astype(np.int64), -1)
    return -picked[..., 0]


def _sparse_loop(labels: Array, logits: Array, losses: Array) -> None:
    for i in range(logits.shape[0]):
        label = labels[i]
        if label < 0 or label >= logits.shape[1]:
            raise IndexError
        top = logits[i, 0]
        for j in range(1, logits.shape[1]):
            top = s.maximum(top, logits[i, j])
        total = losses.dtype.type(0)
        for j in range(logits.shape[1]):
            total += s.exp(logits[i, j] - top)
        losses[i] = top + s.log(total) - logits[i, label]


def _softmax_without_loop(labels: Array, logits: Array, y: Array) -> None:
    for i in range(logits.shape[0]):
        top = logits[i, 0]
        for j in range(1, logits.shape[1]):
            top = s.maximum(top, logits[i, j])
        total = y.dtype.type(0)
        for j in range(logits.shape[1]):
            e = s.exp(logits[i, j] - top)
            y[i, j] = e
            total += e
        for j in range(logits.shape[1]):
            y[i, j] = y[i, j] / total
        label = labels[i]
        if 0 <= label < logits.shape[1]:
            y[i, label] -= y.dtype.type(1)


def _arrange_sparse(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    labels, logits = inputs
    return labels.reshape(-1), logits.reshape(labels.size, logits.shape[-1]), outputs[0].reshape(-1)


def _arrange_without(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    matrix = inputs[0].size, inputs[1].shape[-1]
    return inputs[0].reshape(-1), inputs[1].reshape(matrix), outputs[0].reshape(matrix)


softmax_without_one_hot: Op = loss_ops.op(
    "softmax_without_one_hot",
    "The softmax of logits, less one at the class of each example.",
    inputs=(Operand("labels", "index", group=""), Operand("logits", "floating")),
    infer=lambda labels, logits: TensorSpec(logits.shape, _sparse_infer(labels, logits).dtype),
    reference=lambda labels, logits: (
        _softmax(logits, -1) - (labels[..., None] == np.arange(logits.shape[-1])).astype(logits.dtype)
    ),
    kernel=Kernel(_softmax_without_loop, _arrange_without),
    arithmetic=each_output(_SOFTMAX),
    gradient=lambda g, y, labels, logits: (None, _softmax_gradient(g, softmax(logits), -1)),
    internal=True,
    samples=(
        sample(((4,), "index:3"), ((4, 3), "reals")),
        sample(((2, 3), "index:5"), ((2, 3, 5), "reals")),
    ),
    refused=(sample(((3,), "index:3"), ((4, 3), "reals")),),
    example=">>> tf.raw_ops.softmax_without_one_hot([1], [[0.0, 0.0]]).numpy()\narray([[ 0.5, -0.5]], dtype=float32)",
)

sparse_softmax_cross_entropy_with_logits: Op = loss_ops.op(
    "sparse_softmax_cross_entropy_with_logits",
    "Cross-entropy between class numbers and the softmax of logits, for each example.",
    inputs=(Operand("labels", "index", group=""), Operand("logits", "floating")),
    infer=_sparse_infer,
    reference=_sparse,
    kernel=Kernel(_sparse_loop, _arrange_sparse),
    arithmetic=each_input(_SUMMED, 1),
    gradient=lambda g, y, labels, logits: (
        None,
        softmax_without_one_hot(labels, logits) * expand_dims(g, axis=-1),
    ),
    notes="-log softmax(logits)[label], along the last axis.",
    samples=(
        sample(((4,), "index:3"), ((4, 3), "reals")),
        sample(((2, 3), "index:5"), ((2, 3, 5), "reals")),
    ),
    refused=(
        sample(((3,), "index:3"), ((4, 3), "reals")),
        sample(np.array([3], np.int32), ((1, 3), "reals")),
    ),
    example=">>> tf.nn.sparse_softmax_cross_entropy_with_logits([0], [[0.0, 0.0]]).numpy()\n"
    "array([0.6931472], dtype=float32)",
)


def _dense_infer(labels: TensorSpec, logits: TensorSpec) -> TensorSpec:
    shape = broadcast_specs(softmax_cross_entropy_with_logits.inputs, (labels, logits))
    if shape.rank < 1:
        raise InvalidArgumentError("Both operands are scalars.", hint="Classes lie along the last axis.")
    return TensorSpec(TensorShape(shape[:-1]), logits.dtype)


def _dense_gradient(g: Any, y: Any, labels: Any, logits: Any) -> tuple[Any, Any]:
    each = expand_dims(g, axis=-1)
    mass = reduce_sum(labels, axis=-1, keepdims=True)
    return -log_softmax(logits) * each, (softmax(logits) * mass - labels) * each


softmax_cross_entropy_with_logits: Op = loss_ops.op(
    "softmax_cross_entropy_with_logits",
    "Cross-entropy between distributions over classes and the softmax of logits, for each example.",
    inputs="labels logits",
    dtype="floating",
    infer=_dense_infer,
    reference=lambda labels, logits: -np.sum(labels * _log_softmax(logits, -1), -1),
    arithmetic=each_input(_SUMMED + 3, 1),
    gradient=_dense_gradient,
    notes="-Σ labels · log softmax(logits), along the last axis.",
    samples=(sample(((4, 3), "unit"), ((4, 3), "reals")),),
    refused=(sample(((4, 2), "unit"), ((4, 3), "reals")), sample(((), "unit"), ((), "reals"))),
    example=">>> tf.nn.softmax_cross_entropy_with_logits([[1.0, 0.0]], [[0.0, 0.0]]).numpy()\n"
    "array([0.6931472], dtype=float32)",
)
