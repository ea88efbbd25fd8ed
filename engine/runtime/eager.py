"""The eager interpreter: an op runs its NumPy reference at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from engine.core.convert import own_array
from engine.core.dispatch import interpreter, is_tracing, origin, set_default
from engine.core.dtype import BY_NUMPY, Array, DType
from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.op import Op, as_arrays
from engine.core.quiet import QUIET
from engine.core.spec import TensorSpec
from engine.core.witness import _state as _witness_state
from engine.graph.graph import freeze
from engine.graph.trace import SymbolicTensor, as_operand, packed
from engine.runtime.probe import _state as _probe_state
from engine.runtime.tape import _state as _tape_state
from engine.runtime.tape import observe
from engine.runtime.tensor import Tensor

#: Calls whose specs were checked are remembered up to this many, then forgotten all at once.
REMEMBERED_CALLS = 8192


class Eager:
    """Carries ops out at once, on NumPy arrays."""

    def __init__(self) -> None:
        self._accepted: set[Any] = set()

    def apply(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """Return the outputs of `op`.

        Raises
        ------
        InvalidArgumentError
            If the op cannot take these operands.
        """
        arrays: list[Array] = []
        kinds: list[Any] = [op]
        for operand in operands:
            if type(operand) is not Tensor:
                return self._apply_others(op, operands, attrs)
            array = operand._array
            arrays.append(array)
            kinds.append(array.dtype)
        # NumPy refuses what does not broadcast by itself, so for most ops the dtypes alone decide
        if not op.broadcasts:
            kinds += [*[a.shape for a in arrays], *[(k, freeze(v)) for k, v in attrs.items()]]
        key = tuple(kinds)
        if key not in self._accepted:
            self._accept(key, op, arrays, attrs)
        probes, watching = _probe_state.probes, _witness_state.witness
        if watching is not None:
            watching.before(op, operands, attrs)
        begin = time.perf_counter() if probes or watching is not None else 0.0
        try:
            result = QUIET.copy().run(op.reference, *arrays, **attrs)
        except (EngineError, ValueError, IndexError, TypeError) as error:
            self._refuse(error, op, arrays, attrs)
        seconds = time.perf_counter() - begin
        for probe in probes:
            probe.step(op.name, origin(), as_arrays(result), seconds)
        if type(result) is not list and type(result) is not tuple:
            output = Tensor(result if type(result) is np.ndarray else np.asarray(result))  # of scalars it is a scalar
            if _tape_state.tapes:
                observe(op, operands, (output,), attrs)
            if watching is not None:
                watching.after(op, (output,), seconds)
            return output
        outputs = [Tensor(np.asarray(a)) for a in result]
        if _tape_state.tapes:
            observe(op, operands, outputs, attrs)
        if watching is not None:
            watching.after(op, outputs, seconds)
        return outputs

    def _apply_others(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """Apply an op to operands of which some are no tensors yet."""
        for other in operands:
            if hasattr(other, "interpret"):
                return other.interpret(op, operands, attrs)
        one = packed(operands) if any(isinstance(o, list | tuple) for o in operands) else operands
        return self.apply(op, one if one is not operands else self._tensors(op, operands), attrs)

    def _accept(self, key: Any, op: Op, arrays: Sequence[Array], attrs: dict[str, Any]) -> None:
        """Check a kind of call, and remember that it is right."""
        self._check(op, arrays, attrs)
        if len(self._accepted) >= REMEMBERED_CALLS:
            self._accepted.clear()
        self._accepted.add(key)

    def _refuse(self, error: Exception, op: Op, arrays: Sequence[Array], attrs: dict[str, Any]) -> NoReturn:
        """Raise in our words what a reference has raised."""
        if isinstance(error, EngineError):
            error.facts.setdefault("op", op.name)
            raise error
        self._check(op, arrays, attrs)  # says it in our words, if it is about shapes
        raise InvalidArgumentError("{reason}.", op=op.name, reason=str(error)) from error

    @staticmethod
    def _check(op: Op, arrays: Sequence[Array], attrs: dict[str, Any]) -> None:
        op.specs([TensorSpec(a.shape, BY_NUMPY[a.dtype]) for a in arrays], attrs)

    @staticmethod
    def _tensors(op: Op, operands: Sequence[Any]) -> list[Tensor]:
        """Return the operands as tensors; Python numbers take the dtype of their group."""
        hints: dict[str, DType] = {}
        tensors: list[Any] = [None] * len(operands)
        for i, operand in enumerate(operands):
            if isinstance(operand, Tensor):
                tensors[i] = operand
            elif hasattr(operand, "read_value"):
                tensors[i] = operand.read_value()
            elif isinstance(operand, SymbolicTensor):
                operand._no_value("its use outside of that function")
            else:
                continue
            if group := op.operand(i).group:  # operands of the empty group have nothing to do with each other
                hints.setdefault(group, tensors[i].dtype)
        for i, operand in enumerate(operands):
            if tensors[i] is None:
                group = op.operand(i).group
                array = as_operand(op, operand, hints.get(group))
                tensors[i] = Tensor(array.copy() if isinstance(operand, np.ndarray) else array)
                if group:
                    hints.setdefault(group, tensors[i].dtype)
        return tensors


EAGER = Eager()
set_default(EAGER)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """Return a tensor with the given values.

    Parameters
    ----------
    value
        A number, an array or nested lists. Python's floats become float32 and its whole numbers int32; NumPy arrays
        keep their dtype.
    dtype
        The dtype to convert to.
    shape
        The shape to reshape to, or, for a single number, to fill.

    Raises
    ------
    InvalidArgumentError
        If the values are no numbers, differ in length, or do not fit the dtype or the shape.

    Examples
    --------
    >>> constant([1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    if (one := packed([value])[0]) is not value:
        return convert_to_tensor(one, dtype)
    array = own_array(value.numpy() if isinstance(value, Tensor) else value, dtype)
    if shape is not None:
        try:
            array = np.full(tuple(shape), array) if array.size == 1 else array.reshape(tuple(shape))
        except ValueError:
            raise InvalidArgumentError(
                "{count} values do not fill the shape {shape}.", count=array.size, shape=tuple(shape)
            ) from None
    tensor = Tensor(array)
    return interpreter().convert(tensor) if is_tracing() else tensor  # type: ignore[attr-defined]


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """Return `value` as a tensor: itself, if it is one.

    Raises
    ------
    InvalidArgumentError
        If it is a tensor of another dtype than `dtype`, or cannot be made one.
    """
    if hasattr(value, "read_value"):
        value = value.read_value()
    if isinstance(value, Tensor | SymbolicTensor) or hasattr(value, "interpret"):
        if dtype is not None and value.dtype != dtype:
            raise InvalidArgumentError(
                "A {have} tensor was given where {want} is needed.",
                hint="Convert it with cast.",
                have=value.dtype,
                want=str(dtype),
            )
        return value
    return constant(value, dtype)
