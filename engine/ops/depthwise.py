"""Depthwise convolutions: every channel has filters of its own. Direct loops, since BLAS has nothing to multiply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Kernel, Op, Operand, sample
from engine.core.shape import Dim, TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family
from engine.ops.loops import Arrays, add_run, aligned_vector, clear_run, copy_run, parts_for, sum_parts
from engine.ops.windows import (
    Windows,
    counts_of,
    elements,
    layout_param,
    padding_param,
    per_axis,
    steps_param,
    windows_of,
)

ops = Family("convolution")


def visit(what: int, g: Array, x: Array, filters: Array, filters_at: int, y: Array, start: int, last: int) -> None:
    """Go through the windows of some lines: y += x · filter, x += y · filter (1) or filter += x · y (2)."""
    deep, high, wide, many_d, many_h, many_w = g[9], g[10], g[11], g[12], g[13], g[14]
    channels, each = g[18], g[19]
    width = channels * each
    for at in range(start, last):
        h = (at % many_h) * g[1] - g[7]
        d = ((at // many_h) % many_d) * g[0] - g[6]
        n = at // (many_h * many_d)
        for tap in range(g[15] * g[16] * g[17]):
            w = tap % g[17]
            v = h + ((tap // g[17]) % g[16]) * g[4]
            z = d + (tap // (g[17] * g[16])) * g[3]
            if z < 0 or z >= deep or v < 0 or v >= high:
                continue
            for j in range(many_w):
                u = j * g[2] - g[8] + w * g[5]
                if u < 0 or u >= wide:
                    continue
                x_at = np.uint64((((n * deep + z) * high + v) * wide + u) * channels)
                y_at = np.uint64((at * many_w + j) * width)
                f_at = np.uint64(filters_at + tap * width)
                if each > 1:
                    for i in range(np.uint64(width)):
                        k = x_at + i // np.uint64(each)
                        if what == 0:
                            y[y_at + i] += x[k] * filters[f_at + i]
                        elif what == 1:
                            x[k] += y[y_at + i] * filters[f_at + i]
                        else:
                            filters[f_at + i] += x[k] * y[y_at + i]
                elif what == 0:
                    for i in range(np.uint64(width)):
                        y[y_at + i] += x[x_at + i] * filters[f_at + i]
                elif what == 1:
                    for i in range(np.uint64(width)):
                        x[x_at + i] += y[y_at + i] * filters[f_at + i]
                else:
                    for i in range(np.uint64(width)):
                        filters[f_at + i] += x[x_at + i] * y[y_at + i]


def depthwise_loop(part: int, parts: int, lines: int, g: Array, x: Array, filters: Array, y: Array) -> None:
    width = g[14] * g[18] * g[19]
    first, last = part * lines // parts, (part + 1) * lines // parts
    clear_run(y, first * width, (last - first) * width)
    visit(0, g, x, filters, 0, y, first, last)


def depthwise_input_gradient_loop(
    part: int, parts: int, images: int, g: Array, y: Array, filters: Array, x: Array
) -> None:
    lines = g[12] * g[13]
    image = g[9] * g[10] * g[11] * g[18]
    first, last = part * images // parts, (part + 1) * images // parts
    clear_run(x, first * image, (last - first) * image)
    visit(1, g, x, filters, 0, y, first * lines, last * lines)


def depthwise_filter_gradient_loop(
    part: int, parts: int, lines: int, g: Array, x: Array, y: Array, sums: Array
) -> None:
    size = g[15] * g[16] * g[17] * g[18] * g[19]
    clear_run(sums, part * size, size)
    visit(2, g, x, sums, part * size, y, part * lines // parts, (part + 1) * lines // parts)


def _axes(attrs: Mapping[str, Any]) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    strides, dilations = (per_axis(name, attrs[name], 2) for name in ("strides", "dilations"))
    if max(strides) > 1 and max(dilations) > 1:
        raise InvalidArgumentError(
            "{name} is {strides} and dilations is {dilations}.",
            hint="One of them must be 1.",
            name="strides",
            strides=list(strides),
            dilations=list(dilations),
        )
    return strides, dilations, attrs["padding"]


def _windows(x: Sequence[int], filters: Sequence[int], attrs: Mapping[str, Any]) -> Windows:
    return windows_of(tuple(x[1:-1]), tuple(filters[:-2]), *_axes(attrs))


def _infer(input: TensorSpec, filter: TensorSpec, **attrs: Any) -> TensorSpec:
    if input.shape.rank != 4 or filter.shape.rank != 4 or not filter.shape[2:3].is_compatible_with(input.shape[3:]):
        raise InvalidArgumentError(
            "input has shape {input} and filter has shape {filter}.",
            hint="The input is (batch, height, width, channels), the filter (height, width, channels, multiplier).",
            input=input.shape,
            filter=filter.shape,
        )
    counts = counts_of(input.shape[1:-1], filter.shape[:-2], *_axes(attrs))
    channels, each = filter.shape[2:]
    width: Dim = None if channels is None or each is None else channels * each
    return TensorSpec(TensorShape((input.shape[0], *counts, width)), input.dtype)


def _split(array: Array, each: int) -> Array:
    return array.reshape(*array.shape[:-1], -1, each)


def _depthwise(x: Array, filters: Array, **attrs: Any) -> Array:
    where = _windows(x.shape, filters.shape, attrs)
    y = np.zeros((x.shape[0], *where.counts, *filters.shape[2:]), x.dtype)
    for tap, windows, taken in where.taps():
        y[:, *windows] += x[:, *taken][..., None] * filters[tap]
    return y.reshape(*y.shape[:-2], -1)


def _by_input(g: Array, filters: Array, like: Array, **attrs: Any) -> Array:
    where = _windows(like.shape, filters.shape, attrs)
    x = np.zeros(like.shape, g.dtype)
    for tap, windows, taken in where.taps():
        x[:, *taken] += (_split(g[:, *windows], filters.shape[-1]) * filters[tap]).sum(-1)
    return x


def _by_filter(x: Array, g: Array, like: Array, **attrs: Any) -> Array:
    where = _windows(x.shape, like.shape, attrs)
    filters = np.zeros(like.shape, x.dtype)
    for tap, windows, taken in where.taps():
        filters[tap] = (x[:, *taken][..., None] * _split(g[:, *windows], like.shape[-1])).sum((0, 1, 2))
    return filters


def _multiply_adds(filters: Any, y: Any) -> int:
    return elements(y.shape) * elements(filters.shape[:2])


def _plan(x: Array, filters: Array, y: Array, attrs: Mapping[str, Any], pieces: int) -> tuple[int, Array]:
    where = _windows(x.shape, filters.shape, attrs)
    return parts_for(_multiply_adds(filters, y), pieces), where.geometry(*filters.shape[2:])


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (x, filters), y = inputs, outputs[0]
    lines = elements(y.shape[:-2])
    parts, geometry = _plan(x, filters, y, attrs, lines)
    return parts, lines, geometry, x.reshape(-1), filters.reshape(-1), y.reshape(-1)


def _arrange_by_input(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (g, filters, _), x = inputs, outputs[0]
    parts, geometry = _plan(x, filters, g, attrs, len(g))
    return parts, len(g), geometry, g.reshape(-1), filters.reshape(-1), x.reshape(-1)


def _arrange_by_filter(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (x, g, _), filters = inputs, outputs[0]
    lines = elements(g.shape[:-2])
    parts, geometry = _plan(x, filters, g, attrs, lines)
    sums = aligned_vector(parts * filters.size, g.dtype)
    return parts, lines, geometry, x.reshape(-1), g.reshape(-1), sums, filters.reshape(-1)


_HELPERS = (clear_run, visit)
_PARAMS = {
    "strides": steps_param("Elements from a window to the next, along both axes or along each."),
    "padding": padding_param(),
    "data_format": layout_param(2),
    "dilations": steps_param("Elements from one that a window takes to the next, along both axes or along each."),
}

depthwise_conv2d: Op = ops.op(
    "depthwise_conv2d",
    "Convolution over images in which every channel has filters of its own.",
    inputs="input filter",
    dtype="floating",
    infer=_infer,
    reference=_depthwise,
    kernel=Kernel(depthwise_loop, _arrange, _HELPERS),
    multiply_adds=lambda inputs, outputs, **attrs: _multiply_adds(inputs[1], outputs[0]),
    gradient=lambda g, y, x, filters, **attrs: (
        depthwise_input_gradient.apply(g, filters, x, **attrs),
        depthwise_filter_gradient.apply(x, g, filters, **attrs),
    ),
    params=_PARAMS,
    notes="The filter is (height, width, channels, multiplier); the result has channels · multiplier channels.",
    keywords=("convolution", "separable", "mobile"),
    samples=(
        sample(((2, 5, 4, 3), "reals"), ((3, 2, 3, 1), "reals")),
        sample(((2, 5, 4, 2), "reals"), ((3, 3, 2, 3), "reals"), strides=2, padding="SAME"),
        sample(((1, 5, 5, 2), "reals"), ((2, 2, 2, 1), "reals"), dilations=(2, 1), padding="SAME"),
    ),
    refused=(
        sample(((2, 5, 4, 3), "reals"), ((3, 2, 2, 1), "reals")),
        sample(((2, 5, 4), "reals"), ((3, 2, 4, 1), "reals")),
        sample(((2, 2, 4, 3), "reals"), ((3, 2, 3, 1), "reals")),
        sample(((2, 5, 4, 3), "reals"), ((3, 2, 3, 1), "reals"), strides=2, dilations=2),
    ),
    example=">>> tf.nn.depthwise_conv2d([[[[1.0, 2.0]]]], [[[[3.0], [4.0]]]], [1, 1, 1, 1], 'SAME').numpy().ravel()\n"
    "array([3., 8.], dtype=float32)",
)


def _gradient_infer(g: TensorSpec, x: TensorSpec, filters: TensorSpec, out: TensorSpec, **attrs: Any) -> TensorSpec:
    wanted = _infer(x, filters, **attrs)
    if not wanted.shape.is_compatible_with(g.shape):
        raise InvalidArgumentError(
            "A convolution of {x} with {filters} gives {wanted}, but the gradient is {g}.",
            x=x.shape,
            filters=filters.shape,
            wanted=wanted.shape,
            g=g.shape,
        )
    return TensorSpec(out.shape, g.dtype)


depthwise_input_gradient: Op = ops.op(
    "depthwise_input_gradient",
    "The gradient of a depthwise convolution with respect to its input.",
    inputs=(Operand("g", "floating"), Operand("filter", "floating"), Operand("like", "any", group="")),
    infer=lambda g, filter, like, **attrs: _gradient_infer(g, like, filter, like, **attrs),
    reference=_by_input,
    kernel=Kernel(depthwise_input_gradient_loop, _arrange_by_input, _HELPERS),
    multiply_adds=lambda inputs, outputs, **attrs: _multiply_adds(inputs[1], inputs[0]),
    gradient=lambda h, y, g, filters, like, **attrs: (
        depthwise_conv2d.apply(h, filters, **attrs),
        depthwise_filter_gradient.apply(h, g, filters, **attrs),
        None,
    ),
    params=_PARAMS,
    shape_only=frozenset({2}),
    internal=True,
    samples=(
        sample(((2, 3, 3, 3), "reals"), ((3, 2, 3, 1), "reals"), ((2, 5, 4, 3), "any")),
        sample(((1, 3, 2, 4), "reals"), ((3, 3, 2, 2), "reals"), ((1, 5, 4, 2), "any"), strides=2, padding="SAME"),
    ),
    refused=(sample(((2, 3, 3, 3), "reals"), ((3, 2, 3, 1), "reals"), ((2, 6, 4, 3), "any")),),
    example=">>> tf.raw_ops.depthwise_input_gradient([[[[1.0]]]], [[[[3.0]]]], [[[[0.0]]]]).numpy().ravel()\n"
    "array([3.], dtype=float32)",
)

depthwise_filter_gradient: Op = ops.op(
    "depthwise_filter_gradient",
    "The gradient of a depthwise convolution with respect to its filter.",
    inputs=(Operand("input", "floating"), Operand("g", "floating"), Operand("like", "any", group="")),
    infer=lambda input, g, like, **attrs: _gradient_infer(g, input, like, like, **attrs),
    reference=_by_filter,
    kernel=Kernel(
        depthwise_filter_gradient_loop, _arrange_by_filter, (*_HELPERS, copy_run, add_run), after=(sum_parts,)
    ),
    multiply_adds=lambda inputs, outputs, **attrs: _multiply_adds(outputs[0], inputs[1]),
    gradient=lambda h, y, x, g, like, **attrs: (
        depthwise_input_gradient.apply(g, h, x, **attrs),
        depthwise_conv2d.apply(x, h, **attrs),
        None,
    ),
    params=_PARAMS,
    shape_only=frozenset({2}),
    internal=True,
    samples=(
        sample(((2, 5, 4, 3), "reals"), ((2, 3, 3, 3), "reals"), ((3, 2, 3, 1), "any")),
        sample(((1, 5, 4, 2), "reals"), ((1, 3, 2, 4), "reals"), ((3, 3, 2, 2), "any"), strides=2, padding="SAME"),
    ),
    refused=(sample(((2, 5, 4, 3), "reals"), ((2, 3, 2, 3), "reals"), ((3, 2, 3, 1), "any")),),
    example=">>> tf.raw_ops.depthwise_filter_gradient([[[[2.0]]]], [[[[3.0]]]], [[[[0.0]]]]).numpy().ravel()\n"
    "array([6.], dtype=float32)",
)
