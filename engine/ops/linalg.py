"""Products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, sample
from engine.core.param import Param
from engine.core.shape import TensorShape, broadcast
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, like

ops = Family("linear algebra")


def swapped(array: Any, swap: bool) -> Any:
    """Return `array` with its last two axes swapped if `swap`."""
    return array.swapaxes(-1, -2) if swap else array


def _matmul_infer(a: TensorSpec, b: TensorSpec, transpose_a: bool, transpose_b: bool) -> TensorSpec:
    for name, spec in (("a", a), ("b", b)):
        if spec.shape.rank < 2:
            raise InvalidArgumentError(
                "{name} has shape {shape}, but a matrix has at least two axes.",
                hint="Add one with expand_dims or {name}[newaxis, :].",
                name=name,
                shape=spec.shape,
            )
    rows, inner_a = a.shape[-2:] if not transpose_a else a.shape[:-3:-1]
    inner_b, columns = b.shape[-2:] if not transpose_b else b.shape[:-3:-1]
    if inner_a != inner_b and None not in (inner_a, inner_b):
        raise InvalidArgumentError(
            "a is {a} and b is {b}{how}: the inner sizes {inner_a} and {inner_b} must be equal.",
            hint="Give one of them other sizes, or transpose it (transpose_a, transpose_b).",
            a=a.shape,
            b=b.shape,
            how=f" (transpose_a={transpose_a}, transpose_b={transpose_b})" if transpose_a or transpose_b else "",
            inner_a=inner_a,
            inner_b=inner_b,
        )
    try:
        batch = broadcast(a.shape[:-2], b.shape[:-2])
    except ValueError:
        raise InvalidArgumentError(
            "a is {a} and b is {b}: the axes before the last two do not broadcast.", a=a.shape, b=b.shape
        ) from None
    return TensorSpec(TensorShape((*batch, rows, columns)), a.dtype)


def _matmul_gradient(g: Any, y: Any, a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> tuple[Any, Any]:
    # Y = A B, with A and B as they enter the product:  dA = G Bᵀ,  dB = Aᵀ G; transposed again where they were
    da = matmul.apply(b, g, transpose_a=transpose_b, transpose_b=True) if transpose_a else None
    db = matmul.apply(g, a, transpose_a=True, transpose_b=transpose_a) if transpose_b else None
    if da is None:
        da = matmul.apply(g, b, transpose_a=False, transpose_b=not transpose_b)
    if db is None:
        db = matmul.apply(a, g, transpose_a=not transpose_a, transpose_b=False)
    return like(da, a), like(db, b)


matmul: Op = ops.op(
    "matmul",
    "Product of two matrices, or of stacks of them.",
    inputs="a b",
    infer=_matmul_infer,
    reference=lambda a, b, transpose_a, transpose_b: np.matmul(swapped(a, transpose_a), swapped(b, transpose_b)),
    gradient=_matmul_gradient,
    params={
        "transpose_a": Param("bool", False, "Swap the last two axes of a first."),
        "transpose_b": Param("bool", False, "Swap the last two axes of b first."),
    },
    keywords=("dot", "product", "@", "matrix"),
    samples=(
        sample(((2, 3), "reals"), ((3, 4), "reals")),
        sample(((3, 2), "reals"), ((4, 3), "reals"), transpose_a=True, transpose_b=True),
        sample(((5, 2, 3), "reals"), ((3, 4), "reals")),
        sample(((5, 1, 3, 2), "reals"), ((4, 3, 4), "reals"), transpose_a=True),
        sample(((2, 3), "reals"), ((4, 4, 3), "reals"), transpose_b=True),
    ),
    refused=(
        sample(((3,), "any"), ((3, 4), "any")),
        sample(((2, 3), "any"), ((4, 5), "any")),
        sample(((2, 2, 3), "any"), ((3, 3, 5), "any")),
    ),
    example=">>> tf.matmul([[1.0, 2.0]], [[3.0], [4.0]]).numpy()\narray([[11.]], dtype=float32)",
)


def _bias_add_infer(value: TensorSpec, bias: TensorSpec) -> TensorSpec:
    if bias.shape.rank != 1 or value.shape.rank < 1 or not bias.shape.is_compatible_with(value.shape[-1:]):
        raise InvalidArgumentError(
            "value has shape {value} and bias has shape {bias}.",
            hint="The bias is a vector as long as the last axis of the value.",
            value=value.shape,
            bias=bias.shape,
        )
    return TensorSpec(value.shape, value.dtype)


bias_add: Op = ops.op(
    "bias_add",
    "Add a vector along the last axis.",
    inputs="value bias",
    infer=_bias_add_infer,
    scalar=lambda value, bias: value + bias,
    gradient=lambda g, y, value, bias: (g, like(g, bias)),
    reference=np.add,
    samples=(sample(((2, 3), "reals"), ((3,), "reals")), sample(((2, 4, 3), "reals"), ((3,), "reals"))),
    refused=(
        sample(((2, 3), "any"), ((2,), "any")),
        sample(((2, 3), "any"), ((2, 3), "any")),
        sample(((), "any"), ((1,), "any")),
    ),
    example=">>> tf.nn.bias_add([[1.0, 2.0]], [10.0, 20.0]).numpy()\narray([[11., 22.]], dtype=float32)",
)
