"""Matrices as products of simpler ones: Cholesky, QR, eigenvalues and singular values, also of stacks of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops.declare import Family
from engine.ops.diagonal import band_part, diag, diag_part, require_matrix, set_diag
from engine.ops.linalg import swapped
from engine.ops.movement import expand_dims
from engine.ops.solve import adjoint, product, require_square, triangular_solve
from engine.ops.special import divide_no_nan

ops = Family("linear algebra")

_MATRIX = {"inputs": "input", "dtype": "floating"}


def _present(g: list[Any], y: list[Any]) -> list[Any]:
    """Return the gradients that come in at the outputs, zeros at those on which nothing depends."""
    return [OPS["zeros_like"](v) if d is None else d for d, v in zip(g, y, strict=True)]


def _square(x: TensorSpec) -> TensorSpec:
    require_square(x)
    return x


def _cholesky(x: Array) -> Array:
    try:
        return np.linalg.cholesky((x + swapped(x, True)) * x.dtype.type(0.5))
    except np.linalg.LinAlgError:
        raise InvalidArgumentError(
            "The matrix is not positive definite.",
            hint="Add a small number to its diagonal, or use another one.",
            op="cholesky",
        ) from None


def _halved(x: Any) -> Any:
    """Return the lower triangle of a matrix with half of its diagonal."""
    return band_part(set_diag(x, diag_part(x) * 0.5), -1, 0)


def _cholesky_gradient(g: Any, y: Any, x: Any) -> tuple[Any]:
    # L⁻ᵀ Φ(Lᵀ G) L⁻¹, made symmetric; Φ halves the diagonal of the lower triangle
    middle = triangular_solve(y, _halved(product(y, g, a_t=True)), adjoint=True)
    slope = adjoint(triangular_solve(y, adjoint(middle), adjoint=True))
    return ((slope + adjoint(slope)) * 0.5,)


cholesky: Op = ops.op(
    "cholesky",
    "The lower triangular matrix L with L Lᵀ = A, for a symmetric positive definite matrix A.",
    infer=_square,
    reference=_cholesky,
    gradient=_cholesky_gradient,
    notes="Source of the gradient: Murray, arXiv:1602.07527.",
    samples=(sample(((3, 3), "positive_definite")), sample(((2, 2, 2), "positive_definite"))),
    refused=(sample(((2, 3), "reals")), sample(np.array([[-1.0]], np.float32))),
    example=">>> tf.linalg.cholesky([[4.0, 0.0], [0.0, 9.0]]).numpy()\n"
    "array([[2., 0.],\n       [0., 3.]], dtype=float32)",
    **_MATRIX,
)


# ----------------------------------------------------------------------------------------------------------------- QR

_FULL = Param("bool", False, "Whether the factors are square matrices, the missing columns filled up.")


def _sizes(x: TensorSpec) -> tuple[Any, Any, Any]:
    require_matrix(x)
    rows, columns = x.shape[-2:]
    return rows, columns, None if None in (rows, columns) else min(rows, columns)


def _qr_infer(x: TensorSpec, full_matrices: bool) -> tuple[TensorSpec, TensorSpec]:
    rows, columns, least = _sizes(x)
    inner = rows if full_matrices else least
    return TensorSpec((*x.shape[:-2], rows, inner), x.dtype), TensorSpec((*x.shape[:-2], inner, columns), x.dtype)


def _qr(x: Array, full_matrices: bool) -> tuple[Array, Array]:
    q, r = np.linalg.qr(x, "complete" if full_matrices else "reduced")
    return q, r


def _over(m: Any, r: Any) -> Any:
    """Return M R⁻ᵀ for an upper triangular R."""
    return adjoint(triangular_solve(r, adjoint(m), lower=False))


def _qr_gradient(g: Any, y: Any, x: Any, full_matrices: bool) -> tuple[Any]:
    (q, r), (dq, dr) = y, _present(g, y)
    if q.shape[-1] != r.shape[-1]:
        raise InvalidArgumentError(
            "The operand has shape {shape}, for which it has no gradient.",
            hint="It takes at least as many rows as columns, and full_matrices=False.",
            op="qr",
            shape=x.shape,
        )
    qdq, rdr = product(q, dq, a_t=True), product(r, dr, b_t=True)
    lower = band_part(qdq - adjoint(qdq) + rdr - adjoint(rdr), -1, 0)
    return (product(q, dr + _over(lower, r)) + _over(dq - product(q, qdq), r),)


qr: Op = ops.op(
    "qr",
    "A matrix as the product of one with orthogonal columns and an upper triangular one.",
    infer=_qr_infer,
    reference=_qr,
    gradient=_qr_gradient,
    params={"full_matrices": _FULL},
    outputs=("q", "r"),
    notes="Source of the gradient: Walter and Lehmann, arXiv:1001.1654.",
    keywords=("orthogonal", "decomposition"),
    samples=(sample(((3, 3), "regular")), sample(((2, 3, 2), "regular"))),
    refused=(sample(((3,), "reals")),),
    example=">>> [t.numpy().shape for t in tf.linalg.qr([[1.0], [2.0]])]\n[(2, 1), (1, 1)]",
    **_MATRIX,
)


# -------------------------------------------------------------------------------------------------------- eigenvalues


def _eigh_infer(x: TensorSpec) -> tuple[TensorSpec, TensorSpec]:
    require_square(x)
    return TensorSpec(x.shape[:-1], x.dtype), x


def _eigh(x: Array) -> tuple[Array, Array]:
    values, vectors = np.linalg.eigh(x)
    return values, vectors


def _gaps(values: Any) -> Any:
    """Return 1/(valueⱼ - valueᵢ) off the diagonal, and zeros on it."""
    return divide_no_nan(OPS["ones_like"](values[..., :1, None]), values[..., None, :] - values[..., :, None])


def _eigh_gradient(g: Any, y: Any, x: Any) -> tuple[Any]:
    (values, vectors), (d_values, d_vectors) = y, _present(g, y)
    inner = diag(d_values) + _gaps(values) * product(vectors, d_vectors, a_t=True)
    slope = product(product(vectors, inner), vectors, b_t=True)
    return (_halved(slope + adjoint(slope)),)  # only the lower triangle is read


eigh: Op = ops.op(
    "eigh",
    "The eigenvalues of a symmetric matrix, the least first, and its eigenvectors as columns.",
    infer=_eigh_infer,
    reference=_eigh,
    gradient=_eigh_gradient,
    outputs=("e", "v"),
    notes="Only the lower triangle is read. Source of the gradient: Giles, An extended collection of matrix "
    "derivative results (2008), 3.1.",
    keywords=("eigenvalues", "spectrum"),
    samples=(sample(((3, 3), "positive_definite")), sample(((2, 2, 2), "positive_definite"))),
    refused=(sample(((2, 3), "reals")),),
    example=">>> tf.linalg.eigh([[2.0, 0.0], [0.0, 3.0]])[0].numpy()\narray([2., 3.], dtype=float32)",
    **_MATRIX,
)


# ---------------------------------------------------------------------------------------------------- singular values


def _svd_infer(x: TensorSpec, full_matrices: bool) -> tuple[TensorSpec, ...]:
    rows, columns, least = _sizes(x)
    batch, u, v = x.shape[:-2], (rows if full_matrices else least), (columns if full_matrices else least)
    return tuple(TensorSpec((*batch, *s), x.dtype) for s in ((least,), (rows, u), (columns, v)))


def _svd(x: Array, full_matrices: bool) -> tuple[Array, ...]:
    u, values, vt = np.linalg.svd(x, full_matrices)
    return values, u, np.array(swapped(vt, True), order="C")


def _svd_gradient(g: Any, y: Any, x: Any, full_matrices: bool) -> tuple[Any]:
    s, u, v = y
    if full_matrices and (g[1] is not None or g[2] is not None) and u.shape[-1] != v.shape[-1]:
        raise InvalidArgumentError(
            "It has no gradient with full_matrices=True, unless the matrix is square.",
            hint="Use full_matrices=False.",
            op="svd",
        )
    if g[1] is None and g[2] is None:
        least = slice(None, s.shape[-1])
        return (product(u[..., least] * expand_dims(g[0], axis=-2), v[..., least], b_t=True),)
    ds, du, dv = _present(g, y)
    gaps = _gaps(OPS["square"](s))
    udu, vdv = product(u, du, a_t=True), product(v, dv, a_t=True)
    row, column = expand_dims(s, axis=-2), expand_dims(s, axis=-1)
    inner = gaps * (udu - adjoint(udu)) * row + diag(ds) + column * (gaps * (vdv - adjoint(vdv)))
    slope = product(product(u, inner), v, b_t=True)
    if x.shape[-2] != s.shape[-1]:  # what of du lies outside of the columns of u
        slope = slope + product((du - product(u, udu)) / row, v, b_t=True)
    if x.shape[-1] != s.shape[-1]:
        slope = slope + product(u, (dv - product(v, vdv)) / row, b_t=True)
    return (slope,)


svd: Op = ops.op(
    "svd",
    "The singular values of a matrix, the largest first, and its left and right singular vectors as columns.",
    infer=_svd_infer,
    reference=_svd,
    gradient=_svd_gradient,
    params={"full_matrices": _FULL},
    outputs=("s", "u", "v"),
    notes="A = U diag(s) Vᵀ. Source of the gradient: Townsend, Differentiating the SVD (2016).",
    keywords=("singular values", "decomposition"),
    samples=(sample(((3, 3), "regular")), sample(((2, 3, 2), "regular")), sample(((2, 3), "regular"))),
    refused=(sample(((3,), "reals")),),
    example=">>> tf.linalg.svd([[2.0, 0.0], [0.0, 3.0]])[0].numpy()\narray([3., 2.], dtype=float32)",
    **_MATRIX,
)
