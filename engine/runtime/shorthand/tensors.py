"""What a tensor is: its dtype, its shape, and whether it is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import DType, as_dtype
from engine.core.op import OPS
from engine.core.shape import as_shape
from engine.runtime.eager import convert_to_tensor


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    """Return the tensor as another dtype; what does not fit becomes its least or largest value.

    Examples
    --------
    >>> saturate_cast([300, -1], "uint8").numpy()
    array([255,   0], dtype=uint8)
    """
    x, target = convert_to_tensor(value), as_dtype(dtype)
    if x.dtype.is_bool or target.is_bool:
        return OPS["cast"](x, target)
    low, high = max(x.dtype.min, target.min), min(x.dtype.max, target.max)
    limits = [np.asarray(v, x.dtype.as_numpy_dtype) for v in (low, high)]
    if x.dtype.is_floating and target.is_integer and limits[1] > high:  # rounded to what is beyond the largest
        limits[1] = np.nextafter(limits[1], limits[1].dtype.type(0))
    return OPS["cast"](OPS["clip_by_value"](x, *limits), target)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """Return the tensor, or raise an `InvalidArgumentError` if it has another shape; None stands for any size.

    Examples
    --------
    >>> ensure_shape([[1, 2]], [None, 2]).shape
    TensorShape([1, 2])
    """
    return OPS["ensure_shape"](x, tuple(as_shape(shape)))


def is_tensor(x: Any) -> bool:
    """Return whether `x` is a tensor or a variable.

    Examples
    --------
    >>> import engine as tf
    >>> is_tensor(tf.constant(1)), is_tensor(1)
    (True, False)
    """
    return isinstance(getattr(x, "dtype", None), DType) and hasattr(x, "shape")
