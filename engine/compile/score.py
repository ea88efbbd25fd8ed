"""The score of a plan: which kernels are called one after the other, and with what, as two tables for machine code."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any, Final

import numpy as np

from engine.compile.machine import fork, note, replay
from engine.compile.notes import FIRST, Notes
from engine.compile.row import Own, address, row_of
from engine.compile.team import width

_WORD: Final = 8  # bytes of an entry in a table


class Table:
    """Entries and rows, one of each for every call."""

    def __init__(self, size: int) -> None:
        self.entries, self.rows = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self._entries, self._rows = address(self.entries), address(self.rows)

    def entry(self, number: int) -> int:
        """Return where an entry's address is kept."""
        return self._entries + _WORD * number

    def row(self, number: int) -> int:
        """Return where a row's address is kept."""
        return self._rows + _WORD * number


class Score:
    """Tables of steps and of moments, in which one step runs or several side by side, and what lies in which memory.

    Parameters
    ----------
    entries
        For each step the address of its machine code; zero where Python has to call something.
    moments
        How many steps run side by side, one after the other.
    """

    def __init__(self, entries: Sequence[int], moments: Sequence[int]) -> None:
        self._steps = Table(len(entries))
        self._steps.entries[:] = entries
        self._kept: list[Any] = [None] * len(entries)
        #: Bytes of arrays that steps have for themselves, such as sums of parts.
        self.nbytes = 0
        self._places: dict[Hashable, list[tuple[Any, int, int]]] = {}
        #: For each moment the number of its first step, and in the end how many steps there are.
        self.firsts = [0, *accumulate(moments)]
        self._moments = Table(len(moments) + 1)  # the last one is for notes
        self._notes: Notes | None = None
        self._forks = []
        for number, (first, count) in enumerate(zip(self.firsts, moments, strict=False)):
            if count > 1:
                self._forks.append(np.array([count, self._steps.entry(first), self._steps.row(first)], np.int64))
                self._moments.entries[number], self._moments.rows[number] = fork(), address(self._forks[-1])
        #: Moments from one number to before another that one call runs, or that are one step for Python.
        self.runs: list[tuple[int, int]] = []
        for _, group in groupby(range(len(moments)), lambda i: -1 if entries[self.firsts[i]] else i):
            run = list(group)
            self.runs.append((run[0], run[-1] + 1))
        #: Whether one call runs them all.
        self.is_native = all(entries)

    def write(self, number: int, arguments: Sequence[Any], memories: Mapping[Any, tuple[int, int]]) -> None:
        """Let a step have these arguments.

        Parameters
        ----------
        memories
            What values lie in that can be moved: address and bytes.
        """
        row = row_of(arguments)
        self._steps.rows[number] = address(row.values)
        moment = self.moment(number)
        if self.firsts[moment + 1] - self.firsts[moment] == 1:
            self._moments.entries[moment] = self._steps.entries[number]
            self._moments.rows[moment] = self._steps.rows[number]
        arrays = [a.array if isinstance(a, Own) else a for a in arguments if isinstance(a, np.ndarray | Own)]
        # Scratch memory and tables, which nobody else keeps
        own = [a for p, a in zip(row.places, arrays, strict=True) if not self._follow(row.values, p, memories)]
        self._kept[number] = row.values, own
        shared = [a.array for a in arguments if isinstance(a, Own)]
        self.nbytes += sum(a.nbytes for a in own if not any(a is s for s in shared))

    def _follow(self, values: Any, place: int, memories: Mapping[Any, tuple[int, int]]) -> bool:
        """See to it that an address in a row moves with the memory it is in; return whether it is in one of them."""
        start = int(values[place])
        for memory, (first, nbytes) in memories.items():
            if first <= start < first + max(nbytes, 1):
                self._places.setdefault(memory, []).append((values, place, start - first))
                return True
        return False

    def take_notes(self, notes: Notes, memories: Mapping[Any, tuple[int, int]]) -> None:
        """Write some numbers down after each run of all moments; the last one must be no step for Python.

        Parameters
        ----------
        memories
            What the numbers lie in: address and bytes.
        """
        end = len(self.firsts) - 1
        self._notes = notes
        self._moments.entries[end], self._moments.rows[end] = note(), address(notes.row)
        for place in range(FIRST, len(notes.row)):
            self._follow(notes.row, place, memories)

    def write_notes(self) -> None:
        """Write the numbers down, if that is wanted: after steps that were run one by one."""
        if self._notes is not None:
            end = len(self.firsts) - 1
            self.play(end, end)

    def moment(self, number: int) -> int:
        """Return the number of the moment in which a step runs."""
        return bisect_right(self.firsts, number) - 1

    @property
    def has_forks(self) -> bool:
        """Whether some steps run side by side."""
        return bool(self._forks)

    def move(self, memory: Hashable, start: int) -> None:
        """Let what lies in a memory begin at another address."""
        for values, place, offset in self._places.get(memory, ()):
            values[place] = start + offset

    def play(self, first: int, last: int) -> tuple[int, int] | None:
        """Run the moments from `first` to before `last`; return between which steps one has failed, if one did."""
        count = last - first
        if self._notes is not None and last == len(self.firsts) - 1:
            count += 1
        failed = replay(self._moments.entry(first), self._moments.row(first), count, width())
        return None if failed < 0 else (self.firsts[first + failed], self.firsts[first + failed + 1])

    def play_step(self, number: int) -> bool:
        """Run one step; return whether it failed."""
        return replay(self._steps.entry(number), self._steps.row(number), 1, width()) >= 0
