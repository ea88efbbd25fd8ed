"""What the pages of the settings have in common: sections under headings, with a word on each."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.widgets.labels import Heading, Text


class Page(QWidget):
    """A column of sections."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(28, 24, 28, 24)
        self._column.setSpacing(8)

    def section(self, heading: str, *widgets: QWidget, about: str = "") -> None:
        """Add a section: an untranslated heading, what belongs to it, and a line about it."""
        if self._column.count():
            self._column.addSpacing(20)
        self._column.addWidget(Heading(heading))
        for widget in widgets:
            self._column.addWidget(widget)
        if about:
            line = Text(about, "dim")
            line.setWordWrap(True)
            self._column.addWidget(line)

    def fill(self) -> None:
        """Leave the room that is left below the sections."""
        self._column.addStretch(1)
