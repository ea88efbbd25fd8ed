"""A node on the canvas: one item that paints its ports and texts itself.

Child items for ports and labels would cost seven times as much per repaint (100 ms instead of 14 at 1,000 nodes).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.canvas.face import Face
from studio.canvas.metrics import HEADER, MARGIN, PAD, PORT, Detail
from studio.canvas.picture import Picture
from studio.canvas.ports import UNKNOWN, Kind, Slot
from studio.canvas.style import Style, bar_path, baseline, body_path, font, header_path, symbol_path, text_width

Severity = Literal["", "warning", "error"]
Key = tuple[bool, str]
"""A port within a node: whether it is an input, and its name."""


@dataclass
class PaintState:
    """What all items of a scene share while they paint."""

    style: Style
    detail: Detail = Detail.FULL
    takes: Callable[[str, Slot], bool] | None = None
    """While a wire is being drawn: whether a port takes it. Those that do not step back."""


@dataclass
class Marks:
    """What is true of a node at the moment, beside the document."""

    selected: bool = False
    hovered: bool = False
    running: bool = False
    severity: Severity = ""
    kinds: dict[Key, Kind] = field(default_factory=dict)


class NodeItem(QGraphicsItem):
    """A node; `face` says what it shows, `marks` in what state it is."""

    def __init__(self, id: str, face: Face, shared: PaintState) -> None:
        super().__init__()
        self.id = id
        self.face = face
        self.marks = Marks()
        self.picture: Picture | None = None
        self.stale = False
        self._shared = shared
        self._bounds = QRectF()
        self.set_face(face)

    def set_face(self, face: Face) -> None:
        """Show something else from now on."""
        bounds = QRectF(-MARGIN, -MARGIN, face.width + 2 * MARGIN, face.height + 2 * MARGIN)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.face = face
        self.update()

    def body(self) -> QRectF:
        """Return the rectangle of the node itself in scene coordinates."""
        return QRectF(self.x(), self.y(), self.face.width, self.face.height)

    def port_position(self, name: str, *, is_input: bool) -> QPointF:
        """Return the middle of a port in scene coordinates."""
        slot = self.face.slot(name, is_input=is_input)
        return QPointF(self.x() + slot.x, self.y() + slot.y) if slot else self.body().center()

    def slots(self) -> tuple[Slot, ...]:
        """Return all ports."""
        return *self.face.inputs, *self.face.outputs

    def nearest_slot(
        self, position: QPointF, reach: float, takes: Callable[[str, Slot], bool] | None = None
    ) -> Slot | None:
        """Return the slot nearest to a scene position, if one is within `reach`, of those that `takes` accepts."""
        x, y = position.x() - self.x(), position.y() - self.y()
        best, best_distance = None, reach * reach
        for slot in self.slots():
            distance = (slot.x - x) ** 2 + (slot.y - y) ** 2
            if distance <= best_distance and (takes is None or takes(self.id, slot)):
                best, best_distance = slot, distance
        return best

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        return body_path(self.face.width, self.face.height)

    # ---------------------------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint as much as the level of detail asks for."""
        style, full = self._shared.style, self._shared.detail is Detail.FULL
        self._paint_body(painter, style)
        painter.setFont(font("title"))
        painter.setPen(style.text)
        painter.drawText(QPointF(PAD, HEADER / 2 + baseline("title")), self.face.title)
        if full:
            self._paint_texts(painter, style)
        if self.picture is not None and self.face.thumbnail is not None:
            painter.setOpacity(0.35 if self.stale else 1.0)
            self.picture.paint(painter, self.face.thumbnail, style, self.face.category)
            painter.setOpacity(1.0)
        if self.marks.severity:
            _paint_badge(painter, style, QPointF(self.face.width - PAD - 2, HEADER / 2), self.marks.severity)
        self._paint_ports(painter, style, self.face.inputs)
        self._paint_ports(painter, style, self.face.outputs)

    def _paint_body(self, painter: QPainter, style: Style) -> None:
        face = self.face
        outline = body_path(face.width, face.height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.body)
        painter.drawPath(outline)
        painter.setBrush(style.header[face.category])
        painter.drawPath(header_path(face.width))
        painter.setBrush(style.category[face.category])
        painter.drawPath(bar_path())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(style.border if face.category else style.placeholder)
        painter.drawPath(outline)
        if self.marks.selected or self.marks.running:
            painter.setPen(style.running if self.marks.running else style.ring)
            painter.drawRoundedRect(QRectF(-3, -3, face.width + 6, face.height + 6), 12.5, 12.5)
        elif self.marks.hovered:
            painter.setPen(style.hover)
            painter.drawPath(outline)

    def _paint_texts(self, painter: QPainter, style: Style) -> None:
        face = self.face
        painter.setFont(font("label"))
        painter.setPen(style.dim)
        drop = baseline("label")
        if face.subtitle:
            x = PAD + text_width(face.title, "title") + 8
            painter.drawText(QPointF(x, HEADER / 2 + drop), face.subtitle)
        for line in face.lines:
            painter.drawText(QPointF(PAD, line.y + drop), line.label)
        if face.labelled:
            if len(face.inputs) > 1:
                for slot in face.inputs:
                    painter.drawText(QPointF(PAD, slot.y + drop), slot.shown)
            if len(face.outputs) > 1:
                for slot in face.outputs:
                    x = face.width - PAD - text_width(slot.shown, "label")
                    painter.drawText(QPointF(x, slot.y + drop), slot.shown)
        painter.setFont(font("value"))
        painter.setPen(style.text)
        drop = baseline("value")
        for line in face.lines:
            painter.drawText(QPointF(face.width - PAD - text_width(line.value, "value"), line.y + drop), line.value)

    def _paint_ports(self, painter: QPainter, style: Style, slots: Sequence[Slot]) -> None:
        takes = self._shared.takes
        for slot in slots:
            kind = self.marks.kinds.get((slot.is_input, slot.name), UNKNOWN)
            painter.translate(slot.x, slot.y)
            if takes is not None:
                if takes(self.id, slot):
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(style.halo[kind])
                    painter.drawEllipse(QPointF(0, 0), MARGIN, MARGIN)
                else:
                    painter.setOpacity(0.35)
            paint_symbol(painter, style, kind, wired=slot.wired)
            painter.setOpacity(1.0)
            painter.translate(-slot.x, -slot.y)


def paint_symbol(painter: QPainter, style: Style, kind: Kind, *, wired: bool) -> None:
    """Paint the symbol of a port around (0, 0): hollow while it is free, filled once it is wired."""
    painter.setPen(style.port[kind])
    painter.setBrush(style.wired[kind] if wired else style.body)
    painter.drawPath(symbol_path(kind.shape))
    if kind.dot:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.port[kind].color())
        painter.drawEllipse(QPointF(0, 0), PORT / 8, PORT / 8)


def _paint_badge(painter: QPainter, style: Style, middle: QPointF, severity: Severity) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.bad if severity == "error" else style.warn)
    if severity == "error":
        painter.drawEllipse(middle, 8, 8)
        drop = 0.0
    else:
        painter.translate(middle)
        painter.drawPath(style.triangle)
        painter.translate(-middle)
        drop = 1.5
    painter.setFont(font("badge"))
    painter.setPen(style.on_badge)
    x = middle.x() - text_width("!", "badge") / 2
    painter.drawText(QPointF(x, middle.y() + drop + baseline("badge")), "!")
