"""Lets things be drawn one after the other, a turn of the event loop each, so that no frame has to bear all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between two turns, in which what was drawn comes onto the screen.
GAP: Final = 2


class Turns(QObject):
    """A queue of what is to be done: each thing is in it once."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[Callable[[], None], None] = {}
        self._timer = QTimer(self, interval=GAP, singleShot=True)
        self._timer.timeout.connect(self._next)

    @property
    def are_over(self) -> bool:
        """Whether nothing is left to do."""
        return not self._waiting

    def ask(self, wanted: Iterable[Callable[[], None]]) -> None:
        """Let these be done, each in a turn of its own."""
        self._waiting |= dict.fromkeys(wanted)
        if self._waiting and not self._timer.isActive():
            self._waiting = {_let_pass: None} | self._waiting
            self._timer.start()

    def _next(self) -> None:
        do = next(iter(self._waiting))
        del self._waiting[do]
        do()
        if self._waiting:
            self._timer.start()


def _let_pass() -> None:
    """Do nothing, in the turn in which what was just shown is laid out and painted for the first time."""
