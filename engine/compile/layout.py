"""Loop layout: how few loops a fused kernel needs, and which of them each array takes part in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.graph.graph import Graph, Node, Value
from engine.ops.declare import axes_of
from engine.ops.reduce import broadcast_axes
from engine.passes.fuse import FUSED, domain, is_reduction

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """The loops of a fused kernel.

    Adjacent axes along which every array behaves alike are one loop, and axes of size 1 none.

    Parameters
    ----------
    sizes
        How often each loop runs, outermost first.
    inputs, outputs
        For each array of the kernel the loops that it has an axis for. An output of a reduction lacks those that it
        sums over.
    """

    sizes: Sizes
    inputs: tuple[Sizes, ...]
    outputs: tuple[Sizes, ...]

    @property
    def pattern(self) -> tuple[object, ...]:
        """What the kernel's source depends on: everything but the sizes."""
        return len(self.sizes), self.inputs, self.outputs

    def shape(self, loops: Sizes) -> Sizes:
        """Return the shape in which an array that takes part in `loops` is handed to the kernel."""
        return tuple(self.sizes[i] for i in loops) or (1,)


def _static(shape: Sequence[int | None]) -> Sizes:
    return tuple(d if d is not None else -1 for d in shape)


def _used_axes(value: Value, full: Sizes) -> tuple[bool, ...]:
    """Return for each axis of the domain whether `value` has elements along it."""
    shape = (1,) * (len(full) - len(value.spec.shape)) + _static(value.spec.shape)
    return tuple(d == n for d, n in zip(shape, full, strict=True))


def kept_axes(node: Node) -> tuple[bool, ...]:
    """Return for each axis of a reduction's operand whether it is still there afterwards."""
    shape = _static(node.inputs[0].spec.shape)
    if node.op.name == "sum_like":
        gone = broadcast_axes(shape, _static(node.inputs[1].spec.shape))
    else:
        gone = axes_of(node.attrs["axis"], len(shape))
    return tuple(i not in gone for i in range(len(shape)))


def layout_of(body: Graph) -> Layout:
    """Return the loops for the body of a fused node, whose shapes must all be known."""
    members = [n for n in body.nodes if n.op.name != "placeholder"]
    full = _static(domain(members[0]))
    used = [_used_axes(v, full) for v in body.inputs if not is_shape_only(body, v)]
    given = [kept_axes(v.node) if is_reduction(v.node) else (True,) * len(full) for v in body.outputs]
    loops: list[list[int]] = []
    last: tuple[bool, ...] | None = None
    for axis, size in enumerate(full):
        if size == 1:
            continue
        signature = tuple(u[axis] for u in (*used, *given))
        if signature == last:
            loops[-1].append(axis)
        else:
            loops.append([axis])
        last = signature
    sizes = tuple(math.prod(full[a] for a in axes) for axes in loops)
    taken = [_loops(u, loops) for u in used]
    return Layout(sizes, tuple(taken), tuple(_loops(u, loops) for u in given))


def is_shape_only(body: Graph, value: Value) -> bool:
    """Whether of this input of a body only the shape matters, so that the kernel does not take it."""
    users = body.users.get(value, [])
    return all(i in node.op.shape_only for node in users for i, v in enumerate(node.inputs) if v == value)


def read_by(node: Node) -> list[Value]:
    """Return the inputs of which a node needs more than the shape."""
    if node.op is FUSED:
        body: Graph = node.attrs["body"]
        return [v for v, inner in zip(node.inputs, body.inputs, strict=True) if not is_shape_only(body, inner)]
    return [v for i, v in enumerate(node.inputs) if i not in node.op.shape_only]


def _loops(used: tuple[bool, ...], loops: Sequence[Sequence[int]]) -> Sizes:
    return tuple(i for i, axes in enumerate(loops) if used[axes[0]])
