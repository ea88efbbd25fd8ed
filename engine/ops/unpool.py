"""Max pooling that says where it found what, and its gradient, which goes back there.

Write P for pooling with the indices i that it found; for a tensor of pooled shape U(g, i) puts each element where i
says, and T(x, i) takes those elements. ⟨U(g, i), h⟩ = ⟨g, T(h, i)⟩: each is the gradient of the other. In a program
that runs op by op the gradient of max pooling finds the largest elements anew; a pass puts these ops in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array, int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import Kernel, Op, Operand, sample
from engine.core.spec import TensorSpec
from engine.ops.declare import Family
from engine.ops.loops import Arrays, clear_run, parts_for
from engine.ops.pool import WINDOW, each_window, largest_of, pool_infer, pool_plan
from engine.ops.windows import elements
from engine.ops.work import NONE, each_input

ops = Family("pooling")


def max_pool_with_indices_loop(part: int, parts: int, lines: int, g: Array, x: Array, y: Array, indices: Array) -> None:
    deep, high, wide, many, channels = g[9], g[10], g[11], g[14], g[18]
    for at in range(part * lines // parts, (part + 1) * lines // parts):
        v = (at % g[13]) * g[1] - g[7]
        z = ((at // g[13]) % g[12]) * g[0] - g[6]
        image = at // (g[13] * g[12]) * deep * high * wide
        for j in range(many):
            u = j * g[2] - g[8]
            to = np.uint64((at * many + j) * channels)
            first = True
            for a in range(max(z, 0), min(z + g[15], deep)):
                for b in range(max(v, 0), min(v + g[16], high)):
                    for c in range(max(u, 0), min(u + g[17], wide)):
                        pixel = (a * high + b) * wide + c
                        number, x_at = np.int32(pixel), np.uint64((image + pixel) * channels)
                        if first:
                            for i in range(np.uint64(channels)):
                                y[to + i] = x[x_at + i]
                                indices[to + i] = number
                        else:
                            for i in range(np.uint64(channels)):
                                p, q, known = y[to + i], x[x_at + i], indices[to + i]
                                better = q > p or q != q
                                y[to + i] = q if better else p
                                indices[to + i] = number if better else known
                        first = False


def max_unpool_loop(
    part: int, parts: int, images: int, windows: int, pixels: int, channels: int, g: Array, indices: Array, y: Array
) -> None:
    for n in range(part * images // parts, (part + 1) * images // parts):
        clear_run(y, n * pixels * channels, pixels * channels)
        for k in range(n * windows, (n + 1) * windows):
            start = np.uint64(k * channels)
            for i in range(np.uint64(channels)):
                y[np.uint64((n * pixels + indices[start + i]) * channels) + i] += g[start + i]


def take_pooled_loop(
    part: int, parts: int, images: int, windows: int, pixels: int, channels: int, x: Array, indices: Array, y: Array
) -> None:
    for k in range(part * images * windows // parts, (part + 1) * images * windows // parts):
        start = np.uint64(k * channels)
        image = k // windows * pixels
        for i in range(np.uint64(channels)):
            y[start + i] = x[np.uint64((image + indices[start + i]) * channels) + i]


def _max_pool_with_indices(x: Array, **attrs: Any) -> tuple[Array, Array]:
    y, number, where = largest_of(x, attrs)
    indices = np.zeros(y.shape, np.int32)
    pixels = np.arange(elements(where.sizes), dtype=np.int32).reshape(*where.sizes, 1)
    for n, (_, windows, taken) in enumerate(where.taps()):
        part = indices[:, *windows]
        part[...] = np.where(number[:, *windows] == n, pixels[taken], part)
    return y, indices


def unpooled(g: Array, indices: Array, shape: Sequence[int]) -> Array:
    """Return zeros of a shape to which each element of `g` is added where its index says."""
    y = np.zeros((shape[0], elements(shape[1:-1]), shape[-1]), g.dtype)
    rows = np.arange(shape[0])[:, None, None]
    flat = (shape[0], elements(g.shape[1:-1]), shape[-1])
    np.add.at(y, (rows, indices.reshape(flat), np.arange(shape[-1])), g.reshape(flat))
    return y.reshape(tuple(shape))


def _take_pooled(x: Array, indices: Array) -> Array:
    flat = (len(indices), elements(indices.shape[1:-1]), indices.shape[-1])
    taken = np.take_along_axis(x.reshape(len(x), elements(x.shape[1:-1]), x.shape[-1]), indices.reshape(flat), 1)
    return taken.reshape(indices.shape)


def check_pooled(pooled: TensorSpec, full: TensorSpec, names: tuple[str, str]) -> None:
    """Refuse a pooled tensor that does not fit to what it was pooled from."""
    a, b = pooled.shape, full.shape
    fits = (
        a.rank == b.rank
        and 3 <= a.rank <= 5
        and all(p is None or q is None or p == q for p, q in ((a[0], b[0]), (a[-1], b[-1])))
    )
    if not fits:
        raise InvalidArgumentError(
            "{a} has shape {a_shape} and {b} has shape {b_shape}.",
            hint="Both must be (batch, sizes…, channels), with one batch and the same channels.",
            a=names[0],
            a_shape=a,
            b=names[1],
            b_shape=b,
        )


def check_indices(pooled: TensorSpec, indices: TensorSpec) -> None:
    """Refuse indices that are not as many as there are elements."""
    if not pooled.shape.is_compatible_with(indices.shape):
        raise InvalidArgumentError(
            "g has shape {g} and indices has shape {indices}; they must be equal.",
            g=pooled.shape,
            indices=indices.shape,
        )


def _indices_infer(input: TensorSpec, **attrs: Any) -> tuple[TensorSpec, TensorSpec]:
    y = pool_infer(input, **attrs)
    return y, TensorSpec(y.shape, int32)


def _unpool_infer(g: TensorSpec, indices: TensorSpec, like: TensorSpec) -> TensorSpec:
    check_indices(g, indices)
    check_pooled(g, like, ("g", "like"))
    return TensorSpec(like.shape, g.dtype)


def _take_infer(input: TensorSpec, indices: TensorSpec) -> TensorSpec:
    check_pooled(indices, input, ("indices", "input"))
    return TensorSpec(indices.shape, input.dtype)


def _arrange_pool(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return *pool_plan(inputs[0].shape, attrs, False), *(a.reshape(-1) for a in (*inputs, *outputs))


def _arrange(full: Array, pooled: Array, *arrays: Array) -> Sequence[Any]:
    windows, pixels = (elements(a.shape[1:-1]) for a in (pooled, full))
    parts = parts_for(4 * max(pooled.size, full.size // 4), len(full))
    return parts, len(full), windows, pixels, full.shape[-1], *(a.reshape(-1) for a in arrays)


def _arrange_unpool(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return _arrange(outputs[0], inputs[0], inputs[0], inputs[1], outputs[0])


def _arrange_take(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return _arrange(inputs[0], outputs[0], inputs[0], inputs[1], outputs[0])


_INDICES = Operand("indices", "index", group="")

max_pool_with_indices: Op = ops.op(
    "max_pool_with_indices",
    "Max pooling, and for each result the number of the pixel, within its image, that holds it.",
    inputs=(Operand("input", "floating"),),
    outputs=("output", "indices"),
    infer=_indices_infer,
    reference=_max_pool_with_indices,
    kernel=Kernel(max_pool_with_indices_loop, _arrange_pool),
    arithmetic=each_window(),
    gradient=lambda g, y, x, **attrs: (None if g[0] is None else max_unpool.apply(g[0], y[1], x),),
    params=WINDOW,
    internal=True,
    samples=(
        sample(((2, 5, 4, 3), "distinct"), ksize=(3, 2), strides=2, padding="SAME"),
        sample(((2, 7, 3), "distinct"), ksize=2),
        sample(((1, 3, 4, 3, 2), "distinct"), ksize=2, padding="SAME"),
    ),
    refused=(sample(((2, 2, 2, 3), "distinct"), ksize=3),),
    example=">>> tf.raw_ops.max_pool_with_indices([[[1.0], [3.0], [2.0], [0.0]]], 2)[1].numpy().ravel()\n"
    "array([1, 2], dtype=int32)",
)

max_unpool: Op = ops.op(
    "max_unpool",
    "Zeros to which each element is added at the pixel of its channel whose number is given.",
    inputs=(Operand("g", "floating"), _INDICES, Operand("like", "any", group="")),
    infer=_unpool_infer,
    reference=lambda g, indices, like: unpooled(g, indices, like.shape),
    kernel=Kernel(max_unpool_loop, _arrange_unpool, (clear_run,)),
    arithmetic=each_input(1),
    gradient=lambda h, y, g, indices, like: (take_pooled.apply(h, indices), None, None),
    shape_only=frozenset({2}),
    internal=True,
    samples=(
        sample(((2, 2, 3, 3), "reals"), ((2, 2, 3, 3), "index:20"), ((2, 5, 4, 3), "any")),
        sample(((1, 2, 2), "reals"), ((1, 2, 2), "index:5"), ((1, 5, 2), "any")),
    ),
    refused=(
        sample(((1, 2, 2), "reals"), ((1, 3, 2), "index:5"), ((1, 5, 2), "any")),
        sample(((1, 2, 2), "reals"), ((1, 2, 2), "index:5"), ((1, 5, 3), "any")),
    ),
    example=">>> tf.raw_ops.max_unpool([[[5.0]]], [[[1]]], [[[0.0], [0.0]]]).numpy().ravel()\n"
    "array([0., 5.], dtype=float32)",
)

take_pooled: Op = ops.op(
    "take_pooled",
    "The elements of a tensor at the pixels of each channel whose numbers are given.",
    inputs=(Operand("input", "any"), _INDICES),
    infer=_take_infer,
    reference=_take_pooled,
    kernel=Kernel(take_pooled_loop, _arrange_take),
    arithmetic=NONE,
    gradient=lambda g, y, x, indices: (max_unpool.apply(g, indices, x), None),
    internal=True,
    samples=(
        sample(((2, 5, 4, 3), "reals"), ((2, 2, 3, 3), "index:20")),
        sample(((1, 5, 2), "reals"), ((1, 2, 2), "index:5")),
    ),
    refused=(sample(((1, 5, 2), "reals"), ((1, 2, 3), "index:5")),),
    example=">>> tf.raw_ops.take_pooled([[[5.0], [6.0]]], [[[1]]]).numpy().ravel()\narray([6.], dtype=float32)",
)
