"""The engine's process: carries out commands one after the other, and says what it does. Knows no Qt."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, FailedPreconditionError, UnsupportedError
from engine.data.files import use_folder, use_progress
from engine.io import checkpoint, checkpoint_file
from engine.runtime.tensor import Tensor
from studio import __version__
from studio.document.catalogue import CATALOGUE
from studio.document.document import PortRef
from studio.document.file import loads
from studio.document.lower import Program, Step
from studio.document.stopping import Stopped
from studio.run import session
from studio.run.debug.host import COMMANDS, DebugHost
from studio.run.debug.messages import PROGRAM
from studio.run.health.layers import LayerHistory
from studio.run.health.messages import AskLayers
from studio.run.lazy.host import COMMANDS as LAZY_COMMANDS
from studio.run.lazy.host import LazyHost
from studio.run.lazy.messages import Leave
from studio.run.lookup import Lookup, why_missing
from studio.run.messages import (
    QUEUE,
    Control,
    Downloading,
    Ended,
    Event,
    Forget,
    Inventory,
    LoadWeights,
    Missing,
    Observe,
    Preview,
    Previewed,
    Ready,
    Refused,
    Show,
    Shutdown,
    TensorInfo,
    Trace,
    Traced,
    TraceEnded,
    Train,
    Watch,
    Watched,
)
from studio.run.provenance import made_of
from studio.run.summary import summarise
from studio.run.tasks.host import TaskHost
from studio.run.tasks.messages import LookAtTask
from studio.run.tensor_ref import TensorRef
from studio.run.training import listener
from studio.run.training.job import Job
from studio.run.training.layers import tell_layers
from studio.run.training.switches import Switches, Wish
from studio.run.transport import pack

#: Most tensors in one part of a preview: taking 1,500 at once held the window up for 50 ms.
PART: Final = 128


class Inbox:
    """The commands that wait, in order. The one that was taken last can be put back."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._back: Any = None

    def put(self, command: Any) -> None:
        """Add a command behind the others."""
        self._queue.put(command)

    def put_back(self, command: Any) -> None:
        """Let this command be the next one again."""
        self._back = command

    def take(self, wait: bool = False) -> Any:
        """Return the next command: None if there is none, unless it is to be waited for."""
        command, self._back = self._back, None
        if command is not None:
            return command
        try:
            return self._queue.get(wait)
        except queue.Empty:
            return None


class Study:
    """What the engine knows of one document: its program with the weights, and what is looked at.

    Parameters
    ----------
    document
        Its number.
    """

    def __init__(self, document: int) -> None:
        self.document = document
        self.program = Program(CATALOGUE)
        self.revision = 0
        self.lookup = Lookup(self.program)
        self.infos: dict[TensorRef, TensorInfo] = {}  # of what the wires carried at the last look
        self.watched: tuple[TensorRef, ...] = ()
        self.inventory: tuple[TensorRef, ...] = ()  # as the window knows it
        self.step: int | None = None  # how many steps the training that runs has made
        self.every = 0.0  # seconds from one look at it to the next
        self.layers: LayerHistory | None = None  # what the last training has shown of them

    def is_batched(self, ref: PortRef) -> bool:
        """Return whether the first dimension of a tensor is that of the batch."""
        spec = self.program.specs.get(ref)
        return spec is not None and spec.shape.rank > 0 and spec.shape[0] is None


