"""The engine's process: carries out commands one after the other, and says what it does. Knows no Qt."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Final

import numpy as np

from engine.core.errors import EngineError
from engine.data.files import use_folder
from engine.keras.callbacks import Callback
from studio import __version__
from studio.document.catalogue import CATALOGUE
from studio.document.document import PortRef
from studio.document.file import loads
from studio.document.lower import Program, Training, Values
from studio.run import session
from studio.run.messages import (
    Compiling,
    Control,
    Ended,
    EpochEnd,
    Event,
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
from studio.run.summary import summarise
from studio.run.transport import pack

#: Seconds between two reports of a training, and between two looks at its tensors.
REPORT_INTERVAL: Final = 0.05
LOOK_INTERVAL: Final = 0.5


class _Stopped(Exception):  # noqa: N818  (not an error: the user's wish)
    """Raised where the user's Stop has to end something that does not ask."""


class Switches:
    """What the listening thread sets and the working one obeys within a step."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.pause = threading.Event()

    def set(self, action: str) -> None:
        """Take note of the user's wish."""
        if action == "stop":
            self.stop.set()
            self.pause.clear()
        elif action == "pause":
            self.pause.set()
        else:
            self.pause.clear()

    def clear(self) -> None:
        """Begin a run with nothing wished."""
        self.stop.clear()
        self.pause.clear()


class Worker:
    """Keeps the program of the document, and the tensor that is being watched.

    Parameters
    ----------
    send
        What events are handed to.
    """

    def __init__(self, send: Callable[[Event], None]) -> None:
        self.send = send
        self.switches = Switches()
        self.commands: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._program = Program(CATALOGUE)
        self._revision = 0
        self._watched: PortRef | None = None
        self._handlers: dict[type, Callable[[Any], None]] = {
            Preview: self._preview,
            Train: self._train,
            Watch: self._watch,
        }

    def work(self) -> None:
        """Carry out commands until there is a `Shutdown`."""
        self.send(Ready({"trenza": __version__, "numpy": np.__version__, "python": sys.version.split()[0]}))
        while not isinstance(command := self.commands.get(), Shutdown):
            self.handle(command)

    def handle(self, command: Any) -> None:
        """Carry out one command."""
        self._handlers[type(command)](command)

    def pending(self) -> Any:
        """Return the next command if there is one, else None."""
        try:
            return self.commands.get_nowait()
        except queue.Empty:
            return None

    # ----------------------------------------------------------------------------------------------------- looking

    def _preview(self, command: Preview) -> None:
        while isinstance(newer := self.pending(), Preview):
            command = newer  # only the last of several edits matters
        try:
            document = loads(command.document)
            if command.reset:
                self._program.reset()
            self._program.update(document)
            self._revision = command.revision
            self.look()
        except EngineError as error:
            self.send(Previewed(command.revision, {}, {error.node or "": error}))
        if isinstance(newer, Shutdown):
            self.commands.put(newer)
        elif newer is not None:
            self.handle(newer)

    def look(self) -> None:
        """Run the first batch through the document and send what is seen on every wire."""
        values = self._values()
        tensors = {ref: summarise(np.asarray(tensor), self._is_batched(ref)) for ref, tensor in values.tensors.items()}
        self.send(Previewed(self._revision, tensors, values.errors))
        self._send_watched(values)

    def _values(self) -> Values:
        try:
            return self._program.values()
        except MemoryError as error:
            raise EngineError("There is not enough memory for these tensors.", hint="Make them smaller.") from error

    def _is_batched(self, ref: PortRef) -> bool:
        spec = self._program.specs.get(ref)
        return spec is not None and spec.shape.rank > 0 and spec.shape[0] is None

    def _watch(self, command: Watch) -> None:
        self._watched = command.port
        if command.port is not None:
            self._send_watched(self._values())

    def _send_watched(self, values: Values) -> None:
        if self._watched is not None and (tensor := values.tensors.get(self._watched)) is not None:
            array = np.asarray(tensor)
            self.send(Watched(self._watched, summarise(array, self._is_batched(self._watched)), array))

    # ---------------------------------------------------------------------------------------------------- training

    def _train(self, command: Train) -> None:
        self.switches.clear()
        listener: _Listener | None = None
        try:
            self._program.update(loads(command.document))
            training = self._program.training()
            listener = _Listener(self, command.run, training)
            outcome = session.train(self._program, training, command.mode, [listener], report=listener.compiling)
            stopped = self.switches.stop.is_set()
            self.send(Ended(command.run, "stopped" if stopped else "complete", outcome.metrics, outcome.seconds))
            self.look()
        except _Stopped:
            self.send(Ended(command.run, "stopped", listener.logs if listener else {}))
        except EngineError as error:
            self.send(Ended(command.run, "failed", error=error))
        except MemoryError:
            text = EngineError("There is not enough memory to train this.", hint="Use smaller layers or batches.")
            self.send(Ended(command.run, "failed", error=text))


