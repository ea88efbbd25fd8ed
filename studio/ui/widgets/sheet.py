"""Pictures side by side, as large as fits, page by page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QToolTip, QVBoxLayout, QWidget

from engine.core.dtype import Array
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import NAN, ramp
from studio.ui.i18n import _, number
from studio.ui.icons import icon
from studio.ui.widgets.special import mark_cells

_GAP: Final = 4
_FORMATS: Final = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}


def image_of(pixels: Array) -> QImage:
    """Return bytes (height, width, channels) as an image; of rank 2 they are 32-bit colours."""
    pixels = np.ascontiguousarray(pixels)
    if pixels.ndim == 2:
        height, width = pixels.shape
        return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
    height, width, channels = pixels.shape
    return QImage(pixels.tobytes(), width, height, width * channels, _FORMATS[channels]).copy()


def _cover(special: Array) -> QImage:
    """Return what lies over an image: the colours of what is not finite in it."""
    colours = ramp(appearance().theme)
    pixels = np.where(special >= NAN, colours[special], 0).astype(np.uint32)
    rows, columns = pixels.shape
    return QImage(pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_ARGB32).copy()


class Sheet(QWidget):
    """Images in rows. A click on one shows it alone, another click all again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images: list[QImage] = []
        self._special: Array | None = None
        self._over: list[QImage] = []
        self.alone: int | None = None
        self.words: Callable[[int, int, int], str] = lambda image, row, column: ""
        """Says what a pixel of an image is."""
        self.setMinimumHeight(120)
        appearance().theme_changed.connect(self.update)
        appearance().language_changed.connect(self.update)

    def present(self, images: Sequence[QImage], special: Array | None = None) -> None:
        """Show other images; `special` (image, row, column) has places in the ramp for what is not finite in them."""
        self.images, self._special = list(images), special
        self._over = [] if special is None else [_cover(one) for one in special]
        if self.alone is not None and self.alone >= len(self.images):
            self.alone = None
        self.update()

    def _shown(self) -> list[int]:
        return [self.alone] if self.alone is not None else list(range(len(self.images)))

    def _rects(self) -> list[tuple[int, QRect]]:
        """Return where each image is that is shown: in as many columns as make them largest."""
        shown = self._shown()
        if not shown:
            return []
        size = self.images[shown[0]].size()
        aspect = size.height() / max(size.width(), 1)
        best = (1, 1, 1)
        for columns in range(1, len(shown) + 1):
            rows = math.ceil(len(shown) / columns)
            width = (self.width() - _GAP * (columns - 1)) / columns
            width = min(width, (self.height() - _GAP * (rows - 1)) / rows / aspect)
            if width > best[1]:
                best = (columns, int(width), max(1, int(width * aspect)))
        columns, across, down = best
        places = (divmod(i, columns) for i in range(len(shown)))
        return [
            (one, QRect(column * (across + _GAP), row * (down + _GAP), across, down))
            for one, (row, column) in zip(shown, places, strict=True)
        ]

    def pixel_at(self, point: QPointF) -> tuple[int, int, int] | None:
        """Return image, row and column at a point, None if there is none."""
        for i, rect in self._rects():
            if rect.contains(point.toPoint()):
                size = self.images[i].size()
                row = int((point.y() - rect.top()) / rect.height() * size.height())
                column = int((point.x() - rect.left()) / rect.width() * size.width())
                return i, min(row, size.height() - 1), min(column, size.width() - 1)
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the images in rows."""
        painter = QPainter(self)
        rects = self._rects()
        if not rects:
            painter.setPen(QColor(appearance().theme.dim))
            painter.setFont(fonts.sans(12))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("no elements"))
            return
        is_smaller = rects[0][1].width() < self.images[rects[0][0]].width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smaller)
        for i, rect in rects:
            painter.drawImage(rect, self.images[i])
            if self._special is not None:
                painter.drawImage(rect, self._over[i])
                mark_cells(painter, self._special[i], QRectF(rect))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show one image alone, or all again."""
        found = self.pixel_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and len(self.images) > 1:
            self.alone = None if self.alone is not None or found is None else found[0]
            self.update()

    def event(self, event: QEvent) -> bool:
        """Tell what the pixel below the mouse is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.pixel_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words(*found) if found is not None else "", self)
            return True
        return super().event(event)


class Pages(QWidget):
    """A sheet under a line that turns its pages, and whatever else chooses what is shown.

    Attributes
    ----------
    turned
        Called when another page is wanted.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet()
        self.page, self.count, self.per_page = 0, 0, 1
        self.turned: Callable[[], None] = lambda: None
        self.back, self.on = QToolButton(), QToolButton()
        self.where = QLabel()
        self.where.setFont(fonts.mono(11))
        self.where.setProperty("tone", "dim")
        self.line = QHBoxLayout()
        self.line.setSpacing(4)
        for button, picture, by in ((self.back, "chevron-left", -1), (self.on, "chevron-right", 1)):
            button.setIcon(icon(picture))
            button.setProperty("flat", True)
            button.setFixedSize(24, 24)
            button.clicked.connect(lambda _checked=False, by=by: self._turn(by))
        self.line.addWidget(self.back)
        self.line.addWidget(self.where)
        self.line.addWidget(self.on)
        self.line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.line)
        column.addWidget(self.sheet, 1)
        appearance().language_changed.connect(self.retranslate)
        self.retranslate()

    def lay_out(self, count: int, size: int) -> range:
        """Take note of how many images there are and how many go on a page; return those of the page in front."""
        self.count, self.per_page = count, size
        last = max(0, -(-count // size) - 1)
        self.page = min(self.page, last)
        for button, is_on in ((self.back, self.page > 0), (self.on, self.page < last)):
            button.setEnabled(is_on)
            button.setVisible(last > 0)
        self.where.setVisible(count > 1)
        found = range(self.page * size, min(count, (self.page + 1) * size))
        first, last_shown = number(found.start), number(found.stop - 1)
        self.where.setText(_("{first}–{last} of {count}").format(first=first, last=last_shown, count=number(count)))
        return found

    def _turn(self, by: int) -> None:
        self.page += by
        self.sheet.alone = None
        self.turned()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        for button, words in ((self.back, _("Earlier ones")), (self.on, _("Later ones"))):
            button.setAccessibleName(words)
            button.setToolTip(words)
        self.sheet.setAccessibleName(_("Images"))
        self.lay_out(self.count, self.per_page)
