"""A training with everything open: how long the event loop stalls, and how memory grows.

Run ``python -m tests.benchmarks.everything [--minutes 10] [--data-dir DIR]``; without a folder with ``mnist.npz`` it
trains on the 8×8 digits. One panel after the other is brought to the front of the dock, round and round. A stall is the
time between two ticks of a timer of one millisecond, less that millisecond. Memory is counted from the moment on when
all was shown once.
"""

from __future__ import annotations

import os
import time
from array import array
from pathlib import Path

import numpy as np

from engine.core.dtype import Array
from tests.benchmarks.documents import example
from tests.benchmarks.watched import Watched, parser

#: Seconds for which a panel is in front.
TURN = 5.0


def resident(pid: int) -> float:
    """Return the megabytes that a process has in memory (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Observer:
    """Notes the stalls and the memory of a watched training."""

    def __init__(self, watched: Watched, minutes: float) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps = array("d")  # a list of as many floats would be 13 MB after ten minutes
        self.memory: list[tuple[float, float]] = []
        self._watched = watched
        self._last = 0.0
        self._turns, self._all = 0, round(60 * minutes / TURN)
        self._ticks = QTimer(interval=1)
        self._ticks.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticks.timeout.connect(self._tick)
        self._turn = QTimer(interval=int(1000 * TURN))
        self._turn.timeout.connect(self._next)

    def begin(self) -> None:
        """Begin to note."""
        self._ticks.start()
        self._turn.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.gaps.append(1000 * (now - self._last) - 1)
        self._last = now

    def _next(self) -> None:
        """Note the memory, and bring what is next to the front."""
        watched, controller = self._watched, self._watched.window.controller
        if self._turns > min(watched.panels, self._all // 2):
            assert controller.pid is not None  # the training goes on for ever
            self.memory.append((resident(os.getpid()), resident(controller.pid)))
        if self._turns == self._all:
            self._turn.stop()
            self._ticks.stop()
            controller.stop()
            return
        watched.bring(self._turns)
        self._turns += 1


def lines(observer: Observer) -> list[str]:
    """Return what was measured, in words."""
    gaps: Array = np.array(observer.gaps)
    longest = ", ".join(f"{gap:.0f}" for gap in sorted(gaps)[-5:][::-1])
    seen = np.array(observer.memory)
    eighth = max(1, len(seen) // 8)
    window, engine = seen[-eighth:].mean(axis=0) - seen[:eighth].mean(axis=0)
    return [
        f"event loop: 99.9 % under {np.percentile(gaps, 99.9):.1f} ms (16), worst {longest} ms, {len(gaps)} ticks",
        f"memory: window {seen[-1, 0]:.0f} MB, {window:+.1f} (20); engine {seen[-1, 1]:.0f} MB, {engine:+.1f}",
    ]


def main() -> None:
    """Print the figures."""
    given = parser(__doc__).parse_args()
    with Watched(example(given.data_dir), given.data_dir) as watched:
        observer = Observer(watched, given.minutes)
        watched.run(observer.begin)
    print("\n".join(lines(observer)))


if __name__ == "__main__":
    main()
