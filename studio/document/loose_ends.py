"""Loose ends: what has to go from all nodes that stand for a function when a part of it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.document.document import Document
from studio.document.edits import AddNode, Compound, Edit, RemoveNode, RemoveWire, SetSetting
from studio.document.exposing import Owner, handed_on
from studio.document.function import EXPOSED, INPUT, OUTPUT, exposed
from studio.document.function_edits import within
from studio.document.signature import forgotten, stand_ins


def tied(document: Document, function: str, edit: Edit) -> Edit:
    """Return an edit of the graph of a function as one of its document, which leaves no loose ends.

    With a port go the wires that end at it, with an exposed parameter what the nodes that stand for the function were
    told of it. An edit that says itself what is exposed knows what it does.
    """
    leaves = list(edit.leaves())
    body = document.functions[function]
    come = {leaf.node.id: leaf.node.type for leaf in leaves if isinstance(leaf, AddNode)}
    gone = {leaf.id for leaf in leaves if isinstance(leaf, RemoveNode) and leaf.id in body.nodes}
    other = {id for id in gone if come.get(id) != body.nodes[id].type}
    said = [leaf for leaf in leaves if isinstance(leaf, SetSetting) and leaf.name == EXPOSED]
    kept = [] if said else handed_on(body, lambda e: None if e.node in gone - come.keys() else Owner(e.node, e.param))
    ends: list[Edit] = [*_wires(document, function, other), *_told(document, function, (*said, *kept))]
    ends += [within(function, setting) for setting in kept]
    inner = within(function, edit)
    return Compound(edit.label, (*ends, inner), edit.merge_key) if ends else inner


def _wires(document: Document, function: str, gone: set[str]) -> Iterator[Edit]:
    body = document.functions[function]
    if not any(id in body.nodes and body.nodes[id].type in (INPUT, OUTPUT) for id in gone):
        return
    for owner, graph, node in stand_ins(document, function):
        for wire in graph.wires_of(node.id):
            end = wire.source if wire.source.node == node.id else wire.target
            if end.port in gone:
                yield within(owner, RemoveWire(wire))


def _told(document: Document, function: str, settings: Sequence[SetSetting]) -> Iterator[Edit]:
    """Yield the edits after which nothing outside knows a parameter that the last of these settings exposes no more."""
    if not settings:
        return
    value = settings[-1].value
    names = {entry[0] for entry in value if isinstance(entry, tuple) and entry} if isinstance(value, tuple) else set()
    lost = [entry.name for entry in exposed(document.functions[function]) if entry.name not in names]
    yield from forgotten(document, function, lost)
