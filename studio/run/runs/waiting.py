"""Values that wait until they are written: of many, as many as are wanted, evenly spread."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

#: Values that wait at most; of more, every second one is forgotten.
MOST: Final = 2000


@dataclass(frozen=True)
class Told:
    """What there is to say of a step, and the second since 1970 when it was."""

    step: int
    values: Mapping[str, float]
    at: float = field(default_factory=time.time)


class Waiting:
    """Values of steps, in their order.

    Examples
    --------
    >>> waiting = Waiting()
    >>> for step in range(10):
    ...     waiting.add(step, {"loss": 1.0})
    >>> [told.step for told in waiting.take(4)], waiting.take(4)
    ([1, 4, 6, 9], [])
    """

    def __init__(self) -> None:
        self._told: list[Told] = []

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Let values wait."""
        self._told.append(Told(step, values))
        if len(self._told) > MOST:
            del self._told[-2::-2]

    def take(self, most: int) -> list[Told]:
        """Return so many at most, the last one always among them; none of them waits any more."""
        told, self._told = self._told, []
        if len(told) <= most:
            return told
        return [told[(i + 1) * len(told) // most - 1] for i in range(most)]
