"""Edits: each changes a document in one way and knows its inverse. They know no view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, TypeVar

from engine.core.errors import InvalidArgumentError
from studio.document.document import Document, Node, Note, PortRef, Position, Wire, as_position, canonical, check_name
from studio.document.modes import Mode


class Edit(Protocol):
    """A change to a document."""

    @property
    def label(self) -> str:
        """What it does, untranslated, for the history and the menu."""

    @property
    def merge_key(self) -> object:
        """Consecutive edits with the same key (not None) become one step of the history.

        Only for edits that set the same things anew: the first inverse then takes all of them back, and the last
        edit makes all of them again.
        """

    def carry_out(self, document: Document) -> Edit:
        """Change `document` and return the inverse. Only `Document.apply` calls this."""

    def leaves(self) -> Iterator[Edit]:
        """Yield the simple edits it is made of."""


class _Simple:
    merge_key: object = None

    def leaves(self) -> Iterator[Any]:
        yield self


def _require(found: object, what: str, name: object) -> None:
    if not found:
        raise InvalidArgumentError("There is no {what} '{name}' in this document.", what=what, name=name)


def _require_new(document: Document, id: str) -> None:
    if document.has(id):
        raise InvalidArgumentError(
            "There is already a {what} '{node}' in this document.",
            what="node" if id in document.nodes else "note",
            node=id,
        )


def _require_free(document: Document, id: str) -> None:
    """Refuse a node that is not there, or that still has a wire."""
    _require(id in document.nodes, "node", id)
    if wire := next(document.wires_of(id), None):
        raise InvalidArgumentError(
            "The node '{node}' still has a wire to '{other}'.",
            node=id,
            other=wire.target.node if wire.source.node == id else wire.source.node,
        )


T = TypeVar("T")


def _insert(table: dict[str, T], id: str, value: T, index: int | None) -> None:
    table[id] = value
    if index is not None:
        for behind in list(table)[index:-1]:
            table[behind] = table.pop(behind)


def _take_out(table: dict[str, T], id: str) -> tuple[T, int | None]:
    """Return what was called `id`, and its place, None if it was the last."""
    index = None if next(reversed(table)) == id else list(table).index(id)
    return table.pop(id), index


@dataclass(frozen=True)
class AddNode(_Simple):
    """Put a node into the document: at place `index` of their order, or behind the others."""

    node: Node
    index: int | None = None
    label = "Add node"

    def carry_out(self, document: Document) -> Edit:
        _require_new(document, self.node.id)
        _insert(document._nodes, self.node.id, self.node, self.index)
        return RemoveNode(self.node.id)


@dataclass(frozen=True)
class RemoveNode(_Simple):
    """Take a node out; its wires must be gone. Use `remove` for both at once."""

    id: str
    label = "Delete node"

    def carry_out(self, document: Document) -> Edit:
        _require_free(document, self.id)
        return AddNode(*_take_out(document._nodes, self.id))


@dataclass(frozen=True)
class AddNodes(_Simple):
    """Put nodes into the document, each at its place in the order that they give, the first places first."""

    nodes: tuple[tuple[int, Node], ...]
    label = "Add nodes"

    def carry_out(self, document: Document) -> Edit:
        for _index, node in self.nodes:
            _require_new(document, node.id)
        order = list(document.nodes.values())
        for index, node in self.nodes:
            order.insert(index, node)
        document._nodes.clear()
        document._nodes.update((node.id, node) for node in order)
        return RemoveNodes(tuple(node.id for _index, node in self.nodes))

    def leaves(self) -> Iterator[Any]:
        for index, node in self.nodes:
            yield AddNode(node, index)


@dataclass(frozen=True)
class RemoveNodes(_Simple):
    """Take several nodes out at once: one by one, each would have to find its place again when it comes back."""

    ids: tuple[str, ...]
    label = "Delete nodes"

    def carry_out(self, document: Document) -> Edit:
        for id in self.ids:
            _require_free(document, id)
        ids = set(self.ids)
        taken = tuple((index, node) for index, node in enumerate(document.nodes.values()) if node.id in ids)
        for _index, node in taken:
            del document._nodes[node.id]
        return AddNodes(taken)

    def leaves(self) -> Iterator[Any]:
        for id in self.ids:
            yield RemoveNode(id)


@dataclass(frozen=True)
class AddWire(_Simple):
    """Join an output to an input that is free."""

    wire: Wire
    label = "Connect"

    def carry_out(self, document: Document) -> Edit:
        for end in (self.wire.source, self.wire.target):
            _require(end.node in document.nodes, "node", end.node)
            check_name(end.port, "port")
        if self.wire.target in document.wires:
            raise InvalidArgumentError(
                "The input '{port}' of '{node}' has a wire already.",
                port=self.wire.target.port,
                node=self.wire.target.node,
            )
        document._add_wire(self.wire)
        return RemoveWire(self.wire)


@dataclass(frozen=True)
class RemoveWire(_Simple):
    """Take a wire away."""

    wire: Wire
    label = "Disconnect"

    def carry_out(self, document: Document) -> Edit:
        _require(document.wires.get(self.wire.target) == self.wire, "wire", self.wire.target.port)
        document._remove_wire(self.wire)
        return AddWire(self.wire)


@dataclass(frozen=True)
class SetParams(_Simple):
    """Set parameters of a node; None as a mapping's value is a value, `UNSET` goes back to the default."""

    node: str
    values: Mapping[str, Any]
    label = "Change parameter"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", canonical(self.values))

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "params", self.node, frozenset(self.values)

    def carry_out(self, document: Document) -> Edit:
        _require(self.node in document.nodes, "node", self.node)
        for name in self.values:
            check_name(name, "parameter")
        node = document.nodes[self.node]
        before = {name: node.params.get(name, UNSET) for name in self.values}
        after = {**node.params, **self.values}
        document._nodes[self.node] = node.unchecked(params={k: v for k, v in after.items() if v is not UNSET})
        return SetParams(self.node, before)


