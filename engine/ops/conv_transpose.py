"""Transposed convolutions: what the gradient of a convolution does to its result, as an op of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Kernel, Op, sample
from engine.core.param import Param
from engine.core.shape import Dim, TensorShape
from engine.core.spec import TensorSpec
from engine.ops.conv import (
    BY_INPUT,
    check,
    conv_filter_gradient,
    forward,
    input_gradient,
    multiply_adds,
    result,
)
from engine.ops.declare import Family
from engine.ops.loops import Arrays
from engine.ops.windows import layout_param, padding_param, steps_param

ops = Family("convolution")


def _inner(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: attrs[name] for name in ("strides", "padding", "dilations")}


def _output(input: TensorSpec, filters: TensorSpec, output_shape: Sequence[int]) -> TensorSpec:
    """Return the spec of the result; -1 for the batch stands for that of the input."""
    if len(output_shape) != input.shape.rank or -1 in output_shape[1:]:
        raise InvalidArgumentError(
            "output_shape is {given}, but the input has shape {shape}.",
            hint="It lists batch (-1 for that of the input), sizes and channels of the result.",
            given=list(output_shape),
            shape=input.shape,
        )
    batch: Dim = input.shape[0] if output_shape[0] == -1 else output_shape[0]
    return TensorSpec(TensorShape((batch, *output_shape[1:])), input.dtype)


def _infer(rank: int) -> Any:
    def infer(input: TensorSpec, filters: TensorSpec, output_shape: tuple[int, ...], **attrs: Any) -> TensorSpec:
        if input.shape.rank != rank or filters.shape.rank != rank:
            check(input, filters, rank)
        output = _output(input, filters, output_shape)
        check(output, filters, rank, ("the result", "filters"))
        wanted = result(output, filters, **_inner(attrs))
        if not wanted.shape.is_compatible_with(input.shape):
            raise InvalidArgumentError(
                "A convolution of {output} with {filters} gives {wanted}, but the input is {input}.",
                hint="Choose an output_shape that the convolution takes to the shape of the input.",
                output=output.shape,
                filters=filters.shape,
                wanted=wanted.shape,
                input=input.shape,
            )
        return output

    return infer


def _like(x: Array, output_shape: Sequence[int]) -> Array:
    """Return an array of the result's shape that takes no memory."""
    batch = x.shape[0] if output_shape[0] == -1 else output_shape[0]
    return np.broadcast_to(np.zeros((), x.dtype), (batch, *output_shape[1:]))


def _reference(x: Array, filters: Array, output_shape: tuple[int, ...], **attrs: Any) -> Array:
    return input_gradient(x, filters, _like(x, output_shape), **_inner(attrs))


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    return BY_INPUT.arrange([*inputs, outputs[0]], outputs, _inner(attrs))


_KERNEL = Kernel(BY_INPUT.code, _arrange, BY_INPUT.helpers)


def _gradient(g: Any, y: Any, x: Any, filters: Any, output_shape: tuple[int, ...], **attrs: Any) -> tuple[Any, Any]:
    inner = _inner(attrs)
    return forward(g, filters, inner), conv_filter_gradient.apply(g, x, filters, **inner)


def _declare(count: int, summary: str, samples: Sequence[Any], refused: Sequence[Any], example: str) -> Op:
    return ops.op(
        f"conv{count}d_transpose",
        summary,
        inputs="input filters",
        dtype="floating",
        infer=_infer(count + 2),
        reference=_reference,
        kernel=_KERNEL,
        multiply_adds=lambda inputs, outputs, **attrs: multiply_adds(inputs[1], inputs[0]),
        gradient=_gradient,
        params={
            "output_shape": Param("ints", help="Shape of the result, -1 for the batch of the input.", min=-1),
            "strides": steps_param("How many times larger the result is, along all axes or along each."),
            "padding": padding_param(),
            "data_format": layout_param(count),
            "dilations": steps_param("Elements from one that a window takes to the next."),
        },
        notes="The filters are (sizes…, channels of the result, channels of the input).",
        keywords=("deconvolution", "upsampling", "transposed"),
        samples=tuple(samples),
        refused=tuple(refused),
        example=example,
    )


conv1d_transpose: Op = _declare(
    1,
    "Transposed convolution over sequences: every step is spread over a window.",
    (
        sample(((2, 3, 4), "reals"), ((3, 2, 4), "reals"), output_shape=(-1, 5, 2)),
        sample(((2, 3, 4), "reals"), ((3, 2, 4), "reals"), output_shape=(2, 6, 2), strides=2, padding="SAME"),
    ),
    (
        sample(((2, 3, 4), "reals"), ((3, 2, 4), "reals"), output_shape=(2, 6, 2)),
        sample(((2, 3, 4), "reals"), ((3, 2, 4), "reals"), output_shape=(6, 2)),
        sample(((2, 3), "reals"), ((3, 2, 4), "reals"), output_shape=(2, 5, 2)),
    ),
    ">>> tf.nn.conv1d_transpose([[[1.0], [10.0]]], [[[1.0]], [[2.0]]], [1, 3, 1], 1, 'VALID').numpy().ravel()\n"
    "array([ 1., 12., 20.], dtype=float32)",
)

conv2d_transpose: Op = _declare(
    2,
    "Transposed convolution over images: every pixel is spread over a window.",
    (
        sample(((2, 3, 2, 4), "reals"), ((3, 2, 2, 4), "reals"), output_shape=(-1, 5, 3, 2)),
        sample(((1, 2, 3, 3), "reals"), ((3, 3, 2, 3), "reals"), output_shape=(1, 4, 5, 2), strides=2, padding="SAME"),
    ),
    (
        sample(((2, 3, 2, 4), "reals"), ((3, 2, 2, 4), "reals"), output_shape=(3, 5, 3, 2)),
        sample(((2, 3, 2, 4), "reals"), ((3, 2, 2, 3), "reals"), output_shape=(2, 5, 3, 2)),
    ),
    ">>> tf.nn.conv2d_transpose(tf.ones([1, 1, 1, 1]), tf.ones([2, 2, 1, 1]), [1, 2, 2, 1], 2).numpy().ravel()\n"
    "array([1., 1., 1., 1.], dtype=float32)",
)

conv3d_transpose: Op = _declare(
    3,
    "Transposed convolution over volumes: every voxel is spread over a window.",
    (sample(((2, 2, 2, 2, 2), "reals"), ((2, 1, 2, 2, 2), "reals"), output_shape=(-1, 3, 2, 3, 2)),),
    (sample(((1, 2, 3, 2, 2), "reals"), ((2, 1, 2, 3, 2), "reals"), output_shape=(1, 4, 3, 3, 3)),),
    ">>> tf.nn.conv3d_transpose(tf.ones([1, 1, 1, 1, 1]), tf.ones([1, 1, 2, 1, 1]), [1, 1, 1, 2, 1]).numpy().ravel()\n"
    "array([1., 1.], dtype=float32)",
)
