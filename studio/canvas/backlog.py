"""Work on many items in slices that leave the event loop free in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

SLICE_SECONDS: Final = 0.008
"""Half a frame: the other half is for painting."""

_AT_LEAST: Final = 32
"""So many are done at once, however slow the machine: small documents never show half a change."""


class Backlog(QObject):
    """Calls `work` with each id that was added, some at once, the others in slices when nothing else is to be done.

    Signals
    -------
    emptied
        All that was added is done.
    """

    emptied = Signal()

    def __init__(self, work: Callable[[str], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._ids: dict[str, None] = {}
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)

    def add(self, ids: Iterable[str]) -> None:
        """Add ids, each once, and do a first slice."""
        self._ids.update(dict.fromkeys(ids))
        self._slice()

    def clear(self) -> None:
        """Drop what is left."""
        self._ids.clear()
        self._timer.stop()

    def _slice(self) -> None:
        end = time.perf_counter() + SLICE_SECONDS
        while self._ids:
            for id in list(islice(self._ids, _AT_LEAST)):
                del self._ids[id]
                self._work(id)
            if time.perf_counter() > end:
                break
        if self._ids:
            self._timer.start()
        else:
            self._timer.stop()
            self.emptied.emit()
