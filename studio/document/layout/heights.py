"""Heights: each node where its wires run level, or as near as its neighbours in the layer let it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from studio.document.layout.layers import Layered
from studio.document.work import Work

_SWEEPS: Final = 10
_HELPER_GAP: Final = 14.0
"""Between two wires, and a wire and a node."""

_LONG: Final = 6.0
"""What a level run between two helpers counts: a long wire that bends is worse than two short ones."""


def heights(graph: Layered, gap: float) -> Work[list[float]]:
    """Return the top of each node; yield after each part of the work."""
    top = [0.0] * len(graph.heights)
    for layer in graph.layers:
        at = 0.0
        for node, room in zip(layer, _rooms(layer, graph, gap), strict=True):
            top[node] = at
            at += room
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for layer in graph.layers if forward else graph.layers[::-1]:
            # both sides count from the second sweep on, the one that was just settled more
            _settle(layer, graph, top, gap, before=2.0 if forward else 1.0, behind=1.0 if forward else 2.0)
            yield
    for layer in graph.layers:  # at the end, what has one way in runs level with it
        _settle(layer, graph, top, gap, before=1.0, behind=0.0)
        yield
    return top


def _rooms(layer: Sequence[int], graph: Layered, gap: float) -> list[float]:
    """Return for each of a layer how far below it the next one begins."""
    rooms = []
    for place, node in enumerate(layer):
        follower = layer[place + 1] if place + 1 < len(layer) else node
        both_real = node < graph.real and follower < graph.real
        rooms.append(graph.heights[node] + (gap if both_real else _HELPER_GAP))
    return rooms


def _settle(layer: Sequence[int], graph: Layered, top: list[float], gap: float, before: float, behind: float) -> None:
    """Put a layer where the squares of the wires' rises are least, its order and its gaps being kept."""
    wanted, weights = [], []
    for node in layer:
        total = weight = 0.0
        for share, ends in ((before, graph.before[node]), (behind, graph.behind[node])):
            if not share:
                continue
            for other, there, here in ends:
                w = share * _LONG if node >= graph.real and other >= graph.real else share
                total += w * (top[other] + there - here)
                weight += w
        if not weight:  # nothing draws it
            total, weight = 0.01 * top[node], 0.01
        wanted.append(total / weight)
        weights.append(weight)
    for node, y in zip(layer, _apart(wanted, weights, _rooms(layer, graph, gap)), strict=True):
        top[node] = y


def _apart(wanted: Sequence[float], weights: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """Return heights as near as can be to those wanted, each at least its room above the next one.

    With the rooms taken off it is an isotonic regression, which pooling adjacent violators solves (Ayer et al., 1955).

    Examples
    --------
    >>> _apart([0, 0, 50], [1, 1, 1], [10, 10, 10])
    [-5.0, 5.0, 50.0]
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    offset = 0.0
    offsets = []
    for want, weight, room in zip(wanted, weights, rooms, strict=True):
        offsets.append(offset)
        mean, members = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, other_weight, count = pools.pop()
            mean = (mean * weight + other * other_weight) / (weight + other_weight)
            weight, members = weight + other_weight, members + count
        pools.append((mean, weight, members))
        offset += room
    levels = [mean for mean, _, members in pools for _ in range(members)]
    return [level + off for level, off in zip(levels, offsets, strict=True)]
