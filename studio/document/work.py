"""Work in parts: a generator that yields between them, and returns what it comes to."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

Work = Generator[None, None, T]


def finished(work: Work[T]) -> T:
    """Do all parts of a piece of work, and return what it comes to."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: T = end.value
            return found
