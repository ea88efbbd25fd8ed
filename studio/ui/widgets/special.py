"""What is not finite in a picture: its marks, by which it is told where colours alone would not do."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from engine.core.dtype import Array
from studio.ui.appearance import appearance
from studio.ui.colours import MINUS_INF, NAN, PLUS_INF
from studio.ui.i18n import number

#: By the place in the ramp: what is not finite.
SPECIAL: Final = {NAN: math.nan, PLUS_INF: math.inf, MINUS_INF: -math.inf}
# The same marks in words.
_SIGNS: Final = {NAN: "×", PLUS_INF: "+", MINUS_INF: "−"}
# A smaller cell has no room for a mark.
_MARKED: Final = 6


def special_of(pixels: Array) -> Array | None:
    """Return the places in the ramp of pixels (…, channels) that are not finite, 0 for others; None if all are finite.

    Examples
    --------
    >>> special_of(np.array([[1.0, np.nan], [2.0, 3.0], [np.inf, 4.0]])).tolist()
    [255, 0, 256]
    """
    if pixels.dtype.kind not in "fc" or np.isfinite(pixels).all():
        return None
    numbers = np.abs(pixels) if pixels.dtype.kind == "c" else pixels
    found = np.zeros(pixels.shape[:-1], np.uint16)
    for place, is_such in ((MINUS_INF, np.isneginf), (PLUS_INF, np.isposinf), (NAN, np.isnan)):
        found[is_such(numbers).any(axis=-1)] = place
    return found


def words_of(found: Array, is_whole: bool = True) -> str:
    """Return which places are not finite, with their marks; and how many, if these are all that there are.

    Examples
    --------
    >>> words_of(np.array([0, 255, 255, 257]))
    '× NaN 2  − −∞ 1'
    """
    counts = {place: int((found == place).sum()) for place in SPECIAL}
    return "  ".join(
        f"{_SIGNS[place]} {number(SPECIAL[place])}" + (f" {number(count)}" if is_whole else "")
        for place, count in counts.items()
        if count
    )


def draw_mark(painter: QPainter, place: int, cell: QRectF) -> None:
    """Draw what tells a value that is not finite: a cross for NaN, a plus for infinity, a minus for minus infinity."""
    painter.setPen(QPen(QColor(appearance().theme.panel), 1.5))
    reach = 0.3 * min(cell.width(), cell.height())
    x, y = cell.center().x(), cell.center().y()
    if place == NAN:
        painter.drawLine(QPointF(x - reach, y - reach), QPointF(x + reach, y + reach))
        painter.drawLine(QPointF(x - reach, y + reach), QPointF(x + reach, y - reach))
        return
    painter.drawLine(QPointF(x - reach, y), QPointF(x + reach, y))
    if place == PLUS_INF:
        painter.drawLine(QPointF(x, y - reach), QPointF(x, y + reach))


def mark_cells(painter: QPainter, found: Array, picture: QRectF) -> None:
    """Mark the cells of a picture that are not finite, by their places, if there is room for more than colours."""
    rows, columns = found.shape
    width, height = picture.width() / columns, picture.height() / rows
    if min(width, height) < _MARKED:
        return
    for row, column in np.argwhere(found >= NAN).tolist():
        cell = QRectF(picture.left() + column * width, picture.top() + row * height, width, height)
        draw_mark(painter, int(found[row, column]), cell)
