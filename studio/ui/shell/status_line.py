"""The line at the bottom: size of the network, progress and speed of the training, and how the engine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QStatusBar, QWidget

from studio.run.messages import Compiling, Downloading, Ended, EpochEnd, Progress, Started
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, ngettext, number, written_size
from studio.ui.widgets.status import EngineLight, State, StatusValue

_NAMES: Final = ("parameters", "progress", "speed", "remaining")

#: What the light shows for each state of the engine's process.
_LIGHTS: Final[dict[str, State]] = {
    "starting": "starting",
    "ready": "ready",
    "training": "running",
    "paused": "paused",
    "crashed": "stopped",
}
_OUTCOMES: Final = {
    "complete": N_("trained in {seconds} s"),
    "stopped": N_("stopped after {seconds} s"),
    "failed": N_("the training failed"),
}


class StatusLine(QStatusBar):
    """Says what the network and the training are like just now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(12, 0, 12, 0)
        self.values = {name: StatusValue(name) for name in _NAMES}
        self.light = EngineLight()
        for name in ("parameters", "progress", "speed"):
            self.addWidget(self.values[name])
        self.addWidget(self.light)
        self.addPermanentWidget(self.values["remaining"])
        self._state = "starting"
        self._busy = False
        self._is_download = False
        self._texts: dict[str, Callable[[], str]] = {}  # what each value says, to be said in another language
        self._started: Started | None = None
        self._begin = 0.0
        self._batch_size = 0
        appearance().language_changed.connect(self.retranslate)

    def _say(self, name: str, text: Callable[[], str]) -> None:
        self._texts[name] = text
        self.values[name].say(text())

    def _hush(self, *names: str) -> None:
        for name in names:
            self._texts.pop(name, None)
            self.values[name].say("")

    def show_parameters(self, count: int) -> None:
        """Show the number of parameters of the document."""
        if not count:
            self._hush("parameters")
            return
        self._say(
            "parameters",
            lambda: ngettext("{count} parameter", "{count} parameters", count).format(count=number(count)),
        )

    def show_reading(self, name: str) -> None:
        """Show that a document is being read; "" says that it is over."""
        if name:
            self._say("progress", lambda: _("opening {name}…").format(name=name))
        else:
            self._hush("progress")

    def show_state(self, state: str) -> None:
        """Show how the engine's process is."""
        self._state = state
        self._show_light()

    def show_busy(self, busy: bool) -> None:
        """Show that a preview takes its time, or that it is over."""
        self._busy = busy
        self._show_light()
        if not busy and self._is_download:
            self._is_download = False
            self._hush("progress")

    def _show_light(self) -> None:
        busy = self._busy and self._state == "ready"
        self.light.show_state("busy" if busy else _LIGHTS[self._state])

    def begin(self, started: Started, batch_size: int) -> None:
        """A training has begun."""
        self._started, self._batch_size, self._begin = started, batch_size, time.perf_counter()
        self._hush("speed", "remaining")

    def downloading(self, event: Downloading) -> None:
        """A data file is on its way."""
        self.light.show_state("downloading")
        self._is_download = True
        self._say("progress", lambda: _downloaded(event))
        self._hush("speed", "remaining")

    def compiling(self, event: Compiling) -> None:
        """A kernel is being compiled."""
        self.light.show_state("compiling")
        self._say(
            "progress",
            lambda: _("compiling kernel {done} of {total}").format(done=event.done + 1, total=event.total),
        )

    def extend(self, progress: Progress) -> None:
        """Some steps were made."""
        if self._started is None:
            return
        if self.light.state in ("compiling", "downloading"):
            self.light.show_state("running")
        started, done, batch_size = self._started, int(progress.steps[-1]) + 1, self._batch_size
        elapsed = time.perf_counter() - self._begin
        left = elapsed / done * (started.epochs * started.steps_per_epoch - done)
        self._say("progress", lambda: _place(started, progress.epoch, done))
        self._say("speed", lambda: _speed(progress.seconds_per_step, batch_size))
        self._say("remaining", lambda: _("{seconds} s left").format(seconds=number(left, 1)))

    def epoch(self, end: EpochEnd) -> None:
        """An epoch is over."""
        if self.light.state in ("compiling", "downloading"):
            self.light.show_state("running")

    def finish(self, ended: Ended) -> None:
        """The training is over."""
        self._hush("remaining")
        self._say("progress", lambda: _(_OUTCOMES[ended.status]).format(seconds=number(ended.seconds, 1)))
        self._started = None
        self._is_download = False

    def clear_run(self) -> None:
        """Forget the training."""
        self._started = None
        self._hush("progress", "speed", "remaining")

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        for name, text in self._texts.items():
            self.values[name].say(text())


def _downloaded(event: Downloading) -> str:
    if not event.total:
        return _("downloading {name}: {done}").format(name=event.name, done=written_size(event.done))
    return _("downloading {name}: {done} of {total}").format(
        name=event.name, done=written_size(event.done), total=written_size(event.total)
    )


def _place(started: Started, epoch: int, done: int) -> str:
    return _("epoch {epoch}/{epochs} · batch {batch}/{batches}").format(
        epoch=epoch + 1,
        epochs=started.epochs,
        batch=(done - 1) % started.steps_per_epoch + 1,
        batches=started.steps_per_epoch,
    )


def _speed(seconds_per_step: float, batch_size: int) -> str:
    rate = batch_size / seconds_per_step if seconds_per_step else 0
    return _("{micros} µs a step · {rate} samples/s").format(
        micros=number(round(seconds_per_step * 1e6)), rate=number(round(rate))
    )
