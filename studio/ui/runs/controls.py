"""What is done with a training while it goes on, and with what was kept of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from engine.core.errors import EngineError
from engine.core.param import Param
from studio.run.controller import RunController
from studio.run.messages import QUEUE, CheckpointSaved, Ended, Refused, Started, Tuned, WentBack
from studio.ui.actions import Actions
from studio.ui.i18n import _, describe, number
from studio.ui.widgets.banner import Banner

_RATE = Param("float", 0.001, min=0, below=math.inf)


class RateDialog(QDialog):
    """Asks for a learning rate, above the window that goes on.

    Parameters
    ----------
    rate
        What it is now.
    then
        Called with another one.
    """

    def __init__(self, rate: float, then: Callable[[float], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rate")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Change the learning rate"))
        self._then = then
        self._field = QLineEdit(f"{rate:g}")
        self._field.setObjectName("rate.value")
        self._field.selectAll()
        self._said = QLabel()
        self._said.setProperty("tone", "bad")
        self._said.setWordWrap(True)
        self._said.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(_("Learning rate"), self._field)
        form.addRow(self._said)
        form.addRow(buttons)

    def accept(self) -> None:
        """Take the rate, if it is one."""
        try:
            rate = _RATE.validate(_RATE.parse(self._field.text()), "learning_rate")
        except EngineError as error:
            self._said.setText(describe(error))
            self._said.show()
            self.adjustSize()
            return
        self._then(rate)
        super().accept()


class TrainingControls(QObject):
    """Steps, tunes, freezes, and goes back.

    Parameters
    ----------
    controller, actions, banner
        What it works with.
    chosen
        Gives the ids of the selected nodes, as the training knows them.
    window
        What dialogs lie above.
    """

    def __init__(
        self,
        controller: RunController,
        actions: Actions,
        banner: Banner,
        chosen: Callable[[], Sequence[str]],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._controller, self._actions, self._banner = controller, actions, banner
        self._chosen, self._window = chosen, window
        self._tuned: Tuned | None = None
        self._kept: list[CheckpointSaved] = []
        bind = actions.bind
        bind("run.rate", self.ask_rate)
        bind("run.freeze", self.freeze)
        bind("run.checkpoint", controller.save_checkpoint)
        bind("run.restore", self.restore)
        controller.started.connect(self._on_started)
        controller.tuned.connect(self._on_tuned)
        controller.checkpoint_saved.connect(self._on_saved)
        controller.went_back.connect(self._on_back)
        controller.refused.connect(self._on_refused)
        controller.ended.connect(self._on_ended)
        controller.crashed.connect(lambda _event: self._on_ended())
        self.update_actions()

    def update_actions(self) -> None:
        """Enable what can be done just now."""
        goes_on = self._tuned is not None
        for id, enabled in {
            "run.rate": goes_on,
            "run.freeze": goes_on,
            "run.checkpoint": goes_on,
            "run.restore": goes_on and bool(self._kept),
        }.items():
            self._actions[id].setEnabled(enabled)

    def ask_rate(self) -> None:
        """Let the user enter another learning rate."""
        if self._tuned is not None:
            RateDialog(self._tuned.learning_rate, self._controller.tune, self._window).open()

    def freeze(self) -> None:
        """Freeze the selected layers; if all are frozen already, let them learn again."""
        if self._tuned is None:
            return
        chosen = self._chosen()
        if not chosen:
            self._say(lambda: _("Select layers first."), self._tuned.document)
            return
        frozen = not all(node in self._tuned.frozen for node in chosen)
        for node in chosen:
            self._controller.freeze(node, frozen)

    def restore(self) -> None:
        """Go back to the checkpoint that was kept last, or else written last."""
        wanted = [saved for saved in self._kept if saved.kind == "kept"] or self._kept
        if wanted:
            self._controller.restore(wanted[-1].path)

    # ------------------------------------------------------------------------------------------------------ events

    def _on_started(self, _event: Started) -> None:
        self._kept = []

    def _on_tuned(self, event: Tuned) -> None:
        before, self._tuned = self._tuned, event
        if before is not None and before.run == event.run:
            if before.learning_rate != event.learning_rate:
                rate = event.learning_rate
                self._say(lambda: _("The learning rate is {rate} now.").format(rate=number(rate)), event.document)
            if before.frozen != event.frozen:
                names = ", ".join(event.frozen)
                text = (
                    (lambda: _("These layers do not learn now: {names}.").format(names=names))
                    if names
                    else (lambda: _("All layers learn again."))
                )
                self._say(text, event.document)
        self.update_actions()

    def _on_saved(self, event: CheckpointSaved) -> None:
        self._kept = [*(saved for saved in self._kept if saved.path != event.path), event]
        if event.kind == "kept":
            step = event.step
            self._say(lambda: _("A checkpoint is kept: step {step}.").format(step=number(step)), event.document)
        self.update_actions()

    def _on_back(self, event: WentBack) -> None:
        step = event.step
        # the others are gone
        self._kept = [saved for saved in self._kept if saved.step <= step or saved.kind == "kept"]
        self._say(lambda: _("It goes on from the checkpoint of step {step}.").format(step=number(step)), event.document)

    def _on_refused(self, event: Refused) -> None:
        error = event.error
        self._banner.say("warn", lambda: describe(error), about=_subject(event.document))

    def _on_ended(self, _event: Ended | None = None) -> None:
        self._tuned = None
        self.update_actions()

    def _say(self, text: Callable[[], str], document: int) -> None:
        self._banner.say("info", text, seconds=4, about=_subject(document))


def _subject(document: int) -> int:
    """Return which document a message is about: the queue's trainings are those of none, and are told to anybody."""
    return 0 if document == QUEUE else document
