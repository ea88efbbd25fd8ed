"""Tensors as the code that makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError, UnsupportedError

#: The most elements that are copied as text: about 10 MB of it.
MOST_COPIED: Final = 1_000_000


def limited(values: Array, most: int = MOST_COPIED) -> None:
    """Refuse to write too many values, or such as are no numbers or words.

    Raises
    ------
    InvalidArgumentError, UnsupportedError
        If it cannot be done.
    """
    if values.dtype.names is not None:
        raise UnsupportedError(
            "A tensor with a structure of its own cannot be written as a table.", hint="Save it as .npy or .npz."
        )
    if values.size > most:
        raise InvalidArgumentError(
            "The tensor has {size} elements, but {most} at most can be copied.",
            hint="Copy a part, by an index, or save it to a file.",
            size=values.size,
            most=most,
        )


def as_text(value: Any) -> str:
    """Return a string; bytes as the text that they are in UTF-8, what is none in it as it is written in code.

    Examples
    --------
    >>> as_text("a"), as_text("ñ".encode()), as_text(b"\\xff")
    ('a', 'ñ', '\\\\xff')
    """
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)


def numpy_text(values: Array) -> str:
    """Return a tensor as the code that makes it, with its shape and its dtype.

    Raises
    ------
    InvalidArgumentError
        If it is too large.

    Examples
    --------
    >>> import numpy as np
    >>> numpy_text(np.array([[1.0, 2.5]], np.float32))
    'np.array([[1.0, 2.5]], dtype=np.float32)'
    >>> numpy_text(np.zeros((0, 3), bool)), numpy_text(np.array(complex(0, np.inf), np.complex64))
    ('np.zeros((0, 3), dtype=np.bool_)', 'np.array(complex(0.0, np.inf), dtype=np.complex64)')
    """
    limited(values)
    kind = values.dtype.kind
    dtype = repr(values.dtype.str) if kind in "SU" else _NAMES.get(kind, f"np.{values.dtype.name}")
    if not values.size:  # lists of nothing have lost how long the other axes are
        return f"np.zeros({values.shape}, dtype={dtype})"
    words = [_WRITERS.get(kind, repr)(value) for value in values.ravel().tolist()]
    for size in reversed(values.shape):
        words = [f"[{', '.join(words[begin : begin + size])}]" for begin in range(0, len(words), size)]
    return f"np.array({words[0]}, dtype={dtype})"


def _float(value: float) -> str:
    return repr(value) if isfinite(value) else repr(value).replace("nan", "np.nan").replace("inf", "np.inf")


def _complex(value: complex) -> str:
    """Return a complex number; not as a sum, which has no infinite parts and forgets the sign of zero."""
    text = repr(value)
    if isfinite(value.real) and isfinite(value.imag) and "-0" not in text:
        return text
    return f"complex({_float(value.real)}, {_float(value.imag)})"


#: By the kind of a dtype, what it is called where that is not as in NumPy.
_NAMES: Final[Mapping[str, str]] = {"b": "np.bool_", "O": "object"}
#: By the kind of a dtype, where `repr` is not what writes an element.
_WRITERS: Final[Mapping[str, Callable[[Any], str]]] = {"f": _float, "c": _complex}
