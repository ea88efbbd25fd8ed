"""The score of a plan: which kernels are called one after the other, and with what, as two tables for machine code."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np

from engine.compile.machine import replay
from engine.compile.row import address, row_of

_WORD: Final = 8  # bytes of an entry in a table


class Score:
    """Tables of entries and of rows, and what in them stands for which memory.

    Parameters
    ----------
    entries
        For each step the address of its machine code; zero where Python has to call something.
    """

    def __init__(self, entries: Sequence[int]) -> None:
        self._entries = np.array(entries, np.int64)
        self._rows = np.zeros(len(entries), np.int64)
        self._first_entry, self._first_row = address(self._entries), address(self._rows)
        self._kept: list[Any] = [None] * len(entries)
        self._places: dict[Hashable, list[tuple[Any, int, int]]] = {}
        #: Steps from one number to before another that one call runs, or that are one for Python.
        self.runs: list[tuple[int, int]] = []
        for _, group in groupby(range(len(entries)), lambda i: -1 if entries[i] else i):
            steps = list(group)
            self.runs.append((steps[0], steps[-1] + 1))
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
        self._rows[number] = address(row.values)
        arrays = [a for a in arguments if isinstance(a, np.ndarray)]
        own = []  # scratch memory and tables, which nobody else keeps
        for place, array in zip(row.places, arrays, strict=True):
            start = int(row.values[place])
            inside = ((m, first) for m, (first, nbytes) in memories.items() if first <= start < first + max(nbytes, 1))
            memory, first = next(inside, (None, 0))
            if memory is None:
                own.append(array)
            else:
                self._places.setdefault(memory, []).append((row.values, place, start - first))
        self._kept[number] = row.values, own

    def move(self, memory: Hashable, start: int) -> None:
        """Let what lies in a memory begin at another address."""
        for values, place, offset in self._places.get(memory, ()):
            values[place] = start + offset

    def play(self, first: int, last: int) -> int | None:
        """Run the steps from `first` to before `last`; return the number of the one that failed, if one did."""
        failed = replay(self._first_entry + _WORD * first, self._first_row + _WORD * first, last - first)
        return None if failed < 0 else first + failed
