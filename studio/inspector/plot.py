"""What the small plots of the inspector have in common: a frame, its ends in numbers, and what is said without data."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number

_AXIS = 20
_SIZE = 11
_GAP = 6


def _end(value: float) -> str:
    """Return the number at an end of an axis; a zero has no sign there."""
    return number(value + 0)


class Plot(QWidget):
    """A drawing with an axis at the left and one below. A subclass fills `area` in `paint_plot`.

    Attributes
    ----------
    nothing
        Untranslated: what stands there as long as there is nothing to draw.
    """

    nothing = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(120)
        appearance().theme_changed.connect(self.update)
        appearance().language_changed.connect(self.update)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return True

    @property
    def horizontal(self) -> tuple[float, float] | None:
        """What the ends of the axis below stand for, None for no numbers."""
        return None

    @property
    def vertical(self) -> tuple[float, float] | None:
        """What the lower and the upper end of the axis at the left stand for, None for no numbers."""
        return None

    @property
    def area(self) -> QRectF:
        """Where the drawing is."""
        left = self._label_width
        return QRectF(left, 4, max(self.width() - left, 1), max(min(self.height(), 320) - _AXIS - 4, 1))

    @property
    def _label_width(self) -> int:
        """As wide as the longer of the numbers at the left is written."""
        if (up := self.vertical) is None:
            return 0
        metrics = QFontMetrics(fonts.mono(_SIZE))
        return max(metrics.horizontalAdvance(_end(value)) for value in up) + _GAP

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw into the area."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the plot and its axes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = appearance().theme
        if self.is_empty:
            painter.setPen(QColor(theme.dim))
            painter.setFont(fonts.sans(12))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect(), flags, _(self.nothing))
            return
        area = self.area
        self.paint_plot(painter, area)
        painter.setFont(fonts.mono(_SIZE))
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), QColor(theme.line))
        painter.setPen(QColor(theme.dim))
        if (across := self.horizontal) is not None:
            below = QRectF(area.left(), area.bottom() + 4, area.width(), _AXIS - 4)
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, _end(across[0]))
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, _end(across[1]))
        if (up := self.vertical) is not None:
            beside = QRectF(0, area.top(), area.left() - _GAP, area.height())
            painter.drawText(beside, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), _end(up[1]))
            painter.drawText(beside, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), _end(up[0]))
