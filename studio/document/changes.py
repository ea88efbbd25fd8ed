"""What differs between two documents, thing by thing, as a reader wants to know it: what came, went, or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from studio.document.difference import Graph, differing
from studio.document.document import Contents, Document, PortRef, Wire
from studio.document.edits import (
    UNSET,
    AddNode,
    AddNote,
    AddWire,
    Edit,
    Move,
    RemoveNode,
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
from studio.document.function_edits import AddFunction, RemoveFunction, Within
from studio.document.work import Work

Sign = Literal["+", "−", "~"]
"""It came, it went, or it is another than before."""

SIGNS: Final[tuple[Sign, ...]] = ("+", "−", "~")

Thing = Literal["node", "wire", "note", "function", "setting"]
Trait = Literal["parameter", "title", "mode", "collapsed", "picture", "place"]
Aspect = Thing | Trait
"""What of a thing differs."""

_PORTION: Final = 64
#: Whether a thing is there comes before all else that is to be said of it, its wires come last.
_RANKS: Final[Mapping[Aspect, int]] = {"function": 0, "node": 0, "note": 0, "title": 1, "wire": 9}


@dataclass(frozen=True)
class Change:
    """A difference.

    Parameters
    ----------
    graph
        The function in whose graph it is, "" for the document's own.
    node
        The node or note that it is about; "" if it is about the graph itself.
    name
        Of the parameter or the setting.
    before, after
        The values there; `UNSET` where there is none.
    wire
        The wire that came or went.
    """

    graph: str
    node: str
    sign: Sign
    aspect: Aspect
    name: str = ""
    before: Any = UNSET
    after: Any = UNSET
    wire: Wire | None = None


def changes(before: Contents, after: Contents) -> Work[list[Change]]:
    """Find out in small parts what differs: by graph, the document's own first, then by node.

    Examples
    --------
    >>> from studio.document.document import Node
    >>> from studio.document.work import finished
    >>> a = Contents({"n": Node("n", "layer.Dense", {"units": 64})})
    >>> b = Contents({"n": Node("n", "layer.Dense", {"units": 128})})
    >>> [(c.node, c.sign, c.name, c.before, c.after) for c in finished(changes(a, b))]
    [('n', '~', 'units', 64, 128)]
    """
    edit = yield from differing(before, after)
    found: list[Change] = []
    for number, leaf in enumerate(edit.leaves()):
        if number % _PORTION == 0:
            yield
        graph, inner = (leaf.function, leaf.edit) if isinstance(leaf, Within) else ("", leaf)
        found += _told(graph, inner, _graph(before, graph), _graph(after, graph))
    yield
    place = {graph: number for number, graph in enumerate(("", *before.functions, *after.functions))}
    order = {(graph, id): number for number, (graph, id) in enumerate((*_ids(before), *_ids(after)))}
    return sorted(found, key=lambda c: (place[c.graph], order.get((c.graph, c.node), -1), _RANKS.get(c.aspect, 2)))


def _graph(contents: Contents, function: str) -> Graph:
    return contents.functions.get(function, Contents()) if function else contents


def _ids(contents: Contents) -> Iterator[tuple[str, str]]:
    for graph, body in (("", contents), *contents.functions.items()):
        yield from ((graph, id) for id in (*body.nodes, *body.notes))


def _told(graph: str, edit: Edit, before: Graph, after: Graph) -> Iterator[Change]:
    """Yield what a simple edit, which leads from one graph to the other, says of them."""
    if isinstance(edit, SetParams):
        node = before.nodes[edit.node]
        for name, value in edit.values.items():
            yield Change(graph, edit.node, "~", "parameter", name, node.params.get(name, UNSET), value)
    elif isinstance(edit, SetSetting):
        yield Change(graph, "", "~", "setting", edit.name, before.settings.get(edit.name, UNSET), edit.value)
    elif type(edit) in _ONE:
        yield _ONE[type(edit)](graph, edit)
    elif type(edit) in _BY_NODE:
        aspect, attribute, value = _BY_NODE[type(edit)]
        for id in value(edit):
            nodes = (before.nodes.get(id) or before.notes.get(id), after.nodes.get(id) or after.notes.get(id))
            old, new = (getattr(node, attribute, UNSET) for node in nodes)
            yield Change(graph, id, "~", aspect, before=old, after=new)


#: For edits about one thing: the change.
_ONE: Final[Mapping[type, Callable[[str, Any], Change]]] = {
    AddNode: lambda graph, e: Change(graph, e.node.id, "+", "node"),
    RemoveNode: lambda graph, e: Change(graph, e.id, "−", "node"),
    AddWire: lambda graph, e: Change(graph, e.wire.target.node, "+", "wire", wire=e.wire),
    RemoveWire: lambda graph, e: Change(graph, e.wire.target.node, "−", "wire", wire=e.wire),
    AddNote: lambda graph, e: Change(graph, e.note.id, "+", "note"),
    RemoveNote: lambda graph, e: Change(graph, e.id, "−", "note"),
    SetNote: lambda graph, e: Change(graph, e.note.id, "~", "note"),
    AddFunction: lambda _graph, e: Change(e.id, "", "+", "function"),
    RemoveFunction: lambda _graph, e: Change(e.id, "", "−", "function"),
}

#: For edits of an attribute of nodes: what of them differs, the attribute, and the ids.
_BY_NODE: Final[Mapping[type, tuple[Aspect, str, Callable[[Any], Any]]]] = {
    SetTitle: ("title", "title", lambda e: (e.node,)),
    SetMode: ("mode", "mode", lambda e: e.modes),
    SetCollapsed: ("collapsed", "collapsed", lambda e: e.collapsed),
    SetPicture: ("picture", "picture", lambda e: e.pictures),
    Move: ("place", "position", lambda e: e.positions),
}


@dataclass(frozen=True)
class Marks:
    """How the things of one graph are to be marked in one of two documents."""

    nodes: Mapping[str, Sign]
    wires: Mapping[PortRef, Sign]


def marks(found: list[Change], graph: str, body: Document, sign: Sign) -> Marks:
    """Return the marks of a graph in the document from which things went (`sign` "−"), or to which they came ("+").

    Where the whole function came or went, all of it did.
    """
    if any(c.aspect == "function" and c.graph == graph and c.sign == sign for c in found):
        return Marks(dict.fromkeys((*body.nodes, *body.notes), sign), dict.fromkeys(body.wires, sign))
    nodes: dict[str, Sign] = {}
    wires: dict[PortRef, Sign] = {}
    for c in found:
        if c.graph != graph or not c.node:
            continue
        if c.wire is not None:
            if c.sign == sign:
                wires[c.wire.target] = sign
        elif c.sign == sign:
            nodes[c.node] = sign
        elif c.sign == "~":
            nodes.setdefault(c.node, "~")
    return Marks({id: s for id, s in nodes.items() if body.has(id)}, wires)
