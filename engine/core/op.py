"""The op record: one declaration from which everything else about an op is derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import Any, Final

from engine.core.dispatch import interpreter, is_tracing
from engine.core.dtype import Array, DType
from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.param import Param, bind
from engine.core.registry import Registry
from engine.core.spec import TensorSpec

Specs = tuple[TensorSpec, ...]


def _all(*tests: str) -> Callable[[DType], bool]:
    return lambda dtype: any(getattr(dtype, test) for test in tests)


#: What an operand may be made of, by the word used in declarations and in error texts.
DTYPE_CLASSES: Final[Mapping[str, Callable[[DType], bool]]] = {
    "any": lambda dtype: True,
    "numeric": _all("is_numeric"),
    "real": _all("is_floating", "is_integer"),
    "signed": lambda dtype: dtype.is_floating or dtype.name.startswith("int"),
    "floating": _all("is_floating"),
    "integer": _all("is_integer"),
    "index": lambda dtype: dtype.name in ("int32", "int64"),
    "bool": _all("is_bool"),
}


@dataclass(frozen=True, slots=True)
class Operand:
    """An input of an op.

    Parameters
    ----------
    name
        As in TensorFlow.
    dtype
        A key of `DTYPE_CLASSES`.
    group
        Operands of one group must have one dtype; the empty group is free.
    variadic
        Whether it is a list of tensors; then it is the op's only operand.
    """

    name: str
    dtype: str = "numeric"
    group: str = "T"
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A call that the contract tests make: operands as (shape, domain) or ready values, and attributes.

    Domains are the keys of the table in ``tests/contracts/domains.py``.
    """

    operands: tuple[Any, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)


def sample(*operands: Any, **attrs: Any) -> Sample:
    """Return a `Sample`."""
    return Sample(operands, attrs)


@dataclass(frozen=True, slots=True)
class Scratch:
    """An argument of a kernel: a vector to work in that each thread has for itself. It holds anything at first.

    Parameters
    ----------
    dtype
        NumPy's.
    """

    size: int
    dtype: Any


