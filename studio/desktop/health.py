"""The health of trainings: what keeps them from going well is listed among the problems of their documents."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.document.analysis import Problem
from studio.run.controller import RunController
from studio.run.health.messages import HealthWarned
from studio.run.messages import Started
from studio.ui.widgets.problems import Problems


class Health(QObject):
    """Keeps what was said of the last training of each document, until it is trained again or closed.

    `changed` tells that something else is known of one: carries its number.

    Parameters
    ----------
    editors, engine, problems
        What it works with.
    """

    changed = Signal(int)

    def __init__(self, editors: Editors, engine: RunController, problems: Problems) -> None:
        super().__init__(editors)
        self._editors, self._problems = editors, problems
        self._known: dict[int, list[HealthWarned]] = {}
        engine.hear((HealthWarned,), self._on_warned)
        engine.started.connect(self._on_started)
        editors.shown.connect(self._show)
        editors.closed.connect(lambda number: self._known.pop(number, None))

    def of(self, number: int) -> tuple[Problem, ...]:
        """Return what was said of the last training of a document, as problems."""
        return tuple(Problem(w.error, w.error.node or None, severity="warning") for w in self.warnings(number))

    def warnings(self, number: int) -> tuple[HealthWarned, ...]:
        """Return what was said of the last training of a document."""
        return tuple(self._known.get(number, ()))

    def _on_started(self, event: Started) -> None:
        if self._known.pop(event.document, None):
            self._show(self._editors.current)
            self.changed.emit(event.document)

    def _on_warned(self, event: HealthWarned) -> None:
        self._known.setdefault(event.document, []).append(event)
        self._show(self._editors.current)
        self.changed.emit(event.document)

    def _show(self, editor: Editor | None) -> None:
        self._problems.show_advice(self.of(editor.number) if editor is not None else ())
