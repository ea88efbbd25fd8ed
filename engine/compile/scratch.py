"""Memory that kernels need while they work: one piece for each thread, which all kernels of a plan use in turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.compile.row import Own
from engine.compile.team import capacity
from engine.core.memory import LINE, aligned
from engine.core.op import Scratch


class Workplace:
    """The memory of all threads.

    Parameters
    ----------
    wanted
        The arguments of every kernel.
    """

    def __init__(self, wanted: Iterable[Sequence[Any]]) -> None:
        self._apart = max((sum(map(_nbytes, arguments)) for arguments in wanted), default=0)
        self._memory = aligned(self._apart * capacity())

    @property
    def nbytes(self) -> int:
        """Bytes of all of it."""
        return int(self._memory.nbytes)

    def furnish(self, arguments: Sequence[Any]) -> list[Any]:
        """Return the arguments of a kernel with memory in place of what it wants as scratch."""
        found, start = [], 0
        for argument in arguments:
            if isinstance(argument, Scratch):
                array = self._memory[start : start + argument.size * np.dtype(argument.dtype).itemsize]
                found.append(Own(array.view(argument.dtype), self._apart))
                start += _nbytes(argument)
            else:
                found.append(argument)
        return found


def _nbytes(argument: Any) -> int:
    if not isinstance(argument, Scratch):
        return 0
    nbytes: int = argument.size * np.dtype(argument.dtype).itemsize
    return -(-nbytes // LINE) * LINE
