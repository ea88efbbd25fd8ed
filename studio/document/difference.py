"""The difference between two documents, as the edit that leads from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from studio.document.document import Contents, Document, Node, Wire, same
from studio.document.edits import (
    UNSET,
    AddNode,
    AddNote,
    AddWire,
    Compound,
    Edit,
    Move,
    RemoveNode,
    RemoveNodes,
    RemoveNote,
    RemoveWire,
    SetCollapsed,
    SetMode,
    SetNote,
    SetParams,
    SetPicture,
    SetSetting,
    SetTitle,
)
from studio.document.function_edits import AddFunction, RemoveFunction, within
from studio.document.work import Work, finished

Graph = Document | Contents

#: Nodes or wires that are compared in one part of the work.
_PORTION: Final = 128


def difference(before: Graph, after: Graph) -> Compound:
    """Return the edit that turns a document that is like `before` into one like `after`.

    A node of which the type has changed is another one. The order of nodes is not compared.

    Examples
    --------
    >>> a, b = Document(), Document()
    >>> _ = a.apply(AddNode(Node("n", "op.exp", title="one"))), b.apply(AddNode(Node("n", "op.exp", title="two")))
    >>> difference(a, b).edits
    (SetTitle(node='n', title='two'),)
    """
    return finished(differing(before, after))


def differing(before: Graph, after: Graph) -> Work[Compound]:
    """Find the `difference` in small parts. Meanwhile neither may change."""
    same = {id for id, node in before.nodes.items() if (n := after.nodes.get(id)) is not None and n.type == node.type}
    gone = tuple(id for id in before.nodes if id not in same)
    edits: list[Edit] = [
        RemoveWire(wire)
        for target, wire in before.wires.items()
        if not _is(after.wires.get(target), wire) or wire.source.node not in same or target.node not in same
    ]
    edits += [RemoveNodes(gone)] if len(gone) > 1 else [RemoveNode(id) for id in gone]
    edits += [RemoveNote(id) for id in before.notes if id not in after.notes]
    yield
    edits += yield from _functions(before.functions, after.functions)
    edits += [AddNode(node) for id, node in after.nodes.items() if id not in same]
    for number, id in enumerate(before.nodes):  # in their order, so that equal documents have equal differences
        if number % _PORTION == 0:
            yield
        if id in same and (a := before.nodes[id]) is not (b := after.nodes[id]):
            edits += _node(a, b)
    yield
    edits += [
        AddWire(wire)
        for target, wire in after.wires.items()
        if not _is(before.wires.get(target), wire) or wire.source.node not in same or target.node not in same
    ]
    for id, note in after.notes.items():
        if (old := before.notes.get(id)) != note:
            edits.append(AddNote(note) if old is None else SetNote(note))
    edits += [SetSetting(name, value) for name, value in _values(before.settings, after.settings).items()]
    return Compound("Change", tuple(edits))


def _is(a: Wire | None, b: Wire) -> bool:
    return a is b or a == b  # the first nearly always is, and takes a tenth of the second


def _node(before: Node, after: Node) -> list[Edit]:
    edits: list[Edit] = []
    if params := _values(before.params, after.params):
        edits.append(SetParams(after.id, params))
    if before.title != after.title:
        edits.append(SetTitle(after.id, after.title))
    if before.mode != after.mode:
        edits.append(SetMode({after.id: after.mode}))
    if before.collapsed != after.collapsed:
        edits.append(SetCollapsed({after.id: after.collapsed}))
    if before.picture != after.picture:
        edits.append(SetPicture({after.id: after.picture}))
    if before.position != after.position:
        edits.append(Move({after.id: after.position}))
    return edits


def _values(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has to be set to get from one mapping to the other: `UNSET` for what is there no more."""
    changed = {name: value for name, value in after.items() if name not in before or not same(before[name], value)}
    return {**changed, **{name: UNSET for name in before if name not in after}}


def _functions(before: Mapping[str, Graph], after: Mapping[str, Graph]) -> Work[list[Edit]]:
    edits: list[Edit] = [RemoveFunction(id) for id in before if id not in after]
    for id, body in after.items():
        if id not in before:
            edits.append(AddFunction(id, body.contents() if isinstance(body, Document) else body))
        else:
            inner = yield from differing(before[id], body)
            edits += [within(id, edit) for edit in inner.edits]
    return edits
