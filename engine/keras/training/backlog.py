"""The steps that callbacks have not heard of yet, and when they do."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Final

from engine.keras.callbacks import Callback
from engine.keras.training.step import MOST_RECORDED, StepRunner

#: Seconds for which an alarm may go unnoticed that another thread sets: so long, clock and alarms are not asked. Once
#: a millisecond, that took 0.5 µs of the 127 of a step of MNIST's dense network; behind each step, more.
_UNASKED: Final = 0.01


class Backlog:
    """Tells callbacks that can wait of many steps at once.

    Parameters
    ----------
    run
        Records the steps.
    callbacks
        Those that can wait.
    first
        Number of the step that comes next.
    is_heard
        Whether others are told of each step: they may set an alarm within it, so clock and alarms are asked each time.

    Attributes
    ----------
    ask
        Number of the step behind which `look` has something to do; infinite if nobody waits.
    """

    def __init__(self, run: StepRunner, callbacks: Sequence[Callback], first: int, is_heard: bool) -> None:
        self._run, self._callbacks, self._is_heard = run, callbacks, is_heard
        self._next = first  # the first step that is untold
        self._wait()
        self._asked, self._then = first - 1, time.perf_counter()  # behind which step it was looked last, and when
        self.ask: float = first if callbacks else math.inf

    def look(self, number: int) -> None:
        """Tell of the steps to this one, if it is time for it."""
        now = time.perf_counter()
        if number >= self._last or now > self._due or any(alarm.is_set() for alarm in self._alarms):
            self.tell()
            self._wait()
            self.ask, self._asked, self._then = number + 1, number, time.perf_counter()
        elif not self._is_heard:
            pace = (now - self._then) / (number - self._asked)
            self.ask = min(self._last, number + max(1, min(_UNASKED, self._due - now) // pace))
            self._asked, self._then = number, now

    def tell(self) -> None:
        """Tell of all that callbacks have not heard of."""
        logs = self._run.recorded()
        count = len(next(iter(logs.values()), ()))
        if count:
            for callback in self._callbacks:
                callback.on_train_batches_end(self._next, logs)
        self._next += count

    def _wait(self) -> None:
        """Ask the callbacks behind which step, and at what time, they want to be told, and what is to alarm them.

        Asking each of them behind each step took 1.2 µs.
        """
        waits = [callback.until_told() for callback in self._callbacks]
        self._last = self._next - 1 + min(MOST_RECORDED, *(wait.steps for wait in waits), math.inf)
        self._due = time.perf_counter() + min((wait.seconds for wait in waits), default=math.inf)
        self._alarms = [alarm for wait in waits for alarm in wait.alarms]
