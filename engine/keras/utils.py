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
