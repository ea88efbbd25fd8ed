"""Writing over: outputs of elementwise kernels that take the place of an input which nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.compile.layout import is_shape_only, layout_of
from engine.compile.schedule import Moment
from engine.graph.graph import Graph, Node, Value
from engine.passes.fuse import FUSED

Overwrites = dict[Node, dict[int, int]]


def overwrites(
    graph: Graph,
    moments: Sequence[Moment],
    roots: Mapping[Value, Value],
    last_use: Mapping[Value, int],
    states: Mapping[int, int],
) -> Overwrites:
    """Return for each fused node which of its outputs are written over which of its inputs.

    A kernel may write over an array that it reads element by element at the place where it writes, if the array is
    read by nobody after it. What the caller feeds stays as it is, but for the state of a variable, over which its next
    state is written.

    Parameters
    ----------
    moments
        The nodes as they run, those together that run side by side.
    roots
        The value whose memory each value lies in.
    last_use
        Number of the last moment in which a root is needed.
    states
        For each input that is a variable's state the output that is its next value.
    """
    inputs = {v: i for i, v in enumerate(graph.inputs)}
    found: Overwrites = {}
    for number, node in ((number, node) for number, moment in enumerate(moments) for node in moment):
        if node.op is not FUSED:
            continue
        beside = {roots[v] for other in moments[number] if other is not node for v in other.inputs}
        taken: dict[int, int] = {}
        for output, position in _places(node, roots):
            root, value = roots[node.inputs[position]], node.outputs[output]
            if output in taken or position in taken.values() or last_use[root] != number or root in beside:
                continue
            if root in inputs:
                target = states.get(inputs[root])
                may = target is not None and graph.outputs[target] == value and graph.outputs.count(value) == 1
            else:
                may = root.node.op.name != "constant" and value not in {graph.outputs[o] for o in states.values()}
            if may:
                taken[output] = position
        if taken:
            found[node] = taken
    return found


def _places(node: Node, roots: Mapping[Value, Value]) -> Iterator[tuple[int, int]]:
    """Yield output and input of each pair that a kernel goes through alike, element by element."""
    body: Graph = node.attrs["body"]
    layout = layout_of(body)
    everywhere = tuple(range(len(layout.sizes)))
    taken = [i for i, v in enumerate(body.inputs) if not is_shape_only(body, v)]
    memory = [roots[node.inputs[i]] for i in taken]
    for output, loops in enumerate(layout.outputs):
        for position, given in zip(taken, layout.inputs, strict=True):
            root, value = roots[node.inputs[position]], node.outputs[output]
            alike = loops == given == everywhere and root.spec.dtype is value.spec.dtype
            if alike and root.spec.shape.num_elements() == value.spec.shape.num_elements() and memory.count(root) == 1:
                yield output, position
