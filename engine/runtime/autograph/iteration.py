"""What a `for` of a rewritten function goes through: counters with symbolic limits, and tensors along an axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.op import OPS
from engine.graph.trace import SymbolicTensor


@dataclass
class Counting:
    """``range(start, limit, step)`` with a limit that only the graph knows."""

    start: Any
    limit: Any
    step: Any

    def inside(self, number: Any) -> Any:
        """Return whether a number is not yet past the limit."""
        if isinstance(self.step, int):
            return number < self.limit if self.step > 0 else number > self.limit
        up, down = OPS["less"](number, self.limit), OPS["greater"](number, self.limit)
        return OPS["where"](OPS["greater"](self.step, 0), up, down)

    def __iter__(self) -> Iterator[Any]:
        return iter(range(self.start, self.limit, self.step))  # says that the limit has no value yet


@dataclass
class Along:
    """Tensors along their first axis.

    Parameters
    ----------
    tensors
        What is sliced.
    item
        From the slices to what the loop's name gets.
    """

    tensors: Sequence[Any]
    item: Callable[[Sequence[Any]], Any]

    @property
    def count(self) -> Any:
        """How many items there are: a number where it is known."""
        known = [t.shape[0] for t in self.tensors if t.shape[0] is not None]
        return min(known) if len(known) == len(self.tensors) else OPS["shape"](self.tensors[0])[0]

    def __iter__(self) -> Iterator[Any]:
        return (self.item(slices) for slices in zip(*self.tensors, strict=False))

    def at(self, number: Any) -> Any:
        """Return the item at a place."""
        return self.item([OPS["gather"](t, number) for t in self.tensors])


def iteration(items: Any) -> Counting | Along | None:
    """Return what `items` goes through in a graph; None for what Python goes through by itself."""
    if isinstance(items, Counting | Along):
        return items
    if isinstance(items, SymbolicTensor):
        return Along([items], lambda slices: slices[0])
    return None
