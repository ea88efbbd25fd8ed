"""The window's side of the engine's process: starts it, talks to it, and notices when it dies."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from studio.document.document import Document, PortRef
from studio.document.file import dumps
from studio.run import worker
from studio.run.messages import (
    Command,
    Compiling,
    Control,
    Crashed,
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
    Train,
    Watch,
    Watched,
)
from studio.run.transport import unpack

State = Literal["starting", "ready", "training", "paused", "crashed"]

#: Milliseconds between two looks at the pipe: one frame.
DRAIN_INTERVAL: Final = 16
#: Milliseconds after an edit until the preview is asked for, so that typing asks once.
PREVIEW_DELAY: Final = 40
#: Messages taken in one look; the rest waits for the next frame.
MOST_MESSAGES: Final = 64


class RunController(QObject):
    """Runs documents in the engine's process.

    Signals carry the messages of `studio.run.messages`; those of an earlier run are dropped.

    Parameters
    ----------
    data_dir
        Folder in which data files are looked for first.
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

    def __init__(self, data_dir: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "starting"
        self.run = 0
        self._data_dir = data_dir
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._revision = 0
        self._watching: PortRef | None = None
        self._document: Document | None = None
        self._reset = False
        self._signals = {
            Ready: self.ready,
            Previewed: self.previewed,
            Watched: self.watched,
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

    # ----------------------------------------------------------------------------------------------------- process

    def start(self) -> None:
        """Start the engine's process."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=worker.main, args=(there, self._data_dir), name="trenza-engine", daemon=True)
        process.start()
        there.close()
        self._process, self._connection = process, here
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
        self._send(Control("stop"))
        self._send(Shutdown())
        self._end_process(patience=0.2)

    def _end_process(self, patience: float = 0.0) -> None:
        process, self._process = self._process, None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if process is not None:
            process.join(patience)
            if process.is_alive():
                process.kill()
                process.join(1.0)

    @property
    def pid(self) -> int | None:
        """Number of the engine's process."""
        return self._process.pid if self._process is not None else None

    # -------------------------------------------------------------------------------------------------------- send

    def preview(self, document: Document, reset: bool = False) -> None:
        """Ask for the values of all wires, soon; with `reset` the weights are drawn anew first."""
        self._document = document
        self._reset = self._reset or reset
        self._preview_timer.start()

    def _send_preview(self) -> None:
        if self._document is not None and self.state != "crashed":
            self._revision += 1
            self._send(Preview(self._revision, dumps(self._document), self._reset))
            self._reset = False

    def train(self, document: Document, mode: Mode) -> int:
        """Begin to train, and return the number of this run."""
        self.run += 1
        self._send(Train(self.run, dumps(document), mode))
        self._set_state("training")
        return self.run

    def pause(self) -> None:
        """Let the training stand still."""
        self._send(Control("pause"))

    def resume(self) -> None:
        """Let the training go on."""
        self._send(Control("resume"))

    def stop(self) -> None:
        """End the training; the network stays as it is."""
        self._send(Control("stop"))

    def watch(self, port: PortRef | None) -> None:
        """From now on send all values of a port; None ends it."""
        self._watching = port
        self._send(Watch(port))

    def _send(self, command: Command) -> None:
        if self._connection is None:
            return
        try:
            self._connection.send(command)
        except (BrokenPipeError, OSError):
            self._crash()

    # ----------------------------------------------------------------------------------------------------- receive

    def _drain(self) -> None:
        if self._connection is None:
            return
        try:
            for _ in range(MOST_MESSAGES):
                if self._connection is None or not self._connection.poll():
                    break
                self._receive(unpack(self._connection.recv()))
        except (EOFError, OSError):
            self._crash()
            return
        if self._process is not None and not self._process.is_alive() and not self._connection.poll():
            self._crash()

    def _receive(self, event: Any) -> None:
        run = getattr(event, "run", self.run)
        if run != self.run:
            return
        if isinstance(event, Paused):
            self._set_state("paused" if event.paused else "training")
            return
        if isinstance(event, Ready) and self.state == "starting":
            self._set_state("ready")
        if isinstance(event, Ended):
            self._set_state("ready")
        self._signals[type(event)].emit(event)

    def _crash(self) -> None:
        if self.state == "crashed":
            return
        process = self._process
        code = None
        if process is not None:
            process.join(0.05)
            code = process.exitcode
        self._end_process()
        self._set_state("crashed")
        self.crashed.emit(Crashed(code))

    def _set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
