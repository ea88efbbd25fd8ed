"""Work on many items in slices that leave the event loop free in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

SLICE_SECONDS: Final = 0.004
"""A quarter of a frame: the rest is for inference, for painting, and for what runs over."""

_AT_LEAST: Final = 96
"""So many are done at once, however slow the machine: small documents never show half a change."""

_MOST_AT_ONCE: Final = 200
"""Of more than this nothing is done at once: the edit has taken its time already."""

_PORTION: Final = 8
"""So many are done between two looks at the clock."""

_PROGRESS_SECONDS: Final = 0.25


class Backlog(QObject):
    """Does work that was added: some at once, the rest in slices when nothing else is to be done.

    Parameters
    ----------
    stages
        What is done with the keys of each stage. The keys of a stage wait until those of all stages before it are
        done; a key that is added twice before its turn is done once.

    Signals
    -------
    progressed
        A good part is done: what has no items of its own may show how far it is.
    emptied
        All that was added is done.
    """

    progressed = Signal()
    emptied = Signal()

    def __init__(self, stages: Mapping[str, Callable[[Any], object]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stages = stages
        self._waiting: dict[str, dict[Any, None]] = {stage: {} for stage in stages}
        self._told = 0.0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)

    @property
    def busy(self) -> bool:
        """Whether something is left to be done."""
        return any(self._waiting.values())

    def waits(self, stage: str, key: Any) -> bool:
        """Return whether something is left to be done with `key`."""
        return key in self._waiting[stage]

    def put(self, stage: str, keys: Iterable[Any]) -> None:
        """Add keys to a stage, for the next slice."""
        self._waiting[stage].update(dict.fromkeys(keys))

    def begin(self) -> None:
        """Do a first slice of what was put, unless it is much."""
        if sum(map(len, self._waiting.values())) <= _MOST_AT_ONCE:
            self._do(_AT_LEAST, time.perf_counter() + SLICE_SECONDS)
        self._told = time.perf_counter()
        self._go_on()

    def finish(self) -> None:
        """Do all that is left, now."""
        if self.busy:
            self._do(_AT_LEAST, float("inf"))
            self._go_on()

    def advance(self) -> None:
        """Do a slice of what is left, for somebody who waits for all of it and does not leave it to the event loop."""
        self._do(0, time.perf_counter() + SLICE_SECONDS)
        self._go_on()

    def clear(self) -> None:
        """Drop what is left."""
        for waiting in self._waiting.values():
            waiting.clear()
        self._timer.stop()

    def _slice(self) -> None:
        self._do(0, time.perf_counter() + SLICE_SECONDS)
        if self.busy and time.perf_counter() > self._told + _PROGRESS_SECONDS:
            self._told = time.perf_counter()
            self.progressed.emit()
        self._go_on()

    def _do(self, at_least: int, end: float) -> None:
        done = 0
        while (stage := next((s for s, waiting in self._waiting.items() if waiting), None)) is not None:
            waiting, work = self._waiting[stage], self._stages[stage]
            for key in list(islice(waiting, _PORTION)):
                del waiting[key]
                work(key)
            done += _PORTION
            if done >= at_least and time.perf_counter() > end:
                return

    def _go_on(self) -> None:
        if self.busy:
            self._timer.start()
        else:
            self._timer.stop()
            self.emptied.emit()
