"""The document: nodes, wires, notes and settings, and who is told when they change."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.core.dtype import DType
from engine.core.errors import InvalidArgumentError
from studio.document.modes import Mode

if TYPE_CHECKING:
    from studio.document.edits import Edit

Position = tuple[float, float]

PICTURES: Final = ("", "image", "heat", "curve", "histogram", "number", "none")
"""How a node may show its value: "" leaves that to its shape."""

MAX_NAME: Final = 200
"""Longest id, type, title, port or parameter name, in characters: what is longer is a mistake or an attack."""


def check_name(name: str, what: str) -> None:
    """Raise `InvalidArgumentError` if `name` is too long to be the name of a `what`."""
    if len(name) > MAX_NAME:
        raise InvalidArgumentError(
            "The {what} '{start}…' is {length} characters long.",
            hint="A name takes {limit} at most.",
            what=what,
            start=name[:40],
            length=len(name),
            limit=MAX_NAME,
        )


def canonical(value: Any) -> Any:
    """Return `value` as a document keeps it: what JSON can hold, with tuples for lists.

    So a value equals itself after it was saved and loaded, and nobody can change it from outside.

    Examples
    --------
    >>> canonical([1, [2.5, None]])
    (1, (2.5, None))
    """
    if isinstance(value, list | tuple):
        return tuple(canonical(v) for v in value)
    if isinstance(value, Mapping):
        return {str(k): canonical(v) for k, v in value.items()}
    if isinstance(value, DType):
        return value.name
    if isinstance(value, np.ndarray | np.generic):
        return canonical(value.tolist())
    return value


def same(a: Any, b: Any) -> bool:
    """Return whether two values, nodes or edits are equal to the letter.

    Examples
    --------
    >>> 1 == 1.0 == True, same(1, 1.0), same((1, "a"), (1, "a"))
    (True, False, True)
    """
    return a is b or (a == b and repr(a) == repr(b))


def as_position(value: Position) -> Position:
    """Return `value` as two floats: equal positions are written alike."""
    x, y = value
    return float(x), float(y)


@dataclass(frozen=True, slots=True)
class Node:
    """A node: what it is, what it was told, where it lies, and whether it takes part.

    `params` holds what the user set, in `canonical` form; the type's defaults stand for the others. Positions are
    scene coordinates of the top left corner, in pixels at 100 %. `mode` is one of `studio.document.modes`, `picture` of
    `PICTURES`: as what the node shows its value.
    """

    id: str
    type: str
    params: Mapping[str, Any] = field(default_factory=dict)
    position: Position = (0.0, 0.0)
    title: str = ""
    mode: Mode = ""
    collapsed: bool = False
    picture: str = ""

    def __post_init__(self) -> None:
        check_name(self.id, "node")
        check_name(self.type, "type")
        check_name(self.title, "title")
        for name in self.params:
            check_name(name, "parameter")
        object.__setattr__(self, "params", canonical(self.params))
        object.__setattr__(self, "position", as_position(self.position))

    def at(self, position: Position) -> Node:
        """Return the node somewhere else. Nothing is checked again: a layout moves thousands of nodes at once."""
        return self.unchecked(position=position)

    def unchecked(self, **others: Any) -> Node:
        """Return the node with other values in some fields, which are in their final form: nothing is checked again."""
        copy: Node = object.__new__(Node)
        for name in Node.__slots__:
            object.__setattr__(copy, name, others.get(name, getattr(self, name)))
        return copy


@dataclass(frozen=True, slots=True, order=True)
class PortRef:
    """A port of a node. Whether it is an input or an output follows from where it is used."""

    node: str
    port: str


@dataclass(frozen=True, slots=True, order=True)
class Wire:
    """A wire from an output to an input."""

    source: PortRef
    target: PortRef


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the canvas, in Markdown; or a frame around nodes, of which the text is the title.

    `colour` is a category of nodes, whose colour it has, or "" for that of notes. What lies within a frame belongs
    to it.
    """

    id: str
    text: str
    position: Position = (0.0, 0.0)
    size: tuple[float, float] = (240.0, 120.0)
    colour: str = ""
    frame: bool = False

    def __post_init__(self) -> None:
        check_name(self.id, "note")
        check_name(self.colour, "colour")
        object.__setattr__(self, "position", as_position(self.position))
        object.__setattr__(self, "size", as_position(self.size))


