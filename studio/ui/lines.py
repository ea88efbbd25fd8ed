"""Draws lines through values, leaves out those that are no numbers, and marks those that have no place."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.core.dtype import Array
from studio.ui import fonts

#: Size of a dot, where a single value lies between others that are none.
DOT: Final = 3.0
#: Most dashes of a line.
_DASHES: Final = 500


def runs_of(values: Array) -> list[slice]:
    """Return the parts of an array that are finite.

    Examples
    --------
    >>> runs_of(np.array([1.0, 2.0, np.nan, 3.0]))
    [slice(0, 2, None), slice(3, 4, None)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(values), [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def points_of(x: Array, y: Array) -> list[QPointF]:
    """Return points."""
    return [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]


def draw_line(painter: QPainter, pen: QPen, x: Array, y: Array, dot: float = DOT) -> None:
    """Draw a line through points, piece by piece: as one line of 300 points, smooth and wide, it takes 16 ms, so 1."""
    solid = QPen(pen.color(), pen.widthF())
    is_dashed = pen.style() != Qt.PenStyle.SolidLine
    for run in runs_of(y):
        if run.stop - run.start == 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pen.color())
            painter.drawEllipse(QPointF(x[run.start], y[run.start]), dot, dot)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            continue
        painter.setPen(solid)
        ends = _dashes(x[run], y[run], [part * pen.widthF() for part in pen.dashPattern()]) if is_dashed else None
        if ends is None:
            ends = np.column_stack([x[run][:-1], y[run][:-1], x[run][1:], y[run][1:]])
        painter.drawLines([QLineF(*piece) for piece in ends.tolist()])


def draw_zeros(painter: QPainter, x: Array, bottom: float, colour: QColor) -> None:
    """Mark values of 0, which have no place on a logarithmic axis, at its lower end."""
    painter.setPen(colour)
    painter.setFont(fonts.mono(11, 700))
    for middle in x.tolist():
        painter.drawText(QRectF(middle - 8, bottom - 16, 16, 16), int(Qt.AlignmentFlag.AlignCenter), "0")


def _dashes(x: Array, y: Array, pattern: list[float]) -> Array | None:
    """Return where the dashes along a line begin and end, None if they are too many to be told from a full one."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    drawn, unit = pattern[0], sum(pattern)
    if lengths[-1] > _DASHES * unit:
        return None
    begins = np.arange(0.0, max(lengths[-1], 1e-9), unit)
    ends = np.minimum(begins + drawn, lengths[-1])
    return np.column_stack([np.interp(at, lengths, part) for at in (begins, ends) for part in (x, y)])
