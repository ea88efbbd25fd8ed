"""SVG: shapes as shapes and texts as outlines, each letter once, so that no font is needed where it is shown.

Qt's own generator writes texts that name their font, which look the same on no other machine, and says the whole state
of the painter before each shape.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QImageWriter,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QPainterPath,
    QPen,
    QRawFont,
    QTextItem,
    QTextLayout,
    QTransform,
)

from studio.canvas.export.drawing import Drawing
from studio.canvas.export.look import Look, Progress
from studio.document.work import Work

Dirty = QPaintEngine.DirtyFlag
Element = QPainterPath.ElementType
Metric = QPaintDevice.PaintDeviceMetric

_CAPS: Final = {Qt.PenCapStyle.FlatCap: "butt", Qt.PenCapStyle.SquareCap: "square"}  # else round, as of the root
_JOINS: Final = {Qt.PenJoinStyle.MiterJoin: "miter", Qt.PenJoinStyle.RoundJoin: "round"}  # else bevelled
_SHAPED: Final = Dirty.DirtyPen | Dirty.DirtyBrush | Dirty.DirtyOpacity
_CLIPPED: Final = Dirty.DirtyClipEnabled | Dirty.DirtyClipPath | Dirty.DirtyClipRegion
_DPI: Final = 96
_METRICS: Final = {
    Metric.PdmDepth: 32,
    Metric.PdmNumColors: 1 << 24,
    Metric.PdmDpiX: _DPI,
    Metric.PdmDpiY: _DPI,
    Metric.PdmPhysicalDpiX: _DPI,
    Metric.PdmPhysicalDpiY: _DPI,
    Metric.PdmDevicePixelRatioScaled: 0x10000,
}


def write_svg(drawing: Drawing, look: Look, title: str, progress: Progress) -> Work[bytes]:
    """Return the drawing as SVG."""
    area = drawing.area(look.margin)
    progress.total = len(drawing)
    device = _Device(area)
    painter = QPainter(device)
    try:
        if not look.transparent:
            painter.fillRect(area, drawing.style.canvas)
        yield from drawing.paint(painter, progress)
    finally:
        painter.end()
    yield
    text = device.engine.text(area, title)
    yield
    return text.encode()


class _Device(QPaintDevice):
    """What a painter paints on: an area of the canvas."""

    def __init__(self, area: QRectF) -> None:
        super().__init__()
        self._size = {Metric.PdmWidth: round(area.width()), Metric.PdmHeight: round(area.height())}
        self.engine = _Engine()

    def paintEngine(self) -> QPaintEngine:
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        return self._size.get(metric, _METRICS.get(metric, 1))


class _Engine(QPaintEngine):
    """Takes down what is painted, in the units of the painter's own coordinates."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self._out: list[str] = []
        self._group = ""
        """The tags that what comes next is to lie in: where it is, and what it is clipped to."""
        self._open = 0
        self._state = ""
        self._pen, self._fill, self._opacity = "", "", ""
        self._ink = QColor()
        self._clip = ""
        self._clips: dict[str, str] = {}
        self._glyphs: dict[tuple[object, ...], tuple[str, str]] = {}
        self._runs: dict[tuple[str, str], list[tuple[str, float, float]]] = {}

    def begin(self, pdev: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        self._close()
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def text(self, area: QRectF, title: str) -> str:
        """Return the file."""
        x, y, width, height = map(_n, (area.x(), area.y(), area.width(), area.height()))
        return "\n".join(
            (
                '<?xml version="1.0" encoding="UTF-8"?>',
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
                f' width="{width}" height="{height}" viewBox="{x} {y} {width} {height}">',
                f"<title>{escape(_printable(title))}</title>",
                "<defs>",
                *(f'<path id="{id}" d="{path}"/>' for id, path in self._glyphs.values()),
                *(f'<clipPath id="{id}">{shape}</clipPath>' for shape, id in self._clips.items()),
                "</defs>",
                '<g fill="none" stroke-linecap="round" stroke-linejoin="bevel" fill-rule="evenodd">',
                *self._out,
                "</g>",
                "</svg>",
                "",
            )
        )

    # ------------------------------------------------------------------------------------ the state of the painter

    def updateState(self, state: QPaintEngineState) -> None:
        """Take note of what has changed; it is written before the next shape that needs it."""
        changed = state.state()
        if changed & _SHAPED:
            self._ink = state.pen().color()
            self._pen, self._fill = _stroke(state.pen()), _colour("fill", state.brush().color())
            if state.brush().style() == Qt.BrushStyle.NoBrush:
                self._fill = ""
            self._opacity = f' opacity="{_n(state.opacity())}"' if state.opacity() < 1 else ""
        if changed & _CLIPPED:
            self._clip = self._clipping(state)
        if changed & (_CLIPPED | Dirty.DirtyTransform):
            self._group = self._clip + _placed(state.transform())

    def _clipping(self, state: QPaintEngineState) -> str:
        painter = self.painter()
        if not state.isClipEnabled() or not painter.hasClipping():
            return ""
        shape = f'<path d="{_path(state.transform().map(painter.clipPath()))}"/>'
        id = self._clips.setdefault(shape, f"clip{len(self._clips)}")
        return f'<g clip-path="url(#{id})">'

    def _add(self, element: str) -> None:
        if self._group != self._state:
            self._close()
            if self._group:
                self._out.append(self._group)
            self._open, self._state = self._group.count("<g "), self._group
        self._out.append(element)

    def _close(self) -> None:
        if self._open:
            self._out.append("</g>" * self._open)
        self._open, self._state = 0, ""

    # ------------------------------------------------------------------------------------------------- shapes

    def drawPath(self, path: QPainterPath) -> None:
        if self._pen or self._fill:
            self._add(f'<path d="{_path(path)}"{self._pen}{self._fill}{self._opacity}/>')

    def drawRects(self, rects: Any, rectCount: int = 0) -> None:  # noqa: N803  (Qt names it so)
        for r in rects:
            x, y, width, height = map(_n, (r.x(), r.y(), r.width(), r.height()))
            place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
            self._add(f"<rect {place}{self._pen}{self._fill}{self._opacity}/>")

    def drawEllipse(self, r: Any) -> None:
        area = QRectF(r)
        middle = area.center()
        cx, cy, rx, ry = map(_n, (middle.x(), middle.y(), area.width() / 2, area.height() / 2))
        place = f'cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}"'
        self._add(f"<ellipse {place}{self._pen}{self._fill}{self._opacity}/>")

    def drawLines(self, lines: Any, lineCount: int = 0) -> None:  # noqa: N803
        for line in map(QLineF, lines):
            x1, y1, x2, y2 = map(_n, (line.x1(), line.y1(), line.x2(), line.y2()))
            self._add(f'<path d="M{x1} {y1}L{x2} {y2}"{self._pen}{self._opacity}/>')

    def drawPolygon(self, points: Any, mode: QPaintEngine.PolygonDrawMode) -> None:
        is_line = mode == QPaintEngine.PolygonDrawMode.PolylineMode
        corners = " ".join(f"{_n(p.x())},{_n(p.y())}" for p in points)
        tag, fill = ("polyline", "") if is_line else ("polygon", self._fill)
        self._add(f'<{tag} points="{corners}"{self._pen}{fill}{self._opacity}/>')

    def drawPoints(self, points: Any, pointCount: int = 0) -> None:  # noqa: N803
        self.drawLines([QLineF(p.x(), p.y(), p.x(), p.y()) for p in points])

    def drawImage(
        self,
        r: Any,
        pm: QImage,
        sr: Any,
        flags: Qt.ImageConversionFlag = Qt.ImageConversionFlag.AutoColor,
    ) -> None:
        """Take down the part `sr` of a picture, shown in `r` with its pixels as squares."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, b"png").write(pm.copy(QRectF(sr).toAlignedRect()))
        data = base64.b64encode(buffer.data().data()).decode()
        x, y, width, height = map(_n, (r.x(), r.y(), r.width(), r.height()))
        self._add(
            f'<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none"'
            f' style="image-rendering:pixelated" xlink:href="data:image/png;base64,{data}"{self._opacity}/>'
        )

    # -------------------------------------------------------------------------------------------------- texts

    def drawTextItem(self, p: Any, textItem: QTextItem) -> None:  # noqa: N803
        """Take down a run of letters, which begins at `p` on its base line."""
        uses = "".join(
            f'<use xlink:href="#{id}" x="{_n(p.x() + x)}" y="{_n(p.y() + y)}"/>'
            for id, x, y in self._run(textItem.text(), textItem.font())
        )
        if uses:
            fill = _colour("fill", self._ink)
            self._add(f'<g fill-rule="nonzero"{fill}{self._opacity}>{uses}</g>')

    def _run(self, text: str, font: QFont) -> list[tuple[str, float, float]]:
        """Return the letters of a text and where each stands, from the beginning of the base line."""
        key = text, font.key()
        if key not in self._runs:
            layout = QTextLayout(text, font)
            layout.beginLayout()
            line = layout.createLine()
            layout.endLayout()
            base = line.ascent()
            self._runs[key] = [
                (self._glyph(run.rawFont(), index), at.x(), at.y() - base)
                for run in layout.glyphRuns()
                for index, at in zip(run.glyphIndexes(), run.positions(), strict=True)
                if not run.rawFont().pathForGlyph(index).isEmpty()  # a space
            ]
        return self._runs[key]

    def _glyph(self, font: QRawFont, index: int) -> str:
        # Where a font has no cut of its own for a style, Qt slants or thickens another under that one's name.
        key = font.familyName(), font.styleName(), font.weight(), font.style(), font.pixelSize(), index
        if key not in self._glyphs:
            self._glyphs[key] = f"g{len(self._glyphs)}", _path(font.pathForGlyph(index), 3)
        return self._glyphs[key][0]


def _placed(transform: QTransform) -> str:
    t = transform
    if t.isIdentity():
        return ""
    if t.type() == QTransform.TransformationType.TxTranslate:
        return f'<g transform="translate({_n(t.dx())} {_n(t.dy())})">'
    return f'<g transform="matrix({" ".join(_n(v, 5) for v in (t.m11(), t.m12(), t.m21(), t.m22(), t.dx(), t.dy()))})">'


def _stroke(pen: QPen) -> str:
    if pen.style() == Qt.PenStyle.NoPen:
        return ""
    width = pen.widthF() or 1.0
    parts = [_colour("stroke", pen.color())]
    if width != 1:
        parts.append(f' stroke-width="{_n(width)}"')
    if pen.style() != Qt.PenStyle.SolidLine:
        parts.append(f' stroke-dasharray="{" ".join(_n(part * width) for part in pen.dashPattern())}"')
    if cap := _CAPS.get(pen.capStyle()):
        parts.append(f' stroke-linecap="{cap}"')
    if join := _JOINS.get(pen.joinStyle()):
        parts.append(f' stroke-linejoin="{join}"')
    return "".join(parts)


def _colour(name: str, colour: QColor) -> str:
    opacity = f' {name}-opacity="{_n(colour.alphaF())}"' if colour.alpha() < 255 else ""
    return f' {name}="{colour.name()}"{opacity}'


def _path(path: QPainterPath, digits: int = 2) -> str:
    """Return a path as SVG writes it."""
    parts: list[str] = []
    i, count = 0, path.elementCount()
    while i < count:
        element = path.elementAt(i)
        kind = element.type
        if kind == Element.CurveToElement:
            parts.append("C" + _points([path.elementAt(j) for j in (i, i + 1, i + 2)], digits))
            i += 3
        else:
            parts.append(("M" if kind == Element.MoveToElement else "L") + _points([element], digits))
            i += 1
    return "".join(parts)


def _points(elements: Sequence[Any], digits: int) -> str:
    return " ".join(f"{_n(e.x, digits)} {_n(e.y, digits)}" for e in elements)


def _n(value: float, digits: int = 2) -> str:
    """Return a number as short as it can be written."""
    rounded = round(value, digits)
    return str(int(rounded)) if rounded == int(rounded) else repr(rounded)


def _printable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(c for c in text if c.isprintable())
