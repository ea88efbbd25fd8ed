"""Thumbnails: a tensor's picture as an image, a heat map, a curve, bars or a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from engine.core.dtype import Array
from studio.canvas.style import Style, draw_text, font, text_width
from studio.run.messages import TensorInfo
from studio.ui.i18n import number
from studio.ui.theme import mix

_MAX_SIDE: Final = 128
"""More pixels than this would be lost on a thumbnail anyway."""


class Picture:
    """A tensor's picture, prepared when it is first painted: most nodes are out of sight.

    Parameters
    ----------
    values
        What is shown: a number, a vector, a matrix, or a matrix of colours.
    kind
        As what: "number", "bars", "curve", "image" or "heat".
    """

    def __init__(self, values: Array, kind: str) -> None:
        self._values, self._kind = values, kind
        self._image: QImage | None = None
        self._bars: QPainterPath | None = None
        self._bars_area: QRectF | None = None

    def paint(self, painter: QPainter, area: QRectF, style: Style, token: str) -> None:
        """Paint it into `area`; `token` is the category whose colour bars have."""
        _PAINTERS[self._kind](self, painter, area, style, token)

    def _paint_image(self, painter: QPainter, area: QRectF, style: Style, _token: str) -> None:
        if self._image is None:
            self._image = _coloured(self._values) if self._values.ndim > 2 else _indexed(self._values)
        if self._image.isNull():
            return
        if self._image.format() == QImage.Format.Format_Indexed8:
            greys = _greys(style.surface, style.theme.text, style.theme.bad)
            self._image.setColorTable(greys if self._kind == "image" else _heat(style.theme.bad))
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

    def _paint_curve(self, painter: QPainter, area: QRectF, style: Style, token: str) -> None:
        if self._bars is None or self._bars_area != area:
            self._bars_area, self._bars = area, _curve(self._values, area)
        painter.setPen(QPen(style.category[token].color(), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._bars)

    def _paint_number(self, painter: QPainter, area: QRectF, style: Style, _token: str) -> None:
        text = number(self._values.item())
        painter.setFont(font("number"))
        painter.setPen(style.text)
        draw_text(painter, area.center().x() - text_width(text, "number") / 2, area.center().y(), text, "number")


_PAINTERS: Final[dict[str, Callable[[Picture, QPainter, QRectF, Style, str], None]]] = {
    "number": Picture._paint_number,
    "bars": Picture._paint_bars,
    "curve": Picture._paint_curve,
    "image": Picture._paint_image,
    "heat": Picture._paint_image,
}
_BY_RANK: Final = ("number", "bars", "image", "image")


def picture_of(info: TensorInfo, kind: str) -> Picture:
    """Return the picture of a tensor, as one of `PICTURES`: what cannot be shown so is shown as its shape suggests."""
    values = info.picture if info.picture is not None else np.zeros(0, np.float32)
    if kind == "histogram" and info.histogram is not None:
        return Picture(info.histogram, "bars")
    if kind == "number":
        return Picture(np.asarray(info.mean if info.mean is not None else math.nan), "number")
    if kind == "curve" and values.ndim > 0:
        return Picture(_profile(values), "curve")
    if kind in ("image", "heat") and values.ndim > 0:
        grey = values.mean(axis=-1) if kind == "heat" and values.ndim > 2 else values
        return Picture(grey.reshape(1, -1) if grey.ndim == 1 else grey, kind)
    return Picture(values, _BY_RANK[values.ndim])


def _profile(values: Array) -> Array:
    """Return a vector as it is, and the mean of the rows of a matrix."""
    while values.ndim > 2:
        values = values.mean(axis=-1)
    return values.mean(axis=0) if values.ndim == 2 else values


def _indexed(values: Array) -> QImage:
    """Return the values as indices from 0 (least) to 254 (greatest); 255 stands for NaN."""
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


def _coloured(values: Array) -> QImage:
    """Return a matrix of colours, the least value as black and the greatest at full, unless they are from 0 to 1."""
    rows, columns = (-(-size // _MAX_SIDE) for size in values.shape[:2])
    grid: Array = values[::rows, ::columns, :3].astype(float)
    known = np.isfinite(grid)
    low, high = (float(grid[known].min()), float(grid[known].max())) if known.any() else (0.0, 1.0)
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    scaled = np.where(known, (grid - low) / ((high - low) or 1.0), 0) * 255
    pixels = np.ascontiguousarray(scaled.astype(np.uint8))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


@lru_cache(maxsize=4)
def _heat(unknown: str) -> list[int]:
    """Return colours from cold to hot that grow lighter all the way, so that they can be read without colour, too."""
    stops = ("#20123a", "#5b1a6e", "#a52c60", "#e35933", "#f9a31b", "#fcf3a5")
    colours = []
    for i in range(255):
        place = i / 254 * (len(stops) - 1)
        first = min(int(place), len(stops) - 2)
        colours.append(QColor(mix(stops[first], stops[first + 1], place - first)).rgb())
    return [*colours, QColor(unknown).rgb()]


def _curve(values: Array, area: QRectF) -> QPainterPath:
    """Return a line through all values that are numbers."""
    path = QPainterPath()
    heights = values.astype(float)
    known = np.isfinite(heights)
    if not known.any():
        return path
    low, high = float(heights[known].min()), float(heights[known].max())
    scale = (area.height() - 2) / ((high - low) or 1.0)
    step = area.width() / max(len(heights) - 1, 1)
    pen_down = False
    for i, v in enumerate(heights.tolist()):
        if not math.isfinite(v):
            pen_down = False
            continue
        point = QPointF(area.left() + i * step, area.bottom() - 1 - (v - low) * scale)
        if pen_down:
            path.lineTo(point)
        else:
            path.moveTo(point)
        pen_down = True
    return path


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
