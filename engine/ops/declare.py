"""Short forms for declaring op records. Each family of ops has a file that begins with ``ops = Family("…")``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.dtype import DTYPES, DType
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, Sample, sample
from engine.core.param import Param
from engine.core.shape import TensorShape, broadcast, normalize_axis
from engine.core.spec import TensorSpec

_SHAPES: Mapping[int, tuple[tuple[tuple[int, ...], ...], ...]] = {
    1: (((),), ((5,),), ((2, 3),), ((0, 3),)),
    2: (((), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (4, 1)), ((2, 3), ())),
    3: (((3,), (3,), (3,)), ((2, 3), (3,), (2, 1)), ((4,), (), ())),
}

#: What the operands of elementwise samples are drawn from, by the class of their dtype.
_DOMAINS = {"bool": "bools", "any": "reals", "integer": "integers"}

Result = DType | Callable[..., DType] | None


@dataclass(frozen=True)
class Family:
    """A family of ops: where its members are listed in the palette."""

    name: str

    def op(
        self,
        name: str,
        summary: str,
        *,
        inputs: str | Sequence[Operand],
        reference: Callable[..., Any],
        dtype: str = "numeric",
        **fields: Any,
    ) -> Op:
        """Declare an op. `inputs` may be a text of names; their dtypes are then equal and of the class `dtype`."""
        operands = tuple(Operand(n, dtype) for n in inputs.split()) if isinstance(inputs, str) else tuple(inputs)
        record = Op(name=name, summary=summary, inputs=operands, reference=reference, family=self.name, **fields)
        return OPS.add(name, record)

    def elementwise(
        self,
        name: str,
        summary: str,
        *,
        reference: Callable[..., Any],
        scalar: Callable[..., Any] | None = None,
        gradient: Callable[..., Any] | None = None,
        inputs: str | Sequence[Operand] = "x",
        dtype: str = "numeric",
        result: Result = None,
        domain: str | Sequence[str] = "",
        samples: tuple[Sample, ...] | None = None,
        attrs: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Op:
        """Declare an op that works element by element, its operands broadcast by NumPy's rules.

        Parameters
        ----------
        result
            The dtype of the result, or a function of the operands' dtypes and the attributes; by default the dtype of
            the last operand.
        domain
            What the operands of the contract tests are drawn from.
        attrs
            Attributes of the samples.
        """
        operands = tuple(Operand(n, dtype) for n in inputs.split()) if isinstance(inputs, str) else tuple(inputs)

        def infer(*specs: TensorSpec, **values: Any) -> TensorSpec:
            kinds = [s.dtype for s in specs]
            found = result(*kinds, **values) if callable(result) else result or kinds[-1]
            return TensorSpec(broadcast_specs(operands, specs), found)

        if samples is None:
            domains = [domain] * len(operands) if isinstance(domain, str) else list(domain)
            domains = [d or _DOMAINS.get(o.dtype, "reals") for d, o in zip(domains, operands, strict=True)]
            samples = tuple(
                sample(*zip(shapes, domains, strict=True), **(attrs or {})) for shapes in _SHAPES[len(operands)]
            )
        return self.op(
            name,
            summary,
            inputs=operands,
            infer=infer,
            reference=reference,
            scalar=scalar,
            gradient=_fitting(gradient) if gradient else None,
            broadcasts=True,
            samples=samples,
            refused=(*_misfits(len(operands)), *fields.pop("refused", ())),
            **fields,
        )


def _misfits(count: int) -> tuple[Sample, ...]:
    """Return calls that every elementwise op with `count` operands refuses: shapes that do not broadcast."""
    return () if count == 1 else (sample(*[((2, 3), "any")] * (count - 1), ((2, 4), "any")),)


def broadcast_specs(operands: Sequence[Operand], specs: Sequence[TensorSpec]) -> TensorShape:
    """Return the shape that operands with these specs broadcast to.

    Raises
    ------
    InvalidArgumentError
        If they don't.
    """
    try:
        return broadcast(*(s.shape for s in specs))
    except ValueError:
        pass
    names = [o.name for o in operands]
    raise InvalidArgumentError(
        "The shapes do not fit together: {shapes}.",
        hint="Sizes must be equal or 1, counted from the last axis.",
        shapes=", ".join(f"{n} is {s.shape}" for n, s in zip(names, specs, strict=True)),
    )


def like(x: Any, model: Any) -> Any:
    """Return the gradient `x` summed over the axes along which `model`, an operand, was broadcast."""
    if x is None or (x.shape.is_static and x.shape == model.shape):
        return x
    return OPS["sum_like"].apply(x, model)


def _fitting(gradient: Callable[..., Any]) -> Callable[..., Any]:
    def fitted(g: Any, y: Any, *operands: Any, **attrs: Any) -> tuple[Any, ...]:
        return tuple(like(d, x) for d, x in zip(gradient(g, y, *operands, **attrs), operands, strict=True))

    return fitted


def axes_of(axis: Any, rank: int, name: str = "axis") -> tuple[int, ...]:
    """Return `axis` (an axis, a list of them, or None for all) counted from the front, in order.

    Raises
    ------
    InvalidArgumentError
        If a tensor of this rank has no such axis, or one is given twice.
    """
    if axis is None:
        return tuple(range(rank))
    given = (axis,) if isinstance(axis, int) else tuple(axis)
    try:
        axes = tuple(sorted(normalize_axis(a, rank) for a in given))
    except IndexError:
        raise InvalidArgumentError(
            "{name} is {axis}, but the operand has {rank} axes.",
            hint="An axis goes from {low} to {high}." if rank else "A scalar has no axis.",
            name=name,
            axis=axis,
            rank=rank,
            low=-rank,
            high=rank - 1,
        ) from None
    if len(set(axes)) != len(axes):
        raise InvalidArgumentError("{name} is {axis}: an axis is given twice.", name=name, axis=axis)
    return axes


def open_shape(vector: TensorSpec, dtype: DType) -> TensorSpec:
    """Return the spec of a tensor whose sizes a vector holds.

    Raises
    ------
    InvalidArgumentError
        If it is none, or its length is not known, so that nobody knows how many axes there are.
    """
    if vector.shape.rank != 1 or vector.shape[0] is None or not vector.dtype.is_integer:
        raise InvalidArgumentError(
            "The sizes are given by {spec}.", hint="It must be a vector of integers of known length.", spec=str(vector)
        )
    return TensorSpec([None] * vector.shape[0], dtype)


AXIS = Param("int", -1, "Axis along which it works; negative ones count from the end.")
AXES = Param("axes", None, "Axes to reduce; none stands for all of them.", optional=True)
KEEPDIMS = Param("bool", False, "Keep the reduced axes with size 1.")


def dtype_param(default: str | None, choices: Sequence[str] = (), help: str = "Element type of the result.") -> Param:
    """Return the parameter by which an op is told the dtype of its result."""
    return Param("dtype", None if default is None else DTYPES[default], help, choices=choices, optional=default is None)
