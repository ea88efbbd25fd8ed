"""The layer above a graph that shows a run under the debugger: where it stands, its gradients, and breakpoints.

Gradients lie in a lane of their own: under each node a box with those of its outputs, and between the boxes wires
that lead back, broken as long as nothing has come along them.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.canvas.metrics import Detail
from studio.canvas.node_item import NodeItem, PaintState
from studio.canvas.picture import Picture, picture_of
from studio.canvas.progress import NOTHING, Progress
from studio.canvas.style import Style, draw_text, elided, font, text_width
from studio.canvas.travelling import Load
from studio.canvas.wires import Strand
from studio.document.document import PortRef
from studio.run.messages import TensorInfo
from studio.ui import icons, motion
from studio.ui.i18n import _

if TYPE_CHECKING:
    from studio.canvas.scene import CanvasScene

_EVERYWHERE: Final = QRectF(-1e7, -1e7, 2e7, 2e7)
_GAP, _LANE, _TITLE = 14.0, 62.0, 18.0
_POINT: Final = 7.0
#: Milliseconds that values take along a wire at normal speed.
TRAVEL: Final = 900
#: Icons of breakpoints, by what they look like, and the token of their colour.
_POINTS: Final = {
    "on": ("circle-dot", "bad"),
    "conditional": ("circle-help", "bad"),
    "log": ("message-square", "accent"),
    "off": ("circle-dashed", "dim"),
}


class ProgressLayer(QGraphicsItem):
    """Paints a `Progress` over the nodes of a scene."""

    def __init__(self, shared: PaintState, clock: QObject) -> None:
        super().__init__()
        self._shared = shared
        self.progress = NOTHING
        self._pictures: dict[PortRef, Picture] = {}
        self._places: dict[str, QRectF] = {}
        self._travelled = -1.0
        self._loads: dict[PortRef, Load] = {}
        self._animation = QVariantAnimation(clock)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutQuad)
        weak = weakref.ref(self)  # items and what belongs to the scene go in any order

        def travel(share: float) -> None:
            if (layer := weak()) is not None:
                layer._travel(share)

        self._animation.valueChanged.connect(travel)
        self._animation.finished.connect(lambda: travel(-1.0))
        self.setZValue(2)
        self.setVisible(False)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def _scene(self) -> CanvasScene:
        # it is asked for each time: holding it, the two would keep each other
        return cast("CanvasScene", self.scene())

    def boundingRect(self) -> QRectF:
        """Return everything: it lies over all nodes."""
        return _EVERYWHERE

    def shape(self) -> QPainterPath:
        """Return nothing: the mouse means what lies below."""
        return QPainterPath()

    def show_progress(self, progress: Progress) -> None:
        """Show where a run stands."""
        before = self.progress.gradients
        self._pictures = {
            ref: self._pictures[ref] if before.get(ref) is info and ref in self._pictures else picture_of(info, "bars")
            for ref, info in progress.gradients.items()
        }
        self.progress = progress
        self.setVisible(progress != NOTHING)
        self.settle()

    def settle(self) -> None:
        """Find places for the lane of gradients, if there is one: below the nodes, and over nothing else."""
        self._places = {}
        if self.progress.is_on and (self.progress.phase in ("backward", "update") or self.progress.gradients):
            taken = [item.body() for item in map(self._scene.node, self._scene.document.nodes) if item is not None]
            for item in self._items():
                self._places[item.id] = place = _free(_below(item.body()), taken)
                taken.append(place)
        self.update()

    def travel(self, speed: float) -> None:
        """Let values travel along the wires into the current node, or back along those out of it."""
        if not motion.reduced() and self.progress.current:
            self._animation.stop()
            self._loads = {
                strand.wire.source: Load(self._carried(strand.wire.source, is_back), is_back)
                for strand, is_back in self._strands()
            }
            self._animation.setDuration(max(1, round(TRAVEL / speed)))
            self._animation.start()

    def _carried(self, source: PortRef, is_back: bool) -> TensorInfo | None:
        """Return what travels along the wires of an output: its value, or on the way back its gradient."""
        return (self.progress.gradients if is_back else self._scene.status.carried).get(source)

    def _travel(self, share: float) -> None:
        self._travelled = float(share)
        self.update()

    # -------------------------------------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the lane of gradients, what was done and comes next, breakpoints, and values on their way."""
        style, detail = self._shared.style, self._shared.detail
        if detail is Detail.FAR:
            return
        if self.progress.is_on:
            self._paint_lane(painter, style)
            self._paint_state(painter, style)
        for id, look in self.progress.points.items():
            if (item := self._scene.node(id)) is not None:
                _paint_point(painter, style, look, item.body().topLeft())
        for ref, look in self.progress.port_points.items():
            if (item := self._scene.node(ref.node)) is not None:
                _paint_point(painter, style, look, item.port_position(ref.port, is_input=False) + QPointF(12, -12))
        if self._travelled >= 0:
            self._paint_values(painter, style)

    def paint_from_afar(self, painter: QPainter) -> None:
        """Paint where the run stands, what comes next, and breakpoints, in sizes of the screen: without a lane."""
        style, zoom = self._shared.style, painter.worldTransform().m11()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for id, line in ((self.progress.after, Qt.PenStyle.DashLine), (self.progress.current, Qt.PenStyle.SolidLine)):
            if (item := self._scene.node(id)) is not None:
                painter.setPen(QPen(QColor(style.theme.warn), 2.5 / zoom, line))
                away = 3 / zoom
                painter.drawRect(item.body().adjusted(-away, -away, away, away))
        painter.setPen(QPen(QColor(style.theme.panel), 1 / zoom))
        painter.setBrush(QColor(style.theme.bad))
        for id in self.progress.points.keys() | {ref.node for ref in self.progress.port_points}:
            if (item := self._scene.node(id)) is not None:
                painter.drawEllipse(item.body().topLeft(), 4 / zoom, 4 / zoom)

    def _items(self) -> Iterator[NodeItem]:
        """Yield the nodes that have a place in the lane: those on the way from a weight to a loss."""
        reached = self._reached()
        for id in self._scene.document.nodes:
            item = self._scene.node(id)
            is_reached = reached is None or id in reached
            if item is not None and not item.face.bare and is_reached and self._is_on_the_way(id):
                yield item

    def _reached(self) -> set[str] | None:
        """Return the nodes that gradients come to: those with weights, and all behind; None if that is not known."""
        if self.progress.weighted is None:
            return None
        found = set(self.progress.weighted)
        waiting = list(found)
        while waiting:
            ends = {wire.target.node for wire in self._scene.document.wires_of(waiting.pop())}  # its own is found
            waiting += ends - found
            found |= ends
        return found

    def _is_on_the_way(self, id: str) -> bool:
        node_type = self._scene.node_type(id)
        if node_type is None or node_type.id.startswith("metric."):
            return False
        return node_type.category in ("layer", "op", "loss", "function")

    def lane(self, id: str) -> QRectF | None:
        """Return where the gradient of a node is shown, None if it is not."""
        return self._places.get(id)

    def gradients(self, id: str) -> list[PortRef]:
        """Return the outputs of a node whose gradients are known, in the order of its ports."""
        item = self._scene.node(id)
        names = [slot.name for slot in item.face.outputs] if item is not None else []
        known = [ref for ref in self.progress.gradients if ref.node == id]
        return sorted(known, key=lambda ref: names.index(ref.port) if ref.port in names else len(names))

    def _paint_lane(self, painter: QPainter, style: Style) -> None:
        red, places = style.theme.bad, self._places
        for target, strand in self._scene.wires.strands().items():
            source, end = places.get(strand.wire.source.node), places.get(target.node)
            if source is not None and end is not None:
                self._paint_way(painter, red, source, end, strand.wire.source in self.progress.gradients)
        for id, place in places.items():
            refs = self.gradients(id)
            painter.setBrush(style.body)
            outline = QPen(QColor(red if refs else style.theme.line), 1)
            if not refs:
                outline.setStyle(Qt.PenStyle.DashLine)
            is_here = self.progress.is_backward and id == self.progress.current
            painter.setPen(style.running if is_here else outline)
            painter.drawRoundedRect(place, 8, 8)
            width = place.width() / max(1, len(refs))
            for i, ref in enumerate(refs or [None]):  # side by side, where a node has several outputs
                part = QRectF(place.left() + i * width, place.top(), width, place.height())
                self._paint_gradient(painter, style, part, id, ref)

    def _paint_gradient(self, painter: QPainter, style: Style, place: QRectF, id: str, ref: PortRef | None) -> None:
        """Paint the gradient of one output, or the place where it will be."""
        title = elided(_("∂L/∂{port}").format(port=_shown(self._scene, id, ref)), "label", place.width() - 8)
        painter.setFont(font("label"))
        painter.setPen(QColor(style.theme.bad if ref is not None else style.theme.dim))
        left = place.center().x() - text_width(title, "label") / 2
        draw_text(painter, left, place.top() + _TITLE / 2 + 2, title, "label")
        if ref is not None and (picture := self._pictures.get(ref)) is not None:
            picture.paint(painter, place.adjusted(10, _TITLE + 4, -10, -7), style, "loss")

    @staticmethod
    def _paint_way(painter: QPainter, red: str, source: QRectF, end: QRectF, is_known: bool) -> None:
        """Paint a wire from the gradient of an input back to that of what it came from."""
        pen = QPen(QColor(red), 2 if is_known else 1.5)
        if not is_known:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        begin, tip = QPointF(end.left(), end.center().y()), QPointF(source.right() + 7, source.center().y())
        way = QPainterPath(begin)
        bend = max(24.0, abs(begin.x() - tip.x()) / 2)
        way.cubicTo(begin - QPointF(bend, 0), tip + QPointF(bend, 0), tip)
        painter.drawPath(way)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(red))
        painter.drawPolygon(QPolygonF([tip - QPointF(7, 0), tip + QPointF(3, -5), tip + QPointF(3, 5)]))

    def _paint_state(self, painter: QPainter, style: Style) -> None:
        """Mark what was done with a tick, and frame what comes next with a broken line."""
        for id in self.progress.done:
            if (item := self._scene.node(id)) is not None and id != self.progress.current and not item.face.bare:
                corner = item.body().topRight()
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(style.theme.panel))
                painter.drawEllipse(corner, 8, 8)
                icons.paint(painter, "check", QRectF(corner.x() - 6, corner.y() - 6, 12, 12), style.theme.ok)
        if (item := self._scene.node(self.progress.after)) is not None:
            pen = QPen(style.running)
            pen.setStyle(Qt.PenStyle.DashLine)
            pen.setWidthF(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(item.body().adjusted(-4, -4, 4, 4), 13, 13)

    def _strands(self) -> Iterator[tuple[Strand, bool]]:
        """Yield the wires that values travel along, and whether they go back."""
        current = self.progress.current
        for target, strand in self._scene.wires.strands().items():
            if self.progress.is_backward and strand.wire.source.node == current and target.node in self._places:
                yield strand, True
            elif not self.progress.is_backward and target.node == current:
                yield strand, False

    def _paint_values(self, painter: QPainter, style: Style) -> None:
        for strand, is_back in self._strands():
            if (load := self._loads.get(strand.wire.source)) is not None:
                load.paint(painter, style, strand.path, self._travelled, is_back)


def _below(body: QRectF) -> QRectF:
    return QRectF(body.left(), body.bottom() + _GAP, body.width(), _LANE)


def _free(place: QRectF, taken: Sequence[QRectF]) -> QRectF:
    """Return a place of the same size, straight below at the farthest, where nothing lies."""
    while (hit := next((other for other in taken if other.intersects(place)), None)) is not None:
        place = place.translated(0, hit.bottom() + _GAP - place.top())
    return place


def _shown(scene: CanvasScene, id: str, ref: PortRef | None) -> str:
    """Return what the output of a node is called in the lane."""
    item = scene.node(id)
    slots = item.face.outputs if item is not None else ()
    return next((slot.label for slot in slots if ref is None or slot.name == ref.port), "")


def _paint_point(painter: QPainter, style: Style, look: str, at: QPointF) -> None:
    picture, token = _POINTS[look]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.theme.panel))
    painter.drawEllipse(at, _POINT + 2, _POINT + 2)
    side = QRectF(at.x() - _POINT, at.y() - _POINT, 2 * _POINT, 2 * _POINT)
    if look == "on":
        painter.setBrush(QColor(style.theme.bad))
        painter.drawEllipse(at, _POINT - 1, _POINT - 1)
    else:
        icons.paint(painter, picture, side, getattr(style.theme, token))
