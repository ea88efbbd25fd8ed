"""Convolutions, the transposed ones, and their gradients, which are convolutions again.

Write y = C(x, w), linear in both. The gradient by x is G = Cᵀ(g, w) and that by w is W(x, g); for any h of x's shape
⟨Cᵀ(g, w), h⟩ = ⟨g, C(h, w)⟩ = ⟨w, W(h, g)⟩, and for any h of w's shape ⟨W(x, g), h⟩ = ⟨g, C(x, h)⟩ = ⟨x, Cᵀ(g, h)⟩. So
the three are closed under differentiation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Kernel, Op, Operand, Scratch, sample
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.conv_loops import (
    BLOCK,
    conv_filter_gradient_loop,
    conv_input_gradient_loop,
    conv_loop,
    fold,
    narrow_sums,
    unfold,
)
from engine.ops.declare import Family
from engine.ops.loops import Arrays, add_run, aligned_vector, clear_run, copy_run, parts_for, sum_parts
from engine.ops.windows import (
    LAYOUTS,
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

_STRIDES = "Elements from a window to the next, along all axes or along each."
_DILATIONS = "Elements from one that a window takes to the next, along all axes or along each."


def _axes(attrs: Mapping[str, Any], count: int) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Return strides, dilations and padding. TensorFlow calls the strides of a sequence `stride`."""
    name = "stride" if "stride" in attrs else "strides"
    strides = per_axis(name, attrs[name], count)
    dilations = per_axis("dilations", attrs["dilations"], count)
    if max(strides) > 1 and max(dilations) > 1:
        raise InvalidArgumentError(
            "{name} is {strides} and dilations is {dilations}.",
            hint="One of them must be 1.",
            name=name,
            strides=list(strides),
            dilations=list(dilations),
        )
    return strides, dilations, attrs["padding"]


def conv_windows(x: Sequence[int], filters: Sequence[int], attrs: Mapping[str, Any]) -> Windows:
    """Return where the windows of a convolution lie, for tensor and filters of these shapes."""
    return windows_of(tuple(x[1:-1]), tuple(filters[:-2]), *_axes(attrs, len(x) - 2))


