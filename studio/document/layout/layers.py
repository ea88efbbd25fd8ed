"""Layers: every node right of those that feed it, and helpers on the long wires, so that all lead to the next layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from studio.document.work import Work

Edge = tuple[int, float, int, float]
"""From a node at a height of its own, to a node at a height of its own."""

_MOST_HELPERS: Final = 8
"""So many helpers for each node at most; the longest wires go without when they would need more."""


@dataclass
class Layered:
    """Nodes and helpers in layers. Those from `real` on are helpers, which have no size."""

    real: int
    layers: list[list[int]]
    heights: list[float]
    before: list[list[tuple[int, float, float]]] = field(default_factory=list)
    """For each its neighbours to the left: who, the height of the wire there, and its height here."""
    behind: list[list[tuple[int, float, float]]] = field(default_factory=list)
    """The same to the right: who, the height there, and the height here."""

    def add(self, edge: Edge) -> None:
        """Add a wire between neighbouring layers."""
        source, at_source, target, at_target = edge
        self.before[target].append((source, at_source, at_target))
        self.behind[source].append((target, at_target, at_source))


def forwards(count: int, edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges without those that lead back to where they come from."""
    after: list[list[int]] = [[] for _ in range(count)]
    for edge in edges:
        after[edge[0]].append(edge[2])
    state = [0] * count  # 1: on the way, 2: done
    back: set[tuple[int, int]] = set()
    for start in range(count):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(after[start]))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if state[target] == 1:
                    back.add((node, target))
                elif not state[target]:
                    state[target] = 1
                    stack.append((target, iter(after[target])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return [e for e in edges if (e[0], e[2]) not in back] if back else list(edges)


def ranks(count: int, edges: Sequence[Edge]) -> list[int]:
    """Return the layer of each node: as far left as its inputs allow, but with its readers where that is shorter.

    Examples
    --------
    >>> ranks(4, [(0, 0, 1, 0), (1, 0, 2, 0), (3, 0, 2, 0)])
    [0, 1, 2, 1]
    """
    after: list[list[int]] = [[] for _ in range(count)]
    missing = [0] * count
    for source, _, target, _ in edges:
        after[source].append(target)
        missing[target] += 1
    fed_by = list(missing)
    rank = [0] * count
    order = [node for node in range(count) if not missing[node]]
    for node in order:  # grows while it is walked
        for target in after[node]:
            rank[target] = max(rank[target], rank[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                order.append(target)
    for node in reversed(order):
        if len(after[node]) > fed_by[node]:
            rank[node] = max(rank[node], min(rank[target] for target in after[node]) - 1)
    return rank


def layered(heights: Sequence[float], edges: Sequence[Edge]) -> Work[Layered]:
    """Return the layers; yield after each part of the work."""
    count = len(heights)
    rank = ranks(count, edges)
    edges = sorted(edges, key=lambda e: rank[e[2]] - rank[e[0]])
    yield
    graph = Layered(count, [[] for _ in range(max(rank, default=0) + 1)], list(heights))
    graph.before, graph.behind = [[] for _ in range(count)], [[] for _ in range(count)]
    for node in range(count):
        graph.layers[rank[node]].append(node)
    room = _MOST_HELPERS * count + 100
    chains: dict[tuple[int, float, int], int] = {}  # wires from one port share their helpers
    for done, edge in enumerate(edges):
        source, at_source, target, at_target = edge
        span = rank[target] - rank[source]
        if span > 1 and span > room:
            continue
        last, at_last = source, at_source
        for layer in range(rank[source] + 1, rank[target]):
            key = (source, at_source, layer)
            if key not in chains:
                helper = chains[key] = len(graph.heights)
                room -= 1
                graph.heights.append(0.0)
                graph.before.append([])
                graph.behind.append([])
                graph.layers[layer].append(helper)
                graph.add((last, at_last, helper, 0.0))
            last, at_last = chains[key], 0.0
        graph.add((last, at_last, target, at_target))
        if done % 200 == 0:
            yield
    return graph
