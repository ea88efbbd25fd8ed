"""Texts that stand in the text of a structure as they are."""

from __future__ import annotations


class Verbatim(str):
    """A text that shows without quotation marks.

    Examples
    --------
    >>> str([Verbatim("float32 (2,)"), 1])
    '[float32 (2,), 1]'
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
