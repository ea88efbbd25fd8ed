"""The queue as a list: what waits, what goes on and how long it will take, what is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, ngettext, number
from studio.ui.icons import icon
from studio.ui.runs.queue import Item, Queue, losses
from studio.ui.shell.status_line import time_left

#: Milliseconds between two times that it is said how far the training is.
PATIENCE: Final = 250

#: Icon, colour and word for each state of an item.
_STATES: Final[dict[str, tuple[str, str, str]]] = {
    "waiting": ("minus", "dim", N_("waiting")),
    "training": ("play", "train", N_("training")),
    "complete": ("circle-check", "ok", N_("complete")),
    "stopped": ("square", "dim", N_("stopped")),
    "failed": ("circle-alert", "bad", N_("failed")),
}


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
        self._shown: list[Item] = []
        self.list = QListWidget()
        self.list.setObjectName("queue.list")
        self.list.setUniformItemSizes(True)  # or each of 1,000 is measured
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.itemSelectionChanged.connect(self._update_buttons)
        self._said = QLabel()
        self._said.setObjectName("queue.said")
        self._said.setProperty("tone", "dim")
        self._said.setWordWrap(True)
        self._hold = self._button("queue.hold", lambda: queue.hold(not queue.held))
        self._skip = self._button("queue.skip", queue.skip)
        self._up = self._arrow("queue.up", "arrow-up", -1)
        self._down = self._arrow("queue.down", "arrow-down", 1)
        self._remove = self._button("queue.remove", lambda: queue.remove(self._places()))
        self._clear = self._button("queue.clear", self._clear_over)
        bar = QHBoxLayout()
        bar.setSpacing(6)
        for widget in (self._hold, self._skip, self._up, self._down, self._remove, self._clear):
            bar.addWidget(widget)
        bar.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 0)
        layout.addLayout(bar)
        layout.addWidget(self._said)
        layout.addWidget(self.list, 1)
        self._timer = QTimer(self, interval=PATIENCE, singleShot=True)
        self._timer.timeout.connect(self._say_progress)
        self._drop_timer = QTimer(self, interval=0, singleShot=True)  # several rows that are dropped move one by one
        self._drop_timer.timeout.connect(self._on_dropped)
        self.list.model().rowsMoved.connect(lambda *_where: self._drop_timer.start())
        queue.changed.connect(self.refresh)
        queue.progressed.connect(lambda: None if self._timer.isActive() else self._timer.start())
        appearance().language_changed.connect(self.refresh)
        appearance().theme_changed.connect(self.refresh)
        self.refresh()

    def _button(self, name: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setProperty("compact", True)
        button.clicked.connect(do)
        return button

    def _arrow(self, name: str, picture: str, by: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("flat", True)
        button.setIcon(icon(picture, "dim"))
        button.clicked.connect(lambda: self._queue.move(self._places(), by))
        return button

    def _places(self) -> list[int]:
        return sorted(index.row() for index in self.list.selectedIndexes())

    def _clear_over(self) -> None:
        over = [i for i, item in enumerate(self._queue.items) if item.state not in ("waiting", "training")]
        self._queue.remove(over)

    def _on_dropped(self) -> None:
        rows = (self.list.item(row) for row in range(self.list.count()))
        self._queue.arrange([row.data(Qt.ItemDataRole.UserRole) for row in rows])

    def refresh(self) -> None:
        """Show how the queue is now; what is selected stays so."""
        chosen = {id(self._shown[row]) for row in self._places()}
        self._shown = list(self._queue.items)
        self.list.clear()
        for place, item in enumerate(self._shown):
            picture, tone, _word = _STATES[item.state]
            row = QListWidgetItem(icon(picture, tone), _text(item))
            row.setData(Qt.ItemDataRole.UserRole, place)
            row.setToolTip(describe(item.error) if item.error is not None else item.title)
            self.list.addItem(row)
            row.setSelected(id(item) in chosen)
        if (current := self._queue.current) is not None:
            self.list.scrollToItem(self.list.item(self._shown.index(current)))
        self._hold.setText(_("Go on") if self._queue.held else _("Hold"))
        self._hold.setToolTip(_("Begin nothing more behind the training that goes on, or go on"))
        self._skip.setText(_("Skip"))
        self._skip.setToolTip(_("Stop the training that goes on, and go on with the next one"))
        self._remove.setText(_("Remove"))
        self._clear.setText(_("Clear what is over"))
        for button, text in ((self._up, _("Train it earlier")), (self._down, _("Train it later"))):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._update_buttons()
        self._say_progress()

    def _update_buttons(self) -> None:
        items = self._queue.items
        chosen = [items[place] for place in self._places() if place < len(items)]
        waits = any(item.state == "waiting" for item in chosen)
        self._hold.setEnabled(bool(self._queue.waiting))
        self._skip.setEnabled(self._queue.current is not None)
        self._up.setEnabled(waits)
        self._down.setEnabled(waits)
        self._remove.setEnabled(any(item.state != "training" for item in chosen))
        self._clear.setEnabled(any(item.state not in ("waiting", "training") for item in items))

    def _say_progress(self) -> None:
        """Say how far the training that goes on is, and how long all of them will take."""
        queue = self._queue
        current, left = queue.current, len(queue.waiting)
        if current is not None:
            self.list.item(self._shown.index(current)).setText(_text(current))
            place, count = queue.place
            said = [_("Training {place} of {count}").format(place=number(place), count=number(count))]
            if (seconds := queue.seconds_left) is not None:
                said.append(time_left(seconds))
        elif queue.items and not left:
            said = [" ".join((_("All trainings are over."), *losses(item.state for item in queue.items)))]
        elif queue.items:
            said = [ngettext("{count} training to come", "{count} trainings to come", left).format(count=number(left))]
        else:
            said = [_("Put documents in, or sweep over parameters.")]
        if queue.held and left:
            said.append(_("the queue is held"))
        self._said.setText(" · ".join(said))


def _text(item: Item) -> str:
    """Return what a row says."""
    done = f" {number(int(100 * item.done))} %" if item.state == "training" else ""
    return f"{item.title} · {_(_STATES[item.state][2])}{done}"
