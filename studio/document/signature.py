"""The signature of a function: the order of its inputs and outputs, and the parameters that it shows to the outside.

A parameter of a node within may be the function's, too. What becomes of it there reaches all nodes that stand for the
function, and the functions around it that show it further outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.core.errors import InvalidArgumentError
from studio.document.document import Document, Node, check_name
from studio.document.edits import UNSET, Compound, Edit, SetParams, SetSetting
from studio.document.function import EXPOSED, OWN_PARAMS, PREFIX, Exposed, exposed
from studio.document.function_edits import within


def stand_ins(document: Document, function: str) -> Iterator[tuple[str, Document, Node]]:
    """Yield the nodes that stand for a function, each with the function that it lies in, "" for none, and its graph."""
    for owner, graph in (("", document), *document.functions.items()):
        for node in graph.nodes.values():
            if node.type == PREFIX + function:
                yield owner, graph, node


def shown_as(body: Document, node: str, param: str) -> str:
    """Return the name under which a function shows a parameter of a node within, "" if it does not."""
    return next((entry.name for entry in exposed(body) if (entry.node, entry.param) == (node, param)), "")


def expose(document: Document, function: str, node: str, param: str) -> Edit:
    """Return the edit, of the document, after which a function shows a parameter of a node within.

    It bears the name of the parameter, or, if the function has such a one, that with a number behind it.
    """
    shown = list(exposed(document.functions[function]))
    taken = {*OWN_PARAMS, *(entry.name for entry in shown)}
    name, number = param, 1
    while name in taken:
        number += 1
        name = f"{param}_{number}"
    edit = within(function, _list([*shown, Exposed(name, node, param)]))
    return Compound("Show on the function", (edit,))


def withdraw(document: Document, function: str, names: Iterable[str]) -> Edit:
    """Return the edit, of the document, after which a function shows parameters no more.

    What the nodes that stand for it were told of them goes, too.
    """
    names = set(names)
    kept = _list(entry for entry in exposed(document.functions[function]) if entry.name not in names)
    ends = forgotten(document, function, names)
    return Compound("Take back from the function", (*ends, within(function, kept)))


def forgotten(document: Document, function: str, names: Iterable[str]) -> Iterator[Edit]:
    """Yield the edits after which nothing outside of a function knows of parameters that it shows no more."""
    lost: dict[str, set[str]] = {function: set(names)}
    waiting = [(function, name) for name in lost[function]]
    for inner, name in waiting:  # grows while it is walked
        for owner, entry in _further(document, inner, name):
            if entry.name not in lost.setdefault(owner, set()):
                lost[owner].add(entry.name)
                waiting.append((owner, entry.name))
    for owner, gone in lost.items():
        if owner != function:
            yield within(owner, _list(e for e in exposed(document.functions[owner]) if e.name not in gone))
        for place, _graph, node in stand_ins(document, owner) if gone else ():
            if told := {name: UNSET for name in node.params if name in gone}:
                yield within(place, SetParams(node.id, told))


def rename(document: Document, function: str, old: str, new: str) -> Edit:
    """Return the edit, of the document, that calls a parameter of a function otherwise, wherever it was set.

    Raises
    ------
    InvalidArgumentError
        If the function has a parameter of this name, or it is no name.
    """
    body = document.functions[function]
    check_name(new, "parameter")
    if not new or new in OWN_PARAMS or any(entry.name == new for entry in exposed(body)):
        raise InvalidArgumentError(
            "The function has a parameter '{name}' already." if new else "A parameter needs a name.",
            hint="Give it a name that no other one has.",
            name=new,
        )
    edits: list[Edit] = [within(function, _list(e._replace(name=new) if e.name == old else e for e in exposed(body)))]
    for place, _graph, node in stand_ins(document, function):
        if old in node.params:
            edits.append(within(place, SetParams(node.id, {old: UNSET, new: node.params[old]})))
    outside: dict[str, list[Exposed]] = {}
    for owner, entry in _further(document, function, old):
        listed = outside.setdefault(owner, list(exposed(document.functions[owner])))
        listed[listed.index(entry)] = entry._replace(param=new)
    edits += [within(owner, _list(listed)) for owner, listed in outside.items()]
    return Compound("Rename parameter", tuple(edits))


def reorder_parameters(body: Document, names: Sequence[str]) -> Edit:
    """Return the edit, of the graph of a function, that lists the parameters that it shows in another order."""
    place = {name: number for number, name in enumerate(names)}
    return Compound(
        "Reorder parameters", (_list(sorted(exposed(body), key=lambda entry: place.get(entry.name, len(place)))),)
    )


def reorder_ports(body: Document, ids: Sequence[str]) -> Edit:
    """Return the edit, of the graph of a function, that puts its inputs, or its outputs, into another order.

    Examples
    --------
    >>> from studio.document.document import Contents
    >>> from studio.document.function import INPUT
    >>> body = Document.of(Contents({id: Node(id, INPUT) for id in "ab"}))
    >>> reorder_ports(body, "ba").edits
    (SetParams(node='a', values={'place': 1}),)
    """
    moved = (
        SetParams(id, {"place": place})
        for place, id in enumerate(ids)
        if body.nodes[id].params.get("place", 0) != place
    )
    return Compound("Reorder ports", tuple(moved))


def _list(entries: Iterable[Exposed]) -> SetSetting:
    return SetSetting(EXPOSED, [list(entry) for entry in entries] or UNSET)


def _further(document: Document, function: str, name: str) -> Iterator[tuple[str, Exposed]]:
    """Yield where functions show a parameter of nodes within that stand for this one: the function, and as what."""
    bodies: Mapping[str, Document] = document.functions
    for owner, _graph, node in stand_ins(document, function):
        for entry in exposed(bodies[owner]) if owner else ():
            if (entry.node, entry.param) == (node.id, name):
                yield owner, entry