@dataclass(frozen=True)
class Contents:
    """What a document holds at a moment. Taking it is quick, and it can be written while the document changes."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    wires: Mapping[PortRef, Wire] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Contents] = field(default_factory=dict)


class Document:
    """Nodes, wires, notes and settings, with listeners that hear of each edit once.

    It is changed by `apply` alone. `nodes`, `wires` and `notes` are read-only views in the order of insertion; a
    wire is found by its target, since an input takes one. `functions` are the graphs that nodes may stand for: each
    is a document, too, which holds no functions of its own and is changed by edits `Within` it.

    Examples
    --------
    >>> from studio.document.edits import AddNode
    >>> document = Document()
    >>> undo = document.apply(AddNode(Node("a", "op.add")))
    >>> list(document.nodes), list((document.apply(undo), document)[1].nodes)
    (['a'], [])
    """

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._wires: dict[PortRef, Wire] = {}
        self._notes: dict[str, Note] = {}
        self._settings: dict[str, Any] = {}
        self._functions: dict[str, Document] = {}
        self._ends: dict[str, dict[Wire, None]] = {}  # the wires of each node that has any
        self._listeners: list[Callable[[Edit], None]] = []
        self.nodes: Mapping[str, Node] = MappingProxyType(self._nodes)
        self.wires: Mapping[PortRef, Wire] = MappingProxyType(self._wires)
        self.notes: Mapping[str, Note] = MappingProxyType(self._notes)
        self.settings: Mapping[str, Any] = MappingProxyType(self._settings)
        self.functions: Mapping[str, Document] = MappingProxyType(self._functions)

    @classmethod
    def of(cls, contents: Contents) -> Document:
        """Return a document with these contents, which were a document's before."""
        document = cls()
        document._nodes.update(contents.nodes)
        document._notes.update(contents.notes)
        document._settings.update(contents.settings)
        for wire in contents.wires.values():
            document._add_wire(wire)
        document._functions.update((id, cls.of(body)) for id, body in contents.functions.items())
        return document

    def contents(self) -> Contents:
        """Return what it holds now, which stays as it is."""
        functions = {id: body.contents() for id, body in self._functions.items()}
        return Contents(dict(self._nodes), dict(self._wires), dict(self._notes), dict(self._settings), functions)

    def apply(self, edit: Edit) -> Edit:
        """Carry out `edit`, tell the listeners, and return the edit that takes it back.

        Raises
        ------
        InvalidArgumentError
            If it does not fit, such as a wire to a node that is not there; the document is unchanged then.
        """
        inverse = edit.carry_out(self)
        for listener in tuple(self._listeners):
            listener(edit)
        return inverse

    def subscribe(self, listener: Callable[[Edit], None]) -> Callable[[], None]:
        """Call `listener` with every edit from now on; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def wires_of(self, node: str) -> Iterator[Wire]:
        """Yield the wires that begin or end at `node`."""
        return iter(self._ends.get(node, ()))

    def inputs_of(self, node: str) -> dict[str, PortRef]:
        """Return the source of each wired input of `node`, by the input's name."""
        return {w.target.port: w.source for w in self._ends.get(node, ()) if w.target.node == node}

    def new_id(self, stem: str, taken: Container[str] = ()) -> str:
        """Return an id that no node and no note has: `stem` itself, or with a number behind it.

        Nor is it among `taken`: those that nodes will have that are about to be added.
        """
        if not self.has(stem) and stem not in taken:
            return stem
        number = 2
        while self.has(f"{stem}_{number}") or f"{stem}_{number}" in taken:
            number += 1
        return f"{stem}_{number}"

    def has(self, id: str) -> bool:
        """Return whether a node or a note is called `id`; they share one space of names."""
        return id in self._nodes or id in self._notes

    def _add_wire(self, wire: Wire) -> None:
        self._wires[wire.target] = wire
        for node in (wire.source.node, wire.target.node):
            self._ends.setdefault(node, {})[wire] = None

    def _remove_wire(self, wire: Wire) -> None:
        del self._wires[wire.target]
        for node in {wire.source.node, wire.target.node}:
            del self._ends[node][wire]
            if not self._ends[node]:
                del self._ends[node]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return (
            self._nodes == other._nodes
            and self._wires == other._wires
            and self._notes == other._notes
            and self._settings == other._settings
            and self._functions == other._functions
        )

    __hash__ = None  # type: ignore[assignment]  # it changes
