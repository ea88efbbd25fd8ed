"""Work that takes longer than a frame, done in a thread; the newest wish is the one that is fulfilled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.ui.beside import beside

#: Milliseconds until work that goes on is said to go on.
PATIENCE: Final = 120
#: One thread at a time: two would share the memory's bandwidth, and the window needs a processor, too.
_turn: Final = threading.Lock()


class CancelledError(Exception):
    """The work is not wanted any more."""


class Token:
    """Tells work that it is not wanted any more."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    def cancel(self) -> None:
        """Say so."""
        self._flag.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has said so."""
        return self._flag.is_set()

    def check(self) -> None:
        """Go on only if the work is wanted.

        Raises
        ------
        CancelledError
            If it is not.
        """
        if self._flag.is_set():
            raise CancelledError


class Background(QObject):
    """Does one piece of work at a time. One that is asked for meanwhile waits, and takes the place of one that waits.

    Signals
    -------
    busy_changed
        Work takes its time, or is over.
    failed
        Work could not be done: carries the error.
    """

    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._token: Token | None = None
        self._finish: Callable[[Any], None] = lambda _result: None
        self._next: tuple[Callable[[Token], Any], Callable[[Any], None]] | None = None
        self._is_busy = False
        self._timer = QTimer(self, interval=PATIENCE, singleShot=True)
        self._timer.timeout.connect(lambda: self._set_busy(True))

    @property
    def is_working(self) -> bool:
        """Whether there is work under way."""
        return self._token is not None

    def start(self, work: Callable[[Token], Any], finish: Callable[[Any], None]) -> None:
        """Do `work` in the thread, and give what it returns to `finish`, here."""
        if self._token is not None:
            self._next = work, finish
            return
        self._token, self._finish = token, _ = Token(), finish
        self._timer.start()
        beside(self, "inspector", lambda: _carried_out(work, token), lambda found: self._on_done(token, found))

    def cancel(self) -> None:
        """Want nothing any more."""
        self._next = None
        if self._token is not None:
            self._token.cancel()
            self._token = None
            self._rest()

    def _on_done(self, token: Token, found: tuple[Any, Exception | None]) -> None:
        if token is not self._token:
            return
        self._token = None
        finish, waiting, self._next = self._finish, self._next, None
        if waiting is not None:
            self.start(*waiting)
        else:
            self._rest()
        result, error = found
        if error is not None:
            self.failed.emit(error)
        else:
            finish(result)

    def _rest(self) -> None:
        self._timer.stop()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._is_busy:
            self._is_busy = busy
            self.busy_changed.emit(busy)


def _carried_out(work: Callable[[Token], Any], token: Token) -> tuple[Any, Exception | None]:
    """Return what comes of work, and what it has raised: in a thread."""
    try:
        with _turn:
            token.check()
            return work(token), None
    except Exception as error:  # of work that was cancelled nobody hears
        return None, error
