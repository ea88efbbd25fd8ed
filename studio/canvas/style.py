"""The theme as the canvas needs it: pens, brushes and fonts, made once."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QStaticText,
    QTransform,
)

from studio.canvas.metrics import CORNER, HEADER, PORT, RING, WIRE, WIRE_HOT
from studio.canvas.ports import ALL_KINDS, Kind
from studio.document.nodetype import CATEGORIES
from studio.ui.fonts import mono, sans
from studio.ui.theme import Theme, mix

_FONTS: Final = {
    "title": (sans, 13, 600),
    "label": (sans, 12, 400),
    "value": (mono, 12, 400),
    "shape": (mono, 11, 400),
    "number": (mono, 18, 400),
    "badge": (sans, 11, 600),
}


T = TypeVar("T")


@cache
def font(role: str) -> QFont:
    """Return the font of a title, a label, a value, a shape, a picture or a badge."""
    make, px, weight = _FONTS[role]
    return make(px, weight)


@cache
def font_metrics(role: str) -> QFontMetricsF:
    """Return the metrics of `font(role)`."""
    return QFontMetricsF(font(role))


@lru_cache(maxsize=8192)
def text_width(text: str, role: str) -> float:
    """Return the width of a text in scene pixels."""
    return font_metrics(role).horizontalAdvance(text)


def elided(text: str, role: str, width: float) -> str:
    """Return `text`, cut with an ellipsis if it is wider than `width`."""
    if text_width(text, role) <= width:
        return text
    return font_metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, width)


@cache
def _half_height(role: str) -> float:
    metrics = font_metrics(role)
    return (metrics.ascent() + metrics.descent()) / 2


@lru_cache(maxsize=8192)
def _static(text: str, role: str) -> QStaticText:
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    static.prepare(QTransform(), font(role))
    return static


def draw_text(painter: QPainter, x: float, middle: float, text: str, role: str) -> None:
    """Draw a text from `x` on, around a middle line. The painter must have the font of `role`.

    The glyphs are laid out once and shared by all nodes that show the same text: 3 microseconds instead of 7.
    """
    painter.drawStaticText(QPointF(x, middle - _half_height(role)), _static(text, role))


@lru_cache(maxsize=1024)
def body_path(width: float, height: float) -> QPainterPath:
    """Return the outline of a node."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, width, height), CORNER, CORNER)
    return path


@lru_cache(maxsize=1024)
def header_path(width: float) -> QPainterPath:
    """Return the outline of a node's header: round above, straight below, just inside the outline of the node."""
    side, edge = 2 * CORNER - 1, 0.5
    path = QPainterPath(QPointF(edge, HEADER))
    path.lineTo(edge, CORNER)
    path.arcTo(edge, edge, side, side, 180, -90)
    path.arcTo(width - edge - side, edge, side, side, 90, -90)
    path.lineTo(width - edge, HEADER)
    path.closeSubpath()
    return path


@cache
def symbol_path(shape: str, size: float = PORT) -> QPainterPath:
    """Return the outline of a port's symbol around (0, 0), sized so that all shapes look equally heavy."""
    r = size / 2 - 1  # half of the 2 px pen lies outside
    path = QPainterPath()
    if shape == "circle":
        path.addEllipse(QPointF(0, 0), r, r)
    elif shape == "square":
        path.addRect(QRectF(-r + 0.5, -r + 0.5, 2 * r - 1, 2 * r - 1))
    elif shape == "diamond":
        path.addPolygon(_polygon((0, -r - 1), (r + 1, 0), (0, r + 1), (-r - 1, 0)))
    else:
        path.addPolygon(_polygon((-r + 0.5, -r), (r + 0.5, 0), (-r + 0.5, r)))
    return path


def _polygon(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in (*points, points[0])])


class _Known(dict[str, T]):
    """What there is for each colour of notes and frames; one that nobody knows is that of plain notes."""

    def __missing__(self, _colour: str) -> T:
        return self[""]


