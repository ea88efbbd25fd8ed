"""The panel of the training curves: it takes the messages of a training and shows them, at most every 100 ms."""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from studio.plots.bar import Bar
from studio.plots.names import GRADIENT_NORM, SAMPLED
from studio.plots.series import Curve, Curves
from studio.run.messages import QUEUE, Ended, EpochEnd, Progress, Started, WentBack
from studio.ui.appearance import appearance
from studio.ui.i18n import N_
from studio.ui.settings import settings
from studio.ui.widgets.labels import EmptyState

if TYPE_CHECKING:
    from studio.plots.cell import PlotCell

#: Milliseconds from what comes to the first plot that shows it, and again until all plots do. Five times a second look
#: alive; ten times take 10 % of a processor, which on a small machine the training has to do without.
REDRAW_MS: Final = 100
#: Plots that are made before the first training asks for them: the loss, one metric, and what is always measured.
SPARES: Final = 2 + len(SAMPLED)
_HIDDEN: Final = "plots/hidden"

#: A plot with its title and its axes, and the margins around it: with less, the lower axis is out of sight.
_LEAST_HEIGHT: Final = 206


class Plots(QWidget):
    """A plot for the loss and for each metric, and what else is measured: those of the last training of one document.

    The curves of the others are kept, and go on, while they are not shown. Those of the queue's trainings, which are of
    no document that is open, take their place as long as the user wants it.

    Signals
    -------
    observed
        Of the trainings of this document (its number), these things are to be measured beside the losses.
    changed
        Other plots are shown than before.

    Attributes
    ----------
    shown
        The number of the document whose curves are shown, or `QUEUE`.
    cells
        The plots that are shown, by the names of their curves.
    content
        The widget that they are all on.
    """

    observed = Signal(int, tuple)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.shown = self._document = 0
        self._trainings: dict[int, Curves] = {}
        self.cells: dict[str, PlotCell] = {}
        self._row = QHBoxLayout()
        self._row.setContentsMargins(12, 8, 12, 8)
        self._row.setSpacing(24)
        self.content = content = QWidget()
        content.setProperty("surface", "panel")
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        content.setLayout(self._row)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.setMinimumHeight(_LEAST_HEIGHT)
        self._stack = QStackedLayout()
        self._stack.addWidget(EmptyState("chart-line", N_("Train, and the curves appear here.")))
        self._hidden: set[str] = set(filter(None, str(settings().value(_HIDDEN) or "").split()))
        self.bar = Bar()
        self.bar.smoothed.connect(self._redraw_all)
        self.bar.log_x.connect(self._set_log_x)
        self.bar.toggled.connect(self._toggle)
        self.bar.queue_wanted.connect(lambda _on: self._turn())
        self._stack.addWidget(scroll)
        self.bar.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(self._stack, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._redraw_some)
        self._spare: list[PlotCell] = []
        self._undrawn: list[PlotCell] = []
        self._unseen: list[PlotCell] = []
        """Plots that have their places, but are not painted before all have: each that comes moves the others."""
        self._logarithmic: set[str] = set()
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

    @property
    def _shown_names(self) -> list[str]:
        return [name for name in self.curves if name not in self._hidden]

    @property
    def is_complete(self) -> bool:
        """Whether each curve that is to be shown has its plot, and that is in sight."""
        return len(self.cells) == len(self._shown_names) and not self._unseen

    def show_document(self, number: int) -> None:
        """Show the curves of another document, or none (0)."""
        self._document = number
        self._turn()

    def follow_queue(self, on: bool) -> None:
        """Show the curves of the queue's trainings in place of those of the document, or no longer."""
        if on:
            self.bar.queue.show()
        self.bar.queue.setChecked(on)
        self._observe()  # what was observed of an earlier turn of the queue is forgotten

    def _turn(self) -> None:
        number = QUEUE if self.bar.queue.isChecked() else self._document
        if number != self.shown:
            if self.shown == QUEUE:  # of another document, the engine knows that it is not shown
                self.observed.emit(QUEUE, ())
            self.shown = number
            self._rebuild()
            self._observe()

    def begin(self, started: Started) -> None:
        """Make room for the curves of a training."""
        if started.document == self._document:
            self.follow_queue(False)
        names = dict.fromkeys(("loss", *started.metrics))
        sampled = {name: is_smoothed for name, (_title, is_smoothed) in SAMPLED.items()}
        self._trainings[started.document] = Curves(names, started.epochs, started.steps_per_epoch, sampled)
        if started.document == self.shown:
            self._rebuild()

    def _rebuild(self) -> None:
        """Put the plots of the curves that are to be shown in place of those that are."""
        self._timer.stop()
        self._undrawn.clear()
        self._unseen.clear()
        for cell in self.cells.values():
            self._row.removeWidget(cell)
            cell.hide()
            self._spare.append(cell)
        self.cells = {}
        self._stack.setCurrentIndex(1 if self.curves else 0)
        self.bar.setVisible(bool(self.curves) or QUEUE in self._trainings)  # from there one comes back to the queue
        self.bar.show_names(self.curves, self._hidden)
        if self._shown_names:
            self._next_stage()
        self.changed.emit()

    def _next_stage(self) -> None:
        """Make room for the plot of one more curve, show one, or make one in reserve, until nothing is missing."""
        if not self.curves and self._import is not None and self._import.is_alive():
            self._stages.start(REDRAW_MS)
            return
        from studio.plots.cell import PlotCell  # here, since it imports pyqtgraph

        missing = [name for name in self._shown_names if name not in self.cells]
        if (missing and not self._spare) or (not self.curves and len(self._spare) < SPARES):
            cell = PlotCell(self.content)  # which without a parent would outlive the window
            cell.hide()
            cell.pointed.connect(self._point)
            cell.log_wanted.connect(self._note_log)
            self._spare.append(cell)
        if missing:
            cell = self._spare.pop()
            cell.chart.set_log_x(self.bar.log.isChecked())
            epochs, log = self._trainings[self.shown].epochs, missing[0] in self._logarithmic
            cell.show_curve(missing[0], self.curves[missing[0]], epochs, log)
            self._draw(cell)
            self.cells[missing[0]] = cell
            self._row.addWidget(cell, 2 if missing[0] in SAMPLED else 3)
            cell.setUpdatesEnabled(False)
            cell.show()
            self._unseen.append(cell)
            self.changed.emit()
        elif self._unseen:
            self._unseen.pop(0).setUpdatesEnabled(True)
        if missing or self._unseen or (not self.curves and len(self._spare) < SPARES):
            self._stages.start(0)

    def extend(self, progress: Progress) -> None:
        """Take the values of some steps."""
        if (training := self._trainings.get(progress.document)) is not None:
            training.extend(progress.steps, progress.series)
            last = progress.steps[-1:]
            training.extend(last, {f":{name}": np.array([value]) for name, value in progress.sampled.items()})
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
        """Show everything that came, over the epochs that were trained."""
        if (training := self._trainings.get(ended.document)) is not None and (done := training.epochs_done):
            training.epochs = done
            if ended.document == self.shown:
                for cell in self.cells.values():
                    cell.chart.end_at(done)
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
            self._draw(cell)

    def _draw(self, cell: PlotCell) -> None:
        """Draw a plot, as smooth as is wanted by now: that takes its time, so each is smoothed when its turn comes."""
        cell.chart.curve.smooth(self.bar.factor)
        cell.redraw()

    def _set_log_x(self, log: bool) -> None:
        for cell in self.cells.values():
            cell.chart.set_log_x(log)

    def _toggle(self, name: str, on: bool) -> None:
        """Show a curve or hide it, now and in the trainings to come."""
        (self._hidden.discard if on else self._hidden.add)(name)
        settings().setValue(_HIDDEN, " ".join(sorted(self._hidden)))
        self._rebuild()
        self._observe()

    def _note_log(self, name: str, on: bool) -> None:
        """Remember the axis of a curve for the trainings to come."""
        (self._logarithmic.add if on else self._logarithmic.discard)(name)

    def _point(self, epoch: float | None) -> None:
        """Set the cross of all plots at one epoch."""
        self.bar.say_epoch(epoch)
        for cell in self.cells.values():
            cell.read(epoch)

    def showEvent(self, event: QShowEvent) -> None:
        """Observe what is shown, and draw what came while it was not."""
        super().showEvent(event)
        self._observe()
        self._soon(self.shown)

    def hideEvent(self, event: QHideEvent) -> None:
        """Observe nothing any more, and draw nothing."""
        super().hideEvent(event)
        self._timer.stop()
        self._observe()

    def _observe(self) -> None:
        if self.shown:
            wanted = {"curves": True, "gradient_norm": GRADIENT_NORM not in self._hidden}
            self.observed.emit(self.shown, tuple(what for what in wanted if wanted[what] and self.isVisible()))

    def _redraw_all(self, *_wish: object) -> None:
        """Draw all plots soon, also if nothing came."""
        if self.shown in self._trainings:
            self._soon(self.shown)

    def _soon(self, document: int) -> None:
        if document == self.shown and self.isVisible() and not self._timer.isActive():
            self._timer.start(REDRAW_MS)

    def _redraw_some(self) -> None:
        """Draw one plot at a time, so that no frame has to bear the painting of all."""
        if not self._undrawn:
            self._undrawn = list(self.cells.values())
        if self._undrawn:
            self._draw(self._undrawn.pop())
        if self._undrawn:
            self._timer.start(REDRAW_MS // len(self.cells))

    def _dress(self) -> None:
        for cell in (*self.cells.values(), *self._spare):
            cell.dress(appearance().theme)

    def _retranslate(self) -> None:
        for cell in self.cells.values():
            cell.retranslate()
