"""Python's operators on tensors: eager ones, symbolic ones and Variables inherit them."""

from __future__ import annotations

from typing import Any, NoReturn

from engine.core.dispatch import interpreter
from engine.core.errors import UnsupportedError
from engine.core.op import Op
from engine.core.shape import TensorShape, as_shape, broadcast
from engine.ops import elementwise, linalg, logic
from engine.ops.index import getitem, is_open, parse_index, setitem, taken_open
from engine.ops.mask import boolean_mask, is_mask


def _forward(op: Op) -> Any:
    def method(self: Any, other: Any) -> Any:
        return interpreter().apply(op, (self, other), {})

    method.__doc__ = op.summary
    return method


def _reflected(op: Op) -> Any:
    def method(self: Any, other: Any) -> Any:
        return interpreter().apply(op, (other, self), {})

    method.__doc__ = op.summary
    return method


def _unary(op: Op) -> Any:
    def method(self: Any) -> Any:
        return op.apply(self)

    method.__doc__ = op.summary
    return method


def _truth_or_bits(on_bools: Op, on_integers: Op) -> Any:
    """Return a method for a sign that joins truth values, or the bits of integers; both do so in either order."""

    def method(self: Any, other: Any) -> Any:
        return (on_bools if self.dtype.is_bool else on_integers).apply(self, other)

    method.__doc__ = on_bools.summary
    return method


def _compared(a: Any, b: object, op: Op) -> Any:
    """Return the comparison; tensors whose shapes do not fit together differ, as a whole."""
    if b is None:
        return op is logic.not_equal
    shape = getattr(b, "shape", None)
    if shape is not None and a.shape.is_static and not _fit(a.shape, as_shape(shape)):
        return logic.not_equal.apply(op is logic.equal, True)
    return op.apply(a, b)


def _fit(a: TensorShape, b: TensorShape) -> bool:
    try:
        broadcast(a, b)
    except ValueError:
        return False
    return True


def _matmul(a: Any, b: Any) -> Any:
    return linalg.matmul.apply(a, b, transpose_a=False, transpose_b=False)


class Operators:
    """What ``a + b``, ``-a``, ``a[1:]`` and the like mean on a tensor."""

    __slots__ = ()

    #: Lets NumPy arrays on the left leave the operation to us.
    __array_priority__ = 100

    __add__, __radd__ = _forward(elementwise.add), _reflected(elementwise.add)
    __sub__, __rsub__ = _forward(elementwise.subtract), _reflected(elementwise.subtract)
    __mul__, __rmul__ = _forward(elementwise.multiply), _reflected(elementwise.multiply)
    __truediv__, __rtruediv__ = _forward(elementwise.divide), _reflected(elementwise.divide)
    __floordiv__, __rfloordiv__ = _forward(elementwise.floordiv), _reflected(elementwise.floordiv)
    __mod__, __rmod__ = _forward(elementwise.mod), _reflected(elementwise.mod)
    __pow__, __rpow__ = _forward(elementwise.pow), _reflected(elementwise.pow)
    __neg__, __abs__ = _unary(elementwise.negative), _unary(elementwise.abs)
    __lt__, __le__ = _forward(logic.less), _forward(logic.less_equal)
    __gt__, __ge__ = _forward(logic.greater), _forward(logic.greater_equal)
    __and__ = __rand__ = _truth_or_bits(logic.logical_and, logic.bitwise_and)
    __or__ = __ror__ = _truth_or_bits(logic.logical_or, logic.bitwise_or)
    __xor__ = __rxor__ = _truth_or_bits(logic.logical_xor, logic.bitwise_xor)

    def __invert__(self) -> Any:
        return (logic.logical_not if self.dtype.is_bool else logic.invert).apply(self)  # type: ignore[attr-defined]

    def __eq__(self, other: object) -> Any:
        return _compared(self, other, logic.equal)

    def __ne__(self, other: object) -> Any:
        return _compared(self, other, logic.not_equal)

    def __hash__(self) -> NoReturn:
        raise UnsupportedError(
            "A tensor is compared element by element and so cannot be a key.", hint="Use tensor.ref() as the key."
        )

    def __matmul__(self, other: Any) -> Any:
        return _matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _matmul(other, self)

    def __getitem__(self, key: Any) -> Any:
        if is_mask(key):
            return boolean_mask(self, key)
        return taken_open(self, key) if is_open(key) else getitem.apply(self, index=parse_index(key))

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise UnsupportedError(
            "A tensor cannot be changed in place.",
            hint="Make a new one with tensor_scatter_nd_update, or use a Variable and v[...].assign(...).",
        )

    def assign(self, value: Any) -> Any:
        """Set the elements of the variable that this tensor was taken from, as in ``v[0, 1].assign(42.)``.

        Returns the variable.

        Raises
        ------
        UnsupportedError
            If it was not taken from a variable.
        """
        variable, index = self._place()
        return variable.assign(setitem.apply(variable, value, index=index))

    def assign_add(self, delta: Any) -> Any:
        """Add to the elements of the variable that this tensor was taken from."""
        self._place()
        return self.assign(elementwise.add.apply(self, delta))

    def assign_sub(self, delta: Any) -> Any:
        """Subtract from the elements of the variable that this tensor was taken from."""
        self._place()
        return self.assign(elementwise.subtract.apply(self, delta))

    def _place(self) -> tuple[Any, Any]:
        place: tuple[Any, Any] | None = getattr(self, "place", None)
        if place is None:
            raise UnsupportedError(
                "A tensor cannot be assigned to.", hint="Make it a Variable, or use tensor_scatter_nd_update."
            )
        return place

    def get_shape(self) -> TensorShape:
        """Return its shape."""
        return self.shape  # type: ignore[attr-defined, no-any-return]

    @property
    def device(self) -> str:
        """Where it is: there is one device, the processor."""
        return "/job:localhost/replica:0/task:0/device:CPU:0"

    def ref(self) -> Reference:
        """Return a key that stands for this very tensor, for sets and dictionaries."""
        return Reference(self)


class Reference:
    """A tensor as a key: equal only to a reference to the same object."""

    __slots__ = ("_tensor",)

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor

    def deref(self) -> Any:
        """Return the tensor."""
        return self._tensor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self._tensor is other._tensor

    def __hash__(self) -> int:
        return id(self._tensor)

    def __repr__(self) -> str:
        return f"<Reference to {self._tensor!r}>"
