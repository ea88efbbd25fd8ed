"""The panel of the training curves: it takes the messages of a training and shows them, at most every 50 ms."""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QWidget

from studio.plots.series import Curve, Curves
from studio.run.messages import Ended, EpochEnd, Progress, Started, WentBack
from studio.ui.appearance import appearance
from studio.ui.i18n import N_
from studio.ui.widgets.labels import EmptyState

if TYPE_CHECKING:
    from studio.plots.cell import PlotCell

REDRAW_MS: Final = 50
#: Plots that are made before the first training asks for them: the loss and one metric.
SPARES: Final = 2

#: A plot with its title and its axes, and the margins around it: with less, the lower axis is out of sight.
_LEAST_HEIGHT: Final = 206


class Plots(QWidget):
    """A plot for the loss and one for each metric, side by side: those of the last training of one document.

    The curves of the others are kept, and go on, while they are not shown.

    Attributes
    ----------
    shown
        The number of the document whose curves are shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.shown = 0
        self._trainings: dict[int, Curves] = {}
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
        scroll.setMinimumHeight(_LEAST_HEIGHT)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("chart-line", N_("Train, and the curves appear here.")))
        self._stack.addWidget(scroll)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._redraw_some)
        self._spare: list[PlotCell] = []
        self._undrawn: list[PlotCell] = []
        self._import: threading.Thread | None = None
        self._stages = QTimer(self)
        self._stages.setSingleShot(True)
        self._stages.timeout.connect(self._next_stage)
        appearance().theme_changed.connect(self._dress)
        appearance().language_changed.connect(self._retranslate)

    def warm_up(self) -> None:
        """Get ready for the first training in the background, once the window is up.

        The plotting library takes half a second to import, which a thread can do, and a plot 30 ms to make, which
        must happen here: one at a time, so that nobody notices.
        """
        self._import = threading.Thread(target=importlib.import_module, args=("studio.plots.cell",), daemon=True)
        self._import.start()
        self._stages.start(0)

    @property
    def curves(self) -> dict[str, Curve]:
        """The values that are shown, by "loss" and the names of the metrics."""
        training = self._trainings.get(self.shown)
        return training.by_name if training is not None else {}

    def show_document(self, number: int) -> None:
        """Show the curves of another document, or none (0)."""
        if number != self.shown:
            self.shown = number
            self._rebuild()

    def begin(self, started: Started) -> None:
        """Make room for the curves of a training."""
        names = dict.fromkeys(("loss", *started.metrics))
        self._trainings[started.document] = Curves(names, started.epochs, started.steps_per_epoch)
        if started.document == self.shown:
            self._rebuild()

    def _rebuild(self) -> None:
        """Put the plots of the curves that are to be shown in place of those that are."""
        self._timer.stop()
        self._undrawn.clear()
        for cell in self.cells.values():
            self._row.removeWidget(cell)
            cell.hide()
            self._spare.append(cell)
        self.cells = {}
        self._stack.setCurrentIndex(1 if self.curves else 0)
        if self.curves:
            self._next_stage()

    def _next_stage(self) -> None:
        """Show the plot of one more curve, or make one in reserve, and come back until nothing is missing."""
        if not self.curves and self._import is not None and self._import.is_alive():
            self._stages.start(REDRAW_MS)
            return
        from studio.plots.cell import PlotCell  # here, since it imports pyqtgraph

        missing = [name for name in self.curves if name not in self.cells]
        if not self._spare or (not self.curves and len(self._spare) < SPARES):
            self._spare.append(PlotCell())
        if missing:
            cell = self._spare.pop()
            cell.show_curve(missing[0], self.curves[missing[0]], self._trainings[self.shown].epochs)
            cell.redraw()
            self.cells[missing[0]] = cell
            self._row.addWidget(cell, 1)
            cell.show()
        if len(missing) > 1 or (not self.curves and len(self._spare) < SPARES):
            self._stages.start(0)

    def extend(self, progress: Progress) -> None:
        """Take the values of some steps."""
        if (training := self._trainings.get(progress.document)) is not None:
            training.extend(progress.steps, progress.series)
            self._soon(progress.document)

    def epoch(self, end: EpochEnd) -> None:
        """Take the values of an epoch."""
        if (training := self._trainings.get(end.document)) is not None:
            training.end_epoch(end.epoch, end.logs)
            self._soon(end.document)

    def go_back(self, event: WentBack) -> None:
        """Forget what came behind the step at which the training goes on."""
        if (training := self._trainings.get(event.document)) is not None:
            for curve in training.by_name.values():
                curve.go_back(event.step, event.epoch)
            self._soon(event.document)

    def finish(self, ended: Ended) -> None:
        """Show everything that came."""
        if ended.document == self.shown:
            self._timer.stop()
            self.redraw()

    def clear(self, document: int) -> None:
        """Forget the curves of a document."""
        self._trainings.pop(document, None)
        if document == self.shown:
            self._rebuild()

    def redraw(self) -> None:
        """Draw what came since the last time."""
        for cell in self.cells.values():
            cell.redraw()

    def _soon(self, document: int) -> None:
        if document == self.shown and not self._timer.isActive():
            self._timer.start(REDRAW_MS)

    def _redraw_some(self) -> None:
        """Draw one plot at a time, so that no frame has to bear the painting of all."""
        if not self._undrawn:
            self._undrawn = list(self.cells.values())
        if self._undrawn:
            self._undrawn.pop().redraw()
        if self._undrawn:
            self._timer.start(REDRAW_MS // len(self.cells))

    def _dress(self) -> None:
        for cell in (*self.cells.values(), *self._spare):
            cell.dress(appearance().theme)

    def _retranslate(self) -> None:
        for cell in self.cells.values():
            cell.retranslate()
