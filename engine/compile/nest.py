"""From the body of a fused node to the source of its kernel: one loop nest, typed constants, no allocation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from engine.compile.layout import Layout, Sizes, is_shape_only
from engine.compile.source import HEADER, Source, array_type, decorator, literal, render, sized
from engine.core.dtype import DType
from engine.graph.graph import Graph, Node, Value
from engine.ops.scalar import Expr
from engine.passes.fuse import is_reduction

_PARALLEL: Final = "from engine.compile.parallel import flush, prange\n\n"
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


class _Writer:
    """Writes the loop nest of one body. Statements go to the innermost loop they depend on."""

    def __init__(self, body: Graph, layout: Layout, overwrites: Mapping[int, int], divided: bool) -> None:
        self.body = body
        self.layout = layout
        self.targets = {o: f"a{i}" for o, i in overwrites.items()}
        self.divided = divided
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
        nest, after = self._nest()
        sizes = [f"n{i}" for i in range(self.depth)]
        arrays = [f"a{i}" for i in range(len(self.taken))]
        outputs = [f"out{i}" for i in self._written()]
        names = tuple(n.op.name for n in members)
        text = HEADER.format(title=f"Fused: {', '.join(names)}.")
        signature = self._signature()
        if self.divided:
            text += _PARALLEL + _function(decorator(""), "part", ["low", "high", *sizes, *arrays, *outputs], nest)
            nest = self._division(sizes, arrays, outputs)
            sizes = ["parts", *sizes]
        heading = decorator(signature, self.divided)
        text += _function(heading, "kernel", [*sizes, *arrays, *outputs], [*nest, *after])
        return Source(text, signature, names, self.divided)

    def _division(self, sizes: Sequence[str], arrays: Sequence[str], outputs: Sequence[str]) -> list[str]:
        """Return the loop over the parts. What they sum up together each has for itself at first."""
        before: list[str] = []
        after: list[str] = []
        given = list(outputs)
        for i, (value, loops) in enumerate(zip(self.body.outputs, self.layout.outputs, strict=True)):
            if not is_reduction(value.node) or 0 in loops:
                continue
            kept = ", ".join(f"n{k}" for k in loops) or "1"
            before.append(f"sums{i} = np.empty((parts, {kept}), np.{_numpy_name(value.spec.dtype)})")
            given[given.index(f"out{i}")] = f"sums{i}[p]"
            place = _index(loops)
            total = self._combined(value, f"out{i}[{place}]", f"sums{i}[p, {place}]")
            nest = [f"{'    ' * d}for i{k} in range(n{k}):" for d, k in enumerate(loops)]
            inside = "    " * len(loops)
            # element by element: of a slice Numba would check the shape, and takes 2 s to compile how that is refused
            after += [*nest, f"{inside}out{i}[{place}] = sums{i}[0, {place}]", "for p in range(1, parts):"]
            after += ["    " + line for line in (*nest, f"{inside}out{i}[{place}] = {total}")]
        call = ", ".join(["n0 * p // parts", "n0 * (p + 1) // parts", *sizes, *arrays, *given])
        return [*before, "for p in prange(parts):", "    flush()", f"    part({call})", *after]

    @staticmethod
    def _combined(value: Value, a: str, b: str) -> str:
        kind = value.node.op.reduction
        assert kind is not None
        return sized(_COMBINE[kind].format(a=a, b=b), value.spec.dtype)

    def _written(self) -> list[int]:
        """Return the outputs that have arrays of their own."""
        return [i for i in range(len(self.body.outputs)) if i not in self.targets]

    def _target(self, i: int, loops: Sizes) -> str:
        return f"{self.targets.get(i, f'out{i}')}[{_index(loops)}]"

    def _signature(self) -> str:
        arrays = list(zip(self.taken, self.layout.inputs, strict=True))
        arrays += [(self.body.outputs[i], self.layout.outputs[i]) for i in self._written()]
        types = ["int64"] * (self.depth + self.divided) + [
            array_type(v.spec.dtype, max(len(loops), 1)) for v, loops in arrays
        ]
        return f"void({', '.join(types)})"

    def _expression(self, node: Node) -> str:
        assert node.op.scalar is not None
        operands = [Expr("input", (self.names[v],), v.spec.dtype) for v in node.inputs]
        return render(node.op.scalar(*operands, **node.attrs), node.specs[0].dtype)

    def _nest(self) -> tuple[list[str], list[str]]:
        """Return the loops, and what comes after them: after those of all parts."""
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
                # Numba takes negative positions to count from the end, and so does not vectorise: these cannot be
                bounds = "np.uint64(low), np.uint64(high)" if self.divided and level == 0 else f"n{level}"
                lines.append(f"{indent}for i{level} in range({bounds}):")
        for level in reversed(range(self.depth + 1)):
            lines += ["    " * level + s for s in closing[level]]
        return lines, after

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
            innermost.append(f"{target} = {self._combined(value, target, term)}")
            if not summed_outside:  # nothing to sum: every loop keeps its elements
                innermost[-1] = f"{target} = {term}"
        else:
            opening[level].append(f"r{i} = {start}")
            innermost.append(f"r{i} = {self._combined(value, f'r{i}', term)}")
            total = self._combined(value, target, f"r{i}") if summed_outside else f"r{i}"
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


def _function(heading: str, name: str, parameters: Sequence[str], lines: Sequence[str]) -> str:
    body = "\n".join("    " + line for line in lines)
    return f"\n@{heading}\ndef {name}({', '.join(parameters)}):\n{body}\n"


def _numpy_name(dtype: DType) -> str:
    return "bool_" if dtype.is_bool else dtype.name


def fused_source(body: Graph, layout: Layout, overwrites: Mapping[int, int], divided: bool) -> Source:
    """Return the kernel for the body of a fused node.

    Parameters
    ----------
    overwrites
        Which outputs are written over which of the arrays it takes: these have no array of their own.
    divided
        Whether the outermost loop is divided into parts, the number of which is then the first argument.
    """
    return _Writer(body, layout, overwrites, divided).source()
