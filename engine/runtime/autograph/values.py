"""What the names of a rewritten function may hold: tensors, numbers, and objects that no graph knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from malt.operators.variables import Undefined, UndefinedReturnValue

from engine.core import nest
from engine.core.dispatch import interpreter
from engine.core.dtype import DType
from engine.core.errors import EngineError
from engine.graph.trace import SymbolicTensor, as_operand
from engine.ops import OPS
from engine.runtime.tensor import Tensor
from engine.runtime.variable import Variable

#: What the names of a statement hold, and how they are read and set.
State = tuple[Any, ...]
GetState = Callable[[], State]
SetState = Callable[[State], None]


def is_symbolic(value: Any) -> bool:
    """Return whether a decision on the value can only be made when the graph runs."""
    return isinstance(value, SymbolicTensor | Variable)


def is_undefined(value: Any) -> bool:
    """Return whether a name has no value yet."""
    return type(value) in (Undefined, UndefinedReturnValue)


def is_data(value: Any) -> bool:
    """Return whether a graph can hold the value: tensors, numbers, and structures of them."""
    if is_undefined(value) or isinstance(value, Variable):
        return False
    kinds = (SymbolicTensor, Tensor, np.ndarray, np.generic, bool, int, float)
    leaves = list(nest.leaves(value))
    return bool(leaves) and all(isinstance(leaf, kinds) or leaf is None for leaf in leaves)


def is_same(a: Any, b: Any) -> bool:
    """Return whether two values are one object, or equal Python numbers or texts."""
    return a is b or (type(a) is type(b) and isinstance(a, bool | int | float | str) and a == b)


def dtype_of(value: Any) -> DType | None:
    """Return the dtype of a tensor; None for Python's numbers, which adopt another's."""
    return value.dtype if isinstance(value, SymbolicTensor | Tensor) else None


def as_tensors(tracer: Any, leaves: Sequence[Any], hints: Sequence[DType | None]) -> list[Any]:
    """Return the values at the ends of a structure as tensors of a trace; Python's numbers adopt the hinted dtypes."""
    found = []
    for leaf, hint in zip(leaves, hints, strict=True):
        known = leaf is None or hasattr(leaf, "spec")
        found.append(
            leaf if leaf is None else tracer.convert(leaf if known else as_operand(OPS["identity"], leaf, hint))
        )
    return found


def shown(value: Any) -> str:
    """Return a value for error texts: tensors by their specs."""
    return str(value.spec) if hasattr(value, "spec") else repr(value)[:60]


def blank(value: Any, unknown: Callable[[Any], EngineError]) -> Any:
    """Return zeros in the shapes and dtypes of what one way leaves in a name, for the other: nobody reads them.

    Raises
    ------
    EngineError
        What `unknown` makes of a shape that is not known, if the trace of that way is over.
    """
    tracer: Any = interpreter()

    def zeros(leaf: Any) -> Any:
        tensor = leaf if hasattr(leaf, "spec") else tracer.convert(leaf)
        if tensor.shape.is_static:
            return OPS["fill"]([int(d) for d in tensor.shape], 0, tensor.dtype)
        if getattr(tensor, "_tracer", tracer) is tracer:
            return OPS["zeros_like"](tensor)
        raise unknown(tensor.shape)

    return nest.map_structure(lambda leaf: leaf if leaf is None else zeros(leaf), value)
