"""Static shapes: tuples of sizes in which `None` stands for a size not known yet."""

from __future__ import annotations

import math
from collections.abc import Iterable
from operator import index
from typing import Any

from engine.core.errors import InvalidArgumentError

Dim = int | None


class TensorShape(tuple[Dim, ...]):
    """The shape of a tensor: a tuple of sizes, `None` where a size is not known yet.

    It compares equal to tuples and lists with the same sizes.

    Examples
    --------
    >>> s = TensorShape([None, 28, 28])
    >>> s, s.rank, s[1:].num_elements(), s == [None, 28, 28]
    (TensorShape([None, 28, 28]), 3, 784, True)
    """

    __slots__ = ()

    def __new__(cls, dims: Iterable[Any] = ()) -> TensorShape:
        return super().__new__(cls, (None if d is None else index(d) for d in dims))

    @property
    def rank(self) -> int:
        """Number of dimensions."""
        return len(self)

    @property
    def ndims(self) -> int:
        """Number of dimensions (TensorFlow's older name)."""
        return len(self)

    @property
    def is_static(self) -> bool:
        """Whether every size is known."""
        return None not in self

    def is_fully_defined(self) -> bool:
        """Return whether every size is known."""
        return None not in self

    def as_list(self) -> list[Dim]:
        """Return the sizes as a list."""
        return list(self)

    def num_elements(self) -> int | None:
        """Return the number of elements, or None if a size is unknown."""
        return None if None in self else math.prod(d for d in self if d is not None)

    def is_compatible_with(self, other: Iterable[Dim]) -> bool:
        """Return whether a tensor could have both shapes."""
        other = tuple(other)
        return len(self) == len(other) and all(
            a == b or a is None or b is None for a, b in zip(self, other, strict=True)
        )

    def merge_with(self, other: Iterable[Dim]) -> TensorShape:
        """Return the shape that knows what either knows.

        Raises
        ------
        InvalidArgumentError
            If no tensor could have both shapes.
        """
        other = TensorShape(other)
        if not self.is_compatible_with(other):
            raise InvalidArgumentError("The shapes {a} and {b} contradict each other.", a=self, b=other)
        return TensorShape(b if a is None else a for a, b in zip(self, other, strict=True))

    def __getitem__(self, key: Any) -> Any:
        item = super().__getitem__(key)
        return TensorShape(item) if isinstance(key, slice) else item

    def __add__(self, other: Any) -> TensorShape:
        return TensorShape((*self, *other))

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape((*other, *self))

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, tuple(other)) if isinstance(other, list | tuple) else NotImplemented

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = tuple.__hash__

    def __repr__(self) -> str:
        return f"TensorShape({list(self)})"

    def __str__(self) -> str:
        inner = ", ".join("None" if d is None else str(d) for d in self)
        return f"({inner},)" if len(self) == 1 else f"({inner})"

    def __reduce__(self) -> tuple[Any, ...]:
        return TensorShape, (tuple(self),)


def as_shape(value: Any) -> TensorShape:
    """Return `value` (a shape, a size, or a sequence of sizes) as a `TensorShape`.

    Raises
    ------
    InvalidArgumentError
        If it is none, or a size is negative.

    Examples
    --------
    >>> as_shape(3), as_shape([None, 2])
    (TensorShape([3]), TensorShape([None, 2]))
    """
    if isinstance(value, TensorShape):
        return value
    try:
        dims = (value,) if isinstance(value, int) else tuple(value)
        shape = TensorShape(dims)
    except TypeError:
        shape = None
    if shape is None or any(d is not None and d < 0 for d in shape):
        raise InvalidArgumentError(
            "{value} is no shape.",
            hint="A shape is a list of sizes that are 0 or more, None where a size is unknown.",
            value=repr(value),
        )
    return shape


def broadcast_dim(a: Dim, b: Dim) -> Dim:
    """Return the size that `a` and `b` broadcast to.

    Raises
    ------
    ValueError
        If both are known, differ, and neither is 1.
    """
    if a == b or b == 1:
        return a
    if a == 1 or a is None:
        return b
    if b is None:
        return a
    raise ValueError


def broadcast(*shapes: Iterable[Dim]) -> TensorShape:
    """Return the shape to which all `shapes` broadcast by NumPy's rules.

    Raises
    ------
    ValueError
        If they don't; the caller, who knows the op and the operands, says so in words.

    Examples
    --------
    >>> broadcast((None, 1, 3), (5, 1))
    TensorShape([None, 5, 3])
    """
    aligned = [tuple(s) for s in shapes]
    rank = max((len(s) for s in aligned), default=0)
    result: list[Dim] = [1] * rank
    for shape in aligned:
        for i, dim in enumerate(shape, rank - len(shape)):
            result[i] = broadcast_dim(result[i], dim)
    return TensorShape(result)


def normalize_axis(axis: int, rank: int) -> int:
    """Return `axis` counted from the front.

    Raises
    ------
    IndexError
        If a tensor of this rank has no such axis.
    """
    if not -rank <= axis < rank:
        raise IndexError(axis)
    return axis + rank if axis < 0 else axis
