"""Scrolling by itself while something is dragged to the edge of the view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPoint, QRect, QTimer

_ZONE: Final = 28
_FASTEST: Final = 24
_TICK_MS: Final = 16


class EdgeScroll(QObject):
    """Calls `scroll` with pixels to pan by, again and again while the pointer is near an edge."""

    def __init__(self, scroll: Callable[[int, int], object], parent: QObject) -> None:
        super().__init__(parent)
        self._scroll = scroll
        self._step = QPoint()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(lambda: self._scroll(self._step.x(), self._step.y()))

    def follow(self, pointer: QPoint, area: QRect) -> None:
        """Take note of where in (or beside) the view the pointer is."""
        x = _speed(pointer.x(), area.left(), area.right())
        y = _speed(pointer.y(), area.top(), area.bottom())
        self._step = QPoint(x, y)
        if self._step.isNull():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Stand still."""
        self._timer.stop()


def _speed(at: int, low: int, high: int) -> int:
    """Return how fast to go: negative near the low end, positive near the high one."""
    inward = min(at - low, _ZONE) - _ZONE or _ZONE - min(high - at, _ZONE)
    return max(-_FASTEST, min(_FASTEST, inward * _FASTEST // _ZONE))
