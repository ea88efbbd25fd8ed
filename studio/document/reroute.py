"""Reroute points: nodes that lead a wire around, and pass on what comes in as it is."""

from __future__ import annotations

from typing import Any, Final

from studio.document.document import Document, PortRef
from studio.document.nodetype import NodeType, Port

REROUTE: Final = "view.reroute"


def same(value: Any) -> Any:
    """Return the value itself."""
    return value


REROUTE_TYPE: Final = NodeType(
    id=REROUTE,
    category="view",
    title="Reroute point",
    summary="Leads a wire around, and changes nothing.",
    inputs=(Port("input"),),
    outputs=(Port("output"),),
    help="Leads a wire around, and changes nothing. Several wires may begin at it.",
    keywords=("bend", "knot", "identity"),
    make=same,
)


def origin(document: Document, ref: PortRef) -> PortRef:
    """Return the output that a wire from `ref` really comes from, past all reroute points.

    Examples
    --------
    >>> from studio.document.document import Node, Wire
    >>> from studio.document.edits import AddNode, AddWire
    >>> document = Document()
    >>> for edit in (AddNode(Node("a", "op.exp")), AddNode(Node("bend", REROUTE))):
    ...     _ = document.apply(edit)
    >>> _ = document.apply(AddWire(Wire(PortRef("a", "y"), PortRef("bend", "input"))))
    >>> origin(document, PortRef("bend", "output"))
    PortRef(node='a', port='y')
    """
    passed: set[str] = set()
    while ref.node not in passed:
        passed.add(ref.node)
        node = document.nodes.get(ref.node)
        wire = document.wires.get(PortRef(ref.node, REROUTE_TYPE.inputs[0].name))
        if node is None or node.type != REROUTE or wire is None:
            break
        ref = wire.source
    return ref
