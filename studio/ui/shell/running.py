"""Running the document on the desk: what the run buttons do, and what is seen and said of it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.run.controller import RunController
from studio.run.messages import Crashed, Ended, EpochEnd, Mode, Progress, Started, Status, WentBack
from studio.run.runs.folder import RunFolder, Saved
from studio.ui.actions import Actions
from studio.ui.i18n import N_, _, describe
from studio.ui.runs.kept import KeptRuns
from studio.ui.runs.story import STATUS, story
from studio.ui.settings import settings
from studio.ui.shell.desk import Desk
from studio.ui.shell.notifier import LONG
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.status_line import StatusLine
from studio.ui.widgets.banner import Banner

_CRASHED = N_("The engine has stopped unexpectedly. The document is untouched; only the run is lost.")
_CUT_OFF = N_("The engine has stopped unexpectedly. The document is untouched; the run can go on from a checkpoint.")
_STUCK = N_("The engine does not react to Stop. If you restart it, the document stays as it is; the run is lost.")


class Curves(Protocol):
    """What shows the curves of a training."""

    def begin(self, started: Started) -> None:
        """A training begins."""

    def extend(self, progress: Progress) -> None:
        """Some steps were made."""

    def epoch(self, end: EpochEnd) -> None:
        """An epoch is over."""

    def go_back(self, event: WentBack) -> None:
        """The training goes on from an earlier step."""

    def finish(self, ended: Ended) -> None:
        """The training is over."""

    def clear(self, document: int) -> None:
        """Forget the training of a document."""


class Running(QObject):
    """Trains documents, one at a time, shows how it goes, and says what went wrong.

    A training belongs to its document: it goes on while another one is shown.

    Signals
    -------
    asked
        The user wants to see a training.
    failed_at
        A training failed in a node: carries the number of the document and the id of the node.
    changed
        Other actions are possible than before, or another document trains.
    over
        A training that took long is over: carries how it ended, and what happened.

    Parameters
    ----------
    desk, controller, actions, curves, status_line, banner, kept
        What it works with.

    Attributes
    ----------
    outcomes
        How the last training of a document ended that nobody has looked at since, by its number.
    """

    asked = Signal()
    failed_at = Signal(int, str)
    changed = Signal()
    over = Signal(str, str)

    def __init__(
        self,
        desk: Desk,
        controller: RunController,
        actions: Actions,
        curves: Curves,
        status_line: StatusLine,
        banner: Banner,
        kept: KeptRuns,
    ) -> None:
        super().__init__(desk)
        self._kept = kept
        self._desk, self._controller, self._actions = desk, controller, actions
        self._curves, self._status_line, self._banner = curves, status_line, banner
        self._train_when_ready: OpenDocument | None = None
        self._fresh = False
        self.outcomes: dict[int, Status] = {}
        self._bind()
        self._connect()

    def _bind(self) -> None:
        run, bind = self._controller, self._actions.bind
        bind("run.train", self.train)
        bind("run.pause", lambda paused: run.pause() if paused else run.resume())
        bind("run.stop", run.stop)
        bind("run.step", self.step)
        bind("run.rewind", self.rewind)
        bind("run.resume", self.resume)
        bind("run.train_instead", self.train_instead)
        bind("run.show", self.show)
        bind("run.reset", self.reset)
        bind("run.mode_eager", lambda _on: self.set_mode("eager"))
        bind("run.mode_lazy", lambda _on: self.set_mode("lazy"))
        bind("run.restart_engine", self.restart_engine)
        self.set_mode("eager" if settings().value("mode") == "eager" else "lazy")

    def _connect(self) -> None:
        run = self._controller
        self._desk.shown.connect(self._on_shown)
        self._desk.closed.connect(self._on_closed)
        run.state_changed.connect(self._on_state)
        run.busy_changed.connect(self._status_line.show_busy)
        run.busy_changed.connect(lambda _busy: self.changed.emit())
        run.downloading.connect(self._status_line.downloading)
        run.compiling.connect(self._status_line.compiling)
        run.started.connect(self._on_started)
        run.progressed.connect(self._curves.extend)
        run.progressed.connect(self._status_line.extend)
        run.epoch_ended.connect(self._curves.epoch)
        run.went_back.connect(self._curves.go_back)
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

    @property
    def _number(self) -> int:
        """The number of the document that is shown, 0 if there is none."""
        return self._desk.current.number if self._desk.current is not None else 0

    @property
    def trains(self) -> bool:
        """Whether something is being trained."""
        return self._controller.training != 0

    def train(self) -> None:
        """Train the document that is shown, as soon as the engine is ready; if another one trains, say so."""
        document = self._desk.current
        if document is None:
            return
        self._banner.dismiss()
        if self._controller.training not in (0, document.number):
            other = self._desk.by_number(self._controller.training)
            name = other.name if other is not None else _("the queue")
            self._banner.say(
                "info",
                lambda: _("'{name}' is being trained, and one document trains at a time.").format(name=name),
                self._actions["run.train_instead"],
                self._actions["run.show"],
                about=document.number,
            )
            return
        self.asked.emit()
        if self._controller.state == "starting":
            self._train_when_ready = document
            return
        self.outcomes.pop(document.number, None)
        fresh, self._fresh = self._fresh, False
        keep = self._kept.keep(document.number, document.name)
        self._controller.train(document.number, document.document, self.mode, keep, fresh=fresh)

    def step(self) -> None:
        """Let the training make one step and stand still; begin one, if none goes on."""
        if not self._controller.training:
            self.train()
        if self._controller.training:
            self._controller.step()

    def rewind(self) -> None:
        """Begin to train anew, with new weights of the same seed; the training that goes on is ended."""
        document, self._fresh = self._desk.current, True
        if self._controller.training and document is not None:
            self._train_when_ready = document
            self._controller.stop()
        else:
            self.train()

    def resume(self) -> None:
        """Continue the last run of the document that is shown."""
        document = self._desk.current
        run = self._kept.of(document.number) if document is not None else None
        if document is not None and run is not None:
            self.go_on(document, run)

    def go_back(self, run: RunFolder, saved: Saved) -> bool:
        """Go back to a checkpoint of the run that is being trained; return whether it is that."""
        if not self._controller.training or self._kept.current != run.path:
            return False
        self._controller.restore(str(saved.path))
        return True

    def go_on(self, document: OpenDocument, run: RunFolder, saved: Saved | None = None) -> None:
        """Continue a run as the training of a document, from a checkpoint, by default the last one."""
        begin = saved or run.last
        if self._controller.training or begin is None:
            return
        self._banner.dismiss()
        self.asked.emit()
        self.outcomes.pop(document.number, None)
        mode: Mode = "eager" if run.record.mode == "eager" else "lazy"
        keep = self._kept.go_on(document.number, run)
        self._controller.train(document.number, document.document, mode, keep, str(begin.path))

    def train_instead(self) -> None:
        """Stop the training of another document and train the one that is shown."""
        if self._controller.training not in (0, self._number):
            self._train_when_ready = self._desk.current
            self._controller.stop()

    def show(self) -> None:
        """Go to the document that is being trained."""
        if (document := self._desk.by_number(self._controller.training)) is not None:
            self._desk.show(document)

    def reset(self) -> None:
        """Draw new weights and forget the curves."""
        if (document := self._desk.current) is not None:
            self._curves.clear(document.number)
            self._status_line.clear_run(document.number)
            self._controller.preview(document.number, document.document, reset=True)

    def restart_engine(self) -> None:
        """Start the engine's process anew."""
        self._banner.dismiss()
        self._status_line.end_run()
        self._controller.restart()

    def _on_shown(self, document: OpenDocument | None) -> None:
        if document is not None and self.outcomes.pop(document.number, None) is not None:
            self.changed.emit()

    def _on_closed(self, document: OpenDocument) -> None:
        if self._train_when_ready is document:
            self._train_when_ready = None
        self.outcomes.pop(document.number, None)
        self._kept.forget(document.number)
        self._controller.forget(document.number)
        self._curves.clear(document.number)
        self._status_line.forget(document.number)

    def update_actions(self) -> None:
        """Enable what can be done just now."""
        run = self._controller
        state, is_open, running = run.state, self._desk.is_open, run.state in ("training", "paused")
        is_elsewhere = running and run.training != self._number
        for id, enabled in {
            "run.train": is_open and run.training != self._number and state != "crashed",
            "run.train_instead": is_open and is_elsewhere,
            "run.show": is_elsewhere and self._desk.by_number(run.training) is not None,
            "run.pause": running,
            "run.stop": running or run.busy,
            "run.reset": is_open and run.training != self._number,
            "run.step": is_open and not is_elsewhere and state != "crashed",
            "run.rewind": is_open and not is_elsewhere and state != "crashed",
            "run.resume": is_open and state == "ready" and self._can_go_on(),
        }.items():
            self._actions[id].setEnabled(enabled)
        self._actions["run.pause"].setChecked(state == "paused")

    def _can_go_on(self) -> bool:
        run = self._kept.of(self._number)
        return run is not None and run.can_go_on

    # ------------------------------------------------------------------------------------------------------ events

    def _on_state(self, state: str) -> None:
        self._status_line.show_state(state)
        self.changed.emit()
        document = self._train_when_ready
        if state == "ready" and document is not None:
            self._train_when_ready = None
            self._desk.show(document)
            self.train()

    def _on_started(self, event: Started) -> None:
        document = self._controller.document(event.document)
        self._curves.begin(event)
        self._status_line.begin(event, _batch_size(document) if document is not None else 1)

    def _on_ended(self, event: Ended) -> None:
        self._curves.finish(event)
        self._status_line.finish(event)
        self._banner.retract(_STUCK)
        if event.document != self._number and self._desk.by_number(event.document) is not None:
            self.outcomes[event.document] = event.status
        if (error := event.error) is not None and self._desk.by_number(event.document) is not None:
            self._banner.say("bad", lambda: describe(error), about=event.document)
            if error.node:
                self.failed_at.emit(event.document, error.node)
        if event.seconds > LONG:
            self._tell_end(event)
        self.changed.emit()

    def _tell_end(self, event: Ended) -> None:
        """Say what happened in a training that took so long that nobody waited for it."""
        document, run, error = self._desk.by_number(event.document), self._kept.of(event.document), event.error
        if document is None:  # the queue tells its end itself
            return
        told = describe(error) if error is not None else " ".join(story(run)) if run is not None else ""
        self.over.emit(f"{document.name}: {_(STATUS[event.status])}", told)
        if run is not None and error is None:
            self._banner.say("info", lambda: " ".join(story(run)), self._actions["run.runs"], about=event.document)

    def _on_crashed(self, _event: Crashed) -> None:
        self._status_line.end_run()
        text = _CUT_OFF if self._can_go_on() else _CRASHED
        self._banner.say("bad", text, self._actions["run.restart_engine"])
        self.over.emit("Trenza", _(text))

    def _on_stuck(self) -> None:
        self._banner.say("warn", _STUCK, self._actions["run.restart_engine"])


def _batch_size(document: Document) -> int:
    """Return the number of examples of a step."""
    trainer = next((n for n in document.nodes.values() if n.type.startswith("train.")), None)
    if trainer is None:
        return 1
    return int(trainer.params.get("batch_size", CATALOGUE[trainer.type].params["batch_size"].default))
