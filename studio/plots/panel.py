"""The panel of the training curves: it takes the messages of a training and shows them, at most every 50 ms."""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QWidget

from studio.plots.series import Curve
from studio.run.messages import Ended, EpochEnd, Progress, Started
from studio.ui.appearance import appearance
from studio.ui.i18n import N_
from studio.ui.widgets.labels import EmptyState

if TYPE_CHECKING:
    from studio.plots.cell import PlotCell

REDRAW_MS: Final = 50


class Plots(QWidget):
    """A plot for the loss and one for each metric, side by side.

    Attributes
    ----------
    curves
        The values, by "loss" and the names of the metrics.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.curves: dict[str, Curve] = {}
        self.cells: dict[str, PlotCell] = {}
        self._row = QHBoxLayout()
        self._row.setContentsMargins(12, 8, 12, 8)
        self._row.setSpacing(24)
        content = QWidget()
        content.setLayout(self._row)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("chart-line", N_("Train, and the curves appear here.")))
        self._stack.addWidget(scroll)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self.redraw)
        appearance().theme_changed.connect(self._dress)
        appearance().language_changed.connect(self._retranslate)

    @staticmethod
    def warm_up() -> None:
        """Import the plotting library in the background, once the window is up: it takes half a second."""
        threading.Thread(target=importlib.import_module, args=("pyqtgraph",), daemon=True).start()

    def begin(self, started: Started) -> None:
        """Make room for the curves of a training."""
        from studio.plots.cell import PlotCell  # here, since it imports pyqtgraph

        self.clear()
        for name in dict.fromkeys(("loss", *started.metrics)):
            self.curves[name] = Curve(started.steps_per_epoch)
            self.cells[name] = PlotCell(name, self.curves[name], started.epochs)
            self._row.addWidget(self.cells[name], 1)
        self._stack.setCurrentIndex(1)

    def extend(self, progress: Progress) -> None:
        """Take the values of some steps."""
        for name, values in progress.series.items():
            if name in self.curves:
                self.curves[name].extend(progress.steps, values)
        self._soon()

    def epoch(self, end: EpochEnd) -> None:
        """Take the values of an epoch."""
        for name, curve in self.curves.items():
            curve.end_epoch(end.epoch, end.logs.get(name), end.logs.get(f"val_{name}"))
        self._soon()

    def finish(self, ended: Ended) -> None:
        """Show everything that came."""
        self._timer.stop()
        self.redraw()

    def clear(self) -> None:
        """Forget the curves."""
        self._timer.stop()
        for cell in self.cells.values():
            self._row.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self.curves, self.cells = {}, {}
        self._stack.setCurrentIndex(0)

    def redraw(self) -> None:
        """Draw what came since the last time."""
        for cell in self.cells.values():
            cell.redraw()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _dress(self) -> None:
        for cell in self.cells.values():
            cell.dress(appearance().theme)

    def _retranslate(self) -> None:
        for cell in self.cells.values():
            cell.retranslate()
