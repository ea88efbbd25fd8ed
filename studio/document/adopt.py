"""Adopting functions: what comes from another document, or from the library, becomes part of this one."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from studio.document.document import MAX_NAME, Contents, Document, Node
from studio.document.function import PREFIX, function_of, functions_in
from studio.document.function_edits import AddFunction


def adopt(
    functions: Mapping[str, Document], foreign: Mapping[str, Document]
) -> tuple[list[AddFunction], dict[str, str]]:
    """Return the edits that add `foreign` functions to those a document has, and what each is called there.

    One that is there already, to the last parameter, is used as it is; another of the same name gets a new one.

    Examples
    --------
    >>> adopt({"f": Document()}, {"f": Document()})
    ([], {'f': 'f'})
    >>> edits, names = adopt({"f": Document()}, {"f": Document.of(Contents(nodes={"a": Node("a", "op.exp")}))})
    >>> names
    {'f': 'f_2'}
    """
    edits: list[AddFunction] = []
    names: dict[str, str] = {}
    left = dict.fromkeys(foreign)
    while left:  # what others contain comes first; where all wait for each other, one contains itself
        waiting = {id: [i for i in functions_in(foreign[id]) if i in left and i != id] for id in left}
        id = next((id for id, inner in waiting.items() if not inner), next(iter(left)))
        del left[id]
        names[id] = id
        edits += _adopt(id, functions, foreign[id].contents(), {edit.id for edit in edits}, names)
    return edits, names


def _adopt(
    id: str, functions: Mapping[str, Document], body: Contents, taken: Container[str], names: dict[str, str]
) -> Iterator[AddFunction]:
    contents = replace(body, nodes={node.id: renamed(node, names) for node in body.nodes.values()})
    if id in functions and functions[id] == Document.of(contents):
        return
    names[id] = free_id(id, functions, taken)
    if names[id] != id:  # one that contains itself keeps doing so
        contents = replace(
            contents, nodes={node.id: renamed(node, {id: names[id]}) for node in contents.nodes.values()}
        )
    yield AddFunction(names[id], contents)


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """Return a node that stands for the function that its function is called now."""
    function = function_of(node)
    if function is None or names.get(function, function) == function:
        return node
    return replace(node, type=PREFIX + names[function])


def free_id(stem: str, functions: Mapping[str, Document], taken: Container[str] = ()) -> str:
    """Return an id that no function has: `stem` itself, or with a number behind it."""
    stem = stem[: MAX_NAME - len(PREFIX) - 8]
    number, id = 1, stem
    while id in functions or id in taken:
        number += 1
        id = f"{stem}_{number}"
    return id
