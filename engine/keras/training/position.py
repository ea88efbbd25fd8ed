"""Where a training stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.core.dtype import Array
from engine.keras.training.batches import Batches


@dataclass
class Position:
    """The step that a training makes next. `fit` goes on from where a callback puts it when the training begins.

    Parameters
    ----------
    epoch
        The epoch, counted from 0.
    done
        How many of its batches were taken.
    batches
        The order of the examples.
    logs
        Those of the epoch so far, where it was begun elsewhere, until a batch of it is taken.
    """

    epoch: int
    done: int
    batches: Batches
    logs: Mapping[str, float] | None = None

    def rest(self, steps: int | None) -> Iterator[Array]:
        """Yield the batches that the epoch still has, which is one of so many steps, or of all examples."""
        for index in self.batches.epoch(steps, self.done):
            self.done, self.logs = self.done + 1, None
            yield index