def check(x: TensorSpec, filters: TensorSpec, rank: int, names: tuple[str, str] = ("input", "filters")) -> None:
    """Refuse tensor and filters that do not fit together."""
    if x.shape.rank != rank or filters.shape.rank != rank:
        raise InvalidArgumentError(
            "{a} has shape {a_shape} and {b} has shape {b_shape}; both must have {rank} axes.",
            hint="The input is (batch, sizes…, channels), the filters are (sizes…, channels, filters).",
            a=names[0],
            a_shape=x.shape,
            b=names[1],
            b_shape=filters.shape,
            rank=rank,
        )
    channels, each, width = x.shape[-1], filters.shape[-2], filters.shape[-1]
    if each == 0 or (channels is not None and each is not None and channels % each):
        raise InvalidArgumentError(
            "The input has {channels} channels, but the filters are made for {each}.",
            hint="They must be equal or, for convolutions in groups, divide them.",
            channels=channels,
            each=each,
        )
    if channels is not None and each is not None and width is not None and width % (channels // each):
        raise InvalidArgumentError(
            "{width} filters cannot be shared out among {groups} groups of channels.",
            hint="Use a multiple of that number.",
            width=width,
            groups=channels // each,
        )


def result(x: TensorSpec, filters: TensorSpec, **attrs: Any) -> TensorSpec:
    """Return the spec of a convolution of what `check` lets through."""
    count = x.shape.rank - 2
    counts = counts_of(x.shape[1:-1], filters.shape[:-2], *_axes(attrs, count))
    return TensorSpec(TensorShape((x.shape[0], *counts, filters.shape[-1])), x.dtype)


def _grouped(array: Array, channels: int) -> Array:
    """Return the last axis as (groups, channels of a group)."""
    return array.reshape(*array.shape[:-1], array.shape[-1] // channels, channels)


def _conv(x: Array, filters: Array, **attrs: Any) -> Array:
    where = conv_windows(x.shape, filters.shape, attrs)
    each, width = filters.shape[-2:]
    groups = x.shape[-1] // each
    y = np.zeros((x.shape[0], *where.counts, width), x.dtype)
    for tap, windows, taken in where.taps():
        part = _grouped(x[:, *taken], each).swapaxes(-1, -2)  # (…, channels, groups)
        weights = filters[tap].reshape(each, groups, width // groups)
        y[:, *windows] += np.einsum("...cg,cgf->...gf", part, weights, optimize=True).reshape(y[:, *windows].shape)
    return y


def input_gradient(g: Array, filters: Array, like: Array, **attrs: Any) -> Array:
    """Return the gradient by an input of the shape of `like`."""
    where = conv_windows(like.shape, filters.shape, attrs)
    each, width = filters.shape[-2:]
    groups = like.shape[-1] // each
    x = np.zeros(like.shape, g.dtype)
    for tap, windows, taken in where.taps():
        part = _grouped(g[:, *windows], width // groups)
        weights = filters[tap].reshape(each, groups, width // groups)
        x[:, *taken] += np.einsum("...gf,cgf->...gc", part, weights, optimize=True).reshape(x[:, *taken].shape)
    return x


def filter_gradient(x: Array, g: Array, like: Array, **attrs: Any) -> Array:
    """Return the gradient by filters of the shape of `like`."""
    where = conv_windows(x.shape, like.shape, attrs)
    each, width = like.shape[-2:]
    groups = x.shape[-1] // each
    filters = np.zeros(like.shape, x.dtype)
    for tap, windows, taken in where.taps():
        a = _grouped(x[:, *taken], each).reshape(-1, groups, each)
        b = _grouped(g[:, *windows], width // groups).reshape(-1, groups, width // groups)
        filters[tap] = np.einsum("ngc,ngf->cgf", a, b, optimize=True).reshape(each, width)
    return filters


def multiply_adds(filters: Any, y: Any) -> int:
    """Return how many products a convolution adds up, or a gradient of one."""
    return elements(y.shape) * elements(filters.shape[:-1])


def _plan(x: Array, filters: Array, y: Array, attrs: Mapping[str, Any], pieces: int) -> tuple[int, int, Array]:
    """Return into how many parts the work is divided, how many lines of windows make a block, and the geometry."""
    inner = elements(filters.shape[:-1])
    parts = parts_for(multiply_adds(filters, y), pieces)
    most = -(-elements(y.shape[:-2]) // parts)
    block = max(1, min(BLOCK // max(1, inner * y.shape[-2]), most))
    return parts, block, conv_windows(x.shape, filters.shape, attrs).geometry(x.shape[-1], *filters.shape[-2:])


def _columns(x: Array, filters: Array, y: Array, block: int) -> Scratch:
    """Return room for what the windows of a block of lines hold, a row each."""
    return Scratch(block * y.shape[-2] * elements(filters.shape[:-1]), x.dtype)


def _arrange_conv(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (x, filters), y = inputs, outputs[0]
    lines = elements(y.shape[:-2])
    parts, block, geometry = _plan(x, filters, y, attrs, lines)
    return (
        parts,
        block,
        lines,
        geometry,
        x.reshape(-1),
        filters.reshape(-1),
        _columns(x, filters, y, block),
        y.reshape(-1),
    )


def _arrange_input_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (g, filters, _), x = inputs, outputs[0]
    parts, block, geometry = _plan(x, filters, g, attrs, len(g))
    columns = _columns(x, filters, g, block)
    return parts, block, len(g), geometry, g.reshape(-1), filters.reshape(-1), columns, x.reshape(-1)


#: The sums by the filters of all parts together hold at most so many elements.
_SUMS = 2**24


def _arrange_filter_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (x, g, _), filters = inputs, outputs[0]
    lines = elements(g.shape[:-2])
    parts, block, geometry = _plan(x, filters, g, attrs, min(lines, _SUMS // max(1, filters.size)))
    sums = aligned_vector(parts * filters.size, g.dtype)
    columns = _columns(x, filters, g, block)
    return parts, block, lines, geometry, x.reshape(-1), g.reshape(-1), columns, sums, filters.reshape(-1)


_RUNS = (copy_run, add_run, clear_run)
_FORWARD = Kernel(conv_loop, _arrange_conv, (*_RUNS, unfold))
BY_INPUT = Kernel(conv_input_gradient_loop, _arrange_input_gradient, (*_RUNS, fold))
_BY_FILTERS = Kernel(
    conv_filter_gradient_loop, _arrange_filter_gradient, (*_RUNS, unfold, narrow_sums), after=(sum_parts,)
)


def _inner(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of any convolution as those of the gradients."""
    return {
        "strides": attrs.get("strides", attrs.get("stride")),
        "padding": attrs["padding"],
        "dilations": attrs["dilations"],
    }


def forward(x: Any, filters: Any, attrs: Mapping[str, Any]) -> Any:
    """Return the convolution of the gradients' attributes."""
    count = len(x.shape) - 2
    stride = "stride" if count == 1 else "strides"
    given = {stride: attrs["strides"], "padding": attrs["padding"], "dilations": attrs["dilations"]}
    return OPS[f"conv{count}d"].apply(x, filters, data_format=LAYOUTS[count], **given)


def _conv_gradient(g: Any, y: Any, x: Any, filters: Any, **attrs: Any) -> tuple[Any, Any]:
    inner = _inner(attrs)
    return conv_input_gradient.apply(g, filters, x, **inner), conv_filter_gradient.apply(x, g, filters, **inner)


def _declare(count: int, summary: str, samples: Sequence[Any], refused: Sequence[Any], example: str) -> Op:
    """Declare the convolution over `count` axes."""

    def infer(input: TensorSpec, filters: TensorSpec, **attrs: Any) -> TensorSpec:
        check(input, filters, count + 2)
        return result(input, filters, **attrs)

    return ops.op(
        f"conv{count}d",
        summary,
        inputs="input filters",
        dtype="floating",
        infer=infer,
        reference=_conv,
        kernel=_FORWARD,
        multiply_adds=lambda inputs, outputs, **attrs: multiply_adds(inputs[1], outputs[0]),
        gradient=_conv_gradient,
        params={
            "stride" if count == 1 else "strides": steps_param(_STRIDES),
            "padding": padding_param(*(("CAUSAL",) if count == 1 else ())),
            "data_format": layout_param(count),
            "dilations": steps_param(_DILATIONS),
        },
        notes="The filters are (sizes…, channels, filters); with 1/n of the input's channels it works in n groups."
        + (" CAUSAL adds zeros in front only, so that no result depends on what comes later." if count == 1 else ""),
        keywords=("convolution", "cross-correlation", "filter"),
        samples=tuple(samples),
        refused=tuple(refused),
        example=example,
    )


conv1d: Op = _declare(
    1,
    "Convolution over sequences (batch, steps, channels).",
    (
        sample(((2, 7, 3), "reals"), ((3, 3, 4), "reals")),
        sample(((2, 7, 2), "reals"), ((3, 2, 2), "reals"), stride=2, padding="SAME"),
        sample(((2, 6, 4), "reals"), ((2, 2, 6), "reals"), padding="CAUSAL", dilations=2),
    ),
    (
        sample(((2, 7), "reals"), ((3, 3, 4), "reals")),
        sample(((2, 7, 3), "reals"), ((8, 3, 4), "reals")),
        sample(((2, 7, 3), "reals"), ((3, 2, 4), "reals")),
        sample(((2, 7, 4), "reals"), ((3, 2, 3), "reals")),
        sample(((2, 7, 3), "reals"), ((3, 3, 4), "reals"), stride=(2, 2)),
        sample(((2, 7, 3), "reals"), ((3, 3, 4), "reals"), stride=2, dilations=2),
    ),
    ">>> tf.nn.conv1d([[[1.0], [2.0], [4.0]]], [[[1.0]], [[1.0]]], 1, 'VALID').numpy().ravel()\n"
    "array([3., 6.], dtype=float32)",
)

conv2d: Op = _declare(
    2,
    "Convolution over images (batch, height, width, channels).",
    (
        sample(((2, 5, 4, 3), "reals"), ((3, 2, 3, 4), "reals")),
        sample(((2, 5, 6, 2), "reals"), ((3, 3, 2, 2), "reals"), strides=2, padding="SAME"),
        sample(((1, 6, 5, 4), "reals"), ((2, 3, 2, 6), "reals"), padding="SAME", dilations=(1, 2)),
        sample(((0, 5, 5, 2), "reals"), ((3, 3, 2, 1), "reals")),
    ),
    (
        sample(((2, 5, 4), "reals"), ((3, 2, 4, 4), "reals")),
        sample(((2, 5, 4, 3), "reals"), ((6, 2, 3, 4), "reals")),
        sample(((2, 5, 4, 3), "reals"), ((3, 2, 2, 4), "reals")),
        sample(((2, 5, 4, 3), "reals"), ((3, 2, 3, 4), "reals"), strides=(1, 2, 3)),
    ),
    ">>> tf.nn.conv2d(tf.ones([1, 3, 3, 1]), tf.ones([2, 2, 1, 1]), 1, 'VALID').numpy().ravel()\n"
    "array([4., 4., 4., 4.], dtype=float32)",
)

conv3d: Op = _declare(
    3,
    "Convolution over volumes (batch, depth, height, width, channels).",
    (
        sample(((1, 3, 4, 3, 2), "reals"), ((2, 2, 3, 2, 3), "reals")),
        sample(((1, 3, 4, 3, 1), "reals"), ((2, 3, 2, 1, 2), "reals"), strides=(2, 1, 2), padding="SAME"),
        sample(((1, 2, 2, 1, 1), "reals"), ((1, 1, 3, 1, 2), "reals"), padding="SAME"),
    ),
    (
        sample(((1, 4, 3, 2), "reals"), ((2, 3, 2, 3), "reals")),
        sample(((1, 3, 4, 3, 2), "reals"), ((4, 2, 3, 2, 3), "reals")),
    ),
    ">>> tf.nn.conv3d(tf.ones([1, 2, 2, 2, 1]), tf.ones([2, 2, 2, 1, 1]), 1, 'VALID').numpy().ravel()\n"
    "array([8.], dtype=float32)",
)

PARAMS = {
    "strides": steps_param(_STRIDES),
    "padding": padding_param("CAUSAL"),
    "dilations": steps_param(_DILATIONS),
}


def _check_gradient(g: TensorSpec, x: TensorSpec, filters: TensorSpec, attrs: Mapping[str, Any]) -> None:
    check(x, filters, x.shape.rank, ("like", "filters"))
    wanted = result(x, filters, **attrs)
    if not wanted.shape.is_compatible_with(g.shape):
        raise InvalidArgumentError(
            "A convolution of {x} with {filters} gives {wanted}, but the gradient is {g}.",
            x=x.shape,
            filters=filters.shape,
            wanted=wanted.shape,
            g=g.shape,
        )


def _input_gradient_infer(g: TensorSpec, filters: TensorSpec, like: TensorSpec, **attrs: Any) -> TensorSpec:
    _check_gradient(g, like, filters, attrs)
    return TensorSpec(like.shape, g.dtype)


def _filter_gradient_infer(x: TensorSpec, g: TensorSpec, like: TensorSpec, **attrs: Any) -> TensorSpec:
    _check_gradient(g, x, like, attrs)
    return TensorSpec(like.shape, g.dtype)


conv_input_gradient: Op = ops.op(
    "conv_input_gradient",
    "The gradient of a convolution with respect to its input, and the transposed convolution.",
    inputs=(Operand("g", "floating"), Operand("filters", "floating"), Operand("like", "any", group="")),
    infer=_input_gradient_infer,
    reference=input_gradient,
    kernel=BY_INPUT,
    multiply_adds=lambda inputs, outputs, **attrs: multiply_adds(inputs[1], inputs[0]),
    gradient=lambda h, y, g, filters, like, **attrs: (
        forward(h, filters, attrs),
        conv_filter_gradient.apply(h, g, filters, **attrs),
        None,
    ),
    params=PARAMS,
    shape_only=frozenset({2}),
    internal=True,
    samples=(
        sample(((2, 3, 3, 4), "reals"), ((3, 2, 3, 4), "reals"), ((2, 5, 4, 3), "any")),
        sample(((2, 4, 2), "reals"), ((3, 1, 2), "reals"), ((2, 7, 2), "any"), strides=2, padding="SAME"),
    ),
    refused=(sample(((2, 3, 3, 4), "reals"), ((3, 2, 3, 4), "reals"), ((2, 6, 4, 3), "any")),),
    example=">>> tf.raw_ops.conv_input_gradient([[[1.0], [10.0]]], [[[1.0]], [[2.0]]], [[[0.0]] * 3]).numpy().ravel()\n"
    "array([ 1., 12., 20.], dtype=float32)",
)

conv_filter_gradient: Op = ops.op(
    "conv_filter_gradient",
    "The gradient of a convolution with respect to its filters.",
    inputs=(Operand("input", "floating"), Operand("g", "floating"), Operand("like", "any", group="")),
    infer=_filter_gradient_infer,
    reference=filter_gradient,
    kernel=_BY_FILTERS,
    multiply_adds=lambda inputs, outputs, **attrs: multiply_adds(outputs[0], inputs[1]),
    gradient=lambda h, y, x, g, like, **attrs: (
        conv_input_gradient.apply(g, h, x, **attrs),
        forward(x, h, attrs),
        None,
    ),
    params=PARAMS,
    shape_only=frozenset({2}),
    internal=True,
    samples=(
        sample(((2, 5, 4, 3), "reals"), ((2, 3, 3, 4), "reals"), ((3, 2, 3, 4), "any")),
        sample(((2, 7, 2), "reals"), ((2, 4, 2), "reals"), ((3, 1, 2), "any"), strides=2, padding="SAME"),
    ),
    refused=(sample(((2, 5, 4, 3), "reals"), ((2, 3, 2, 4), "reals"), ((3, 2, 3, 4), "any")),),
    example=">>> tf.raw_ops.conv_filter_gradient([[[1.0], [2.0], [4.0]]], [[[1.0], [10.0]]], [[[0.0]]] * 2).numpy()"
    ".ravel()\narray([21., 42.], dtype=float32)",
)
