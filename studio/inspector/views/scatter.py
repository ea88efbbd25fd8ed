"""The entries of the first axis as points: two features, or the two principal components."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import QLabel, QToolTip, QVBoxLayout, QWidget

from engine.core.dtype import Array
from studio.inspector.background import Token
from studio.inspector.plot import Plot
from studio.inspector.views.view import Computed
from studio.run.messages import TensorInfo
from studio.run.projection import Projection, project
from studio.run.summary import share
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, ngettext, number

_REACH = 8.0


class Points(Plot):
    """Points in the plane; the mouse tells which entry one is."""

    nothing = N_("There are no two entries with finite values.")

    def __init__(self) -> None:
        super().__init__()
        self.found: Projection | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.found is None

    @property
    def _ends(self) -> tuple[Array, Array]:
        assert self.found is not None
        return self.found.points.min(axis=0), self.found.points.max(axis=0)

    @property
    def horizontal(self) -> tuple[float, float] | None:
        """The range of the first component."""
        if self.found is None:
            return None
        low, high = self._ends
        return float(low[0]), float(high[0])

    @property
    def vertical(self) -> tuple[float, float] | None:
        """The range of the second component."""
        if self.found is None:
            return None
        low, high = self._ends
        return float(low[1]), float(high[1])

    def _on_screen(self) -> Array:
        assert self.found is not None
        low, high = self._ends
        shares = np.stack([share(self.found.points[:, i], float(low[i]), float(high[i])) for i in range(2)], axis=1)
        area = self.area.adjusted(4, 4, -4, -4)
        return np.stack(
            [area.left() + shares[:, 0] * area.width(), area.bottom() - shares[:, 1] * area.height()], axis=1
        )

    def paint_plot(self, painter: QPainter, area: QRectF) -> None:
        """Draw the points."""
        colour = QColor(appearance().theme.accent)
        colour.setAlphaF(0.65)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for x, y in self._on_screen().tolist():
            painter.drawEllipse(QPointF(x, y), 2.5, 2.5)

    def entry_at(self, point: QPointF) -> int | None:
        """Return which entry of the first axis a point is, None if there is none near."""
        if self.found is None:
            return None
        distances = np.hypot(*(self._on_screen() - [point.x(), point.y()]).T)
        nearest = int(distances.argmin())
        return int(self.found.places[nearest]) if distances[nearest] <= _REACH else None

    def words(self, entry: int) -> str:
        """Return what is known of an entry: its index, and where it lies."""
        assert self.found is not None
        first, second = self.found.points[int(np.flatnonzero(self.found.places == entry)[0])]
        return f"[{entry}]  ({number(float(first))}; {number(float(second))})"

    def event(self, event: QEvent) -> bool:
        """Tell which entry lies below the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            entry = self.entry_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if entry is None else self.words(entry), self)
            return True
        return super().event(event)


class ScatterView(Computed):
    """A point for each entry of the first axis."""

    title = N_("Scatter")
    icon = "chart-scatter"

    def __init__(self) -> None:
        super().__init__()
        self.widget = QWidget()
        self.points = Points()
        self.caption = QLabel()
        self.caption.setFont(fonts.sans(11))
        self.caption.setProperty("tone", "dim")
        self.caption.setWordWrap(True)
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.caption)
        column.addWidget(self.points, 1)

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether there are several entries of several features."""
        return Computed.accepts(info) and len(info.shape) > 1 and info.shape[0] > 1 and 0 not in info.shape

    def compute(self, info: TensorInfo, values: Array, token: Token) -> Projection | None:
        """Find the principal components."""
        return project(values)

    def present(self, found: Projection | None) -> None:
        """Draw the points."""
        self.points.found = found
        self.points.update()
        self.retranslate()

    def retranslate(self) -> None:
        """Say how much of the variance is seen."""
        found = self.points.found
        self.caption.setVisible(found is not None)
        if found is not None:
            count, first, second = number(len(found.points)), *(number(100 * share, 1) for share in found.shares)
            words = _("{count} entries of axis 0 on two principal components: {first} % and {second} % of the variance")
            notes = [words.format(count=count, first=first, second=second) + "."]
            if found.step > 1:
                notes.append(_("One entry of {n} is taken.").format(n=number(found.step)))
            if found.feature_step > 1:
                notes.append(_("One feature of {n} is taken.").format(n=number(found.feature_step)))
            if found.left_out:
                words = ngettext(
                    "{n} entry with values that are not finite is left out.",
                    "{n} entries with values that are not finite are left out.",
                    found.left_out,
                )
                notes.append(words.format(n=number(found.left_out)))
            self.caption.setText(" ".join(notes))
