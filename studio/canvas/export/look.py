"""How an exported picture is to look, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from studio.ui.theme import DARK, Theme

SCALES: Final = (1, 2, 4)
"""Pixels of a PNG for each pixel of the canvas at 100 %."""
MARGIN: Final = 24
MOST_MARGIN: Final = 500


@dataclass(frozen=True)
class Look:
    """How a picture looks.

    Parameters
    ----------
    theme
        The colours.
    transparent
        Whether what is behind it shows through, in place of the canvas.
    scale
        Pixels for each pixel of the canvas at 100 %, where there are pixels.
    margin
        Pixels of the canvas around the graph.
    """

    theme: Theme = DARK
    transparent: bool = False
    scale: int = 1
    margin: int = MARGIN


@dataclass
class Progress:
    """How far a piece of work has come, for whoever watches."""

    done: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0
