"""Threads: kernels divide their work among them, and BLAS stays on the one that calls it."""

from __future__ import annotations

import sys
import time
from functools import cache
from typing import Any, Final

from engine.core.processors import available

_narrow: list[int] = []

#: The module through which kernels reach SciPy's BLAS, which is loaded when the first of them does.
_KERNELS: Final = "scipy.linalg.cython_blas"


@cache
def _pools(kernels: bool) -> Any:
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: not at import

    return ThreadpoolController().select(user_api="blas")


def narrow_blas() -> None:
    """Let each matrix product run on the thread that asks for it, from now on: kernels divide large ones themselves.

    With pools of its own a BLAS competes with their threads: a whole MNIST epoch took as much as 8 s instead of 0.4.
    """
    state = [int(_KERNELS in sys.modules)]
    if _narrow != state:
        _pools(bool(state[0])).limit(limits=1)
        _narrow[:] = state


def release_blas() -> None:
    """Give BLAS all processors again, if a plan has narrowed it."""
    if _narrow:
        _pools(_KERNELS in sys.modules).limit(limits=available())
        _narrow.clear()


class Governor:
    """Decides on how many threads a plan runs: on all, unless others keep the processors busy.

    Where a thread is kept from going on with its part, the others have to wait for it: a step of 0.2 ms then takes 8.
    So a plan's first runs are on one thread; where all of them lose more time against that than they have gained, it
    goes back to one for a while. The results are the same, since work is divided in the same way on any number.

    Parameters
    ----------
    most
        The number of threads to use.
    """

    #: How many runs on one thread tell what to expect.
    TRIALS: Final = 4
    #: How much time may be lost, in runs on one thread: one that was held up once is no reason.
    PATIENCE: Final = 4.0
    #: Seconds that may be lost beside, of those that were gained: what others do now and then, as a window does that
    #: shows the training, is made up for. MNIST's dense network made 5,200 to 5,900 steps a second without, and 6,100
    #: to 6,800 with 4 ms as with 20; beside programs that never rest it makes no difference.
    SAVINGS: Final = 0.01
    #: Seconds on one thread after that: at first, and at most.
    SHORTEST, LONGEST = 0.05, 1.0

    def __init__(self, most: int) -> None:
        self._most = most
        self._trials = 0
        self._expected = float("inf")
        self._lost = 0.0
        self._alone_until = 0.0
        self._pause = self.SHORTEST

    def threads(self) -> int:
        """Return on how many threads to run now."""
        if self._most == 1 or self._trials < self.TRIALS:
            return 1
        return 1 if self._alone_until and time.monotonic() < self._alone_until else self._most

    def note(self, threads: int, seconds: float) -> None:
        """Take note of how long a run took."""
        if threads == 1:
            self._trials += 1
            self._expected = min(self._expected, seconds)
            return
        self._lost = max(-self.SAVINGS, self._lost + seconds - self._expected)
        if self._lost > self.PATIENCE * self._expected:
            self._lost = 0.0
            self._alone_until = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, self.LONGEST)
        elif self._alone_until and time.monotonic() > self._alone_until + self._pause:
            self._alone_until, self._pause = 0.0, self.SHORTEST
