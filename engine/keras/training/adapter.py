"""Training data: from what users pass to arrays that batches are taken from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core import nest
from engine.core.convert import as_array, contiguous
from engine.core.dtype import Array, DType
from engine.core.errors import InvalidArgumentError
from engine.core.spec import TensorSpec
from engine.keras.utils import pack_x_y_sample_weight
from engine.runtime.tensor import array_of


class ArrayData:
    """Arrays with one first axis, the examples.

    Parameters
    ----------
    x, y
        Arrays, tensors, lists, or structures of them; `y` may be None.
    sample_weight
        A weight for each example, or None.
    dtypes
        Of the model's inputs, to which `x` is converted; None leaves them as they are.

    Raises
    ------
    InvalidArgumentError
        If there is no example, or the arrays differ in their number.
    """

    def __init__(self, x: Any, y: Any = None, sample_weight: Any = None, dtypes: Sequence[DType] | None = None) -> None:
        if x is None:
            raise InvalidArgumentError("There are no examples: x is missing.", hint="Give an array as x.")
        x, y, sample_weight = (_whole(value) for value in (x, y, sample_weight))
        self.structure = (x, y, sample_weight)
        leaves = list(nest.leaves(self.structure))
        inputs = sum(1 for _ in nest.leaves(x))
        arrays = [None if leaf is None else array_of(leaf) for leaf in leaves]
        for i, array in enumerate(arrays):
            if array is not None:
                arrays[i] = _converted(array, dtypes[i] if dtypes and i < min(inputs, len(dtypes)) else None)
        self._given = [a is not None for a in arrays]
        self.arrays: list[Array] = [a for a in arrays if a is not None]
        weights = sum(1 for _ in nest.leaves(self.structure[2]))
        names = ["x"] * inputs + ["y"] * (len(arrays) - inputs - weights) + ["sample_weight"] * weights
        self._check([(n, a) for n, a in zip(names, arrays, strict=True) if a is not None])
        self.size = len(self.arrays[0])
        marks = iter(None if a is None else f"{a.dtype}{a.shape[1:]}" for a in arrays)
        #: Equal for data whose batches of one size can take each other's place.
        self.signature = repr(nest.rebuild(self.structure, marks))

    @staticmethod
    def _check(given: Sequence[tuple[str, Array]]) -> None:
        if scalar := next((n for n, a in given if a.ndim == 0), None):
            raise InvalidArgumentError(
                "{name} is a single number.", hint="The first axis counts examples.", name=scalar
            )
        sizes = {len(a) for _, a in given}
        if len(sizes) > 1:
            raise InvalidArgumentError(
                "The arrays differ in their number of examples: {shapes}.",
                hint="Their first axes must be equal.",
                shapes=", ".join(f"{n} is {a.shape}" for n, a in given),
            )
        if sizes in ({0}, set()):
            raise InvalidArgumentError("There are no examples.", hint="Give arrays with at least one.")

    def rebuild(self, values: Sequence[Any]) -> Any:
        """Return x, (x, y) or (x, y, sample_weight) with these values in place of the arrays."""
        given = iter(values)
        leaves = [next(given) if there else None for there in self._given]
        return pack_x_y_sample_weight(*nest.rebuild(self.structure, iter(leaves)))

    def specs(self, batch: int) -> list[TensorSpec]:
        """Return the specs of a batch of this size."""
        return [TensorSpec((batch, *a.shape[1:]), a.dtype) for a in self.arrays]

    def part(self, begin: int, end: int) -> ArrayData:
        """Return the examples from `begin` to below `end`, without copying them."""
        part = object.__new__(ArrayData)
        part.structure, part._given, part.signature = self.structure, self._given, self.signature
        part.arrays = [a[begin:end] for a in self.arrays]
        part.size = len(part.arrays[0])
        return part


def _is_number_list(value: Any) -> bool:
    """Whether `value` is one array written as nested Python lists, not a structure of arrays."""
    while isinstance(value, list) and value:
        value = value[0]
    return isinstance(value, int | float)


def _whole(value: Any) -> Any:
    return as_array(value) if _is_number_list(value) and isinstance(value, list) else value


def _converted(array: Array, dtype: DType | None) -> Array:
    """Return the array in the model's dtype; float64, which NumPy makes by itself, becomes float32."""
    if dtype is not None and array.dtype != dtype.as_numpy_dtype:
        return contiguous(array, dtype.as_numpy_dtype)
    if dtype is None and array.dtype == np.float64:
        return contiguous(array, np.float32)
    return contiguous(array)


def split(data: ArrayData, share: float) -> tuple[ArrayData, ArrayData]:
    """Return the first examples and the last `share` of them, as Keras' validation_split does.

    Raises
    ------
    InvalidArgumentError
        If one of the two would be empty.
    """
    at = int(data.size * (1 - share))
    if not 0 < at < data.size:
        raise InvalidArgumentError(
            "A validation split of {share} leaves {train} of {size} examples to train on and {rest} to validate with.",
            hint="Give a number between 0 and 1 that leaves some for both.",
            share=share,
            size=data.size,
            train=at,
            rest=data.size - at,
        )
    return data.part(0, at), data.part(at, data.size)


def weighted_by_class(y: Any, class_weight: Mapping[int, float], sample_weight: Any = None) -> Array:
    """Return a weight for each example: that of its class, times its own.

    Parameters
    ----------
    y
        Class numbers, (batch,) or (batch, 1), or one-hot rows.

    Examples
    --------
    >>> weighted_by_class([0, 2, 1], {0: 5.0, 1: 0.5})
    array([5. , 1. , 0.5], dtype=float32)
    """
    truth = np.asarray(array_of(y))
    numbers = truth.argmax(axis=-1) if truth.ndim > 1 and truth.shape[-1] > 1 else truth.reshape(len(truth))
    weights = np.array([class_weight.get(int(n), 1.0) for n in numbers], np.float32)
    return weights if sample_weight is None else weights * np.asarray(array_of(sample_weight), np.float32)
