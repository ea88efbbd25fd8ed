"""Variables: tensors that keep a state and change only by assignment."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from engine.core.convert import as_array
from engine.core.dispatch import eagerly, interpreter, is_tracing
from engine.core.dtype import Array, DType, as_dtype
from engine.core.errors import InvalidArgumentError, UnsupportedError
from engine.core.memory import aligned_copy
from engine.core.shape import TensorShape, as_shape
from engine.core.spec import TensorSpec
from engine.core.witness import witness
from engine.graph.trace import SymbolicTensor
from engine.ops import OPS
from engine.ops.index import parse_index
from engine.ops.mask import is_mask
from engine.ops.operators import Operators
from engine.runtime.tape import observe_read
from engine.runtime.tensor import Tensor, array_of

_counter = itertools.count()


class Variable(Operators):
    """A tensor with a state.

    Parameters
    ----------
    initial_value
        Its first value, or a function without arguments that returns it. Given `shape` and `dtype`, the function is
        called when the value is first needed.
    trainable
        Whether gradient tapes watch it.
    name
        For error texts and summaries.
    dtype, shape
        Of the value; taken from `initial_value` where they are not given.

    Examples
    --------
    >>> v = Variable([[1.0, 2.0], [3.0, 4.0]])
    >>> _ = v.assign_add([[1.0, 1.0], [1.0, 1.0]])
    >>> _ = v[0, 1].assign(42.0)
    >>> v.numpy()
    array([[ 2., 42.],
           [ 4.,  5.]], dtype=float32)
    """

    __slots__ = ("__weakref__", "_array", "_initializer", "_shared", "_spec", "_tensor", "name", "trainable")

    def __init__(
        self,
        initial_value: Any,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
        shape: Any = None,
    ) -> None:
        self.trainable = trainable
        self.name = name or f"Variable_{next(_counter)}"
        self._initializer: Callable[[], Any] | None = None
        self._array: Array | None = None
        self._tensor: Tensor | None = None
        self._shared = False
        if is_tracing():
            interpreter().created.append(self)  # type: ignore[attr-defined]
        if callable(initial_value) and shape is not None and dtype is not None:
            self._initializer = initial_value
            self._spec = TensorSpec(as_shape(shape), as_dtype(dtype), self.name)
            return
        with eagerly():
            value = initial_value() if callable(initial_value) else initial_value
            if isinstance(value, SymbolicTensor):
                raise UnsupportedError(
                    "The variable '{name}' would begin with a value that depends on a function's arguments.",
                    hint="Make variables outside of the function, or with constants.",
                    name=self.name,
                )
            given = array_of(value) if isinstance(value, Tensor | Variable) else as_array(value, dtype=dtype)
            if dtype is not None and given.dtype != as_dtype(dtype).as_numpy_dtype:
                given = given.astype(as_dtype(dtype).as_numpy_dtype)
            self._array = aligned_copy(given)
        self._spec = TensorSpec(self._array.shape if shape is None else shape, self._array.dtype, self.name)
        self._require(TensorSpec(self._array.shape, self._array.dtype))

    # ------------------------------------------------------------------------------------------------- reading

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype."""
        return self._spec

    @property
    def shape(self) -> TensorShape:
        """Its shape."""
        return self._spec.shape

    @property
    def dtype(self) -> DType:
        """Its dtype."""
        return self._spec.dtype

    @property
    def is_initialized(self) -> bool:
        """Whether its first value was computed."""
        return self._array is not None

    @property
    def array(self) -> Array:
        """The array that holds the state: for executors, which write into it. Everybody else reads tensors."""
        if self._array is None:
            self._initialize()
        assert self._array is not None
        return self._array

    def _initialize(self) -> None:
        assert self._initializer is not None
        with eagerly():
            value = array_of(self._initializer())
        if not self.shape.is_compatible_with(value.shape) or value.dtype != self.dtype.as_numpy_dtype:
            raise InvalidArgumentError(
                "The initial value of '{name}' is {got}, but {wanted} was announced.",
                name=self.name,
                got=f"{value.dtype} {value.shape}",
                wanted=str(self._spec),
            )
        self._array = aligned_copy(value)
        self._initializer = None

    def read_value(self) -> Any:
        """Return the present value as a tensor."""
        if is_tracing():
            tensor = interpreter().read(self)  # type: ignore[attr-defined]
        else:
            if self._tensor is None:
                self._tensor = Tensor(self.array)
                self._shared = True
            tensor = self._tensor
            if (watching := witness()) is not None:
                watching.read(self, tensor)
        observe_read(self, tensor)
        return tensor

    value = read_value

    def writable(self) -> Array:
        """Return the array for writing: a fresh copy if a tensor still shows the old values."""
        array = self.array
        if self._shared:
            self._array = array = aligned_copy(array)
            self._shared = False
            self._tensor = None
        return array

    def adopt(self, array: Array) -> None:
        """Take an array of the right shape and dtype, which nobody else holds, as the state."""
        self._array, self._tensor, self._shared = array, None, False

    def numpy(self) -> Any:
        """Return the present value as an array of your own."""
        return self.array.copy() if self.array.ndim else self.array[()]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.array, dtype)

    def __float__(self) -> float:
        return float(self.read_value())

    def __int__(self) -> int:
        return int(self.read_value())

    def __bool__(self) -> bool:
        return bool(self.read_value())

    def __index__(self) -> int:
        return int(self.read_value().__index__())

    def __len__(self) -> int:
        return len(self.read_value())

    def __iter__(self) -> Any:
        return iter(self.read_value())

    def __getitem__(self, key: Any) -> Any:
        if is_mask(key):
            return super().__getitem__(key)
        index = parse_index(key)
        tensor = OPS["getitem"].apply(self, index=index)
        tensor.place = self, index
        return tensor

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={tuple(self.shape)} dtype={self.dtype.name}, numpy={self.array!r}>"

    # ------------------------------------------------------------------------------------------------- writing

    def assign(self, value: Any, read_value: bool = True, name: str | None = None) -> Variable:
        """Set the value.

        Raises
        ------
        InvalidArgumentError
            If it has another shape or dtype.
        """
        if is_tracing():
            tensor = interpreter().convert(value, self.dtype)  # type: ignore[attr-defined]
            self._require(tensor.spec)
            interpreter().assign(self, tensor)  # type: ignore[attr-defined]
            return self
        if isinstance(value, Variable):
            value = value.read_value()
        # a copy, since executors write into it
        array = aligned_copy(value._array if isinstance(value, Tensor) else as_array(value, hint=self.dtype))
        self._require(TensorSpec(array.shape, array.dtype))
        before = self._array
        self._array, self._tensor, self._shared, self._initializer = array, None, False, None
        if (watching := witness()) is not None:
            watching.assigned(self, before, self._array)
        return self

    def _require(self, spec: TensorSpec) -> None:
        if spec.dtype != self.dtype or not self.shape.is_compatible_with(spec.shape):
            raise InvalidArgumentError(
                "The variable '{name}' is {wanted}, but the value is {got}.",
                hint="Convert it with cast or reshape it.",
                op="assign",
                name=self.name,
                wanted=str(self._spec),
                got=str(spec),
            )

    def assign_add(self, delta: Any, read_value: bool = True, name: str | None = None) -> Variable:
        """Add to the value."""
        return self.assign(OPS["add"].apply(self, delta))

    def assign_sub(self, delta: Any, read_value: bool = True, name: str | None = None) -> Variable:
        """Subtract from the value."""
        return self.assign(OPS["subtract"].apply(self, delta))

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Set elements or slices by their positions along the first axes.

        Examples
        --------
        >>> Variable([1.0, 2.0, 3.0]).scatter_nd_update([[0], [2]], [10.0, 30.0]).numpy()
        array([10.,  2., 30.], dtype=float32)
        """
        return self.assign(OPS["tensor_scatter_nd_update"](self, indices, updates))

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Add to elements or slices by their positions along the first axes."""
        return self.assign(OPS["tensor_scatter_nd_add"](self, indices, updates))

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Set slices along the first axis; `sparse_delta` is an `IndexedSlices`.

        Examples
        --------
        >>> Variable([1.0, 2.0]).scatter_update(IndexedSlices([9.0], [1])).numpy()
        array([1., 9.], dtype=float32)
        """
        positions = OPS["expand_dims"](sparse_delta.indices, axis=-1)
        return self.scatter_nd_update(positions, sparse_delta.values)

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise UnsupportedError(
            "A variable is not changed by v[...] = x.", hint="Use v[...].assign(x).", variable=self.name
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Variable, (self.array, self.trainable, self.name)

    def __deepcopy__(self, memo: Any) -> Variable:
        return Variable(self.array, self.trainable, self.name)


class IndexedSlices:
    """Slices of a tensor along its first axis, and their positions.

    Parameters
    ----------
    values, indices
        As tensors, arrays or lists; one slice for each position.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self.values = values
        self.indices = indices
        self.dense_shape = dense_shape
