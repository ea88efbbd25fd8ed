"""The engine's process as the window sees it: messages go to it and come from it, and it may die."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from studio.run import entry
from studio.run.transport import Outbox, discard, unpack

if TYPE_CHECKING:  # the second one is not there on every system
    from multiprocessing.context import ForkServerContext, SpawnContext

#: How processes are started: with nothing of the window's in them, on every system. Tests may change it.
CONTEXT: SpawnContext | ForkServerContext = multiprocessing.get_context("spawn")
#: Milliseconds after which one turn of the event loop takes no more messages; the rest waits for the next.
BUDGET: Final = 6
#: Milliseconds between two looks at a pipe that cannot say by itself that something came: one frame.
_INTERVAL: Final = 16


class EngineProcess(QObject):
    """Starts the engine's process, and hands on what it says; nothing here waits for it, except for `end`.

    Parameters
    ----------
    data_dir
        The folder in which data files are looked for first.

    Signals
    -------
    received
        A message came: carries it.
    died
        The process has ended, and nobody asked it to: carries its exit code, None if it is not known.
    """

    received = Signal(object)
    died = Signal(object)

    def __init__(self, data_dir: str | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection, there = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=entry.main, args=(there, data_dir), name="trenza-engine", daemon=True)
        self._process.start()
        there.close()
        self._outbox = Outbox(self._connection)
        self._is_over = False
        # Looking at the pipe 60 times a second takes 1 % of a processor, and answers come half a frame late.
        self._hushes: list[Callable[[], object]] = []
        if os.name == "posix":
            for file in (self._connection.fileno(), self._process.sentinel):
                bell = QSocketNotifier(file, QSocketNotifier.Type.Read, self)
                bell.activated.connect(self._drain)
                self._hushes.append(partial(bell.setEnabled, False))
        else:  # pipes of Windows are no sockets
            timer = QTimer(self, interval=_INTERVAL)
            timer.timeout.connect(self._drain)
            timer.start()
            self._hushes.append(timer.stop)

    @property
    def pid(self) -> int | None:
        """Number of the process."""
        return self._process.pid

    def send(self, message: Any) -> None:
        """Send a message when those before it are sent."""
        self._outbox.send(message)

    def end(self, patience: float = 0.0) -> None:
        """Let the process end by itself for some seconds, then make it end. Nothing is heard of it any more."""
        self._fall_silent()
        self._process.join(patience)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(1.0)
        self._outbox.close(1.0)
        with suppress(EOFError, OSError):  # what it said last is wanted by nobody
            while self._connection.poll():
                discard(self._connection.recv())
        self._connection.close()

    def _fall_silent(self) -> None:
        self._is_over = True
        for hush in self._hushes:
            hush()

    def _drain(self) -> None:
        try:
            begin = time.perf_counter()
            while not self._is_over and self._connection.poll():
                self.received.emit(unpack(self._connection.recv()))
                if 1000 * (time.perf_counter() - begin) > BUDGET:
                    return
            has_died = not self._is_over and not self._process.is_alive() and not self._connection.poll()
        except (EOFError, OSError):
            has_died = not self._is_over
        if has_died:
            self._fall_silent()
            self._process.join(0.05)
            self.died.emit(self._process.exitcode)
