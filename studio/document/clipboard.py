"""Nodes, notes and their wires as text, for copy and paste within a document, between documents and into a mail."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from engine.core.errors import DataLossError, InvalidArgumentError
from studio.document.adopt import adopt, renamed
from studio.document.document import MAX_NAME, Contents, Document, PortRef, Position, Wire
from studio.document.edits import AddNode, AddNote, AddWire, Compound
from studio.document.file import VERSION, Writer, read_graphs
from studio.document.function import contained, function_of
from studio.document.migrations import migrated
from studio.document.records import Text, line, read_wire, wire_record, write_lines

_NUMBER: Final = re.compile(r"_\d+$")


def copy(document: Document, ids: Iterable[str], functions: Mapping[str, Document] | None = None) -> str:
    """Return the text of the nodes and notes called `ids`, the wires between them and those that come in.

    The functions that they stand for come along; they are looked up in `functions`, those of the document if not given.

    Raises
    ------
    InvalidArgumentError
        If a parameter holds what JSON cannot.
    """
    chosen = set(ids)
    nodes = [n for n in document.nodes.values() if n.id in chosen]
    wires = [w for n in nodes for w in document.wires_of(n.id) if w.target.node == n.id]
    notes = [n for n in document.notes.values() if n.id in chosen]
    known = document.functions if functions is None else functions
    meant = contained(known, [f for n in nodes if (f := function_of(n)) is not None])
    copied = Contents(
        {n.id: n for n in nodes},
        {w.target: w for w in wires if w.source.node in chosen},
        {n.id: n for n in notes},
        functions={id: known[id].contents() for id in meant if id in known},
    )
    incoming = [line(wire_record(w), w.target.node) for w in wires if w.source.node not in chosen]
    return write_lines(
        {"format": "trenza-nodes", "version": VERSION}, {**Writer().sections(copied), "incoming": incoming}
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
    functions: Mapping[str, Document] | None = None,
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
    functions
        Those that its document has, to which those of the text are added; of `document` itself if not given.

    Raises
    ------
    InvalidArgumentError
        If the text is no graph.
    """
    pasted, outer = _read(text)
    added_functions, called = adopt(document.functions if functions is None else functions, pasted.functions)
    nodes = [renamed(node, called) for node in pasted.nodes.values()]
    wires, notes = pasted.wires.values(), pasted.notes.values()
    names = _new_ids(document, [*(n.id for n in nodes), *(n.id for n in notes)])
    dx, dy = offset
    if at is not None:
        positions = [*(n.position for n in nodes), *(n.position for n in notes)]
        dx += at[0] - min(x for x, _ in positions)
        dy += at[1] - min(y for _, y in positions)

    def led(wire: Wire, source: PortRef) -> AddWire:
        return AddWire(Wire(source, PortRef(names[wire.target.node], wire.target.port)))

    added = Compound(
        "Paste",
        (
            *added_functions,
            *(AddNode(replace(n, id=names[n.id], position=(n.position[0] + dx, n.position[1] + dy))) for n in nodes),
            *(led(w, PortRef(names[w.source.node], w.source.port)) for w in wires),
            *(led(w, w.source) for w in outer if incoming and w.source.node in document.nodes),
            *(AddNote(replace(n, id=names[n.id], position=(n.position[0] + dx, n.position[1] + dy))) for n in notes),
        ),
    )
    return added, list(names.values())


def _read(text: str) -> tuple[Document, list[Wire]]:
    """Return nodes, wires, notes and functions, checked by building a document of them, and the incoming wires."""
    if not is_graph(text):
        raise InvalidArgumentError("The clipboard holds no nodes.", hint="Copy some nodes of a document first.")
    source = Text(text, "The clipboard")
    scratch = Document()
    outer: list[Wire] = []
    try:
        fields = source.parse()
        version = fields.get("version")
        if not isinstance(version, int) or version not in range(1, VERSION + 1):  # they are those of files
            source.refuse(
                "{file} holds nodes of another version of Trenza.", hint="Copy them again, with the same version."
            )
        fields = migrated(fields, version, VERSION)
        read_graphs(source, fields, scratch)
        source.section(fields, "incoming", lambda r: outer.append(_incoming(read_wire(r), scratch, outer)))
    except DataLossError as error:
        raise InvalidArgumentError(error.template, hint=error.hint, **error.facts) from error
    if not scratch.nodes and not scratch.notes:
        raise InvalidArgumentError("The clipboard holds no nodes.", hint="Copy some nodes of a document first.")
    return scratch, outer


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
