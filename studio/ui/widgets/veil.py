"""A veil over a widget: what lies below is shown paler, and can still be used."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.ui.appearance import appearance

#: How much of what lies below is lost, from 0 to 255.
_THICK: Final = 140


class Veil(QWidget):
    """Covers a widget while it is visible. A graphics effect would do so too, but views that scroll come out black."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        over.installEventFilter(self)
        self.hide()

    def cover(self, covered: bool) -> None:
        """Cover the widget, or uncover it."""
        self.setGeometry(self._over.rect())
        self.setVisible(covered)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the widget, and above what comes into it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ChildAdded, QEvent.Type.LayoutRequest):
            self.setGeometry(self._over.rect())
            self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colour of the panel over it."""
        colour = QColor(appearance().theme.panel)
        colour.setAlpha(_THICK)
        QPainter(self).fillRect(event.rect(), colour)
