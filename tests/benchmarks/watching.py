"""What it costs a training to be watched, with all panels open and with none.

Run ``python -m tests.benchmarks.watching [--minutes 10] [--data-dir DIR]``; without a folder with ``mnist.npz`` it
trains on the 8×8 digits. Two processes train the same document: the engine of a window, which keeps a run, and one that
nobody watches and that keeps nothing. They take turns of some seconds, in which the other one is halted (SIGSTOP; so
there is no Windows here), since the pace of one and the same training drifts by a fifth within minutes where others use
the machine, too. Each turn that was watched is held against those alone before and after it; the medians are printed,
with the quartiles between which half the turns lie. What is done once in so many seconds is done for those of a halt,
too; therefore the turns alone are short.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.benchmarks.watched import FOREVER, ROOT, Watched, example, parser

#: Seconds of a turn that is watched, and of one alone: some ten epochs of MNIST.
TURN: Final = 12.0
TURN_ALONE: Final = 3.0
_ALONE: Final = "alone"
#: What one may cost the training, in percent of a step's time.
MAY_COST: Final = {"with all panels open": 5, "with the panels closed": 1}


def train_alone(document: Path, data_dir: Path | None) -> None:
    """Train without a window and without an end, and print when each epoch ended and how many steps it had."""
    from engine.data.files import use_folder
    from engine.keras.callbacks import Callback
    from studio.document.catalogue import CATALOGUE
    from studio.document.edits import SetParams
    from studio.document.file import load
    from studio.document.lower import Program
    from studio.run import session

    class Clock(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            print(time.monotonic(), self.params["steps"], flush=True)

    use_folder(data_dir)
    contents = load(document)
    trainer = next(n.id for n in contents.nodes.values() if n.type.startswith("train."))
    contents.apply(SetParams(trainer, FOREVER))
    program = Program(CATALOGUE)
    program.update(contents)
    session.train(program, program.training(), "lazy", [Clock()])


class Alone:
    """The process that nobody watches."""

    def __init__(self, data_dir: Path | None) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.watching", "--alone"]
        command += ["--data-dir", str(data_dir)] if data_dir is not None else []
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.pid = self._process.pid
        assert self._process.stdout is not None
        self._out = self._process.stdout
        self._out.readline()  # what comes first loads and compiles
        os.set_blocking(self._out.fileno(), False)

    def reports(self) -> Iterator[tuple[float, int]]:
        """Yield when its epochs ended since one last asked, and how many steps each had."""
        for line in self._out.readlines():
            moment, steps = line.split()
            yield float(moment), int(steps)

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._out.close()


def pace(reports: Sequence[tuple[float, int]]) -> float:
    """Return the steps a second of a turn, from its first report to its last.

    Examples
    --------
    >>> pace([(10.0, 7), (10.5, 100), (11.0, 100)])
    200.0
    """
    return sum(steps for _, steps in reports[1:]) / (reports[-1][0] - reports[0][0])


class Turns:
    """Lets the two trainings take turns, and notes the pace of each."""

    def __init__(self, watched: Watched, alone: Alone, minutes: float) -> None:
        from PySide6.QtCore import QTimer

        self.paces: list[tuple[str, float]] = []
        self._watched, self._alone = watched, alone
        self._order = [what for kind in MAY_COST for what in (_ALONE, kind)]
        self._turns = 0
        cycle = (TURN + TURN_ALONE) * len(MAY_COST)
        self._all = len(self._order) * max(1, round(60 * minutes / cycle)) + 1  # the last is alone, as the first
        self._reports: list[tuple[float, int]] = []
        self._turn = QTimer(singleShot=True)
        self._turn.timeout.connect(self._next)
        watched.window.controller.progressed.connect(self._note)

    def _note(self, event: Any) -> None:
        self._reports.append((time.monotonic(), len(event.steps)))

    def begin(self) -> None:
        """Begin with the first turn, when the window has settled."""
        from PySide6.QtCore import QTimer

        QTimer.singleShot(10_000, lambda: self._take(self._order[0]))

    def _next(self) -> None:
        """Note the pace of the turn that is over, and begin the next."""
        what = self._order[self._turns % len(self._order)]
        reports = list(self._alone.reports()) if what == _ALONE else self._reports
        self.paces.append((what, pace([report for report in reports if report[0] > self._begun])))
        self._turns += 1
        if self._turns == self._all:
            os.kill(self._engine, signal.SIGCONT)
            self._watched.window.controller.stop()
            return
        self._take(self._order[self._turns % len(self._order)])

    @property
    def _engine(self) -> int:
        pid = self._watched.window.controller.pid
        assert pid is not None  # the training goes on for ever
        return pid

    def _take(self, what: str) -> None:
        is_alone = what == _ALONE
        halted, going = (self._engine, self._alone.pid) if is_alone else (self._alone.pid, self._engine)
        os.kill(halted, signal.SIGSTOP)
        if what == "with the panels closed":
            self._watched.hide()
        elif not is_alone:
            self._watched.bring(self._turns // len(self._order))
        os.kill(going, signal.SIGCONT)
        self._reports = []
        self._begun = time.monotonic()
        self._turn.start(round(1000 * (TURN_ALONE if is_alone else TURN)))


def lines(paces: Sequence[tuple[str, float]]) -> list[str]:
    """Return what was measured, in words.

    Examples
    --------
    >>> kinds = ["alone", *(word for kind in MAY_COST for word in (kind, "alone"))]
    >>> for line in lines(list(zip(kinds, [1000.0, 960.0, 1016.0, 1000.0, 992.0]))):
    ...     print(line)
    alone: 1000 steps a second
    with all panels open: +5.0 % of a step's time (5), half the turns between +5.0 and +5.0 %
    with the panels closed: +0.4 % of a step's time (1), half the turns between +0.4 and +0.4 %
    """
    costs = defaultdict(list)
    for (_, before), (what, found), (_, after) in zip(paces[::2], paces[1::2], paces[2::2], strict=False):
        costs[what].append(100 * ((before + after) / 2 / found - 1))
    told = [f"alone: {np.median([found for what, found in paces if what == _ALONE]):.0f} steps a second"]
    for what, may in MAY_COST.items():
        first, middle, third = np.percentile(costs[what], (25, 50, 75))
        half = f"half the turns between {first:+.1f} and {third:+.1f} %"
        told.append(f"{what}: {middle:+.1f} % of a step's time ({may}), {half}")
    return told


def main() -> None:
    """Print the figures."""
    reader = parser(__doc__)
    reader.add_argument("--alone", action="store_true", help="train without a window, and without an end")
    given = reader.parse_args()
    document = example(given.data_dir)
    if given.alone:
        train_alone(document, given.data_dir)
        return
    alone = Alone(given.data_dir)
    try:
        os.kill(alone.pid, signal.SIGSTOP)
        watched = Watched(document, given.data_dir)
        turns = Turns(watched, alone, given.minutes)
        watched.run(turns.begin)
    finally:
        alone.end()
    print("\n".join(lines(turns.paces)))


if __name__ == "__main__":
    main()
