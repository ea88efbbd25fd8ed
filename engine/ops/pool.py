"""Pooling: the largest or the mean element of windows, channel by channel.

The gradient of a maximum goes to the first element that has it, as in TensorFlow. It is found anew from the input,
which costs no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Kernel, Op, Operand, Scratch, sample
from engine.core.param import Param
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family
from engine.ops.loops import Arrays, add_run, clear_run, copy_run, parts_for
from engine.ops.windows import (
    LAYOUTS,
    Windows,
    counts_of,
    elements,
    layout_param,
    padding_param,
    per_axis,
    windows_of,
)
from engine.ops.work import FLOPS, Count

ops = Family("pooling")


def largest(g: Array, x: Array, n: int, z: int, v: int, u: int, y: Array, start: int) -> None:
    """Write the largest elements of the window that begins at a pixel, one for each channel."""
    deep, high, wide, channels = g[9], g[10], g[11], g[18]
    y_at = np.uint64(start)
    first = True
    for a in range(max(z, 0), min(z + g[15], deep)):
        for b in range(max(v, 0), min(v + g[16], high)):
            line = ((n * deep + a) * high + b) * wide
            for c in range(max(u, 0), min(u + g[17], wide)):
                x_at = np.uint64((line + c) * channels)
                if first:
                    for i in range(np.uint64(channels)):
                        y[y_at + i] = x[x_at + i]
                else:
                    for i in range(np.uint64(channels)):
                        p, q = y[y_at + i], x[x_at + i]
                        y[y_at + i] = q if q > p or q != q else p
                first = False


def max_pool_loop(part: int, parts: int, lines: int, g: Array, x: Array, y: Array) -> None:
    many, channels = g[14], g[18]
    for at in range(part * lines // parts, (part + 1) * lines // parts):
        v = (at % g[13]) * g[1] - g[7]
        z = ((at // g[13]) % g[12]) * g[0] - g[6]
        n = at // (g[13] * g[12])
        for j in range(many):
            largest(g, x, n, z, v, j * g[2] - g[8], y, (at * many + j) * channels)


def max_pool_gradient_loop(
    part: int, parts: int, images: int, g: Array, dy: Array, x: Array, top: Array, rest: Array, dx: Array
) -> None:
    deep, high, wide, many, channels = g[9], g[10], g[11], g[14], g[18]
    lines, image = g[12] * g[13], deep * high * wide * channels
    for n in range(part * images // parts, (part + 1) * images // parts):
        clear_run(dx, n * image, image)
        for at in range(lines):
            v = (at % g[13]) * g[1] - g[7]
            z = (at // g[13]) * g[0] - g[6]
            for j in range(many):
                u = j * g[2] - g[8]
                largest(g, x, n, z, v, u, top, 0)
                copy_run(rest, 0, dy, ((n * lines + at) * many + j) * channels, channels)
                for a in range(max(z, 0), min(z + g[15], deep)):
                    for b in range(max(v, 0), min(v + g[16], high)):
                        line = ((n * deep + a) * high + b) * wide
                        for c in range(max(u, 0), min(u + g[17], wide)):
                            x_at = np.uint64((line + c) * channels)
                            for i in range(np.uint64(channels)):
                                # the first element that is the largest takes what there is, and leaves nothing
                                share = rest[i] if x[x_at + i] == top[i] else dy.dtype.type(0)
                                dx[x_at + i] += share
                                rest[i] -= share


def max_pool_pick_loop(
    part: int, parts: int, images: int, g: Array, h: Array, x: Array, top: Array, missing: Array, y: Array
) -> None:
    deep, high, wide, many, channels = g[9], g[10], g[11], g[14], g[18]
    lines = g[12] * g[13]
    for n in range(part * images // parts, (part + 1) * images // parts):
        for at in range(lines):
            v = (at % g[13]) * g[1] - g[7]
            z = (at // g[13]) * g[0] - g[6]
            for j in range(many):
                u = j * g[2] - g[8]
                largest(g, x, n, z, v, u, top, 0)
                missing[:] = True
                y_at = np.uint64(((n * lines + at) * many + j) * channels)
                for a in range(max(z, 0), min(z + g[15], deep)):
                    for b in range(max(v, 0), min(v + g[16], high)):
                        line = ((n * deep + a) * high + b) * wide
                        for c in range(max(u, 0), min(u + g[17], wide)):
                            x_at = np.uint64((line + c) * channels)
                            for i in range(np.uint64(channels)):
                                if missing[i] and x[x_at + i] == top[i]:
                                    y[y_at + i] = h[x_at + i]
                                    missing[i] = False


def avg_pool_loop(part: int, parts: int, lines: int, g: Array, x: Array, y: Array) -> None:
    deep, high, wide, many, channels = g[9], g[10], g[11], g[14], g[18]
    for at in range(part * lines // parts, (part + 1) * lines // parts):
        v = (at % g[13]) * g[1] - g[7]
        z = ((at // g[13]) % g[12]) * g[0] - g[6]
        n = at // (g[13] * g[12])
        for j in range(many):
            u = j * g[2] - g[8]
            start, count = (at * many + j) * channels, 0
            clear_run(y, start, channels)
            for a in range(max(z, 0), min(z + g[15], deep)):
                for b in range(max(v, 0), min(v + g[16], high)):
                    line = ((n * deep + a) * high + b) * wide
                    for c in range(max(u, 0), min(u + g[17], wide)):
                        add_run(y, start, x, (line + c) * channels, channels)
                        count += 1
            share = y.dtype.type(1) / y.dtype.type(count)
            y_at = np.uint64(start)
            for i in range(np.uint64(channels)):
                y[y_at + i] *= share


def avg_pool_gradient_loop(part: int, parts: int, images: int, g: Array, dy: Array, dx: Array) -> None:
    deep, high, wide, many, channels = g[9], g[10], g[11], g[14], g[18]
    lines, image = g[12] * g[13], deep * high * wide * channels
    for n in range(part * images // parts, (part + 1) * images // parts):
        clear_run(dx, n * image, image)
        for at in range(lines):
            v = (at % g[13]) * g[1] - g[7]
            z = (at // g[13]) * g[0] - g[6]
            for j in range(many):
                u = j * g[2] - g[8]
                y_at = np.uint64(((n * lines + at) * many + j) * channels)
                size = (min(z + g[15], deep) - max(z, 0)) * (min(v + g[16], high) - max(v, 0))
                share = dx.dtype.type(1) / dx.dtype.type(size * (min(u + g[17], wide) - max(u, 0)))
                for a in range(max(z, 0), min(z + g[15], deep)):
                    for b in range(max(v, 0), min(v + g[16], high)):
                        line = ((n * deep + a) * high + b) * wide
                        for c in range(max(u, 0), min(u + g[17], wide)):
                            x_at = np.uint64((line + c) * channels)
                            for i in range(np.uint64(channels)):
                                dx[x_at + i] += dy[y_at + i] * share


def _axes(attrs: Mapping[str, Any], count: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], str]:
    """Return window, strides (those of the window unless given), dilations and padding."""
    window = per_axis("ksize", attrs["ksize"], count)
    strides = window if attrs["strides"] is None else per_axis("strides", attrs["strides"], count)
    return window, strides, (1,) * count, attrs["padding"]


def _windows(shape: Sequence[int], attrs: Mapping[str, Any]) -> Windows:
    return windows_of(tuple(shape[1:-1]), *_axes(attrs, len(shape) - 2))


def pool_infer(input: TensorSpec, rank: int | None = None, **attrs: Any) -> TensorSpec:
    if (rank is not None and input.shape.rank != rank) or not 3 <= input.shape.rank <= 5:
        raise InvalidArgumentError(
            "input has shape {shape}, but it must have {rank} axes.",
            hint="They are (batch, sizes…, channels).",
            shape=input.shape,
            rank=rank or "3, 4 or 5",
        )
    counts = counts_of(input.shape[1:-1], *_axes(attrs, input.shape.rank - 2))
    return TensorSpec(TensorShape((input.shape[0], *counts, input.shape[-1])), input.dtype)


def largest_of(x: Array, attrs: Mapping[str, Any]) -> tuple[Array, Array, Windows]:
    """Return the largest elements of the windows, the number of the tap that each is, and where they lie."""
    where = _windows(x.shape, attrs)
    y = np.full((x.shape[0], *where.counts, x.shape[-1]), -np.inf, x.dtype)
    number = np.full(y.shape, -1)
    for n, (_, windows, taken) in enumerate(where.taps()):
        part, best = x[:, *taken], y[:, *windows]
        better = (part > best) | np.isnan(part) | (number[:, *windows] < 0)
        number[:, *windows] = np.where(better, n, number[:, *windows])
        y[:, *windows] = np.where(better, part, best)
    return y, number, where


def _max_pool_gradient(g: Array, x: Array, **attrs: Any) -> Array:
    _, number, where = largest_of(x, attrs)
    dx = np.zeros(x.shape, g.dtype)
    for n, (_, windows, taken) in enumerate(where.taps()):
        dx[:, *taken] += np.where(number[:, *windows] == n, g[:, *windows], 0)
    return dx


def _max_pool_pick(h: Array, x: Array, **attrs: Any) -> Array:
    y, number, where = largest_of(x, attrs)
    for n, (_, windows, taken) in enumerate(where.taps()):
        y[:, *windows] = np.where(number[:, *windows] == n, h[:, *taken], y[:, *windows])
    return y


def _members(where: Windows, dtype: Any) -> Array:
    """Return how many elements each window has."""
    count = np.zeros((*where.counts, 1), dtype)
    for _, windows, _ in where.taps():
        count[windows] += 1
    return count


def _avg_pool(x: Array, **attrs: Any) -> Array:
    where = _windows(x.shape, attrs)
    y = np.zeros((x.shape[0], *where.counts, x.shape[-1]), x.dtype)
    for _, windows, taken in where.taps():
        y[:, *windows] += x[:, *taken]
    return np.asarray(y / _members(where, x.dtype))


def _avg_pool_gradient(g: Array, like: Array, **attrs: Any) -> Array:
    where = _windows(like.shape, attrs)
    share = g / _members(where, g.dtype)
    dx = np.zeros(like.shape, g.dtype)
    for _, windows, taken in where.taps():
        dx[:, *taken] += share[:, *windows]
    return dx


def pool_plan(shape: Sequence[int], attrs: Mapping[str, Any], by_image: bool) -> tuple[int, int, Array]:
    """Return parts, images or lines of windows, and geometry."""
    where = _windows(shape, attrs)
    pieces = shape[0] if by_image else shape[0] * elements(where.counts[:-1])
    work = shape[0] * elements(where.counts) * elements(where.kernel) * shape[-1]
    return parts_for(4 * work, pieces), pieces, where.geometry(shape[-1])


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    """Arrange what goes from the shape of the first operand to that of windows."""
    return *pool_plan(inputs[0].shape, attrs, False), *(a.reshape(-1) for a in (*inputs, outputs[0]))


def _arrange_max_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (g, x), dx = inputs, outputs[0]
    vectors = Scratch(x.shape[-1], x.dtype), Scratch(x.shape[-1], g.dtype)
    return *pool_plan(dx.shape, attrs, True), g.reshape(-1), x.reshape(-1), *vectors, dx.reshape(-1)


def _arrange_pick(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (h, x), y = inputs, outputs[0]
    vectors = Scratch(x.shape[-1], x.dtype), Scratch(x.shape[-1], np.bool_)
    return *pool_plan(h.shape, attrs, True), h.reshape(-1), x.reshape(-1), *vectors, y.reshape(-1)


def _arrange_avg_gradient(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *pool_plan(outputs[0].shape, attrs, True), inputs[0].reshape(-1), outputs[0].reshape(-1)


WINDOW = {
    "ksize": Param("ints", help="Size of a window, along all axes or along each.", min=1),
    "strides": Param(
        "ints", None, "Elements from a window to the next; none for windows side by side.", min=1, optional=True
    ),
    "padding": padding_param(),
}


def each_window(more: int = 0, pooled_input: bool = False) -> Count:
    """Return a count of one operation for each element of a window, and some more, for each of them.

    There are as many windows as the result has elements, or, on the way back, as the first operand has.
    """

    def count(inputs: Sequence[Any], outputs: Sequence[Any], **attrs: Any) -> int:
        pooled = (inputs if pooled_input else outputs)[0].shape
        return elements(pooled) * (elements(per_axis("ksize", attrs["ksize"], len(pooled) - 2)) + more)

    return count


def _inner(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: attrs[name] for name in WINDOW}


def _pool(kind: str, x: Any, attrs: Mapping[str, Any]) -> Any:
    count = len(x.shape) - 2
    return OPS[f"{kind}_pool{count}d"].apply(x, data_format=LAYOUTS[count], **attrs)


def _checked(g: TensorSpec, x: TensorSpec, attrs: Mapping[str, Any]) -> TensorSpec:
    wanted = pool_infer(x, **attrs)
    if not wanted.shape.is_compatible_with(g.shape):
        raise InvalidArgumentError(
            "The windows of {x} give {wanted}, but the gradient is {g}.", x=x.shape, wanted=wanted.shape, g=g.shape
        )
    return TensorSpec(x.shape, g.dtype)


def _pick_infer(h: TensorSpec, x: TensorSpec, **attrs: Any) -> TensorSpec:
    if not h.shape.is_compatible_with(x.shape):
        raise InvalidArgumentError("h has shape {h} and input has shape {x}.", h=h.shape, x=x.shape)
    return pool_infer(x, **attrs)


_SAMPLE = ((2, 5, 4, 3), "distinct")
_POOLED = ((2, 3, 2, 3), "reals")
_OVERLAP: Mapping[str, Any] = {"ksize": (3, 2), "strides": 2, "padding": "SAME"}

max_pool_gradient: Op = ops.op(
    "max_pool_gradient",
    "The gradient of max pooling with respect to its input: each goes to the first largest element of its window.",
    inputs=(Operand("g", "floating"), Operand("input", "floating")),
    infer=lambda g, x, **attrs: _checked(g, x, attrs),
    reference=_max_pool_gradient,
    kernel=Kernel(max_pool_gradient_loop, _arrange_max_gradient, (clear_run, copy_run, largest)),
    arithmetic=each_window(1, pooled_input=True),
    gradient=lambda h, y, g, x, **attrs: (max_pool_pick.apply(h, x, **attrs), None),
    params=WINDOW,
    internal=True,
    samples=(sample(_POOLED, _SAMPLE, **_OVERLAP), sample(((1, 2, 2), "reals"), ((1, 5, 2), "distinct"), ksize=2)),
    refused=(sample(((2, 2, 2, 3), "reals"), _SAMPLE, **_OVERLAP),),
    example=">>> tf.raw_ops.max_pool_gradient([[[5.0]]], [[[1.0], [1.0]]], 2).numpy().ravel()\n"
    "array([5., 0.], dtype=float32)",
)

max_pool_pick: Op = ops.op(
    "max_pool_pick",
    "The elements of a tensor where another one has the first largest of its windows.",
    inputs=(Operand("h", "floating"), Operand("input", "floating")),
    infer=_pick_infer,
    reference=_max_pool_pick,
    kernel=Kernel(max_pool_pick_loop, _arrange_pick, (largest,)),
    arithmetic=each_window(),
    gradient=lambda g, y, h, x, **attrs: (max_pool_gradient.apply(g, x, **attrs), None),
    params=WINDOW,
    internal=True,
    samples=(sample(((2, 5, 4, 3), "reals"), _SAMPLE, **_OVERLAP),),
    refused=(sample(((2, 5, 5, 3), "reals"), _SAMPLE, **_OVERLAP),),
    example=">>> tf.raw_ops.max_pool_pick([[[5.0], [6.0]]], [[[1.0], [2.0]]], 2).numpy().ravel()\n"
    "array([6.], dtype=float32)",
)

avg_pool_gradient: Op = ops.op(
    "avg_pool_gradient",
    "The gradient of average pooling with respect to its input: each is shared out among its window.",
    inputs=(Operand("g", "floating"), Operand("like", "any", group="")),
    infer=lambda g, like, **attrs: _checked(g, like, attrs),
    reference=_avg_pool_gradient,
    kernel=Kernel(avg_pool_gradient_loop, _arrange_avg_gradient, (clear_run,)),
    arithmetic=each_window(FLOPS["/"], pooled_input=True),
    gradient=lambda h, y, g, like, **attrs: (_pool("avg", h, attrs), None),
    params=WINDOW,
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(_POOLED, _SAMPLE, **_OVERLAP), sample(((1, 2, 2), "reals"), ((1, 5, 2), "any"), ksize=2)),
    refused=(sample(((2, 2, 2, 3), "reals"), _SAMPLE, **_OVERLAP),),
    example=">>> tf.raw_ops.avg_pool_gradient([[[5.0]]], [[[1.0], [1.0]]], 2).numpy().ravel()\n"
    "array([2.5, 2.5], dtype=float32)",
)

#: By the number of axes: what they are, samples, and the example's input.
_AXES: Mapping[int, tuple[str, Sequence[Any], str]] = {
    1: (
        "sequences",
        (sample(((2, 7, 3), "distinct"), ksize=2), sample(((2, 7, 3), "distinct"), ksize=3, strides=2, padding="SAME")),
        "[[[1.0], [3.0], [2.0], [0.0]]], 2",
    ),
    2: (
        "images",
        (
            sample(((2, 5, 4, 3), "distinct"), ksize=2),
            sample(((2, 5, 4, 3), "distinct"), **_OVERLAP),
            sample(((1, 4, 4, 2), "distinct"), ksize=(2, 3), strides=1),
        ),
        "[[[[1.0], [3.0]], [[2.0], [0.0]], [[1.0], [1.0]]]], [1, 2]",
    ),
    3: (
        "volumes",
        (sample(((1, 3, 4, 3, 2), "distinct"), ksize=2, padding="SAME"),),
        "[[[[[1.0], [3.0]]], [[[2.0], [0.0]]]]], [1, 1, 2]",
    ),
}


def _declare(kind: str, count: int, what: str, gradient: Callable[..., Any], kernel: Kernel, expected: str) -> Op:
    data, samples, example = _AXES[count]
    return ops.op(
        f"{kind}_pool{count}d",
        f"{what} element of windows over {data}, channel by channel.",
        inputs="input",
        dtype="floating",
        infer=lambda input, **attrs: pool_infer(input, count + 2, **attrs),
        reference=(lambda x, **attrs: largest_of(x, attrs)[0]) if kind == "max" else _avg_pool,
        kernel=kernel,
        arithmetic=each_window(0 if kind == "max" else FLOPS["/"]),
        gradient=lambda g, y, x, **attrs: (gradient(g, x, **_inner(attrs)),),
        params={**WINDOW, "data_format": layout_param(count)},
        notes="" if kind == "max" else "What padding adds does not count.",
        keywords=("pooling", "subsampling"),
        samples=tuple(samples),
        refused=(
            sample(((2,) * (count + 1), "reals"), ksize=2),
            sample(((2,) * (count + 2), "reals"), ksize=3),
            sample(((2,) * (count + 2), "reals"), ksize=(2,) * (count + 3)),
        ),
        example=f">>> tf.nn.{kind}_pool{count}d({example}).numpy().ravel()\narray({expected}, dtype=float32)",
    )


_MAX = Kernel(max_pool_loop, _arrange, (largest,))
_AVERAGE = Kernel(avg_pool_loop, _arrange, (clear_run, add_run))
_LARGEST, _MEAN = "[3., 2.]", "[2., 1.]"

max_pool1d: Op = _declare("max", 1, "The largest", max_pool_gradient.apply, _MAX, _LARGEST)
max_pool2d: Op = _declare("max", 2, "The largest", max_pool_gradient.apply, _MAX, "[3., 2., 1.]")
max_pool3d: Op = _declare("max", 3, "The largest", max_pool_gradient.apply, _MAX, _LARGEST)
avg_pool1d: Op = _declare("avg", 1, "The mean", avg_pool_gradient.apply, _AVERAGE, _MEAN)
avg_pool2d: Op = _declare("avg", 2, "The mean", avg_pool_gradient.apply, _AVERAGE, "[2., 1., 1.]")
avg_pool3d: Op = _declare("avg", 3, "The mean", avg_pool_gradient.apply, _AVERAGE, _MEAN)
