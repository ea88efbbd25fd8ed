"""What the user wishes of a training: set by the listening thread, obeyed by the working one within a step."""

from __future__ import annotations

import threading
from collections import deque

from studio.run.messages import BreakAt, Control, Freeze, Restore, SaveCheckpoint, Tune

Wish = Tune | Freeze | BreakAt | SaveCheckpoint | Restore


class Switches:
    """What the user wishes of trainings and previews.

    A wish names the training it is meant for, so it holds even if that one has not begun yet, and for no other.

    Attributes
    ----------
    pending
        Set as long as there are wishes that nobody has looked at.
    """

    def __init__(self) -> None:
        self.pending = threading.Event()
        self._stopped = 0
        self._paused = 0
        self._dropped = 0
        self._steps = 0
        self._wishes: deque[Wish] = deque()

    def set(self, wish: Control | Wish) -> None:
        """Take note of the user's wish."""
        if not isinstance(wish, Control):
            self._wishes.append(wish)
        elif wish.action == "stop":
            self._stopped = max(self._stopped, wish.run)
            self._dropped = max(self._dropped, wish.revision)
        elif wish.action == "step":
            self._steps += self._paused == wish.run
            self._paused = wish.run
        else:
            self._paused = wish.run if wish.action == "pause" else 0
            self._steps = 0
        self.pending.set()

    def stops(self, run: int) -> bool:
        """Whether this training is to end."""
        return run <= self._stopped

    def drops(self, revision: int) -> bool:
        """Whether this preview is to end."""
        return revision <= self._dropped

    def pauses(self, run: int) -> bool:
        """Whether this training is to stand still."""
        return run == self._paused and not self.stops(run)

    def take_step(self) -> bool:
        """Return whether one that stands still is to make a step, once for each time the user wished so."""
        if self._steps:
            self._steps -= 1
            return True
        return False

    def take_wish(self, run: int) -> Wish | None:
        """Return what else is wished of a training, None if nothing is left; what was meant for others is dropped."""
        while self._wishes:
            if (wish := self._wishes.popleft()).run == run:
                return wish
        return None
