"""Reconstructions: what was given, what came back, and the difference."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.run.tasks.data import PAIRS, Pairs, Seen, Task
from studio.tasks.paging import Paging
from studio.tasks.views.view import TaskView
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.sheet import image_of

_ROWS = (N_("given"), N_("returned"), N_("difference"))
_LEFT = 84
_HEAD = 20


class PairSheet(QWidget):
    """A column for each example: what was given above what came back above the difference."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tasks.pairs")
        self.setMinimumSize(240, 160)
        self.found: Pairs | None = None
        self.limit = 1.0
        self._images: list[tuple[QImage, QImage, QImage]] = []
        appearance().theme_changed.connect(self._tint)

    def sizeHint(self) -> QSize:
        """Return a size that reads well."""
        return QSize(800, 300)

    def show_pairs(self, found: Pairs) -> None:
        """Show other examples."""
        self.found = found
        self.limit = max((limit_of(pair.difference) for pair in found.pairs), default=0.0) or 1.0
        self._tint()

    def _tint(self) -> None:
        colours = ramp(appearance().theme)
        self._images = [
            (
                image_of(pair.given),
                image_of(pair.returned),
                image_of(colours[places(pair.difference[..., 0], self.limit)]),
            )
            for pair in (self.found.pairs if self.found is not None else ())
        ]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pictures, their names and losses."""
        if self.found is None:
            return
        painter = QPainter(self)
        theme = appearance().theme
        painter.fillRect(self.rect(), QColor(theme.panel))
        columns = max(1, len(self.found.pairs))
        width, height = (self.width() - _LEFT) / columns, (self.height() - 2 * _HEAD) / 3
        painter.setFont(fonts.sans(11))
        painter.setPen(QColor(theme.dim))
        for row, name in enumerate(_ROWS):
            beside = QRectF(0, _HEAD + row * height, _LEFT - 8, height)
            painter.drawText(beside, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), _(name))
        painter.setFont(fonts.mono(11))
        for column, (pair, images) in enumerate(zip(self.found.pairs, self._images, strict=True)):
            left = _LEFT + column * width
            painter.drawText(QRectF(left, 0, width, _HEAD), Qt.AlignmentFlag.AlignCenter, f"#{number(pair.number)}")
            for row, image in enumerate(images):
                room = QRectF(left + 3, _HEAD + row * height + 2, width - 6, height - 4)
                size = image.size().scaled(room.size().toSize(), _keeping(self.found.is_images))
                rect = QRectF(0, 0, size.width(), size.height())
                rect.moveCenter(room.center())
                painter.drawImage(rect, image)
            below = QRectF(left, _HEAD + 3 * height, width, _HEAD)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, number(pair.loss))


def _keeping(is_images: bool) -> Qt.AspectRatioMode:
    return Qt.AspectRatioMode.KeepAspectRatio if is_images else Qt.AspectRatioMode.IgnoreAspectRatio


class PairsView(TaskView):
    """What was given, and what came back."""

    facts = "pairs"
    title = N_("Reconstruction")

    def __init__(self) -> None:
        super().__init__()
        self.widget = QWidget()
        self.paging = Paging("tasks.pairs")
        self.paging.turned.connect(self._turn)
        self.sheet = PairSheet()
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.paging)
        column.addWidget(self.sheet, 1)

    @staticmethod
    def accepts(task: Task) -> bool:
        """Return whether the inputs are to come back."""
        return task.kind == "reconstruction"

    def refresh(self, seen: Seen) -> None:
        """Show other examples."""
        assert isinstance(seen.facts, Pairs)
        found = seen.facts
        self.sheet.show_pairs(found)
        last = found.first + len(found.pairs)
        losses = np.array([pair.loss for pair in found.pairs])
        text = _("Examples {first} to {last} of {count} · differences up to {limit} · mean loss {loss}")
        words = text.format(
            first=number(found.first + 1),
            last=number(last),
            count=number(found.count),
            limit=number(self.sheet.limit),
            loss=number(float(losses.mean()) if len(losses) else 0.0),
        )
        self.paging.show_place(words, found.first > 0, last < found.count)
        self.sheet.setAccessibleName(words)

    def _turn(self, by: int) -> None:
        if self.sheet.found is not None:
            self.want(example=self.sheet.found.first + by * PAIRS)

    @property
    def picture(self) -> QWidget:
        """The pictures alone."""
        return self.sheet
