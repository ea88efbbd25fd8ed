"""The calls that an op's record declares, with operands drawn for them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from domains import draw

from engine.core.dtype import Array, as_dtype
from engine.core.op import DTYPE_CLASSES, OPS, Op, Sample
from engine.core.quiet import quietly
from engine.core.spec import TensorSpec

#: What stands for an operand's dtype if it may have one of its own.
_FALLBACK = {"index": "int32", "integer": "int32", "bool": "bool", "floating": "float32"}

#: The dtypes for which there are kernels, but int64, which is int32 to them.
DTYPES = ("float32", "float64", "int32", "bool")


@dataclass(frozen=True, eq=False)
class Call:
    """An op, arrays for its operands, and its attributes, bound."""

    op: Op
    arrays: tuple[Array, ...]
    attrs: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def specs(self) -> list[TensorSpec]:
        """Of the operands."""
        return [TensorSpec(a.shape, a.dtype) for a in self.arrays]

    @property
    def floating(self) -> list[int]:
        """Positions of the operands that are floats."""
        return [i for i, a in enumerate(self.arrays) if a.dtype.kind == "f"]

    def apply(self, operands: Sequence[Any] | None = None) -> list[Any]:
        """Return the outputs for these operands, its own by default."""
        result = self.op.apply(*(self.arrays if operands is None else operands), **self.attrs)
        return list(result) if isinstance(result, list | tuple) else [result]

    def reference(self, operands: Sequence[Array] | None = None) -> list[Array]:
        """Return what the op's meaning, in NumPy, makes of these operands, its own by default."""
        result = quietly(self.op.reference, *(self.arrays if operands is None else operands), **self.attrs)
        return list(result) if isinstance(result, list | tuple) else [np.asarray(result)]

    def __str__(self) -> str:
        return f"{self.op.name}[{self.number}]"


def operand_dtype(op: Op, index: int, domain: str, dtype: str) -> str | None:
    """Return the dtype of an operand in a call made in `dtype`; None if the op is not for that."""
    operand = op.operand(index)
    if domain == "state":
        return "int64"
    if DTYPE_CLASSES[operand.dtype](as_dtype(dtype)):
        return dtype
    return None if operand.group else _FALLBACK[operand.dtype]


def make_call(op: Op, sample: Sample, dtype: str, number: int = 0) -> Call | None:
    """Return the call of a sample in `dtype`, or None if the op is not for that; always with the same numbers."""
    rng = np.random.default_rng(zlib.crc32(f"{op.name} {number}".encode()))
    arrays = []
    for index, operand in enumerate(sample.operands):
        if isinstance(operand, np.ndarray):
            arrays.append(operand)
            continue
        shape, domain = operand
        kind = operand_dtype(op, index, domain, dtype)
        if kind is None:
            return None
        arrays.append(draw(rng, domain, shape, kind))
    given = (arrays,) if op.variadic else arrays
    return Call(op, tuple(arrays), op.bind(given, sample.attrs)[1], number)


def calls(op: Op, dtype: str, refused: bool = False) -> list[Call]:
    """Return the op's samples as calls in `dtype`, or those that it refuses; none if the op is not for it."""
    samples = op.refused if refused else op.samples
    made = (make_call(op, s, dtype, i) for i, s in enumerate(samples))
    return [call for call in made if call is not None]


def differentiable_calls(op: Op) -> list[Call]:
    """Return the op's calls that take and return floats of 64 bits."""
    made = [c for c in calls(op, "float64") if c.floating]
    return [c for c in made if any(a.dtype == np.float64 for a in c.reference())]


def widest(made: Sequence[Call], count: int) -> list[Call]:
    """Return the `count` calls with the most axes, those whose kernels have the most loops, in their order."""
    chosen = sorted(made, key=lambda c: -sum(a.ndim for a in c.arrays))[:count]
    return [call for call in made if call in chosen]


def table(*dtypes: str) -> Iterator[tuple[Op, str]]:
    """Yield the ops with each of the dtypes that their samples can be made in, but none twice to the same effect."""
    for op in OPS.values():
        seen = set()
        for dtype in dtypes:
            made = calls(op, dtype)
            signature = tuple(tuple(a.dtype for a in call.arrays) for call in made)
            if made and signature not in seen:
                seen.add(signature)
                yield op, dtype
