"""The layers of the training of the document that is shown: asked for while their panel is seen, or of a kept run."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.desktop.health import Health
from studio.layers.panel import Layers
from studio.layers.subject import Subject
from studio.plots.saving import save_table
from studio.run.controller import RunController
from studio.run.health.layers import LayerHistory
from studio.run.health.messages import AskLayers, HealthWarned, LayersSeen
from studio.run.messages import Started
from studio.run.runs.folder import RunFolder
from studio.ui.actions import Actions
from studio.ui.beside import beside
from studio.ui.i18n import N_, _
from studio.ui.runs.kept import KeptRuns
from studio.ui.runs.panel import RunsPanel
from studio.ui.saving import Kind, Saver, Write, pictures
from studio.ui.widgets.action_button import ActionButton

#: Milliseconds in which looks are gathered before they are drawn.
PATIENCE: Final = 120


class Layering(QObject):
    """Shows the layers of the last training of each document, or those of a run that was chosen.

    Signals
    -------
    failed
        What was kept of a run cannot be shown: carries the error.

    Parameters
    ----------
    editors, engine, health, kept, runs, panel, actions, window
        What it works with.

    Attributes
    ----------
    saver
        Writes the files.
    """

    failed = Signal(object)

    def __init__(
        self,
        editors: Editors,
        engine: RunController,
        health: Health,
        kept: KeptRuns,
        runs: RunsPanel,
        panel: Layers,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(editors)
        self._editors, self._engine, self._health, self._kept = editors, engine, health, kept
        self._panel, self._actions = panel, actions
        self._last: dict[int, LayerHistory] = {}
        self._earlier: dict[int, Subject] = {}
        self._timer = QTimer(self, interval=PATIENCE, singleShot=True)
        self._timer.timeout.connect(panel.refresh)
        engine.hear((LayersSeen,), self._on_seen)
        engine.started.connect(self._on_started)
        health.changed.connect(lambda number: self._show() if number == self._number else None)
        editors.shown.connect(lambda _editor: self._turn())
        editors.made.connect(self._follow)
        editors.closed.connect(self._forget)
        runs.run_chosen.connect(self.show_run)
        panel.seen.connect(lambda _seen: self._ask())
        panel.chosen.connect(self._reveal)
        panel.left.connect(self._leave_run)
        panel.changed.connect(self._update_actions)
        kinds = {".csv": Kind(N_("Table"), self._take_table, is_beside=True), **pictures(lambda: panel.content)}
        title, stem = lambda: _("Save the charts of the layers"), lambda: _("Layers").lower()
        self.saver = Saver("layers", title, stem, kinds, window)
        actions.bind("layers.save", self.saver.ask)
        actions.bind("layers.ridges", panel.set_ridges)
        for id in ("layers.ridges", "layers.save"):
            panel.add(ActionButton(actions[id], icon_only=True))
        self._update_actions()

    @property
    def _number(self) -> int:
        return self._editors.current.number if self._editors.current is not None else 0

    def _update_actions(self) -> None:
        self._actions["layers.save"].setEnabled(self._panel.subject is not None)

    # --------------------------------------------------------------------------------------------------------- showing

    def _turn(self) -> None:
        self._show()
        self._ask()

    def _show(self) -> None:
        number = self._number
        subject = self._earlier.get(number)
        if subject is None and (history := self._last.get(number)) is not None and len(history):
            subject = Subject(history, self._health.warnings(number))
        self._panel.show_subject(subject)

    def _ask(self) -> None:
        """Let the engine tell of layers while they are seen, and first of all that it knows."""
        number, is_seen = self._number, self._panel.isVisible()
        if number:
            self._engine.observe(number, ("layers",) if is_seen else (), "layers")
            if is_seen:
                self._engine.post(AskLayers(number))

    def _on_seen(self, event: LayersSeen) -> None:
        if self._editors.by_number(event.document) is None:
            return
        if event.layout is not None:
            self._last[event.document] = LayerHistory(event.layout)
        history = self._last.get(event.document)
        if history is None:  # what came before is still on its way
            return
        history.extend(history.rows_of(event.rows))
        if event.document != self._number or event.document in self._earlier:
            return
        if event.layout is not None:
            self._show()
        elif not self._timer.isActive():
            self._timer.start()

    def _on_started(self, event: Started) -> None:
        """Another training has begun: of the one before, nothing is shown any more."""
        self._forget(event.document)
        if event.document == self._number:
            self._show()

    def _forget(self, number: int) -> None:
        self._last.pop(number, None)
        self._earlier.pop(number, None)

    # ---------------------------------------------------------------------------------------------------- earlier runs

    def show_run(self, run: RunFolder | None) -> None:
        """Show the layers of a kept run; None, or the last training of the document: those of the last training."""
        number = self._number
        last = self._kept.of(number)
        if not number or run is None or (last is not None and last.path == run.path and number in self._last):
            self._leave_run()
            return
        beside(self, "layers", lambda: _read(run), lambda found: self._on_read(number, found))

    def _on_read(self, number: int, found: Subject | EngineError) -> None:
        if isinstance(found, EngineError):
            self._leave_run(number)
            if self._panel.isVisible():
                self.failed.emit(found)
            return
        self._earlier[number] = found
        if number == self._number:
            self._show()

    def _leave_run(self, number: int = 0) -> None:
        if self._earlier.pop(number or self._number, None) is not None:
            self._show()

    # ---------------------------------------------------------------------------------------------------------- canvas

    def _follow(self, editor: Editor) -> None:
        editor.selected.connect(lambda ids: self._on_selected(editor, ids))

    def _on_selected(self, editor: Editor, ids: list[str]) -> None:
        if editor is self._editors.current and len(ids) == 1:
            self._panel.choose_node(editor.levels.scope.prefix + ids[0])

    def _reveal(self, node: str) -> None:
        editor = self._editors.current
        if editor is not None and editor.number not in self._earlier:
            editor.reveal(node)

    def _take_table(self) -> Write:
        curves = self._panel.curves()
        return lambda path: save_table(curves(), path)


def _read(run: RunFolder) -> Subject | EngineError:
    """Return what was kept of the layers of a run, or why nothing can be shown."""
    try:
        warnings = tuple(HealthWarned(0, 0, *warning) for warning in run.warnings())
        return Subject(run.layers(), warnings, run.id)
    except EngineError as error:
        return error
