"""Pruning: what nobody reads is not computed."""

from __future__ import annotations

from dataclasses import replace

from engine.graph.graph import Graph, Node
from engine.graph.rewrite import Rewrite


def prune(graph: Graph) -> Graph:
    """Return the graph with only the nodes that its outputs depend on, and its inputs."""
    needed: set[Node] = {v.node for v in graph.inputs}
    waiting = [v.node for v in graph.outputs]
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting.extend(v.node for v in node.inputs if v.node not in needed)
    dropped = [n for n in graph.nodes if n not in needed]
    if not dropped:
        return graph
    line = f"{__file__}:{prune.__code__.co_firstlineno}"
    log = tuple(Rewrite("prune", "unused -> nothing", n, (), line) for n in dropped)
    kept = tuple(n for n in graph.nodes if n in needed)
    became = {n: (n,) if n in needed else () for n in graph.nodes}
    return replace(graph, nodes=kept, log=(*graph.log, *log), became=became)
