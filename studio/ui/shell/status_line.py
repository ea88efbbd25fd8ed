"""The line at the bottom: size of the network, progress and speed of the training, and how the engine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QStatusBar, QWidget

from studio.run.messages import Compiling, Downloading, Ended, EpochEnd, Progress, Started
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, ngettext, written_size
from studio.ui.i18n import number as written
from studio.ui.values import flops_text
from studio.ui.widgets.status import EngineLight, State, StatusValue

_NAMES: Final = ("parameters", "flops", "reading", "progress", "speed", "elsewhere", "remaining")
#: What of a training is told while another document is shown.
_ELSEWHERE: Final = ("progress", "remaining")

#: From so many seconds on, the time that is left is told in minutes.
_SECONDS: Final = 100

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
    """Says what network and training of the document that is shown are like just now, and what trains elsewhere.

    Parameters
    ----------
    name_of
        Gives the name of a document by its number.
    """

    def __init__(self, name_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(12, 0, 12, 0)
        self.values = {name: StatusValue(name) for name in _NAMES}
        self.light = EngineLight()
        for name in _NAMES[:-1]:
            self.addWidget(self.values[name])
        self.addWidget(self.light)
        self.addPermanentWidget(self.values["remaining"])
        self._state = "starting"
        self._reading = ""
        self._busy = False
        self._is_download = False
        self._name_of = name_of
        self._shown = 0
        self._at_work = 0
        """The document that a training or a download is for."""
        #: What each value says of each document, to be said again, and in another language.
        self._texts: dict[int, dict[str, Callable[[], str]]] = {}
        self._started: Started | None = None
        self._begin = self._paused = 0.0
        self._batch_size = 0
        appearance().language_changed.connect(self.retranslate)

    def show_document(self, number: int) -> None:
        """Show how another document is, or none (0)."""
        self._shown = number
        self.retranslate()

    def forget(self, number: int) -> None:
        """Know nothing of a document any more."""
        self.clear_run(number)
        self._texts.pop(number, None)
        self.retranslate()

    def _say(self, number: int, name: str, text: Callable[[], str]) -> None:
        self._texts.setdefault(number, {})[name] = text
        self._show(name)

    def _hush(self, number: int, *names: str) -> None:
        for name in names:
            self._texts.get(number, {}).pop(name, None)
            self._show(name)

    def _show(self, name: str) -> None:
        text = self._texts.get(self._shown, {}).get(name)
        self.values[name].say(text() if text else "")
        if name in _ELSEWHERE:
            self._show_elsewhere()

    def _show_elsewhere(self) -> None:
        """Say what goes on for a document that is not shown, and how long it will take."""
        said = self._texts.get(self._at_work, {}) if self._at_work != self._shown else {}
        text = " · ".join(said[name]() for name in _ELSEWHERE if name in said)
        self.values["elsewhere"].say(f"{self._name_of(self._at_work)}: {text}" if text else "")

    def show_size(self, number: int, count: int, flops: int) -> None:
        """Show the number of parameters of a document, and of the operations that an example takes, forward."""
        if flops:
            self._say(number, "flops", lambda: _("{amount} an example").format(amount=flops_text(flops)))
        else:
            self._hush(number, "flops")
        if not count:
            self._hush(number, "parameters")
            return
        self._say(
            number,
            "parameters",
            lambda: ngettext("{count} parameter", "{count} parameters", count).format(count=written(count)),
        )

    def show_reading(self, name: str) -> None:
        """Show that a document is being read; "" says that it is over."""
        self._reading = name
        self.values["reading"].say(_("opening {name}…").format(name=name) if name else "")

    def show_state(self, state: str) -> None:
        """Show how the engine's process is."""
        now = time.perf_counter()
        if self._state == "paused" and state == "training":
            self._begin += now - self._paused  # as if it had not stood still
        if state == "paused" and self._state != "paused":
            self._paused = now
        self._state = state
        self._show_light()

    def show_busy(self, busy: bool) -> None:
        """Show that a preview takes its time, or that it is over."""
        self._busy = busy
        self._show_light()
        if not busy and self._is_download:
            self._is_download = False
            self._hush(self._at_work, "progress")

    def _show_light(self) -> None:
        busy = self._busy and self._state == "ready"
        self.light.show_state("busy" if busy else _LIGHTS[self._state])

    def begin(self, started: Started, batch_size: int) -> None:
        """A training has begun."""
        self._started, self._batch_size, self._begin = started, batch_size, time.perf_counter()
        self._at_work = started.document
        self._hush(started.document, "progress", "speed", "remaining")

    def downloading(self, event: Downloading) -> None:
        """A data file is on its way."""
        self.light.show_state("downloading")
        self._is_download = True
        self._at_work = event.document
        self._say(event.document, "progress", lambda: _downloaded(event))
        self._hush(event.document, "speed", "remaining")

    def compiling(self, event: Compiling) -> None:
        """A kernel is being compiled."""
        self.light.show_state("compiling")
        self._at_work = event.document
        self._say(
            event.document,
            "progress",
            lambda: _("compiling kernel {done} of {total}").format(done=event.done + 1, total=event.total),
        )

    def extend(self, progress: Progress) -> None:
        """Some steps were made."""
        if self._started is None:
            return
        if self.light.state in ("compiling", "downloading"):
            self.light.show_state("running")
        document, started, batch_size = progress.document, self._started, self._batch_size
        done = int(progress.steps[-1]) + 1
        if done <= started.step:  # from before the checkpoint at which it goes on
            return
        elapsed = time.perf_counter() - self._begin
        left = elapsed / (done - started.step) * (started.epochs * started.steps_per_epoch - done)
        self._say(document, "progress", lambda: _place(started, progress.epoch, done))
        self._say(document, "speed", lambda: _speed(progress.seconds_per_step, batch_size))
        self._say(document, "remaining", lambda: time_left(left))

    def epoch(self, end: EpochEnd) -> None:
        """An epoch is over."""
        if self.light.state in ("compiling", "downloading"):
            self.light.show_state("running")

    def finish(self, ended: Ended) -> None:
        """The training is over."""
        self._started = None
        self._is_download = False
        self._at_work = 0
        self._hush(ended.document, "remaining")
        self._say(
            ended.document,
            "progress",
            lambda: _(_OUTCOMES[ended.status]).format(seconds=written(ended.seconds, 1)),
        )

    def end_run(self) -> None:
        """Forget what is under way: it came to no end."""
        self.clear_run(self._at_work)

    def clear_run(self, number: int) -> None:
        """Forget the training of a document."""
        if number == self._at_work:
            self._started, self._at_work = None, 0
        self._hush(number, "progress", "speed", "remaining")

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        for name in _NAMES:
            self._show(name)
        self.show_reading(self._reading)


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


def time_left(seconds: float) -> str:
    """Return how long it will take.

    >>> time_left(12.34), time_left(754.0), time_left(10_000.0)
    ('12.3 s left', '12:34 min left', '2:46 h left')
    """
    if seconds < _SECONDS:
        return _("{seconds} s left").format(seconds=written(seconds, 1))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("{time} min left").format(time=f"{minutes}:{rest:02}")
    return _("{time} h left").format(time=f"{minutes // 60}:{minutes % 60:02}")


def _speed(seconds_per_step: float, batch_size: int) -> str:
    rate = batch_size / seconds_per_step if seconds_per_step else 0
    return _("{micros} µs a step · {rate} samples/s").format(
        micros=written(round(seconds_per_step * 1e6)), rate=written(round(rate))
    )
