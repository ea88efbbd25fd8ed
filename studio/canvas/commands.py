"""What can be done to a document from the canvas without pointing: the methods that menus and shortcuts call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from studio.canvas.editors import NoteEditor, TitleEditor
from studio.canvas.face import make_face
from studio.canvas.frame_item import FrameItem
from studio.canvas.metrics import HEADER, PASTE_OFFSET
from studio.canvas.navigation import NavigableView
from studio.canvas.note_item import NoteItem
from studio.canvas.ports import Slot
from studio.canvas.scene import CanvasScene
from studio.canvas.wiring import Wiring, fits, is_control
from studio.document import clipboard
from studio.document.box import Box
from studio.document.dimensions import dimensions
from studio.document.document import Node, Note, PortRef, Position, Wire
from studio.document.edits import AddNode, AddNote, Compound, Edit, Move, RemoveWire, SetNote, SetTitle, connect, remove
from studio.document.heal import remove_and_heal
from studio.document.history import Editing
from studio.document.library import taken_in
from studio.document.nodetype import NodeType
from studio.document.replace import stem
from studio.document.reroute import origin
from studio.document.splice import GAP, SPACE
from studio.document.suggest import Suggestions
from studio.document.trial import Trials
from studio.ui.i18n import _

#: About as large as a node is that is to find a free place.
_WIDTH, _HEIGHT = 180.0, 120.0


class CommandView(NavigableView):
    """A view with commands on the selection.

    Signals
    -------
    refused
        Something could not be done; carries the `EngineError` that says why.
    nodeAdded
        A node was added by the user: its type, and that of the node it was wired to, "" if to none; behind
        `INSTEAD_OF`, that of the node whose place it took.
    """

    refused = Signal(object)
    nodeAdded = Signal(str, str)  # noqa: N815

    def __init__(self, history: Editing, scene: CanvasScene, trials: Trials, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.history = history
        self.trials = trials
        scene.dimensions_of = lambda ref: dimensions(trials, scene.document, scene.status.specs, ref)
        self.suggestions = Suggestions(trials)
        self._cursor: QPointF | None = None
        """Where the mouse is over the canvas, in scene coordinates."""
        self._dangling_input: PortRef | None = None
        self._free: QPointF | None = None
        """The place that was found last for a node that nobody pointed one out for."""
        self._editor: TitleEditor | NoteEditor | None = None

    def do(self, edit: Edit) -> None:
        """Make an edit a step of the history; say so if the document has changed so that it no longer fits.

        What it adds of the library becomes part of the document.
        """
        try:
            self.history.do(taken_in(edit, self.canvas.catalogue, self.history.root.functions))
        except EngineError as error:
            self.refused.emit(error)

    # ---------------------------------------------------------------------------------------------- selection

    def selected_ids(self) -> list[str]:
        """Return the ids of the selected nodes and notes, in the order in which they were chosen."""
        return self.canvas.selected_ids()

    def selected_wires(self) -> list[Wire]:
        """Return the wires that are selected, in the order of their inputs."""
        wires = self.canvas.document.wires
        return [wires[target] for target in sorted(self.canvas.wires.selected) if target in wires]

    def select(self, ids: list[str]) -> None:
        """Select these nodes and notes and no others."""
        self.canvas.select(ids)

    def reveal(self, id: str) -> None:
        """Select a node or note and bring it into view if it is not."""
        self.canvas.ensure(id)
        self.canvas.select([id])
        body = self.canvas.items_by_id[id].body()
        if not self.visible_area().contains(body):
            self.centerOn(body.center())

    def select_all(self) -> None:
        """Select all nodes and notes."""
        self.canvas.select([*self.canvas.document.nodes, *self.canvas.document.notes])

    def delete_selection(self) -> None:
        """Delete what is selected: nodes, notes and wires. What led through the nodes is joined where it fits."""
        document = self.canvas.document
        self._delete(remove_and_heal(self.trials, document, self.canvas.status.specs, self.selected_ids()))

    def delete_with_wires(self) -> None:
        """Delete what is selected, and leave the wires around it cut."""
        self._delete(remove(self.canvas.document, self.selected_ids()))

    def _delete(self, nodes: Compound) -> None:
        gone = {leaf.wire for leaf in nodes.leaves() if isinstance(leaf, RemoveWire)}
        wires = (w for w in self.selected_wires() if w not in gone)
        self.do(Compound("Delete", (*map(RemoveWire, wires), *nodes.edits)))

    def disconnect_selection(self) -> None:
        """Take away the wires of the selected nodes, and the wires that are selected."""
        around = (w for id in self.selected_ids() for w in self.canvas.document.wires_of(id))
        self.do(Compound("Disconnect", tuple(map(RemoveWire, sorted({*self.selected_wires(), *around})))))

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selection a little. Further nudges join the same step until the key is let go."""
        positions: dict[str, Position] = {}
        for id in self.selected_ids():
            x, y = self.canvas.position(id)
            positions[id] = (x + dx, y + dy)
        if positions:
            self.do(Move(positions))

    # ---------------------------------------------------------------------------------------------- clipboard

    def copy(self) -> None:
        """Copy the selection as text."""
        if text := self._selection_text():
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Copy the selection and delete it."""
        if text := self._selection_text():
            QGuiApplication.clipboard().setText(text)
            self.canvas.select(self.with_contents(), self.canvas.wires.selected)
            self.delete_selection()

    def paste(self) -> None:
        """Paste at the mouse, or beside the original if the mouse is elsewhere."""
        self._paste(incoming=False)

    def paste_with_wires(self) -> None:
        """Paste and make the wires that came in from other nodes, too."""
        self._paste(incoming=True)

    def duplicate(self) -> None:
        """Add a copy of the selection beside it; the clipboard stays as it is."""
        if text := self._selection_text():
            self._add_copy(text, None, "Duplicate")

    def _selection_text(self) -> str:
        """Return the selection as text, "" if there is none or it cannot be written."""
        ids = self.with_contents()
        try:
            return clipboard.copy(self.canvas.document, ids, self.history.root.functions) if ids else ""
        except EngineError as error:
            self.refused.emit(error)
            return ""

    def with_contents(self) -> list[str]:
        """Return what is selected, and what lies in the frames that are."""
        return list(dict.fromkeys(i for id in self.selected_ids() for i in (id, *self.canvas.contents(id))))

    def _paste(self, *, incoming: bool) -> None:
        self._add_copy(QGuiApplication.clipboard().text(), self._cursor, "Paste", incoming=incoming)

    def _add_copy(self, text: str, cursor: QPointF | None, label: str, *, incoming: bool = False) -> None:
        document = self.canvas.document
        taken = {n.position for n in document.nodes.values()} | {n.position for n in document.notes.values()}
        at = (round(cursor.x()), round(cursor.y())) if cursor is not None else None
        offset = 0.0 if at else PASTE_OFFSET
        paste = partial(
            clipboard.paste, document, text, at=at, incoming=incoming, functions=self.history.root.functions
        )
        try:
            edit, ids = paste(offset=(offset, offset))
            while taken & _positions(edit):  # it would hide an earlier copy
                offset += PASTE_OFFSET
                edit, ids = paste(offset=(offset, offset))
        except EngineError as error:
            self.refused.emit(error)
            return
        self.do(Compound(label, edit.edits))
        self.canvas.select(ids)

    # ------------------------------------------------------------------------------------------------- adding

    def add_node(
        self,
        type_id: str,
        position: QPointF,
        dangling: PortRef | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> str:
        """Add a node with the middle of its header at a scene position, select it and return its id, "" if refused.

        Parameters
        ----------
        type_id
            A type of the catalogue.
        position
            In scene coordinates.
        dangling
            The port of an `addRequested`: it is wired to the first port of the new node that takes the wire, and
            that port is what comes to lie at `position`.
        params
            Its parameters; the others have their defaults.

        Raises
        ------
        NotFoundError
            If the catalogue has no such type.
        """
        document = self.canvas.document
        node_type = self.canvas.catalogue[type_id]
        node = Node(document.new_id(stem(type_id)), type_id, dict(params or {}))
        face = make_face(document, node, node_type)
        width = _WIDTH if position == self._free else face.width  # a free place is one to the right of another node
        corner = position - QPointF(width / 2, HEADER / 2)
        wires: Iterable[Edit] = ()
        if dangling is not None and dangling.node in document.nodes:
            is_input = self._is_input(dangling)
            slots = face.outputs if is_input else face.inputs
            if slot := self._slot_for(dangling, node_type, node.id, slots):
                corner = position - QPointF(slot.x, slot.y)
                loose = PortRef(node.id, slot.name)
                wires = connect(document, *((loose, dangling) if is_input else (dangling, loose))).leaves()
        node = replace(node, position=(round(corner.x()), round(corner.y())))
        self.do(Compound("Add node", (AddNode(node), *wires)))
        if node.id not in document.nodes:  # it was refused, and the user was told why
            return ""
        self.reveal(node.id)
        self.nodeAdded.emit(type_id, self.type_behind(dangling))
        return node.id

    def _slot_for(self, dangling: PortRef, node_type: NodeType, id: str, slots: Sequence[Slot]) -> Slot | None:
        """Return the port of a new node that a dangling wire leads to: the first that works with what it brings."""
        is_input = self._is_input(dangling)
        wiring = Wiring(self.canvas.document, self.canvas.node_type, dangling, is_input)
        fitting = [slot for slot in slots if wiring.takes(id, slot)]
        best_for = self.suggestions.output_for if is_input else self.suggestions.input_for
        name = best_for(self.canvas.document, self.canvas.status.specs, dangling, node_type)
        return next((s for s in fitting if s.port and s.port.name == name), fitting[0] if fitting else None)

    def type_behind(self, dangling: PortRef | None) -> str:
        """Return the type of the node that a dangling wire hangs on, past reroute points, "" if there is none."""
        if dangling is None:
            return ""
        end = dangling if self._is_input(dangling) else origin(self.canvas.document, dangling)
        node = self.canvas.document.nodes.get(end.node)
        return node.type if node is not None else ""

    def add_note(self) -> None:
        """Add an empty note in the middle of the view, or below what lies there, and open it to be written."""
        note = Note(self.canvas.document.new_id("note"), "")
        corner = self.visible_area().center() - QPointF(note.size[0] / 2, note.size[1] / 2)
        width, height = note.size
        while met := [
            b
            for b in self.canvas.boxes().values()
            if b.x < corner.x() + width and corner.x() < b.right and b.y < corner.y() + height and corner.y() < b.bottom
        ]:
            corner.setY(max(b.bottom for b in met) + SPACE)
        self.history.do(AddNote(replace(note, position=(round(corner.x()), round(corner.y())))))
        self.canvas.select([note.id])
        self.edit_text(note.id)

    def free_place(self) -> QPointF:
        """Return where a node goes that nobody points out a place for: beside what is selected, or in the middle.

        It is the middle of the header, in scene coordinates, and no other node lies there.
        """
        boxes = self.canvas.boxes()
        chosen = [boxes[id] for id in self.selected_ids() if id in boxes]
        at = self.visible_area().center()
        if chosen:
            at = QPointF(chosen[-1].right + GAP + _WIDTH / 2, chosen[-1].y + HEADER / 2)
        while met := [b for b in boxes.values() if _lies_on(b, at)]:
            at.setY(max(b.bottom for b in met) + SPACE + HEADER / 2)
        self._free = at
        return at

    def edit_selected_note(self) -> bool:
        """Open the one note that is selected to be written; return whether there is one."""
        chosen = self.selected_ids()
        if len(chosen) != 1 or chosen[0] not in self.canvas.document.notes:
            return False
        self.edit_text(chosen[0])
        return True

    def fitting(self, dangling: PortRef | Wire | None) -> list[str] | None:
        """Return the types that fit where an `addRequested` wants a node, the likeliest first; None is all.

        That is a port for the dangling wire, or a way through for the wire that is to lead through the node. It counts
        if it works with the shape and the dtype that the wire brings, as far as these are known.
        """
        if dangling is None:
            return None
        if isinstance(dangling, Wire):
            return self.suggestions.between(self.canvas.document, self.canvas.status.specs, dangling)
        document, specs, is_input = self.canvas.document, self.canvas.status.specs, self._is_input(dangling)
        if self._control(dangling):
            return [id for id, t in self.canvas.catalogue.items() if fits(t, control=True, to_input=not is_input)]
        return (self.suggestions.before if is_input else self.suggestions.after)(document, specs, dangling)

    def _is_input(self, dangling: PortRef) -> bool:
        return dangling == self._dangling_input

    def _control(self, dangling: PortRef) -> bool:
        node_type: NodeType | None = self.canvas.node_type(dangling.node)
        return is_control(node_type, dangling.port, is_input=self._is_input(dangling))

    # ------------------------------------------------------------------------------------------------ editing

    def rename(self) -> None:
        """Open an editor on the title of the one node, or the text of the one note, that is selected."""
        ids = self.selected_ids()
        if len(ids) == 1:
            self.edit_text(ids[0])

    def edit_text(self, id: str) -> None:
        """Open an editor on the title of a node or the text of a note."""
        self.close_editor()
        self.canvas.ensure(id)
        item, style = self.canvas.items_by_id[id], self.canvas.shared.style
        if isinstance(item, FrameItem):
            area = self.mapFromScene(item.title_area()).boundingRect().adjusted(1, 1, -1, -1)
            area.setSize(area.size().expandedTo(QSize(120, 28)))
            self._editor = TitleEditor(
                self.viewport(), item.text, _("Title"), area, style, lambda text: self._rewrite(id, text)
            )
            return
        if isinstance(item, NoteItem):
            area = self.mapFromScene(item.body()).boundingRect()
            self._editor = NoteEditor(self.viewport(), item.text, area, style, lambda text: self._rewrite(id, text))
            return
        node = self.canvas.document.nodes[id]
        node_type = self.canvas.node_type(id)
        header = self.mapFromScene(item.body()).boundingRect()
        height = max(round(HEADER * self.zoom), 28)
        area = QRect(header.topLeft() + QPoint(1, 1), header.topRight() + QPoint(-1, 0))
        area.setHeight(height)
        area.setWidth(max(area.width(), 120))
        hint = _(node_type.title) if node_type else node.type
        self._editor = TitleEditor(self.viewport(), node.title, hint, area, style, lambda text: self._retitle(id, text))

    def close_editor(self) -> None:
        """Accept and close the open editor, if there is one."""
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.finish(accept=True)

    def _rewrite(self, id: str, text: str) -> None:
        self._editor = None
        if id in self.canvas.document.notes:
            self.do(SetNote(replace(self.canvas.document.notes[id], text=text)))
            self.history.seal()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _retitle(self, id: str, title: str) -> None:
        self._editor = None
        if id in self.canvas.document.nodes:
            self.do(SetTitle(id, title))
            self.history.seal()
        self.setFocus(Qt.FocusReason.OtherFocusReason)


def _positions(edit: Compound) -> set[Position]:
    """Return where the nodes and notes that `edit` adds will lie."""
    nodes = {leaf.node.position for leaf in edit.leaves() if isinstance(leaf, AddNode)}
    return nodes | {leaf.note.position for leaf in edit.leaves() if isinstance(leaf, AddNote)}


def _lies_on(box: Box, header: QPointF) -> bool:
    """Return whether a node with the middle of its header there would cover another one."""
    across = abs(box.x + box.width / 2 - header.x()) < (box.width + _WIDTH) / 2
    return across and header.y() - HEADER / 2 < box.bottom and box.y < header.y() - HEADER / 2 + _HEIGHT
