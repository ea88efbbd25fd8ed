"""The categories of nodes as a reader sees them: a name, a colour and a picture, since colour never speaks alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from studio.ui import icons
from studio.ui.i18n import N_
from studio.ui.theme import Theme, mix

# The order is that of `studio.document.nodetype.CATEGORIES`; the colour is the theme's attribute of the same name.
TITLES: Final = {
    "data": N_("Data"),
    "layer": N_("Layers"),
    "op": N_("Operations"),
    "function": N_("Functions"),
    "loss": N_("Losses"),
    "train": N_("Training"),
    "view": N_("Views"),
}

PICTURES: Final = {
    "data": "database",
    "layer": "layers",
    "op": "sigma",
    "function": "package",
    "loss": "trending-down",
    "train": "dumbbell",
    "view": "eye",
}

MARK_SIZE: Final = 18


def paint_mark(painter: QPainter, rect: QRectF, category: str, theme: Theme) -> None:
    """Draw the mark of a category: a square in its colour with its picture inside."""
    colour = theme.category(category)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(mix(theme.panel, colour, 0.2)))
    painter.drawRoundedRect(rect, 5, 5)
    inset = rect.width() * 0.19
    icons.paint(painter, PICTURES[category], rect.adjusted(inset, inset, -inset, -inset), colour)
    painter.restore()
