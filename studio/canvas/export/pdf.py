"""PDF: one page as large as the graph, its texts selectable, with the letters they need of the fonts in it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

from studio.canvas.export.drawing import Drawing
from studio.canvas.export.look import Look, Progress
from studio.document.work import Work

_DPI: Final = 96
_POINT: Final = 72 / _DPI
"""Points of the page for a pixel of the canvas."""
_MOST_POINTS: Final = 14_400
"""Of a page's side, in programs that show them."""


def write_pdf(drawing: Drawing, look: Look, title: str, progress: Progress) -> Work[bytes]:
    """Return the drawing as PDF; a graph that is too large for a page is made smaller."""
    area = drawing.area(look.margin)
    scale = min(1.0, _MOST_POINTS / (_POINT * max(area.width(), area.height())))
    # A page has whole points: without room for them, a hair of it would stay white.
    width, height = (-(-side * scale * _POINT // 1) for side in (area.width(), area.height()))
    progress.total = len(drawing)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("Trenza")
    writer.setResolution(_DPI)
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(QSizeF(width, height), QPageSize.Unit.Point, "", exact))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    try:
        if not look.transparent:
            painter.fillRect(0, 0, writer.width() + 1, writer.height() + 1, drawing.style.canvas)
        painter.scale(scale, scale)
        painter.translate(-area.topLeft())
        yield from drawing.paint(painter, progress)
    finally:
        painter.end()
    yield
    return bytes(buffer.data().data())
