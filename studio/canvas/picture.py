"""Thumbnails: a tensor's picture as a grey image, as bars or as a number."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPolygonF

from engine.core.dtype import Array
from studio.canvas.style import Style, draw_text, font, text_width
from studio.ui.i18n import number
from studio.ui.theme import mix

_MAX_SIDE: Final = 128
"""More pixels than this would be lost on a thumbnail anyway."""


class Picture:
    """A tensor's picture, prepared when it is first painted: most nodes are out of sight."""

    def __init__(self, values: Array) -> None:
        self._values = values
        self._image: QImage | None = None
        self._bars: QPainterPath | None = None
        self._bars_area: QRectF | None = None

    def paint(self, painter: QPainter, area: QRectF, style: Style, token: str) -> None:
        """Paint it into `area`; `token` is the category whose colour bars have."""
        _PAINTERS.get(self._values.ndim, Picture._paint_image)(self, painter, area, style, token)

    def _paint_image(self, painter: QPainter, area: QRectF, style: Style, _token: str) -> None:
        if self._image is None:
            self._image = _indexed(self._values)
        if self._image.isNull():
            return
        self._image.setColorTable(_greys(style.surface, style.theme.text, style.theme.bad))
        scale = min(area.width() / self._image.width(), area.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        painter.drawImage(
            QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height), self._image
        )

    def _paint_bars(self, painter: QPainter, area: QRectF, style: Style, token: str) -> None:
        if self._bars is None or self._bars_area != area:
            self._bars_area, self._bars = area, _bars(self._values, area)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.category[token])
        painter.drawPath(self._bars)

    def _paint_number(self, painter: QPainter, area: QRectF, style: Style, _token: str) -> None:
        text = number(self._values.item())
        painter.setFont(font("number"))
        painter.setPen(style.text)
        draw_text(painter, area.center().x() - text_width(text, "number") / 2, area.center().y(), text, "number")


_PAINTERS: Final[dict[int, Callable[[Picture, QPainter, QRectF, Style, str], None]]] = {
    0: Picture._paint_number,
    1: Picture._paint_bars,
}


def _indexed(values: Array) -> QImage:
    """Return the values as indices from 0 (least) to 254 (greatest); 255 stands for NaN."""
    while values.ndim > 2:  # of several channels, the first
        values = values[..., 0]
    if not values.size:
        return QImage()
    rows, columns = (-(-size // _MAX_SIDE) for size in values.shape)
    grid: Array = values[::rows, ::columns].astype(float)
    known = np.isfinite(grid)
    low, high = (float(grid[known].min()), float(grid[known].max())) if known.any() else (0.0, 0.0)
    scaled = np.where(known, grid - low, 0) / ((high - low) or 1.0) * 254
    indices = np.ascontiguousarray(np.where(known, scaled, 255).astype(np.uint8))
    height, width = indices.shape[:2]
    # Only a copy outlives the array whose memory QImage borrows.
    return QImage(indices.data, width, height, width, QImage.Format.Format_Indexed8).copy()


@lru_cache(maxsize=8)
def _greys(low: str, high: str, unknown: str) -> list[int]:
    return [*(QColor(mix(low, high, i / 254)).rgb() for i in range(255)), QColor(unknown).rgb()]


def _bars(values: Array, area: QRectF) -> QPainterPath:
    """Return a bar for each value, from the zero line up or down.

    Where there is no room for gaps it is one outline of steps: a third of the work of painting the bars.
    """
    path = QPainterPath()
    heights = np.nan_to_num(values.astype(float), posinf=0, neginf=0)
    if not heights.size:
        return path
    low, high = min(float(heights.min()), 0.0), max(float(heights.max()), 0.0)
    scale = area.height() / ((high - low) or 1.0)
    zero = area.top() + high * scale
    step = area.width() / len(heights)
    if step > 2.5:
        for i, v in enumerate(heights.tolist()):
            path.addRect(area.left() + i * step, min(zero, zero - v * scale), step - 1, max(abs(v) * scale, 1.0))
        return path
    tops = [QPointF(area.left() + i * step, zero - v * scale) for i, v in enumerate(heights.tolist())]
    outline = [QPointF(area.left(), zero + 0.5)]
    for top in tops:
        outline += [top, QPointF(top.x() + step, top.y())]
    outline.append(QPointF(area.right(), zero + 0.5))
    path.addPolygon(QPolygonF(outline))
    path.closeSubpath()
    return path
