"""How lines are told apart, of runs and of classes: by colour and by dashes, so that neither is needed alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from studio.ui.appearance import appearance

_TOKENS: Final = ("accent", "data", "train", "op", "loss", "function", "layer", "view")
_DASHES: Final = (None, [4, 2], [1.5, 1.5], [6, 2, 1.5, 2])
SWATCH: Final = QSize(26, 14)


def stroke(number: int, width: float = 2.0) -> QPen:
    """Return the pen of the run with this number among those that are shown."""
    pen = QPen(QColor(getattr(appearance().theme, _TOKENS[number % len(_TOKENS)])), width)
    pen.setCosmetic(True)
    return dashed(pen, number // len(_TOKENS) + number)


def dashed(pen: QPen, number: int) -> QPen:
    """Return a pen with the dashes of this number; the first are none."""
    if (dashes := _DASHES[number % len(_DASHES)]) is not None:
        pen.setDashPattern(dashes)
    return pen


def swatch(pen: QPen) -> QIcon:
    """Return a piece of a line, for a legend."""
    pixmap = QPixmap(SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(pen)
    painter.drawLine(1, SWATCH.height() // 2, SWATCH.width() - 1, SWATCH.height() // 2)
    painter.end()
    found = QIcon(pixmap)
    found.addPixmap(pixmap, QIcon.Mode.Selected)  # or it would take on the colour of the selection
    return found
