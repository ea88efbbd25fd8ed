"""Tensors made of shapes, vectors and updates."""

from __future__ import annotations

import functools
from typing import Any

from engine.core.dtype import float32
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.runtime.eager import constant, convert_to_tensor


def zeros(shape: Any, dtype: Any = float32, name: str | None = None) -> Any:
    """Return a tensor of zeros.

    Examples
    --------
    >>> zeros([2]).numpy()
    array([0., 0.], dtype=float32)
    """
    return OPS["fill"](shape, 0, dtype)


def ones(shape: Any, dtype: Any = float32, name: str | None = None) -> Any:
    """Return a tensor of ones.

    Examples
    --------
    >>> ones([2], "int32").numpy()
    array([1, 1], dtype=int32)
    """
    return OPS["fill"](shape, 1, dtype)


def rank(input: Any, name: str | None = None) -> Any:
    """Return the number of axes of a tensor, as a tensor.

    Examples
    --------
    >>> rank([[1], [2]]).numpy()
    np.int32(2)
    """
    return constant(len(convert_to_tensor(input).shape))


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> list[Any]:
    """Return for each vector its values over the grid that all of them span.

    Examples
    --------
    >>> [t.numpy().tolist() for t in meshgrid([1, 2], [3, 4])]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    if indexing not in ("xy", "ij"):
        raise InvalidArgumentError("indexing is {value}.", hint="It takes 'xy' or 'ij'.", op="meshgrid", value=indexing)
    vectors = [OPS["reshape"](a, [-1]) for a in args]
    place = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        place[:2] = 1, 0
    lying = [
        OPS["reshape"](v, [-1 if i == at else 1 for i in range(len(vectors))])
        for v, at in zip(vectors, place, strict=True)
    ]
    return [functools.reduce(lambda grid, other: OPS["broadcast_like"].apply(grid, other), lying, one) for one in lying]


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Any:
    """Return zeros of a shape, with updates added at positions.

    Examples
    --------
    >>> scatter_nd([[0], [2]], [5, 6], [4]).numpy()
    array([5, 0, 6, 0], dtype=int32)
    """
    updates = convert_to_tensor(updates)
    return OPS["tensor_scatter_nd_add"](zeros(shape, updates.dtype), indices, updates)
