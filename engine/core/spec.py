"""What is known of a tensor before it has values: its shape and its dtype."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.core.dtype import DType, as_dtype, float32
from engine.core.shape import Dim, TensorShape, as_shape


@dataclass(frozen=True, slots=True, init=False)
class TensorSpec:
    """Shape and dtype of a tensor, and a name that takes no part in comparisons.

    Examples
    --------
    >>> TensorSpec([None, 3])
    TensorSpec(shape=(None, 3), dtype=tf.float32, name=None)
    """

    shape: TensorShape
    dtype: DType
    name: str | None = field(default=None, compare=False)

    def __init__(self, shape: Iterable[Dim] | int, dtype: Any = float32, name: str | None = None) -> None:
        object.__setattr__(self, "shape", as_shape(shape))
        object.__setattr__(self, "dtype", as_dtype(dtype))
        object.__setattr__(self, "name", name)

    @property
    def nbytes(self) -> int | None:
        """Size of the values in bytes, or None while a size is unknown."""
        count = self.shape.num_elements()
        return None if count is None else count * self.dtype.size

    def is_compatible_with(self, other: Any) -> bool:
        """Return whether a tensor with the shape and dtype of `other` fits."""
        return self.dtype == other.dtype and self.shape.is_compatible_with(other.shape)

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"

    def __str__(self) -> str:
        return f"{self.dtype} {self.shape}"
