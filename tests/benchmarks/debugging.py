"""How soon a step of the debugger is shown, from the key to the painted window, forward and backward.

Run ``python -m tests.benchmarks.debugging [--data-dir DIR] [--steps N]``: on the MNIST network, or on that of the 8×8
digits where there is no ``mnist.npz``. Without a display it works all the same. At most 50 ms are wanted.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks.documents import example

#: Milliseconds that a step may take to be shown.
TARGET = 50.0


def steps(document: Path, data_dir: Path | None, count: int) -> dict[str, list[float]]:
    """Return the milliseconds until steps were shown, for each kind of move."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from studio.app import application, open_studio

    app = application()
    window = open_studio(document, data_dir)
    window.resize(1600, 1000)
    window.workspaces.turn_to("debug")
    controller = window.debug_controller

    def until(done: object, patience: float = 60.0) -> None:
        end = time.perf_counter() + patience
        while not done():  # type: ignore[operator]
            app.processEvents()
            if time.perf_counter() > end:
                raise SystemExit("The window does not answer.")

    until(lambda: window.controller.state == "ready")
    QTest.qWait(1500)
    keys = {
        "over": (Qt.Key.Key_F10, Qt.KeyboardModifier.NoModifier),
        "into": (Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier),
        "back": (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
    }

    def move(name: str) -> float:
        before = controller.last
        begin = time.perf_counter()
        QTest.keyClick(window, *keys[name])
        until(lambda: controller.state == "stopped" and controller.last is not before)
        app.processEvents()  # what has changed is painted
        return 1000 * (time.perf_counter() - begin)

    move("over")  # which only begins
    found = {name: [move(name) for _ in range(count)] for name in ("over", "into", "back")}
    controller.end()
    window.history.mark_saved()
    window.close()
    return found


def main() -> int:
    """Print the figures, and return 1 if one misses its target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--steps", type=int, default=40)
    asked = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    document = example(asked.data_dir)
    print(f"{document.stem}, 1600×1000: milliseconds from the key to the painted window")
    missed = 0
    for name, times in steps(document, asked.data_dir, asked.steps).items():
        middle, high = median(times), quantiles(times, n=20)[-1]
        missed += high > TARGET
        print(f"  step {name:5}  median {middle:6.1f}  95 % {high:6.1f}  (at most {TARGET:.0f})")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
