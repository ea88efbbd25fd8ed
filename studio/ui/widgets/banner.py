"""A line that slides in over a panel to say what happened, with a way out: "The engine has stopped — Restart"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon

Tone = Literal["info", "warn", "bad"]
#: A text of the catalogues, or what makes one in the language in use.
Said = str | Callable[[], str]

_PICTURES = {"info": ("info", "accent"), "warn": ("triangle-alert", "warn"), "bad": ("circle-alert", "bad")}


class Banner(QFrame):
    """A message with at most one action. It is hidden while there is none."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._picture = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._button = QPushButton()
        self._action: QAction | None = None
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setIcon(icon("x", "dim"))
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._picture)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._close)
        self._button.clicked.connect(self._trigger)
        self._say: tuple[Tone, Said] = ("info", "")
        appearance().language_changed.connect(self.retranslate)
        appearance().theme_changed.connect(self.retranslate)
        self.hide()

    def say(self, tone: Tone, text: Said, action: QAction | None = None, seconds: float = 0) -> None:
        """Show `text`, offering `action` as a button.

        Parameters
        ----------
        tone
            "info", "warn" or "bad".
        text
            A text of the catalogues, or what makes the text in the language in use, such as that of an error.
        seconds
            How long it stays; 0 until it is closed.
        """
        self._say, self._action = (tone, text), action
        self.setProperty("banner", tone)
        self.style().polish(self)
        self.retranslate()
        self.show()
        self._timer.stop()
        if seconds:
            self._timer.start(round(seconds * 1000))

    def dismiss(self) -> None:
        """Hide it."""
        self.hide()
        self._say = (self._say[0], "")
        self.dismissed.emit()

    def retract(self, text: Said) -> None:
        """Hide it, if this is what it says: it is true no more."""
        if self._say[1] == text:
            self.dismiss()

    def retranslate(self) -> None:
        """Say it in the language in use, in the colours of the theme in use."""
        tone, text = self._say
        self._picture.setPixmap(icon(*_PICTURES[tone]).pixmap(18, 18))
        self._text.setText(_(text) if isinstance(text, str) else text())
        self._button.setVisible(self._action is not None)
        self._button.setText(self._action.text() if self._action else "")
        self._close.setToolTip(_("Dismiss"))
        self._close.setAccessibleName(_("Dismiss"))

    def _trigger(self) -> None:
        action = self._action
        self.dismiss()  # before the action, which may have something to say itself
        if action is not None:
            action.trigger()
