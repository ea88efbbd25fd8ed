"""The order within the layers: each node goes where its wires come from, as long as crossings vanish by it."""

from __future__ import annotations

from typing import Final

from studio.document.layout.layers import Layered
from studio.document.work import Work

_SWEEPS: Final = 12
_PATIENCE: Final = 3
"""So many sweeps may bring nothing before it ends."""


def order(graph: Layered) -> Work[None]:
    """Bring the layers of `graph` into an order with few crossings; yield after each part of the work."""
    place = [0] * len(graph.heights)
    yield from _begin(graph, place)
    best, fewest, patience = [list(layer) for layer in graph.layers], -1, _PATIENCE
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        layers = graph.layers if forward else graph.layers[::-1]
        neighbours = graph.before if forward else graph.behind
        for layer in layers[1:]:
            _sort(layer, neighbours, place, graph)
            yield
        crossings = 0
        for layer in graph.layers[1:]:
            crossings += _crossings(layer, graph, place)
            yield
        if fewest < 0 or crossings < fewest:
            best, fewest, patience = [list(layer) for layer in graph.layers], crossings, _PATIENCE
        else:
            patience -= 1
        if not crossings or not patience:
            break
    graph.layers = best


def _begin(graph: Layered, place: list[int]) -> Work[None]:
    """Begin with what hangs together side by side: in the order in which a walk along the wires meets it."""
    seen = [False] * len(graph.heights)
    found: dict[int, int] = {}
    for layer in graph.layers:
        for start in layer:
            stack = [] if seen[start] else [start]
            while stack:
                node = stack.pop()
                if seen[node]:
                    continue
                seen[node] = True
                found[node] = len(found)
                if len(found) % 400 == 0:
                    yield
                stack += [n for n, _, _ in reversed(graph.behind[node]) if not seen[n]]
                stack += [n for n, _, _ in reversed(graph.before[node]) if not seen[n]]
    for layer in graph.layers:
        layer.sort(key=found.__getitem__)
        for index, node in enumerate(layer):
            place[node] = index


def _sort(layer: list[int], neighbours: list[list[tuple[int, float, float]]], place: list[int], graph: Layered) -> None:
    """Sort a layer by the mean place of the wires' other ends; what has none there stays where it is."""
    heights = graph.heights
    wanted: dict[int, float] = {}
    for node in layer:
        ends = neighbours[node]
        if ends:
            # a port further down counts as further down: wires of one node do not cross
            total = sum(place[other] + at / (heights[other] + 1.0) for other, at, _ in ends)
            wanted[node] = total / len(ends)
        else:
            wanted[node] = float(place[node])
    layer.sort(key=wanted.__getitem__)
    for index, node in enumerate(layer):
        place[node] = index


def _crossings(layer: list[int], graph: Layered, place: list[int]) -> int:
    """Return how many wires cross on their way into a layer (counted with a tree of sums)."""
    ends = [(place[other], at) for node in layer for other, at, _ in sorted(graph.before[node], key=lambda e: e[2])]
    ranked = {end: index for index, end in enumerate(sorted(set(ends)))}
    size = 1
    while size < len(ranked):
        size *= 2
    tree = [0] * (2 * size)
    crossings = 0
    for end in ends:
        index = ranked[end] + size
        tree[index] += 1
        while index > 1:
            if not index & 1:
                crossings += tree[index + 1]
            index //= 2
            tree[index] += 1
    return crossings
