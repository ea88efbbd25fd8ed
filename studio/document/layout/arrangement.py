"""The layout of nodes with their wires and frames: parts that hang together one below the other, frames as one box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from studio.document.box import Box
from studio.document.document import Position
from studio.document.layout.heights import heights
from studio.document.layout.layers import Edge, forwards, layered
from studio.document.layout.ordering import order
from studio.document.work import Work, finished

COLUMN_GAP: Final = 76.0
"""Pixels between two layers: room for a curve, and for most shapes on it."""
ROW_GAP: Final = 36.0
FRAME_PAD: Final = 28.0
FRAME_HEAD: Final = 44.0


@dataclass(frozen=True)
class Link:
    """A wire: from a node, so many pixels below its top, to a node, so many below its top."""

    source: str
    source_at: float
    target: str
    target_at: float


@dataclass(frozen=True)
class Frame:
    """A frame and what lies in it: nodes and other frames."""

    id: str
    members: tuple[str, ...]


Arranged = dict[str, Box]


def arrange(boxes: Mapping[str, Box], links: Sequence[Link], frames: Sequence[Frame] = ()) -> Arranged:
    """Return where nodes and frames go, the top left corner of all staying where it is.

    Examples
    --------
    >>> boxes = {id: Box(5.0, 7.0, 100.0, 60.0) for id in "abc"}
    >>> found = arrange(boxes, [Link("a", 30, "b", 30), Link("b", 30, "c", 30)])
    >>> [(box.x, box.y) for box in found.values()]
    [(5.0, 7.0), (181.0, 7.0), (357.0, 7.0)]
    """
    return finished(arranging(boxes, links, frames))


def arranging(boxes: Mapping[str, Box], links: Sequence[Link], frames: Sequence[Frame] = ()) -> Work[Arranged]:
    """Return what `arrange` does; yield after each part of the work."""
    left, top = min((b.x for b in boxes.values()), default=0.0), min((b.y for b in boxes.values()), default=0.0)
    present = dict(boxes)
    inner: dict[str, Arranged] = {}  # what each frame holds, from the frame's corner
    home: dict[str, str] = {}
    for frame in frames:  # the inner ones come first
        members = {id: present.pop(id) for id in frame.members if id in present}
        if not members:
            continue
        found = yield from _flat(members, _inside(links, members, home, inner))
        inner[frame.id] = {id: Box(b.x + FRAME_PAD, b.y + FRAME_HEAD, b.width, b.height) for id, b in found.items()}
        width, height = max(b.right for b in found.values()), max(b.bottom for b in found.values())
        corner = Box(min(b.x for b in members.values()), min(b.y for b in members.values()), 0, 0)
        present[frame.id] = Box(corner.x, corner.y, width + 2 * FRAME_PAD, height + FRAME_HEAD + FRAME_PAD)
        home.update(dict.fromkeys(members, frame.id))
    result = yield from _flat(present, _inside(links, present, home, inner))
    yield
    arranged = {id: Box(b.x + left, b.y + top, b.width, b.height) for id, b in result.items()}
    for frame in reversed(frames):  # the outer ones are placed already
        if (outer := arranged.get(frame.id)) is not None:
            for id, b in inner[frame.id].items():
                arranged[id] = Box(outer.x + b.x, outer.y + b.y, b.width, b.height)
    return arranged


def _inside(
    links: Sequence[Link], members: Mapping[str, Box], home: Mapping[str, str], inner: Mapping[str, Arranged]
) -> list[Link]:
    """Return the links among `members`, those of what lies in a frame leading to the frame."""

    def lifted(id: str, at: float) -> tuple[str, float]:
        while id not in members and id in home:
            at += inner[home[id]][id].y
            id = home[id]
        return id, at

    found = []
    for link in links:
        source, source_at = lifted(link.source, link.source_at)
        target, target_at = lifted(link.target, link.target_at)
        if source != target and source in members and target in members:
            found.append(Link(source, source_at, target, target_at))
    return found


def _flat(boxes: Mapping[str, Box], links: Sequence[Link]) -> Work[Arranged]:
    """Lay out nodes without frames, from (0, 0) on: first what hangs together, then what hangs on nothing."""
    groups = _together(boxes, links)
    number = {id: index for group in groups for index, id in enumerate(group)}
    within = {id: place for place, group in enumerate(groups) for id in group}
    edges: list[list[Edge]] = [[] for _ in groups]
    for link in links:
        edge = number[link.source], link.source_at, number[link.target], link.target_at
        edges[within[link.source]].append(edge)
    arranged: Arranged = {}
    alone = [group[0] for group in groups if len(group) == 1]
    below = 0.0
    yield
    for group, own in zip(groups, edges, strict=True):
        if len(group) == 1:
            continue
        found = yield from _component([boxes[id] for id in group], own)
        for id, (x, y) in zip(group, found, strict=True):
            arranged[id] = Box(x, y + below, boxes[id].width, boxes[id].height)
        below = max(b.bottom for b in arranged.values()) + 2 * ROW_GAP
    yield
    arranged.update(_shelves(alone, boxes, below, max((b.right for b in arranged.values()), default=1200.0)))
    return arranged


def _shelves(ids: Sequence[str], boxes: Mapping[str, Box], top: float, width: float) -> Arranged:
    """Return what hangs on nothing, in rows below the rest."""
    x, tallest = 0.0, 0.0
    arranged: Arranged = {}
    for id in ids:
        box = boxes[id]
        if x and x + box.width > max(width, 800.0):
            x, top, tallest = 0.0, top + tallest + ROW_GAP, 0.0
        arranged[id] = Box(x, top, box.width, box.height)
        x, tallest = x + box.width + ROW_GAP, max(tallest, box.height)
    return arranged


def _together(boxes: Mapping[str, Box], links: Sequence[Link]) -> list[list[str]]:
    """Return the nodes in groups that hang together, each in the order of `boxes`, the highest group first."""
    head = {id: id for id in boxes}

    def root(id: str) -> str:
        while head[id] != id:
            head[id] = head[head[id]]
            id = head[id]
        return id

    for link in links:
        head[root(link.source)] = root(link.target)
    groups: dict[str, list[str]] = {}
    for id in boxes:
        groups.setdefault(root(id), []).append(id)
    return sorted(groups.values(), key=lambda group: min(boxes[id].y for id in group))


def _component(boxes: Sequence[Box], edges: Sequence[Edge]) -> Work[list[Position]]:
    """Return the places of nodes that hang together, from (0, 0) on."""
    ahead = forwards(len(boxes), edges)
    yield
    graph = yield from layered([b.height for b in boxes], ahead)
    for layer in graph.layers:  # the user's order, from the top down, is what it begins with
        layer.sort(key=lambda node: boxes[node].y if node < graph.real else 0.0)
    yield from order(graph)
    top = yield from heights(graph, ROW_GAP)
    places: list[Position] = [(0.0, 0.0)] * len(boxes)
    highest = min(top[node] for node in range(graph.real))
    x = 0.0
    for layer in graph.layers:
        real = [node for node in layer if node < graph.real]
        for node in real:
            places[node] = (float(round(x)), float(round(top[node] - highest)))
        x += max((boxes[node].width for node in real), default=0.0) + COLUMN_GAP
    return places