class _Unset:
    def __repr__(self) -> str:
        return "UNSET"


UNSET = _Unset()


@dataclass(frozen=True)
class SetTitle(_Simple):
    """Rename a node; an empty title stands for the name of its type."""

    node: str
    title: str
    label = "Rename node"

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "title", self.node

    def carry_out(self, document: Document) -> Edit:
        _require(self.node in document.nodes, "node", self.node)
        check_name(self.title, "title")
        node = document.nodes[self.node]
        document._nodes[self.node] = node.unchecked(title=self.title)
        return SetTitle(self.node, node.title)


@dataclass(frozen=True)
class SetMode(_Simple):
    """Let nodes take part (""), pass their inputs on ("bypass") or be left out ("mute")."""

    modes: Mapping[str, Mode]
    label = "Change mode"

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "mode", frozenset(self.modes)

    def carry_out(self, document: Document) -> Edit:
        for id in self.modes:
            _require(id in document.nodes, "node", id)
        before = {id: document.nodes[id].mode for id in self.modes}
        for id, mode in self.modes.items():
            document._nodes[id] = document.nodes[id].unchecked(mode=mode)
        return SetMode(before)


@dataclass(frozen=True)
class SetCollapsed(_Simple):
    """Show of nodes nothing but their headers, or all again."""

    collapsed: Mapping[str, bool]
    label = "Collapse"

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "collapsed", frozenset(self.collapsed)

    def carry_out(self, document: Document) -> Edit:
        for id in self.collapsed:
            _require(id in document.nodes, "node", id)
        before = {id: document.nodes[id].collapsed for id in self.collapsed}
        for id, collapsed in self.collapsed.items():
            document._nodes[id] = document.nodes[id].unchecked(collapsed=collapsed)
        return SetCollapsed(before)


@dataclass(frozen=True)
class SetPicture(_Simple):
    """Show the values of nodes as something else: one of `PICTURES`."""

    pictures: Mapping[str, str]
    label = "Change picture"

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "picture", frozenset(self.pictures)

    def carry_out(self, document: Document) -> Edit:
        for id in self.pictures:
            _require(id in document.nodes, "node", id)
        before = {id: document.nodes[id].picture for id in self.pictures}
        for id, picture in self.pictures.items():
            document._nodes[id] = document.nodes[id].unchecked(picture=picture)
        return SetPicture(before)


