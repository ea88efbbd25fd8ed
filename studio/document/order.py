"""The order in which the nodes of a document can run, and the circles that have none."""

from __future__ import annotations

from studio.document.document import Document


def order(document: Document) -> tuple[list[str], list[str]]:
    """Return the ids of the nodes with every node behind those that feed it, and the ids that lie on circles.

    What is only fed by a circle counts as neither.

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
    """
    before: dict[str, list[str]] = {id: [] for id in document.nodes}
    after: dict[str, list[str]] = {id: [] for id in document.nodes}
    for wire in document.wires.values():
        before[wire.target.node].append(wire.source.node)
        after[wire.source.node].append(wire.target.node)
    sorted_ids = _acyclic(before, after)
    rest = [id for id in document.nodes if id not in set(sorted_ids)]
    # of what is left, a node lies on a circle if it is also left when the arrows are turned around
    left = {id: [a for a in after[id] if a in set(rest)] for id in rest}
    turned = {id: [b for b in before[id] if b in set(rest)] for id in rest}
    ends = set(_acyclic(left, turned))
    return sorted_ids, [id for id in rest if id not in ends]


def _acyclic(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """Return what does not depend on a circle, in order (Kahn's algorithm: it stops where a circle begins)."""
    missing = {id: len(sources) for id, sources in before.items()}
    ready = [id for id, count in missing.items() if not count]
    for id in ready:  # grows while it is walked
        for target in after[id]:
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return ready
