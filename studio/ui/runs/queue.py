"""The queue: trainings that are carried out one after the other."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.run.controller import RunController
from studio.run.messages import QUEUE, Ended, Mode, Progress, Started
from studio.ui.i18n import _, ngettext, number
from studio.ui.runs.kept import KeptRuns
from studio.ui.shell.notifier import LONG


@dataclass
class Item:
    """A training that is to be made: of a document as it was when it was put into the queue.

    Parameters
    ----------
    make
        Returns the document, when its turn has come.
    done
        How much of it is done, from 0 to 1.
    error
        Why it failed, if it did.
    """

    name: str
    label: str
    make: Callable[[], Document]
    mode: Mode
    sweep: str = ""
    state: str = "waiting"
    done: float = 0.0
    error: EngineError | None = None

    @property
    def title(self) -> str:
        """What it is called: the document, and in what it differs from the others of a sweep."""
        return f"{self.name} · {self.label}" if self.label else self.name


def losses(states: Iterable[str]) -> list[str]:
    """Return sentences about those trainings that have not come to a good end.

    >>> losses(["complete", "failed", "failed", "stopped"]), losses(["complete"])
    (['2 of them failed.', '1 of them was stopped.'], [])
    """
    known = list(states)
    failed, stopped = known.count("failed"), known.count("stopped")
    said = (
        (failed, ngettext("{count} of them failed.", "{count} of them failed.", failed)),
        (stopped, ngettext("{count} of them was stopped.", "{count} of them were stopped.", stopped)),
    )
    return [text.format(count=number(count)) for count, text in said if count]


class Queue(QObject):
    """Trains one document after the other, whenever nothing else is being trained.

    Who stops a training of the queue holds the queue, too; who skips it does not.

    Signals
    -------
    begun
        It begins to train, after it had nothing to do.
    changed
        Other trainings are to come, or one has come to its end.
    progressed
        The one that goes on has made some steps.
    over
        It begins nothing more, after a long time: carries what is to be said of that, in a word and in a sentence.

    Attributes
    ----------
    held
        Whether it begins nothing for now.
    """

    begun = Signal()
    changed = Signal()
    progressed = Signal()
    over = Signal(str, str)

    def __init__(self, controller: RunController, kept: KeptRuns) -> None:
        super().__init__(controller)
        self._controller, self._kept = controller, kept
        self.items: list[Item] = []
        self.held = False
        self._sweeps = itertools.count(1)
        self._began: float | None = None
        self._ended: list[str] = []
        """How those of this turn have come to their end."""
        self._started: Started | None = None
        self._item_began = self._trained = 0.0
        self._skips = False
        self._timer = QTimer(self, interval=0, singleShot=True)  # whoever waits for this training to end goes first
        self._timer.timeout.connect(self._begin_next)
        controller.state_changed.connect(lambda _state: self._timer.start())
        controller.started.connect(self._on_started)
        controller.progressed.connect(self._on_progress)
        controller.ended.connect(self._on_ended)
        controller.crashed.connect(lambda _event: self._end_item("failed", hold=True))

    @property
    def waiting(self) -> list[Item]:
        """The trainings that are still to come."""
        return [item for item in self.items if item.state == "waiting"]

    @property
    def current(self) -> Item | None:
        """The one that goes on."""
        return next((item for item in self.items if item.state == "training"), None)

    @property
    def place(self) -> tuple[int, int]:
        """Which of the trainings of this turn goes on, counted from 1, and how many there are."""
        return len(self._ended) + 1, len(self._ended) + (self.current is not None) + len(self.waiting)

    @property
    def seconds_left(self) -> float | None:
        """How long all that is to come will take, judged by what was made so far; None: nothing was."""
        item = self.current
        share = len(self._ended) + (item.done if item is not None else 0.0)
        if item is None or not share:
            return None
        seconds = self._trained + time.perf_counter() - self._item_began
        return seconds / share * (1 - item.done + len(self.waiting))

    def add(
        self, name: str, documents: Sequence[tuple[str, Callable[[], Document]]], mode: Mode, is_sweep: bool = False
    ) -> None:
        """Put trainings at the end: of each a label, and what returns the document."""
        sweep = f"{name} {next(self._sweeps)}" if is_sweep else ""
        self.items += [Item(name, label, make, mode, sweep) for label, make in documents]
        self.held = False
        self.changed.emit()
        self._timer.start()

    def hold(self, held: bool) -> None:
        """Begin nothing more for now, or go on."""
        self.held = held
        self.changed.emit()
        self._timer.start()

    def skip(self) -> None:
        """Stop the training that goes on, and go on with the next one."""
        if self.current is not None:
            self._skips = True
            self._controller.stop()

    def arrange(self, order: Sequence[int]) -> None:
        """Let the trainings stand in another order: first the one that stood at the first of these places."""
        self.items = [self.items[place] for place in order]
        self.changed.emit()

    def move(self, places: Sequence[int], by: int) -> None:
        """Let the trainings at these places that are still to come change with the one above (-1) or below (1)."""
        items = self.items
        for place in sorted(places, reverse=by > 0):
            other = place + by
            if 0 <= other < len(items) and items[place].state == items[other].state == "waiting":
                items[place], items[other] = items[other], items[place]
        self.changed.emit()

    def remove(self, places: Sequence[int]) -> None:
        """Take trainings out; the one that goes on stays."""
        self.items = [item for i, item in enumerate(self.items) if i not in places or item.state == "training"]
        self.changed.emit()

    def _begin_next(self) -> None:
        waiting = self.waiting
        if self.held or not waiting or self._controller.training or self._controller.state != "ready":
            return
        item = waiting[0]
        item.state = "training"
        self._item_began = time.perf_counter()
        if self._began is None:
            self._began, self._ended, self._trained = self._item_began, [], 0.0
            self.begun.emit()
        keep = self._kept.keep(QUEUE, item.title, item.sweep)
        self._controller.train(QUEUE, item.make(), item.mode, keep, fresh=True)
        self.changed.emit()

    def _on_started(self, event: Started) -> None:
        if event.document == QUEUE:
            self._started = event

    def _on_progress(self, event: Progress) -> None:
        started, item = self._started, self.current
        if event.document == QUEUE and started is not None and item is not None:
            item.done = (int(event.steps[-1]) + 1) / max(1, started.epochs * started.steps_per_epoch)
            self.progressed.emit()

    def _on_ended(self, event: Ended) -> None:
        if event.document == QUEUE and (item := self.current) is not None:
            item.error = event.error
            self._end_item(event.status, hold=event.status == "stopped" and not self._skips)

    def _end_item(self, state: str, hold: bool) -> None:
        if (item := self.current) is None:
            return
        item.state = state
        self._skips, self._started = False, None
        self._trained += time.perf_counter() - self._item_began
        self.held = self.held or hold
        if not self.waiting:
            self._controller.forget(QUEUE)
        self._ended.append(state)
        if self._began is not None and (self.held or not self.waiting):
            if time.perf_counter() - self._began > LONG:
                count = len(self._ended)
                made = ngettext("{count} training is over.", "{count} trainings are over.", count)
                self.over.emit(_("Queue"), " ".join((made.format(count=number(count)), *losses(self._ended))))
            self._began = None
        self.changed.emit()
