"""Systems of linear equations, inverses and determinants, also of stacks of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops.declare import Family
from engine.ops.diagonal import band_part, require_matrix
from engine.ops.linalg import matmul, swapped
from engine.ops.movement import expand_dims, transpose

ops = Family("linear algebra")


def require_square(x: TensorSpec, name: str = "input") -> None:
    """Refuse what is no square matrix, nor a stack of them."""
    require_matrix(x, name)
    if not x.shape[-2:].is_compatible_with(x.shape[:-3:-1]):
        raise InvalidArgumentError("{name} has shape {shape}, which is not square.", name=name, shape=x.shape)


def _regular(op: str, compute: Callable[..., Any]) -> Callable[..., Array]:
    """Return `compute` so that it says in our words that a matrix has no inverse."""

    def computed(*arrays: Array, **attrs: Any) -> Array:
        try:
            return np.asarray(compute(*arrays, **attrs), arrays[0].dtype)
        except np.linalg.LinAlgError:
            raise InvalidArgumentError(
                "The matrix is not invertible.",
                hint="Add a small number to its diagonal, or use another one.",
                op=op,
            ) from None

    return computed


def adjoint(x: Any) -> Any:
    """Return the matrix, or each of a stack, transposed."""
    rank = len(x.shape)
    return transpose.apply(x, perm=(*range(rank - 2), rank - 1, rank - 2))


def product(a: Any, b: Any, *, a_t: bool = False, b_t: bool = False) -> Any:
    """Return A B, either transposed first."""
    return matmul.apply(a, b, transpose_a=a_t, transpose_b=b_t)


def _square(x: TensorSpec) -> TensorSpec:
    require_square(x)
    return x


def _det_infer(x: TensorSpec) -> TensorSpec:
    require_square(x)
    return TensorSpec(x.shape[:-2], x.dtype)


_SQUARE: dict[str, Any] = {
    "inputs": "input",
    "dtype": "floating",
    "samples": (sample(((3, 3), "regular")), sample(((2, 2, 2), "regular"))),
    "refused": (sample(((2, 3), "reals")), sample(((3,), "reals"))),
}

inv: Op = ops.op(
    "inv",
    "The inverse of a square matrix.",
    infer=_square,
    reference=_regular("inv", np.linalg.inv),
    # from A⁻¹ A = 1:  d(A⁻¹) = -A⁻¹ dA A⁻¹
    gradient=lambda g, y, x: (-product(product(y, g, a_t=True), y, b_t=True),),
    keywords=("inverse",),
    example=">>> tf.linalg.inv([[2.0, 0.0], [0.0, 4.0]]).numpy()\n"
    "array([[0.5 , 0.  ],\n       [0.  , 0.25]], dtype=float32)",
    **_SQUARE,
)

det: Op = ops.op(
    "det",
    "The determinant of a square matrix.",
    infer=_det_infer,
    reference=lambda x: np.asarray(np.linalg.det(x), x.dtype),
    # Jacobi's formula: d det(A) = det(A) tr(A⁻¹ dA)
    gradient=lambda g, y, x: (expand_dims(g * y, axis=(-2, -1)) * adjoint(inv(x)),),
    keywords=("determinant",),
    example=">>> tf.linalg.det([[2.0, 0.0], [0.0, 4.0]]).numpy()\nnp.float32(8.0)",
    **_SQUARE,
)


def _solve_infer(matrix: TensorSpec, rhs: TensorSpec, **_attrs: Any) -> TensorSpec:
    require_square(matrix, "matrix")
    require_matrix(rhs, "rhs")
    if not matrix.shape[:-1].is_compatible_with(rhs.shape[:-1]):
        raise InvalidArgumentError(
            "matrix has shape {matrix} and rhs has shape {rhs}.",
            hint="Both have the same number of rows, and the same axes before the last two.",
            matrix=matrix.shape,
            rhs=rhs.shape,
        )
    return rhs


def _slopes(g: Any, y: Any, adjoint: bool, solved: Any) -> tuple[Any, Any]:
    # from A X = B:  dB = A⁻ᵀ G,  dA = -dB Xᵀ; transposed for Aᵀ X = B
    return -(product(y, solved, b_t=True) if adjoint else product(solved, y, b_t=True)), solved


_SYSTEMS: dict[str, Any] = {
    "inputs": "matrix rhs",
    "dtype": "floating",
    "infer": _solve_infer,
    "refused": (
        sample(((2, 3), "reals"), ((2, 1), "reals")),
        sample(((2, 2), "reals"), ((3, 1), "reals")),
        sample(((2, 2), "reals"), ((2,), "reals")),
    ),
}
_ADJOINT = Param("bool", False, "Transpose the matrix first.")

solve: Op = ops.op(
    "solve",
    "The solution X of the linear equations A X = B.",
    reference=_regular("solve", lambda matrix, rhs, adjoint: np.linalg.solve(swapped(matrix, adjoint), rhs)),
    gradient=lambda g, y, matrix, rhs, adjoint: _slopes(g, y, adjoint, solve(matrix, g, adjoint=not adjoint)),
    params={"adjoint": _ADJOINT},
    keywords=("equations",),
    samples=(
        sample(((3, 3), "regular"), ((3, 2), "reals")),
        sample(((2, 2, 2), "regular"), ((2, 2, 1), "reals"), adjoint=True),
    ),
    example=">>> tf.linalg.solve([[2.0, 0.0], [0.0, 4.0]], [[2.0], [2.0]]).numpy()\n"
    "array([[1. ],\n       [0.5]], dtype=float32)",
    **_SYSTEMS,
)


def _triangle(matrix: Array, lower: bool) -> Array:
    return np.tril(matrix) if lower else np.triu(matrix)


def _triangular_gradient(g: Any, y: Any, matrix: Any, rhs: Any, lower: bool, adjoint: bool) -> tuple[Any, Any]:
    d_matrix, d_rhs = _slopes(g, y, adjoint, triangular_solve(matrix, g, lower=lower, adjoint=not adjoint))
    return band_part(d_matrix, -1 if lower else 0, 0 if lower else -1), d_rhs


triangular_solve: Op = ops.op(
    "triangular_solve",
    "The solution X of A X = B for a triangular matrix A, of which only that triangle is read.",
    reference=_regular(
        "triangular_solve",
        lambda matrix, rhs, lower, adjoint: np.linalg.solve(swapped(_triangle(matrix, lower), adjoint), rhs),
    ),
    gradient=_triangular_gradient,
    params={"lower": Param("bool", True, "Whether the triangle is the lower one."), "adjoint": _ADJOINT},
    samples=(
        sample(((3, 3), "regular"), ((3, 2), "reals")),
        sample(((2, 2, 2), "regular"), ((2, 2, 1), "reals"), lower=False, adjoint=True),
    ),
    example=">>> tf.linalg.triangular_solve([[2.0, 0.0], [1.0, 1.0]], [[2.0], [2.0]]).numpy()\n"
    "array([[1.],\n       [1.]], dtype=float32)",
    **_SYSTEMS,
)
