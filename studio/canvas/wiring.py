"""What a wire may be plugged into, and the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.core.errors import EngineError
from studio.canvas.ports import Slot
from studio.document.document import Document, PortRef, Wire
from studio.document.nodetype import NodeType
from studio.ui.i18n import _


class Wiring:
    """The rules for the loose end of a wire whose other end is fixed.

    Parameters
    ----------
    document
        The document.
    node_type
        Gives the type of a node, or None.
    end, is_input
        The fixed end, and whether that is an input.
    old
        The wire whose end was taken off, which no longer counts.
    objection
        Tells why a wire would not fit as it is, None if it would or nobody knows.
    """

    def __init__(
        self,
        document: Document,
        node_type: Callable[[str], NodeType | None],
        end: PortRef,
        is_input: bool,
        old: Wire | None = None,
        objection: Callable[[Wire], EngineError | None] = lambda _wire: None,
    ) -> None:
        self.end = end
        self.is_input = is_input
        self._old = old
        self._objection = objection
        self._objections: dict[Wire, EngineError | None] = {}
        self._control = is_control(node_type(end.node), end.port, is_input=is_input)
        walk = self._targets if is_input else self._sources
        self._beyond = _closure(end.node, lambda id: walk(document, id))

    def takes(self, id: str, slot: Slot) -> bool:
        """Return whether the loose end may be plugged into `slot` of node `id`."""
        return not self.refusal(id, slot)

    def refusal(self, id: str, slot: Slot) -> str:
        """Return why the loose end may not be plugged into `slot` of node `id`, "" if it may."""
        if slot.is_input == self.is_input:
            if self.is_input:
                return _("An input takes its value from an output, not from another input.")
            return _("An output leads to an input, not to another output.")
        if id == self.end.node:
            return _("A node cannot feed itself.")
        if id in self._beyond:
            return _("This would close a circle: a value cannot depend on itself.")
        if slot.port is None:
            return _("This node has no such port any more.")
        if slot.port.control != self._control:
            return _("Control wires and tensors do not mix.")
        return ""

    def objection(self, id: str, slot: Slot) -> EngineError | None:
        """Return why what the wire would bring does not fit, though it may be plugged in; None if it does."""
        wire = self.wire_to(id, slot)
        if wire not in self._objections:  # ports are asked at each repaint
            self._objections[wire] = self._objection(wire)
        return self._objections[wire]

    def fits(self, id: str, slot: Slot) -> bool:
        """Return whether the loose end may be plugged into `slot` of node `id`, and what it brings works there."""
        return self.takes(id, slot) and self.objection(id, slot) is None

    def wire_to(self, id: str, slot: Slot) -> Wire:
        """Return the wire that plugging into `slot` of node `id` makes."""
        loose = PortRef(id, slot.name)
        return Wire(loose, self.end) if self.is_input else Wire(self.end, loose)

    def _sources(self, document: Document, id: str) -> Iterable[str]:
        return (w.source.node for w in document.wires_of(id) if w.target.node == id and w != self._old)

    def _targets(self, document: Document, id: str) -> Iterable[str]:
        return (w.target.node for w in document.wires_of(id) if w.source.node == id and w != self._old)


def is_control(node_type: NodeType | None, port: str, *, is_input: bool) -> bool:
    """Return whether a port carries an order of execution instead of a tensor."""
    if node_type is None:
        return False
    declared = node_type.input(port) if is_input else node_type.output(port)
    return declared is not None and declared.control


def fits(node_type: NodeType, control: bool, *, to_input: bool) -> bool:
    """Return whether a node of this type has a port for a wire that needs an input (or, else, an output)."""
    return any(p.control == control for p in (node_type.inputs if to_input else node_type.outputs))


def _closure(start: str, following: Callable[[str], Iterable[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        for id in following(ahead.pop()):
            if id not in reached:
                reached.add(id)
                ahead.append(id)
    return reached
