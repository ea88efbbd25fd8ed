"""A layout under way: worked out in slices, so that the window goes on answering, and given up if it is not wanted."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.document.layout import Work
from studio.document.splice import Box

_SLICE_SECONDS: Final = 0.006


class LayoutRun(QObject):
    """Carries a layout out.

    Signals
    -------
    done
        Carries where everything goes, as boxes by id.
    """

    done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Work[dict[str, Box]] | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)

    @property
    def busy(self) -> bool:
        """Whether a layout is being worked out."""
        return self._steps is not None

    def begin(self, steps: Work[dict[str, Box]]) -> None:
        """Work `steps` out, in place of what was being worked out."""
        self._steps = steps
        self._slice()

    def cancel(self) -> None:
        """Give it up."""
        self._steps = None
        self._timer.stop()

    def _slice(self) -> None:
        end = time.perf_counter() + _SLICE_SECONDS
        while self._steps is not None and time.perf_counter() < end:
            try:
                next(self._steps)
            except StopIteration as end_of_work:
                self.cancel()
                self.done.emit(end_of_work.value)
                return
        if self._steps is not None:
            self._timer.start()
