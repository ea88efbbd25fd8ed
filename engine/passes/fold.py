"""Constant folding: what is known before the program runs is computed once."""

from __future__ import annotations

from typing import Final

from engine.graph.graph import Graph, Node, constant_node
from engine.graph.known import known, known_results
from engine.graph.rewrite import Outcome, Rule, rewrite


def _fold(node: Node) -> Outcome:
    if known(node.outputs[0]) is not None:
        return None
    results = known_results(node, known)
    return None if results is None else [constant_node(a, node.origin).outputs[0] for a in results]


RULES: Final = (Rule("f(constants) -> constant", (), _fold),)


def fold(graph: Graph) -> Graph:
    """Return the graph with constant subgraphs replaced by their values."""
    return rewrite(graph, RULES, "fold")
