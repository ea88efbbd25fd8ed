"""Symbolic tensors of the functional API: they remember by which layer or op they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.core.convert import as_array
from engine.core.dispatch import origin
from engine.core.dtype import DType
from engine.core.errors import UnsupportedError
from engine.core.op import Op
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.operators import Operators


@dataclass(eq=False)
class Call:
    """A layer or an op applied to symbolic tensors, once.

    Parameters
    ----------
    target
        The layer or op.
    args, kwargs
        As it was called, with `KerasTensor`s in them; the attributes of an op are its keywords.
    origin
        What its ops are said to come from: the place in force, or the layer's name.
    """

    target: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: list[KerasTensor] = field(default_factory=list)
    origin: str = field(default_factory=origin)

    def __post_init__(self) -> None:
        self.origin = self.origin or getattr(self.target, "name", "")


class KerasTensor(Operators):
    """What a model's layers are wired with: a shape, a dtype and a past, no values.

    Examples
    --------
    >>> x = KerasTensor(TensorSpec([None, 3]))
    >>> (x * 2.0).shape
    TensorShape([None, 3])
    """

    __slots__ = ("__weakref__", "index", "made_by", "place", "spec")

    def __init__(self, spec: TensorSpec, made_by: Call | None = None, index: int = 0) -> None:
        self.spec = spec
        self.made_by = made_by
        self.index = index

    @property
    def shape(self) -> TensorShape:
        """Its shape, the batch size being None."""
        return self.spec.shape

    @property
    def dtype(self) -> DType:
        """Its dtype."""
        return self.spec.dtype

    @property
    def name(self) -> str | None:
        """Its name, if it is an input."""
        return self.spec.name

    def interpret(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """Record an op that is applied to symbolic tensors."""
        specs = [_spec_of(op, i, o, self.dtype) for i, o in enumerate(operands)]
        call = Call(op, tuple(operands), attrs)
        call.outputs = [KerasTensor(s, call, i) for i, s in enumerate(op.specs(specs, attrs))]
        several = op.listing or len(call.outputs) > 1
        return call.outputs if several else call.outputs[0]

    def __bool__(self) -> bool:
        raise UnsupportedError(
            "A symbolic tensor of a model has no value.", hint="Use ops such as where instead of Python's if."
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise UnsupportedError("A symbolic tensor of a model has no values.", hint="Call the model on data first.")

    def __len__(self) -> int:
        raise UnsupportedError("A symbolic tensor of a model has no length.", hint="Its shape is known: use shape.")

    def __iter__(self) -> Any:
        raise UnsupportedError("A symbolic tensor of a model cannot be taken apart by Python.", hint="Use unstack.")

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}>"


def _spec_of(op: Op, index: int, operand: Any, hint: DType) -> TensorSpec:
    spec = getattr(operand, "spec", None)
    if isinstance(spec, TensorSpec):
        return spec
    array = as_array(operand, hint if op.operand(index).group else None)
    return TensorSpec(array.shape, array.dtype)
