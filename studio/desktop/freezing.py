"""Layers that do not learn while a training goes on bear a lock on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.desktop.editors import Editors
from studio.run.controller import RunController
from studio.run.messages import Ended, Tuned


class Freezing(QObject):
    """Shows on the canvas of each document which of its layers are frozen in its training, as long as that goes on.

    Parameters
    ----------
    editors, engine
        What it works with.
    """

    def __init__(self, editors: Editors, engine: RunController) -> None:
        super().__init__(editors)
        self._editors = editors
        engine.tuned.connect(self._on_tuned)
        engine.ended.connect(self._on_ended)
        engine.crashed.connect(lambda _event: self._show({}))

    def _on_tuned(self, event: Tuned) -> None:
        self._show({event.document: frozenset(event.frozen)})

    def _on_ended(self, _event: Ended) -> None:
        self._show({})

    def _show(self, frozen: dict[int, frozenset[str]]) -> None:
        """Show what is frozen, by the numbers of documents: one of them trains, the others have nothing frozen."""
        for editor in self._editors:
            editor.show_frozen(frozen.get(editor.number, frozenset()))
