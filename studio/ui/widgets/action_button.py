"""A button that shows and triggers an action."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from studio.ui.actions import ICON_NAME
from studio.ui.icons import icon

_GAP: Final = "\u2002"  # Qt leaves 4 px between icon and text, which looks cramped


class ActionButton(QPushButton):
    """A button for an action: its icon, its text, its state.

    Parameters
    ----------
    action
        What it shows and triggers.
    primary
        Whether it is what the user most likely wants.
    icon_only
        Whether the text is only its tool tip.
    large
        Whether it is 34 pixels high, not 30.
    """

    def __init__(
        self,
        action: QAction,
        primary: bool = False,
        icon_only: bool = False,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.action = action
        self._icon_only = icon_only
        self._icon = icon(str(action.property(ICON_NAME)), "on_accent") if primary else action.icon()
        self.setObjectName(f"{action.objectName()}.button")
        self.setProperty("primary", primary)
        self.setProperty("compact", "large" if large else "small")
        self.setIconSize(QSize(14, 14))
        if icon_only:
            self.setFixedWidth(36)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        action = self.action
        self.setCheckable(action.isCheckable())
        self.setChecked(action.isChecked())
        self.setEnabled(action.isEnabled())
        self.setIcon(self._icon)
        self.setText("" if self._icon_only else f"{_GAP}{action.text()}")
        self.setToolTip(action.toolTip())
        self.setAccessibleName(action.text())
