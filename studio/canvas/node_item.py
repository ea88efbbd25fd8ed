"""A node on the canvas: one item that paints its ports and texts itself.

Child items for ports and labels would cost seven times as much per repaint (100 ms instead of 14 at 1,000 nodes).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.canvas.face import Face
from studio.canvas.metrics import DOT, HEADER, LOCK, MARGIN, PAD, Detail
from studio.canvas.picture import Picture
from studio.canvas.ports import UNKNOWN, Kind, Slot
from studio.canvas.sprites import Sprites
from studio.canvas.style import Style, body_path, draw_text, font, symbol_path, text_width
from studio.ui.icons import paint as paint_icon

Severity = Literal["", "warning", "error"]
Key = tuple[bool, str]
"""A port within a node: whether it is an input, and its name."""


@dataclass
class PaintState:
    """What all items of a scene share while they paint."""

    style: Style
    sprites: Sprites
    detail: Detail = Detail.FULL
    takes: Callable[[str, Slot], bool] | None = None
    """While a wire is being drawn: whether a port takes it. Those that do not step back."""
    fits: Callable[[str, Slot], bool] | None = None
    """And whether it works with what the wire brings. Those that do shine."""
    exposed: Sequence[QRectF] = ()
    """While the view is painted: the parts of the scene that appear; none stands for what each item is told."""


@dataclass
class Marks:
    """What is true of a node at the moment, beside the document."""

    selected: bool = False
    hovered: bool = False
    running: bool = False
    frozen: bool = False
    severity: Severity = ""


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
        self._kinds: dict[Key, Kind] = {}
        self._port_paths: list[tuple[Kind, bool, QPainterPath, QPainterPath]] | None = None
        self._bounds = QRectF()
        self.set_face(face)

    def set_face(self, face: Face) -> None:
        """Show something else from now on."""
        bounds = QRectF(-MARGIN, -MARGIN, face.width + 2 * MARGIN, face.height + 2 * MARGIN)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.face = face
        self._port_paths = None
        self.update()

    def set_kinds(self, kinds: dict[Key, Kind]) -> None:
        """Say what the ports carry."""
        if kinds != self._kinds:
            self._kinds = kinds
            self._port_paths = None
            self.update()

    def kind(self, slot: Slot) -> Kind:
        """Return what a port carries."""
        return self._kinds.get((slot.is_input, slot.name), UNKNOWN)

    def output_kind(self, name: str) -> Kind:
        """Return what the output called `name` carries."""
        return self._kinds.get((False, name), UNKNOWN)

    def body(self) -> QRectF:
        """Return the rectangle of the node itself in scene coordinates."""
        return QRectF(self.x(), self.y(), self.face.width, self.face.height)

    def holds(self, position: QPointF) -> bool:
        """Return whether a scene position means it."""
        return self.body().contains(position)

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
        if self.face.bare and self.body().contains(position):  # its middle is to be taken hold of at any zoom
            reach = min(reach, self.face.width / 3)
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
        if self.face.bare:
            self._paint_bare(painter, style)
            return
        self._paint_body(painter, style)
        if full:
            self._paint_texts(painter, style)
        if self.picture is not None and self.face.thumbnail is not None:
            painter.setOpacity(0.35 if self.stale else 1.0)
            self.picture.paint(painter, self.face.thumbnail, style, self.face.category)
            painter.setOpacity(1.0)
        if self.face.mode:
            self._paint_mode(painter, style)
        self._paint_title(painter, style, full)
        if self.marks.severity:
            _paint_badge(painter, style, QPointF(self.face.width - PAD - 2, HEADER / 2), self.marks.severity)
        if self.marks.frozen:
            _paint_lock(painter, style, QPointF(self.face.width - PAD - 2, 0))
        self._paint_all_ports(painter, style)

    def _paint_bare(self, painter: QPainter, style: Style) -> None:
        """Paint a reroute point: a wire with a bead on it."""
        width, height = self.face.width, self.face.height
        lit, kind = self.marks.hovered or self.marks.selected, self.kind(self.face.outputs[0])
        painter.setPen(style.port[kind])
        painter.drawLine(QPointF(0, height / 2), QPointF(width, height / 2))
        painter.setPen(style.ring if lit else style.port[kind])
        painter.setBrush(style.wired[kind])
        painter.drawRoundedRect(QRectF(width / 2 - 7, 1, 14, height - 2), 5, 5)
        if self.marks.running:
            painter.setPen(style.running)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(-3, -3, width + 6, height + 6), 8, 8)
        if self.marks.severity:
            _paint_badge(painter, style, QPointF(width / 2, height / 2), self.marks.severity)
        self._paint_all_ports(painter, style)

    def _paint_all_ports(self, painter: QPainter, style: Style) -> None:
        if self._shared.takes is None:
            self._paint_ports(painter, style)
        else:
            self._paint_ports_for_wire(painter, style, self._shared.takes)

    def _paint_body(self, painter: QPainter, style: Style) -> None:
        face = self.face
        self._shared.sprites.paint_body(painter, face.width, face.height, face.category, self.marks.hovered)
        if self.marks.selected or self.marks.running:
            painter.setPen(style.running if self.marks.running else style.ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(-3, -3, face.width + 6, face.height + 6), 12.5, 12.5)

    def _paint_texts(self, painter: QPainter, style: Style) -> None:
        face = self.face
        painter.setFont(font("label"))
        painter.setPen(style.dim)
        for line in face.lines:
            draw_text(painter, PAD, line.y, line.label, "label")
        if len(face.inputs) > 1:
            for slot in face.inputs:
                draw_text(painter, PAD, slot.y, slot.shown, "label")
        if len(face.outputs) > 1:
            for slot in face.outputs:
                draw_text(painter, face.width - PAD - text_width(slot.shown, "label"), slot.y, slot.shown, "label")
        painter.setFont(font("value"))
        painter.setPen(style.text)
        for line in face.lines:
            draw_text(painter, face.width - PAD - text_width(line.value, "value"), line.y, line.value, "value")

    def _paint_title(self, painter: QPainter, style: Style, full: bool) -> None:
        face = self.face
        middle = min(face.height, HEADER) / 2 if not face.collapsed else face.height / 2
        painter.setFont(font("title"))
        painter.setPen(style.beside_title if face.mode else style.text)
        draw_text(painter, PAD, middle, face.title, "title")
        if face.subtitle and full:
            painter.setFont(font("label"))
            painter.setPen(style.beside_title)
            draw_text(painter, PAD + text_width(face.title, "title") + 8, middle, face.subtitle, "label")

    def _paint_mode(self, painter: QPainter, style: Style) -> None:
        """Paint what takes no part paler, with a broken border; through what is bypassed, show the way."""
        face = self.face
        painter.setPen(style.placeholder)
        painter.setBrush(style.veil)
        painter.drawPath(body_path(face.width, face.height))
        if face.mode == "bypass" and face.inputs and face.outputs:
            pen = QPen(style.wire[self.kind(face.outputs[0])])
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            start, end = face.inputs[0], face.outputs[0]
            painter.drawLine(QPointF(start.x, start.y), QPointF(end.x, end.y))

    def _paint_ports(self, painter: QPainter, style: Style) -> None:
        for kind, wired, outlines, dots in self._ports():
            painter.setPen(style.port[kind])
            painter.setBrush(style.wired[kind] if wired else style.body)
            painter.drawPath(outlines)
            if kind.dot:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(style.port[kind].color())
                painter.drawPath(dots)

    def _ports(self) -> list[tuple[Kind, bool, QPainterPath, QPainterPath]]:
        """Return the symbols of all ports, those that are painted alike as one path."""
        if self._port_paths is None:
            paths: dict[tuple[Kind, bool], tuple[QPainterPath, QPainterPath]] = {}
            for slot in self.slots():
                outlines, dots = paths.setdefault((self.kind(slot), slot.wired), (QPainterPath(), QPainterPath()))
                outlines.addPath(symbol_path(self.kind(slot).shape).translated(slot.x, slot.y))
                dots.addEllipse(QPointF(slot.x, slot.y), DOT, DOT)
            self._port_paths = [(kind, wired, *pair) for (kind, wired), pair in paths.items()]
        return self._port_paths

    def _paint_ports_for_wire(self, painter: QPainter, style: Style, takes: Callable[[str, Slot], bool]) -> None:
        """Paint the ports while a wire is drawn: with a halo where it fits, paler where it may not be plugged in."""
        fits = self._shared.fits or takes
        for slot in self.slots():
            kind = self.kind(slot)
            painter.translate(slot.x, slot.y)
            if not takes(self.id, slot):
                painter.setOpacity(0.35)
            elif fits(self.id, slot):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(style.halo[kind])
                painter.drawEllipse(QPointF(0, 0), MARGIN, MARGIN)
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
        painter.drawEllipse(QPointF(0, 0), DOT, DOT)


def _paint_lock(painter: QPainter, style: Style, middle: QPointF) -> None:
    """Paint what tells a layer that does not learn: on its border, where no words are."""
    painter.setPen(style.hover)
    painter.setBrush(style.body)
    painter.drawEllipse(middle, LOCK, LOCK)
    square = QRectF(0, 0, 1.3 * LOCK, 1.3 * LOCK)
    square.moveCenter(middle)
    paint_icon(painter, "lock", square, style.text.name())


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
    draw_text(painter, middle.x() - text_width("!", "badge") / 2, middle.y() + drop, "!", "badge")
