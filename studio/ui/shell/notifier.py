"""Telling those who do something else meanwhile that something is over: in the notifications of their system."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

#: Seconds from which on the end of something is told to those who did not wait for it.
LONG: Final = 10.0
#: Milliseconds that a notification is shown, where the system lets programs choose.
_SHOWN: Final = 8000


class Notifier(QObject):
    """Lets the window ask for attention and, if the user is elsewhere, shows a notification.

    Where the system has no tray, notifications are not to be had, and the window only asks for attention.

    Parameters
    ----------
    window
        What a click on a notification leads to.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        window.installEventFilter(self)

    def tell(self, title: str, text: str) -> None:
        """Tell that something is over, in a few words and in a few sentences."""
        QApplication.alert(self._window)
        if self._window.isActiveWindow() or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.messageClicked.connect(self._come)
            self._tray.activated.connect(lambda _reason: self._come())
        self._tray.setToolTip(title)
        self._tray.show()
        self._tray.showMessage(title, text, QApplication.windowIcon(), _SHOWN)

    def _come(self) -> None:
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        window.activateWindow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the icon away as soon as the user is back."""
        if event.type() == QEvent.Type.WindowActivate and self._tray is not None:
            self._tray.hide()
        return super().eventFilter(watched, event)
