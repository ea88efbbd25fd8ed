"""Small things that programs for Keras expect to find here."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.runtime import rng


def set_random_seed(seed: int) -> None:
    """Seed everything random: initial weights, dropout, the order of the examples.

    Examples
    --------
    >>> set_random_seed(1)
    """
    rng.set_seed(seed)


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Return class numbers as one-hot rows.

    Raises
    ------
    InvalidArgumentError
        If one is negative, or not less than `num_classes`.

    Examples
    --------
    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    numbers = np.asarray(x, dtype=np.int64)
    count = num_classes if num_classes is not None else int(numbers.max(initial=-1)) + 1
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < count:
        raise InvalidArgumentError(
            "The class numbers go from {low} to {high}, but there are {count} classes.",
            hint="They begin at 0 and must be less than num_classes.",
            low=int(numbers.min()),
            high=int(numbers.max()),
            count=count,
        )
    return np.eye(count, dtype=np.float32)[numbers]


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and sample_weight of a batch, None where there is none.

    Parameters
    ----------
    data
        x, (x,), (x, y) or (x, y, sample_weight).

    Raises
    ------
    InvalidArgumentError
        If it is a tuple of another length.

    Examples
    --------
    >>> unpack_x_y_sample_weight(("images", "labels"))
    ('images', 'labels', None)
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise InvalidArgumentError(
            "A batch is x, (x, y) or (x, y, sample_weight), not {count} things.",
            hint="Put several inputs into a list or a dict of their own.",
            count=len(data),
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Return a batch as Keras' steps take it: the inverse of `unpack_x_y_sample_weight`.

    Examples
    --------
    >>> pack_x_y_sample_weight("images"), pack_x_y_sample_weight("images", "labels")
    ('images', ('images', 'labels'))
    """
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, list | tuple) else x
