"""A callout: a few words in a frame above the canvas, such as why a wire is refused or what is wrong with a node."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.canvas.style import Style, font, font_metrics

_PAD: Final = 10
_MAX_WIDTH: Final = 320
_FLAGS: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class Callout(QWidget):
    """Words that always have their own size, whatever the zoom, and let the mouse through."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self._parent = parent
        self._text = ""
        self._ground = self._edge = self._ink = QColor()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def text(self) -> str:
        """Return the words, "" while it is hidden."""
        return self._text

    def say(self, text: str, at: QPoint, style: Style, edge: QColor) -> None:
        """Show `text` with its top left corner at `at`, moved into the parent where it would stick out."""
        if not text:
            self.be_silent()
            return
        self._ground, self._edge, self._ink = QColor(style.theme.panel), edge, style.text
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.resize(_size(text))
        room = self._parent.size() - self.size()
        self.move(max(4, min(at.x(), room.width() - 4)), max(4, min(at.y(), room.height() - 4)))
        self.show()
        self.update()

    def be_silent(self) -> None:
        """Hide."""
        self._text = ""
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._edge, 1))
        painter.setBrush(self._ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(self._ink)
        painter.setFont(font("label"))
        painter.drawText(self.rect().adjusted(_PAD, _PAD - 3, -_PAD, 0), int(_FLAGS), self._text)


def _size(text: str) -> QSize:
    room = QRectF(QRect(0, 0, _MAX_WIDTH - 2 * _PAD, 2000))
    needed = font_metrics("label").boundingRect(room, int(_FLAGS), text)
    return QSize(int(needed.width()) + 2 * _PAD + 2, int(needed.height()) + 2 * _PAD - 4)
