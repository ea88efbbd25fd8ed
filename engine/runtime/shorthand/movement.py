"""Elements selected, repeated and moved."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.ops.declare import axes_of
from engine.runtime.eager import convert_to_tensor
from engine.runtime.shorthand.calls import in_front_of


@in_front_of(OPS["where"])
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """Return the elements of `x` where a condition holds and those of `y` elsewhere; without them, where it holds.

    Examples
    --------
    >>> where([True, False], [1, 2], [3, 4]).numpy(), where([False, True]).numpy()
    (array([1, 4], dtype=int32), array([[1]]))
    """
    if (x is None) != (y is None):
        raise InvalidArgumentError("Of x and y only one is given.", hint="Give both, or none.", op="where")
    return OPS["nonzero"](condition) if x is None else OPS["where"](condition, x, y)


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Any:
    """Return the elements, or the slices along an axis, each repeated; without an axis those of the flat tensor.

    Examples
    --------
    >>> repeat([1, 2], 2).numpy(), repeat([1, 2], [1, 3]).numpy()
    (array([1, 1, 2, 2], dtype=int32), array([1, 2, 2, 2], dtype=int32))
    """
    x = convert_to_tensor(input)
    if axis is None:
        x, axis = OPS["reshape"](x, [-1]), 0
    axis = axes_of(axis, len(x.shape))[0]
    counts = np.asarray([int(n) for n in repeats] if np.ndim(repeats) else int(repeats))
    if not counts.ndim or counts.size == 1:
        count = int(counts.item())
        multiples = [count if i == axis + 1 else 1 for i in range(len(x.shape) + 1)]
        tiled = OPS["tile"](OPS["expand_dims"](x, axis=axis + 1), multiples)
        sizes = [-1 if d is None else d for d in x.shape]
        sizes[axis] = -1 if x.shape[axis] is None else x.shape[axis] * count
        return OPS["reshape"](tiled, sizes)
    if x.shape[axis] not in (None, counts.size):
        raise InvalidArgumentError(
            "repeats has {count} numbers, but the axis {axis} has size {size}.",
            op="repeat",
            count=counts.size,
            axis=axis,
            size=x.shape[axis],
        )
    return OPS["gather"](x, np.repeat(np.arange(counts.size, dtype=np.int32), counts), axis=axis)


def strided_slice(input_: Any, begin: Any, end: Any, strides: Any = None, name: str | None = None) -> Any:
    """Return what ``input_[begin:end:strides]`` takes along the first axes.

    Examples
    --------
    >>> strided_slice([1, 2, 3, 4], [0], [4], [2]).numpy()
    array([1, 3], dtype=int32)
    """
    steps = [1] * len(begin) if strides is None else strides
    return convert_to_tensor(input_)[tuple(slice(*cut) for cut in zip(begin, end, steps, strict=True))]


def matrix_transpose(a: Any, name: str | None = None) -> Any:
    """Return the matrix, or each of a stack, transposed.

    Examples
    --------
    >>> matrix_transpose([[1, 2]]).numpy().tolist()
    [[1], [2]]
    """
    x = convert_to_tensor(a)
    last = len(x.shape)
    return OPS["transpose"](x, [*range(last - 2), last - 1, last - 2])
