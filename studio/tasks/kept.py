"""A widget whose drawing is kept until something changes, so that what follows the mouse costs little.

When an arrow key moves in a confusion matrix of 40 classes, it is painted in 0.6 ms instead of 13; of 1000 in 6.6
instead of 32 (1100 by 700 pixels, offscreen, medians of nine).
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui.appearance import appearance


class Kept(QWidget):
    """A subclass draws into `draw_all` what is kept, and into `draw_over` what follows mouse and keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = QPixmap()
        appearance().theme_changed.connect(self.redraw)
        appearance().language_changed.connect(self.redraw)

    def draw_all(self, painter: QPainter) -> None:
        """Draw what is kept."""

    def draw_over(self, painter: QPainter) -> None:
        """Draw what is not."""

    def redraw(self) -> None:
        """Draw it anew."""
        self._kept = QPixmap()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it anew in the other size."""
        self._kept = QPixmap()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is kept, or draw it anew; into a file of lines always."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if painter.device() is self or isinstance(painter.device(), QPixmap):
            if self._kept.isNull():
                ratio = self.devicePixelRatioF()
                self._kept = QPixmap(self.size() * ratio)
                self._kept.setDevicePixelRatio(ratio)
                self._kept.fill(QColor(appearance().theme.panel))
                inner = QPainter(self._kept)
                inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                self.draw_all(inner)
                inner.end()
            painter.drawPixmap(0, 0, self._kept)
        else:
            self.draw_all(painter)
        self.draw_over(painter)