class Style:
    """Pens and brushes of one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        # In the dark, what is nearer is lighter; in the light, paper lies on a grey desk.
        self.surface = theme.raised if theme.is_dark else theme.panel
        self.canvas = QColor(theme.canvas)
        self.grid = QColor(mix(theme.canvas, theme.line, 0.75))
        self.body = QBrush(QColor(self.surface))
        self.text = QColor(theme.text)
        self.dim = QColor(theme.dim)
        self.beside_title = QColor(mix(theme.dim, theme.text, 0.2))  # a header's tint takes of the contrast
        self.faint = QColor(theme.faint)
        self.accent = QColor(theme.accent)
        self.bad = QColor(theme.bad)
        self.warn = QColor(theme.warn)
        self.on_badge = QColor(self.surface)
        self.border = QPen(QColor(theme.line), 1)
        self.ring = _pen(theme.accent, RING)
        self.hover = QPen(QColor(theme.faint), 1)
        self.running = _pen(theme.warn, 3)
        self.placeholder = QPen(QColor(theme.faint), 1.5, Qt.PenStyle.DashLine)
        self.header = {c: QBrush(QColor(mix(self.surface, theme.category(c), 0.16))) for c in CATEGORIES}
        self.header[""] = QBrush(QColor(mix(self.surface, theme.faint, 0.16)))
        self.category = {c: QBrush(QColor(theme.category(c))) for c in CATEGORIES}
        self.category[""] = QBrush(QColor(theme.faint))
        self.veil = _faded(theme.canvas, 165)
        self.label_back = _faded(theme.canvas, 225)
        self.band = _faded(theme.accent, 36)
        sheets = {"": theme.warn, **{c: theme.category(c) for c in CATEGORIES}}
        self.sheet_ground = _Known({c: QBrush(QColor(mix(theme.canvas, t, 0.09))) for c, t in sheets.items()})
        edge = 0.8 if theme.name == "contrast" else 0.35
        self.sheet_border = _Known({c: QPen(QColor(mix(theme.canvas, t, edge)), 1) for c, t in sheets.items()})
        self.frame_ground = _Known({c: QBrush(QColor(mix(theme.canvas, t, 0.05))) for c, t in sheets.items()})
        self.frame_title = _Known({c: QColor(mix(theme.text, t, 0.6)) for c, t in sheets.items()})
        far = 0.2 if theme.name == "contrast" else 0.6  # where lines are as light as words
        self.far_body = QBrush(QColor(mix(self.surface, theme.line, far)))
        self.map_ground = _faded(theme.panel, 235)
        self.map_frame = _faded(theme.accent, 24)
        self.refused = QPen(self.bad, WIRE_HOT, Qt.PenStyle.DashLine)
        self.doubtful = QPen(self.warn, WIRE_HOT, Qt.PenStyle.DashLine)
        self.knife = _pen(theme.bad, 1.5)
        self.knife.setCosmetic(True)
        self.triangle = _rounded_triangle()
        self.wire = {k: self._wire(k, WIRE) for k in ALL_KINDS}
        self.hot_wire = {k: self._wire(k, WIRE_HOT) for k in ALL_KINDS}
        self.port = {k: _pen(self.colour(k), 2) for k in ALL_KINDS}
        self.wired = {k: QBrush(QColor(mix(self.surface, self.colour(k), 0.55))) for k in ALL_KINDS}
        self.halo = {k: QBrush(_faded(self.colour(k), 70)) for k in ALL_KINDS}

    def colour(self, kind: Kind) -> str:
        """Return the colour of ports and wires that carry `kind`."""
        return str(getattr(self.theme, kind.token))

    def _wire(self, kind: Kind, width: float) -> QPen:
        pen = _pen(self.colour(kind), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        return pen


def _pen(colour: str, width: float) -> QPen:
    return QPen(QColor(colour), width)


def _rounded_triangle() -> QPainterPath:
    path = QPainterPath(QPointF(0, -8))
    for x, y in ((9, 7), (-9, 7), (0, -8)):
        path.lineTo(x, y)
    return path


def _faded(colour: str, alpha: int) -> QColor:
    result = QColor(colour)
    result.setAlpha(alpha)
    return result
