"""Work under way, such as a layout, or soon to be wanted: done in slices, so that the window answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, QTimer

from studio.document.work import Work

T = TypeVar("T")

_SLICE_SECONDS: Final = 0.006


class WorkRun(QObject):
    """Does one piece of work at a time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Work[Any] | None = None
        self._then: Callable[[Any], object] = _nothing
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)

    @property
    def busy(self) -> bool:
        """Whether something is being worked out."""
        return self._steps is not None

    def begin(self, steps: Work[T], then: Callable[[T], object]) -> None:
        """Work `steps` out, in place of what was being worked out, and call `then` with what it comes to."""
        self._steps, self._then = steps, then
        self._slice()

    def foresee(self, steps: Work[None]) -> None:
        """Work out what will be wanted soon, from the next turn of the event loop on."""
        self._steps, self._then = steps, _nothing
        self._timer.start()

    def finish(self) -> None:
        """Work out the rest now: somebody waits for it."""
        while self._steps is not None:
            self._slice()

    def cancel(self) -> None:
        """Give it up."""
        self._steps, self._then = None, _nothing
        self._timer.stop()

    def _last(self, found: Any) -> Work[None]:
        """The last part: to hand on what was found, in a slice of its own, since it may take a while."""
        then = self._then
        self.cancel()
        then(found)
        yield

    def _slice(self) -> None:
        end = time.perf_counter() + _SLICE_SECONDS
        while self._steps is not None and time.perf_counter() < end:
            try:
                next(self._steps)
            except StopIteration as end_of_work:
                self._steps = self._last(end_of_work.value)
                if not self._timer.isActive():  # it was short: no need for a turn of its own
                    next(self._steps, None)
                break
        if self._steps is not None:
            self._timer.start()


def _nothing(_found: object) -> None:
    """Stand for who waits for nothing."""
