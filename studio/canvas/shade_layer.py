"""The layer above a graph that shows how much time nodes take, and which are meant elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.canvas.metrics import CORNER, Detail
from studio.canvas.shade import NO_SHADE, Shade
from studio.canvas.style import text_width
from studio.ui.fonts import mono
from studio.ui.values import time_text

if TYPE_CHECKING:
    from studio.canvas.scene import CanvasScene

_EVERYWHERE: Final = QRectF(-1e7, -1e7, 2e7, 2e7)
#: Opacity of the heat of a node that takes no time, and of one that takes all of it.
_COLD, _HOT = 10, 110
_BADGE: Final = 20.0
_PADDING: Final = 14
#: How much larger than at 100 % words get at most, where the graph is shown smaller.
_GROWTH: Final = 2.2


class ShadeLayer(QGraphicsItem):
    """Paints a `Shade` over the nodes of a scene."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__()
        self._scene = scene
        self.shade = NO_SHADE
        self.setZValue(1.5)
        self.setVisible(False)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        """Return everything: it lies over all nodes."""
        return _EVERYWHERE

    def shape(self) -> QPainterPath:
        """Return nothing: the mouse means what lies below."""
        return QPainterPath()

    def show_shade(self, shade: Shade) -> None:
        """Show nodes in another light."""
        self.shade = shade
        self.setVisible(shade != NO_SHADE)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint it over the items."""
        self.paint_over(painter)

    def paint_over(self, painter: QPainter) -> None:
        """Paint heat, with the time and the share of each node, and rings; from afar the share alone, in large type."""
        style, zoom = self._scene.shared.style, painter.worldTransform().m11()
        most = max(self.shade.seconds.values(), default=0.0)
        bodies = {id: item.body() for id in self.shade.seconds if (item := self._scene.node(id)) is not None}
        painter.setPen(Qt.PenStyle.NoPen)
        for id, body in bodies.items() if most else ():
            heat = QColor(style.theme.bad)
            heat.setAlpha(round(_COLD + (_HOT - _COLD) * self.shade.seconds[id] / most))
            painter.setBrush(heat)
            painter.drawRoundedRect(body, CORNER, CORNER)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(style.theme.warn), 2.5 / min(zoom, 1.0), Qt.PenStyle.DashLine))
        for id in self.shade.meant:
            if (item := self._scene.node(id)) is not None:
                painter.drawRoundedRect(item.body().adjusted(-5, -5, 5, 5), CORNER + 4, CORNER + 4)
        total = sum(self.shade.seconds.values())
        for id, body in bodies.items() if most else ():  # words last, or rings would strike them out
            self._paint_words(painter, body, self.shade.seconds[id], total, zoom)

    def _paint_words(self, painter: QPainter, body: QRectF, seconds: float, total: float, zoom: float) -> None:
        """Paint words above the corner of a node; where it is shown smaller, they shrink less, and say less."""
        style, share = self._scene.shared.style, f"{seconds / total:.0%}"
        words = mono(11)
        if self._scene.shared.detail is Detail.FAR:
            words.setPixelSize(max(1, round(11 / zoom)))
            painter.setFont(words)
            painter.setPen(QColor(style.theme.text))
            painter.drawText(body.adjusted(-99, 0, 99, 0), Qt.AlignmentFlag.AlignCenter, share)
            return
        grown = min(max(1 / zoom, 1.0), _GROWTH)
        text = f"{time_text(seconds)} · {share}"
        if (text_width(text, "shape") + _PADDING) * grown > body.width():
            text = share
        width, height = (text_width(text, "shape") + _PADDING) * grown, _BADGE * grown
        badge = QRectF(body.right() - width, body.top() - 0.85 * height, width, height)
        painter.setPen(QPen(QColor(style.theme.bad), 1))
        painter.setBrush(QColor(style.theme.panel))
        painter.drawRoundedRect(badge, height / 2, height / 2)
        words.setPixelSize(round(11 * grown))
        painter.setFont(words)
        painter.setPen(QColor(style.theme.text))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
