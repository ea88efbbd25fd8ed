"""The document from afar: blocks and straight lines, for the zoomed-out canvas and the minimap.

Kept up to date block by block, so that painting is a few calls with ready lists: 5,000 nodes in 7 ms, where painting
their items would take 140.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.canvas.metrics import HEADER
from studio.canvas.ports import UNKNOWN, Kind
from studio.canvas.style import Style, draw_text, elided, font
from studio.document.document import PortRef

NOTE = "note"
"""The category of notes, which lie below the wires and have no header."""
FRAME = "frame"
"""That of frames, which lie below the notes."""
_SHEETS = (NOTE, FRAME)
_LEAST_TITLE = 40.0
"""Pixels of the screen below which a frame has no room for its title."""


class Overview:
    """Blocks by category and lines by kind."""

    def __init__(self) -> None:
        self._bodies: dict[str, dict[str, QRectF]] = defaultdict(dict)
        self._headers: dict[str, dict[str, QRectF]] = defaultdict(dict)  # of nodes only
        self._lines: dict[Kind, dict[PortRef, QLineF]] = defaultdict(dict)
        self._category: dict[str, str] = {}
        self._kind: dict[PortRef, Kind] = {}
        self._looks: dict[str, tuple[str, str]] = {}
        """The colour and the title of each note and frame."""
        self._rows: dict[str, int] = {}
        self._free: list[int] = []
        self._edges = np.full((64, 4), np.nan)
        """Left, top, right and bottom of each block, for their bounds."""

    def put_block(self, id: str, category: str, body: QRectF) -> None:
        """Add or move the block of a node."""
        if self._category.get(id, category) != category:
            self.take_block(id)
        self._category[id] = category
        self._bodies[category][id] = body
        row = self._row(id)
        self._edges[row] = body.left(), body.top(), body.right(), body.bottom()
        if category not in _SHEETS:
            self._headers[category][id] = QRectF(body.x(), body.y(), body.width(), HEADER)

    def take_block(self, id: str) -> None:
        """Remove the block of a node."""
        category = self._category.pop(id)
        del self._bodies[category][id]
        if category not in _SHEETS:
            del self._headers[category][id]
        self._looks.pop(id, None)
        row = self._rows.pop(id)
        self._edges[row] = np.nan
        self._free.append(row)

    def shift(self, ids: Iterable[str], targets: Iterable[PortRef], step: QPointF) -> None:
        """Move blocks, and the lines of wires, all by the same step."""
        for id in ids:
            category = self._category[id]
            self._bodies[category][id].translate(step)
            if category not in _SHEETS:
                self._headers[category][id].translate(step)
        self._edges[[self._rows[id] for id in ids]] += (step.x(), step.y(), step.x(), step.y())
        for target in targets:
            if (kind := self._kind.get(target)) is not None:
                self._lines[kind][target].translate(step)

    def _row(self, id: str) -> int:
        if (row := self._rows.get(id)) is None:
            row = self._rows[id] = self._free.pop() if self._free else len(self._rows)
            if row == len(self._edges):
                self._edges = np.vstack([self._edges, np.full_like(self._edges, np.nan)])
        return row

    def put_line(self, target: PortRef, kind: Kind, start: QPointF, end: QPointF) -> None:
        """Add or move the line of a wire."""
        self.take_line(target)
        self._kind[target] = kind
        self._lines[kind][target] = QLineF(start, end)

    def take_line(self, target: PortRef) -> None:
        """Remove the line of a wire, if there is one."""
        if (kind := self._kind.pop(target, UNKNOWN)) in self._lines:
            self._lines[kind].pop(target, None)

    def body(self, id: str) -> QRectF:
        """Return the block of a node."""
        return self._bodies[self._category[id]][id]

    def bounds(self) -> QRectF:
        """Return the rectangle that holds all blocks."""
        if not self._rows:
            return QRectF()
        left, top = np.nanmin(self._edges[:, :2], axis=0)
        right, bottom = np.nanmax(self._edges[:, 2:], axis=0)
        return QRectF(left, top, right - left, bottom - top)

    def paint_lines(self, painter: QPainter, style: Style) -> None:
        """Paint the wires as lines of one screen pixel."""
        for kind, lines in self._lines.items():
            if lines:
                pen = QPen(style.port[kind].color(), 0)
                painter.setPen(pen)
                painter.drawLines(list(lines.values()))

    def paint_blocks(self, painter: QPainter, style: Style) -> None:
        """Paint the nodes as blocks with a header."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.far_body)
        for category, bodies in self._bodies.items():
            if category not in _SHEETS:
                painter.drawRects(list(bodies.values()))
        for category, headers in self._headers.items():
            painter.setBrush(style.category[category])
            painter.drawRects(list(headers.values()))

    def paint_notes(self, painter: QPainter, style: Style) -> None:
        """Paint the notes."""
        painter.setPen(Qt.PenStyle.NoPen)
        for id, body in self._bodies[NOTE].items():
            painter.setBrush(style.sheet_ground[self._looks[id][0]])
            painter.drawRect(body)

    def put_sheet(self, id: str, is_frame: bool, body: QRectF, colour: str, title: str) -> None:
        """Add or move the block of a note or a frame."""
        self.put_block(id, FRAME if is_frame else NOTE, body)
        self._looks[id] = colour, title

    def paint_frames(self, painter: QPainter, style: Style) -> None:
        """Paint the frames, the larger ones below; their titles keep their size, and show where there is room."""
        blocks = self._bodies[FRAME]
        for id in sorted(blocks, key=lambda id: -blocks[id].width() * blocks[id].height()):
            colour, _title = self._looks[id]
            pen = QPen(style.sheet_border[colour])
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(style.frame_ground[colour])
            painter.drawRect(blocks[id])

    def paint_titles(self, painter: QPainter, style: Style) -> None:
        """Paint the titles of the frames above them, as large as they are at 100 %."""
        world = painter.worldTransform()
        painter.resetTransform()
        painter.setFont(font("title"))
        for id, body in self._bodies[FRAME].items():
            colour, title = self._looks[id]
            area = world.mapRect(body)
            shown = elided(title, "title", area.width() - 8)
            if area.width() > _LEAST_TITLE:
                painter.setPen(style.frame_title[colour])
                draw_text(painter, area.left(), area.top() - 9, shown, "title")
        painter.setWorldTransform(world)

    def paint_map(self, painter: QPainter, style: Style) -> None:
        """Paint the nodes as plain blocks in the colours of their categories."""
        self.paint_frames(painter, style)
        self.paint_notes(painter, style)
        painter.setPen(Qt.PenStyle.NoPen)
        for category, bodies in self._bodies.items():
            if category not in _SHEETS:
                painter.setBrush(style.category[category])
                painter.drawRects(list(bodies.values()))
