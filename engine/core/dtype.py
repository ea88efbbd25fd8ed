"""Element types, named as in TensorFlow."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.errors import InvalidArgumentError

Array = npt.NDArray[Any]


class DType:
    """The type of a tensor's elements.

    There is one object for each type, so `is` and `==` agree; it also equals its name and its NumPy type.

    Examples
    --------
    >>> float32.size, float32.is_floating, float32 == "float32"
    (4, True, True)
    """

    __slots__ = (
        "_hash",
        "as_numpy_dtype",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "name",
        "size",
    )

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.as_numpy_dtype: Final = np.dtype(name)
        self.size: Final = self.as_numpy_dtype.itemsize
        kind = self.as_numpy_dtype.kind
        self.is_floating: Final = kind == "f"
        self.is_integer: Final = kind in "iu"
        self.is_bool: Final = kind == "b"
        self._hash = hash(name)

    @property
    def is_numeric(self) -> bool:
        """Whether arithmetic is defined on it: all types but bool."""
        return not self.is_bool

    @property
    def min(self) -> int | float:
        """Lowest finite value (floats and integers)."""
        return self._limits()[0]

    @property
    def max(self) -> int | float:
        """Highest finite value (floats and integers)."""
        return self._limits()[1]

    def _limits(self) -> tuple[int | float, int | float]:
        if self.is_bool:
            return False, True
        limits: Any = (np.iinfo if self.is_integer else np.finfo)(self.as_numpy_dtype)
        return np.asarray(limits.min).item(), np.asarray(limits.max).item()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, DType) or other is None:
            return False
        if isinstance(other, str):
            return self.name == other
        try:
            return bool(self.as_numpy_dtype == other)
        except TypeError:
            return False

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return as_dtype, (self.name,)


_NAMES = (
    "bool",
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
)

DTYPES: Final[dict[str, DType]] = {name: DType(name) for name in _NAMES}
BY_NUMPY: Final[dict[np.dtype[Any], DType]] = {d.as_numpy_dtype: d for d in DTYPES.values()}

bool_ = DTYPES["bool"]
int8, int16, int32, int64 = (DTYPES[f"int{n}"] for n in (8, 16, 32, 64))
uint8, uint16, uint32, uint64 = (DTYPES[f"uint{n}"] for n in (8, 16, 32, 64))
float16, float32, float64 = (DTYPES[f"float{n}"] for n in (16, 32, 64))


def as_dtype(value: Any) -> DType:
    """Return the `DType` that `value` (a DType, a name, a NumPy or Python type) stands for.

    Raises
    ------
    InvalidArgumentError
        If it stands for none, such as an object or a string type.

    Examples
    --------
    >>> as_dtype("int32"), as_dtype(np.float64), as_dtype(bool), as_dtype(float)
    (tf.int32, tf.float64, tf.bool, tf.float32)
    """
    if isinstance(value, DType):
        return value
    if value is float:  # a Python float is a float32 here, as in TensorFlow
        return float32
    if value is int:
        return int32
    try:
        if value is not None:  # which is float64 to NumPy
            return BY_NUMPY[np.dtype(value)]
    except (TypeError, ValueError, KeyError):
        pass
    raise InvalidArgumentError(
        "{value} is no dtype of a tensor.",
        hint="Use one of: {names}.",
        value=repr(value),
        names=", ".join(_NAMES),
    )