class _Listener(Callback):
    """Reports a training, obeys the switches, and lets the window look at tensors meanwhile."""

    def __init__(self, worker: Worker, run: int, training: Training) -> None:
        self._worker = worker
        self._run = run
        self._training = training
        self._epoch = 0
        self._step = 0
        self._first = 0
        self._points: list[Mapping[str, float]] = []
        self._reported = self._looked = self._began = time.perf_counter()
        self.logs: Mapping[str, float] = {}

    def compiling(self, kernel: str, done: int, total: int) -> None:
        """Say that a kernel is being compiled; Stop ends that too."""
        if self._worker.switches.stop.is_set():
            raise _Stopped
        self._worker.send(Compiling(self._run, kernel, done, total))

    def on_train_begin(self, logs: Any = None) -> None:
        model = self._training.model
        self._worker.send(
            Started(
                self._run,
                self.params["epochs"],
                self.params["steps"],
                self._training.metrics,
                model.count_params(),
            )
        )

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._points.append(logs)
        self._step += 1
        switches = self._worker.switches
        if switches.pause.is_set():
            self._wait()
        if switches.stop.is_set():
            self.model.stop_training = True
        if time.perf_counter() - self._reported > REPORT_INTERVAL:
            self._report()

    def _report(self) -> None:
        now = time.perf_counter()
        if self._points:
            count = len(self._points)
            steps = np.arange(self._step - count, self._step)
            series = {name: np.array([p[name] for p in self._points]) for name in self._points[0]}
            self._worker.send(Progress(self._run, self._epoch, steps, series, (now - self._reported) / count))
            self._points.clear()
        self._reported = now
        self._serve()
        if now - self._looked > LOOK_INTERVAL:
            self._worker.look()
            self._looked = time.perf_counter()

    def _serve(self) -> None:
        """Carry out what can be carried out while training: looking, not another training."""
        while (command := self._worker.pending()) is not None:
            if isinstance(command, Preview | Watch):
                self._worker.handle(command)
            elif isinstance(command, Shutdown):
                self._worker.switches.stop.set()
                self._worker.commands.put(command)
                return

    def _wait(self) -> None:
        """Stand still until the user wants to go on."""
        self._report()
        self._worker.look()
        self._worker.send(Paused(self._run, True))
        while self._worker.switches.pause.is_set() and not self._worker.switches.stop.is_set():
            self._serve()
            time.sleep(0.01)
        self._worker.send(Paused(self._run, False))
        self._reported = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._report()
        self.logs = dict(logs or {})
        self._worker.send(EpochEnd(self._run, epoch, self.logs, time.perf_counter() - self._began))


def main(connection: Connection, data_dir: str | None = None) -> None:
    """Run the engine's process until the window goes away or says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is the window's affair
    use_folder(data_dir)
    lock = threading.Lock()

    def send(event: Event) -> None:
        try:
            with lock:
                connection.send(pack(event))
        except OSError:
            os._exit(0)  # the window is gone, and so is anyone who could want a result

    worker = Worker(send)

    def listen() -> None:
        while True:
            try:
                command = connection.recv()
            except (EOFError, OSError):
                os._exit(0)
            if isinstance(command, Control):
                worker.switches.set(command.action)
            else:
                worker.commands.put(command)

    threading.Thread(target=listen, name="commands", daemon=True).start()
    worker.work()
