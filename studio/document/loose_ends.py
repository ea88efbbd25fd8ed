"""Loose ends: what has to go from all nodes that stand for a function when a part of it goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studio.document.document import Document, Node
from studio.document.edits import UNSET, Compound, Edit, RemoveNode, RemoveWire, SetParams, SetSetting
from studio.document.function import EXPOSED, INPUT, OUTPUT, PREFIX, exposed
from studio.document.function_edits import within


def tied(document: Document, function: str, edit: Edit) -> Edit:
    """Return an edit of the graph of a function as one of its document, which leaves no loose ends.

    With a port go the wires that end at it, with a node the parameters of it that are the function's, too.
    """
    gone = {leaf.id for leaf in edit.leaves() if isinstance(leaf, RemoveNode)}
    ends = [*_wires(document, function, gone), *_parameters(document, function, gone)]
    inner = within(function, edit)
    return Compound(edit.label, (*ends, inner), edit.merge_key) if ends else inner


def stand_ins(document: Document, function: str) -> Iterator[tuple[str, Document, Node]]:
    """Yield the nodes that stand for a function, each with the function that it lies in, "" for none, and its graph."""
    for owner, graph in (("", document), *document.functions.items()):
        for node in graph.nodes.values():
            if node.type == PREFIX + function:
                yield owner, graph, node


def _wires(document: Document, function: str, gone: set[str]) -> Iterator[Edit]:
    body = document.functions[function]
    if not any(id in body.nodes and body.nodes[id].type in (INPUT, OUTPUT) for id in gone):
        return
    for owner, graph, node in stand_ins(document, function):
        for wire in graph.wires_of(node.id):
            end = wire.source if wire.source.node == node.id else wire.target
            if end.port in gone:
                yield within(owner, RemoveWire(wire))


def _parameters(document: Document, function: str, gone: set[str]) -> Iterator[Edit]:
    body = document.functions[function]
    shown = list(exposed(body))
    lost: dict[str, Any] = {entry.name: UNSET for entry in shown if entry.node in gone}
    if not lost:
        return
    yield within(function, SetSetting(EXPOSED, [list(entry) for entry in shown if entry.node not in gone] or UNSET))
    for owner, _graph, node in stand_ins(document, function):
        if told := {name: UNSET for name in lost if name in node.params}:
            yield within(owner, SetParams(node.id, told))
