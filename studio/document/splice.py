"""Splicing: nodes put into a wire, and room made for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from studio.document.box import Box
from studio.document.document import Document, PortRef, Position, Wire
from studio.document.edits import AddWire, Edit, RemoveWire
from studio.document.suggest import Passage

#: Pixels between a node and its neighbours along a wire.
GAP: Final = 40.0
#: And between nodes above each other.
SPACE: Final = 24.0


def splice(document: Document, wire: Wire, chain: Iterable[tuple[str, Passage]]) -> list[Edit]:
    """Return the edits that lead a wire through nodes that are there by then: each its id and the way through it.

    The wire need not be there yet; one that ends where it would is taken away.
    """
    old = document.wires.get(wire.target)
    edits: list[Edit] = [RemoveWire(old)] if old is not None else []
    source = wire.source
    for id, way in chain:
        edits.append(AddWire(Wire(source, PortRef(id, way.input))))
        source = PortRef(id, way.output)
    edits.append(AddWire(Wire(source, wire.target)))
    return edits


def make_room(document: Document, boxes: Mapping[str, Box], wire: Wire, box: Box) -> tuple[Box, dict[str, Position]]:
    """Return where a node goes that is put into a wire, and where those behind the wire have to go for it.

    It comes to lie behind the node that the wire comes from and on none of the others; all that depends on the wire
    moves right together, as far as is needed.

    Parameters
    ----------
    document
        The document, in which the wire is.
    boxes
        All nodes as they are shown.
    wire
        The wire.
    box
        Where the new node is wanted.
    """
    source, target = boxes.get(wire.source.node), boxes.get(wire.target.node)
    moved: dict[str, Position] = {}
    if source is not None and target is not None and source.right <= target.x:  # else the wire leads back
        box = replace(box, x=max(box.x, source.right + GAP))
        if (shift := box.right + GAP - target.x) > 0:
            ids = behind(document, wire.target.node) - {wire.source.node}
            moved = {id: (boxes[id].x + shift, boxes[id].y) for id in document.nodes if id in ids and id in boxes}
    places = (replace(b, x=moved[id][0]) if id in moved else b for id, b in boxes.items())
    return clear_of(places, box), moved


def clear_of(boxes: Iterable[Box], box: Box) -> Box:
    """Return the box moved up or down, whichever is less, to where it lies on none of `boxes`.

    Examples
    --------
    >>> clear_of([Box(0, 0, 100, 80)], Box(20, 30, 100, 40))
    Box(x=20, y=104.0, width=100, height=40)
    """
    others = [b for b in boxes if b.x < box.right + SPACE and box.x < b.right + SPACE]  # in one column with it

    def moved(y: float, step: Callable[[Box], float]) -> float:
        while met := [b for b in others if b.y < y + box.height + SPACE and y < b.bottom + SPACE]:
            y = step(met[0])
        return y

    if all(b.y >= box.bottom or box.y >= b.bottom or b.x >= box.right or box.x >= b.right for b in others):
        return box
    down = moved(box.y, lambda b: b.bottom + SPACE)
    up = moved(box.y, lambda b: b.y - box.height - SPACE)
    return replace(box, y=down if down - box.y <= box.y - up else up)


def behind(document: Document, id: str) -> set[str]:
    """Return a node and all that depend on it."""
    reached = {id}
    ahead = [id]
    while ahead:
        for wire in document.wires_of(ahead.pop()):
            if wire.target.node not in reached:
                reached.add(wire.target.node)
                ahead.append(wire.target.node)
    return reached
