"""What an edit is about: the ids and the inputs whose items have to be brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from studio.document.document import PortRef, Wire
from studio.document.edits import (
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
    SetTitle,
)


class Touched:
    """The nodes and notes, the moved ones and the wires that an edit touches, each once.

    What became of them is read from the document: an edit is heard when all its parts are in force.
    """

    def __init__(self, edit: Edit) -> None:
        self.items: dict[str, None] = {}
        self.moved: dict[str, None] = {}
        self.wires: dict[PortRef, None] = {}
        for leaf in edit.leaves():
            if mark := _MARKS.get(type(leaf)):
                mark(self, leaf)

    def wire(self, wire: Wire) -> None:
        """Note a wire that came or went: the ports at both its ends change."""
        self.wires[wire.target] = None
        self.items[wire.source.node] = self.items[wire.target.node] = None


_MARKS: Final[dict[type, Callable[[Touched, Any], object]]] = {
    AddNode: lambda t, e: t.items.setdefault(e.node.id),
    RemoveNode: lambda t, e: t.items.setdefault(e.id),
    AddWire: lambda t, e: t.wire(e.wire),
    RemoveWire: lambda t, e: t.wire(e.wire),
    SetParams: lambda t, e: t.items.setdefault(e.node),
    SetTitle: lambda t, e: t.items.setdefault(e.node),
    SetMode: lambda t, e: t.items.update(dict.fromkeys(e.modes)),
    SetCollapsed: lambda t, e: t.items.update(dict.fromkeys(e.collapsed)),
    SetPicture: lambda t, e: t.items.update(dict.fromkeys(e.pictures)),
    Move: lambda t, e: t.moved.update(dict.fromkeys(e.positions)),
    AddNote: lambda t, e: t.items.setdefault(e.note.id),
    RemoveNote: lambda t, e: t.items.setdefault(e.id),
    SetNote: lambda t, e: t.items.setdefault(e.note.id),
}
