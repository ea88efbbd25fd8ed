"""Masks: which steps of a sequence count. They are kept beside the tensors that they belong to."""

from __future__ import annotations

import weakref
from typing import Any

_masks: dict[int, tuple[weakref.ref[Any], Any]] = {}


def attach(tensor: Any, mask: Any) -> Any:
    """Let a (batch, steps) mask belong to a tensor, and return the tensor.

    Examples
    --------
    >>> import engine as tf
    >>> x = attach(tf.ones([1, 2, 3]), tf.constant([[True, False]]))
    >>> mask_of(x).numpy()
    array([[ True, False]])
    """
    if mask is not None:
        key = id(tensor)
        _masks[key] = weakref.ref(tensor, lambda _: _masks.pop(key, None)), mask
    return tensor


def mask_of(tensor: Any) -> Any:
    """Return the mask that belongs to a tensor, or None."""
    reference, mask = _masks.get(id(tensor), (None, None))
    return mask if reference is not None and reference() is tensor else None
