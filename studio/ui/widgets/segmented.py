"""A row of buttons of which one is pressed: Eager | Compiled, ES | EN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from studio.ui.appearance import appearance
from studio.ui.i18n import _

_GAP: Final = "\u2009"  # Qt leaves 4 px between icon and text, which looks cramped
#: The width of a button without text.
_ICON_ONLY: Final = 44
#: What a button has around its text: its margins, the icon, and the gap between.
_AROUND: Final = 58


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


class Switcher(Segmented):
    """A segmented switch with icons; where there is no room for the texts, they are tool tips only.

    Parameters
    ----------
    texts
        Untranslated.
    """

    def __init__(self, actions: Sequence[QAction], texts: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(actions, texts, parent)
        for button in self._buttons:
            button.setIconSize(QSize(15, 15))
        self.setMinimumWidth(_ICON_ONLY * len(self._buttons))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.addStretch(1)

    def sizeHint(self) -> QSize:
        """Return the room that all texts take."""
        texts = sum(self.fontMetrics().horizontalAdvance(_(text)) for text in self._texts)
        return QSize(texts + _AROUND * len(self._buttons), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the texts, or not."""
        super().resizeEvent(event)
        self._fit()

    def retranslate(self) -> None:
        """Name the buttons."""
        for button, text in zip(self._buttons, self._texts, strict=True):
            button.defaultAction().setIconText(f"{_GAP}{_(text)}")
            button.setAccessibleName(button.defaultAction().text())
        self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        styles = Qt.ToolButtonStyle
        has_room = self.width() >= self.sizeHint().width()
        for button in self._buttons:
            button.setToolButtonStyle(styles.ToolButtonTextBesideIcon if has_room else styles.ToolButtonIconOnly)


def _place(index: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if index == 0 else "last" if index == count - 1 else "middle"
