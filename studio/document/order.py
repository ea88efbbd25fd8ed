"""The order in which the nodes of a document can run, and the circles that have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.document.document import Document


def order(document: Document) -> tuple[list[str], list[list[str]]]:
    """Return the ids of the nodes with every node behind those that feed it, and the circles in the wires.

    Each circle lists its nodes along the wires; of circles that share nodes, enough are listed to name every node
    that lies on one. What is only fed by a circle is in neither list.

    Examples
    --------
    >>> from studio.document.document import Node, PortRef, Wire
    >>> from studio.document.edits import AddNode, AddWire
    >>> document = Document()
    >>> for edit in (AddNode(Node("b", "op.exp")), AddNode(Node("a", "op.log"))):
    ...     _ = document.apply(edit)
    >>> _ = document.apply(AddWire(Wire(PortRef("a", "output"), PortRef("b", "x"))))
    >>> order(document)
    (['a', 'b'], [])
    >>> _ = document.apply(AddWire(Wire(PortRef("b", "output"), PortRef("a", "x"))))
    >>> order(document)
    ([], [['b', 'a']])
    """
    after: dict[str, list[str]] = {id: [] for id in document.nodes}
    missing = dict.fromkeys(document.nodes, 0)
    for wire in document.wires.values():
        after[wire.source.node].append(wire.target.node)
        missing[wire.target.node] += 1
    sorted_ids = _acyclic(missing, after)
    if len(sorted_ids) == len(after):
        return sorted_ids, []
    return sorted_ids, _circles(_core(after, set(sorted_ids)))


def _acyclic(missing: dict[str, int], after: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what does not depend on a circle, in order (Kahn's algorithm: it stops where a circle begins)."""
    ready = [id for id, count in missing.items() if not count]
    for id in ready:  # grows while it is walked
        for target in after[id]:
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return ready


def _core(after: Mapping[str, Sequence[str]], done: set[str]) -> dict[str, list[str]]:
    """Return what is left of the wires without the nodes that are `done`, and without those that end nowhere."""
    rest = {id: [target for target in after[id] if target not in done] for id in after if id not in done}
    before: dict[str, list[str]] = {id: [] for id in rest}
    for id, targets in rest.items():
        for target in targets:
            before[target].append(id)
    ends = set(_acyclic({id: len(targets) for id, targets in rest.items()}, before))
    return {id: [target for target in targets if target not in ends] for id, targets in rest.items() if id not in ends}


def _circles(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return a shortest circle through each node that lies on one, but none through nodes that were named before."""
    found: list[list[str]] = []
    named: set[str] = set()
    for id in after:
        if id not in named and (circle := _way_back(id, after)):
            found.append(circle)
            named.update(circle)
    return found


def _way_back(start: str, after: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the nodes of a shortest circle through `start`, beginning with it; none if there is none."""
    came_from: dict[str, str] = {}
    reached = [start]
    for id in reached:  # grows while it is walked
        for target in after[id]:
            if target == start:
                circle = [id]
                while circle[-1] != start:
                    circle.append(came_from[circle[-1]])
                return circle[::-1]
            if target not in came_from:
                came_from[target] = id
                reached.append(target)
    return []
