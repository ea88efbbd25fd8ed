"""The ring that shows that the canvas has the keyboard's focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

_WIDTH = 2


class FocusRing(QWidget):
    """A frame above a view.

    It is masked to its lines: a widget over the whole view would keep scrolling from shifting what is on screen.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._colour = QColor()
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_colour(self, colour: QColor) -> None:
        """Use another colour."""
        self._colour = colour
        self.update()

    def place(self) -> None:
        """Cover the edge of the parent."""
        area = self._parent.rect()
        self.setGeometry(area)
        inner = area.adjusted(_WIDTH, _WIDTH, -_WIDTH, -_WIDTH)
        self.setMask(QRegion(area).subtracted(QRegion(inner)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill what the mask leaves."""
        QPainter(self).fillRect(self.rect(), self._colour)
