"""Watches over a training: takes samples, and says what is wrong as soon as it shows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.keras.callbacks import Callback, Wait
from studio.document.document import PortRef
from studio.document.kinds import is_source
from studio.document.lower import Program, Step, Training
from studio.run.health.chance import chance_of
from studio.run.health.look import Looker
from studio.run.health.records import RECENT, Evidence, HealthWarning, Sample, TruthHealth
from studio.run.health.rules import RULES

#: Steps that are left to a training to find its way before samples are judged.
WARMING: Final = 30
#: Steps between two samples.
EVERY: Final = 20
#: Samples, and what is made of them, are put off so long that they take no more than this share of the time.
SHARE: Final = 0.02
#: Examples of a sample. A look at 32 of MNIST takes 8 ms with its dense network and 0.3 s with its convolutions; at 128
#: it takes four times as long, and finds the same faults.
EXAMPLES: Final = 32
#: Samples that are remembered at most: 12 kB each for a network of two layers. All rules take 2 ms to go through 90.
KEPT: Final = 256
#: Batches of examples that are looked at in turn.
_TURNS: Final = 8
#: Most class numbers that are counted, and most numbers that a mean is taken of.
_CLASSES: Final = 10_000
_NUMBERS: Final = 1_000_000


@dataclass(frozen=True)
class Allowance:
    """The time that samples may take: a share of that of the training, and some seconds beside.

    The last step may be looked at in any case: or the curves of a training that is over soon would end before it.
    """

    share: float
    seconds: float = 0.0
    last: bool = False


class HealthMonitor(Callback):
    """Takes samples of a training, and judges it at each of them and at the end of each epoch.

    It changes nothing: the training goes the same way with it and without, bit for bit.

    Parameters
    ----------
    program, training
        The document, and its model with its data.
    warn
        Called once with each warning.
    sampled
        Called with each sample.
    every
        Steps between two samples.
    share
        Of the time that samples may take; None: as many as come. What is allowed may change while it trains.

    Attributes
    ----------
    evidence
        All that is known.
    warnings
        What is wrong, in the order in which it showed.
    """

    def __init__(
        self,
        program: Program,
        training: Training,
        warn: Callable[[HealthWarning], None] | None = None,
        sampled: Callable[[Sample], None] | None = None,
        every: int = EVERY,
        share: float | Callable[[], Allowance] | None = SHARE,
    ) -> None:
        self._program, self._training = program, training
        self._warn, self._sampled = warn, sampled
        self._every, self._share = every, share
        self._looker = Looker(program, training, _turns(training))
        self.evidence = Evidence(training.trainer)
        self.warnings: list[HealthWarning] = []
        self._epoch = 0
        self._before: Sequence[Array] | None = None
        self._next = 1  # the first step tells the most of the learning rate
        self._last: float = math.inf
        """The last step of the training, counted as those of the evidence."""
        self._wait = Wait(steps=1)
        self._spent = 0.0
        self._began = time.perf_counter()

    def on_train_begin(self, logs: Any = None) -> None:
        self._began = time.perf_counter()
        self._before = None
        position, steps = self.model.position, self.params["steps"] or 0
        made = position.epoch * steps + position.done - self.evidence.steps
        self._last = self.params["epochs"] * steps - made
        predictions = self._looker.predictions([part[:1] for part in self._training.x])
        self.evidence.truths = tuple(
            _truth(self._program, loss, truth, prediction)
            for loss, truth, prediction in zip(self._looker.losses, self._training.y, predictions, strict=True)
        )
        self._look()
        self.evidence.wiring = self._looker.wiring
        self.judge()
        self._prepare()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def until_told(self) -> Wait:
        return self._wait

    def on_train_batches_end(self, first: int, logs: Mapping[str, Array]) -> None:
        losses = logs.get("loss")
        if losses is None:  # of a step of one's own
            losses = np.full(len(next(iter(logs.values()))), np.nan)
        bad = np.flatnonzero(~np.isfinite(losses))
        is_first_bad = self.evidence.bad_step is None and len(bad) > 0
        if is_first_bad:
            self.evidence.bad_step = self.evidence.steps + int(bad[0]) + 1
        self.evidence.steps += len(losses)
        self.evidence.losses.extend(losses[-RECENT:].tolist())  # more are not kept
        if is_first_bad:
            self.judge()  # an epoch may be long, and nothing gets better in it
        if self._before is not None:
            self._look()
            self._next = self.evidence.steps + self._every
            if self.evidence.steps > WARMING:
                self.judge()
        self._prepare()

    def _prepare(self) -> None:
        """Take note of the weights if the next step is to be looked at, and else of when that will be so."""
        steps, seconds = self._next - self.evidence.steps - 1, self._time_missing()
        left = self._last - self.evidence.steps - 1 if self._allowed().last else math.inf
        if (steps <= 0 and seconds <= 0) or left == 0:
            self._before = self._looker.arrays()
            self._wait = Wait(steps=1)
        else:
            left = left if left > 0 else math.inf
            self._wait = Wait(left, seconds) if seconds > 0 else Wait(min(steps, left))

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.evidence.epochs.append({name: float(value) for name, value in (logs or {}).items()})
        if self._time_missing() <= 0:
            self.judge()

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self.judge()

    def judge(self) -> None:
        """Say what is wrong as far as it is known by now, each thing once."""
        begin = time.perf_counter()
        said = {(w.id, w.node) for w in self.warnings}
        for id, rule in RULES.items():
            for error in rule(self.evidence):
                warning = HealthWarning(id, error, self.evidence.steps)
                if (id, warning.node) not in said:
                    said.add((id, warning.node))
                    self.warnings.append(warning)
                    if self._warn is not None:
                        self._warn(warning)
        self._spent += time.perf_counter() - begin

    def _time_missing(self) -> float:
        """Return in how many seconds there is time for another sample; that of the first step is never put off."""
        if self._share is None or len(self.evidence.samples) < 2:
            return 0.0
        allowed = self._allowed()
        over = self._spent - allowed.seconds
        return (over / allowed.share if allowed.share else math.inf) - (time.perf_counter() - self._began)

    def _allowed(self) -> Allowance:
        if callable(self._share):
            return self._share()
        return Allowance(math.inf if self._share is None else self._share)

    def _look(self) -> None:
        before, self._before = self._before, None
        try:
            sample = self._looker.look(self.evidence.steps, self._epoch, before)
        except EngineError:
            return  # the training comes to the same error, and says so
        self._spent += sample.seconds
        self._keep(sample)
        if self._sampled is not None:
            self._sampled(sample)

    def _keep(self, sample: Sample) -> None:
        """Remember a sample; if there are many, every other one makes way, and the next ones are further apart."""
        samples = self.evidence.samples
        samples.append(sample)
        if len(samples) > KEPT:
            samples[1:-RECENT] = samples[2:-RECENT:2]
            self._every *= 2


def _turns(training: Training) -> list[Array]:
    """Return which examples are looked at, batch by batch; none of those that are kept to validate with."""
    size = int(len(training.x[0]) * (1 - training.fit.get("validation_split", 0.0)))
    count = min(EXAMPLES, max(1, size))
    order = np.random.default_rng(0).permutation(max(size, 1))
    return [order[begin : begin + count] for begin in range(0, max(1, size - count + 1), count)][:_TURNS]


def _truth(program: Program, loss: Step, truth: Array, prediction: Array) -> TruthHealth:
    values = truth[:: max(1, truth.size // _NUMBERS)].astype(np.float64)
    low, high = float(truth.min()), float(truth.max())
    counts: tuple[int, ...] = ()
    kind = type(loss.made).__name__
    if low >= 0 and high < _CLASSES and (np.floor(values) == values).all():
        counts = tuple(map(int, np.bincount(values.astype(np.int64).ravel())))
    return TruthHealth(
        loss.id,
        kind,
        low,
        high,
        float(values.mean()),
        float(values.std()),
        prediction.shape[-1] if prediction.ndim else 1,
        counts,
        chance_of(loss.made, truth, prediction),
        _classes(program, loss.sources[0]),
    )


def _classes(program: Program, ref: PortRef) -> int | None:
    """Return how many classes the truth tells apart, if it comes straight from data that say so."""
    step = program.step(ref.node)
    if step is None or not is_source(step.node_type) or ref.port != step.node_type.outputs[1].name:
        return None
    try:
        count: int | None = step.node_type.make.class_count(**step.params)
    except EngineError:
        return None
    return count
