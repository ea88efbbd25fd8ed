"""The window's side of task views: asks the engine's process for facts while they are shown, and keeps them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.core.errors import EngineError
from studio.run.controller import RunController
from studio.run.messages import Ended, Previewed, Started
from studio.run.tasks.data import Seen, Wish
from studio.run.tasks.messages import LookAtTask, TaskFailed, TaskSeen

#: Seconds between two looks at a training at least, and the share of its time that looks may take.
LEAST: Final = 1.0
SHARE: Final = 0.01
#: Milliseconds from a change until it is looked at again.
DELAY: Final = 400


class TaskController(QObject):
    """Looks at how well one document does its task, while somebody watches.

    Signals
    -------
    changed
        Something else is known, or is being asked for.

    Attributes
    ----------
    document
        The number of the document that is looked at, 0 for none.
    wish
        What is wanted.
    seen
        The last answer, None if there is none.
    error
        Why there is none.
    is_waiting
        Whether an answer is on its way.
    """

    changed = Signal()

    def __init__(self, engine: RunController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.document = 0
        self.wish = Wish("")
        self.seen: Seen | None = None
        self.error: EngineError | None = None
        self.is_waiting = False
        self.is_watched = False
        self._run = 0
        self._seconds = 0.0
        self._earliest = 0.0
        """When a training has paid for the looks at it so far."""
        self._is_stale = True
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        engine.hear((TaskSeen, TaskFailed), self._take)
        engine.previewed.connect(self._on_previewed)
        engine.started.connect(self._on_turned)
        engine.ended.connect(self._on_turned)
        engine.state_changed.connect(lambda _state: self._on_state())
        engine.crashed.connect(lambda _event: self._forget())

    @property
    def is_live(self) -> bool:
        """Whether the document is being trained."""
        return self.document != 0 and self._engine.training == self.document

    @property
    def _can_ask(self) -> bool:
        return self.is_watched and self.document != 0 and self._engine.state in ("ready", "training", "paused")

    def look_at(self, number: int) -> None:
        """Look at another document, or none (0): what was known of the one before is forgotten."""
        if number != self.document:
            self.document = number
            self.wish = Wish("", self.wish.on)
            self._forget()
            self.refresh()

    def watch(self, is_watched: bool) -> None:
        """Somebody looks, or nobody does any more: then nothing is asked for."""
        if is_watched == self.is_watched:
            return
        self.is_watched = is_watched
        if not is_watched:
            self._timer.stop()
        elif self._is_stale:
            self.refresh()

    def want(self, **changed: Any) -> None:
        """Want to see something else; what was evaluated is not evaluated again for it, unless it is of other data."""
        wish = replace(self.wish, **changed)
        if wish != self.wish:
            is_other = wish.on != self.wish.on
            self.wish = wish
            self._ask(fresh=is_other or self.seen is None)

    def refresh(self) -> None:
        """Evaluate the document as it is now."""
        self._ask(fresh=True)

    def soon(self) -> None:
        """Evaluate it soon: it has changed. A training is looked at when it is time."""
        self._is_stale = True
        if self._can_ask and not self.is_live and not self._timer.isActive():
            self._timer.start(max(DELAY, int(1000 * self._seconds)))

    def _ask(self, fresh: bool) -> None:
        self._timer.stop()
        document = self._engine.document(self.document)
        if not self._can_ask or document is None:
            self._is_stale = True
            return
        try:
            text = self._engine.text_of(self.document, document)
        except EngineError as error:
            self.seen, self.error = None, error
            self.changed.emit()
            return
        self._run += 1
        fresh = fresh or self._is_stale
        self.is_waiting = self._engine.post(LookAtTask(self.document, self._run, text, self.wish, fresh))
        self._is_stale = False
        self.changed.emit()

    def _forget(self) -> None:
        self.seen = self.error = None
        self.is_waiting, self._is_stale = False, True
        self._timer.stop()
        self.changed.emit()

    def _take(self, event: TaskSeen | TaskFailed) -> None:
        if event.run != self._run or event.document != self.document:
            return
        self.is_waiting = False
        self._seconds, now = event.seconds, time.monotonic()
        self._earliest = max(self._earliest, now) + event.seconds / SHARE if self.is_live else now
        if isinstance(event, TaskSeen):
            self.seen, self.error = event.seen, None
        elif event.error is not None:
            self.seen, self.error = None, event.error
        else:
            self._is_stale = True
        self.changed.emit()
        if self.is_live and self._can_ask and not self._timer.isActive() and not self.is_waiting:
            self._timer.start(int(1000 * max(LEAST, self._earliest - now)))

    def _on_previewed(self, event: Previewed) -> None:
        if event.document == self.document and not self.is_live:
            self.soon()

    def _on_turned(self, event: Started | Ended) -> None:
        """A training has begun, or is over."""
        if event.document == self.document:
            self.refresh()

    def _on_state(self) -> None:
        """The engine is up, or up again."""
        if self._can_ask and self.seen is None and not self.is_waiting:
            self.refresh()
