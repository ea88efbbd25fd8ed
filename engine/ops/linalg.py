"""Products of matrices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Kernel, Op, sample
from engine.core.param import Param
from engine.core.shape import TensorShape, broadcast
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, like
from engine.ops.loops import PARTS, Arrays, gemm

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


#: Rows that a part of a product has at least: with 128 it runs at full speed, with fewer the second matrix is read too
#: often.
ROWS: Final = 128
#: Products with fewer multiply-adds are not divided. From here on two threads are faster: 33 against 76 µs for
#: 32x784x128.
DIVIDED_PRODUCT: Final = 2**20


def row_parts(rows: int, work: int) -> int:
    """Return into how many parts to divide the rows of a product with so many multiply-adds.

    Examples
    --------
    >>> row_parts(32, 32 * 10 * 128), row_parts(32, 32 * 784 * 128), row_parts(512, 512 * 784 * 128)
    (1, 4, 4)
    """
    if work < DIVIDED_PRODUCT:
        return 1
    if rows < 2 * ROWS:
        return min(4, rows)  # the first matrix is small, and the second is read in any case
    return min(PARTS, -(-rows // ROWS))


def _matmul_loop(
    part: int,
    parts: int,
    pieces: int,
    m: int,
    n: int,
    k: int,
    transpose_a: bool,
    transpose_b: bool,
    a_at: Array,
    b_at: Array,
    a: Array,
    b: Array,
    c: Array,
) -> None:
    for i in range(a_at.shape[0]):
        for piece in range(pieces):
            if (i * pieces + piece) % parts == part:
                low, high = m * piece // pieces, m * (piece + 1) // pieces
                first = low if transpose_a else low * k
                lda, ldb = m if transpose_a else k, k if transpose_b else n
                at, rows = (i * m + low) * n, high - low
                gemm(
                    transpose_a, transpose_b, rows, n, k, a, a_at[i] + first, lda, b, b_at[i], ldb, 0.0, c, at, n
                )  # fmt: skip


def _multiply_adds(inputs: Sequence[Any], outputs: Sequence[Any], transpose_a: bool, transpose_b: bool) -> int:
    return int(math.prod(outputs[0].shape) * inputs[0].shape[-2 if transpose_a else -1])


def _offsets(shape: tuple[int, ...], batch: tuple[int, ...]) -> Array:
    """Return where each matrix of a stack begins, the stack being broadcast to the axes `batch`."""
    own = math.prod(shape[:-2])
    numbers = np.arange(own, dtype=np.int64).reshape(shape[:-2]) * (shape[-2] * shape[-1])
    return np.array(np.broadcast_to(numbers, batch).reshape(-1))


def _arrange_matmul(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    (a, b), c = inputs, outputs[0]
    transpose_a, transpose_b = attrs["transpose_a"], attrs["transpose_b"]
    m, n = c.shape[-2:]
    k = a.shape[-2 if transpose_a else -1]
    stack = math.prod(c.shape[:-2])
    work = _multiply_adds(inputs, outputs, **attrs)
    pieces = row_parts(m, work) if stack < PARTS else 1
    parts = min(PARTS, pieces * stack) if work >= DIVIDED_PRODUCT else 1
    offsets = _offsets(a.shape, c.shape[:-2]), _offsets(b.shape, c.shape[:-2])
    flags = int(transpose_a), int(transpose_b)
    return parts, pieces, m, n, k, *flags, *offsets, a.reshape(-1), b.reshape(-1), c.reshape(-1)


matmul: Op = ops.op(
    "matmul",
    "Product of two matrices, or of stacks of them.",
    inputs="a b",
    infer=_matmul_infer,
    reference=lambda a, b, transpose_a, transpose_b: np.matmul(swapped(a, transpose_a), swapped(b, transpose_b)),
    gradient=_matmul_gradient,
    kernel=Kernel(_matmul_loop, _arrange_matmul, dtype="floating"),
    multiply_adds=_multiply_adds,
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