@dataclass(frozen=True)
class Move(_Simple):
    """Put nodes and notes somewhere else."""

    positions: Mapping[str, Position]
    label = "Move"

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", {id: as_position(p) for id, p in self.positions.items()})

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "move", frozenset(self.positions)

    def carry_out(self, document: Document) -> Edit:
        before: dict[str, Position] = {}
        for id in self.positions:
            _require(id in document.nodes or id in document.notes, "node", id)
        for id, position in self.positions.items():
            if id in document.nodes:
                before[id] = document.nodes[id].position
                document._nodes[id] = document.nodes[id].at(position)
            else:
                before[id] = document.notes[id].position
                document._notes[id] = replace(document.notes[id], position=position)
        return Move(before)


@dataclass(frozen=True)
class AddNote(_Simple):
    """Put a note on the canvas: at place `index` of their order, or above the others."""

    note: Note
    index: int | None = None
    label = "Add note"

    def carry_out(self, document: Document) -> Edit:
        _require_new(document, self.note.id)
        _insert(document._notes, self.note.id, self.note, self.index)
        return RemoveNote(self.note.id)


@dataclass(frozen=True)
class RemoveNote(_Simple):
    """Take a note away."""

    id: str
    label = "Delete note"

    def carry_out(self, document: Document) -> Edit:
        _require(self.id in document.notes, "note", self.id)
        return AddNote(*_take_out(document._notes, self.id))


@dataclass(frozen=True)
class SetNote(_Simple):
    """Change the text, the size, the place or the colour of a note."""

    note: Note
    label = "Edit note"

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "note", self.note.id

    def carry_out(self, document: Document) -> Edit:
        _require(self.note.id in document.notes, "note", self.note.id)
        before = document.notes[self.note.id]
        document._notes[self.note.id] = self.note
        return SetNote(before)


@dataclass(frozen=True)
class SetSetting(_Simple):
    """Set something that belongs to the whole document, such as the seed or the mode of execution."""

    name: str
    value: Any
    label = "Change setting"

    def __post_init__(self) -> None:
        check_name(self.name, "setting")
        object.__setattr__(self, "value", canonical(self.value))

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        return "setting", self.name

    def carry_out(self, document: Document) -> Edit:
        before = document.settings.get(self.name, UNSET)
        if self.value is UNSET:
            document._settings.pop(self.name, None)
        else:
            document._settings[self.name] = self.value
        return SetSetting(self.name, before)


COSMETIC: Final = (SetTitle, SetCollapsed, SetPicture, Move, AddNote, RemoveNote, SetNote)
"""Edits after which every wire still carries what it carried."""


@dataclass(frozen=True)
class Compound:
    """Several edits as one step. If one of them does not fit, those before it are taken back."""

    label: str
    edits: tuple[Edit, ...]
    merge_key: object = field(default=None)

    def carry_out(self, document: Document) -> Edit:
        done: list[Edit] = []
        try:
            for edit in self.edits:
                done.append(edit.carry_out(document))
        except Exception:
            for inverse in reversed(done):
                inverse.carry_out(document)
            raise
        return Compound(self.label, tuple(reversed(done)), self.merge_key)

    def leaves(self) -> Iterator[Edit]:
        for edit in self.edits:
            yield from edit.leaves()


def remove(document: Document, ids: Iterable[str]) -> Compound:
    """Return the edit that deletes the nodes and notes called `ids`, wires included."""
    ids = set(ids)
    wires = dict.fromkeys(w for id in ids for w in document.wires_of(id))
    nodes = tuple(id for id in document.nodes if id in ids)
    # The last goes first, so that undo can append each instead of moving those behind it.
    notes = [id for id in reversed(tuple(document.notes)) if id in ids]
    return Compound(
        "Delete",
        (*map(RemoveWire, wires), *([RemoveNodes(nodes)] if nodes else []), *map(RemoveNote, notes)),
    )


def connect(document: Document, source: PortRef, target: PortRef) -> Edit:
    """Return the edit that wires `source` to `target` and takes away the wire that was there."""
    wire = Wire(source, target)
    if (old := document.wires.get(target)) is None:
        return AddWire(wire)
    return Compound("Connect", (RemoveWire(old), AddWire(wire)))
