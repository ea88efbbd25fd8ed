"""Walking the graph by keyboard: from node to node in reading order, along the wires, and from wire to wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studio.document.document import PortRef, Wire

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

#: Pixels within which nodes count as lying above each other.
_COLUMN: Final = 120.0


class Walking:
    """Moves the selection. Each step shows, and tells assistive tools, where it has led."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._came: tuple[str, bool] | None = None
        """The node from which the last step along a wire was made, and whether it led forward."""

    # ---------------------------------------------------------------------------------------------- node by node

    def step(self, by: int, *, extend: bool = False) -> None:
        """Go to the node or note `by` places further in reading order: column by column, from the top down.

        With `extend`, what was selected stays so.
        """
        ids = self._reading_order()
        if not ids:
            return
        chosen = self._view.selected_ids()
        here = next((id for id in reversed(chosen) if id in ids), None)
        place = (0 if by > 0 else len(ids) - 1) if here is None else (ids.index(here) + by) % len(ids)
        self._came = None
        self._arrive(ids[place], [*chosen, ids[place]] if extend else [ids[place]])

    def follow(self, *, forward: bool) -> None:
        """Follow the selected wire to its end, or back to where it begins; or a wire of the selected node."""
        if not self.to_end(forward=forward):
            self.along(forward=forward)

    def along(self, *, forward: bool) -> None:
        """Follow the first wire of the selected node: out of it, or back to where its first input comes from."""
        here = self._here()
        if here is None:
            self.step(1 if forward else -1)
            return
        beyond = self._beyond(here, forward)
        if beyond:
            self._came = here, forward
            self._arrive(beyond[0], [beyond[0]])

    def aside(self, by: int) -> None:
        """Go to another end of the wires along which the last step led; else to a neighbour in the column."""
        here = self._here()
        if here is None:
            self.step(by)
            return
        others = self._beyond(*self._came) if self._came is not None else []
        if here in others and len(others) > 1:
            there = others[(others.index(here) + by) % len(others)]
            self._arrive(there, [there])
        else:
            self.step(by)

    def _beyond(self, id: str, forward: bool) -> list[str]:
        """Return the nodes that a node leads to, or that lead to it, in the order of its ports."""
        item = self._view.canvas.node(id)
        document = self._view.canvas.document
        if item is None or id not in document.nodes:
            return []
        slots = [slot.name for slot in (item.face.outputs if forward else item.face.inputs)]
        wires = [w for w in document.wires_of(id) if (w.source.node if forward else w.target.node) == id]

        def rank(wire: Wire) -> tuple[int, float]:
            near, far = (wire.source, wire.target) if forward else (wire.target, wire.source)
            place = slots.index(near.port) if near.port in slots else len(slots)
            return place, document.nodes[far.node].position[1]

        return list(dict.fromkeys((w.target if forward else w.source).node for w in sorted(wires, key=rank)))

    def _reading_order(self) -> list[str]:
        scene = self._view.canvas
        places = {id: scene.position(id) for id in (*scene.document.nodes, *scene.document.notes)}
        return sorted(places, key=lambda id: (round(places[id][0] / _COLUMN), places[id][1], places[id][0]))

    def _here(self) -> str | None:
        nodes = [id for id in self._view.selected_ids() if id in self._view.canvas.document.nodes]
        return nodes[-1] if nodes else None

    def _arrive(self, id: str, chosen: list[str]) -> None:
        self._view.reveal(id)
        if len(chosen) > 1:
            self._view.canvas.select(list(dict.fromkeys(chosen)))

    # ---------------------------------------------------------------------------------------------- wire by wire

    def next_wire(self, by: int) -> None:
        """Select the next of the wires at the selected node; or of those at both ends of the selected wire."""
        document, scene = self._view.canvas.document, self._view.canvas
        wires = self._view.selected_wires()
        if wires:
            around = {w: None for end in (wires[0].source, wires[0].target) for w in document.wires_of(end.node)}
        else:
            around = dict.fromkeys(w for id in self._view.selected_ids() for w in document.wires_of(id))
        targets = sorted(w.target for w in around)
        if not targets:
            return
        place = (targets.index(wires[0].target) + by) % len(targets) if wires else (0 if by > 0 else len(targets) - 1)
        scene.settle()
        scene.select((), [targets[place]])
        self._show(targets[place])

    def to_end(self, *, forward: bool) -> bool:
        """Go from the selected wire to the node at its end, or to that where it begins; return whether there is one."""
        wires = self._view.selected_wires()
        if len(wires) != 1:
            return False
        node = wires[0].target.node if forward else wires[0].source.node
        self._arrive(node, [node])
        return True

    def _show(self, target: PortRef) -> None:
        strand = self._view.canvas.wires.strands().get(target)
        if strand is not None and not self._view.visible_area().contains(strand.path.boundingRect()):
            self._view.centerOn(strand.path.pointAtPercent(0.5))
