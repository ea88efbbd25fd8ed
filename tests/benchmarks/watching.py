"""What it costs a training to be watched, with all panels open and with none.

Run ``python -m tests.benchmarks.watching [--minutes 10] [--data-dir DIR]``; without a folder with ``mnist.npz`` it
trains on the 8×8 digits. Two processes train the same document: the engine of a window, which keeps a run, and one that
nobody watches and that keeps nothing. They take turns of some seconds, in which the other one is halted (SIGSTOP; so
there is no Windows here), since the pace of one and the same training drifts by a fifth within minutes where others use
the machine, too. Each turn that was watched is held against those alone before and after it; the medians are printed,
with the quartiles between which half the turns lie. What is done once in so many seconds is done for those of a halt,
too; therefore the turns alone are short. How fast a training is, is counted in epochs, with their validation.

Where its memory comes to lie makes one process 0.6 % faster than another for good (the deviation of six that trained
alone in turns). Therefore several that nobody watches take turns, and the window's engine is replaced as often; what
each of those came to is printed, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.benchmarks.documents import ROOT, example, with_epochs
from tests.benchmarks.watched import FOREVER, Watched, parser

#: Seconds of a turn that is watched, and of one alone: some ten epochs of MNIST.
TURN: Final = 12.0
TURN_ALONE: Final = 3.0
#: How many processes of each kind there are.
PROCESSES: Final = 4
ALONE, OPEN, CLOSED = "alone", "with all panels open", "with the panels closed"
#: What one may cost the training, in percent of an epoch's time.
MAY_COST: Final = {OPEN: 5, CLOSED: 1}
#: One round of turns.
_ORDER: Final = (ALONE, OPEN, ALONE, CLOSED)


def train_alone(document: Path, data_dir: Path | None) -> None:
    """Train without a window and without an end, and print when each epoch ended."""
    from engine.data.files import use_folder
    from engine.keras.callbacks import Callback
    from studio.document.catalogue import CATALOGUE
    from studio.document.file import load
    from studio.document.lower import Program
    from studio.run import session

    class Clock(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            print(time.monotonic(), flush=True)

    use_folder(data_dir)
    contents = load(document)
    contents.apply(with_epochs(contents, FOREVER))
    program = Program(CATALOGUE)
    program.update(contents)
    session.train(program, program.training(), "lazy", [Clock()])


class Alone:
    """A process that nobody watches; it is halted at first."""

    def __init__(self, data_dir: Path | None) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.watching", "--alone"]
        command += ["--data-dir", str(data_dir)] if data_dir is not None else []
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.pid = self._process.pid
        assert self._process.stdout is not None
        self._out = self._process.stdout
        self._out.readline()  # what comes first loads and compiles
        os.set_blocking(self._out.fileno(), False)
        os.kill(self.pid, signal.SIGSTOP)

    def ends(self) -> Iterator[float]:
        """Yield when its epochs ended since one last asked."""
        yield from map(float, self._out.readlines())

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._out.close()


def pace(ends: Sequence[float]) -> float:
    """Return the epochs a second of a turn, from the first end of one to the last.

    Examples
    --------
    >>> pace([10.0, 10.5, 11.0])
    2.0
    """
    return (len(ends) - 1) / (ends[-1] - ends[0])


class Turns:
    """Lets the window's training and those that nobody watches take turns, and notes the pace of each."""

    def __init__(self, watched: Watched, alones: Sequence[Alone], rounds: int, panel: int) -> None:
        """Let there be so many rounds, with this panel in front in the first one."""
        from PySide6.QtCore import QTimer

        self.paces: list[tuple[str, float]] = []
        self._watched, self._alones = watched, alones
        self._panel = panel
        self._left = [*_ORDER * rounds, ALONE]
        self._ends: list[float] = []
        self._turn = QTimer(singleShot=True)
        self._turn.timeout.connect(self._next)
        watched.window.controller.epoch_ended.connect(lambda _event: self._ends.append(time.monotonic()))

    def begin(self) -> None:
        """Begin with the first turn, when the window has settled."""
        from PySide6.QtCore import QTimer

        QTimer.singleShot(10_000, self._take)

    def _take(self) -> None:
        """Begin the turn that is next."""
        is_alone = self._left[0] == ALONE
        halted, going = (self._engine, self._alone.pid) if is_alone else (self._alone.pid, self._engine)
        os.kill(halted, signal.SIGSTOP)
        if self._left[0] == OPEN:
            self._watched.bring(self._panel + len(self.paces) // len(_ORDER))
        elif self._left[0] == CLOSED:
            self._watched.hide()
        os.kill(going, signal.SIGCONT)
        self._ends.clear()
        self._begun = time.monotonic()
        self._turn.start(round(1000 * (TURN_ALONE if is_alone else TURN)))

    def _next(self) -> None:
        """Note the pace of the turn that is over, and begin the next."""
        if self._left[0] == ALONE:
            self._ends += (end for end in self._alone.ends() if end > self._begun)
        if len(self._ends) < 2:  # of longer epochs, a turn takes as long as it must
            self._turn.start(1000)
            return
        self.paces.append((self._left.pop(0), pace(self._ends)))
        if self._left:
            self._take()
        else:
            os.kill(self._alone.pid, signal.SIGSTOP)
            os.kill(self._engine, signal.SIGCONT)
            self._watched.window.controller.stop()

    @property
    def _alone(self) -> Alone:
        """The process that has its turn now, or had it before."""
        return self._alones[len(self.paces) // 2 % len(self._alones)]

    @property
    def _engine(self) -> int:
        pid = self._watched.window.controller.pid
        assert pid is not None  # the training goes on for ever
        return pid


def costs(paces: Sequence[tuple[str, float]]) -> dict[str, list[float]]:
    """Return what each turn that was watched cost, in percent of an epoch's time.

    Examples
    --------
    >>> costs([(ALONE, 4.0), (OPEN, 3.84), (ALONE, 4.064), (CLOSED, 4.0), (ALONE, 3.936)])[OPEN]
    [5.0]
    """
    found = defaultdict(list)
    for (_, before), (what, pace), (_, after) in zip(paces[::2], paces[1::2], paces[2::2], strict=False):
        found[what].append(round(100 * ((before + after) / 2 / pace - 1), 6))
    return found


def lines(engines: Sequence[Sequence[tuple[str, float]]]) -> list[str]:
    """Return what was measured with each engine's process, in words.

    Examples
    --------
    >>> paces = [(ALONE, 4.0), (OPEN, 3.84), (ALONE, 4.064), (CLOSED, 4.0), (ALONE, 3.968)]
    >>> for line in lines([paces, paces]):
    ...     print(line)
    alone: 4.00 epochs a second
    with all panels open: +5.0 % of an epoch's time (5), half the turns between +5.0 and +5.0 %, by engine +5.0 +5.0
    with the panels closed: +0.4 % of an epoch's time (1), half the turns between +0.4 and +0.4 %, by engine +0.4 +0.4
    """
    alone = np.median([pace for what, pace in chain(*engines) if what == ALONE])
    told = [f"alone: {alone:.2f} epochs a second"]
    for what, may in MAY_COST.items():
        found = [costs(paces)[what] for paces in engines]
        first, middle, third = np.percentile([*chain(*found)], (25, 50, 75))
        half = f"half the turns between {first:+.1f} and {third:+.1f} %"
        each = " ".join(f"{np.median(turns):+.1f}" for turns in found)
        told.append(f"{what}: {middle:+.1f} % of an epoch's time ({may}), {half}, by engine {each}")
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
    rounds = max(1, round(60 * given.minutes / PROCESSES / (2 * TURN_ALONE + 2 * TURN)))
    engines = []
    with ExitStack() as stack:
        alones = [stack.enter_context(closing(Alone(given.data_dir))) for _ in range(PROCESSES)]
        watched = stack.enter_context(Watched(document, given.data_dir))
        for number in range(PROCESSES):
            turns = Turns(watched, alones, rounds, number * rounds)
            watched.run(turns.begin)
            engines.append(turns.paces)
    print("\n".join(lines(engines)))


if __name__ == "__main__":
    main()
