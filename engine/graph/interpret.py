"""Running a graph without compiling it: on arrays, by the references; on tensors, by whoever is in charge of ops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.dispatch import at, interpreter
from engine.core.dtype import Array
from engine.core.op import as_arrays, closed_attrs
from engine.core.quiet import quietly
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Node, Value, input_node, make, rebuilt
from engine.graph.known import static_value


def evaluate(graph: Graph, arrays: Sequence[Array]) -> tuple[Array, ...]:
    """Return the outputs of a graph for these inputs: the meaning of the graph, in NumPy."""
    values: dict[Value, Array] = dict(zip(graph.inputs, arrays, strict=True))
    for node in graph.nodes:
        if node.outputs[0] not in values:
            results = as_arrays(quietly(node.op.reference, *(values[v] for v in node.inputs), **node.attrs))
            values.update(zip(node.outputs, results, strict=True))
    return tuple(values[v] for v in graph.outputs)


def replay(graph: Graph, tensors: Sequence[Any]) -> list[Any]:
    """Apply the ops of a graph one by one, as if a program had called them, and return the outputs."""
    values: dict[Value, Any] = dict(zip(graph.inputs, tensors, strict=True))
    for node in graph.nodes:
        if node.outputs[0] not in values:
            with at(node.origin):
                result = interpreter().apply(node.op, [values[v] for v in node.inputs], dict(node.attrs))
            values.update(zip(node.outputs, result if isinstance(result, list) else [result], strict=True))
    return [values[v] for v in graph.outputs]


def inlined(graph: Graph, inputs: Sequence[Value]) -> list[Value]:
    """Return the outputs of a graph as values of another one, in which its inputs are these."""
    new: dict[Value, Value] = dict(zip(graph.inputs, inputs, strict=True))
    for node in graph.nodes:
        if node.outputs[0] not in new:
            copy = rebuilt(node, tuple(new[v] for v in node.inputs))
            new.update(zip(node.outputs, copy.outputs, strict=True))
    return [new[v] for v in graph.outputs]


def _closed(node: Node, inputs: tuple[Value, ...], memo: dict[Value, Array | None]) -> Node | None:
    """Return the node with parameters as numbers that were tensors, if these are known now."""
    if node.op.closed is None:
        return None
    count = len(node.op.closed.inputs)
    values = [static_value(v, memo) for v in inputs[count:]]
    known = [v for v in values if v is not None]
    if len(known) < len(values):
        return None
    return make(node.op.closed, inputs[:count], closed_attrs(node.op, known, node.attrs), node.origin)


def specialised(graph: Graph, specs: Mapping[int, TensorSpec]) -> Graph:
    """Return the graph with other specs at some inputs, and all that follows from them.

    Raises
    ------
    InvalidArgumentError
        If an op cannot take them.
    """
    replaced = {graph.inputs[i]: spec for i, spec in specs.items()}
    if all(v.spec == spec for v, spec in replaced.items()):
        return graph

    memo: dict[Value, Array | None] = {}

    def replacement(node: Node, inputs: tuple[Value, ...]) -> Node:
        spec = replaced.get(Value(node, 0))
        if spec is not None:
            return input_node(spec, node.origin)
        return _closed(node, inputs, memo) or rebuilt(node, inputs)

    return graph.substitute(replacement)
