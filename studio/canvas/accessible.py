"""What assistive tools learn of the canvas: its nodes and notes as children, with names, descriptions and places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget

from studio.document.document import PortRef
from studio.ui.i18n import _, label, ngettext, number
from studio.ui.shapes import spec_text

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

_Text = QAccessible.Text
_Role = QAccessible.Role


def describe_node(view: CanvasView, id: str) -> str:
    """Return what is said of a node: its type, what it is told, its wires with their shapes, and what is wrong."""
    scene = view.canvas
    document, item = scene.document, scene.node(id)
    if item is None:
        note = document.notes.get(id)
        return "" if note is None else _("Frame") if note.frame else _("Note")
    node_type = scene.node_type(id)
    parts = [_(node_type.title) if node_type is not None else document.nodes[id].type]
    if item.face.mode:
        parts.append(item.face.subtitle)
    if item.marks.frozen:
        parts.append(_("does not learn now"))
    parts += [f"{line.label} {line.value}" for line in item.face.lines]
    if parameters := view.canvas.status.parameters.get(id):
        parts.append(ngettext("{count} parameter", "{count} parameters", parameters).format(count=number(parameters)))
    wired = document.inputs_of(id)
    for slot in item.face.inputs:
        source = wired.get(slot.name)
        if source is not None:
            parts.append(_("{port} from {node}").format(port=slot.label, node=scene.title(source.node)))
        elif slot.port is not None and not slot.port.optional and not slot.port.variadic:
            parts.append(_("{port} not connected").format(port=slot.label))
    for slot in item.face.outputs:
        targets = [w.target.node for w in document.wires_of(id) if w.source == PortRef(id, slot.name)]
        spec = scene.status.specs.get(PortRef(id, slot.name))
        words = slot.label
        if spec is not None:
            words += f" {spec_text(spec, scene.dimensions_of(PortRef(id, slot.name)))}"
        if targets:
            words = _("{port} to {nodes}").format(port=words, nodes=", ".join(dict.fromkeys(map(scene.title, targets))))
        parts.append(words)
    parts += scene.status.words(id)
    return ". ".join(part.rstrip(".") for part in parts)


def announce(view: CanvasView) -> None:
    """Tell assistive tools what is selected now, if there are any that listen."""
    if not QAccessible.isActive():
        return
    chosen = view.selected_ids()
    if chosen and (place := _children(view).index(chosen[-1])) >= 0:
        event = QAccessibleEvent(view, QAccessible.Event.Focus)
        event.setChild(place)
        QAccessible.updateAccessibility(event)
    QAccessible.updateAccessibility(QAccessibleEvent(view, QAccessible.Event.DescriptionChanged))


def describe_wires(view: CanvasView) -> str:
    """Return what is said of the wires that are selected."""
    scene = view.canvas
    words = []
    for wire in view.selected_wires()[:5]:
        spec = scene.status.specs.get(wire.source)
        shape = f", {spec_text(spec, scene.dimensions_of(wire.source))}" if spec is not None else ""
        source, target = scene.title(wire.source.node), scene.title(wire.target.node)
        text = _("Wire from {source}, {output}, to {target}, {input}").format(
            source=source, output=label(wire.source.port), target=target, input=label(wire.target.port)
        )
        words.append(text + shape)
    return ". ".join(words)


def _children(view: CanvasView) -> list[str]:
    return [*view.canvas.document.nodes, *view.canvas.document.notes]


class _Canvas(QAccessibleWidget):
    """The canvas as a list of what lies on it."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view, _Role.Graphic)
        self._view = view
        self._made: dict[str, _Item] = {}

    def childCount(self) -> int:
        return len(self._view.canvas.document.nodes) + len(self._view.canvas.document.notes)

    def child(self, index: int) -> Any:
        ids = _children(self._view)
        return self._item(ids[index]) if 0 <= index < len(ids) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return _children(self._view).index(child.id) if isinstance(child, _Item) else -1

    def childAt(self, x: int, y: int) -> Any:
        view = self._view
        at = view.viewport().mapFromGlobal(QRect(x, y, 1, 1).topLeft())
        item = view.canvas.item_at(view.mapToScene(at))
        return self._item(item.id) if item is not None else None

    def focusChild(self) -> Any:
        chosen = self._view.selected_ids()
        return self._item(chosen[-1]) if chosen and self._view.hasFocus() else None

    def _item(self, id: str) -> QAccessibleInterface:
        if id not in self._made:
            item = self._made[id] = _Item(self._view, self, id)
            QAccessible.registerAccessibleInterface(item)
        return self._made[id]


class _Item(QAccessibleInterface):
    """A node or a note."""

    def __init__(self, view: CanvasView, canvas: _Canvas, id: str) -> None:
        super().__init__()
        self._view, self._canvas, self.id = view, canvas, id

    def isValid(self) -> bool:
        return self._view.canvas.document.has(self.id)

    def object(self) -> Any:
        return None

    def parent(self) -> Any:
        return self._canvas

    def child(self, _index: int) -> Any:
        return None

    def childAt(self, _x: int, _y: int) -> Any:
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        return -1

    def role(self) -> Any:
        return _Role.ListItem if self.id in self._view.canvas.document.nodes else _Role.Note

    def rect(self) -> QRect:
        item = self._view.canvas.items_by_id.get(self.id)
        if item is None:
            return QRect()
        body = self._view.mapFromScene(item.body()).boundingRect()
        return QRect(self._view.viewport().mapToGlobal(body.topLeft()), body.size())

    def state(self) -> Any:
        state = QAccessible.State()
        chosen = self._view.selected_ids()
        state.selectable = state.focusable = True
        state.selected = self.id in chosen
        state.focused = bool(chosen) and chosen[-1] == self.id and self._view.hasFocus()
        return state

    def text(self, kind: Any) -> str:
        if not self.isValid():
            return ""
        if kind == _Text.Name:
            return self._view.canvas.title(self.id)
        if kind == _Text.Description:
            return describe_node(self._view, self.id)
        return ""

    def setText(self, _kind: Any, _text: str) -> None:
        """Titles are changed on the canvas."""


def install(canvas: type[CanvasView]) -> None:
    """Let assistive tools see the canvases of the program, which are of this class."""

    def make(_name: str, thing: QObject) -> Any:
        if not isinstance(thing, canvas):
            return None
        key = id(thing)
        _MADE[key] = _Canvas(thing)
        thing.destroyed.connect(lambda: _MADE.pop(key, None))
        return _MADE[key]

    QAccessible.installFactory(make)


_MADE: dict[int, _Canvas] = {}
"""The interfaces, as long as their canvases live: Qt does not keep what Python has made."""
