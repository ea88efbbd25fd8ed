"""What is said above the charts: what is wrong with a layer, since when, and what to try."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui import fonts, icons
from studio.ui.appearance import appearance

#: What is said: a sign, the token of its colour, and the text.
Note = tuple[str, str, str]


class _Sign(QWidget):
    """A small picture in a colour of the theme."""

    def __init__(self, picture: str, token: str) -> None:
        super().__init__()
        self._picture, self._token = picture, token
        self.setFixedSize(QSize(16, 18))

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = str(getattr(appearance().theme, self._token))
        icons.paint(QPainter(self), self._picture, QRectF(0, 2, 14, 14), colour)


class Notes(QWidget):
    """Texts below each other, each behind its sign."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("layers.notes")
        self.texts: list[str] = []
        self._notes: list[Note] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 0, 8, 4)
        self._column.setSpacing(4)

    def say(self, notes: Sequence[Note]) -> None:
        """Say these, and nothing else."""
        if list(notes) == self._notes:
            return
        self._notes = list(notes)
        self.texts = [text for _sign, _token, text in notes]
        while (item := self._column.takeAt(0)) is not None:
            if (line := item.widget()) is not None:
                line.hide()
                line.deleteLater()
        for picture, token, text in notes:
            self._column.addWidget(_line(picture, token, text))
        self.setVisible(bool(notes))


def _line(picture: str, token: str, text: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(_Sign(picture, token), 0, Qt.AlignmentFlag.AlignTop)
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(fonts.sans(12))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    row.addWidget(label, 1)
    return line
