"""A line that goes from one thing to the previous and the next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon


class Paging(QWidget):
    """Two buttons, and where one is.

    Signals
    -------
    turned
        Carries -1 or 1.
    """

    turned = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.where = QLabel()
        self.where.setFont(fonts.sans(12))
        self.buttons: list[QToolButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for picture, by, end in (("chevron-left", -1, "back"), ("chevron-right", 1, "on")):
            button = QToolButton()
            button.setObjectName(f"{name}.{end}")
            button.setIcon(icon(picture))
            button.setProperty("flat", True)
            button.setFixedSize(26, 26)
            button.clicked.connect(lambda _checked=False, by=by: self.turned.emit(by))
            row.addWidget(button)
            self.buttons.append(button)
        row.addWidget(self.where)
        row.addStretch(1)
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()

    def show_place(self, words: str, has_before: bool, has_next: bool) -> None:
        """Say where one is, and offer what there is."""
        self.where.setText(words)
        for button, is_on in zip(self.buttons, (has_before, has_next), strict=True):
            button.setEnabled(is_on)

    def _retranslate(self) -> None:
        for button, text in zip(self.buttons, (N_("Previous"), N_("Next")), strict=True):
            button.setAccessibleName(_(text))
            button.setToolTip(_(text))
