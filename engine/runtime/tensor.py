"""The eager tensor: an array that cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.core.convert import as_array
from engine.core.dtype import BY_NUMPY, Array, DType
from engine.core.errors import InvalidArgumentError, UnsupportedError
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.operators import Operators


class Tensor(Operators):
    """An array of numbers of one dtype that cannot be changed.

    Make one with `constant`. It behaves like TensorFlow's: Python's operators work on it, NumPy takes it, and dtypes
    never convert by themselves.

    Examples
    --------
    >>> from engine.runtime.eager import constant
    >>> constant([[1.0, 2.0]]) * 2.0
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[2., 4.]], dtype=float32)>
    """

    __slots__ = ("__weakref__", "_array", "place")

    def __init__(self, array: Array) -> None:
        self._array = array

    @property
    def shape(self) -> TensorShape:
        """Its shape."""
        return TensorShape(self._array.shape)

    @property
    def dtype(self) -> DType:
        """Its dtype."""
        return BY_NUMPY[self._array.dtype]

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype."""
        return TensorSpec(self._array.shape, self.dtype)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._array.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._array.size

    def numpy(self) -> Any:
        """Return the values as an array of your own (as a NumPy scalar, if the tensor is one)."""
        return self._array.copy() if self._array.ndim else self._array[()]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy or (dtype is not None and np.dtype(dtype) != self._array.dtype):
            return np.array(self._array, dtype)
        view = self._array.view()
        view.flags.writeable = False
        return view

    def item(self) -> Any:
        """Return the only element as a Python number."""
        return self._scalar("item()").item()

    def _scalar(self, what: str) -> Array:
        if self._array.size != 1:
            raise UnsupportedError(
                "A tensor of shape {shape} is not one number, so {what} is not possible.",
                hint="Reduce it first, or take an element.",
                shape=self.shape,
                what=what,
            )
        return self._array

    def __bool__(self) -> bool:
        return bool(self._scalar("a Python decision on it"))

    def __int__(self) -> int:
        return int(self._scalar("int()").item())

    def __float__(self) -> float:
        return float(self._scalar("float()").item())

    def __index__(self) -> int:
        if self._array.dtype.kind not in "iu":
            raise UnsupportedError("A {dtype} tensor is no index.", hint="Use an integer.", dtype=self.dtype)
        return int(self._scalar("its use as an index").item())

    def __len__(self) -> int:
        if not self._array.ndim:
            raise UnsupportedError("A scalar has no length.")
        return len(self._array)

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    def __format__(self, spec: str) -> str:
        return format(self._array[()], spec) if not self._array.ndim else format(str(self), spec)

    def __repr__(self) -> str:
        values = repr(self._array) if self._array.ndim else str(self._array)
        return f"<tf.Tensor: shape={_plain(self.shape)}, dtype={self.dtype.name}, numpy={values}>"

    def __str__(self) -> str:
        return f"tf.Tensor({self._array}, shape={_plain(self.shape)}, dtype={self.dtype.name})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Tensor, (self._array,)

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self


def _plain(shape: TensorShape) -> str:
    return str(tuple(shape))


def array_of(value: Any, dtype: Any = None) -> Array:
    """Return the values of a tensor, a variable, an array or nested lists as an array that must not be changed.

    Raises
    ------
    InvalidArgumentError
        If it cannot be made a tensor.
    """
    if isinstance(value, Tensor):
        array = value._array
    elif hasattr(value, "read_value"):
        array = value.read_value()._array
    else:
        return as_array(value, dtype=dtype)
    if dtype is not None and array.dtype != np.dtype(dtype):
        raise InvalidArgumentError(
            "A {have} tensor was given where {want} is needed.",
            hint="Convert it with cast.",
            have=BY_NUMPY[array.dtype],
            want=str(np.dtype(dtype)),
        )
    return array
