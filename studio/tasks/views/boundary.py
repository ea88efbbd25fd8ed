"""The decision boundary: what is predicted where, in the plane of two inputs, and the examples over it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from engine.core.dtype import Array
from studio.run.tasks.data import Plane, Seen, Task
from studio.tasks.chart import Chart
from studio.tasks.marks import by_class, colour_of, draw_marks, shape_of
from studio.tasks.side import Side
from studio.tasks.views.view import TaskView
from studio.tasks.words import class_name
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _, number
from studio.ui.theme import Theme
from studio.ui.widgets.sheet import image_of

#: How strong the colour of a class is where it is certain, and where it is not.
_STRONG, _WEAK = 0.5, 0.1


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def ground_of(theme: Theme, plane: Plane) -> Array:
    """Return the colours of the plane, the first row at the top."""
    if plane.certainty is None:
        return np.asarray(ramp(theme)[places(plane.predicted[::-1], limit_of(plane.predicted) or 1.0)])
    ground = np.array(_rgb(QColor(theme.panel)), np.float64)
    classes = plane.predicted[::-1].astype(int)
    colours = np.array([_rgb(colour_of(theme, c)) for c in range(int(classes.max(initial=0)) + 1)], np.float64)
    strength = (_WEAK + (_STRONG - _WEAK) * plane.certainty[::-1])[..., np.newaxis]
    mixed = np.round(ground + (colours[classes] - ground) * strength).astype(np.uint32)
    return np.asarray(0xFF000000 | (mixed[..., 0] << 16) | (mixed[..., 1] << 8) | mixed[..., 2])


class PlaneChart(Chart):
    """The plane with the examples: those that are wrong are ringed."""

    across = N_("First input")
    up = N_("Second input")

    def __init__(self) -> None:
        super().__init__("tasks.plane")
        self.plane: Plane | None = None
        self._image = QImage()
        self._is_smooth = False

    def show_plane(self, plane: Plane, has_classes: bool) -> None:
        """Show another plane."""
        self.plane, self._is_smooth = plane, not has_classes
        self.show_range(plane.low[0], plane.high[0], plane.low[1], plane.high[1])
        self.show_points(plane.points.astype(np.float64))
        self.redraw()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw what is predicted, and the examples."""
        if self.plane is None:
            return
        theme, plane = appearance().theme, self.plane
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rows, columns = plane.predicted.shape
        across, down = area.width() / (columns - 1) / 2, area.height() / (rows - 1) / 2
        painter.drawImage(area.adjusted(-across, -down, across, down), image_of(ground_of(theme, plane)))
        self._draw_borders(painter, area)
        points = self.on_screen(self.points)
        edge = QColor(theme.panel)
        if plane.certainty is None:
            draw_marks(painter, points, "circle", QColor(theme.text), edge, 2.0)
            return
        for one, chosen in by_class(plane.truth):
            draw_marks(painter, points[chosen], shape_of(one), colour_of(theme, one), edge)
        painter.setPen(QPen(QColor(theme.text), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in points[plane.wrong].tolist():
            painter.drawEllipse(QPointF(x, y), 6, 6)

    def _draw_borders(self, painter: QPainter, area: QRectF) -> None:
        """Draw a line where one class ends and another begins."""
        if self.plane is None or self.plane.certainty is None:
            return
        rows, columns = self.plane.predicted.shape
        scale = np.array([area.width() / (columns - 1), -area.height() / (rows - 1)])
        segments = borders(self.plane.predicted, self.plane.certainty) * scale + [area.left(), area.bottom()]
        painter.setPen(QPen(QColor(appearance().theme.text), 1.4))
        painter.drawLines([QLineF(ax, ay, bx, by) for (ax, ay), (bx, by) in segments.tolist()])


def borders(classes: Array, certainty: Array) -> Array:
    """Return the lines between classes on a grid as segments (count, 2, 2) of column and row.

    Between two neighbours the line lies where what each is ahead by, if it shrank evenly, would be nothing.

    Examples
    --------
    >>> borders(np.array([[0, 1], [0, 1]]), np.array([[0.1, 0.3], [0.1, 0.1]])).tolist()
    [[[0.25, 0.0], [0.5, 1.0]]]
    """

    def share(a: Array, b: Array) -> Array:
        return np.where(a + b > 0, a / np.maximum(a + b, 1e-12), 0.5)

    across, up = classes[:, 1:] != classes[:, :-1], classes[1:] != classes[:-1]
    x_across = share(certainty[:, :-1], certainty[:, 1:])
    y_up = share(certainty[:-1], certainty[1:])
    found = []
    touched = across[:-1] | across[1:] | up[:, :-1] | up[:, 1:]
    for row, column in np.argwhere(touched).tolist():
        ends = []
        for y in (row, row + 1):
            if across[y, column]:
                ends.append((column + x_across[y, column], float(y)))
        for x in (column, column + 1):
            if up[row, x]:
                ends.append((float(x), row + y_up[row, x]))
        if len(ends) == 2:
            found.append(ends)
        else:  # three or four classes meet
            middle = tuple(np.mean(ends, axis=0).tolist())
            found += [[end, middle] for end in ends]
    return np.array(found, np.float64).reshape(-1, 2, 2)


class BoundaryView(TaskView):
    """What is predicted where."""

    facts = "plane"
    title = N_("Boundary")

    def __init__(self) -> None:
        super().__init__()
        self.chart = PlaneChart()
        self.widget = self.side = Side(self.chart, "tasks.plane")
        self.chart.picked.connect(self._pick)
        self.chart.pointed.connect(lambda _at: self._say())

    @staticmethod
    def accepts(task: Task) -> bool:
        """Return whether the inputs are two numbers."""
        return task.is_plane and task.kind not in ("labels", "reconstruction")

    def refresh(self, seen: Seen) -> None:
        """Show another plane."""
        assert isinstance(seen.facts, Plane)
        self.chart.show_plane(seen.facts, seen.task.has_scores)
        self.side.legend.setVisible(seen.task.has_scores)
        if seen.task.has_scores:
            self.side.legend.show_classes(seen.task, range(seen.task.classes))
        self.side.show_example(seen)
        self._say()

    def _pick(self, at: int) -> None:
        if self.chart.plane is not None:
            self.want(number=int(self.chart.plane.numbers[at]))

    def _say(self) -> None:
        seen, plane, at = self.seen, self.chart.plane, self.chart.at
        if seen is None or plane is None:
            return
        if at is not None:
            truth = float(plane.truth[at])
            name = class_name(seen.task, int(truth)) if seen.task.has_scores else number(truth)
            text = _("example {number} at ({x}, {y}): {name}").format(
                number=number(int(plane.numbers[at])),
                x=number(float(plane.points[at, 0])),
                y=number(float(plane.points[at, 1])),
                name=name,
            )
        elif seen.task.has_scores:
            text = _("The stronger the colour, the more certain. {wrong} of {count} examples are wrong: ringed.")
            text = text.format(wrong=number(int(plane.wrong.sum())), count=number(len(plane.points)))
        else:
            text = _("The colour is what is predicted, from {low} to {high}.")
            text = text.format(low=number(float(plane.predicted.min())), high=number(float(plane.predicted.max())))
        self.side.words.setText(text)

    @property
    def picture(self) -> Chart:
        """The chart alone."""
        return self.chart
