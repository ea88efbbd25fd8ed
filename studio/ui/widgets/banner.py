"""A line that slides in over a panel to say what happened, with a way out: "The engine has stopped — Restart"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon

Tone = Literal["info", "warn", "bad"]
#: A text of the catalogues, or what makes one in the language in use.
Said = str | Callable[[], str]

_MOST_ACTIONS: Final = 2
_GRAVITY: Final[tuple[Tone, ...]] = ("info", "warn", "bad")
_PICTURES = {"info": ("info", "accent"), "warn": ("triangle-alert", "warn"), "bad": ("circle-alert", "bad")}


@dataclass(frozen=True)
class _Message:
    """What is said: the tone, the words, and what is offered."""

    tone: Tone
    text: Said
    actions: tuple[QAction, ...]


class Banner(QFrame):
    """A message with some actions. It is hidden while there is none.

    A message may be about a document: then it shows as long as that document does, and waits while others do.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._picture = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = [QPushButton() for _number in range(_MOST_ACTIONS)]
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setIcon(icon("x", "dim"))
        self._close.setIconSize(QSize(14, 14))
        self._close.clicked.connect(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expire)
        self._passing: int | None = None  # what the message is about that stays for seconds only
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._picture)
        layout.addWidget(self._text, 1)
        for place, button in enumerate(self._buttons):
            button.clicked.connect(partial(self._trigger, place))
            layout.addWidget(button)
        layout.addWidget(self._close)
        self._said: dict[int, _Message] = {}  # by the document that it is about, 0 for none
        self._shown = 0
        appearance().language_changed.connect(self.retranslate)
        appearance().theme_changed.connect(self.retranslate)
        self.hide()

    def say(self, tone: Tone, text: Said, *actions: QAction, seconds: float = 0, about: int = 0) -> None:
        """Show `text`, offering `actions` as buttons.

        Parameters
        ----------
        tone
            "info", "warn" or "bad".
        text
            A text of the catalogues, or what makes the text in the language in use, such as that of an error.
        seconds
            How long it stays; 0 until it is closed.
        about
            The number of the document that it is about, 0 if it is about none.
        """
        self._expire()
        self._said.pop(about, None)  # the one that was said last comes first
        self._said[about] = _Message(tone, text, actions)
        if seconds:
            self._passing = about
            self._timer.start(round(seconds * 1000))
        self.retranslate()

    def turn_to(self, document: int) -> None:
        """Show what is to be said of another document, or of none (0)."""
        self._expire()
        self._shown = document
        self.retranslate()

    def dismiss(self) -> None:
        """Take away what is shown."""
        self.forget(self._place())

    def _expire(self) -> None:
        """Take away what was to stay for seconds only, if there is such a message."""
        self._timer.stop()
        if self._passing is not None:
            self.forget(self._passing)

    def forget(self, document: int) -> None:
        """Take away what was said of a document."""
        self._said.pop(document, None)
        if document == self._passing:
            self._passing = None
        self.retranslate()

    def retract(self, text: Said, about: int = 0) -> None:
        """Take a message away, if it is still there: it is true no more."""
        if about in self._said and self._said[about].text == text:
            self.forget(about)

    def retranslate(self) -> None:
        """Say it in the language in use, in the colours of the theme in use."""
        message = self._said.get(self._place())
        if message is None:
            self.hide()
            return
        if self.property("banner") != message.tone:
            self.setProperty("banner", message.tone)
            self.style().polish(self)
        self._picture.setPixmap(icon(*_PICTURES[message.tone]).pixmap(18, 18))
        self._text.setText(_(message.text) if isinstance(message.text, str) else message.text())
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(message.actions))
            if place < len(message.actions):
                button.setText(message.actions[place].text())
        self._close.setToolTip(_("Dismiss"))
        self._close.setAccessibleName(_("Dismiss"))
        self.show()

    def _place(self) -> int:
        """Return which message is to be shown, of those about this document or none: the gravest, of these the last."""
        known = [number for number in self._said if number in (0, self._shown)]
        return max(reversed(known), key=lambda number: _GRAVITY.index(self._said[number].tone), default=0)

    def _trigger(self, place: int) -> None:
        action = self._said[self._place()].actions[place]
        self.dismiss()  # before the action, which may have something to say itself
        action.trigger()
