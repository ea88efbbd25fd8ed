"""Products of tensors, and what follows from the parts of a matrix."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.runtime.eager import convert_to_tensor
from engine.runtime.shorthand.calls import in_front_of, named


@in_front_of(OPS["einsum"])
def einsum(equation: str, *inputs: Any, name: str | None = None, **options: Any) -> Any:
    """Return the sum of products that `equation` names; see the op of this name.

    Examples
    --------
    >>> einsum("ij,j->i", [[1.0, 2.0]], [3.0, 4.0]).numpy()
    array([11.], dtype=float32)
    """
    return OPS["einsum"](list(inputs), equation)


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """Return the sum of products along axes of both: the last `axes` of a and the first of b, or a list for each.

    Examples
    --------
    >>> tensordot([[1.0, 2.0]], [[3.0], [4.0]], axes=1).numpy()
    array([[11.]], dtype=float32)
    """
    a, b = convert_to_tensor(a), convert_to_tensor(b)
    ranks = len(a.shape), len(b.shape)
    if isinstance(axes, int):
        axes = list(range(ranks[0] - axes, ranks[0])), list(range(axes))
    pairs = [[axis] if isinstance(axis, int) else list(axis) for axis in axes]
    first, second = ([axis % rank for axis in pair] for pair, rank in zip(pairs, ranks, strict=True))
    letters = "abcdefghijklmnopqrstuvwxyz"
    left = letters[: ranks[0]]
    free = iter(letters[ranks[0] :])
    right = "".join(left[first[second.index(i)]] if i in second else next(free) for i in range(ranks[1]))
    result = "".join(c for c in left + right if (left + right).count(c) == 1)
    return OPS["einsum"]([a, b], f"{left},{right}->{result}")


def matvec(a: Any, b: Any, transpose_a: bool = False, name: str | None = None) -> Any:
    """Return the product of a matrix and a vector.

    Examples
    --------
    >>> matvec([[1.0, 2.0]], [3.0, 4.0]).numpy()
    array([11.], dtype=float32)
    """
    column = OPS["expand_dims"](b, axis=-1)
    return OPS["squeeze"](OPS["matmul"](a, column, transpose_a=transpose_a), axis=-1)


def trace(x: Any, name: str | None = None) -> Any:
    """Return the sum of the diagonal of a matrix.

    Examples
    --------
    >>> float(trace([[1.0, 2.0], [3.0, 4.0]]))
    5.0
    """
    return OPS["reduce_sum"](OPS["diag_part"](x), axis=-1)


def cross(a: Any, b: Any, name: str | None = None) -> Any:
    """Return the cross product of vectors of three elements.

    Examples
    --------
    >>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).numpy()
    array([0., 0., 1.], dtype=float32)
    """
    a, b = convert_to_tensor(a), convert_to_tensor(b)
    roll = OPS["roll"]
    return roll(a, -1, -1) * roll(b, 1, -1) - roll(a, 1, -1) * roll(b, -1, -1)


def slogdet(input: Any, name: str | None = None) -> tuple[Any, Any]:
    """Return the sign of the determinant of a matrix and the logarithm of its absolute value.

    Examples
    --------
    >>> [float(t) for t in slogdet([[1.0, 0.0], [0.0, -1.0]])]
    [-1.0, 0.0]
    """
    value = OPS["det"](input)
    return OPS["sign"](value), OPS["log"](OPS["abs"](value))


def logdet(matrix: Any, name: str | None = None) -> Any:
    """Return the logarithm of the determinant of a symmetric positive definite matrix.

    Examples
    --------
    >>> float(logdet([[1.0, 0.0], [0.0, 1.0]]))
    0.0
    """
    return OPS["reduce_sum"](OPS["log"](OPS["diag_part"](OPS["cholesky"](matrix))), axis=-1) * 2.0


@in_front_of(OPS["svd"])
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Return the singular values s of a matrix, and U and V with A = U diag(s) Vᵀ unless `compute_uv` is False.

    Examples
    --------
    >>> svd([[3.0, 0.0], [0.0, 2.0]], compute_uv=False).numpy()
    array([3., 2.], dtype=float32)
    """
    found = _svd(tensor, full_matrices)
    return found if compute_uv else found.s


_svd = named(OPS["svd"])
