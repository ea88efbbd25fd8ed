"""A chart with what belongs to it beside: the classes with their marks, words, and the example that is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.run.tasks.data import Seen, Task
from studio.tasks.examples import Examples
from studio.tasks.marks import colour_of, draw_marks, shape_of
from studio.tasks.words import class_name
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _

_ROW = 20
_WIDTH = 130


class Legend(QWidget):
    """The marks of the classes."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[tuple[int, str]] = []
        self.setFont(fonts.sans(12))
        appearance().theme_changed.connect(self.update)

    def show_classes(self, task: Task, numbers: Sequence[int]) -> None:
        """Show these classes."""
        names = [(number, class_name(task, number)) for number in numbers]
        if names != self._names:
            self._names = names
            self.setAccessibleName(", ".join(name for _number, name in names))
            self.updateGeometry()
            self.update()

    @property
    def _columns(self) -> int:
        return max(1, self.width() // _WIDTH)

    def sizeHint(self) -> QSize:
        """Return the room that all classes take."""
        return QSize(2 * _WIDTH, _ROW * min(8, -(-len(self._names) // 2)))

    def minimumSizeHint(self) -> QSize:
        """Return the least room."""
        return QSize(_WIDTH, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw each mark with its name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = appearance().theme
        for i, (number, name) in enumerate(self._names):
            row, column = divmod(i, self._columns)
            place = np.array([[column * _WIDTH + 8.0, row * _ROW + _ROW / 2]])
            draw_marks(painter, place, shape_of(number), colour_of(theme, number), colour_of(theme, number), 4.0)
            painter.setPen(theme.text)
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _WIDTH - 26)
            painter.drawText(int(place[0, 0]) + 12, int(place[0, 1]) + 4, text)


class Side(QWidget):
    """What stands beside a chart."""

    def __init__(self, chart: QWidget, name: str) -> None:
        super().__init__()
        self.legend = Legend()
        self.words = QLabel()
        self.words.setObjectName(f"{name}.words")
        self.words.setProperty("tone", "dim")
        self.words.setFont(fonts.sans(12))
        self.words.setWordWrap(True)
        self.heading = QLabel()
        self.heading.setFont(fonts.sans(12, 600))
        self.heading.setWordWrap(True)
        self.examples = Examples(f"{name}.example", is_narrow=True)
        self.above = QHBoxLayout()
        self.above.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(self.above)
        column.addWidget(self.words)
        column.addWidget(self.legend)
        column.addWidget(self.heading)
        column.addWidget(self.examples, 100)
        column.addStretch(1)
        right = QWidget()
        right.setLayout(column)
        column.setContentsMargins(8, 0, 0, 0)
        right.setFixedWidth(420)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(chart, 1)
        line.addWidget(right)

    def show_example(self, seen: Seen) -> None:
        """Show the example that is chosen, or say how one is."""
        picked = seen.picked
        self.examples.setVisible(picked is not None)
        if picked is not None:
            self.heading.setText("")
            self.examples.show_examples(seen.task, [picked])
        elif seen.wish.number is not None:
            self.heading.setText(_("This example is not among those that were taken last."))
        else:
            self.heading.setText(_("Click a point, or go there with the arrows and press Return, to see its example."))
        self.heading.setVisible(picked is None)
