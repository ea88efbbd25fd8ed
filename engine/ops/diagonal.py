"""Diagonals of matrices, and of stacks of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import Dim
from engine.core.spec import TensorSpec
from engine.ops.declare import Family

ops = Family("linear algebra")
ANY = "any"
_K = Param("int", 0, "Which diagonal: 0 is the main one, positive ones lie above it.")


def require_matrix(x: TensorSpec, name: str = "input") -> None:
    """Refuse what has less than two axes."""
    if x.shape.rank < 2:
        raise InvalidArgumentError(
            "{name} has shape {shape}, but a matrix has at least two axes.", name=name, shape=x.shape
        )


def _length(shape: Any, k: int) -> Dim:
    rows, columns = shape[-2:]
    if None in (rows, columns):
        return None
    if not (-rows < k < columns or k == 0):
        raise InvalidArgumentError("k is {k}, but the matrix is {rows} × {columns}.", k=k, rows=rows, columns=columns)
    return int(min(rows + min(k, 0), columns - max(k, 0)))


def _places(length: int, k: int) -> tuple[Any, ...]:
    run = np.arange(length)
    return ..., run - min(k, 0), run + max(k, 0)


def _diag_infer(d: TensorSpec, k: int) -> TensorSpec:
    if d.shape.rank < 1:
        raise InvalidArgumentError("A scalar is no diagonal.", hint="Use a vector.")
    size = None if d.shape[-1] is None else d.shape[-1] + abs(k)
    return TensorSpec((*d.shape[:-1], size, size), d.dtype)


def _diag(d: Array, k: int) -> Array:
    size = d.shape[-1] + abs(k)
    result = np.zeros((*d.shape[:-1], size, size), d.dtype)
    result[_places(d.shape[-1], k)] = d
    return result


diag: Op = ops.op(
    "diag",
    "A matrix with a vector on its diagonal and zeros elsewhere.",
    inputs=(Operand("diagonal", ANY),),
    infer=_diag_infer,
    reference=_diag,
    gradient=lambda g, y, d, k: (diag_part(g, k),),
    params={"k": _K},
    samples=(sample(((3,), ANY)), sample(((2, 2), ANY), k=-1)),
    refused=(sample(((), ANY)),),
    example=">>> tf.linalg.diag([1, 2]).numpy()\narray([[1, 0],\n       [0, 2]], dtype=int32)",
)


def _part_infer(x: TensorSpec, k: int) -> TensorSpec:
    require_matrix(x)
    return TensorSpec((*x.shape[:-2], _length(x.shape, k)), x.dtype)


diag_part: Op = ops.op(
    "diag_part",
    "The diagonal of a matrix, as a vector.",
    inputs=(Operand("input", ANY),),
    infer=_part_infer,
    reference=lambda x, k: contiguous(np.diagonal(x, k, -2, -1)),
    gradient=lambda g, y, x, k: (set_diag(OPS["zeros_like"](x), g, k),),
    params={"k": _K},
    keywords=("diagonal",),
    samples=(sample(((3, 3), ANY)), sample(((2, 2, 3), ANY), k=1)),
    refused=(sample(((3,), ANY)), sample(((2, 2), ANY), k=2)),
    example=">>> tf.linalg.diag_part([[1, 2], [3, 4]]).numpy()\narray([1, 4], dtype=int32)",
)


def _set_infer(x: TensorSpec, d: TensorSpec, k: int) -> TensorSpec:
    wanted = _part_infer(x, k).shape
    if not wanted.is_compatible_with(d.shape):
        raise InvalidArgumentError(
            "input has shape {x} and diagonal has shape {d}.",
            hint="This diagonal takes the shape {wanted}.",
            x=x.shape,
            d=d.shape,
            wanted=wanted,
        )
    return x


def _set(x: Array, d: Array, k: int) -> Array:
    result = x.copy()
    result[_places(d.shape[-1], k)] = d
    return result


set_diag: Op = ops.op(
    "set_diag",
    "A matrix with another diagonal.",
    inputs=(Operand("input", ANY), Operand("diagonal", ANY)),
    infer=_set_infer,
    reference=_set,
    gradient=lambda g, y, x, d, k: (set_diag(g, OPS["zeros_like"](d), k), diag_part(g, k)),
    params={"k": _K},
    samples=(sample(((2, 3), ANY), ((2,), ANY)), sample(((2, 3, 3), ANY), ((2, 2), ANY), k=-1)),
    refused=(sample(((2, 3), ANY), ((3,), ANY)),),
    example=">>> tf.linalg.set_diag([[1, 2], [3, 4]], [8, 9]).numpy()\narray([[8, 2],\n       [3, 9]], dtype=int32)",
)


def _band(x: Array, num_lower: int, num_upper: int) -> Array:
    below = np.arange(x.shape[-2])[:, None] - np.arange(x.shape[-1])
    inside = ((num_lower < 0) | (below <= num_lower)) & ((num_upper < 0) | (-below <= num_upper))
    return np.where(inside, x, np.zeros((), x.dtype))


def _band_infer(x: TensorSpec, num_lower: int, num_upper: int) -> TensorSpec:
    require_matrix(x)
    return x


band_part: Op = ops.op(
    "band_part",
    "A matrix with zeros outside of a band around its diagonal.",
    inputs=(Operand("input", ANY),),
    infer=_band_infer,
    reference=_band,
    gradient=lambda g, y, x, num_lower, num_upper: (band_part(g, num_lower, num_upper),),
    params={
        "num_lower": Param("int", help="How many diagonals to keep below the main one; negative: all."),
        "num_upper": Param("int", help="How many diagonals to keep above the main one; negative: all."),
    },
    keywords=("triangle", "tril", "triu"),
    samples=(sample(((3, 3), ANY), num_lower=-1, num_upper=0), sample(((2, 3, 4), ANY), num_lower=1, num_upper=1)),
    refused=(sample(((3,), ANY), num_lower=0, num_upper=0),),
    example=">>> tf.linalg.band_part([[1, 2], [3, 4]], 0, -1).numpy()\narray([[1, 2],\n       [0, 4]], dtype=int32)",
)
