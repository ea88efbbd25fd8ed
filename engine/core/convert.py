"""From Python and NumPy values to arrays, without a silent change of dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import BY_NUMPY, Array, DType, as_dtype
from engine.core.errors import InvalidArgumentError, UnsupportedError

_DEFAULTS = {"f": np.dtype(np.float32), "i": np.dtype(np.int32), "u": np.dtype(np.int32)}
_ORDER = "bif"  # a Python value of an earlier kind may become one of a later kind, never the other way


def as_array(value: Any, hint: DType | None = None, dtype: Any = None) -> Array:
    """Return `value` as an array of a tensor's dtype.

    Parameters
    ----------
    value
        A number, an array, or a nested list of them.
    hint
        The dtype that Python numbers and NumPy arrays take on where they can, as in ``tensor + 1``: whole numbers
        may become floats, and floats those of another size, as in TensorFlow.
    dtype
        The dtype to convert to, in which case only Python numbers that would lose something are refused.

    Raises
    ------
    InvalidArgumentError
        If it is no number or a ragged list, or does not fit into the dtype.

    Examples
    --------
    >>> from engine.core.dtype import float64, int32
    >>> as_array([1, 2.5]).dtype, as_array(1, hint=float64).dtype, as_array(np.arange(2)).dtype
    (dtype('float32'), dtype('float64'), dtype('int64'))
    >>> as_array(2.5, dtype=int32)
    Traceback (most recent call last):
        ...
    engine.core.errors.InvalidArgumentError: 2.5 does not fit into int32. Convert it with cast, where that is meant.
    """
    target = as_dtype(dtype) if dtype is not None else None
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if not array.dtype.isnative:
            array = array.astype(array.dtype.newbyteorder("="))
        _require_numbers(array, value)
        if target is None and hint is not None and _fits_kind(array, hint):
            target = hint
        return array if target is None else _converted(array, target, strict=False)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        if isinstance(error, UnsupportedError):
            raise
        array = np.empty((), object)
    _require_numbers(array, value)
    if target is not None:
        return _converted(array, target, strict=_is_python(value))
    if not _is_python(value):
        return array
    if hint is not None and _fits_kind(array, hint):
        return _converted(array, hint, strict=True)
    default = BY_NUMPY[_DEFAULTS.get(array.dtype.kind, array.dtype)]
    if array.dtype == np.int64 and array.size and (array.min() < default.min or array.max() > default.max):
        return array  # TensorFlow's rule: whole numbers are int32 where they fit
    return _converted(array, default, strict=True)


def contiguous(array: Array, dtype: Any = None) -> Array:
    """Return the array with its elements in C's order, a copy only if need be.

    NumPy's `ascontiguousarray` makes vectors of scalars; this doesn't.

    Examples
    --------
    >>> contiguous(np.float32(1)).shape, contiguous(np.eye(2)[:, 0]).flags.c_contiguous
    ((), True)
    """
    return np.asarray(array, dtype, order="C")


def _require_numbers(array: Array, value: Any) -> None:
    if array.dtype not in BY_NUMPY:
        text = repr(value)
        raise InvalidArgumentError(
            "{value} cannot be made a tensor.",
            hint="Use a number, an array of numbers, or nested lists of one length.",
            value=text if len(text) <= 60 else text[:57] + "...",
        )


def own_array(value: Any, dtype: Any = None) -> Array:
    """Return `value` as an array that shares no memory with it; see `as_array`."""
    array = as_array(value, dtype=dtype)
    return array if _is_python(value) else array.copy()


def _is_python(value: Any) -> bool:
    """Whether the numbers in `value` are Python's, which have no dtype of their own."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, bool | int | float | list | tuple)


def _fits_kind(array: Array, dtype: DType) -> bool:
    kind = {"b": "b", "i": "i", "u": "i", "f": "f"}
    have, want = kind[array.dtype.kind], kind[dtype.as_numpy_dtype.kind]
    return have == want or (have != "b" and want != "b" and _ORDER.index(have) <= _ORDER.index(want))


def _converted(array: Array, dtype: DType, *, strict: bool) -> Array:
    if array.dtype == dtype.as_numpy_dtype:
        return array
    if strict and array.size:
        too_large = (
            dtype.is_integer and array.dtype.kind in "iu" and (array.min() < dtype.min or array.max() > dtype.max)
        )
        if too_large or not _fits_kind(array, dtype):
            raise InvalidArgumentError(
                "{value} does not fit into {dtype}.",
                hint="Convert it with cast, where that is meant.",
                value=str(array if array.size <= 4 else array.ravel()[0]),
                dtype=dtype,
            )
    return array.astype(dtype.as_numpy_dtype)
