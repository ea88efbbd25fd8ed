"""What is shown while something is worked out, and when the user did not want to wait."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon
from studio.ui.widgets.labels import EmptyState, Text
from studio.ui.widgets.veil import Veil

_COMPUTING: Final = N_("Computing…")


class BusyLine(QWidget):
    """A line with a word and a button; hidden as long as nothing takes its time.

    Signals
    -------
    cancelled
        The user does not want to wait.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QToolButton()
        self.button.setObjectName("tensor.cancel")
        self.button.setIcon(icon("x"))
        self.button.setProperty("flat", True)
        self.button.setFixedSize(24, 24)
        self.button.clicked.connect(self.cancelled)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 4)
        line.addWidget(Text(_COMPUTING, "dim", fonts.sans(12)))
        line.addStretch(1)
        line.addWidget(self.button)
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()
        self.hide()

    def _retranslate(self) -> None:
        self.button.setAccessibleName(_("Cancel"))
        self.button.setToolTip(_("Do not compute it"))


class Stage(QStackedWidget):
    """Shows a view, or words in its place where it would show what something else gave.

    Attributes
    ----------
    is_cancelled
        Whether it says that nothing was worked out.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_cancelled = False
        self._words = EmptyState("circle-dashed", _COMPUTING)
        self.addWidget(self._words)
        self._veil = Veil(self)

    def bring(self, view: QWidget) -> None:
        """Show a view."""
        self.is_cancelled = False
        self._turn_to(view)

    def say_computing(self) -> None:
        """Say that what there is to show is not known yet."""
        self.is_cancelled = False
        self._words.text.say(_COMPUTING)
        self._turn_to(self._words)

    def say_cancelled(self) -> None:
        """Say that the user did not want to know, and how to change that."""
        self.is_cancelled = True
        self._words.text.say(N_("It was not computed. To compute it after all, click on the tab."))
        self._turn_to(self._words)

    def make_paler(self, paler: bool) -> None:
        """Show everything paler, as what is not of now; or no longer."""
        self._veil.cover(paler)

    def _turn_to(self, page: QWidget) -> None:
        self.setCurrentWidget(page)
        self._veil.raise_()
