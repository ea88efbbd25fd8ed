"""Normalisation: by the moments of a batch, or of each example.

The forward passes have kernels; the gradients are made of sums and elementwise ops, which the compiler fuses into one
pass for the sums and one for the rest, and which can be differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Kernel, Op, Scratch, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops.declare import KEEPDIMS, Family, axes_of
from engine.ops.loops import Arrays, accumulate, parts_for
from engine.ops.reduce import reduce_mean, reduce_sum
from engine.ops.work import each_input

ops = Family("normalisation")

#: Operations for each element: added up; taken from the mean, squared and added up; scaled twice and shifted.
_NORMALISED = 1 + 3 + 4
_EPSILON = Param("float", 0.001, "Added to the variance, so that it is never 0.", min=0)


def _kept(x: TensorSpec, axes: tuple[int, ...], keepdims: bool) -> TensorSpec:
    gone = axes_of(axes, x.shape.rank, "axes")
    shape = [1 if i in gone else d for i, d in enumerate(x.shape) if keepdims or i not in gone]
    return TensorSpec(shape, x.dtype)


def _moments(x: Array, axes: tuple[int, ...], keepdims: bool) -> tuple[Array, Array]:
    mean = np.mean(x, axes, keepdims=True)
    variance = np.mean(np.square(x - mean), axes, keepdims=keepdims)
    return (mean if keepdims else np.squeeze(mean, axes)), variance


def _spread(moment: Any, axes: tuple[int, ...], rank: int) -> Any:
    """Return moments with the axes that were reduced, of size 1."""
    for axis in axes:
        if len(moment.shape) < rank:
            moment = OPS["expand_dims"](moment, axis)
    return moment


def _moments_gradient(g: Any, y: Any, x: Any, axes: tuple[int, ...], keepdims: bool) -> tuple[Any]:
    # dμ/dx = 1/n;  dσ²/dx = 2 (x - μ)/n
    gone = axes_of(axes, len(x.shape))
    sizes = [x.shape[a] for a in gone]
    if None in sizes:
        count = reduce_sum(OPS["ones_like"](x), axis=gone, keepdims=True)
    else:
        count = OPS["fill"]((), float(math.prod(d or 0 for d in sizes)), x.dtype)
    total: Any = None
    if g[0] is not None:
        total = OPS["zeros_like"](x) + _spread(g[0], gone, len(x.shape)) / count
    if g[1] is not None:
        mean = reduce_mean(x, axis=gone, keepdims=True)
        part = (x - mean) * (_spread(g[1], gone, len(x.shape)) * 2.0 / count)
        total = part if total is None else total + part
    return (total,)


moments: Op = ops.op(
    "moments",
    "Mean and variance over axes.",
    inputs="x",
    dtype="floating",
    infer=lambda x, axes, keepdims: (_kept(x, axes, keepdims),) * 2,
    reference=_moments,
    arithmetic=each_input(4),
    gradient=_moments_gradient,
    params={"axes": Param("ints", help="Axes to reduce."), "keepdims": KEEPDIMS},
    outputs=("mean", "variance"),
    keywords=("average", "statistics"),
    samples=(
        sample(((4, 3), "reals"), axes=(0,)),
        sample(((2, 3, 4), "reals"), axes=(0, 2)),
        sample(((2, 3, 4), "reals"), axes=(-1,), keepdims=True),
    ),
    refused=(sample(((4, 3), "reals"), axes=(2,)), sample(((4, 3), "reals"), axes=(0, 0))),
    example=">>> mean, variance = tf.nn.moments([1.0, 3.0], [0])\n>>> float(mean), float(variance)\n(2.0, 1.0)",
)


# --------------------------------------------------------------------------------------------------------- by the batch


def _vectors(x: TensorSpec, others: Sequence[TensorSpec], names: Sequence[str]) -> None:
    """Refuse scale and offset that are not as long as the last axis."""
    if x.shape.rank < 2 or any(s.shape.rank != 1 or not s.shape.is_compatible_with(x.shape[-1:]) for s in others):
        raise InvalidArgumentError(
            "The shapes do not fit together: {shapes}.",
            hint="x has at least two axes, and the others are vectors as long as its last.",
            shapes=", ".join(f"{n} is {s.shape}" for n, s in zip(names, (x, *others), strict=True)),
        )


def _batch_infer(x: TensorSpec, scale: TensorSpec, offset: TensorSpec, epsilon: float) -> tuple[TensorSpec, ...]:
    _vectors(x, (scale, offset), ("x", "scale", "offset"))
    return x, TensorSpec(x.shape[-1:], x.dtype), TensorSpec(x.shape[-1:], x.dtype)


def _batch(x: Array, scale: Array, offset: Array, epsilon: float) -> tuple[Array, Array, Array]:
    mean, variance = _moments(x, tuple(range(x.ndim - 1)), False)
    factor = scale / np.sqrt(variance + x.dtype.type(epsilon))
    return (x - mean) * factor + offset, mean, variance


def batch_moments(part: int, parts: int, rows: int, width: int, x: Array, sums: Array) -> None:
    """Write the mean of some rows, and the sum of squares of what they are from it."""
    first, last = part * rows // parts, (part + 1) * rows // parts
    share = x.dtype.type(1) / x.dtype.type(max(1, last - first))
    mean, square = np.uint64(2 * part * width), np.uint64((2 * part + 1) * width)
    for k in range(np.uint64(width)):
        sums[mean + k] = sums[square + k] = 0
    for row in range(first, last):
        place = np.uint64(row * width)
        for k in range(np.uint64(width)):
            sums[mean + k] += x[place + k]
    for k in range(np.uint64(width)):
        sums[mean + k] *= share
    for row in range(first, last):
        place = np.uint64(row * width)
        for k in range(np.uint64(width)):
            d = x[place + k] - sums[mean + k]
            sums[square + k] += d * d


def batch_norm_loop(
    part: int,
    parts: int,
    rows: int,
    width: int,
    epsilon: float,
    x: Array,
    scale: Array,
    offset: Array,
    sums: Array,
    centre: Array,
    factor: Array,
    y: Array,
    mean: Array,
    variance: Array,
) -> None:
    share = y.dtype.type(1) / y.dtype.type(rows)
    for k in range(np.uint64(width)):
        centre[k] = factor[k] = 0
    for other in range(parts):
        weight = y.dtype.type((other + 1) * rows // parts - other * rows // parts) * share
        at = np.uint64(2 * other * width)
        for k in range(np.uint64(width)):
            centre[k] += sums[at + k] * weight
    # the squares from a part's own mean, and those of the means from their own: Chan, Golub and LeVeque, 1979
    for other in range(parts):
        weight = y.dtype.type((other + 1) * rows // parts - other * rows // parts) * share
        at = np.uint64(2 * other * width)
        for k in range(np.uint64(width)):
            d = sums[at + k] - centre[k]
            factor[k] += sums[at + np.uint64(width) + k] * share + d * d * weight
    if part == 0:
        for k in range(np.uint64(width)):
            mean[k] = centre[k]
            variance[k] = factor[k]
    for k in range(np.uint64(width)):
        factor[k] = scale[k] / np.sqrt(factor[k] + y.dtype.type(epsilon))
    for row in range(part * rows // parts, (part + 1) * rows // parts):
        place = np.uint64(row * width)
        for k in range(np.uint64(width)):
            y[place + k] = (x[place + k] - centre[k]) * factor[k] + offset[k]


def _arrange_batch(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    x, scale, offset = inputs
    width = x.shape[-1]
    rows = math.prod(x.shape[:-1])
    parts = parts_for(4 * x.size, rows)
    sums, own = np.empty(2 * parts * width, x.dtype), Scratch(width, x.dtype)
    flat = [a.reshape(-1) for a in outputs]
    return parts, rows, width, attrs["epsilon"], x.reshape(-1), scale, offset, sums, own, own, *flat


def _normalised_gradient(gy: Any, x: Any, scale: Any, mean: Any, variance: Any, axes: Any, epsilon: float) -> Any:
    """Return the gradient of a normalisation by x, and x normalised, given that of its result without an offset."""
    rate = OPS["rsqrt"](variance + epsilon)
    normal = (x - mean) * rate
    each = gy if scale is None else gy * scale
    inner = each - reduce_mean(each, axis=axes, keepdims=True)
    return (inner - normal * reduce_mean(each * normal, axis=axes, keepdims=True)) * rate, normal


def _batch_gradient(g: Any, y: Any, x: Any, scale: Any, offset: Any, epsilon: float) -> tuple[Any, Any, Any]:
    axes = tuple(range(len(x.shape) - 1))
    mean, variance = moments.apply(x, axes=axes, keepdims=False)  # not y[1:]: they may be differentiated again
    dx: Any = None
    dscale = doffset = None
    if g[0] is not None:
        dx, normal = _normalised_gradient(g[0], x, scale, mean, variance, axes, epsilon)
        dscale, doffset = reduce_sum(g[0] * normal, axis=axes), reduce_sum(g[0], axis=axes)
    if g[1] is not None or g[2] is not None:
        (part,) = _moments_gradient(g[1:], None, x, axes, False)
        dx = part if dx is None else dx + part
    return dx, dscale, doffset


fused_batch_norm: Op = ops.op(
    "fused_batch_norm",
    "Each channel less its mean and divided by its deviation, over all axes but the last; then scaled and shifted.",
    inputs="x scale offset",
    dtype="floating",
    infer=_batch_infer,
    reference=_batch,
    kernel=Kernel(batch_norm_loop, _arrange_batch, before=(batch_moments,)),
    arithmetic=each_input(_NORMALISED),
    gradient=_batch_gradient,
    params={"epsilon": _EPSILON},
    outputs=("y", "batch_mean", "batch_variance"),
    notes="y = (x - mean)/√(variance + epsilon) · scale + offset. Source: Ioffe and Szegedy, arXiv:1502.03167.",
    keywords=("batch normalization", "standardise"),
    samples=(
        sample(((5, 3), "reals"), ((3,), "reals"), ((3,), "reals")),
        sample(((2, 3, 2, 2), "reals"), ((2,), "reals"), ((2,), "reals"), epsilon=0.1),
    ),
    refused=(
        sample(((5, 3), "reals"), ((2,), "reals"), ((3,), "reals")),
        sample(((3,), "reals"), ((3,), "reals"), ((3,), "reals")),
    ),
    example=">>> y, mean, variance = tf.nn.fused_batch_norm([[1.0], [3.0]], [1.0], [0.0], epsilon=0.0)\n"
    ">>> y.numpy().ravel()\narray([-1.,  1.], dtype=float32)",
)


# ------------------------------------------------------------------------------------------------------ by the example


def _layer_infer(x: TensorSpec, scale: TensorSpec, offset: TensorSpec, epsilon: float) -> TensorSpec:
    _vectors(x, (scale, offset), ("x", "scale", "offset"))
    return x


def _layer(x: Array, scale: Array, offset: Array, epsilon: float) -> Array:
    mean, variance = _moments(x, (-1,), True)
    return np.asarray((x - mean) / np.sqrt(variance + x.dtype.type(epsilon)) * scale + offset)


def layer_norm_loop(
    part: int, parts: int, rows: int, width: int, epsilon: float, x: Array, scale: Array, offset: Array, y: Array
) -> None:
    share = y.dtype.type(1) / y.dtype.type(width)
    for row in range(part * rows // parts, (part + 1) * rows // parts):
        place = np.uint64(row * width)
        mean, variance = y.dtype.type(0), y.dtype.type(0)
        for k in range(np.uint64(width)):
            mean = accumulate(mean, x[place + k])
        mean *= share
        for k in range(np.uint64(width)):
            d = x[place + k] - mean
            variance = accumulate(variance, d * d)
        rate = y.dtype.type(1) / np.sqrt(variance * share + y.dtype.type(epsilon))
        for k in range(np.uint64(width)):
            y[place + k] = (x[place + k] - mean) * rate * scale[k] + offset[k]


def _arrange_layer(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    x, scale, offset = inputs
    rows = math.prod(x.shape[:-1])
    flat = x.reshape(-1)
    return parts_for(6 * x.size, rows), rows, x.shape[-1], attrs["epsilon"], flat, scale, offset, outputs[0].reshape(-1)


def _layer_gradient(g: Any, y: Any, x: Any, scale: Any, offset: Any, epsilon: float) -> tuple[Any, Any, Any]:
    mean, variance = moments.apply(x, axes=(-1,), keepdims=True)
    dx, normal = _normalised_gradient(g, x, scale, mean, variance, -1, epsilon)
    axes = tuple(range(len(x.shape) - 1))
    return dx, reduce_sum(g * normal, axis=axes), reduce_sum(g, axis=axes)


layer_norm: Op = ops.op(
    "layer_norm",
    "Each vector along the last axis less its mean and divided by its deviation; then scaled and shifted.",
    inputs="x scale offset",
    dtype="floating",
    infer=_layer_infer,
    reference=_layer,
    kernel=Kernel(layer_norm_loop, _arrange_layer),
    arithmetic=each_input(_NORMALISED),
    gradient=_layer_gradient,
    params={"epsilon": _EPSILON},
    notes="y = (x - mean)/√(variance + epsilon) · scale + offset. Source: Ba and others, arXiv:1607.06450.",
    keywords=("layer normalization", "standardise"),
    samples=(
        sample(((2, 5), "reals"), ((5,), "reals"), ((5,), "reals")),
        sample(((2, 3, 4), "reals"), ((4,), "reals"), ((4,), "reals"), epsilon=0.1),
    ),
    refused=(sample(((5, 3), "reals"), ((2,), "reals"), ((3,), "reals")),),
    example=">>> tf.nn.layer_norm([[1.0, 3.0]], [1.0, 1.0], [0.0, 0.0], epsilon=0.0).numpy()\n"
    "array([[-1.,  1.]], dtype=float32)",
)
