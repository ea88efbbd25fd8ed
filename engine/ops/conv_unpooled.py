"""Gradients of convolutions by what max pooling hands back: small gradients and the pixels that they belong to.

With U of `engine.ops.unpool` and the gradients W and Cᵀ of `engine.ops.conv` these are W(x, U(g, i)) and
Cᵀ(U(g, i), w), without the tensor between them, which is mostly zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Kernel, Op, Operand, Scratch, sample
from engine.core.spec import TensorSpec
from engine.ops.conv import (
    PARAMS,
    check,
    conv_input_gradient,
    conv_windows,
    filter_gradient,
    forward,
    input_gradient,
)
from engine.ops.conv import result as convolved
from engine.ops.declare import Family
from engine.ops.loops import Arrays, add_run, aligned_vector, clear_run, copy_run, parts_for
from engine.ops.unpool import check_indices, check_pooled, max_unpool, take_pooled, unpooled
from engine.ops.unpooled_loops import (
    add_four,
    add_scaled,
    nonzero_of,
    sum_turned_parts,
    turn_filters,
    unpooled_filter_gradient_loop,
    unpooled_input_gradient_loop,
)
from engine.ops.windows import Windows, elements

ops = Family("convolution")

#: Elements of an image whose windows are gone through for one filter and then for the next, so that they stay in a
#: core's first or second cache.
_BLOCK: Final = 2**14
#: The sums by the filters of all parts together hold at most so many elements.
_SUMS: Final = 2**24


def _padded(where: Windows) -> tuple[int, ...]:
    """Return the sizes of an image with as much around it as windows reach beyond it."""
    each = zip(where.counts, where.strides, where.kernel, where.dilations, where.before, where.sizes, strict=True)
    return tuple(max(before + n, (count - 1) * s + (k - 1) * d + 1) for count, s, k, d, before, n in each)


def _places(sizes: Sequence[int], counts: Sequence[int], steps: Sequence[int], first: Sequence[int]) -> Array:
    """Return the numbers of pixels, in an image of these sizes, that lie in even steps along each axis."""
    place = np.zeros(counts, np.int64)
    for axis, number in enumerate(np.indices(counts)):
        place = place * sizes[axis] + number * steps[axis] + first[axis]
    return place.reshape(-1)


def _arrange(
    x: Array, g: Array, filters: Array, attrs: Mapping[str, Any], most: int
) -> tuple[list[Any], tuple[Scratch, ...]]:
    """Return what both kernels begin with, and the room that they work in."""
    where = conv_windows(x.shape, filters.shape, attrs)
    channels, width = filters.shape[-2:]
    padded, windows = _padded(where), elements(g.shape[1:-1])
    block = max(1, min(windows, max(16, windows * _BLOCK // max(1, elements(padded) * channels))))
    parts = parts_for(g.size * elements(filters.shape[:-1]), min(len(x), most))
    joined = where.dilations[-1] == 1  # then all that lies along a line is one run
    taps, nowhere = (*where.kernel[:-1], 1 if joined else where.kernel[-1]), (0,) * len(padded)
    table = channels * _places(padded, where.counts, where.strides, nowhere)
    runs = channels * _places(padded, taps, where.dilations, nowhere)
    rows = channels * _places(padded, (*where.sizes[:-1], 1), (1,) * len(padded), where.before)
    run = channels * (where.kernel[-1] if joined else 1)
    room = Scratch(elements(padded) * channels, g.dtype), Scratch(block, np.int64), Scratch(block, g.dtype)
    return [parts, len(x), windows, block, width, run, where.sizes[-1] * channels, table, runs, rows], room


def _arrange_filters(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (x, g, indices, _), filters = inputs, outputs[0]
    first, room = _arrange(x, g, filters, attrs, _SUMS // max(1, filters.size))
    sums = aligned_vector(first[0] * filters.size, g.dtype)
    return *first, *(a.reshape(-1) for a in (x, g, indices)), *room, sums, filters.reshape(-1)


def _arrange_input(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (g, indices, filters, _), x = inputs, outputs[0]
    first, room = _arrange(x, g, filters, attrs, len(x))
    turned = aligned_vector(filters.size, filters.dtype)
    return *first, g.reshape(-1), indices.reshape(-1), turned, *room, x.reshape(-1), filters.reshape(-1)


def _check(g: TensorSpec, indices: TensorSpec, x: TensorSpec, filters: TensorSpec, attrs: Mapping[str, Any]) -> None:
    check(x, filters, x.shape.rank, ("like", "filters"))
    if x.shape[-1] != filters.shape[-2]:
        raise InvalidArgumentError(
            "The input has {channels} channels, but the filters are made for {each}.",
            hint="They must be equal: convolutions in groups have other gradients.",
            channels=x.shape[-1],
            each=filters.shape[-2],
        )
    check_indices(g, indices)
    check_pooled(g, convolved(x, filters, **attrs), ("g", "the convolution's result"))


def _filters_infer(x: TensorSpec, g: TensorSpec, indices: TensorSpec, like: TensorSpec, **attrs: Any) -> TensorSpec:
    _check(g, indices, x, like, attrs)
    return TensorSpec(like.shape, g.dtype)


def _input_infer(g: TensorSpec, indices: TensorSpec, filters: TensorSpec, like: TensorSpec, **attrs: Any) -> TensorSpec:
    _check(g, indices, like, filters, attrs)
    return TensorSpec(like.shape, g.dtype)


def _filters_reference(x: Array, g: Array, indices: Array, like: Array, **attrs: Any) -> Array:
    shape = (len(x), *conv_windows(x.shape, like.shape, attrs).counts, like.shape[-1])
    return filter_gradient(x, unpooled(g, indices, shape), like, **attrs)


def _input_reference(g: Array, indices: Array, filters: Array, like: Array, **attrs: Any) -> Array:
    shape = (len(like), *conv_windows(like.shape, filters.shape, attrs).counts, filters.shape[-1])
    return input_gradient(unpooled(g, indices, shape), filters, like, **attrs)


def _filters_gradient(h: Any, y: Any, x: Any, g: Any, indices: Any, like: Any, **attrs: Any) -> Sequence[Any]:
    convolution = forward(x, h, attrs)
    full = max_unpool.apply(g, indices, convolution)
    return conv_input_gradient.apply(full, h, x, **attrs), take_pooled.apply(convolution, indices), None, None


def _input_gradient(h: Any, y: Any, g: Any, indices: Any, filters: Any, like: Any, **attrs: Any) -> Sequence[Any]:
    by_filters = conv_filter_gradient_unpooled.apply(h, g, indices, filters, **attrs)
    return take_pooled.apply(forward(h, filters, attrs), indices), None, by_filters, None


_INDICES = Operand("indices", "index", group="")
_LIKE = Operand("like", "any", group="")
_HELPERS = (add_run, clear_run, copy_run, nonzero_of, add_scaled)

conv_filter_gradient_unpooled: Op = ops.op(
    "conv_filter_gradient_unpooled",
    "The gradient of a convolution with respect to its filters, by that of the max pooling behind it.",
    inputs=(Operand("input", "floating"), Operand("g", "floating"), _INDICES, _LIKE),
    infer=_filters_infer,
    reference=_filters_reference,
    kernel=Kernel(
        unpooled_filter_gradient_loop, _arrange_filters, (*_HELPERS, add_four), after=(sum_turned_parts,)
    ),
    multiply_adds=lambda inputs, outputs, **attrs: elements(inputs[1].shape) * elements(outputs[0].shape[:-1]),
    gradient=_filters_gradient,
    params=PARAMS,
    shape_only=frozenset({3}),
    internal=True,
    samples=(
        sample(((2, 5, 6, 3), "reals"), ((2, 2, 2, 4), "reals"), ((2, 2, 2, 4), "index:20"), ((2, 2, 3, 4), "any")),
        sample(
            ((2, 7, 2), "reals"), ((2, 2, 4), "reals"), ((2, 2, 4), "index:4"), ((3, 2, 4), "any"),
            strides=2, padding="SAME",
        ),
        sample(
            ((1, 6, 5, 2), "reals"), ((1, 3, 2, 3), "reals"), ((1, 3, 2, 3), "index:30"), ((2, 3, 2, 3), "any"),
            padding="SAME", dilations=(1, 2),
        ),
    ),
    refused=(
        sample(((2, 5, 6, 4), "reals"), ((2, 2, 2, 4), "reals"), ((2, 2, 2, 4), "index:20"), ((2, 2, 2, 4), "any")),
        sample(((2, 5, 6, 3), "reals"), ((2, 2, 2, 4), "reals"), ((2, 2, 1, 4), "index:20"), ((2, 2, 3, 4), "any")),
        sample(((2, 5, 6, 3), "reals"), ((2, 2, 2, 3), "reals"), ((2, 2, 2, 3), "index:20"), ((2, 2, 3, 4), "any")),
    ),
    example=">>> tf.raw_ops.conv_filter_gradient_unpooled([[[1.0], [2.0], [4.0]]], [[[10.0]]], [[[1]]], "
    "[[[0.0]]] * 2).numpy().ravel()\narray([20., 40.], dtype=float32)",
)  # fmt: skip

conv_input_gradient_unpooled: Op = ops.op(
    "conv_input_gradient_unpooled",
    "The gradient of a convolution with respect to its input, by that of the max pooling behind it.",
    inputs=(Operand("g", "floating"), _INDICES, Operand("filters", "floating"), _LIKE),
    infer=_input_infer,
    reference=_input_reference,
    kernel=Kernel(unpooled_input_gradient_loop, _arrange_input, _HELPERS, before=(turn_filters,)),
    multiply_adds=lambda inputs, outputs, **attrs: elements(inputs[0].shape) * elements(inputs[2].shape[:-1]),
    gradient=_input_gradient,
    params=PARAMS,
    shape_only=frozenset({3}),
    internal=True,
    samples=(
        sample(((2, 2, 2, 4), "reals"), ((2, 2, 2, 4), "index:20"), ((2, 2, 3, 4), "reals"), ((2, 5, 6, 3), "any")),
        sample(
            ((2, 2, 4), "reals"), ((2, 2, 4), "index:4"), ((3, 2, 4), "reals"), ((2, 7, 2), "any"),
            strides=2, padding="SAME",
        ),
        sample(
            ((1, 3, 2, 3), "reals"), ((1, 3, 2, 3), "index:30"), ((2, 3, 2, 3), "reals"), ((1, 6, 5, 2), "any"),
            padding="SAME", dilations=(1, 2),
        ),
    ),
    refused=(
        sample(((2, 2, 2, 4), "reals"), ((2, 2, 2, 4), "index:20"), ((2, 2, 2, 4), "reals"), ((2, 5, 6, 4), "any")),
        sample(((2, 2, 2, 4), "reals"), ((2, 2, 1, 4), "index:20"), ((2, 2, 3, 4), "reals"), ((2, 5, 6, 3), "any")),
    ),
    example=">>> tf.raw_ops.conv_input_gradient_unpooled([[[10.0]]], [[[1]]], [[[1.0]], [[2.0]]], "
    "[[[0.0]] * 3]).numpy().ravel()\narray([ 0., 10., 20.], dtype=float32)",
)  # fmt: skip