@dataclass(frozen=True, slots=True)
class Kernel:
    """A loop written by hand, for an op that is neither elementwise nor a reduction.

    Parameters
    ----------
    code
        A function in the subset of Python that Numba compiles, which may use the vocabulary of `engine.ops.scalar`
        under the name `s`. It writes into some of its arguments.
    arrange
        ``arrange(inputs, outputs, attrs) -> arguments``: contiguous views in the shapes that `code` expects, numbers,
        and `Scratch`.
    helpers
        Functions that `code` calls, in the same subset.
    before, after
        What has to be done before the first part and after the last: functions like `code`, which may name some of its
        arguments, and others behind these.
    dtype
        For which dtypes of the result it is: a key of `DTYPE_CLASSES`.

    Notes
    -----
    Functions whose first parameters are `part` and `parts` are called for every part of the work, of which there are
    as many as `arrange` says with the first argument. Threads share them, so each part writes to places of its own.
    """

    code: Callable[..., None]
    arrange: Callable[[Sequence[Array], Sequence[Array], Mapping[str, Any]], Sequence[Any]]
    helpers: tuple[Callable[..., Any], ...] = ()
    before: tuple[Callable[..., None], ...] = ()
    after: tuple[Callable[..., None], ...] = ()
    dtype: str = "any"

    @property
    def stages(self) -> tuple[Callable[..., None], ...]:
        """What is done, in order; each only when all parts of the one before are done."""
        return (*self.before, self.code, *self.after)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arguments: those of `code`, and then what only the other stages name."""
        stages = (self.code, *self.before, *self.after)
        names = dict.fromkeys(name for stage in stages for name in signature(stage).parameters)
        return tuple(name for name in names if name != "part")

    @property
    def is_divided(self) -> bool:
        """Whether the work is done in parts."""
        return self.names[0] == "parts"


@dataclass(frozen=True, eq=False, kw_only=True)
class Op:
    """An op, declared once.

    Calling the record applies the op: eagerly, or by adding a node to the graph that is being traced.

    Parameters
    ----------
    name
        TensorFlow's name for it.
    summary
        One line.
    inputs
        Its operands in order.
    infer
        ``infer(*specs, **attrs) -> specs``: what comes out for what goes in. Raises `InvalidArgumentError`.
    reference
        ``reference(*arrays, **attrs) -> array``, or a tuple of them: the meaning, in NumPy. Every other kernel is
        tested against it.
    gradient
        ``gradient(g, y, *inputs, **attrs) -> gradients``, one an operand, None where there is none. Written with ops,
        so that it can be traced, compiled and differentiated again. For several outputs `g` and `y` are tuples, and
        an output that nothing depends on has None in `g`.
    params
        Its attributes.
    outputs
        Names of its outputs; a variadic op has one name and as many outputs as `infer` returns.
    scalar
        What it does to one element, in the vocabulary of `engine.ops.scalar`; the compiler fuses such ops.
    reduction
        The name of the scalar op that combines elements, for reductions: "add", "maximum", …
    kernel
        A loop written by hand, for what is neither; without one a plan runs the reference.
    multiply_adds
        ``multiply_adds(inputs, outputs, **attrs) -> int``: of an op that adds up products, how many of them, by the
        shapes of operands and results.
    arithmetic
        ``arithmetic(inputs, outputs, **attrs) -> int``: how many floating-point operations it does, by the specs of
        operands and results, where neither of `scalar`, `reduction`, `view` and `multiply_adds` tells.
    broadcasts
        Whether NumPy's broadcasting of the operands is all that `infer` asks of shapes.
    view
        Whether the output holds the elements of the first operand in the same order (`reshape` and its kin).
    opens
        ``opens(*specs, **attrs) -> spec``: what comes out where parameters are tensors of a trace, which are given by
        their specs. Without it parameters are numbers. See `opened`.
    closed
        Of an op that takes such parameters as operands, its last ones, the op that takes them as numbers.
    shape_only
        Positions of the operands of which only the shape matters.
    stateful
        Whether two calls with the same operands may differ, so that they must not be merged.
    internal
        Whether users meet it only in graphs: it is then neither in the public face nor in the palette.
    family
        Its group in the palette.
    keywords
        Other words under which people look for it.
    example, notes
        For the help text; the example is a doctest in which `tf` is the engine.
    samples, refused
        Calls for the contract tests: those that work and those that raise `InvalidArgumentError`.
    """

    name: str
    summary: str
    inputs: tuple[Operand, ...]
    infer: Callable[..., Any]
    reference: Callable[..., Any]
    gradient: Callable[..., Any] | None = None
    params: Mapping[str, Param] = field(default_factory=dict)
    outputs: tuple[str, ...] = ("output",)
    scalar: Callable[..., Any] | None = None
    reduction: str | None = None
    kernel: Kernel | None = None
    multiply_adds: Callable[..., int] | None = None
    arithmetic: Callable[..., int] | None = None
    broadcasts: bool = False
    view: bool = False
    opens: Callable[..., Any] | None = None
    closed: Op | None = None
    shape_only: frozenset[int] = frozenset()
    stateful: bool = False
    internal: bool = False
    family: str = ""
    keywords: tuple[str, ...] = ()
    example: str = ""
    notes: str = ""
    samples: tuple[Sample, ...] = ()
    refused: tuple[Sample, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "__name__", self.name)
        object.__setattr__(self, "__doc__", documentation(self))

    @property
    def variadic(self) -> bool:
        """Whether its operand is a list of tensors."""
        return bool(self.inputs) and self.inputs[0].variadic

    @property
    def listing(self) -> bool:
        """Whether it returns a list whatever its length, as `split` does."""
        return self.outputs == ("values",)

    def __call__(self, *args: Any, name: str | None = None, **kwargs: Any) -> Any:
        if self.opens is not None and is_tracing():
            given = {**dict(zip(self._names, args, strict=False)), **kwargs}
            tensors = {p: given[p] for p in self.params if p in given and _is_open(given[p])}
            if tensors:
                return self._call_open(given, tensors)
        operands, attrs = self.bind(args, kwargs)
        return interpreter().apply(self, operands, attrs)

    def apply(self, *operands: Any, **attrs: Any) -> Any:
        """Apply the op to operands and to attributes that are known to be complete and right."""
        return interpreter().apply(self, operands, attrs)

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Sort the arguments of a call into operands and validated attributes.

        Raises
        ------
        InvalidArgumentError
            If an operand is missing, or a parameter missing, unknown or wrong.
        """
        given: dict[str, Any] = dict(kwargs)
        names = self._names
        if len(args) > len(names):
            raise InvalidArgumentError(
                "It takes {most} arguments, not {given}.", op=self.name, most=len(names), given=len(args)
            )
        for name, value in zip(names, args, strict=False):
            if name in given:
                raise InvalidArgumentError("{name} is given twice.", op=self.name, name=name)
            given[name] = value
        operands: list[Any] = []
        for operand in self.inputs:
            value = given.pop(operand.name, None)
            if value is None:
                raise InvalidArgumentError(
                    "The operand {name} is missing.",
                    hint="It takes: {names}.",
                    op=self.name,
                    name=operand.name,
                    names=", ".join(names),
                )
            if operand.variadic:
                operands.extend(self._members(operand, value))
            else:
                operands.append(value)
        return tuple(operands), bind(self.params, given, self.name) if self.params or given else {}

    @property
    def _names(self) -> list[str]:
        return [o.name for o in self.inputs] + list(self.params)

    def _call_open(self, given: Mapping[str, Any], tensors: Mapping[str, Any]) -> Any:
        """Apply the op with some parameters as tensors; a list that holds tensors becomes one."""
        operands = [given[o.name] for o in self.inputs]
        operands += [OPS["stack"](list(t)) if isinstance(t, list | tuple) else t for t in tensors.values()]
        others = {p: given.get(p, param.default) for p, param in self.params.items() if p not in tensors}
        attrs = {p: self.params[p].validate(value, p, self.name) for p, value in others.items()}
        return interpreter().apply(self.opened(tuple(tensors)), operands, attrs)

    def opened(self, names: tuple[str, ...]) -> Op:
        """Return the op that takes the parameters of these names as operands.

        It stands in graphs that are traced for open sizes; `specialised` puts this op in its place where the values of
        the operands are known.
        """
        made = _OPENED.get((self.name, names))
        if made is None:
            made = _OPENED[self.name, names] = _opened(self, names)
        return made

    def _members(self, operand: Operand, value: Any) -> Sequence[Any]:
        members = list(value) if isinstance(value, list | tuple) else value
        if not hasattr(members, "__len__") or len(members) == 0:
            raise InvalidArgumentError(
                "{name} is {value}.",
                hint="It takes a list of at least one tensor.",
                op=self.name,
                name=operand.name,
                value=repr(value)[:60],
            )
        return list(members)

    def operand(self, index: int) -> Operand:
        """Return the declaration of the operand at `index` of a call."""
        return self.inputs[0] if self.variadic else self.inputs[index]

    def operand_name(self, index: int) -> str:
        """Return how error texts call the operand at `index`."""
        operand = self.operand(index)
        return f"{operand.name}[{index}]" if operand.variadic else operand.name

    def specs(self, specs: Sequence[TensorSpec], attrs: Mapping[str, Any]) -> Specs:
        """Return the specs of the outputs for operands with these specs.

        Raises
        ------
        InvalidArgumentError
            If the op cannot take them; the error names the op and the operands.
        """
        try:
            self._check_dtypes(specs)
            result = self.infer(*specs, **attrs)
        except EngineError as error:
            error.facts.setdefault("op", self.name)
            raise
        return (result,) if isinstance(result, TensorSpec) else tuple(result)

    def _check_dtypes(self, specs: Sequence[TensorSpec]) -> None:
        groups: dict[str, int] = {}
        for index, spec in enumerate(specs):
            operand = self.operand(index)
            if not DTYPE_CLASSES[operand.dtype](spec.dtype):
                raise InvalidArgumentError(
                    "{name} is {dtype}, but only {accepted} tensors are accepted.",
                    hint="Convert it with cast, where that is what you mean.",
                    name=self.operand_name(index),
                    dtype=spec.dtype,
                    accepted=operand.dtype,
                )
            first = groups.setdefault(operand.group, index) if operand.group else index
            if specs[first].dtype is not spec.dtype:
                raise InvalidArgumentError(
                    "{a} is {a_dtype} with shape {a_shape} and {b} is {b_dtype} with shape {b_shape}; "
                    "their dtypes must be equal.",
                    hint="Convert one of them, as in cast({b}, '{a_dtype}').",
                    a=self.operand_name(first),
                    a_dtype=specs[first].dtype,
                    a_shape=specs[first].shape,
                    b=self.operand_name(index),
                    b_dtype=spec.dtype,
                    b_shape=spec.shape,
                )

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _find, (self.name,)


