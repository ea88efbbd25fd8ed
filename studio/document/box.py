"""Boxes: where nodes lie and how large they are shown, for all that puts them somewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Where a node lies, and how large it is shown."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height


def bounds_of(boxes: Iterable[Box]) -> Box:
    """Return the box around all boxes, of which there must be one.

    Examples
    --------
    >>> bounds_of([Box(0, 0, 10, 10), Box(30, 5, 10, 10)])
    Box(x=0, y=0, width=40, height=15)
    """
    boxes = list(boxes)
    x, y = min(b.x for b in boxes), min(b.y for b in boxes)
    return Box(x, y, max(b.right for b in boxes) - x, max(b.bottom for b in boxes) - y)
