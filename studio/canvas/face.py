"""What a node shows and where: texts, ports and size, worked out once for each change, not in each paint."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from PySide6.QtCore import QRectF

from engine.core.param import Param
from studio.canvas.metrics import (
    BARE_SIZE,
    BODY_BOTTOM,
    BODY_TOP,
    HEADER,
    MAX_LINES,
    MAX_WIDTH,
    MIN_WIDTH,
    PAD,
    ROW,
    THUMBNAIL,
)
from studio.canvas.ports import Slot, input_slots, output_slots
from studio.canvas.style import elided, text_width
from studio.document.document import Document, Node, canonical
from studio.document.function import QUIET
from studio.document.modes import Mode
from studio.document.nodetype import NodeType
from studio.document.reroute import REROUTE, REROUTE_TYPE
from studio.ui.i18n import N_, _, label
from studio.ui.values import shown

_GAP = 10.0
_BADGE = 22.0
_PICTURE_GAP = 6.0
_COLLAPSED_ROW = 14.0
_MODES: Final[dict[str, str]] = {"bypass": N_("bypassed"), "mute": N_("muted")}


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter: its name at the left, its value at the right, and the middle of the row they stand in."""

    label: str
    value: str
    y: float


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that a node paints and that does not depend on theme or state."""

    title: str
    subtitle: str
    category: str
    width: float
    height: float
    lines: tuple[Line, ...]
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    thumbnail: QRectF | None
    bare: bool = False
    """Whether it is a reroute point: ports, and something between to take hold of."""
    mode: Mode = ""
    collapsed: bool = False

    def slot(self, name: str, *, is_input: bool) -> Slot | None:
        """Return the slot called `name`."""
        return next((s for s in (self.inputs if is_input else self.outputs) if s.name == name), None)


def make_face(document: Document, node: Node, node_type: NodeType | None, inferred: Collection[str] = ()) -> Face:
    """Return what `node` shows, without a picture. An unknown type is None.

    `inferred` names the outputs that inference has found.
    """
    sources = {w.source.port for w in document.wires_of(node.id) if w.source.node == node.id}
    inputs = input_slots(node_type, document.inputs_of(node.id))
    outputs = output_slots(node_type, sources, inferred)
    if node.type == REROUTE:
        return _bare_face(node, inputs, outputs)
    if node.collapsed:
        return _collapsed_face(node, node_type, inputs, outputs)
    # One way in and one way out need no names; they stand in the first row, beside the parameters.
    port_rows = max(len(inputs), len(outputs))
    labelled = port_rows > 1
    pairs = list(_lines(node, node_type))
    title, subtitle = _titles(node, node_type)

    width = _width(title, subtitle, pairs, (inputs, outputs) if labelled else ())
    first_line = port_rows if labelled else 0
    for slot in (*inputs, *outputs):
        slot.shown = elided(slot.label, "label", width / 2 - PAD)
    for side, x in ((inputs, 0.0), (outputs, width)):
        for row, slot in enumerate(side):
            slot.x, slot.y = x, _row_middle(row)
    title, subtitle = _fitted(title, subtitle, width)
    return Face(
        title=title,
        subtitle=subtitle,
        category=node_type.category if node_type else "",
        width=width,
        height=HEADER + BODY_TOP + max(first_line + len(pairs), port_rows, 1) * ROW + BODY_BOTTOM,
        lines=tuple(_fit(text, value, row, width) for row, (text, value) in enumerate(pairs, first_line)),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        thumbnail=None,
        mode=node.mode,
    )


def node_title(node: Node, node_type: NodeType | None) -> str:
    """Return what a node is called: what the user called it, or as its type is. An unknown type is None."""
    return node.title or (_(node_type.title) if node_type else node.type)


def _titles(node: Node, node_type: NodeType | None) -> tuple[str, str]:
    """Return what the header says, and what it says beside that: the type, or that the node takes no part."""
    type_title = _(node_type.title) if node_type else node.type
    title, subtitle = (node.title, type_title) if node.title else (type_title, "")
    return title, _(_MODES[node.mode]) if node.mode else subtitle


def _fitted(title: str, subtitle: str, width: float) -> tuple[str, str]:
    """Return as much of a header's words as there is room for."""
    room = width - 2 * PAD - _BADGE
    said = min(text_width(subtitle, "label"), room / 3) + _GAP if subtitle else 0.0
    title = elided(title, "title", room - said)
    return title, elided(subtitle, "label", max(room - text_width(title, "title") - _GAP, 0)) if subtitle else ""


