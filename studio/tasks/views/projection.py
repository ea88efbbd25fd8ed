"""Vectors in the plane: the rows of an embedding, or what a node makes of the examples."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QComboBox

from studio.run.tasks.data import Projected, Seen, Task
from studio.tasks.chart import Chart
from studio.tasks.marks import by_class, colour_of, draw_marks, shape_of
from studio.tasks.side import Side
from studio.tasks.views.view import TaskView
from studio.tasks.words import class_name, share
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number


class CloudChart(Chart):
    """Points by two principal components, in the marks of their classes."""

    across = N_("First component")
    up = N_("Second component")

    def __init__(self) -> None:
        super().__init__("tasks.cloud")
        self.found: Projected | None = None

    def show_cloud(self, found: Projected) -> None:
        """Show other points."""
        self.found = found
        self.show_points(found.points.astype(np.float64))
        self.frame(self.points.min(axis=0), self.points.max(axis=0), 0.05)
        self.redraw()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the points."""
        if self.found is None:
            return
        theme, points = appearance().theme, self.on_screen(self.points)
        classes = self.found.classes
        for one, chosen in by_class(np.zeros(len(points), int) if classes is None else classes):
            draw_marks(painter, points[chosen], shape_of(one), colour_of(theme, one), QColor(theme.panel))


class ProjectionView(TaskView):
    """Vectors in the plane."""

    facts = "projection"
    title = N_("Projection")

    def __init__(self) -> None:
        super().__init__()
        self.chart = CloudChart()
        self.widget = self.side = Side(self.chart, "tasks.cloud")
        self.source = QComboBox()
        self.source.setObjectName("tasks.cloud.source")
        self.source.activated.connect(lambda _at: self.want(place=self.source.currentData(), number=None))
        self.side.above.addWidget(self.source, 1)
        self.chart.picked.connect(self._pick)
        self.chart.pointed.connect(lambda _at: self._say())

    @staticmethod
    def accepts(task: Task) -> bool:
        """Return whether the network computes something on its way."""
        return bool(task.embeddings or task.outputs)

    def refresh(self, seen: Seen) -> None:
        """Show another projection."""
        assert isinstance(seen.facts, Projected)
        facts = seen.facts
        self._fill(seen.task, facts.source)
        self.chart.show_cloud(facts)
        self.side.legend.setVisible(facts.classes is not None)
        if facts.classes is not None:
            self.side.legend.show_classes(seen.task, [int(n) for n in np.unique(facts.classes)])
        self.side.show_example(seen)
        if facts.is_rows:
            self.side.heading.hide()
        self._say()

    def _fill(self, task: Task, current: str) -> None:
        """Offer the rows of embeddings, and the outputs of nodes."""
        names = [(_("Rows of {node}").format(node=self.name_of(name)), name) for name in task.embeddings]
        names += [
            (_("Output of {node}").format(node=self.name_of(ref.node)), f"{ref.node}.{ref.port}")
            for ref in task.outputs
        ]
        if [self.source.itemText(i) for i in range(self.source.count())] != [text for text, _name in names]:
            self.source.clear()
            for text, name in names:
                self.source.addItem(text, name)
        self.source.setCurrentIndex(self.source.findData(current))

    def _pick(self, at: int) -> None:
        facts = self.chart.found
        if facts is not None and not facts.is_rows:
            self.want(number=int(facts.numbers[at]))

    def _say(self) -> None:
        seen, facts, at = self.seen, self.chart.found, self.chart.at
        if seen is None or facts is None:
            return
        if at is not None:
            text = _("row {number}") if facts.is_rows else _("example {number}")
            text = text.format(number=number(int(facts.numbers[at])))
            if facts.classes is not None:
                text += f": {class_name(seen.task, int(facts.classes[at]))}"
        else:
            text = _("{count} of {total} vectors on two principal components: {first} and {second} of the variance")
            text = text.format(
                count=number(len(facts.points)),
                total=number(facts.total),
                first=share(facts.shares[0]),
                second=share(facts.shares[1]),
            )
        self.side.words.setText(text)

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.source.setAccessibleName(_("What is projected"))
        super().retranslate()

    @property
    def picture(self) -> Chart:
        """The chart alone."""
        return self.chart
