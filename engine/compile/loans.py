"""Results without a copy: memory that a plan gives out, and takes back when nobody has the result any more."""

from __future__ import annotations

import weakref
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.memory import aligned

#: Results from this size on are given out as they are. Copying one takes longer than finding other memory for the
#: next run, which is about 10 µs for each kernel that writes there: 256 kB are copied in 15 µs, 4 MB in 900.
LENT_BYTES: Final = 1 << 18
#: Memory of so many results is kept for the next ones.
_SPARES: Final = 2


class Lender:
    """The memory of one result, replaced by other memory as long as somebody has it.

    Parameters
    ----------
    memory
        Where the plan writes the result.

    Examples
    --------
    >>> lender = Lender(aligned(8))
    >>> result = lender.lend((2,), np.float32)
    >>> lender.settle()
    True
    >>> del result
    >>> lender.lend((2,), np.float32).shape, lender.settle()
    ((2,), False)
    """

    def __init__(self, memory: Array) -> None:
        self.memory = memory
        self._borrower: weakref.ref[Array] | None = None
        self._others: list[tuple[Array, weakref.ref[Array]]] = []

    def lend(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """Return the result: it stays as it is for as long as anybody has it or a view of it."""
        whole = self._borrower() if self._borrower is not None else None
        if whole is None:  # else a view of it, such as a reshape, has been given out in this run
            # Of a view of a view NumPy keeps the array that owns it. Here that is a buffer, so all views keep `whole`.
            whole = np.frombuffer(self.memory.data, np.uint8)
            self._borrower = weakref.ref(whole)
        result: Array = whole.view(dtype).reshape(shape)
        return result

    def settle(self) -> bool:
        """Let `memory` be some that may be written; return whether it is other memory than before."""
        if self._borrower is None or self._borrower() is None:
            return False
        self._others.append((self.memory, self._borrower))
        free = next((i for i, (_, borrower) in enumerate(self._others) if borrower() is None), None)
        self.memory = aligned(self.memory.nbytes) if free is None else self._others.pop(free)[0]
        self._borrower = None
        del self._others[:-_SPARES]  # whoever has a result keeps its memory
        return True
