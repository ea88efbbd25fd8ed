"""What is left of training steps of which not even the steps are kept: where they began."""

from __future__ import annotations

from array import array
from bisect import bisect_right


class Past:
    """The first training steps of a run, in order, of which each takes 24 bytes: an hour makes some 100,000.

    Attributes
    ----------
    end
        The number of the first step behind them.

    Examples
    --------
    >>> past = Past()
    >>> past.add(epoch=0, in_epoch=1, first=0, end=7)
    >>> past.add(epoch=0, in_epoch=2, first=7, end=12)
    >>> past.batch_of(8), past[1], past.end
    (1, (0, 2, 7), 12)
    >>> past.cut(1)
    >>> len(past), past.end
    (1, 7)
    """

    def __init__(self) -> None:
        self._epochs, self._places, self._firsts = array("q"), array("q"), array("q")
        self.end = 0

    def __len__(self) -> int:
        return len(self._firsts)

    def __getitem__(self, number: int) -> tuple[int, int, int]:
        """Return the epoch of a training step, its number within that, and that of its first step."""
        return self._epochs[number], self._places[number], self._firsts[number]

    def add(self, epoch: int, in_epoch: int, first: int, end: int) -> None:
        """Take note of the next training step."""
        self._epochs.append(epoch)
        self._places.append(in_epoch)
        self._firsts.append(first)
        self.end = end

    def batch_of(self, step: int) -> int:
        """Return the number of the training step that a step belongs to."""
        return bisect_right(self._firsts, step) - 1

    def cut(self, number: int) -> None:
        """Forget a training step and all behind it."""
        if number < len(self):
            self.end = self._firsts[number]
            for kept in (self._epochs, self._places, self._firsts):
                del kept[number:]
