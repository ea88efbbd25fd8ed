"""From the body of a fused node to the source of its kernel: one loop nest, typed constants, no allocation."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.compile.layout import Layout, Sizes, is_shape_only
from engine.compile.parallel import is_safe
from engine.core.dtype import BY_NUMPY, Array, DType
from engine.core.op import Op
from engine.graph.graph import Graph, Node, Value
from engine.ops.scalar import FUNCTIONS, INFIX, Expr
from engine.passes.fuse import is_reduction

HEADER: Final = '''"""{title}"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.compile.mathlib import accumulate, accumulate_product  # and gives the words of `s` their meaning
from engine.compile.pipeline import Apart
from engine.ops import scalar as s

'''

#: Products may be fused into sums. Nothing else may be rearranged: with "arcp" 1/sqrt(0) is NaN, and with "reassoc"
#: (x + 1e8) - 1e8 is x. Only the running totals of reductions may, in `mathlib.accumulate`.
FASTMATH: Final = '{"contract"}'

#: Numba would make a parallel loop of every array expression too: three convolution kernels then took 11 s to compile.
PRANGE_ONLY: Final = {
    "prange": True,
    **dict.fromkeys(("comprehension", "reduction", "inplace_binop", "setitem", "numpy", "stencil", "fusion"), False),
}

_START: Final = {"add": 0, "mean": 0, "multiply": 1, "logical_or": False, "logical_and": True}
_COMBINE: Final = {
    "add": "accumulate({a}, {b})",
    "mean": "accumulate({a}, {b})",
    "multiply": "accumulate_product({a}, {b})",
    "maximum": "s.maximum({a}, {b})",
    "minimum": "s.minimum({a}, {b})",
    "logical_or": "{a} | {b}",
    "logical_and": "{a} & {b}",
}


@dataclass(frozen=True)
class Source:
    """The text of a kernel: a module with one function, `kernel`.

    Parameters
    ----------
    text
        What is compiled; kernels with equal texts are one.
    signature
        Numba's, so that it is compiled at once and a call does not have to look at types.
    members
        Names of the ops in it, for people.
    parallel
        Whether it divides its work among threads.
    """

    text: str
    signature: str
    members: tuple[str, ...]
    parallel: bool = False


def array_type(dtype: DType, rank: int) -> str:
    """Return Numba's name for a contiguous array."""
    name = "boolean" if dtype.is_bool else dtype.name
    return f"{name}[{', '.join([':'] * (rank - 1) + ['::1'])}]"


def decorator(signature: str, parallel: bool = False) -> str:
    """Return what turns a Python function into a kernel; without a signature into a helper of one.

    With ``TRENZA_BOUNDSCHECK`` in the environment kernels check every index, which otherwise goes unnoticed.
    """
    bounds = bool(os.environ.get("TRENZA_BOUNDSCHECK")) and not parallel  # Numba cannot have both
    options = f'nogil=True, error_model="numpy", boundscheck={bounds}, fastmath={FASTMATH}'
    options += f",\n      parallel={PRANGE_ONLY}" if parallel else ""
    return f'njit("{signature}", cache=True, {options}, pipeline_class=Apart)' if signature else f"njit({options})"


def literal(value: Any, dtype: DType) -> str:
    """Return a number as a typed constant: a bare one would widen float32 to float64."""
    if dtype.is_bool:
        return str(bool(value))
    number = float(value) if dtype.is_floating else int(value)
    if isinstance(number, float) and not math.isfinite(number):
        return f"np.{dtype.name}({'np.nan' if math.isnan(number) else 'np.inf' if number > 0 else '-np.inf'})"
    return f"np.{dtype.name}({number!r})"


def render(expr: Any, dtype: DType) -> str:
    """Return an expression as source; literals adopt `dtype`."""
    if not isinstance(expr, Expr):
        return literal(expr, dtype)
    inner = next((a.dtype for a in expr.args if isinstance(a, Expr)), expr.dtype)
    if expr.name == "input":
        return str(expr.args[0])
    if expr.name == "literal":
        return literal(expr.args[0], expr.dtype)
    if expr.name == "cast":
        return _cast(expr.args[0], expr.dtype)
    if expr.name == "where":
        condition, a, b = expr.args
        return f"({render(a, expr.dtype)} if {render(condition, inner)} else {render(b, expr.dtype)})"
    args = [render(a, inner) for a in expr.args]
    if expr.name in INFIX:
        return _sized(f"({args[0]} {expr.name} {args[1]})", expr.dtype)
    if expr.name == "neg":
        return _sized(f"(-{args[0]})", expr.dtype)
    if expr.name == "not":
        return f"(not {args[0]})"
    assert expr.name in FUNCTIONS, expr.name
    return _sized(f"s.{expr.name}({', '.join(args)})", expr.dtype)


def _sized(text: str, dtype: DType) -> str:
    """Keep an integer in its dtype: Numba widens int32 arithmetic to int64."""
    if not dtype.is_integer:
        return text
    return f"np.{dtype.name}{text}" if text.startswith("(") else f"np.{dtype.name}({text})"


def _cast(value: Any, dtype: DType) -> str:
    text = render(value, value.dtype)
    if dtype.is_bool:
        return f"({text} != {literal(0, value.dtype)})" if not value.dtype.is_bool else text
    return f"np.{dtype.name}({text})"


class _Writer:
    """Writes the loop nest of one body. Statements go to the innermost loop they depend on."""

    def __init__(self, body: Graph, layout: Layout, overwrites: Mapping[int, int]) -> None:
        self.body = body
        self.layout = layout
        self.targets = {o: f"a{i}" for o, i in overwrites.items()}
        self.depth = len(layout.sizes)
        self.taken = [v for v in body.inputs if not is_shape_only(body, v)]
        self.names: dict[Value, str] = {}
        self.levels: list[list[str]] = [[] for _ in range(self.depth + 1)]  # statements just inside loop i-1

    def source(self) -> Source:
        for i, (value, loops) in enumerate(zip(self.taken, self.layout.inputs, strict=True)):
            self.names[value] = f"x{i}"
            level = loops[-1] + 1 if loops else 0
            self.levels[level].append(f"x{i} = a{i}[{_index(loops)}]")
        for value in self.body.inputs:
            self.names.setdefault(value, "")
        members = [n for n in self.body.nodes if n.op.name != "placeholder"]
        for number, node in enumerate(n for n in members if not is_reduction(n)):
            self.names[node.outputs[0]] = f"t{number}"
            self.levels[self.depth].append(f"t{number} = {self._expression(node)}  # {node.op.name}")
        lines = self._nest()
        parameters = [f"n{i}" for i in range(self.depth)]
        parameters += [f"a{i}" for i in range(len(self.taken))]
        parameters += [f"out{i}" for i in self._written()]
        names = tuple(n.op.name for n in members)
        text = HEADER.format(title=f"Fused: {', '.join(names)}.")
        signature = self._signature()
        text += f"\n@{decorator(signature)}\ndef kernel({', '.join(parameters)}):\n"
        text += "\n".join("    " + line for line in lines) + "\n"
        return Source(text, signature, names)

    def _written(self) -> list[int]:
        """Return the outputs that have arrays of their own."""
        return [i for i in range(len(self.body.outputs)) if i not in self.targets]

    def _target(self, i: int, loops: Sizes) -> str:
        return f"{self.targets.get(i, f'out{i}')}[{_index(loops)}]"

    def _signature(self) -> str:
        arrays = list(zip(self.taken, self.layout.inputs, strict=True))
        arrays += [(self.body.outputs[i], self.layout.outputs[i]) for i in self._written()]
        types = ["int64"] * self.depth + [array_type(v.spec.dtype, max(len(loops), 1)) for v, loops in arrays]
        return f"void({', '.join(types)})"

    def _expression(self, node: Node) -> str:
        assert node.op.scalar is not None
        operands = [Expr("input", (self.names[v],), v.spec.dtype) for v in node.inputs]
        return render(node.op.scalar(*operands, **node.attrs), node.specs[0].dtype)

    def _nest(self) -> list[str]:
        before: list[str] = []
        opening: list[list[str]] = [[] for _ in range(self.depth + 1)]
        closing: list[list[str]] = [[] for _ in range(self.depth + 1)]
        after: list[str] = []
        innermost = self.levels[self.depth]
        for i, (value, loops) in enumerate(zip(self.body.outputs, self.layout.outputs, strict=True)):
            if is_reduction(value.node):
                self._reduction(i, value, loops, before, opening, closing, innermost, after)
            else:
                innermost.append(f"{self._target(i, loops)} = {self.names[value]}")
        lines = [*before]
        for level in range(self.depth + 1):
            indent = "    " * level
            lines += [indent + s for s in (*opening[level], *self.levels[level])]
            if level < self.depth:
                lines.append(f"{indent}for i{level} in range(n{level}):")
        for level in reversed(range(self.depth + 1)):
            lines += ["    " * level + s for s in closing[level]]
        return lines + after

    def _reduction(
        self,
        i: int,
        value: Value,
        loops: Sizes,
        before: list[str],
        opening: list[list[str]],
        closing: list[list[str]],
        innermost: list[str],
        after: list[str],
    ) -> None:
        """Write one reduction: a scalar runs along in the loops that are summed over innermost."""
        kind = value.node.op.reduction
        assert kind is not None
        dtype = value.spec.dtype
        start = self._start(kind, dtype)
        term = self.names[value.node.inputs[0]]
        level = loops[-1] + 1 if loops else 0  # the loops from here on are summed over
        target = self._target(i, loops)
        summed_outside = len(loops) != level
        if summed_outside:
            before += [f"out{i}[...] = {start}"]
        if level == self.depth:
            innermost.append(f"{target} = {_sized(_COMBINE[kind].format(a=target, b=term), dtype)}")
            if not summed_outside:  # nothing to sum: every loop keeps its elements
                innermost[-1] = f"{target} = {term}"
        else:
            opening[level].append(f"r{i} = {start}")
            innermost.append(f"r{i} = {_sized(_COMBINE[kind].format(a=f'r{i}', b=term), dtype)}")
            total = _sized(_COMBINE[kind].format(a=target, b=f"r{i}"), dtype) if summed_outside else f"r{i}"
            closing[level].append(f"{target} = {total}")
        if kind == "mean":
            count = " * ".join(f"n{k}" for k in range(self.depth) if k not in loops) or "1"
            after += [f"share{i} = {literal(1, dtype)} / np.{dtype.name}({count})"]
            after += self._scaled(i, loops)

    def _scaled(self, i: int, loops: Sizes) -> list[str]:
        lines = [f"{'    ' * d}for i{k} in range(n{k}):" for d, k in enumerate(loops)]
        return [*lines, f"{'    ' * len(loops)}{self._target(i, loops)} *= share{i}"]

    @staticmethod
    def _start(kind: str, dtype: DType) -> str:
        if kind in _START:
            return literal(_START[kind], dtype)
        low, high = (-math.inf, math.inf) if dtype.is_floating else (dtype.min, dtype.max)
        return literal(low if kind == "maximum" else high, dtype)


def _index(loops: Sequence[int]) -> str:
    return ", ".join(f"i{k}" for k in loops) or "0"


def fused_source(body: Graph, layout: Layout, overwrites: Mapping[int, int]) -> Source:
    """Return the kernel for the body of a fused node.

    `overwrites` says which outputs are written over which of the arrays it takes: these have no array of their own.
    """
    return _Writer(body, layout, overwrites).source()


#: Where the words of `engine.ops.loops` that a hand-written kernel uses come from.
_WORDS: Final = {
    "gemm": "from engine.compile.blas import gemm",
    "flush": "from engine.compile.parallel import flush",
}
_SERIAL: Final = "prange = range"
_PARALLEL: Final = "from engine.compile.parallel import prange"


def kernel_source(op: Op, arguments: Sequence[Array | int | float]) -> Source:
    """Return the kernel that an op's record carries, typed for these arguments."""
    assert op.kernel is not None
    functions = (*op.kernel.helpers, op.kernel.code)
    signature = f"void({', '.join(_argument_type(a) for a in arguments)})"
    names = {name for f in functions for name in f.__code__.co_names}
    lines = [line for word, line in _WORDS.items() if word in names]
    parallel = op.kernel.parallel and arguments[0] != 1 and is_safe()
    if op.kernel.parallel:
        lines.append(_PARALLEL if parallel else _SERIAL)
    pieces = [HEADER.format(title=f"{op.kernel.code.__name__.strip('_')}, written by hand.") + "\n".join(lines)]
    pieces += [f"@{decorator('')}\n{inspect.getsource(f)}" for f in op.kernel.helpers]
    pieces += [f"{inspect.getsource(op.kernel.code)}"]
    pieces += [f"kernel = {decorator(signature, parallel)}({op.kernel.code.__name__})\n"]
    return Source("\n\n".join(pieces), signature, (op.name,), parallel)


def _argument_type(argument: Array | int | float) -> str:
    if isinstance(argument, int | float):
        return "int64" if isinstance(argument, int) else "float64"
    return array_type(BY_NUMPY[argument.dtype], argument.ndim)
