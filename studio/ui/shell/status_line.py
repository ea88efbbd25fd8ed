"""The line at the bottom: size of the network, progress and speed of the training, and how the engine is."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtWidgets import QStatusBar, QWidget

from studio.run.messages import Compiling, Ended, EpochEnd, Progress, Started
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, ngettext, number
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
        self._parameters = 0
        self._started: Started | None = None
        self._begin = 0.0
        self._batch_size = 0
        appearance().language_changed.connect(self.retranslate)

    def show_parameters(self, count: int) -> None:
        """Show the number of parameters of the document."""
        self._parameters = count
        text = ngettext("{count} parameter", "{count} parameters", count).format(count=number(count))
        self.values["parameters"].say(text if count else "")

    def show_state(self, state: str) -> None:
        """Show how the engine's process is."""
        self.light.show_state(_LIGHTS[state])

    def begin(self, started: Started, batch_size: int) -> None:
        """A training has begun."""
        self._started, self._batch_size, self._begin = started, batch_size, time.perf_counter()
        self.values["speed"].say("")

    def compiling(self, event: Compiling) -> None:
        """A kernel is being compiled."""
        self.light.show_state("compiling")
        text = _("compiling kernel {done} of {total}").format(done=event.done + 1, total=event.total)
        self.values["progress"].say(text)

    def extend(self, progress: Progress) -> None:
        """Some steps were made."""
        if self._started is None:
            return
        if self.light.state == "compiling":
            self.light.show_state("running")
        started, done = self._started, int(progress.steps[-1]) + 1
        in_epoch = (done - 1) % started.steps_per_epoch + 1
        text = _("epoch {epoch}/{epochs} · batch {batch}/{batches}")
        self.values["progress"].say(
            text.format(
                epoch=progress.epoch + 1, epochs=started.epochs, batch=in_epoch, batches=started.steps_per_epoch
            )
        )
        micros = progress.seconds_per_step * 1e6
        rate = self._batch_size / progress.seconds_per_step if progress.seconds_per_step else 0
        speed = _("{micros} µs a step · {rate} samples/s")
        self.values["speed"].say(speed.format(micros=number(round(micros)), rate=number(round(rate))))
        elapsed = time.perf_counter() - self._begin
        left = elapsed / done * (started.epochs * started.steps_per_epoch - done)
        self.values["remaining"].say(_("{seconds} s left").format(seconds=number(round(left, 1))))

    def epoch(self, end: EpochEnd) -> None:
        """An epoch is over."""
        if self.light.state == "compiling":
            self.light.show_state("running")

    def finish(self, ended: Ended) -> None:
        """The training is over."""
        self.values["remaining"].say("")
        self.values["progress"].say(_(_OUTCOMES[ended.status]).format(seconds=number(round(ended.seconds, 1))))
        self._started = None

    def clear_run(self) -> None:
        """Forget the training."""
        for name in ("progress", "speed", "remaining"):
            self.values[name].say("")

    def retranslate(self) -> None:
        """Say the lasting values in the language in use; the passing ones follow with the next report."""
        self.show_parameters(self._parameters)
