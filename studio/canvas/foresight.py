"""Work that will be wanted soon, done in small slices while the event loop has nothing else to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer

_SLICE: Final = 0.004
"""Seconds at a time: a quarter of a frame."""


class Foresight(QObject):
    """Carries on with an iterator until it ends or another one takes its place."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[object] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._work)

    @property
    def busy(self) -> bool:
        """Whether something is left to do."""
        return self._timer.isActive()

    def begin(self, steps: Iterator[object]) -> None:
        """Do this from now on, and drop what was left of the last."""
        self._steps = steps
        self._timer.start()

    def stop(self) -> None:
        """Drop what is left."""
        self._steps = iter(())
        self._timer.stop()

    def _work(self) -> None:
        end = time.perf_counter() + _SLICE
        for _ in self._steps:
            if time.perf_counter() > end:
                return
        self._timer.stop()
