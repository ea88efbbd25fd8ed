"""Work beside the event loop: in a thread, with what comes of it handed back to the thread of the window.

A thread must neither emit the signal of an object that the window may be deleting at this moment, nor be the last to
hold one: then the object is deleted in the wrong thread, and the program dies. So all that work holds on to stays in
the hands of the window's thread, and what comes of it is given to its owner there, if it is still alive.
"""

from __future__ import annotations

import itertools
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")

#: Seconds that a thread keeps the interpreter: with Python's 0.005, a repaint of many calls waited 80 ms for a reader.
SWITCH: Final = 0.0005


class _Office(QObject):
    """Lives in the window's thread, as long as the program."""

    _arrived = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count()
        self._under_way: dict[int, tuple[QObject, Callable[[], Any], Callable[[Any], None]]] = {}
        self._letters: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._usual = sys.getswitchinterval()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def begin(
        self, owner: QObject, name: str, work: Callable[[], Any], then: Callable[[Any], None]
    ) -> threading.Thread:
        number = next(self._numbers)
        self._under_way[number] = owner, work, then
        sys.setswitchinterval(SWITCH)
        thread = threading.Thread(target=self._carry_out, args=(number,), name=name, daemon=True)
        thread.start()
        return thread

    def _carry_out(self, number: int) -> None:
        self._letters.put((number, self._under_way[number][1]()))
        self._arrived.emit()

    def _deliver(self) -> None:
        number, found = self._letters.get()
        owner, _work, then = self._under_way.pop(number)
        if not self._under_way:
            sys.setswitchinterval(self._usual)
        if shiboken6.isValid(owner):
            then(found)


_offices: list[_Office] = []


def beside(owner: QObject, name: str, work: Callable[[], T], then: Callable[[T], None]) -> threading.Thread:
    """Do work in a thread, and hand what it returns to `then`: here, and only if `owner` has not been deleted.

    To be called in the window's thread.

    Parameters
    ----------
    owner
        Who wants it.
    name
        Of the thread.
    work
        Must touch nothing of Qt, and raise nothing: what it raises is lost.
    then
        Takes what it returns.

    Returns
    -------
    Thread
        For who must wait for the end of the work; `then` is called later.
    """
    if not _offices:
        _offices.append(_Office())
    return _offices[0].begin(owner, name, work, then)
