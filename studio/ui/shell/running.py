"""Running the document on the desk: what the run buttons do, and what is seen and said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from studio.run.controller import RunController
from studio.run.messages import Crashed, Ended, EpochEnd, Mode, Progress, Started
from studio.ui.actions import Actions
from studio.ui.i18n import N_, describe
from studio.ui.settings import settings
from studio.ui.shell.desk import Desk
from studio.ui.shell.status_line import StatusLine
from studio.ui.widgets.banner import Banner

_CRASHED = N_("The engine has stopped unexpectedly. The document is untouched; only the run is lost.")
_STUCK = N_("The engine does not react to Stop. If you restart it, the document stays as it is; the run is lost.")


class Curves(Protocol):
    """What shows the curves of a training."""

    def begin(self, started: Started) -> None:
        """A training begins."""

    def extend(self, progress: Progress) -> None:
        """Some steps were made."""

    def epoch(self, end: EpochEnd) -> None:
        """An epoch is over."""

    def finish(self, ended: Ended) -> None:
        """The training is over."""

    def clear(self) -> None:
        """Forget the training."""


class Running(QObject):
    """Trains the document on the desk, shows how it goes, and says what went wrong.

    `asked` tells that the user wants to see a training, `failed_at` carries the id of the node in which one failed,
    and `changed` tells that other actions are possible than before.

    Parameters
    ----------
    desk, controller, actions, curves, status_line, banner
        What it works with.
    batch_size
        Gives the number of examples of a step of the open document.
    """

    asked = Signal()
    failed_at = Signal(str)
    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        controller: RunController,
        actions: Actions,
        curves: Curves,
        status_line: StatusLine,
        banner: Banner,
        batch_size: Callable[[], int],
    ) -> None:
        super().__init__(desk)
        self._desk, self._controller, self._actions = desk, controller, actions
        self._curves, self._status_line, self._banner = curves, status_line, banner
        self._batch_size = batch_size
        self._train_when_ready = False
        self._bind()
        self._connect()

    def _bind(self) -> None:
        run, bind = self._controller, self._actions.bind
        bind("run.train", self.train)
        bind("run.pause", lambda paused: run.pause() if paused else run.resume())
        bind("run.stop", run.stop)
        bind("run.reset", self.reset)
        bind("run.mode_eager", lambda _on: self.set_mode("eager"))
        bind("run.mode_lazy", lambda _on: self.set_mode("lazy"))
        bind("run.restart_engine", self.restart_engine)
        self.set_mode("eager" if settings().value("mode") == "eager" else "lazy")

    def _connect(self) -> None:
        run = self._controller
        run.state_changed.connect(self._on_state)
        run.busy_changed.connect(self._status_line.show_busy)
        run.busy_changed.connect(lambda _busy: self.changed.emit())
        run.downloading.connect(self._status_line.downloading)
        run.compiling.connect(self._status_line.compiling)
        run.started.connect(self._on_started)
        run.progressed.connect(self._curves.extend)
        run.progressed.connect(self._status_line.extend)
        run.epoch_ended.connect(self._curves.epoch)
        run.epoch_ended.connect(self._status_line.epoch)
        run.ended.connect(self._on_ended)
        run.crashed.connect(self._on_crashed)
        run.stuck.connect(self._on_stuck)

    # ----------------------------------------------------------------------------------------------------- actions

    @property
    def mode(self) -> Mode:
        """How trainings run."""
        return "eager" if self._actions["run.mode_eager"].isChecked() else "lazy"

    def set_mode(self, mode: Mode) -> None:
        """Run op by op ("eager") or compiled ("lazy") from the next training on."""
        self._actions[f"run.mode_{mode}"].setChecked(True)
        settings().setValue("mode", mode)

    def train(self) -> None:
        """Train the open document, as soon as the engine is ready."""
        if not self._desk.is_open:
            return
        self._banner.dismiss()
        self.asked.emit()
        if self._controller.state == "starting":
            self._train_when_ready = True
            return
        self._controller.train(self._desk.document, self.mode)

    def reset(self) -> None:
        """Draw new weights and forget the curves."""
        self._curves.clear()
        self._status_line.clear_run()
        self._controller.preview(self._desk.document, reset=True)

    def restart_engine(self) -> None:
        """Start the engine's process anew."""
        self._banner.dismiss()
        self._status_line.clear_run()
        self._controller.restart()

    def abandon(self) -> None:
        """Forget everything about the document that goes."""
        self._train_when_ready = False
        self._controller.abandon()
        self._curves.clear()
        self._status_line.clear_run()
        self._status_line.show_parameters(0)

    def update_actions(self) -> None:
        """Enable what can be done just now."""
        state = self._controller.state
        is_open, running = self._desk.is_open, state in ("training", "paused")
        for id, enabled in {
            "run.train": is_open and not running and state != "crashed",
            "run.pause": running,
            "run.stop": running or self._controller.busy,
            "run.reset": is_open and not running,
        }.items():
            self._actions[id].setEnabled(enabled)
        self._actions["run.pause"].setChecked(state == "paused")

    # ------------------------------------------------------------------------------------------------------ events

    def _on_state(self, state: str) -> None:
        self._status_line.show_state(state)
        self.changed.emit()
        if state == "ready" and self._train_when_ready:
            self._train_when_ready = False
            self.train()

    def _on_started(self, event: Started) -> None:
        self._curves.begin(event)
        self._status_line.begin(event, self._batch_size())

    def _on_ended(self, event: Ended) -> None:
        self._curves.finish(event)
        self._status_line.finish(event)
        self._banner.retract(_STUCK)
        if (error := event.error) is not None:
            self._banner.say("bad", lambda: describe(error))
            if error.node:
                self.failed_at.emit(error.node)

    def _on_crashed(self, _event: Crashed) -> None:
        self._status_line.clear_run()
        self._banner.say("bad", _CRASHED, self._actions["run.restart_engine"])

    def _on_stuck(self) -> None:
        self._banner.say("warn", _STUCK, self._actions["run.restart_engine"])
