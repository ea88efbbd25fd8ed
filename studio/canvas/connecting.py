"""Connecting by keyboard: a list of the ports that a node could be wired to, what fits first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint

from studio.canvas.wiring import Wiring
from studio.document.document import PortRef, Wire
from studio.document.fixes import alike
from studio.ui.i18n import N_, _, describe
from studio.ui.shapes import spec_text
from studio.ui.widgets.chooser import Chooser, Entry

if TYPE_CHECKING:
    from studio.canvas.node_item import NodeItem
    from studio.canvas.view import CanvasView

#: Ports that are tried, the nearest first; those beyond are listed untried.
_TRIED: Final = 80
#: And as many are listed: a search among more is one for the node itself.
_MOST: Final = 400


class Connecting(QObject):
    """Asks for the other end of a wire.

    Parameters
    ----------
    view
        The canvas. The list floats over its window.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._chooser: Chooser | None = None
        self._wires: dict[str, Wire] = {}

    def ask(self, *, from_here: bool) -> None:
        """List where the selected node could lead to, or what could lead to it."""
        view = self._view
        view.canvas.settle()
        nodes = [id for id in view.selected_ids() if view.canvas.node(id) is not None]
        item = view.canvas.node(nodes[-1]) if nodes else None
        if item is None:
            return
        entries = list(self._entries(item, from_here))
        chooser = self._open_chooser()
        chooser.field.set_placeholder(N_("Connect to…") if from_here else N_("Connect from…"))
        chooser.offer(entries)
        at = view.mapFromScene(item.body().bottomLeft()) + QPoint(0, 8)
        chooser.open_at(view.viewport().mapTo(view.window(), at))

    def close(self) -> None:
        """Take the list away: it belongs to the window, which lives longer than the view."""
        if self._chooser is not None:
            self._chooser.close()
            self._chooser.deleteLater()
            self._chooser = None

    def _open_chooser(self) -> Chooser:
        if self._chooser is None:
            self._chooser = Chooser(N_("Connect to…"), self._view, width=480)
            self._chooser.setObjectName("connect")
            self._chooser.chosen.connect(self._connect)
            self._chooser.closed.connect(self._view.setFocus)
        return self._chooser

    def _entries(self, item: NodeItem, from_here: bool) -> Iterator[Entry]:
        """Yield an entry for each wire that could be made, the best first, and remember the wires by their keys."""
        scene, trials = self._view.canvas, self._view.trials
        specs = scene.status.specs
        self._wires = {}
        wires = sorted(self._possible(item, from_here), key=self._distance)[:_MOST]
        for number, wire in enumerate(wires):
            objection = trials.objection(scene.document, specs, wire) if number < _TRIED else None
            taken = wire.target in scene.document.wires
            near, far = (wire.source, wire.target) if from_here else (wire.target, wire.source)
            other = scene.node(far.node)
            slot = other.face.slot(far.port, is_input=from_here) if other is not None else None
            own = item.face.slot(near.port, is_input=not from_here)
            several = len(item.face.outputs if from_here else item.face.inputs) > 1
            title = f"{scene.title(far.node)} · {slot.label if slot is not None else far.port}"
            if several and own is not None:
                title = f"{own.label} → {title}" if from_here else f"{own.label} ← {title}"
            spec = specs.get(wire.source)
            detail = spec_text(spec, scene.dimensions_of(wire.source)) if spec is not None and number < _TRIED else ""
            if objection is not None:
                detail = describe(objection)
            elif taken:
                detail = _("takes the place of a wire") + (f" · {detail}" if detail else "")
            key = str(number)
            self._wires[key] = wire
            bonus = 0.0 if objection is not None else 0.4 if taken else 0.8
            bonus += 0.2 if alike(wire) else 0.0
            bonus += 0.0 if from_here or self._leads(wire.source) else 0.1  # what leads nowhere waits for this
            kind = scene.node_type(far.node)
            yield Entry(
                key,
                title,
                detail,
                category=kind.category if kind is not None else "",
                bonus=bonus - number / 10_000,
            )

    def _possible(self, item: NodeItem, from_here: bool) -> Iterator[Wire]:
        """Yield the wires that lead in no circle and carry what they may."""
        scene = self._view.canvas
        for slot in item.face.outputs if from_here else item.face.inputs:
            end = PortRef(item.id, slot.name)
            wiring = Wiring(scene.document, scene.node_type, end, not from_here)
            for id in scene.document.nodes:
                other = scene.node(id)
                if other is None or id == item.id:
                    continue
                for there in other.face.inputs if from_here else other.face.outputs:
                    if wiring.takes(id, there):
                        far = PortRef(id, there.name)
                        wire = Wire(end, far) if from_here else Wire(far, end)
                        if scene.document.wires.get(wire.target) != wire:
                            yield wire

    def _leads(self, source: PortRef) -> bool:
        """Return whether a wire begins at an output."""
        return any(w.source == source for w in self._view.canvas.document.wires_of(source.node))

    def _distance(self, wire: Wire) -> float:
        nodes = self._view.canvas.document.nodes
        (x1, y1), (x2, y2) = nodes[wire.source.node].position, nodes[wire.target.node].position
        return abs(x2 - x1) + abs(y2 - y1) + (10_000.0 if x2 < x1 else 0.0)  # wires lead to the right

    def _connect(self, key: str) -> None:
        wire, view = self._wires[key], self._view
        document = view.canvas.document
        if any(ref.node not in document.nodes for ref in (wire.source, wire.target)):
            return
        objection = view.trials.objection(document, view.canvas.status.specs, wire)
        if objection is not None and wire.source in view.canvas.status.specs:
            end = view.canvas.node(wire.target.node)
            at = end.port_position(wire.target.port, is_input=True) if end is not None else view.visible_area().center()
            view.offer_conversion(wire, objection, view.mapFromScene(at) + QPoint(12, 12))
            return
        view.connect_wire(wire)
        view.history.seal()
