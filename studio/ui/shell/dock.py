"""The dock at the bottom: panels behind tabs."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabWidget, QWidget

from studio.ui.appearance import appearance
from studio.ui.i18n import _


class BottomDock(QTabWidget):
    """Panels behind tabs, of which some show how many things are in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bottom_dock")
        self.setDocumentMode(True)
        self._titles: list[str] = []
        self._counts: dict[int, int] = {}
        appearance().language_changed.connect(self.retranslate)

    def sizeHint(self) -> QSize:
        """Return the height it has in the window."""
        return QSize(800, 300)

    def add(self, panel: QWidget, title: str) -> int:
        """Put a panel behind a tab; `title` is untranslated. Returns its index."""
        self._titles.append(title)
        return self.addTab(panel, _(title))

    def set_count(self, index: int, count: int) -> None:
        """Show a number in the title of a tab."""
        self._counts[index] = count
        self.retranslate()

    def retranslate(self) -> None:
        """Say the titles in the language in use."""
        for index, title in enumerate(self._titles):
            count = self._counts.get(index)
            self.setTabText(index, f"{_(title)}  {count}" if count else _(title))
