"""What joins the runs with the documents that are open: continuing, opening, queueing, sweeping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from studio.document.file import dumps, load, loads
from studio.run.runs.folder import RunFolder, Saved
from studio.run.runs.sweep import Trial
from studio.ui.actions import Actions
from studio.ui.i18n import _, describe
from studio.ui.runs.queue import Queue
from studio.ui.runs.sweep_dialog import SweepDialog
from studio.ui.shell.desk import Desk
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.running import Running
from studio.ui.widgets.banner import Banner


class RunsOfDocuments(QObject):
    """Continues runs, opens their documents, and puts documents into the queue.

    Parameters
    ----------
    desk, running, queue, actions, banner
        What it works with.
    show
        Brings the panel of runs, or the queue in it, into sight.
    window
        What dialogs lie above.
    """

    def __init__(
        self,
        desk: Desk,
        running: Running,
        queue: Queue,
        actions: Actions,
        banner: Banner,
        show: Callable[[bool], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._desk, self._running, self._queue, self._actions = desk, running, queue, actions
        self._banner, self._show, self._window = banner, show, window
        actions.bind("run.runs", lambda: show(False))
        actions.bind("run.enqueue", self.enqueue)
        actions.bind("run.sweep", self.sweep)

    def update_actions(self) -> None:
        """Enable what can be done just now."""
        for id in ("run.enqueue", "run.sweep"):
            self._actions[id].setEnabled(self._desk.is_open)

    def enqueue(self) -> None:
        """Put the document that is shown into the queue, as it is now."""
        if (opened := self._desk.current) is not None:
            self._queue.add(opened.name, [("", partial(loads, dumps(opened.document)))], self._running.mode)
            self._show(True)

    def sweep(self) -> None:
        """Ask over which values of which parameters to sweep."""
        if (opened := self._desk.current) is None:
            return

        def put(trials: Sequence[Trial]) -> None:
            documents = [(trial.label, trial.make) for trial in trials]
            self._queue.add(opened.name, documents, self._running.mode, is_sweep=True)
            self._show(True)

        SweepDialog(opened.document, put, self._window).open()

    def open_document(self, run: RunFolder) -> OpenDocument | None:
        """Show the document of a run: an open one that is the same, or else a copy of what is kept."""
        try:
            document = load(run.document)
            text = dumps(document)
        except EngineError as error:
            found = error
            self._banner.say("bad", lambda: describe(found))
            return None
        same = next((opened for opened in self._desk.documents if dumps(opened.document) == text), None)
        if same is not None:
            self._desk.show(same)
        else:
            self._desk.put_copy(document, run.record.name)
        return self._desk.current

    def resume(self, run: RunFolder, saved: Saved | None = None) -> None:
        """Let a run go on, as the training of its document: from a checkpoint, by default the last one.

        If it is being trained, the training goes back to the checkpoint.
        """
        if saved is not None and self._running.go_back(run, saved):
            return
        if self._running.trains:
            self._banner.say("info", lambda: _("One document trains at a time."), seconds=6)
        elif (opened := self.open_document(run)) is not None:
            self._running.go_on(opened, run, saved)
