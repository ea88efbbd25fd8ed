"""Loops that are run twice are run once: a gradient asks for the same rounds again, and for more about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.graph.control import loop, scan
from engine.graph.graph import Graph, Node, Value, key_of, rebuilt
from engine.graph.rewrite import Rewrite


def merge(graph: Graph) -> Graph:
    """Return the graph with loops of the same rounds merged into the one that gives out the most."""
    groups: dict[Any, list[Node]] = {}
    for node in graph.nodes:
        if node.op is loop or node.op is scan:
            groups.setdefault(_rounds(node), []).append(node)
    richest = {key: max(nodes, key=lambda n: len(n.specs)) for key, nodes in groups.items() if len(nodes) > 1}
    if not richest:
        return graph
    made: dict[Any, Node] = {}
    log: list[Rewrite] = []

    def replacement(node: Node, inputs: tuple[Value, ...]) -> Node | tuple[Value, ...]:
        best = richest.get(_rounds(node)) if node.op is loop or node.op is scan else None
        if best is None:
            return rebuilt(node, inputs)
        one = made.setdefault(_rounds(node), rebuilt(best, inputs))
        if node is not best:
            line = f"{__file__}:{replacement.__code__.co_firstlineno}"
            log.append(
                Rewrite("merge", "a loop, and the same with more results -> the latter", node, one.outputs, line)
            )
        return one.outputs[: len(node.specs)]

    result = graph.substitute(replacement)
    return replace(result, log=(*graph.log, *log))


def _rounds(node: Node) -> Any:
    """Return what two loops share that go through the same rounds; what they give out is a prefix of one another's."""
    step: Graph = node.attrs["step"]
    shared = {name: value for name, value in node.attrs.items() if name not in ("step", "history")}
    return node.op, node.inputs, key_of(shared), step.inputs, step.nodes, step.outputs[: node.attrs["count"]]
