"""How quickly the window is up, and how long the event loop ever stalls while MNIST trains.

Run ``python -m tests.benchmarks.window [--data-dir DIR]``; without ``mnist.npz`` it trains on the 8×8 digits. The
stall is the longest time between two ticks of a timer of one millisecond, less that millisecond.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.documents import ROOT, example, with_epochs

_UP = """
import sys, time
begin = float(sys.argv[1])
import studio.cli, studio.document.catalogue  # in the order of the command
from PySide6.QtCore import QTimer
from studio.app import application, open_studio
app = application()
window = open_studio(sys.argv[2])
def answered():
    print(time.time() - begin)
    window.close()
    app.quit()
QTimer.singleShot(0, lambda: QTimer.singleShot(0, answered))
app.exec()
"""


def time_to_window(document: Path, runs: int = 5) -> list[float]:
    """Return the seconds from the command to a window that answers, for each run in a new process.

    Modules are compiled beforehand, as those of an installed program are: a run that does not count sees to it.
    """
    times = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for _ in range(1 + runs):
            command = [sys.executable, "-c", _UP, repr(time.time()), str(document)]
            result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
            times.append(float(result.stdout.split()[-1]))
    return times[1:]


def stalls(document: Path, data_dir: Path | None, epochs: int) -> np.ndarray:
    """Return the stalls of the event loop in milliseconds while a document trains."""
    from PySide6.QtCore import Qt, QTimer

    from studio.app import application, open_studio

    app = application()
    window = open_studio(document, data_dir)
    window.history.do(with_epochs(window.document, epochs))
    window.history.mark_saved()  # or closing would ask
    gaps: list[float] = []
    last = [0.0]

    def tick() -> None:
        now = time.perf_counter()
        if last[0]:
            gaps.append(1000 * (now - last[0]) - 1)
        last[0] = now

    timer = QTimer(interval=1)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    window.controller.started.connect(lambda _event: timer.start())
    window.controller.ended.connect(timer.stop)  # closing takes its time, and is no stall of a training
    window.controller.ended.connect(lambda _event: QTimer.singleShot(0, app.quit))
    QTimer.singleShot(8000, window.running.train)
    app.exec()
    window.close()
    return np.array(gaps)


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    args = parser.parse_args()
    document = example(args.data_dir)
    up = time_to_window(example(None))
    print(f"window up and answering: median {np.median(up):.2f} s, range {min(up):.2f} to {max(up):.2f} s")
    gaps = stalls(document, args.data_dir, args.epochs)
    longest = ", ".join(f"{g:.0f}" for g in sorted(gaps)[-5:][::-1])
    print(
        f"event loop while {document.stem} trains: 99.9 % under {np.percentile(gaps, 99.9):.1f} ms, worst {longest} ms"
    )


if __name__ == "__main__":
    main()
