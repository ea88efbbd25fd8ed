"""Norms, and tensors scaled to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.runtime.eager import convert_to_tensor
from engine.runtime.shorthand.linalg import svd
from engine.runtime.shorthand.reductions import add_n, reduce_euclidean_norm


def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the norm of vectors, or of matrices if `axis` names two axes.

    Parameters
    ----------
    ord
        "euclidean" (of matrices also "fro"), 1, 2, infinity, or for vectors any positive number. For matrices 2 is
        the largest singular value.
    axis
        One axis, or a pair of them; None takes all elements for one vector.

    Examples
    --------
    >>> float(norm([3.0, 4.0])), float(norm([3.0, -4.0], ord=1)), float(norm([3.0, -4.0], ord=np.inf))
    (5.0, 7.0, 4.0)
    """
    x = convert_to_tensor(tensor)
    of_matrices = isinstance(axis, list | tuple) and len(axis) == 2
    if ord in ("euclidean", "fro") or (ord == 2 and not of_matrices):
        return reduce_euclidean_norm(x, axis, keepdims)
    size = OPS["abs"](x)
    if of_matrices:
        return _matrix_norm(x, size, ord, axis, keepdims)
    if isinstance(ord, str) or not ord > 0:
        raise InvalidArgumentError(
            "ord is {ord}.", hint="It takes 'euclidean', a positive number or infinity.", op="norm", ord=repr(ord)
        )
    if ord == np.inf:
        return OPS["reduce_max"](size, axis, keepdims)
    if ord == 1:
        return OPS["reduce_sum"](size, axis, keepdims)
    return OPS["pow"](OPS["reduce_sum"](OPS["pow"](size, float(ord)), axis, keepdims), 1.0 / ord)


def _matrix_norm(x: Any, size: Any, ord: Any, axis: Sequence[int], keepdims: bool) -> Any:
    rank = len(x.shape)
    rows, columns = (a % rank for a in axis)
    if ord in (1, np.inf):  # the largest sum of a column, or of a row
        first, second = (rows, columns) if ord == 1 else (columns, rows)
        found = OPS["reduce_max"](OPS["reduce_sum"](size, first, keepdims=True), second, keepdims=True)
    elif ord == 2:
        order = [*[i for i in range(rank) if i not in (rows, columns)], rows, columns]
        values = svd(OPS["transpose"](x, order), compute_uv=False)
        found = OPS["reduce_max"](values, axis=-1)
        found = OPS["expand_dims"](found, axis=tuple(sorted((rows, columns))))
    else:
        raise InvalidArgumentError(
            "ord is {ord}.", hint="For matrices it takes 'fro', 1, 2 or infinity.", op="norm", ord=repr(ord)
        )
    return found if keepdims else OPS["squeeze"](found, axis=(rows, columns))


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None) -> Any:
    """Return `x` divided by its Euclidean norm along axes, or by √epsilon if that is larger.

    Examples
    --------
    >>> l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    x = convert_to_tensor(x)
    total = OPS["reduce_sum"](OPS["square"](x), axis, keepdims=True)
    return x * OPS["rsqrt"](OPS["maximum"](total, epsilon))


def l2_loss(t: Any, name: str | None = None) -> Any:
    """Return half the sum of the squares.

    Examples
    --------
    >>> float(l2_loss([3.0, 4.0]))
    12.5
    """
    return OPS["reduce_sum"](OPS["square"](t)) * 0.5


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """Return the tensor, scaled down to a norm of `clip_norm` where its own is larger.

    Examples
    --------
    >>> clip_by_norm([3.0, 4.0], 1.0).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    t = convert_to_tensor(t)
    squares = OPS["reduce_sum"](t * t, axes, keepdims=True)
    positive = OPS["greater"](squares, 0.0)
    size = OPS["sqrt"](OPS["where"](positive, squares, OPS["ones_like"](squares)))
    size = OPS["where"](positive, size, squares)
    return t * clip_norm / OPS["maximum"](size, clip_norm)


def global_norm(t_list: Sequence[Any], name: str | None = None) -> Any:
    """Return the Euclidean norm of all elements of a list of tensors, in which None counts nothing.

    Examples
    --------
    >>> import engine as tf
    >>> float(global_norm([tf.constant([3.0]), None, tf.constant([4.0])]))
    5.0
    """
    return OPS["sqrt"](add_n([OPS["reduce_sum"](OPS["square"](t)) for t in t_list if t is not None]))


def clip_by_global_norm(
    t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """Return tensors scaled down so that their common norm is `clip_norm` where it is larger, and that norm.

    Examples
    --------
    >>> import engine as tf
    >>> clipped, size = clip_by_global_norm([tf.constant([3.0, 4.0])], 1.0)
    >>> clipped[0].numpy(), float(size)
    (array([0.6, 0.8], dtype=float32), 5.0)
    """
    size = global_norm(t_list) if use_norm is None else convert_to_tensor(use_norm)
    # infinity minus itself is no number, and so makes none of everything if the norm is not finite
    scale = OPS["minimum"](1.0 / size, 1.0 / convert_to_tensor(clip_norm, size.dtype)) * clip_norm + (size - size)
    return [None if t is None else t * scale for t in t_list], size
