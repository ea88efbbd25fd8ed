"""Putting things in order: align, spread out, lay out, straighten, frame, collapse, bypass and mute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF

from studio.canvas.glide import Glide
from studio.canvas.metrics import BARE_SIZE, GRID
from studio.canvas.snapping import Snapping
from studio.document.align import align, distribute, straightening, to_grid
from studio.document.box import Box, bounds_of
from studio.document.document import Node, Note, PortRef, Position, Wire
from studio.document.edits import AddNode, AddNote, Compound, Edit, Move, SetCollapsed, SetMode, SetNote, SetPicture
from studio.document.lanes import Lanes
from studio.document.layout import Frame, Link, arranging
from studio.document.layout.arrangement import FRAME_HEAD, FRAME_PAD
from studio.document.modes import Mode, passed_on
from studio.document.reroute import REROUTE, REROUTE_TYPE
from studio.document.splice import splice
from studio.document.suggest import Passage
from studio.document.wiring_errors import not_passing
from studio.document.work import Work
from studio.ui.work_run import WorkRun

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

_PORTION: Final = 100
"""So many nodes or wires are looked at before the event loop may turn."""
_POINTS: Final = 40
"""So many points of a wire are looked at to see what it runs over."""
_FRAME_SIZE: Final = (360.0, 240.0)


class Arranging(QObject):
    """What menus and shortcuts can do to the places and the states of what is selected.

    Parameters
    ----------
    view
        The canvas. Its history takes each command as one step.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.snapping = Snapping()
        self.glide = Glide(view)
        self.run = WorkRun(self)

    # ------------------------------------------------------------------------------------------------ places

    def align(self, way: str) -> None:
        """Align what is selected within its bounds: "left", "center", "right", "top", "middle" or "bottom"."""
        self._move("Align", align(self._chosen(), way))

    def distribute(self, *, vertical: bool) -> None:
        """Make the gaps between the selected ones equal."""
        self._move("Distribute", distribute(self._chosen(), vertical=vertical))

    def to_grid(self) -> None:
        """Put what is selected, or everything, on the points of the grid."""
        self._move("Move to the grid", to_grid(self._chosen() or self._all(), GRID))

    def straighten(self) -> None:
        """Move the selected nodes, or all, up or down until their wires run level."""
        self.stop()
        self._view.canvas.settle()
        self.run.begin(self._straightening(), lambda found: self._move("Straighten the wires", found))

    def _straightening(self) -> Work[dict[str, Position]]:
        boxes = yield from self._gathered()
        wanted = [id for id in self._view.selected_ids() if id in boxes] or list(boxes)
        links = yield from self._links(boxes)
        return (yield from straightening(boxes, links, wanted))

    def tidy(self) -> None:
        """Lead the wires that are selected, those of the selected nodes, or all, around the nodes they run over."""
        self.stop()
        self._view.canvas.settle()
        canvas, document = self._view.canvas, self._view.canvas.document
        chosen = dict.fromkeys(canvas.wires.selected)
        chosen.update((w.target, None) for id in self._view.selected_ids() for w in document.wires_of(id))
        self.run.begin(self._tidying(sorted(chosen or document.wires)), self._make_tidy)

    def _tidying(self, targets: Sequence[PortRef]) -> Work[list[Edit]]:
        """Return the edits that lead wires around nodes; yield after each part of the work."""
        canvas, document = self._view.canvas, self._view.canvas.document
        boxes = yield from self._gathered()
        for item in canvas.frames():
            title = item.title_area()
            boxes[item.id] = Box(title.x(), title.y(), title.width(), title.height())
        lanes = Lanes(boxes)
        edits: list[Edit] = []
        taken: set[str] = set()
        for target in targets:
            strand = canvas.wires.strands().get(target)
            if strand is None:
                continue
            path = [(p.x(), p.y()) for p in (strand.path.pointAtPercent(i / _POINTS) for i in range(_POINTS + 1))]
            chain = []
            for x, y in lanes.around(path, (strand.wire.source.node, target.node)):
                id = document.new_id("reroute", taken)
                taken.add(id)
                corner = (x - BARE_SIZE[0] / 2, y - BARE_SIZE[1] / 2)
                edits.append(AddNode(Node(id, REROUTE, position=corner)))
                chain.append((id, Passage(REROUTE_TYPE.inputs[0].name, REROUTE_TYPE.outputs[0].name)))
            if chain:
                edits += splice(document, strand.wire, chain)
            yield
        return edits

    def _make_tidy(self, edits: Sequence[Edit]) -> None:
        if edits:
            self._view.do(Compound("Lead wires around nodes", tuple(edits)))
            self._view.history.seal()

    def lay_out(self) -> None:
        """Lay the selected nodes out, or, with one or none, everything."""
        self.stop()
        self._view.canvas.settle()
        chosen = [id for id in self._view.selected_ids() if self._view.canvas.node(id) is not None]
        self.run.begin(self._laying_out(chosen if len(chosen) > 1 else ()), self._on_layout)

    def _laying_out(self, chosen: Sequence[str]) -> Work[dict[str, Box]]:
        boxes = yield from self._gathered()
        frames = [] if chosen else self._frames()
        if chosen:
            boxes = {id: boxes[id] for id in chosen if id in boxes}
        links = yield from self._links(boxes)
        found = yield from arranging(boxes, links, frames)
        yield
        for place, (id, box) in enumerate(found.items()):  # on whole pixels: texts stay crisp and files read well
            found[id] = Box(float(round(box.x)), float(round(box.y)), box.width, box.height)
            if place % _PORTION == 0:
                yield
        return found

    def _gathered(self) -> Work[dict[str, Box]]:
        """Return where the nodes lie; yield after each part of the work."""
        canvas = self._view.canvas
        boxes: dict[str, Box] = {}
        for place, id in enumerate(list(canvas.document.nodes)):
            if id in canvas.items_by_id:
                boxes[id] = canvas.box(id)
            if place % _PORTION == 0:
                yield
        return boxes

    def stop(self) -> bool:
        """Give up a layout that is being worked out, let what moves arrive; return whether there was one."""
        was_busy = self.run.busy or self.glide.busy
        self.run.cancel()
        self.glide.arrive()
        return was_busy

    def _on_layout(self, found: Mapping[str, Box]) -> None:
        document = self._view.canvas.document
        sizes = [
            SetNote(replace(note, position=(box.x, box.y), size=(box.width, box.height)))
            for id, box in found.items()
            if (note := document.notes.get(id)) is not None and note.frame
        ]
        self._move("Lay out", {id: (b.x, b.y) for id, b in found.items() if id in document.nodes}, sizes)

    def _move(self, label: str, positions: Mapping[str, Position], others: Iterable[Edit] = ()) -> None:
        """Let things glide to other places, as one step of this name."""
        document = self._view.canvas.document
        here = {id: p for id, p in positions.items() if document.has(id)}
        changed = {id: p for id, p in here.items() if p != self._view.canvas.position(id)}
        if changed:
            self.glide.begin(Compound(label, (*others, Move(changed))), changed)

    def _chosen(self) -> dict[str, Box]:
        self.stop()
        self._view.canvas.settle()
        return {id: self._view.canvas.box(id) for id in self._view.selected_ids()}

    def _all(self) -> dict[str, Box]:
        return {id: self._view.canvas.box(id) for id in self._view.canvas.items_by_id}

    def _links(self, boxes: Mapping[str, Box]) -> Work[list[Link]]:
        """Return the wires among nodes, with the heights of their ports; yield after each part of the work."""
        links: list[Link] = []
        for place, wire in enumerate(list(self._view.canvas.document.wires.values())):
            if (link := self._link(wire, boxes)) is not None:
                links.append(link)
            if place % _PORTION == 0:
                yield
        return links

    def _link(self, wire: Wire, boxes: Mapping[str, Box]) -> Link | None:
        canvas = self._view.canvas
        source, target = canvas.node(wire.source.node), canvas.node(wire.target.node)
        if source is None or target is None or source.id not in boxes or target.id not in boxes:
            return None
        leaves, arrives = (
            source.face.slot(wire.source.port, is_input=False),
            target.face.slot(wire.target.port, is_input=True),
        )
        return Link(
            source.id,
            leaves.y if leaves else source.face.height / 2,
            target.id,
            arrives.y if arrives else target.face.height / 2,
        )

    def _frames(self) -> list[Frame]:
        """Return the frames with what lies in each, the inner ones first; a node is in the smallest one."""
        canvas = self._view.canvas
        taken: set[str] = set()
        found: list[Frame] = []
        for item in canvas.frames():
            inside = [id for id in canvas.contents(item.id) if id not in taken]
            members = tuple(id for id in inside if canvas.node(id) is not None or id in {f.id for f in found})
            taken.update(members)
            if members:
                found.append(Frame(item.id, members))
        return found

    # ------------------------------------------------------------------------------------------------ frames

    def frame_selection(self) -> None:
        """Put a frame around what is selected, or an empty one where the user looks, and let its title be written."""
        view, document = self._view, self._view.canvas.document
        chosen = self._chosen()
        if chosen:
            inner = bounds_of(chosen.values())
            corner = (inner.x - FRAME_PAD, inner.y - FRAME_HEAD)
            size = (inner.width + 2 * FRAME_PAD, inner.height + FRAME_HEAD + FRAME_PAD)
        else:
            middle = view.visible_area().center() - QPointF(*_FRAME_SIZE) / 2
            corner, size = (float(round(middle.x())), float(round(middle.y()))), _FRAME_SIZE
        note = Note(document.new_id("frame"), "", corner, size, "layer", frame=True)
        view.do(Compound("Add frame", (AddNote(note),)))
        view.canvas.select([note.id])
        view.edit_text(note.id)

    def colour(self, token: str) -> None:
        """Give the selected notes and frames a colour."""
        notes = self._view.canvas.document.notes
        chosen = [notes[id] for id in self._view.selected_ids() if id in notes]
        self._view.do(Compound("Change colour", tuple(SetNote(replace(note, colour=token)) for note in chosen)))
        self._view.history.seal()

    # ------------------------------------------------------------------------------------------------- states

    def collapse(self) -> None:
        """Show of the selected nodes nothing but their headers; if they are so all, show them whole again."""
        nodes = self._nodes()
        on = not all(self._view.canvas.document.nodes[id].collapsed for id in nodes)
        if nodes:
            self._view.do(SetCollapsed(dict.fromkeys(nodes, on)))
            self._view.history.seal()

    def show_value_as(self, picture: str) -> None:
        """Let the selected nodes show their values as one of `PICTURES`."""
        if ids := self._nodes():
            self._view.do(SetPicture(dict.fromkeys(ids, picture)))
            self._view.history.seal()

    def toggle(self, mode: Mode) -> None:
        """Bypass or mute the selected nodes; if they are so all, let them take part again.

        Nodes that cannot be bypassed stay as they are, and the reason is said.
        """
        document, nodes = self._view.canvas.document, self._nodes()
        if mode == "bypass":
            for id in nodes:
                node_type = self._view.canvas.node_type(id)
                if node_type is not None and passed_on(node_type) is None and document.nodes[id].mode != "bypass":
                    self._view.refused.emit(not_passing(node_type.title))
                    nodes = [other for other in nodes if other != id]
        on = not all(document.nodes[id].mode == mode for id in nodes)
        if nodes:
            self._view.do(SetMode(dict.fromkeys(nodes, mode if on else "")))
            self._view.history.seal()

    def _nodes(self) -> list[str]:
        return [id for id in self._view.selected_ids() if id in self._view.canvas.document.nodes]
