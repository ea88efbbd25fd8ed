"""The window's side of the engine's process: starts it, talks to it, and notices when it dies."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from engine.core.errors import EngineError
from studio.document.document import Document, PortRef
from studio.document.file import Writer
from studio.run import worker
from studio.run.messages import (
    Command,
    Compiling,
    Control,
    Crashed,
    Downloading,
    Ended,
    EpochEnd,
    Mode,
    Paused,
    Preview,
    Previewed,
    Progress,
    Ready,
    Shutdown,
    Started,
    TensorInfo,
    Train,
    Watch,
    Watched,
)
from studio.run.transport import Outbox, discard, unpack

State = Literal["starting", "ready", "training", "paused", "crashed"]

#: Milliseconds between two looks at the pipe: one frame.
DRAIN_INTERVAL: Final = 16
#: Milliseconds after an edit until the preview is asked for, so that typing asks once.
PREVIEW_DELAY: Final = 40
#: Milliseconds after which a preview that is not there yet makes the engine "busy".
BUSY_DELAY: Final = 300
#: Milliseconds after which Stop that has had no effect is said to have none.
STOP_PATIENCE: Final = 2000
#: Milliseconds after which a look takes no more messages; the rest waits for the next frame.
DRAIN_BUDGET: Final = 6


class RunController(QObject):
    """Runs documents in the engine's process.

    Signals carry the messages of `studio.run.messages`; those of an earlier run or of another document are dropped.
    `busy_changed` tells that a preview takes its time, and that it is over; `stuck`, that Stop has had no effect.
    Nothing here waits for the process, except for `shutdown` and `restart`, which may take a moment.

    Parameters
    ----------
    data_dir
        Returns the folder in which data files are looked for first; it is asked when an engine starts.
    """

    state_changed = Signal(str)
    ready = Signal(Ready)
    previewed = Signal(Previewed)
    watched = Signal(Watched)
    compiling = Signal(Compiling)
    started = Signal(Started)
    progressed = Signal(Progress)
    epoch_ended = Signal(EpochEnd)
    ended = Signal(Ended)
    crashed = Signal(Crashed)
    downloading = Signal(Downloading)
    busy_changed = Signal(bool)
    stuck = Signal()

    def __init__(self, data_dir: Callable[[], str | None] = lambda: None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "starting"
        self.run = 0
        self._data_dir = data_dir
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._outbox: Outbox | None = None
        self._revision = 0
        self._oldest = 0
        self._watching: PortRef | None = None
        self._document: Document | None = None
        self._parts: dict[PortRef, TensorInfo] = {}  # of a preview that is not complete yet
        self._writer = Writer()
        self._reset = False
        self.busy = False
        self._signals = {
            Ready: self.ready,
            Previewed: self.previewed,
            Watched: self.watched,
            Downloading: self.downloading,
            Compiling: self.compiling,
            Started: self.started,
            Progress: self.progressed,
            EpochEnd: self.epoch_ended,
            Ended: self.ended,
        }
        self._drain_timer = QTimer(self, interval=DRAIN_INTERVAL)
        self._drain_timer.timeout.connect(self._drain)
        self._preview_timer = QTimer(self, interval=PREVIEW_DELAY, singleShot=True)
        self._preview_timer.timeout.connect(self._send_preview)
        self._busy_timer = QTimer(self, interval=BUSY_DELAY, singleShot=True)
        self._busy_timer.timeout.connect(lambda: self._set_busy(True))
        self._stop_timer = QTimer(self, interval=STOP_PATIENCE, singleShot=True)
        self._stop_timer.timeout.connect(self.stuck)

    # ----------------------------------------------------------------------------------------------------- process

    def start(self) -> None:
        """Start the engine's process."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=worker.main, args=(there, self._data_dir()), name="trenza-engine", daemon=True)
        process.start()
        there.close()
        self._process, self._connection, self._outbox = process, here, Outbox(here)
        self._set_state("starting")
        self._drain_timer.start()

    def restart(self) -> None:
        """Replace a process that has died or hangs with a new one, and show it the document."""
        self._end_process()
        self.start()
        self._send(Watch(self._watching))
        self._preview_timer.start()

    def shutdown(self) -> None:
        """End the process; it has a moment to obey."""
        self._drain_timer.stop()
        self._preview_timer.stop()
        self._send(Shutdown())
        self._end_process(patience=0.3)

    def _end_process(self, patience: float = 0.0) -> None:
        """Let the process end by itself for some seconds, then make it end."""
        self._rest()
        process, connection, outbox = self._process, self._connection, self._outbox
        self._process = self._connection = self._outbox = None
        self._parts = {}
        if process is None or connection is None or outbox is None:
            return
        process.join(patience)
        if process.is_alive():
            process.kill()
            process.join(1.0)
        outbox.close(1.0)
        with suppress(EOFError, OSError):  # what it said last is wanted by nobody
            while connection.poll():
                discard(connection.recv())
        connection.close()

    @property
    def pid(self) -> int | None:
        """Number of the engine's process."""
        return self._process.pid if self._process is not None else None

    # -------------------------------------------------------------------------------------------------------- send

    def preview(self, document: Document, reset: bool = False) -> None:
        """Ask for the values of all wires, soon; with `reset` the weights are drawn anew first."""
        if document is not self._document:
            self._oldest = self._revision + 1
            self.watch(None)
        self._document = document
        self._reset = self._reset or reset
        self._preview_timer.start()

    def _send_preview(self) -> None:
        if self._document is None or self._outbox is None:
            return
        self._revision += 1
        try:
            text = self._writer.text(self._document)
        except EngineError as error:
            self.previewed.emit(Previewed(self._revision, {}, {error.node or "": error}))
            return
        self._send(Preview(self._revision, text, self._reset))
        self._reset = False
        if self.state == "ready" and not self.busy:
            self._busy_timer.start()

    def train(self, document: Document, mode: Mode) -> int:
        """Begin to train, and return the number of this run."""
        self.run += 1
        try:
            text = self._writer.text(document)
        except EngineError as error:
            self.ended.emit(Ended(self.run, "failed", error=error))
            return self.run
        if self._outbox is not None:
            self._send(Train(self.run, text, mode))
            self._set_state("training")
        return self.run

    def pause(self) -> None:
        """Let the training stand still."""
        self._send(Control("pause", self.run))

    def resume(self) -> None:
        """Let the training go on."""
        self._send(Control("resume", self.run))

    def stop(self) -> None:
        """End the training, or else the preview that takes so long; the network stays as it is."""
        training = self.state in ("training", "paused")
        self._send(Control("stop", self.run, 0 if training else self._revision))
        if training or self.busy:
            self._stop_timer.start()

    def abandon(self) -> None:
        """End the training and hear no more of it: its document is gone."""
        if self.state in ("training", "paused"):
            self.stop()
            self.run += 1
            self._set_state("ready")

    def watch(self, port: PortRef | None) -> None:
        """From now on send all values of a port; None ends it."""
        self._watching = port
        self._send(Watch(port))

    def _send(self, command: Command) -> None:
        if self._outbox is not None:
            self._outbox.send(command)

    # ----------------------------------------------------------------------------------------------------- receive

    def _drain(self) -> None:
        if self._connection is None:
            return
        try:
            begin = time.perf_counter()
            while self._connection is not None and self._connection.poll():
                self._receive(unpack(self._connection.recv()))
                if 1000 * (time.perf_counter() - begin) > DRAIN_BUDGET:
                    break
        except (EOFError, OSError):
            self._crash()
            return
        if self._process is not None and not self._process.is_alive() and not self._connection.poll():
            self._crash()

    def _receive(self, event: Any) -> None:
        if getattr(event, "run", self.run) != self.run:
            return
        if isinstance(event, Previewed):
            if event.revision < self._oldest:
                self._parts = {}
                return
            self._parts |= event.tensors
            if not event.last:
                return
            event, self._parts = replace(event, tensors=self._parts), {}
            if event.revision == self._revision:
                self._end_preview()
        if isinstance(event, Watched) and event.port != self._watching:
            return
        if isinstance(event, Paused):
            self._set_state("paused" if event.paused else "training")
            return
        if isinstance(event, Ready) and self.state == "starting":
            self._set_state("ready")
        if isinstance(event, Ended):
            self._rest()
            self._set_state("ready")
        self._signals[type(event)].emit(event)

    def _crash(self) -> None:
        code = None
        if self._process is not None:
            self._process.join(0.05)
            code = self._process.exitcode
        self._end_process()
        self._set_state("crashed")
        self.crashed.emit(Crashed(code))

    def _rest(self) -> None:
        """What was under way has come to its end."""
        self._stop_timer.stop()
        self._end_preview()

    def _end_preview(self) -> None:
        """The newest preview is there; a training that Stop is to end goes on."""
        if self.state not in ("training", "paused"):
            self._stop_timer.stop()
        self._busy_timer.stop()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        if busy != self.busy:
            self.busy = busy
            self.busy_changed.emit(busy)

    def _set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
