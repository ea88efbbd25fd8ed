"""Notes: what some numbers were after each run of a plan, written down by machine code.

For Python to read two numbers after each step of a training takes 1.2 µs, where the step takes 150: its instructions
and objects have left the processor's caches by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.compile.row import address
from engine.core.dtype import Array

#: Runs of which notes are kept until they are taken; what comes then is not written down.
ROOM: Final = 4096
#: Where in the row the addresses of the numbers begin (see ``assembly/note.ll``).
FIRST: Final = 4


class Notes:
    """Room for notes.

    Parameters
    ----------
    numbers
        Arrays of one float32 each, at least one.

    Attributes
    ----------
    row
        What the machine code is called with.
    """

    def __init__(self, numbers: Sequence[Array]) -> None:
        self._lines = np.empty((ROOM, len(numbers)))
        self.row = np.array([0, ROOM, address(self._lines), len(numbers), *map(address, numbers)], np.int64)

    def take(self) -> Array:
        """Return what was written down, a row for each run (float64), and begin anew."""
        found = self._lines[: self.row[0]].copy()
        self.row[0] = 0
        return found
