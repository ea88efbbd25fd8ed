"""Tensors as the code that makes them."""

from __future__ import annotations

from typing import Final

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


def numpy_text(values: Array) -> str:
    """Return a tensor as the code that makes it.

    Raises
    ------
    InvalidArgumentError
        If it is too large.

    Examples
    --------
    >>> import numpy as np
    >>> numpy_text(np.array([[1.0, 2.5]], np.float32))
    'np.array([[1.0, 2.5]], dtype=np.float32)'
    """
    limited(values)
    text = repr(values.tolist()).replace("nan", "np.nan").replace("inf", "np.inf") if values.dtype.kind in "fc" else ""
    kind = "str" if values.dtype.kind in "OSU" else f"np.{values.dtype.name}"
    return f"np.array({text or repr(values.tolist())}, dtype={'np.bool_' if values.dtype.kind == 'b' else kind})"
