"""All wires of a document as one item: a list of curves, drawn in one go and searched by their bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.core.dtype import Array
from studio.canvas.metrics import FAR_POSITION, LABEL_GAP, LABEL_GROWTH, LEAST_LABEL, WIRE_HOT, Detail
from studio.canvas.node_item import PaintState
from studio.canvas.ports import UNKNOWN, Kind
from studio.canvas.style import draw_text, font, text_width
from studio.document.document import PortRef, Wire

_PARAMETER: Final = np.linspace(0.0, 1.0, 33)[:, None]
_WEIGHTS: Final = np.hstack(
    [(1 - _PARAMETER) ** 3, 3 * (1 - _PARAMETER) ** 2 * _PARAMETER, 3 * (1 - _PARAMETER) * _PARAMETER**2, _PARAMETER**3]
)
_EVERYWHERE: Final = QRectF(-2 * FAR_POSITION, -2 * FAR_POSITION, 4 * FAR_POSITION, 4 * FAR_POSITION)


def control_points(start: QPointF, end: QPointF) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """Return the control points of the cubic curve from an output to an input.

    It leaves and arrives level; the longer the way, the wider it swings, more so when it has to go back.
    """
    dx = end.x() - start.x()
    bend = min(max(abs(dx) / 2, 24.0), 160.0) if dx >= 0 else min(48.0 - dx / 2, 240.0)
    # A short hop needs no swing that would overshoot its ends.
    bend = min(bend, max(24.0, (abs(dx) + abs(end.y() - start.y())) / 2))
    return start, QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """Return the path of a wire."""
    first, second, third, last = control_points(start, end)
    path = QPainterPath(first)
    path.cubicTo(second, third, last)
    return path


@dataclass(slots=True)
class Strand:
    """A wire as it is painted. `text` is its shape, `row` its place in the table of bounds."""

    wire: Wire
    row: int
    start: QPointF
    end: QPointF
    path: QPainterPath
    kind: Kind
    text: str
    _label: QRectF | None = None
    _has_place: bool = False
    _middle: tuple[float, QPointF] | None = None
    """How large the shape was painted last, and its middle: it takes 25 µs to find."""

    @property
    def label(self) -> QRectF | None:
        """Where the shape stands; worked out when it is first asked for, as from afar it never is."""
        if not self._has_place:
            self._label, self._has_place = _label_area(self) if _has_label(self) else None, True
        return self._label

    def place_anew(self) -> None:
        """Work out anew where the shape stands: the wire or the text is another."""
        self._has_place, self._middle = False, None

    def middle(self, scale: float) -> QPointF:
        """Return the middle of the shape, painted larger than it is at 100 %."""
        if self._middle is None or self._middle[0] != scale:
            self._middle = scale, _label_area(self, scale).center()
        return self._middle[1]

    def shift(self, step: QPointF) -> None:
        """Move all of it."""
        self.start, self.end = self.start + step, self.end + step
        self.path.translate(step)
        if self._label is not None:
            self._label.translate(step)
        self._middle = None

    def area(self) -> QRectF:
        """Return what has to be painted anew when the strand changes."""
        area = self.path.controlPointRect().adjusted(-8, -8, 8, 8)
        if self.label is None:
            return area
        height = LABEL_GROWTH * self.label.height() / 2
        return area.adjusted(0, -height, 0, height).united(self.label).united(_label_area(self, LABEL_GROWTH))


class WireLayer(QGraphicsItem):
    """The wires of a scene, below its nodes."""

    def __init__(self, shared: PaintState) -> None:
        super().__init__()
        self._shared = shared
        self._strands: dict[PortRef, Strand] = {}
        self._by_row: list[Strand | None] = []
        self._free: list[int] = []
        self._bounds = np.empty((64, 4))
        self._bounds[:] = np.nan
        self.hot: frozenset[PortRef] = frozenset()
        self.selected: frozenset[PortRef] = frozenset()
        self.doomed: frozenset[PortRef] = frozenset()
        self.hidden: PortRef | None = None
        self.setZValue(-1)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # for exposedRect

    def boundingRect(self) -> QRectF:
        """Return everything: bounds that grew with the wires would repaint all of them at each change."""
        return _EVERYWHERE

    def shape(self) -> QPainterPath:
        """Return nothing: wires are found by `at`."""
        return QPainterPath()

    def strands(self) -> dict[PortRef, Strand]:
        """Return the strands by the inputs they end at."""
        return self._strands

    # ---------------------------------------------------------------------------------------------- changes

    def put(self, wire: Wire, start: QPointF, end: QPointF, kind: Kind = UNKNOWN, text: str = "") -> None:
        """Add a wire, or lead one that is there from `start` to `end`."""
        strand = self._strands.get(wire.target)
        if strand is None:
            strand = Strand(wire, self._new_row(), start, end, curve(start, end), kind, text)
            self._strands[wire.target] = strand
            self._by_row[strand.row] = strand
        else:
            stays = strand.start == start and strand.end == end
            if stays and strand.wire == wire and strand.kind is kind and strand.text == text:
                return
            self._invalidate(strand)
            if not stays:
                strand.start, strand.end, strand.path = start, end, curve(start, end)
            strand.wire, strand.kind, strand.text = wire, kind, text
        strand.place_anew()
        area = strand.path.controlPointRect()
        self._bounds[strand.row] = area.left(), area.top(), area.right(), area.bottom()
        self._invalidate(strand)

    def shift(self, targets: Iterable[PortRef], step: QPointF) -> None:
        """Move wires with both their ends, all by the same step."""
        strands = [strand for target in targets if (strand := self._strands.get(target)) is not None]
        changed = QRectF()
        for strand in strands:
            changed = changed.united(strand.area())
            strand.shift(step)
        rows = [strand.row for strand in strands]
        self._bounds[rows] += (step.x(), step.y(), step.x(), step.y())
        if (scene := self.scene()) is not None and strands:
            scene.update(changed.united(changed.translated(step)))

    def take(self, target: PortRef) -> None:
        """Remove the wire that ends at `target`, if there is one."""
        if strand := self._strands.pop(target, None):
            self._invalidate(strand)
            self._bounds[strand.row] = np.nan
            self._by_row[strand.row] = None
            self._free.append(strand.row)
            self.hot -= {target}
            self.selected -= {target}
            self.doomed -= {target}

    def mark(
        self,
        *,
        hot: frozenset[PortRef] | None = None,
        selected: frozenset[PortRef] | None = None,
        doomed: frozenset[PortRef] | None = None,
    ) -> None:
        """Say which wires are hot (under the cursor), selected, or doomed (about to be cut) from now on."""
        before = self.hot | self.selected, self.doomed
        self.hot = self.hot if hot is None else hot
        self.selected = self.selected if selected is None else selected
        self.doomed = self.doomed if doomed is None else doomed
        for target in (before[0] ^ (self.hot | self.selected)) | (before[1] ^ self.doomed):
            if strand := self._strands.get(target):
                self._invalidate(strand)

    def hide_wire(self, target: PortRef | None) -> None:
        """Leave out the wire that ends at `target`, as while its end is being dragged; None shows all."""
        for changed in (self.hidden, target):
            if changed is not None and (strand := self._strands.get(changed)):
                self._invalidate(strand)
        self.hidden = target

    def _invalidate(self, strand: Strand) -> None:
        # Through the scene: updates of one item are united to a single rectangle, which could be the whole view.
        # From afar nothing of it shows: the view paints lines in its place, when it says so itself.
        if (scene := self.scene()) is not None and self._shared.detail is not Detail.FAR:
            scene.update(strand.area())

    def _new_row(self) -> int:
        if self._free:
            return self._free.pop()
        row = len(self._by_row)
        self._by_row.append(None)
        if row == len(self._bounds):
            self._bounds = np.vstack([self._bounds, np.full_like(self._bounds, np.nan)])
        return row

    # ---------------------------------------------------------------------------------------------- search

    def within(self, area: QRectF) -> list[Strand]:
        """Return the wires whose bounds meet `area`."""
        left, top, right, bottom = self._bounds.T
        hit = (left <= area.right()) & (right >= area.left()) & (top <= area.bottom()) & (bottom >= area.top())
        return [s for row in np.flatnonzero(hit) if (s := self._by_row[row]) is not None]

    def at(self, position: QPointF, reach: float) -> Strand | None:
        """Return the wire nearest to a scene position, if one is within `reach`."""
        area = QRectF(position.x() - reach, position.y() - reach, 2 * reach, 2 * reach)
        best, best_distance = None, reach
        for strand in self.within(area):
            if (distance := _distance(strand, position)) <= best_distance:
                best, best_distance = strand, distance
        return best

    def crossed(self, start: QPointF, end: QPointF) -> list[Strand]:
        """Return the wires that a straight stroke from `start` to `end` crosses."""
        return [s for s in self.within(QRectF(start, end).normalized()) if _crosses(s, start, end)]

    # -------------------------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the wires that meet the exposed area, those that are hot or selected last."""
        style = self._shared.style
        parts = self._shared.exposed or (option.exposedRect,)
        exposed = {s.row: s for part in parts for s in self.within(part.adjusted(-4, -4, 4, 4))}
        visible = [s for _, s in sorted(exposed.items()) if s.wire.target != self.hidden]
        lit = self.hot | self.selected
        self.paint_lines(painter, [s for s in visible if s.wire.target not in lit])
        for strand in visible:
            if strand.wire.target in self.selected:
                painter.setPen(QPen(style.band, 4 * WIRE_HOT))
                painter.drawPath(strand.path)
            if strand.wire.target in lit:
                painter.setPen(style.hot_wire[strand.kind])
                painter.drawPath(strand.path)
            if strand.wire.target in self.doomed:
                painter.setPen(style.refused)
                painter.drawPath(strand.path)
        if self._shared.detail is Detail.FULL:
            self.paint_labels(painter, visible)

    def paint_lines(self, painter: QPainter, strands: Iterable[Strand]) -> None:
        """Paint the wires as they are at rest."""
        style = self._shared.style
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for strand in strands:
            painter.setPen(style.wire[strand.kind])
            painter.drawPath(strand.path)

    def paint_labels(self, painter: QPainter, visible: Iterable[Strand]) -> None:
        """Paint the shapes: zoomed out they are as large as can be read, and stand where there is room for that."""
        style = self._shared.style
        painter.setFont(font("shape"))
        scale = max(1.0, LEAST_LABEL / (font("shape").pixelSize() * painter.worldTransform().m11()))
        for strand in visible:
            if strand.label is None:
                continue
            if scale > 1 and strand.label.width() * scale > strand.end.x() - strand.start.x() - 2 * LABEL_GAP:
                continue
            middle = strand.middle(scale)
            painter.save()
            painter.translate(middle)
            painter.scale(scale, scale)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.label_back)
            painter.drawRoundedRect(strand.label.translated(-strand.label.center()), 7, 7)
            painter.setPen(style.dim)
            draw_text(painter, -text_width(strand.text, "shape") / 2, 0.0, strand.text, "shape")
            painter.restore()