class Worker:
    """Keeps a program for each document that is open.

    Parameters
    ----------
    send
        What events are handed to.
    """

    def __init__(self, send: Callable[[Event], None]) -> None:
        self.send = send
        self.switches = Switches()
        self.commands = Inbox()
        self.versions = {"trenza": __version__, "numpy": np.__version__, "python": sys.version.split()[0]}
        self.shown: int | None = None
        """The document that the window shows, 0 for none; None: it has not said so."""
        self.observed: dict[int, tuple[str, ...]] = {}
        """What is shown of the trainings of a document."""
        self._studies: dict[int, Study] = {}
        self._at_work: int = 0
        self._unwanted: Callable[[], bool] = _never
        self._told = 0.0
        self.debug = DebugHost(self.send, self._updated, self._on_debugged)
        self.lazy = LazyHost(self.send, self._updated)
        self.tasks = TaskHost(self.send, self._updated, lambda number: self.study(number).step, self.checkpoint)
        self._handlers: dict[type, Callable[[Any], None]] = {
            Preview: self._preview,
            Train: self._train,
            Watch: self._watch,
            Trace: self._trace,
            Forget: self._forget,
            LoadWeights: self._load_weights,
            AskLayers: lambda command: tell_layers(self.study(command.document), self.send),
            **dict.fromkeys(COMMANDS, self._debug),
            **dict.fromkeys(LAZY_COMMANDS, self.lazy.handle),
            LookAtTask: self.tasks.handle,
        }

    def study(self, document: int) -> Study:
        """Return what is known of a document."""
        return self._studies.setdefault(document, Study(document))

    def is_shown(self, document: int) -> bool:
        """Whether anybody looks at a document."""
        return self.shown in (None, document)

    def observes(self, document: int, what: str) -> bool:
        """Whether anybody looks at this of the training of a document, or of that of the queue, which has no page."""
        return (document == QUEUE or self.is_shown(document)) and what in self.observed.get(document, ())

    def work(self) -> None:
        """Carry out commands until there is a `Shutdown`."""
        self.send(Ready(self.versions))
        while not isinstance(command := self.commands.take(wait=True), Shutdown):
            self.handle(command)

    def receive(self, command: Any) -> None:
        """Take a command from the window, in the listening thread: a switch is set at once, the rest waits its turn."""
        if isinstance(command, Control | Wish):
            self.switches.set(command)
            return
        if isinstance(command, Leave):
            self.lazy.leave(command)
            return
        if isinstance(command, Show):
            self.shown = command.document
            return
        if isinstance(command, Observe):
            self.observed[command.document] = command.what
            return
        if isinstance(command, LookAtTask):
            self.tasks.expect(command)
        if isinstance(command, Shutdown):
            self.switches.set(Control("stop", sys.maxsize))
        self.commands.put(command)

    def handle(self, command: Any) -> None:
        """Carry out one command. What fails in a way that nobody foresaw is answered in words: the process goes on."""
        try:
            self._handlers[type(command)](command)
        except Stopped:
            raise  # a training that lets the window look ends by it
        except Exception as error:
            self._answer(command, session.unforeseen(error))

    def _answer(self, command: Any, error: EngineError) -> None:
        """Tell the window that a command has failed."""
        if isinstance(command, Train):
            self.send(Ended(command.document, command.run, "failed", error=error))
        elif isinstance(command, Preview):
            self.send(Previewed(command.document, command.revision, {}, {error.node or "": error}))
        elif isinstance(command, LoadWeights):
            self.send(Refused(command.document, 0, error))

    @contextmanager
    def task(self, document: int, unwanted: Callable[[], bool]) -> Iterator[None]:
        """Work for a document, and let `checkpoint` ask `unwanted`, for the time of the block."""
        before = self._at_work, self._unwanted
        self._at_work, self._unwanted = document, unwanted
        try:
            yield
        finally:
            self._at_work, self._unwanted = before

    def is_unwanted(self) -> bool:
        """Return whether the user wants no more of what is being done."""
        return self._unwanted()

    def checkpoint(self) -> None:
        """End what is being done, if the user wants it no more.

        Raises
        ------
        Stopped
            In that case.
        """
        if self._unwanted():
            raise Stopped

    def downloading(self, name: str, done: int, total: int) -> None:
        """Say how far the download of a data file is, now and then; Stop ends it."""
        self.checkpoint()
        now = time.perf_counter()
        if done == total or now - self._told > listener.REPORT_INTERVAL:
            self._told = now
            self.send(Downloading(self._at_work, name, done, total))

    # ----------------------------------------------------------------------------------------------------- looking

    def _preview(self, command: Preview) -> None:
        while isinstance(newer := self.commands.take(), Preview) and newer.document == command.document:
            command = replace(newer, reset=newer.reset or command.reset)  # only the last of several edits matters
        self.commands.put_back(newer)
        study = self.study(command.document)

        try:
            document = loads(command.text)
            if command.reset:
                study.program.reset()
            study.program.update(document)
            study.revision = command.revision
            with self.task(command.document, lambda: self.switches.drops(command.revision)):
                self.look(study)
        except EngineError as error:
            self.send(Previewed(command.document, command.revision, {}, {error.node or "": error}))

    def look(self, study: Study) -> None:
        """Run the first batch through a document and send what is seen on every wire, if anybody looks at it."""
        if not self.is_shown(study.document) or study.document == self.debug.document:
            return

        def run(step: Step, inputs: Sequence[Any]) -> Sequence[Any]:
            self.checkpoint()
            if not self.is_shown(study.document):  # left for another; what is being loaded is loaded all the same
                raise Stopped
            return study.program.run(step, inputs)

        study.lookup.look(run, study.watched)
        if not self.is_shown(study.document):
            return
        part: dict[PortRef, TensorInfo] = {}
        study.infos = {}
        values = study.lookup.values
        for ref, tensor in values.tensors.items():
            if len(part) == PART:
                self.send(Previewed(study.document, study.revision, part, {}, last=False))
                part = {}
            part[ref] = study.infos[TensorRef.of(ref)] = summarise(np.asarray(tensor), study.is_batched(ref))
        self._send_inventory(study, study.lookup.refs())
        self.send(Previewed(study.document, study.revision, part, values.errors))
        self._send_watched(study, study.watched)

    def _send_inventory(self, study: Study, refs: Iterable[TensorRef]) -> None:
        if (inventory := tuple(refs)) != study.inventory:
            study.inventory = inventory
            self.send(Inventory(study.document, inventory))

    def _watch(self, command: Watch) -> None:
        study = self.study(command.document)
        new = [ref for i, ref in enumerate(command.refs) if i == 0 or ref not in study.watched]
        study.watched = command.refs
        if not study.revision:  # the first look is still to come
            return
        if study.document == self.debug.document or all(map(study.lookup.knows, new)):
            self._send_watched(study, new)
        else:
            self.look(study)

    def _send_watched(self, study: Study, refs: Iterable[TensorRef]) -> None:
        for ref in refs:
            finder = self._finder(study, ref)
            try:
                array = finder.array(ref)
                if array is None:
                    raise why_missing(ref, finder is self.debug)
                # what a look has counted need not be counted again (10 million take 200 ms), if it is of that look
                info = study.infos.get(ref) if finder is study.lookup else None
                if info is None:
                    info = summarise(array, ref.port is not None and study.is_batched(ref.port))
                every = 0.0 if study.step is None else study.every
                step = study.lookup.step_of(ref, study.step)
                self.send(Watched(study.document, ref, info, array, step, every))
            except EngineError as error:
                self.send(Missing(study.document, ref, error))

    def _finder(self, study: Study, ref: TensorRef) -> DebugHost | Lookup:
        """Return who knows a tensor: what is debugged, if that is the document, or a program that has it."""
        is_program = self.debug.document == PROGRAM and self.debug.array(ref) is not None
        return self.debug if is_program or study.document == self.debug.document else study.lookup

    def _trace(self, command: Trace) -> None:
        """Say what a place was made of, and then that this was all, or why it is not known."""
        error = None
        try:
            for source, marks in self._made_of(self.study(command.document), command):
                if marks.any():
                    self.send(Traced(command.document, command.ref, command.place, source, marks))
        except EngineError as why:
            error = why
        self.send(TraceEnded(command.document, command.ref, command.place, error))

    def _made_of(self, study: Study, command: Trace) -> Iterable[tuple[TensorRef, Array]]:
        ref = command.ref
        if ref.kind not in ("value", "compiled") or not ref.name:
            raise UnsupportedError(
                "What made it is known only of the values of wires.", hint="Link a cell of an output.", node=ref.node
            )
        step = study.program.step(ref.node)
        finder = self._finder(study, ref)
        made = finder.array(ref)
        if step is None or made is None:
            raise why_missing(ref, finder is self.debug)
        if len(command.place) != made.ndim or np.any(np.greater_equal(command.place, made.shape)):
            raise FailedPreconditionError(
                "The tensor has the shape {shape} now.", hint="Choose a cell again.", node=ref.node, shape=made.shape
            )
        if not step.sources:  # data, or a constant
            return ()
        sources = [TensorRef.of(source) for source in step.sources]
        arrays = [finder.array(source) for source in sources]
        for source, array in zip(sources, arrays, strict=True):
            if array is None:
                raise why_missing(source, finder is self.debug)
        inputs = [Tensor(array) for array in arrays if array is not None]
        return made_of(study.program, step, inputs, ref.name, command.place)

    def _forget(self, command: Forget) -> None:
        if command.document == self.debug.document:
            self.debug.end()
        self.lazy.forget(command.document)
        self.tasks.forget(command.document)
        self._studies.pop(command.document, None)

    # --------------------------------------------------------------------------------------------------- debugging

    def _debug(self, command: Any) -> None:
        before = self.debug.document
        self.debug.handle(command)
        if before > 0 and not self.debug.document:
            self.look(self.study(before))

    def _updated(self, document: int, text: str) -> Program:
        """Return the program of a document of which this is the text now."""
        study = self.study(document)
        study.program.update(loads(text))
        return study.program

    def _on_debugged(self, document: int) -> None:
        """Show what a run under the debugger holds where it stands: in its thread, which waits, or in this one.

        What a program holds is shown to whoever looks into it, whatever document is beside it.
        """
        if document == PROGRAM:
            for study in list(self._studies.values()):
                self._send_watched(study, study.watched if self.is_shown(study.document) else ())
            return
        study = self.study(document)
        self._send_inventory(study, self.debug.refs())
        self._send_watched(study, study.watched)

    # ---------------------------------------------------------------------------------------------------- training

    def _train(self, command: Train) -> None:
        if command.document == self.debug.document:
            self.debug.end()
        Job(self, self.study(command.document), command, self.versions).run()

    def serve(self) -> None:
        """Carry out what can be carried out while training: looking, at any document, and forgetting another.

        The next training waits for this one to end.
        """
        while isinstance(command := self.commands.take(), Preview | Watch | Trace | Forget | AskLayers | LookAtTask):
            self.handle(command)
        self.commands.put_back(command)

    def _load_weights(self, command: LoadWeights) -> None:
        study = self.study(command.document)
        study.program.update(loads(command.text))
        checkpoint.restore_weights(checkpoint_file.read(command.path), study.program.training().model)
        self.look(study)


def _never() -> bool:
    return False


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
    use_progress(worker.downloading)

    def listen() -> None:
        while True:
            try:
                command = connection.recv()
            except (EOFError, OSError):
                os._exit(0)
            worker.receive(command)

    threading.Thread(target=listen, name="commands", daemon=True).start()
    worker.work()
    # All is sent and written. Python would take all its modules apart, for 70 to 140 ms, while the window waits.
    os._exit(0)