def _is_open(value: Any) -> bool:
    """Whether a parameter is, or holds, a tensor of a trace whose value is not known."""
    return any(map(_is_open, value)) if isinstance(value, list | tuple) else bool(getattr(value, "is_open", False))


def _opened(op: Op, names: tuple[str, ...]) -> Op:
    count = len(op.inputs)

    def infer(*specs: TensorSpec, **attrs: Any) -> Any:
        assert op.opens is not None
        return op.opens(*specs[:count], **attrs, **dict(zip(names, specs[count:], strict=True)))

    def reference(*arrays: Array, **attrs: Any) -> Any:
        return op.reference(*arrays[:count], **closed_attrs(made, arrays[count:], attrs))

    def gradient(g: Any, y: Any, *operands: Any, **attrs: Any) -> list[Any]:
        assert op.gradient is not None
        known = {**attrs, **dict(zip(names, operands[count:], strict=True))}
        return [*op.gradient(g, y, *operands[:count], **known), *[None] * len(names)]

    made = Op(
        name=f"open_{op.name}",
        summary=op.summary,
        inputs=(*op.inputs, *[Operand(n, "any", group="") for n in names]),
        infer=infer,
        reference=reference,
        gradient=gradient if op.gradient else None,
        params={n: p for n, p in op.params.items() if n not in names},
        outputs=op.outputs,
        closed=op,
        internal=True,
        family=op.family,
    )
    return made


