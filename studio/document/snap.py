"""Snapping: the small step from where something is dragged to where it lines up with its neighbours or the grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.document.box import Box


@dataclass(frozen=True)
class Guide:
    """A line that shows what lines up: at `at` on one axis, from `begin` to `end` on the other."""

    vertical: bool
    at: float
    begin: float
    end: float


@dataclass(frozen=True)
class Snap:
    """How far to go on, and the lines that show why."""

    dx: float = 0.0
    dy: float = 0.0
    guides: tuple[Guide, ...] = ()


def snap(box: Box, others: Sequence[Box], reach: float, rises: Iterable[float] = ()) -> Snap:
    """Return the step that lines `box` up with others, if there is one of at most `reach` on an axis.

    Edges line up with edges, and middles with middles. `rises` are steps down that would make a wire run level; they
    come before all else.

    Examples
    --------
    >>> found = snap(Box(103, 50, 40, 20), [Box(100, 0, 60, 20)], reach=6)
    >>> found.dx, found.dy, found.guides
    (-3.0, 0.0, (Guide(vertical=True, at=100, begin=0, end=70),))
    """
    dx, at_x, other_x = _nearest(_lines(box.x, box.width), [(_lines(b.x, b.width), b) for b in others], reach)
    level = min((r for r in rises if abs(r) <= reach), key=abs, default=None)
    guides: list[Guide] = []
    if other_x is not None:
        guides.append(Guide(True, at_x, min(box.y, other_x.y), max(box.bottom, other_x.bottom)))
    if level is not None:
        return Snap(dx, level, tuple(guides))
    dy, at_y, other_y = _nearest(_lines(box.y, box.height), [(_lines(b.y, b.height), b) for b in others], reach)
    if other_y is not None:
        guides.append(Guide(False, at_y, min(box.x, other_y.x), max(box.right, other_y.right)))
    return Snap(dx, dy, tuple(guides))


def snap_to_grid(x: float, y: float, step: float) -> Snap:
    """Return the step from a corner to the nearest point of the grid.

    Examples
    --------
    >>> snap_to_grid(25.0, 11.0, 24.0)
    Snap(dx=-1.0, dy=-11.0, guides=())
    """
    return Snap(round(x / step) * step - x, round(y / step) * step - y)


def _lines(start: float, length: float) -> tuple[float, float, float]:
    return start, start + length / 2, start + length


def _nearest(
    lines: tuple[float, float, float], others: Sequence[tuple[tuple[float, float, float], Box]], reach: float
) -> tuple[float, float, Box | None]:
    """Return the shortest step that brings a line onto one of another's, where that is, and whose it is."""
    best: tuple[float, float, Box | None] = (0.0, 0.0, None)
    least = reach
    for theirs, box in others:
        for mine, at in zip(lines, theirs, strict=True):
            if abs(at - mine) < least or (best[2] is None and abs(at - mine) <= least):
                best, least = (at - mine + 0.0, at, box), abs(at - mine)
    return best
