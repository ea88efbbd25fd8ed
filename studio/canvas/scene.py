"""The scene: the items of a document's nodes, notes and wires, kept as the document is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from engine.core.errors import EngineError
from studio.canvas.backlog import Backlog
from studio.canvas.face import Face, make_face, node_title, with_picture
from studio.canvas.frame_item import FrameItem
from studio.canvas.metrics import BSP_DEPTH, FAR_POSITION, MARGIN, detail_at
from studio.canvas.node_item import Marks, NodeItem, PaintState
from studio.canvas.note_item import NoteItem
from studio.canvas.overview import Overview
from studio.canvas.ports import Slot, kind_of, shape_text
from studio.canvas.progress import Progress
from studio.canvas.progress_layer import ProgressLayer
from studio.canvas.shade_layer import ShadeLayer
from studio.canvas.sheet_item import SheetItem
from studio.canvas.sprites import Sprites
from studio.canvas.status import Status
from studio.canvas.style import Style
from studio.canvas.touched import Touched
from studio.canvas.wires import Strand, WireLayer
from studio.document.analysis import Analysis
from studio.document.box import Box
from studio.document.dimensions import Dimension
from studio.document.document import Document, PortRef, Position, Wire
from studio.document.edits import Edit
from studio.document.function import function_of
from studio.document.nodetype import Catalogue, NodeType
from studio.run.messages import TensorInfo
from studio.ui.i18n import _, label, number
from studio.ui.shapes import spec_text
from studio.ui.values import sparkline


class CanvasScene(QGraphicsScene):
    """The items of a document.

    Parameters
    ----------
    status
        What is known beside the document, if another scene of it knows that already.

    Signals
    -------
    chosen
        Other nodes, notes or wires are selected.
    synced
        The items are as the document again, after an edit.
    """

    chosen = Signal()
    synced = Signal()

    def __init__(
        self,
        document: Document,
        catalogue: Catalogue,
        style: Style,
        parent: QObject | None = None,
        status: Status | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.catalogue = catalogue
        self.setBspTreeDepth(BSP_DEPTH)
        self.shared = PaintState(style, Sprites(style))
        self.items_by_id: dict[str, NodeItem | SheetItem] = {}
        self.overview = Overview()
        self.status = status if status is not None else Status()
        self._backlog = Backlog(
            {
                "gone": self.removeItem,
                "around": self._spread_around,
                "item": self._sync_item,
                "known": self._spread,
                "mark": self._mark,
                "picture": self._picture,
                "move": self._move,
                "wire": self._sync_wire,
            },
            self,
        )
        self._backlog.emptied.connect(self.synced)
        self._backlog.progressed.connect(self.synced)
        self.wires = WireLayer(self.shared)
        self.addItem(self.wires)
        self.run = ProgressLayer(self.shared, self)
        self.addItem(self.run)
        self.shading = ShadeLayer(self)
        self.addItem(self.shading)
        self.synced.connect(self.run.settle)
        self._indexed = QRectF()
        self.dimensions_of: Callable[[PortRef], tuple[Dimension, ...]] = lambda ref: tuple(self.status.specs[ref].shape)
        """Tells the dimensions of the tensor at an output by their names."""
        self.show_pictures = True
        self._running: frozenset[str] = frozenset()
        self._frozen: frozenset[str] = frozenset()
        self._selection: dict[str, None] = {}
        self.refresh()
        self._unsubscribe = document.subscribe(self._on_edit)

    def close(self) -> None:
        """Stop following the document."""
        self._backlog.clear()
        self._unsubscribe()

    @property
    def busy(self) -> bool:
        """Whether items are still to be made or changed, after an edit of many."""
        return self._backlog.busy

    def settle(self) -> None:
        """Bring all items up to date now, if some still wait for their turn."""
        self._backlog.finish()

    def work_off(self) -> bool:
        """Bring some items up to date; return whether more of them wait."""
        self._backlog.advance()
        return self.busy

    def ensure(self, id: str) -> None:
        """Make the item of a node or note now, if it still waits for its turn."""
        if id not in self.items_by_id:
            self._sync_item(id)

    # ------------------------------------------------------------------------------- following the document

    def refresh(self) -> None:
        """Make all items anew, as after a change of language."""
        document = self.document
        self._grow([*(n.position for n in document.nodes.values()), *(n.position for n in document.notes.values())])
        self._backlog.put("item", (*document.nodes, *document.notes))
        self._backlog.put("wire", document.wires)
        self._backlog.begin()

    def set_pictures_shown(self, shown: bool) -> None:
        """Show what nodes hold as pictures on them, or no pictures at all."""
        if shown != self.show_pictures:
            self.show_pictures = shown
            self._backlog.put("item", self.document.nodes)
            self._backlog.put("around", self.document.nodes)
            self._backlog.begin()

    def refresh_functions(self) -> None:
        """Show nodes that stand for functions as these are now: their ports, parameters and names."""
        stand_ins = [id for id, node in self.document.nodes.items() if function_of(node) is not None]
        stale = [id for id in stand_ins if (item := self.node(id)) is not None and item.face != self._face(id)]
        self._backlog.put("item", stale)
        self._backlog.put("around", stale)
        self._backlog.begin()

    def _on_edit(self, edit: Edit) -> None:
        touched = Touched(edit)
        document, backlog = self.document, self._backlog
        for id in touched.items:  # what is gone must not be found any more; to take its item away takes longer
            item = self.items_by_id.get(id)
            if item is not None and id not in (document.nodes if isinstance(item, NodeItem) else document.notes):
                self._forget_item(id)
                backlog.put("gone", [item])
        self._grow([self.position(id) for id in (*touched.items, *touched.moved) if document.has(id)])
        backlog.put("item", (id for id in touched.items if document.has(id)))
        backlog.put("move", touched.moved)
        backlog.put("wire", touched.wires)
        backlog.put("around", (*touched.items, *touched.moved))
        self._drop_selection_of_the_gone()
        backlog.begin()

    def _forget_item(self, id: str) -> None:
        self.overview.take_block(id)
        self.status.forget(id)
        del self.items_by_id[id]

    def _sync_item(self, id: str) -> None:
        """Bring the item of a node or note up to date, whether it came or changed."""
        if id in self.document.nodes:
            self._sync_node(id)
        elif id in self.document.notes:
            self._sync_note(id)

    def _move(self, id: str) -> None:
        if id in self.items_by_id:
            self._put_at(id, self.position(id))

    def _put_at(self, id: str, position: Position) -> None:
        item = self.items_by_id[id]
        item.setPos(*_shown(position))
        self._block(item)

    def _block(self, item: NodeItem | SheetItem) -> None:
        """Show an item as a block from afar."""
        if isinstance(item, NodeItem):
            self.overview.put_block(item.id, item.face.category, item.body())
        else:
            self.overview.put_sheet(item.id, item.note.frame, item.body(), item.note.colour, item.text)

    def _sync_node(self, id: str) -> None:
        node, face, item = self.document.nodes[id], self._face(id), self.node(id)
        if item is None:
            item = NodeItem(id, face, self.shared)
            self._place(id, item, node.position)
        else:
            item.set_face(face)
            item.setPos(*_shown(node.position))
        self._block(item)
        self._backlog.put("mark", [id])
        self._backlog.put("picture", [id])

    def _sync_note(self, id: str) -> None:
        note, item = self.document.notes[id], self.items_by_id.get(id)
        kind = FrameItem if note.frame else NoteItem
        if item is not None and not isinstance(item, kind):
            self._forget_item(id)
            self.removeItem(item)
            item = None
        if isinstance(item, SheetItem):
            item.set_note(note)
            item.setPos(*_shown(note.position))
        else:
            item = kind(note, self.shared)
            self._place(id, item, note.position)
        self._block(item)

    def _place(self, id: str, item: NodeItem | SheetItem, position: Position) -> None:
        item.setPos(*_shown(position))  # before it is in the index, where each move is a search
        if id in self._selection:
            item.marks.selected = True
            item.setZValue(1)
        self.addItem(item)
        self.items_by_id[id] = item

    def _sync_wire(self, target: PortRef) -> None:
        wire = self.document.wires.get(target)
        if wire is None:
            self.wires.take(target)
            self.overview.take_line(target)
            return
        source, end = self.node(wire.source.node), self.node(target.node)
        if source is None or end is None:
            return
        kind = source.output_kind(wire.source.port)
        spec = self.status.specs.get(wire.source) if self._leads(wire) else None
        start_at = source.port_position(wire.source.port, is_input=False)
        end_at = end.port_position(target.port, is_input=True)
        # behind a reroute point it is the shape that was said before it
        self.wires.put(wire, start_at, end_at, kind, shape_text(spec) if spec and not source.face.bare else "")
        self.overview.put_line(target, kind, start_at, end_at)

    def _leads(self, wire: Wire) -> bool:
        """Return whether this is the first wire from its output: the one that bears the shape."""
        return next(w for w in self.document.wires_of(wire.source.node) if w.source == wire.source) == wire

    def _face(self, id: str) -> Face:
        node = self.document.nodes[id]
        face = make_face(self.document, node, self.node_type(id), self._listed_outputs(id))
        return with_picture(face, self.show_pictures and self.status.has_picture(id, node.picture))

    def _listed_outputs(self, id: str) -> set[str]:
        """Return the outputs that inference has found for a node that gives a list."""
        node_type = self.node_type(id)
        if node_type is None or not any(port.variadic for port in node_type.outputs):
            return set()
        return {ref.port for ref in self.status.specs if ref.node == id}

    def _mark_ports(self, item: NodeItem) -> None:
        item.marks.severity = self.status.severity(item.id)
        wired = self.document.inputs_of(item.id)
        kinds = {}
        for slot in item.face.inputs:
            source = wired.get(slot.name)
            kinds[(True, slot.name)] = kind_of(self.status.specs.get(source) if source else None, slot.port)
        for slot in item.face.outputs:
            kinds[(False, slot.name)] = kind_of(self.status.specs.get(PortRef(item.id, slot.name)), slot.port)
        item.set_kinds(kinds)
        item.update()

    def position(self, id: str) -> Position:
        """Return where the document has a node, a note or a frame."""
        return (self.document.nodes.get(id) or self.document.notes[id]).position

    def _grow(self, positions: Iterable[Position]) -> None:
        """Make the index cover `positions`: a little too much, since each growth builds it anew."""
        points = list(positions)
        if not points:
            return
        left, top = _shown((min(x for x, _ in points), min(y for _, y in points)))
        right, bottom = _shown((max(x for x, _ in points), max(y for _, y in points)))
        needed = QRectF(left, top, right - left, bottom - top).adjusted(-50, -50, 300, 400)
        if not self._indexed.contains(needed):
            slack = max(needed.width(), needed.height(), 2000.0) / 2
            self._indexed = self._indexed.united(needed.adjusted(-slack, -slack, slack, slack))
            self.setSceneRect(self._indexed)

    # -------------------------------------------------------------------------------------------- what is known

    def node(self, id: str) -> NodeItem | None:
        """Return the item of a node."""
        item = self.items_by_id.get(id)
        return item if isinstance(item, NodeItem) else None

    def box(self, id: str) -> Box:
        """Return where a node, a note or a frame is shown, and how large."""
        body = self.items_by_id[id].body()
        return Box(body.x(), body.y(), body.width(), body.height())

    def boxes(self) -> dict[str, Box]:
        """Return where all nodes lie, and how large they are shown."""
        self.settle()
        return {id: self.box(id) for id, item in self.items_by_id.items() if isinstance(item, NodeItem)}

    def frames(self) -> list[FrameItem]:
        """Return the frames, the smaller ones first: one that lies in another comes before it."""
        items = map(self.items_by_id.get, self.document.notes)
        found = [item for item in items if isinstance(item, FrameItem)]
        return sorted(found, key=lambda item: item.size[0] * item.size[1])

    def node_type(self, id: str) -> NodeType | None:
        """Return the type of a node, None if the node or its type is unknown."""
        node = self.document.nodes.get(id)
        return self.catalogue.get(node.type) if node else None

    def show_at(self, positions: Mapping[str, Position]) -> None:
        """Show items somewhere without changing the document, as while they are being dragged."""
        self._grow(positions.values())
        steps = {id: QPointF(*_shown(p)) - self.items_by_id[id].pos() for id, p in positions.items()}
        step = next(iter(steps.values()), QPointF())
        together = len(steps) > 1 and all(other == step for other in steps.values())
        for id in positions:
            if not together:
                self._put_at(id, positions[id])
            else:
                self.items_by_id[id].moveBy(step.x(), step.y())
        within: list[PortRef] = []
        for wire in {w: None for id in positions for w in self.document.wires_of(id)}:
            inside = together and wire.source.node in positions and wire.target.node in positions
            if inside and not self._backlog.waits("wire", wire.target):
                within.append(wire.target)
            else:
                self._sync_wire(wire.target)
        if together:  # a thousand nodes in 20 ms a step, where each anew takes 70
            self.overview.shift(positions, within, step)
            self.wires.shift(within, step)

    def set_analysis(self, analysis: Analysis) -> None:
        """Show other specs and problems; only what differs is brought up to date."""
        self._backlog.put("known", self.status.set_analysis(analysis))
        self._backlog.begin()

    def set_preview(self, tensors: Mapping[PortRef, TensorInfo], errors: Mapping[str, EngineError]) -> None:
        """Show other pictures and errors of a run."""
        self._backlog.put("picture", self.status.set_preview(tensors, errors))
        self._backlog.begin()

    def _spread_around(self, id: str) -> None:
        """All wires of a node that came, changed or moved are to be led anew."""
        self._backlog.put("wire", (w.target for w in self.document.wires_of(id)))

    def _spread(self, id: str) -> None:
        """What is known of a node shows on its ports, on its wires and on the inputs these lead to."""
        leading = [w.target for w in self.document.wires_of(id) if w.source.node == id]
        self._backlog.put("mark", (id, *(target.node for target in leading)))
        self._backlog.put("wire", leading)

    def _mark(self, id: str) -> None:
        """Show what the analysis says of a node on its ports."""
        item = self.node(id)
        if item is None:
            return
        listed = self._listed_outputs(id)
        if listed and listed != {slot.name for slot in item.face.outputs}:
            self._sync_node(id)
        self._mark_ports(item)

    def _picture(self, id: str) -> None:
        """Show what the preview says of a node: its picture and its error."""
        item = self.node(id)
        if item is None:
            return
        kind = self.document.nodes[id].picture if id in self.document.nodes else "none"
        item.picture = self.status.picture(id, kind) if self.show_pictures else None
        item.stale = id in self.status.stale
        item.marks.severity = self.status.severity(id)
        if (item.picture is None) != (item.face.thumbnail is None):
            item.set_face(with_picture(item.face, item.picture is not None))
            self._block(item)
        item.update()

    def set_progress(self, progress: Progress) -> None:
        """Show where a run under the debugger stands."""
        self.run.show_progress(progress)
        self.set_running([progress.current] if progress.current else [])

    def set_running(self, ids: Collection[str]) -> None:
        """Ring these nodes and no others."""
        for id in self._running.symmetric_difference(ids):
            if (item := self.node(id)) is not None:
                item.marks.running = id in ids
                item.update()
        self._running = frozenset(ids)

    def set_frozen(self, ids: Collection[str]) -> None:
        """Put a lock on these layers and no others: they do not learn just now."""
        for id in self._frozen.symmetric_difference(ids):
            if (item := self.node(id)) is not None:
                item.marks.frozen = id in ids
                item.update()
        self._frozen = frozenset(ids)

    def set_look(self, style: Style, zoom: float, ratio: float) -> None:
        """Paint with these colours, for this zoom and this many pixels of the screen per logical pixel."""
        self.shared.style = style
        self.shared.detail = detail_at(zoom)
        self.shared.sprites = Sprites(style, zoom, ratio)
        self.update()

    def paint_far(self, painter: QPainter) -> None:
        """Paint the document as blocks and lines, with rings around what is selected or wrong."""
        style, overview = self.shared.style, self.overview
        overview.paint_frames(painter, style)
        overview.paint_notes(painter, style)
        overview.paint_lines(painter, style)
        overview.paint_blocks(painter, style)
        overview.paint_titles(painter, style)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, ids in (
            (style.warn, self.status.nodes_with("warning")),
            (style.bad, self.status.nodes_with("error")),
            (style.accent, self._selection),
        ):
            pen = QPen(colour, 2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRects([overview.body(id) for id in ids if id in self.items_by_id])

        # -------------------------------------------------------------------------------------------------- words
        if self.shading.isVisible():
            self.shading.paint_over(painter)
        if self.run.isVisible():
            self.run.paint_from_afar(painter)

    def title(self, id: str) -> str:
        """Return what a node or note is called on the canvas."""
        if id in self.document.notes:
            return self.document.notes[id].text
        return node_title(self.document.nodes[id], self.node_type(id))

    def describe_output(self, ref: PortRef) -> str:
        """Return what is known of the tensor of an output: where it is from, its dtype and its shape."""
        spec = self.status.specs.get(ref)
        name = f"{self.title(ref.node)} · {label(ref.port)}"
        words = [name, *([spec_text(spec, self.dimensions_of(ref))] if spec else [])]
        info = self.status.carried.get(ref)
        if info is not None and info.minimum is not None:
            low, mean, high = (number(v or 0.0) for v in (info.minimum, info.mean, info.maximum))
            words.append(_("min {low} · mean {mean} · max {high}").format(low=low, mean=mean, high=high))
            if info.histogram is not None and info.maximum != info.minimum:
                words.append(sparkline(info.histogram))
        return "\n".join(words)

    def describe_port(self, item: NodeItem, slot: Slot) -> str:
        """Return what is known of a port."""
        ref = PortRef(item.id, slot.name)
        if not slot.is_input:
            return self.describe_output(ref)
        wire = self.document.wires.get(ref)
        if wire is not None:
            return f"{slot.label} ← {self.describe_output(wire.source)}"
        return f"{slot.label} ({_('optional')})" if slot.port and slot.port.optional else slot.label

    # ------------------------------------------------------------------------------------------------- search

    def item_at(self, position: QPointF) -> NodeItem | SheetItem | None:
        """Return the topmost node or note whose body holds a scene position."""
        point = QRectF(position.x() - 0.5, position.y() - 0.5, 1, 1)
        return next((i for i in self._near(point) if i.holds(position)), None)

    def port_at(
        self, position: QPointF, reach: float, takes: Callable[[str, Slot], bool] | None = None
    ) -> tuple[NodeItem, Slot] | None:
        """Return the port nearest to a scene position, if one is within `reach`, of those that `takes` accepts."""
        extra = max(reach - MARGIN, 0.0)
        best: tuple[NodeItem, Slot] | None = None
        best_distance = reach * reach * 1.01
        for item in self._near(QRectF(position.x() - extra, position.y() - extra, 2 * extra + 1, 2 * extra + 1)):
            if not isinstance(item, NodeItem):
                continue
            if slot := item.nearest_slot(position, reach, takes):
                at = item.pos() + QPointF(slot.x, slot.y) - position
                if QPointF.dotProduct(at, at) < best_distance:
                    best, best_distance = (item, slot), QPointF.dotProduct(at, at)
        return best

    def wire_at(self, position: QPointF, reach: float) -> Strand | None:
        """Return the wire nearest to a scene position, if one is within `reach`."""
        return self.wires.at(position, reach)

    def inside(self, area: QRectF) -> list[str]:
        """Return the ids of the nodes and notes whose bodies meet `area`, and of the frames that lie in it."""
        return [
            i.id
            for i in self._near(area)
            if (area.contains(i.body()) if isinstance(i, FrameItem) else i.body().intersects(area))
        ]

    def contents(self, frame: str) -> list[str]:
        """Return the nodes, notes and frames that lie within a frame, the frame itself aside."""
        self.settle()
        item = self.items_by_id.get(frame)
        if not isinstance(item, FrameItem):
            return []
        body = item.body()
        return [i.id for i in self._near(body) if i is not item and body.contains(i.body())]

    def _near(self, area: QRectF) -> list[NodeItem | SheetItem]:
        found: list[QGraphicsItem] = self.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return [i for i in found if isinstance(i, NodeItem | SheetItem) and self.items_by_id.get(i.id) is i]

    # ---------------------------------------------------------------------------------------------- selection

    def selected_ids(self) -> list[str]:
        """Return the selected nodes and notes, in the order in which they were chosen."""
        return list(self._selection)

    def select(self, ids: Iterable[str], wires: Iterable[PortRef] = ()) -> None:
        """Select these and no others."""
        chosen = {id: None for id in ids if self.document.has(id)}
        targets = frozenset(wires)
        if list(chosen) == list(self._selection) and targets == self.wires.selected:
            return
        for id in self._selection.keys() ^ chosen.keys():
            if (item := self.items_by_id.get(id)) is not None:
                item.marks.selected = id in chosen
                item.setZValue(1 if id in chosen else 0)
                item.update()
        self._selection = chosen
        self.wires.mark(selected=targets)
        self.chosen.emit()

    def _drop_selection_of_the_gone(self) -> None:
        if not all(map(self.document.has, self._selection)):
            self._selection = {id: None for id in self._selection if self.document.has(id)}
            self.chosen.emit()

    def marks(self, id: str) -> Marks:
        """Return the marks of a node or note."""
        return self.items_by_id[id].marks


def _shown(position: Position) -> Position:
    x, y = position
    return max(-FAR_POSITION, min(FAR_POSITION, x)), max(-FAR_POSITION, min(FAR_POSITION, y))
