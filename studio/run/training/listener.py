"""Reports a training, obeys the switches, and lets the window look at tensors meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.io import checkpoint, checkpoint_file
from engine.io.checkpoint_file import Checkpoint
from engine.keras.callbacks import Callback, Wait
from studio.document.breakpoints import Breakpoint
from studio.document.lower import Training
from studio.document.stopping import Stopped
from studio.run.health.records import Sample
from studio.run.messages import (
    BreakAt,
    Compiling,
    EpochEnd,
    Freeze,
    Paused,
    Progress,
    Refused,
    Restore,
    SaveCheckpoint,
    Started,
    Tune,
    Tuned,
    WentBack,
)
from studio.run.runs.folder import RunFolder
from studio.run.training.keeping import Keeping
from studio.run.training.switches import Switches, Wish

if TYPE_CHECKING:
    from studio.run.worker import Study

#: Seconds between two reports of a training, while its curves are shown and else, and between two looks at its tensors.
#: A report takes 0.2 ms, in which a small network would make a step and a half.
REPORT_INTERVAL: Final = 0.1
QUIET_INTERVAL: Final = 0.25
LOOK_INTERVAL: Final = 0.5
#: Share of the time that looks may take: while curves or tensors are shown, and else. One at the MNIST example takes
#: 10 ms.
LOOK_SHARE: Final[Mapping[bool, float]] = {True: 0.01, False: 0.001}


class Again(BaseException):
    """The training goes on from another point, or with other layers to learn: `fit` is left and begun again."""

    def __init__(self, start: Checkpoint) -> None:
        super().__init__("the training goes on elsewhere")
        self.start = start


class Host(Protocol):
    """The engine's process, as a training knows it."""

    switches: Switches
    send: Callable[[Any], None]

    def task(self, document: int, unwanted: Callable[[], bool]) -> AbstractContextManager[None]:
        """Work for a document, and let `checkpoint` ask `unwanted`, for the time of the block."""

    def checkpoint(self) -> None:
        """End what is being done, if the user wants it no more."""

    def is_unwanted(self) -> bool:
        """Return whether the user wants it no more."""

    def look(self, study: Study) -> None:
        """Send what is seen on every wire, if anybody looks at it."""

    def observes(self, document: int, what: str) -> bool:
        """Whether anybody looks at this of the training of a document."""

    def serve(self) -> None:
        """Carry out what can be carried out while training."""


