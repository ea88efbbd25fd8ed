"""Buffer reuse: values that are never alive at the same time share memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A buffer that is needed from the moment `first` to the moment `last`, both included.

    One that `continues` another, whose last moment is its first, is written over it.
    """

    nbytes: int
    first: int
    last: int
    continues: int | None = None


def assign(lifetimes: Sequence[Lifetime]) -> tuple[list[int], list[int]]:
    """Return for each lifetime the block it lives in, and the sizes of the blocks in bytes.

    Blocks are given out in the order of the moments, the smallest free one that is large enough first; if none is, the
    largest free one grows.

    Examples
    --------
    >>> assign([Lifetime(8, 0, 1), Lifetime(8, 1, 2), Lifetime(4, 2, 3)])
    ([0, 1, 0], [8, 8])
    """
    blocks = [-1] * len(lifetimes)
    sizes: list[int] = []
    busy_until: list[int] = []
    for i in sorted(range(len(lifetimes)), key=lambda i: (lifetimes[i].first, -lifetimes[i].nbytes)):
        life = lifetimes[i]
        if life.continues is not None:
            blocks[i] = blocks[life.continues]
            busy_until[blocks[i]] = life.last
            continue
        free = [b for b, until in enumerate(busy_until) if until < life.first]
        fitting = [b for b in free if sizes[b] >= life.nbytes]
        if fitting:
            block = min(fitting, key=sizes.__getitem__)
        elif free:
            block = max(free, key=sizes.__getitem__)
            sizes[block] = life.nbytes
        else:
            block = len(sizes)
            sizes.append(life.nbytes)
            busy_until.append(-1)
        busy_until[block] = life.last
        blocks[i] = block
    return blocks, sizes
