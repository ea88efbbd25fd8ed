"""The key of several lines: which colour and which sign each has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance

#: The colours of lines, by their names in the theme.
TOKENS: Final = ("accent", "data", "train", "op", "loss", "dim")
_SIZE: Final = 11
_ROW: Final = 17
_SIGN: Final = 14
_GAP: Final = 12
# Corners of signs, in units of their reach; the first one is a disc.
_CORNERS: Final = (
    (),
    ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    ((0, -1), (1, 1), (-1, 1)),
    ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    ((-1, -1), (1, -1), (0, 1)),
    ((-1.3, -0.5), (1.3, -0.5), (1.3, 0.5), (-1.3, 0.5)),
)


def colour_of(line: int) -> QColor:
    """Return the colour of a line."""
    return QColor(getattr(appearance().theme, TOKENS[line]))


def draw_sign(painter: QPainter, line: int, at: QPointF, reach: float = 3.0) -> None:
    """Draw the sign of a line, which tells it from others where colours do not."""
    painter.setPen(colour_of(line))
    painter.setBrush(colour_of(line))
    if corners := _CORNERS[line]:
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) * reach for x, y in corners]))
    else:
        painter.drawEllipse(at, reach, reach)


class Key(QWidget):
    """The names of lines beside their signs, in as many rows as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: Sequence[str] = ()
        appearance().theme_changed.connect(self.update)

    def present(self, names: Sequence[str]) -> None:
        """Show other names."""
        self.names = names
        self.setVisible(bool(names))
        self.setAccessibleDescription(", ".join(names))
        self._fit()
        self.update()

    def _places(self) -> list[QPointF]:
        """Return where each name begins."""
        metrics = QFontMetrics(fonts.mono(_SIZE))
        found, x, row = [], 0.0, 0
        for name in self.names:
            width = _SIGN + metrics.horizontalAdvance(name)
            if x and x + width > self.width():
                x, row = 0.0, row + 1
            found.append(QPointF(x, row * _ROW))
            x += width + _GAP
        return found

    def _fit(self) -> None:
        places = self._places()
        self.setFixedHeight(int(places[-1].y()) + _ROW if places else 0)

    def sizeHint(self) -> QSize:
        """Return any width: the names go where there is room."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the rows elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw signs and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.mono(_SIZE))
        for line, (name, at) in enumerate(zip(self.names, self._places(), strict=True)):
            draw_sign(painter, line, at + QPointF(5, _ROW / 2))
            painter.setPen(QColor(appearance().theme.text))
            painter.drawText(at + QPointF(_SIGN, _ROW - 5), name)
