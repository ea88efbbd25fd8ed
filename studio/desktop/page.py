"""What the middle of the window shows of one document."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.canvas.levels import Levels


class DocumentPage(QWidget):
    """Holds the graphs of a document, of which one is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._levels: Levels | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_levels(self, levels: Levels) -> None:
        """Show these in place of those before, which are deleted."""
        before, self._levels = self._levels, levels
        self._column.addWidget(levels, 1)
        self.setFocusProxy(levels)
        if before is not None:
            levels.show()  # in a layout that is shown, it would be so a turn later
            if before.canvas.hasFocus():
                levels.canvas.setFocus()
            self._column.removeWidget(before)
            before.hide()
            before.deleteLater()
