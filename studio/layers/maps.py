"""Maps over the steps: a column for each look, as wide as it stands for steps, and a row for each level."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from engine.core.dtype import Array
from studio.layers.figures import edges_between
from studio.ui.theme import Theme, mix


@lru_cache(maxsize=16)
def ramp(theme: Theme, token: str) -> Array:
    """Return 256 colours (0xAARRGGBB) from hardly any to full strength."""
    colours = [mix(mix(theme.panel, theme.text, 0.04), getattr(theme, token), i / 255) for i in range(256)]
    return np.array([0xFF000000 | int(colour[1:], 16) for colour in colours], np.uint32)


def draw_map(
    painter: QPainter, area: QRectF, steps: Array, strength: Array, known: Array, theme: Theme, token: str
) -> None:
    """Draw a map into an area.

    Parameters
    ----------
    painter, area
        Where to.
    steps
        Those of the looks.
    strength
        Shares of the full colour: a row for each level, the highest one first, a column for each look.
    known
        Where there is a strength; elsewhere the panel is seen.
    theme, token
        The colour.
    """
    edges = edges_between(steps.astype(np.float64))
    columns = max(1, int(area.width()))
    middles = edges[0] + (np.arange(columns) + 0.5) / columns * (edges[-1] - edges[0])
    looks = np.clip(np.searchsorted(edges, middles) - 1, 0, len(steps) - 1)
    pixels = ramp(theme, token)[np.round(255 * np.clip(strength, 0, 1)).astype(np.uint8)]
    pixels[~np.broadcast_to(known, pixels.shape)] = 0
    wide = np.ascontiguousarray(pixels[:, looks])
    painter.drawImage(area, QImage(wide.tobytes(), columns, len(wide), columns * 4, QImage.Format.Format_ARGB32))