def _has_label(strand: Strand) -> bool:
    """Return whether there is room for the shape."""
    if not strand.text:
        return False
    room = strand.end.x() - strand.start.x() - 2 * LABEL_GAP
    return _label_width(strand) <= room or abs(strand.end.y() - strand.start.y()) >= 80


def _label_width(strand: Strand) -> float:
    return text_width(strand.text, "shape") + 8


def _label_area(strand: Strand, scale: float = 1.0) -> QRectF:
    """Return where the shape stands: on the curve, close to the output, but clear of it however large it is drawn."""
    width, height = scale * _label_width(strand), scale * 16
    way = min(strand.path.length() / 2, width / 2 + LABEL_GAP)
    middle = strand.path.pointAtPercent(strand.path.percentAtLength(way))
    return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)


def _points(strand: Strand) -> Array:
    """Return points along a curve: its 32 chords are taken for it."""
    return np.asarray(_WEIGHTS @ np.array([(p.x(), p.y()) for p in control_points(strand.start, strand.end)]))


def _crosses(strand: Strand, start: QPointF, end: QPointF) -> bool:
    """Return whether a straight stroke crosses a curve: a chord's ends lie on both sides of it, and the other way."""
    points = _points(strand)
    a, b = np.array((start.x(), start.y())), np.array((end.x(), end.y()))
    sides = _side(a, b, points)
    ends = _side(points[:-1], points[1:], a), _side(points[:-1], points[1:], b)
    return bool(np.any((sides[:-1] * sides[1:] <= 0) & (ends[0] * ends[1] <= 0) & (ends[0] != ends[1])))


def _side(a: Array, b: Array, point: Array) -> Array:
    """Return on which side of the line from `a` to `b` a point lies: negative on one, positive on the other."""
    along, to = b - a, point - a
    return np.asarray(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])


def _distance(strand: Strand, position: QPointF) -> float:
    """Return the distance of a point from a curve."""
    points = _points(strand) - (position.x(), position.y())
    first, along = points[:-1], np.diff(points, axis=0)
    length = np.einsum("ij,ij->i", along, along)
    share = np.clip(-np.einsum("ij,ij->i", first, along) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    return float(np.linalg.norm(first + share[:, None] * along, axis=1).min())
