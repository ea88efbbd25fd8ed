"""What kernels written by hand have in common: arrays seen as (outer, axis, inner), whatever their rank."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.dtype import Array

Arrays = Sequence[Array]


def around(array: Array, axis: int, count: int = 1) -> Array:
    """Return a view of three axes: all before `axis`, the `count` axes from there on, and all behind them.

    Examples
    --------
    >>> import numpy as np
    >>> around(np.zeros((2, 3, 4, 5)), 1).shape, around(np.zeros((2, 3)), -1).shape, around(np.zeros(3), 0, 0).shape
    ((2, 3, 20), (2, 3, 1), (1, 1, 3))
    """
    at = axis % (array.ndim or 1) if count else axis
    shape = array.shape
    return array.reshape(math.prod(shape[:at]), math.prod(shape[at : at + count]), math.prod(shape[at + count :]))


def along_axis(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    """Arrange one operand and one result of its shape around the attribute `axis`."""
    return [around(a, attrs["axis"]) for a in (*inputs, *outputs)]
