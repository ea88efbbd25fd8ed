"""A training with everything open: how long the event loop stalls, how memory grows, and what watching costs.

Run ``python -m tests.benchmarks.everything [--minutes 10] [--data-dir DIR]``; without a folder with ``mnist.npz`` it
trains on the 8×8 digits. One panel after the other is brought to the front of the dock, for as long as the run takes,
with a weight in the inspector, and its gradient and its update pinned. In every third turn the panels are closed. Steps
a second, open and closed, are held against those of a process that nobody watches. A stall is the time between two
ticks of a timer of one millisecond, less that millisecond; since a thousand ticks a second slow the training, it ticks
in every second of the turns with panels, and steps are counted in the others. Memory is counted from the moment on when
all was shown once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.dtype import Array

ROOT = Path(__file__).resolve().parents[2]
#: Seconds for which a panel is in front, or all are closed.
TURN = 5.0
#: Seconds until all was shown once.
WARM = 110.0
_FOREVER = {"epochs": 100_000}


def resident(pid: int) -> float:
    """Return the megabytes that a process has in memory (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def pace_alone(document: Path, data_dir: Path | None, seconds: float) -> float:
    """Return the steps a second of the same training in this process, with no window and nothing kept."""
    from engine.data.files import use_folder
    from engine.keras.callbacks import Callback
    from studio.document.catalogue import CATALOGUE
    from studio.document.edits import SetParams
    from studio.document.file import load
    from studio.document.lower import Program
    from studio.run import session

    class Clock(Callback):
        steps, begin = 0, 0.0

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            now = time.perf_counter()
            if not epoch:  # what comes first loads and compiles
                self.begin = now
                return
            self.steps += self.params["steps"]
            if now - self.begin > seconds:
                self.model.stop_training = True
                self.pace = self.steps / (now - self.begin)

    use_folder(data_dir)
    contents = load(document)
    trainer = next(n.id for n in contents.nodes.values() if n.type.startswith("train."))
    contents.apply(SetParams(trainer, _FOREVER))
    program, clock = Program(CATALOGUE), Clock()
    program.update(contents)
    session.train(program, program.training(), "lazy", [clock])
    return clock.pace


def paces_alone(document: Path, data_dir: Path | None, seconds: float = 20.0) -> float:
    """Return `pace_alone` of a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.everything", "--alone", str(seconds)]
    command += ["--data-dir", str(data_dir)] if data_dir is not None else []
    found = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return float(found.stdout.split()[-1])


class Watched:
    """A window on a training, with one panel after the other in front."""

    def __init__(self, document: Path, data_dir: Path | None, minutes: float) -> None:
        from PySide6.QtCore import Qt, QTimer

        from studio.app import application, open_studio
        from studio.document.edits import SetParams

        self.gaps = array("d")  # a list of as many floats would be 13 MB after ten minutes
        self.paces: dict[bool, list[float]] = {True: [], False: []}
        self.memory: list[tuple[float, float, float]] = []
        self._last = self._begun = self._turned = 0.0
        self._steps, self._turns, self._minutes = 0, 0, minutes
        self._app = application()
        self._window = window = open_studio(document, data_dir)
        window.resize(1600, 1000)
        trainer = next(n.id for n in window.document.nodes.values() if n.type.startswith("train."))
        window.history.do(SetParams(trainer, _FOREVER))
        window.history.mark_saved()  # or closing would ask
        self._ticks = QTimer(interval=1)
        self._ticks.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticks.timeout.connect(self._tick)
        self._turn = QTimer(interval=int(1000 * TURN))
        self._turn.timeout.connect(self._next)
        window.controller.progressed.connect(self._count)
        window.controller.started.connect(lambda _event: self._begin())
        window.controller.ended.connect(lambda _event: QTimer.singleShot(0, self._app.quit))

    def watch(self) -> None:
        """Let the training run, and note what is seen of it."""
        from PySide6.QtCore import QTimer

        QTimer.singleShot(8000, self._window.running.train)
        self._app.exec()
        self._window.close()

    def _begin(self) -> None:
        from studio.inspector.watching import Pin
        from studio.run.tensor_ref import TensorRef

        window = self._window
        editor = window.editors.current
        assert editor is not None
        kernel = ("hidden", "kernel")
        editor.watching.look_at(TensorRef("weight", *kernel))
        for kind in ("weight_gradient", "update"):
            editor.watching.pin(Pin(TensorRef(kind, *kernel)))  # type: ignore[arg-type]
        self._begun = self._turned = time.perf_counter()
        self._ticks.start()
        self._turn.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.gaps.append(1000 * (now - self._last) - 1)
        self._last = now

    def _count(self, event: Any) -> None:
        self._steps += len(event.steps)

    def _next(self) -> None:
        """Note the pace of the turn that is over, and bring what is next to the front."""
        now, window = time.perf_counter(), self._window
        if now - self._begun > min(WARM, 30 * self._minutes):
            if not self._ticks.isActive():
                self.paces[window.docks.shows("bottom")].append(self._steps / (now - self._turned))
            pid = window.controller.pid
            self.memory.append((now - self._begun, resident(os.getpid()), resident(pid) if pid is not None else 0.0))
        if now - self._begun > 60 * self._minutes:
            self._turn.stop()
            self._ticks.stop()
            window.controller.stop()
            return
        self._turns += 1
        for panel in (window.docks.docks["bottom"], window.docks.docks["right"]):
            panel.setVisible(self._turns % 3 != 0)
        window.dock.setCurrentIndex(self._turns // 3 % window.dock.count())
        self._steps, self._turned, self._last = 0, time.perf_counter(), 0.0
        if self._turns % 3 == 1:
            self._ticks.start()
        else:
            self._ticks.stop()


def lines(watched: Watched, alone: Sequence[float]) -> list[str]:
    """Return what was measured, in words."""
    gaps: Array = np.array(watched.gaps)
    longest = ", ".join(f"{gap:.0f}" for gap in sorted(gaps)[-5:][::-1])
    seen = np.array(watched.memory)
    quarter = max(1, len(seen) // 8)
    growth = seen[-quarter:, 1:].mean(axis=0) - seen[:quarter, 1:].mean(axis=0)
    plain = float(np.median(alone))
    found = [
        f"event loop: 99.9 % under {np.percentile(gaps, 99.9):.1f} ms, worst {longest} ms, {len(gaps)} ticks",
        f"memory: window {seen[-1, 1]:.0f} MB, {growth[0]:+.1f}; engine {seen[-1, 2]:.0f} MB, {growth[1]:+.1f}",
        f"steps a second alone: {', '.join(f'{pace:.0f}' for pace in alone)}",
    ]
    for is_open, what in ((True, "with the panels open"), (False, "with the panels closed")):
        pace = float(np.median(watched.paces[is_open]))
        found.append(f"{what}: {pace:.0f} steps a second, {100 * (plain / pace - 1):+.1f} % of a step's time")
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--alone", type=float, help="measure this process by itself for so many seconds")
    given = parser.parse_args()
    document = ROOT / "examples" / ("mnist_mlp.trenza" if given.data_dir is not None else "digits_mlp.trenza")
    if given.alone:
        print(pace_alone(document, given.data_dir, given.alone))
        return
    alone = [paces_alone(document, given.data_dir)]
    watched = Watched(document, given.data_dir, given.minutes)
    watched.watch()
    alone.append(paces_alone(document, given.data_dir))
    print("\n".join(lines(watched, alone)))


if __name__ == "__main__":
    main()
