"""Where nodes go when they are aligned, spread out or put on a grid, and when their wires are straightened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.document.box import Box, bounds_of
from studio.document.document import Position
from studio.document.layout import Link
from studio.document.work import Work, finished

_ROW_GAP: Final = 16.0
"""What straightening leaves between two nodes, one below the other."""

#: For each way to align: where a box goes within the bounds of all.
ALIGNED: Final[Mapping[str, Callable[[Box, Box], Position]]] = {
    "left": lambda b, all: (all.x, b.y),
    "center": lambda b, all: (all.x + (all.width - b.width) / 2, b.y),
    "right": lambda b, all: (all.right - b.width, b.y),
    "top": lambda b, all: (b.x, all.y),
    "middle": lambda b, all: (b.x, all.y + (all.height - b.height) / 2),
    "bottom": lambda b, all: (b.x, all.bottom - b.height),
}


def align(boxes: Mapping[str, Box], way: str) -> dict[str, Position]:
    """Return where boxes go when they are aligned within their bounds; `way` is one of `ALIGNED`.

    Examples
    --------
    >>> align({"a": Box(0, 0, 10, 10), "b": Box(30, 5, 20, 10)}, "right")
    {'a': (40.0, 0.0), 'b': (30.0, 5.0)}
    """
    if not boxes:
        return {}
    whole = bounds_of(boxes.values())
    return {id: _whole(ALIGNED[way](box, whole)) for id, box in boxes.items()}


def distribute(boxes: Mapping[str, Box], *, vertical: bool) -> dict[str, Position]:
    """Return where boxes go when the gaps between them become equal; the outermost stay.

    Boxes that have no room between the outermost are laid over each other by equal steps.

    Examples
    --------
    >>> distribute({"a": Box(0, 0, 10, 10), "b": Box(12, 0, 10, 10), "c": Box(50, 0, 10, 10)}, vertical=False)
    {'a': (0.0, 0.0), 'b': (25.0, 0.0), 'c': (50.0, 0.0)}
    """
    start: Callable[[Box], float] = (lambda b: b.y) if vertical else (lambda b: b.x)
    length: Callable[[Box], float] = (lambda b: b.height) if vertical else (lambda b: b.width)
    ids = sorted(boxes, key=lambda id: start(boxes[id]) + length(boxes[id]) / 2)
    if len(ids) < 3:
        return {}
    first, last = boxes[ids[0]], boxes[ids[-1]]
    taken = sum(length(boxes[id]) for id in ids[:-1])
    gap = (start(last) - start(first) - taken) / (len(ids) - 1)
    found: dict[str, Position] = {}
    at = start(first)
    for id in ids:
        box = boxes[id]
        found[id] = _whole((box.x, at) if vertical else (at, box.y))
        at += length(box) + gap
    return found


def to_grid(boxes: Mapping[str, Box], step: float) -> dict[str, Position]:
    """Return where boxes go when their corners come to lie on the points of a grid.

    Examples
    --------
    >>> to_grid({"a": Box(13, -5, 10, 10)}, 24)
    {'a': (24.0, 0.0)}
    """
    return {id: (float(round(b.x / step) * step), float(round(b.y / step) * step)) for id, b in boxes.items()}


def straighten(boxes: Mapping[str, Box], links: Sequence[Link], wanted: Iterable[str]) -> dict[str, Position]:
    """Return where nodes go, up or down, so that wires run level: each with the first wire that comes in.

    From left to right, each node follows the one it is fed by, unless others lie there: then it comes as close as it
    can. Nodes that are not `wanted` stay, and so does what nothing leads to.

    Parameters
    ----------
    boxes
        All nodes.
    links
        The wires, those of each node's inputs from the top down.
    wanted
        The nodes that may move.
    """
    return finished(straightening(boxes, links, wanted))


def straightening(boxes: Mapping[str, Box], links: Sequence[Link], wanted: Iterable[str]) -> Work[dict[str, Position]]:
    """Return what `straighten` does; yield after each part of the work."""
    into: dict[str, Link] = {}
    for link in sorted(links, key=lambda link: link.target_at):
        into.setdefault(link.target, link)
    movable = set(wanted)
    placed = dict(boxes)
    row = {id: index for index, id in enumerate(boxes)}
    edges = np.array([(b.x, b.right, b.y, b.bottom) for b in boxes.values()]).reshape(-1, 4)
    moved: dict[str, Position] = {}
    for id in sorted(movable & boxes.keys(), key=lambda id: (boxes[id].x, boxes[id].y)):
        found = into.get(id)
        if found is None or found.source not in placed or placed[found.source].x >= boxes[id].x:
            continue
        box = placed[id]
        y = placed[found.source].y + found.source_at - found.target_at
        near = (edges[:, 0] < box.right) & (box.x < edges[:, 1])
        near[row[id]] = False
        y = _free(y, box.height, edges[near, 2] - _ROW_GAP, edges[near, 3] + _ROW_GAP)
        if round(y) != box.y:
            moved[id] = (box.x, float(round(y)))
            placed[id] = Box(box.x, float(round(y)), box.width, box.height)
            edges[row[id], 2:] = placed[id].y, placed[id].bottom
        yield
    return moved


def _free(y: float, height: float, tops: NDArray[np.float64], bottoms: NDArray[np.float64]) -> float:
    """Return the place nearest to `y` where something so high meets nothing between those tops and bottoms."""
    places = np.concatenate([[y], tops - height, bottoms])
    for place in places[np.argsort(np.abs(places - y), kind="stable")]:
        if not ((place < bottoms) & (place + height > tops)).any():
            return float(place)
    return y


def _whole(position: Position) -> Position:
    """Return a place on whole pixels: texts stay crisp and files read well."""
    x, y = position
    return float(round(x)), float(round(y))