def _collapsed_face(node: Node, node_type: NodeType | None, inputs: list[Slot], outputs: list[Slot]) -> Face:
    """Return a header with all ports at its ends."""
    title, subtitle = _titles(node, node_type)
    width = _width(title, subtitle, [], ())
    height = max(HEADER, max(len(inputs), len(outputs)) * _COLLAPSED_ROW)
    for side, x in ((inputs, 0.0), (outputs, width)):
        for row, slot in enumerate(side):
            slot.x, slot.y = x, height * (row + 1) / (len(side) + 1)
    title, subtitle = _fitted(title, subtitle, width)
    return Face(
        title=title,
        subtitle=subtitle,
        category=node_type.category if node_type else "",
        width=width,
        height=height,
        lines=(),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        thumbnail=None,
        mode=node.mode,
        collapsed=True,
    )


def _bare_face(node: Node, inputs: list[Slot], outputs: list[Slot]) -> Face:
    width, height = BARE_SIZE
    for side, x in ((inputs, 0.0), (outputs, width)):
        for row, slot in enumerate(side):
            slot.x, slot.y = x, height / 2 + row * ROW
    title = node.title or _(REROUTE_TYPE.title)
    return Face(title, "", REROUTE_TYPE.category, width, height, (), tuple(inputs), tuple(outputs), None, bare=True)


def with_picture(face: Face, wanted: bool) -> Face:
    """Return `face` with room for a picture below its lines, or without."""
    if face.bare or face.collapsed or wanted == (face.thumbnail is not None):
        return face
    if not wanted:
        return replace(face, height=face.height - THUMBNAIL - _PICTURE_GAP, thumbnail=None)
    top = face.height - BODY_BOTTOM + _PICTURE_GAP - 2
    area = QRectF(PAD, top, face.width - 2 * PAD, THUMBNAIL)
    return replace(face, height=face.height + THUMBNAIL + _PICTURE_GAP, thumbnail=area)


def _row_middle(row: int) -> float:
    return HEADER + BODY_TOP + row * ROW + ROW / 2


def _fit(text: str, value: str, row: int, width: float) -> Line:
    room = width - 2 * PAD - _GAP
    value = elided(value, "value", max(room * 0.6, room - text_width(text, "label")))
    return Line(elided(text, "label", room - text_width(value, "value")), value, _row_middle(row))


def _width(title: str, subtitle: str, pairs: list[tuple[str, str]], sides: Collection[list[Slot]]) -> float:
    widths = [text_width(title, "title") + _BADGE]
    if subtitle:
        widths[0] += _GAP + text_width(subtitle, "label")
    widths += [text_width(text, "label") + _GAP + text_width(value, "value") for text, value in pairs]
    labels = [text_width(slot.label, "label") for side in sides for slot in side]
    if labels:
        widths.append(2 * max(labels) + _GAP)
    wanted = max(widths) + 2 * PAD
    return min(max(MIN_WIDTH, 4 * -(-wanted // 4)), MAX_WIDTH)


def _lines(node: Node, node_type: NodeType | None) -> Iterator[tuple[str, str]]:
    """Yield the parameters to show: what was set to something else than the default, then the first ones declared.

    More than two unchanged ones are noise on a canvas, and some always are; the inspector shows them all.
    """
    if node_type is None:
        yield from ((name, str(value)) for name, value in list(node.params.items())[:MAX_LINES])
        return
    params = node_type.params
    set_here = [name for name, value in node.params.items() if name in params and _differs(params[name], value)]
    loud = [name for name in params if name not in QUIET]
    names = [*(n for n in params if n in set_here), *(n for n in loud[:2] if n not in set_here)]
    for name in names[: max(2, min(len(set_here), MAX_LINES))]:
        yield label(name), shown(params[name], node.params.get(name, params[name].default))


def _differs(param: Param, value: Any) -> bool:
    return bool(value != canonical(param.default))
