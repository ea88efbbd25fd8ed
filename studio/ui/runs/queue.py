"""The queue: trainings that are carried out one after the other."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from studio.document.document import Document
from studio.document.file import dumps, loads
from studio.run.controller import RunController
from studio.run.messages import Ended, Mode
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, ngettext, number
from studio.ui.icons import icon
from studio.ui.runs.kept import KeptRuns
from studio.ui.shell.notifier import LONG

#: What the trainings of the queue are known by, as documents are by their numbers.
QUEUE: Final = -1

#: Icon, colour and word for each state of an item.
_STATES: Final[dict[str, tuple[str, str, str]]] = {
    "waiting": ("minus", "dim", N_("waiting")),
    "training": ("play", "train", N_("training")),
    "complete": ("circle-check", "ok", N_("complete")),
    "stopped": ("square", "dim", N_("stopped")),
    "failed": ("circle-alert", "bad", N_("failed")),
}


@dataclass
class Item:
    """A training that is to be made: of a document as it was when it was put into the queue."""

    name: str
    label: str
    document: Document
    mode: Mode
    sweep: str = ""
    state: str = "waiting"


class Queue(QObject):
    """Trains one document after the other, whenever nothing else is being trained.

    Who stops a training of the queue holds the queue, too.

    Signals
    -------
    changed
        Other trainings are to come, or one has come to its end.
    over
        It begins nothing more, after a long time: carries what is to be said of that, in a word and in a sentence.

    Attributes
    ----------
    held
        Whether it begins nothing for now.
    """

    changed = Signal()
    over = Signal(str, str)

    def __init__(self, controller: RunController, kept: KeptRuns) -> None:
        super().__init__(controller)
        self._controller, self._kept = controller, kept
        self.items: list[Item] = []
        self.held = False
        self._sweeps = itertools.count(1)
        self._began: float | None = None
        self._made = 0
        self._timer = QTimer(self, interval=0, singleShot=True)  # whoever waits for this training to end goes first
        self._timer.timeout.connect(self._begin_next)
        controller.state_changed.connect(lambda _state: self._timer.start())
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

    def add(self, name: str, documents: Sequence[tuple[str, Document]], mode: Mode, is_sweep: bool = False) -> None:
        """Put trainings at the end: of each a label and the document, which is copied."""
        sweep = f"{name} {next(self._sweeps)}" if is_sweep else ""
        self.items += [Item(name, label, loads(dumps(d)), mode, sweep) for label, d in documents]
        self.held = False
        self.changed.emit()
        self._timer.start()

    def hold(self, held: bool) -> None:
        """Begin nothing more for now, or go on."""
        self.held = held
        self.changed.emit()
        self._timer.start()

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
        if self._began is None:
            self._began, self._made = time.perf_counter(), 0
        name = f"{item.name} · {item.label}" if item.label else item.name
        keep = self._kept.keep(QUEUE, name, item.sweep)
        self._controller.train(QUEUE, item.document, item.mode, keep, fresh=True)
        self.changed.emit()

    def _on_ended(self, event: Ended) -> None:
        if event.document == QUEUE:
            self._end_item(event.status, hold=event.status == "stopped")

    def _end_item(self, state: str, hold: bool) -> None:
        if (item := self.current) is None:
            return
        item.state = state
        self.held = self.held or hold
        if not self.waiting:
            self._controller.forget(QUEUE)
        self._made += 1
        if self._began is not None and (self.held or not self.waiting):
            if time.perf_counter() - self._began > LONG:
                made = ngettext("{count} training is over.", "{count} trainings are over.", self._made)
                self.over.emit(_("Queue"), made.format(count=number(self._made)))
            self._began = None
        self.changed.emit()


class QueueList(QWidget):
    """Shows the queue.

    Parameters
    ----------
    queue
        What is shown.
    """

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self.setObjectName("runs.queue")
        self._queue = queue
        self.list = QListWidget()
        self.list.setObjectName("queue.list")
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self._said = QLabel()
        self._said.setProperty("tone", "dim")
        self._hold = self._button("queue.hold", lambda: queue.hold(not queue.held))
        self._remove = self._button(
            "queue.remove", lambda: queue.remove([index.row() for index in self.list.selectedIndexes()])
        )
        self._clear = self._button("queue.clear", self._clear_over)
        bar = QHBoxLayout()
        for widget in (self._hold, self._remove, self._clear):
            bar.addWidget(widget)
        bar.addWidget(self._said, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 0)
        layout.addLayout(bar)
        layout.addWidget(self.list, 1)
        queue.changed.connect(self.refresh)
        appearance().language_changed.connect(self.refresh)
        appearance().theme_changed.connect(self.refresh)
        self.refresh()

    def _button(self, name: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setProperty("compact", True)
        button.clicked.connect(do)
        return button

    def _clear_over(self) -> None:
        over = [i for i, item in enumerate(self._queue.items) if item.state not in ("waiting", "training")]
        self._queue.remove(over)

    def refresh(self) -> None:
        """Show how the queue is now."""
        self.list.clear()
        for item in self._queue.items:
            picture, tone, word = _STATES[item.state]
            text = " · ".join(filter(None, (item.name, item.label, _(word))))
            self.list.addItem(QListWidgetItem(icon(picture, tone), text))
        if (current := self._queue.current) is not None:
            self.list.scrollToItem(self.list.item(self._queue.items.index(current)))
        self._hold.setText(_("Go on") if self._queue.held else _("Hold"))
        self._hold.setEnabled(bool(self._queue.waiting))
        self._remove.setText(_("Remove"))
        self._clear.setText(_("Clear what is over"))
        left = len(self._queue.waiting)
        self._said.setText(
            ngettext("{count} training to come", "{count} trainings to come", left).format(count=number(left))
            if self._queue.items
            else _("Put documents in, or sweep over parameters.")
        )
        self._said.setAlignment(Qt.AlignmentFlag.AlignVCenter)
