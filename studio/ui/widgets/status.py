"""Pieces of the status line: values that come and go, and the light that tells how the engine is."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _

State = Literal["starting", "ready", "busy", "downloading", "running", "paused", "compiling", "stopped"]

# What the light says, and its colour; a ring in place of a disc where the engine does nothing.
STATES: Final[dict[str, tuple[str, str, bool]]] = {
    "starting": (N_("engine starting"), "dim", False),
    "ready": (N_("engine ready"), "ok", True),
    "busy": (N_("computing"), "accent", True),
    "downloading": (N_("downloading"), "accent", True),
    "running": (N_("training"), "accent", True),
    "paused": (N_("paused"), "warn", False),
    "compiling": (N_("compiling"), "warn", True),
    "stopped": (N_("engine stopped"), "bad", False),
}


class _Light(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.token, self.filled = "dim", False
        self.setFixedSize(QSize(10, 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(getattr(appearance().theme, self.token))
        pen = painter.pen()
        pen.setColor(colour)
        pen.setWidthF(1.6)
        painter.setPen(pen)
        if self.filled:
            painter.setBrush(colour)
        painter.drawEllipse(QRectF(1.5, 1.5, 7, 7))


class EngineLight(QWidget):
    """The state of the engine: a light and a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine_state")
        self.state: State = "starting"
        self._light = _Light()
        self._word = QLabel()
        self._word.setFont(fonts.sans(12))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._light)
        layout.addWidget(self._word)
        self.show_state("starting")
        appearance().language_changed.connect(self.retranslate)

    def show_state(self, state: State) -> None:
        """Show one of `STATES`."""
        self.state = state
        _word, self._light.token, self._light.filled = STATES[state]
        self._word.setProperty("tone", self._light.token)
        self._word.style().polish(self._word)
        self._light.update()
        self.retranslate()

    def retranslate(self) -> None:
        """Say the word in the language in use."""
        self._word.setText(_(STATES[self.state][0]))


class StatusValue(QLabel):
    """A short text of the status line, already translated, hidden while it is empty."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("tone", "dim")
        self.setFont(fonts.sans(12))
        self.setContentsMargins(0, 0, 16, 0)
        self.hide()

    def say(self, text: str) -> None:
        """Show `text`."""
        self.setText(text)
        self.setVisible(bool(text))
