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
_ICON_ONLY: Final = 48
#: What a button has around its text: its margins, the icon, and the gap between.
_AROUND: Final = 64


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
    """A segmented switch with icons; where there is no room for all texts, only the one that is pressed has its own.

    Parameters
    ----------
    texts
        Untranslated.
    """

    def __init__(self, actions: Sequence[QAction], texts: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(actions, texts, parent)
        for button in self._buttons:
            button.setIconSize(QSize(15, 15))
            button.defaultAction().toggled.connect(self._fit)
        self.setMinimumWidth(_ICON_ONLY * len(self._buttons))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.addStretch(1)

    def sizeHint(self) -> QSize:
        """Return the room that all texts take."""
        return QSize(sum(map(self._wide, self._texts)), self.height())

    def _wide(self, text: str) -> int:
        """Return how wide the button with this text is."""
        return self.fontMetrics().horizontalAdvance(_(text)) + _AROUND

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the texts that there is room for."""
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
        for_all = self.width() >= self.sizeHint().width()
        left = self.width() - _ICON_ONLY * (len(self._buttons) - 1)
        for button, text in zip(self._buttons, self._texts, strict=True):
            is_named = for_all or (button.defaultAction().isChecked() and left >= self._wide(text))
            button.setToolButtonStyle(styles.ToolButtonTextBesideIcon if is_named else styles.ToolButtonIconOnly)


def _place(index: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if index == 0 else "last" if index == count - 1 else "middle"
