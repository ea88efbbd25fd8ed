"""Charts side by side, as many in a row as there is room for, below what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from studio.layers.chart import Chart
from studio.layers.notes import Notes

#: Width from which on a chart has a neighbour, and most charts side by side.
_WIDE: Final = 262
_MOST: Final = 4


class ChartGrid(QScrollArea):
    """Shows some of the charts.

    Parameters
    ----------
    charts
        All of them by name.
    notes
        What is said above them.

    Attributes
    ----------
    content
        The widget that they are on.
    """

    def __init__(self, charts: Mapping[str, Chart], notes: Notes) -> None:
        super().__init__()
        self._charts = charts
        self._names: tuple[str, ...] = ()
        self.content = QWidget()
        self.content.setProperty("surface", "panel")
        self.content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout()
        self._grid.setSpacing(10)
        inner = QVBoxLayout(self.content)
        inner.setContentsMargins(10, 2, 8, 8)
        inner.setSpacing(6)
        inner.addWidget(notes)
        inner.addLayout(self._grid, 1)
        for chart in charts.values():
            chart.setParent(self.content)
            chart.hide()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self.content)
        self.viewport().installEventFilter(self)

    def show_charts(self, names: Sequence[str]) -> None:
        """Show these and no others, from the first one on."""
        self._names = tuple(names)
        self._arrange()
        self.verticalScrollBar().setValue(0)

    def _arrange(self) -> None:
        names = self._names
        columns = min(max(1, self.viewport().width() // _WIDE), _MOST, max(len(names), 1))
        if columns < len(names) < 2 * columns:  # even rows look calmer
            columns = -(-len(names) // 2)
        for name, chart in self._charts.items():
            self._grid.removeWidget(chart)
            if name not in names:
                chart.hide()
        for i, name in enumerate(names):
            self._grid.addWidget(self._charts[name], i // columns, i % columns)
            self._charts[name].show()
        for column in range(_MOST):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Put the charts otherwise where there is another width."""
        if event.type() == QEvent.Type.Resize and self._names:
            self._arrange()
        return False
