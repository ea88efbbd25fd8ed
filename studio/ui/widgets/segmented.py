"""A row of buttons of which one is pressed: Eager | Compiled, ES | EN."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from studio.ui.appearance import appearance


class Segmented(QWidget):
    """A segmented switch over actions of one group, which it shows and triggers.

    Parameters
    ----------
    actions
        Checkable, from one exclusive group.
    texts
        What to show in place of the actions' texts, where those are too long ("ES").
    """

    def __init__(self, actions: Sequence[QAction], texts: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._buttons: list[QToolButton] = []
        self.setFixedHeight(30)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for i, action in enumerate(actions):
            button = QToolButton()
            button.setProperty("segment", _place(i, len(actions)))
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFixedHeight(30)
            layout.addWidget(button)
            self._buttons.append(button)
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    def retranslate(self) -> None:
        """Show the short texts again: a changed action puts its own in their place."""
        for button, text in zip(self._buttons, self._texts, strict=False):
            button.defaultAction().setIconText(text)  # a button shows this one, and menus the action's own text
            button.setAccessibleName(button.defaultAction().text())


def _place(index: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if index == 0 else "last" if index == count - 1 else "middle"
