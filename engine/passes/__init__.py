"""Passes: from a graph to a better one that computes the same. `PIPELINE` names them in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from engine.graph.graph import Graph
from engine.passes.cse import cse
from engine.passes.fold import fold
from engine.passes.fuse import fuse
from engine.passes.merge import merge
from engine.passes.prune import prune
from engine.passes.simplify import simplify
from engine.passes.stabilise import stabilise
from engine.passes.unpool import unpool

Pass = Callable[[Graph], Graph]

PIPELINE: Final[tuple[Pass, ...]] = (fold, simplify, stabilise, cse, merge, unpool, prune, fuse)


def optimise(graph: Graph, pipeline: Sequence[Pass] = PIPELINE) -> Graph:
    """Return the graph after all passes; the graph is checked between them."""
    return stages(graph, pipeline)[-1][1]


def stages(graph: Graph, pipeline: Sequence[Pass] = PIPELINE) -> list[tuple[str, Graph]]:
    """Return the graph as traced and after each pass, by the pass's name."""
    result = [("trace", graph)]
    for apply in pipeline:
        graph = apply(graph)
        graph.check()
        result.append((apply.__name__, graph))
    return result