class Listener(Callback):
    """Reports a training, obeys the switches, and lets the window look at tensors meanwhile.

    Parameters
    ----------
    host, study
        Where it runs, and what of.
    run
        Number of the training.
    keeping
        Writes it down.
    watching
        The callbacks that watch the logs, whose memory belongs into checkpoints.
    break_at
        Lets breakpoints be in force; returns whether that takes another step than the one that is compiled.
    """

    def __init__(
        self,
        host: Host,
        study: Study,
        run: int,
        training: Training,
        keeping: Keeping | None = None,
        watching: tuple[Callback, ...] = (),
        break_at: Callable[[Sequence[Breakpoint]], bool] = lambda _points: False,
    ) -> None:
        self._host = host
        self._switches = host.switches
        self._study = study
        self._name = study.document, run
        self._run = run
        self._training = training
        self._keeping = keeping
        self._watching = watching
        self._break_at = break_at
        self._gradient_norm: float | None = None
        """That of the last look at the training's health, if it is not reported yet."""
        self._is_told = self._is_comparing = False
        self._epoch = 0
        self.step = 0
        """How many steps were made, over all epochs."""
        self._blocks: list[Mapping[str, Array]] = []
        """Logs of the steps that were not reported yet."""
        self._reported = self._looked = self._began = time.perf_counter()
        self._trained_until: float | None = None
        """When the validation began that is under way, or was since the last report."""
        self._look_seconds = 0.0
        self._handlers: dict[type, Callable[[Any], None]] = {
            Tune: self._tune,
            Freeze: self._freeze,
            BreakAt: self._change_breakpoints,
            SaveCheckpoint: self._save,
            Restore: self._restore,
        }
        self.logs: Mapping[str, float] = {}

    def compiling(self, kernel: str, done: int, total: int) -> None:
        """Say that a kernel is being compiled; Stop ends that too."""
        self._host.checkpoint()
        self._host.send(Compiling(*self._name, kernel, done, total))

    def capture(self) -> Checkpoint:
        """Return the training as it is between two steps."""
        return checkpoint.capture(self.model, self._watching)

    # ------------------------------------------------------------------------------------------------------ events

    def on_train_begin(self, logs: Any = None) -> None:
        epochs, steps = self.params["epochs"], self.params["steps"]
        position = self.model.position
        self.step = position.epoch * steps + position.done
        self._blocks.clear()
        self._is_comparing = False
        self._study.every = self._between_looks()
        self._switches.pending.set()  # there may be wishes from before, or that were left when it was begun again
        if not self._is_told:
            self._is_told = True
            count = self.model.count_params()
            first = self.step, position.epoch
            self._host.send(Started(*self._name, epochs, steps, self._training.metrics, count, *first))
            if self._keeping is not None:
                self._repeat(self._keeping.history())
                self._keeping.begin(self, epochs, steps, count)
        self._tell_tuning()

    def _repeat(self, history: RunFolder | None) -> None:
        """Report what came before the checkpoint at which the training goes on."""
        if history is None:
            return
        table, names = history.steps()[: self.step], history.record.series
        epochs = history.epochs()[: self.model.position.epoch]
        if len(table):
            series = {name: table[:, i].astype(float) for i, name in enumerate(names)}
            epoch = (len(table) - 1) // self.params["steps"]
            self._host.send(Progress(*self._name, epoch, np.arange(len(table)), series, 0.0))
        for line in epochs:
            self._host.send(EpochEnd(*self._name, line["epoch"], line["logs"], line["seconds"]))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch
        self._began = self._reported = time.perf_counter()

    def until_told(self) -> Wait:
        steps = 1 if self._is_comparing else math.inf
        return Wait(steps, min(self._until_report(), self._until_look()), (self._switches.pending,))

    def on_train_batches_end(self, first: int, logs: Mapping[str, Array]) -> None:
        self._blocks.append(logs)
        self.step += _length(logs)
        self._study.step = self.step
        has_compared, self._is_comparing = self._is_comparing, False
        if has_compared:
            self._study.lookup.step_ended(self.step)
        if self._switches.pending.is_set():
            self._obey(has_compared)
        if self._until_report() <= 0:
            self._report()
        if self._until_look() <= 0 and (has_compared or not self._compare()):
            self._look()

    def _compare(self) -> bool:
        """See what the next step changes, if that is wanted: a copy of the weights at each step would cost too much."""
        self._is_comparing = self._study.lookup.step_begins(self._study.watched)
        return self._is_comparing

    def _until_look(self) -> float:
        """Return in how many seconds the next look is due."""
        return self._looked + self._between_looks() - time.perf_counter()

    def _between_looks(self) -> float:
        is_seen = bool(self._study.watched) or self._host.observes(self._study.document, "curves")
        return max(LOOK_INTERVAL, self._look_seconds / LOOK_SHARE[is_seen])

    def _look(self) -> None:
        begin = time.perf_counter()
        self._study.every = self._between_looks()
        self._host.look(self._study)
        self._looked = time.perf_counter()
        self._look_seconds = self._looked - begin
        self._reported += self._look_seconds  # which is no time of the steps

    def on_test_begin(self, logs: Any = None) -> None:
        """Let the time of a validation be none of the steps before it."""
        self._trained_until = time.perf_counter()

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Obey within a step of a validation, too, and report the steps before it if it takes its time.

        Else they are reported together with what it found: the window draws all of that on a processor on which kernels
        could run. With MNIST's dense network the kernels of a validation ran on one thread then, and an epoch took
        0.8 % longer.
        """
        assert self._trained_until is not None
        is_unwanted = self._host.is_unwanted()
        if self._blocks and (is_unwanted or time.perf_counter() > self._trained_until + REPORT_INTERVAL):
            self._tell()
        if is_unwanted:
            raise Stopped

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.logs = dict(logs or {})
        seconds = time.perf_counter() - self._began
        self._tell(EpochEnd(*self._name, epoch, self.logs, seconds))
        if self._keeping is not None and not self._switches.stops(self._run):
            self._keeping.epoch(self, epoch, self.logs, seconds)
        self._tend()

    # ----------------------------------------------------------------------------------------------------- reports

    def _until_report(self) -> float:
        """Return in how many seconds the next report is due."""
        is_seen = self._host.observes(self._study.document, "curves")
        return self._reported + (REPORT_INTERVAL if is_seen else QUIET_INTERVAL) - time.perf_counter()

    def _report(self) -> None:
        self._tell()
        self._tend()

    def _tell(self, end: EpochEnd | None = None) -> None:
        """Tell of the steps since the last report, and of the end of their epoch.

        They are written behind that: the thread that writes would hold up sending.
        """
        count = sum(map(_length, self._blocks))
        first = self.step - count
        series: dict[str, Array] = {}
        seconds = 0.0
        if count:
            series = {name: np.concatenate([block[name] for block in self._blocks]) for name in self._blocks[0]}
            seconds = ((self._trained_until or time.perf_counter()) - self._reported) / count
            steps = np.arange(first, self.step)
            self._host.send(Progress(*self._name, self._epoch, steps, series, seconds, self._sampled(seconds)))
            self._blocks.clear()
        if end is not None:
            self._host.send(end)
        if count and self._keeping is not None:
            self._keeping.steps(self, first, series, seconds)

    def _tend(self) -> None:
        """Do what may take a while, and could not be done within a validation: it would be a place to go on from."""
        if self._keeping is not None:
            self._keeping.tend(self)
        self._host.serve()
        self._trained_until, self._reported = None, time.perf_counter()

    def _sampled(self, seconds: float) -> dict[str, float]:
        """Return what is measured but now and then, where a step takes so many seconds."""
        rate = float(self.model.optimizer.learning_rate)
        found = {"learning_rate": rate, "examples_per_second": self._training.fit["batch_size"] / seconds}
        if self._host.observes(self._study.document, "gradient_norm"):
            norm, self._gradient_norm = self._gradient_norm, None
            if norm is not None:
                found["gradient_norm"] = norm
        return found

    def take(self, sample: Sample) -> None:
        """Take from a look at the training's health what is shown as a curve."""
        self._gradient_norm = sample.gradient_norm

    # ------------------------------------------------------------------------------------------------------ wishes

    def _obey(self, has_compared: bool) -> None:
        """Do what the user wishes; it is known what the last step has changed, or not."""
        self._switches.pending.clear()
        while (wish := self._switches.take_wish(self._run)) is not None:
            self._carry_out(wish)
        if self._switches.pauses(self._run):
            if not has_compared and self._compare():
                self._switches.pending.set()  # who stands still wants to see what the last step has changed
            else:
                self._wait()
        if self._switches.stops(self._run):
            self._report()
            if self._keeping is not None:
                self._keeping.checkpoint(self.step, self.capture(), insists=True)
            self.model.stop_training = True

    def _carry_out(self, wish: Wish) -> None:
        try:
            self._handlers[type(wish)](wish)
        except EngineError as error:
            self._host.send(Refused(*self._name, error))

    def _wait(self) -> None:
        """Stand still until the user wants to go on, or to make one step."""
        self._report()
        if self._keeping is not None:
            self._keeping.checkpoint(self.step, self.capture(), insists=True)
        self._host.look(self._study)
        self._host.send(Paused(*self._name, True))
        while self._switches.pauses(self._run):
            if self._switches.take_step():
                self._switches.pending.set()  # and is to stand still behind it
                self._compare()
                break
            if (wish := self._switches.take_wish(self._run)) is not None:
                self._carry_out(wish)
            self._host.serve()
            time.sleep(0.01)
        else:
            self._host.send(Paused(*self._name, False))
        self._reported = time.perf_counter()

    def _tell_tuning(self) -> None:
        model = self.model
        frozen = tuple(layer.name for layer in model.layers if not layer.trainable)
        self._host.send(Tuned(*self._name, float(model.optimizer.learning_rate), frozen))

    def _note(self, what: str, **facts: Any) -> None:
        if self._keeping is not None:
            self._keeping.note(what, self.step, **facts)

    def _tune(self, wish: Tune) -> None:
        self.model.optimizer.learning_rate = wish.learning_rate
        self._note("learning_rate", value=wish.learning_rate)
        self._tell_tuning()

    def _freeze(self, wish: Freeze) -> None:
        """Freeze a layer or let it learn again: another step has to be compiled, with which the training goes on."""
        layer = self.model.get_layer(wish.node)
        if layer.trainable != wish.frozen:
            return
        layer.trainable = not wish.frozen
        if not self.model.trainable_variables:
            layer.trainable = True
            raise EngineError(
                "'{node_id}' is the last layer that learns, so it stays so.",
                hint="Let another one learn first, or pause the training.",
                node_id=wish.node,
            )
        self._note("frozen" if wish.frozen else "thawed", node=wish.node)
        self._report()
        raise Again(self.capture())

    def _change_breakpoints(self, wish: BreakAt) -> None:
        if self._break_at(wish.breakpoints):
            self._report()
            raise Again(self.capture())

    def _save(self, _wish: SaveCheckpoint) -> None:
        if self._keeping is not None:
            self._keeping.checkpoint(self.step, self.capture(), "kept", insists=True)

    def _restore(self, wish: Restore) -> None:
        start = checkpoint_file.read(wish.path)
        self._report()
        step = start.epoch * self.params["steps"] + start.done
        if self._keeping is not None:
            self._keeping.go_back(start, self.step)
        self._host.send(WentBack(*self._name, step, start.epoch))
        raise Again(start)


def _length(logs: Mapping[str, Array]) -> int:
    return len(next(iter(logs.values())))


class Resuming(Callback):
    """Puts the training where it goes on, when it begins.

    Parameters
    ----------
    start
        Where that is.
    watching
        The callbacks that remember something.
    """

    def __init__(self, start: Checkpoint, watching: tuple[Callback, ...]) -> None:
        self._start, self._watching = start, watching

    def on_train_begin(self, logs: Any = None) -> None:
        checkpoint.restore(self._start, self.model, self._watching)