def closed_attrs(op: Op, values: Sequence[Array], attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of the op that `op` is an open form of, given the values of its last operands."""
    assert op.closed is not None
    names = [o.name for o in op.inputs[len(op.closed.inputs) :]]
    found = {n: v.item() if v.ndim == 0 else v.tolist() for n, v in zip(names, values, strict=True)}
    return {**attrs, **{n: op.closed.params[n].validate(v, n, op.closed.name) for n, v in found.items()}}


_OPENED: dict[tuple[str, tuple[str, ...]], Op] = {}

#: All ops by name. `engine.ops` fills it.
OPS: Final[Registry[Op]] = Registry("op")


def _find(name: str) -> Op:
    return OPS[name]


def documentation(op: Op) -> str:
    """Return the help text of an op, in the form of a NumPy docstring."""
    lines = [op.summary, ""]
    if op.notes:
        lines += [op.notes, ""]
    lines += ["Parameters", "----------"]
    for operand in op.inputs:
        kind = f"{operand.dtype} tensor" if operand.dtype != "any" else "tensor"
        lines.append(f"{operand.name} : {'list of ' + kind + 's' if operand.variadic else kind}")
    for name, param in op.params.items():
        default = "" if param.required else f", default {param.show(param.default)}"
        lines.append(f"{name} : {param.expected}{default}")
        if param.help:
            lines.append(f"    {param.help}")
    if op.example:
        lines += ["", "Examples", "--------", *op.example.strip().splitlines()]
    return "\n".join(lines) + "\n"


def as_arrays(result: Any) -> tuple[Array, ...]:
    """Return what a reference returned as a tuple of arrays."""
    return tuple(result) if isinstance(result, tuple | list) else (result,)
