"""Common subexpressions: what is computed twice is computed once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.graph.graph import Graph, Node, Value, key_of, rebuilt
from engine.graph.rewrite import Rewrite


def cse(graph: Graph) -> Graph:
    """Return the graph with equal ops on equal inputs merged into the first of them."""
    seen: dict[Any, Node] = {}
    log: list[Rewrite] = []

    def replacement(node: Node, inputs: tuple[Value, ...]) -> Node:
        fresh = rebuilt(node, inputs)
        if fresh.op.stateful or fresh.op.name == "placeholder":
            return fresh
        first = seen.setdefault((fresh.op, fresh.inputs, key_of(fresh.attrs)), fresh)
        if first is not fresh:
            line = f"{__file__}:{replacement.__code__.co_firstlineno}"
            log.append(Rewrite("cse", "f(x), f(x) -> one f(x)", node, first.outputs, line))
        return first

    result = graph.substitute(replacement)
    return replace(result, log=(*graph.log, *log)) if log else graph
