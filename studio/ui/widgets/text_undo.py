"""Undo of what is typed, apart from undo of the graph.

Without it, Ctrl+Y in a field would redo the graph where the system's own key is another one, and Ctrl+Z in a field
whose text is in force already would do nothing at all.
"""

from __future__ import annotations

from typing import Final, Literal, cast

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from studio.ui.action_table import ACTIONS
from studio.ui.shortcuts import shortcuts_of

Way = Literal["undo", "redo"]

_STANDARD: Final[dict[Way, QKeySequence.StandardKey]] = {
    "undo": QKeySequence.StandardKey.Undo,
    "redo": QKeySequence.StandardKey.Redo,
}
_DEFAULTS: Final = {spec.id: spec.shortcuts for spec in ACTIONS}


def way_of(event: QKeyEvent) -> Way | None:
    """Return whether a key stands for undo or redo: by the user's shortcuts, or the system's."""
    keys = QKeySequence(event.keyCombination())
    for way, standard in _STANDARD.items():
        id = f"edit.{way}"
        if event.matches(standard) or keys in shortcuts_of(id, _DEFAULTS[id]):
            return way
    return None


class TextUndo(QObject):
    """Lets the keys of undo and redo act on the text of a field.

    Parameters
    ----------
    field
        Which gets it for good.
    passes_on
        Whether the keys reach the window once there is nothing of the text to take back: right for a field whose text
        is in force as soon as it is entered, and wrong for one that is above the graph for a moment.
    """

    def __init__(self, field: QLineEdit | QPlainTextEdit, *, passes_on: bool = False) -> None:
        super().__init__(field)
        self._field, self._passes_on = field, passes_on
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key before the field, and before the window's shortcuts, do."""
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        way = way_of(cast(QKeyEvent, event))
        if way is None:
            return False
        able = self._able(way)
        if event.type() == QEvent.Type.KeyPress:
            if able:
                getattr(self._field, way)()
            return able or not self._passes_on
        event.setAccepted(able or not self._passes_on)
        return True

    def _able(self, way: Way) -> bool:
        field = self._field
        if isinstance(field, QLineEdit):
            return field.isUndoAvailable() if way == "undo" else field.isRedoAvailable()
        document = field.document()
        return document.isUndoAvailable() if way == "undo" else document.isRedoAvailable()
