"""Marks: points of a training from which it can be run again, so that any step can be seen that was forgotten."""

from __future__ import annotations

from typing import Final

from engine.io.checkpoint_file import Checkpoint

#: Bytes that marks may take, and how many there are at most; beyond, every second one goes.
BYTES: Final = 128 * 2**20
COUNT: Final = 64


class Marks:
    """Checkpoints in front of training steps, the wider apart the longer the training.

    Examples
    --------
    >>> marks = Marks(count=4)
    >>> for number in range(20):
    ...     if marks.is_due(number):
    ...         marks.add(number, Checkpoint({}, {}))
    >>> marks.numbers, marks.before(11)[0]
    ([0, 8, 16], 8)
    """

    def __init__(self, count: int = COUNT, nbytes: int = BYTES) -> None:
        self._count, self._bytes = count, nbytes
        self._stride = 1
        self._known: dict[int, Checkpoint] = {}

    @property
    def numbers(self) -> list[int]:
        """The training steps that have a mark, in order."""
        return sorted(self._known)

    def is_due(self, number: int) -> bool:
        """Return whether a mark is wanted in front of a training step."""
        return number % self._stride == 0 and number not in self._known

    def add(self, number: int, checkpoint: Checkpoint) -> None:
        """Keep a mark."""
        self._known[number] = checkpoint
        while len(self._known) > 1 and (
            len(self._known) > self._count or sum(mark.nbytes for mark in self._known.values()) > self._bytes
        ):
            self._stride *= 2
            self._known = {n: mark for n, mark in self._known.items() if n % self._stride == 0}

    def before(self, number: int) -> tuple[int, Checkpoint] | None:
        """Return the last mark in front of a training step, or of one before it."""
        found = max((n for n in self._known if n <= number), default=None)
        return None if found is None else (found, self._known[found])
