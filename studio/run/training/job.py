"""A training from its command to its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.io import checkpoint_file
from engine.io.checkpoint_file import Checkpoint
from engine.keras.callbacks import Callback
from studio.document.breakpoints import Breakpoint, breakpoints
from studio.document.file import loads
from studio.document.lower import Training
from studio.document.stopping import Stopped
from studio.run import session
from studio.run.debug.breakpoints import Hit, Watchpoints
from studio.run.debug.messages import PointMet
from studio.run.debug.names import Names
from studio.run.debug.probes import Probes
from studio.run.health.layout import Sampling
from studio.run.health.monitor import EVERY, EXAMPLES, Allowance, HealthMonitor
from studio.run.health.records import Sample
from studio.run.messages import Control, Ended, Refused, Status, Train
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef
from studio.run.training.keeping import Keeping
from studio.run.training.layers import LAYERS, LayerTeller
from studio.run.training.listener import Again, Host, Listener, Resuming

if TYPE_CHECKING:
    from studio.run.worker import Study


#: Seconds that looks at a training's health may take in any case: one of half a second would else be over before the
#: third one.
SECONDS: Final = 0.05
#: What they may take while nobody looks at the layers, and while somebody does. A look at MNIST's dense network takes
#: 5 ms; unseen, all that watching costs a training is to be below 1 %.
UNSEEN: Final = Allowance(0.001, SECONDS)
SEEN: Final = Allowance(0.01, SECONDS, last=True)
#: Seconds that a thread keeps the interpreter. With Python's 0.005, the thread that writes fell further and further
#: behind an eager training of a small network, by 20 jobs a second, and no checkpoint was made.
SWITCH: Final = 0.0005


@contextmanager
def _in_turns() -> Iterator[None]:
    """Let the threads that write, send and hear have their turns beside the training, for the time of the block."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class Job:
    """A training: it may be left and begun again within, where it goes on from elsewhere.

    Parameters
    ----------
    host, study
        Where it runs, and what of.
    command
        What was asked for.
    versions
        Of the program and what it computes with, to be kept with the run.
    others
        Callbacks that want to hear of it, too.
    """

    def __init__(
        self,
        host: Host,
        study: Study,
        command: Train,
        versions: Mapping[str, str],
        others: Sequence[Callback] = (),
    ) -> None:
        self._others = others
        self._host, self._study, self._command, self._versions = host, study, command, versions
        self._name = command.document, command.run
        self._keeping: Keeping | None = None
        self._listener: Listener | None = None
        self._points = Watchpoints()
        self._began = 0.0

    def run(self) -> None:
        """Train, and tell how it ended."""
        host, command = self._host, self._command
        metrics: Mapping[str, float] = {}
        error: EngineError | None = None
        status: Status
        looks = False
        try:
            with _in_turns(), host.task(command.document, lambda: host.switches.stops(command.run)):
                metrics = self._train()
            status, looks = "stopped" if host.switches.stops(command.run) else "complete", True
        except Stopped:
            status, metrics = "stopped", self._listener.logs if self._listener else {}
        except Exception as failure:
            status, error = "failed", session.unforeseen(failure)
        seconds = time.perf_counter() - self._began if self._began else 0.0
        if self._keeping is not None:
            self._keeping.end(status, seconds, str(error or ""))
        host.send(Ended(*self._name, status, metrics, seconds, error))
        if looks:
            host.look(self._study)
        self._study.step = None

    def _train(self) -> Mapping[str, float]:
        command, program = self._command, self._study.program
        start = checkpoint_file.read(command.start) if command.start else None
        if command.fresh:
            program.reset()
        program.update(loads(command.text))
        training = program.training()
        self._study.lookup.optimizer = training.model.optimizer
        watching = tuple(session.watching(training))
        if command.keep is not None:
            self._keeping = Keeping(command, program, training, self._versions, start, self._host.send, self._trouble)
        self._points.replace(breakpoints(loads(command.text)))
        self._listener = Listener(
            self._host, self._study, command.run, training, self._keeping, watching, self._break_at
        )
        learns = [(layer, layer.trainable) for layer in training.model.layers]
        try:
            return self._fit(training, start, watching, self._listener)
        finally:  # what was frozen while it went on is so no longer: the next training begins as the document says
            for layer, trainable in learns:
                layer.trainable = trainable

    @contextmanager
    def _watched(self, training: Training) -> Iterator[Sequence[Callback]]:
        """Let breakpoints be in force for the time of the block, if there are some that count."""
        if not self._points:
            yield ()
            return
        probes = Probes(Names(self._study.program, training), self._points, self._met)
        with probes.at_work(training.model):
            yield (probes,)

    def _break_at(self, points: Sequence[Breakpoint]) -> bool:
        before = self._points.watched
        self._points.replace(points)
        return self._points.watched != before

    def _met(self, hit: Hit, epoch: int, step: int, ref: TensorRef, array: Array) -> None:
        """Tell of a breakpoint that was met, and stand still behind this step."""
        info = summarise(array, array.ndim > 1)
        self._host.send(PointMet(*self._name, hit.point.id, epoch, step, ref, info, hit.said, hit.error))
        if hit.stops:
            self._host.switches.set(Control("pause", self._command.run))

    def _allowance(self) -> Allowance:
        """Return how much time looks may take: more while somebody looks at what they find."""
        is_seen = any(self._host.observes(self._command.document, what) for what in (LAYERS, "gradient_norm"))
        return SEEN if is_seen else UNSEEN

    def _trouble(self, error: EngineError) -> None:
        self._host.send(Refused(*self._name, error))

    def _fit(
        self, training: Training, start: Checkpoint | None, watching: tuple[Callback, ...], listener: Listener
    ) -> Mapping[str, float]:
        self._began = time.perf_counter()
        sampling = Sampling(EVERY, EXAMPLES, UNSEEN.share, SEEN.share, SECONDS)
        teller = LayerTeller(self._host, self._study, self._command.run, training, self._keeping, sampling)

        def take(sample: Sample) -> None:
            teller.take(sample)
            listener.take(sample)

        health = HealthMonitor(self._study.program, training, teller.warn, take, share=self._allowance)
        while True:
            resuming = [Resuming(start, watching)] if start is not None else []
            callbacks = [*watching, *resuming, *self._others, health, listener, teller]
            try:
                with self._watched(training) as probes:
                    outcome = session.train(
                        self._study.program,
                        training,
                        self._command.mode,
                        [*callbacks, *probes],
                        listener.compiling,
                    )
            except Again as again:
                start = again.start
                continue
            if self._keeping is not None and not self._host.switches.stops(self._command.run):
                self._keeping.finish(listener)
            return outcome.metrics
