"""From the body of a fused node to the source of its kernel: one loop nest, typed constants, no allocation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from engine.compile.layout import Layout, Sizes, is_shape_only
from engine.compile.source import HEADER, Source, array_type, kernel_of, literal, render, sized
from engine.core.dtype import DType
from engine.graph.graph import Graph, Node, Value
from engine.ops.scalar import Expr
from engine.passes.fuse import is_reduction

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
        #: Outputs that parts sum up together: at first each has its own.
        self.summed = summed_by_parts(body, layout) if divided else []
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
        nest = self._nest()
        names = tuple(n.op.name for n in members)
        parameters = self._parameters()
        functions = {"kernel": nest}
        if self.divided:
            functions["kernel"] = [f"low, high = {_share('n0')}", *nest]
            if self.summed:
                functions["totals"] = self._totals()
        given = [*(["part"] if self.divided else []), *parameters]
        text = HEADER.format(title=f"Fused: {', '.join(names)}.")
        text += "".join(_function(name, given, lines) for name, lines in functions.items())
        return Source(f"{text}\n\n{kernel_of(list(functions), parameters)}", names, self.divided)

    def _totals(self) -> list[str]:
        """Return the loops that add up what the parts have summed: each part takes a share of the elements."""
        lines = []
        for i in self.summed:
            value, loops = self.body.outputs[i], self.layout.outputs[i]
            place, inside = _index(loops), "    " * max(len(loops), 1)
            total = self._combined(value, f"out{i}[{place}]", f"sums{i}[p, {place}]")
            first = f"n{loops[0]}" if loops else "1"
            lines += [f"low, high = {_share(first)}", f"for i{loops[0] if loops else ''} in range(low, high):"]
            lines += [f"{'    ' * d}for i{k} in range(n{k}):" for d, k in enumerate(loops[1:], 1)]
            # element by element: of a slice Numba would check the shape, and takes 2 s to compile how that is refused
            lines += [f"{inside}out{i}[{place}] = sums{i}[0, {place}]", f"{inside}for p in range(1, parts):"]
            lines += [f"{inside}    out{i}[{place}] = {total}"]
            if value.node.op.reduction == "mean":
                lines += [f"{inside}out{i}[{place}] *= {self._share_of_mean(value, loops)}"]
        return lines

    @staticmethod
    def _combined(value: Value, a: str, b: str) -> str:
        kind = value.node.op.reduction
        assert kind is not None
        return sized(_COMBINE[kind].format(a=a, b=b), value.spec.dtype)

    def _written(self) -> list[int]:
        """Return the outputs that have arrays of their own."""
        return [i for i in range(len(self.body.outputs)) if i not in self.targets]

    def _target(self, i: int, loops: Sizes) -> str:
        if i in self.summed:
            return f"sums{i}[part, {_index(loops)}]"
        return f"{self.targets.get(i, f'out{i}')}[{_index(loops)}]"

    def _parameters(self) -> dict[str, str]:
        """Return the arguments with their types: sizes, what is read, what is written, and the sums of the parts."""
        parameters = dict.fromkeys((["parts"] if self.divided else []) + [f"n{i}" for i in range(self.depth)], "int64")
        for i, (value, loops) in enumerate(zip(self.taken, self.layout.inputs, strict=True)):
            parameters[f"a{i}"] = array_type(value.spec.dtype, max(len(loops), 1))
        for i in self._written():
            value, loops = self.body.outputs[i], self.layout.outputs[i]
            parameters[f"out{i}"] = array_type(value.spec.dtype, max(len(loops), 1))
        for i in self.summed:
            value, loops = self.body.outputs[i], self.layout.outputs[i]
            parameters[f"sums{i}"] = array_type(value.spec.dtype, 1 + max(len(loops), 1))
        return parameters

    def _expression(self, node: Node) -> str:
        assert node.op.scalar is not None
        operands = [Expr("input", (self.names[v],), v.spec.dtype) for v in node.inputs]
        return render(node.op.scalar(*operands, **node.attrs), node.specs[0].dtype)

    def _nest(self) -> list[str]:
        """Return the loops, and what comes before and after them."""
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
                lines.append(f"{indent}for i{level} in range({self._bounds(level)}):")
        for level in reversed(range(self.depth + 1)):
            lines += ["    " * level + s for s in closing[level]]
        return [*lines, *after]

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
            before += self._over(loops, [f"{target} = {start}"])
        if level == self.depth:
            innermost.append(f"{target} = {self._combined(value, target, term)}")
            if not summed_outside:  # nothing to sum: every loop keeps its elements
                innermost[-1] = f"{target} = {term}"
        else:
            opening[level].append(f"r{i} = {start}")
            innermost.append(f"r{i} = {self._combined(value, f'r{i}', term)}")
            total = self._combined(value, target, f"r{i}") if summed_outside else f"r{i}"
            closing[level].append(f"{target} = {total}")
        if kind == "mean" and i not in self.summed:
            after += [f"share{i} = {self._share_of_mean(value, loops)}"]
            after += self._over(loops, [f"{target} *= share{i}"])

    def _over(self, loops: Sizes, lines: Sequence[str]) -> list[str]:
        """Return these lines within loops over the elements of an output, as far as they belong to the part."""
        opened = [f"{'    ' * d}for i{k} in range({self._bounds(k)}):" for d, k in enumerate(loops)]
        return [*opened, *("    " * len(loops) + line for line in lines)]

    def _bounds(self, loop: int) -> str:
        # Numba takes negative positions to count from the end, and so does not vectorise: these cannot be
        return "np.uint64(low), np.uint64(high)" if self.divided and loop == 0 else f"n{loop}"

    def _share_of_mean(self, value: Value, loops: Sizes) -> str:
        count = " * ".join(f"n{k}" for k in range(self.depth) if k not in loops) or "1"
        return f"{literal(1, value.spec.dtype)} / np.{value.spec.dtype.name}({count})"

    @staticmethod
    def _start(kind: str, dtype: DType) -> str:
        if kind in _START:
            return literal(_START[kind], dtype)
        low, high = (-math.inf, math.inf) if dtype.is_floating else (dtype.min, dtype.max)
        return literal(low if kind == "maximum" else high, dtype)


def _index(loops: Sequence[int]) -> str:
    return ", ".join(f"i{k}" for k in loops) or "0"


def _function(name: str, parameters: Sequence[str], lines: Sequence[str]) -> str:
    body = "\n".join("    " + line for line in lines)
    return f"\n\ndef {name}({', '.join(parameters)}):\n{body}\n"


def _share(size: str) -> str:
    """Return the bounds of a part's share of a loop."""
    return f"{size} * part // parts, {size} * (part + 1) // parts"


def summed_by_parts(body: Graph, layout: Layout) -> list[int]:
    """Return the outputs of a body that sum over its outermost loop."""
    outputs = zip(body.outputs, layout.outputs, strict=True)
    return [i for i, (value, loops) in enumerate(outputs) if is_reduction(value.node) and 0 not in loops]


def fused_source(body: Graph, layout: Layout, overwrites: Mapping[int, int], divided: bool) -> Source:
    """Return the kernel for the body of a fused node.

    Parameters
    ----------
    overwrites
        Which outputs are written over which of the arrays it takes: these have no array of their own.
    divided
        Whether the outermost loop is divided into parts, the number of which is then the first argument; the last
        ones are arrays for what parts sum up (see `summed_by_parts`), with a line for each part.
    """
    return _Writer(body, layout, overwrites, divided).source()
