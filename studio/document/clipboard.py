"""Nodes, notes and their wires as text, for copy and paste within a document, between documents and into a mail."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from engine.core.errors import DataLossError, InvalidArgumentError
from studio.document.document import MAX_NAME, Document, Node, Note, PortRef, Position, Wire
from studio.document.edits import AddNode, AddNote, AddWire, Compound
from studio.document.records import (
    Text,
    node_record,
    note_record,
    read_node,
    read_note,
    read_wire,
    wire_record,
    write,
)

VERSION: Final = 2
_NUMBER: Final = re.compile(r"_\d+$")


def copy(document: Document, ids: Iterable[str]) -> str:
    """Return the text of the nodes and notes called `ids`, the wires between them and those that come in.

    Raises
    ------
    InvalidArgumentError
        If a parameter holds what JSON cannot.
    """
    chosen = set(ids)
    nodes = [n for n in document.nodes.values() if n.id in chosen]
    wires = [w for n in nodes for w in document.wires_of(n.id) if w.target.node == n.id]
    return write(
        {"format": "trenza-nodes", "version": VERSION},
        {
            "nodes": [node_record(n) for n in nodes],
            "wires": [wire_record(w) for w in wires if w.source.node in chosen],
            "incoming": [wire_record(w) for w in wires if w.source.node not in chosen],
            "notes": [note_record(n) for n in document.notes.values() if n.id in chosen],
        },
    )


def is_graph(text: str) -> bool:
    """Return whether `text` looks like something `copy` made, without reading all of it."""
    return text.lstrip()[:40].replace(" ", "").replace("\n", "").startswith('{"format":"trenza-nodes"')


def paste(
    document: Document,
    text: str,
    *,
    at: Position | None = None,
    offset: Position = (0.0, 0.0),
    incoming: bool = False,
) -> tuple[Compound, list[str]]:
    """Return the edit that adds what `text` holds, under new ids, and those ids.

    Parameters
    ----------
    document
        Where it is to be added; it is not changed yet.
    text
        What `copy` returned.
    at
        Where the top left corner of the whole comes to lie; None leaves it where it was.
    offset
        Is added to all positions.
    incoming
        Whether the wires that came in from other nodes are made, too: those whose sources this document has.

    Raises
    ------
    InvalidArgumentError
        If the text is no graph.
    """
    nodes, wires, outer, notes = _read(text)
    names = _new_ids(document, [*(n.id for n in nodes), *(n.id for n in notes)])
    dx, dy = offset
    if at is not None:
        positions = [*(n.position for n in nodes), *(n.position for n in notes)]
        dx += at[0] - min(x for x, _ in positions)
        dy += at[1] - min(y for _, y in positions)

    def renamed(wire: Wire, source: PortRef) -> AddWire:
        return AddWire(Wire(source, PortRef(names[wire.target.node], wire.target.port)))

    added = Compound(
        "Paste",
        (
            *(AddNode(replace(n, id=names[n.id], position=(n.position[0] + dx, n.position[1] + dy))) for n in nodes),
            *(renamed(w, PortRef(names[w.source.node], w.source.port)) for w in wires),
            *(renamed(w, w.source) for w in outer if incoming and w.source.node in document.nodes),
            *(AddNote(replace(n, id=names[n.id], position=(n.position[0] + dx, n.position[1] + dy))) for n in notes),
        ),
    )
    return added, list(names.values())


def _read(text: str) -> tuple[list[Node], list[Wire], list[Wire], list[Note]]:
    """Return nodes, wires, incoming wires and notes, checked by building a document of them."""
    if not is_graph(text):
        raise InvalidArgumentError("The clipboard holds no nodes.", hint="Copy some nodes of a document first.")
    source = Text(text, "The clipboard")
    scratch = Document()
    outer: list[Wire] = []
    try:
        fields = source.parse()
        if fields.get("version") not in range(1, VERSION + 1):  # the first had no modes and no frames
            source.refuse(
                "{file} holds nodes of another version of Trenza.", hint="Copy them again, with the same version."
            )
        source.section(fields, "nodes", read_node, lambda node: scratch.apply(AddNode(node)))
        source.section(fields, "wires", read_wire, lambda wire: scratch.apply(AddWire(wire)))
        source.section(fields, "notes", read_note, lambda note: scratch.apply(AddNote(note)))
        source.section(fields, "incoming", read_wire, lambda wire: outer.append(_incoming(wire, scratch, outer)))
    except DataLossError as error:
        raise InvalidArgumentError(error.template, hint=error.hint, **error.facts) from error
    if not scratch.nodes and not scratch.notes:
        raise InvalidArgumentError("The clipboard holds no nodes.", hint="Copy some nodes of a document first.")
    return list(scratch.nodes.values()), list(scratch.wires.values()), outer, list(scratch.notes.values())


def _incoming(wire: Wire, scratch: Document, others: Collection[Wire]) -> Wire:
    if wire.target.node not in scratch.nodes:
        raise InvalidArgumentError("There is no {what} '{name}' in this text.", what="node", name=wire.target.node)
    if wire.target in scratch.wires or any(w.target == wire.target for w in others):
        raise InvalidArgumentError(
            "The input '{port}' of '{node}' has a wire already.", port=wire.target.port, node=wire.target.node
        )
    return wire


def _new_ids(document: Document, ids: list[str]) -> dict[str, str]:
    """Return a free id for each of `ids`: its stem with the first number that is free."""
    names: dict[str, str] = {}
    next_number: dict[str, int] = {}
    taken: set[str] = set()
    for id in ids:
        stem = (_NUMBER.sub("", id) or id)[: MAX_NAME - 12]
        name, number = stem, next_number.get(stem, 2)
        while name in taken or document.has(name):
            name, number = f"{stem}_{number}", number + 1
        next_number[stem] = number
        taken.add(name)
        names[id] = name
    return names
