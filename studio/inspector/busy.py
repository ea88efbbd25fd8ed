"""Says that something is being worked out, and lets the user end it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon
from studio.ui.widgets.labels import Text


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
        line.addWidget(Text(N_("Computing…"), "dim", fonts.sans(12)))
        line.addStretch(1)
        line.addWidget(self.button)
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()
        self.hide()

    def _retranslate(self) -> None:
        self.button.setAccessibleName(_("Cancel"))
        self.button.setToolTip(_("Do not compute it"))
