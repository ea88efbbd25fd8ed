"""The panel of layers: a list of them, and the charts of the one that is chosen, or of all side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.layers.charts import make_charts, names_for, translate
from studio.layers.depth import DepthChart
from studio.layers.grid import ChartGrid
from studio.layers.model import LayersModel
from studio.layers.notes import Notes
from studio.layers.remarks import remarks, sampling_text
from studio.layers.rows import Row
from studio.layers.spreads import SpreadChart
from studio.layers.subject import Curves, Subject
from studio.layers.table import LayersTable
from studio.layers.turns import Turns
from studio.run.health.messages import HealthWarned
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, number
from studio.ui.widgets.labels import EmptyState

#: Width of the list at first.
_LIST: Final = 490
#: Share of the panel that it takes where that is less.
_SHARE: Final = 0.42


class Layers(QWidget):
    """What goes on in the layers of a training.

    Signals
    -------
    chosen
        A layer was chosen in the list: carries its node.
    seen
        The panel is shown, or not any more.
    left
        The user wants to see the last training of the document again, and not the earlier run that is shown.
    changed
        Something else is shown than before.

    Parameters
    ----------
    name_of
        Gives what a node is called.

    Attributes
    ----------
    subject
        The training that is shown, None if there is none.
    row
        What is chosen of it.
    charts
        All of them by name, also those that are not shown.
    """

    chosen = Signal(str)
    seen = Signal(bool)
    left = Signal()
    changed = Signal()

    def __init__(self, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layers")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.subject: Subject | None = None
        self.row = Row()
        self.turns = Turns(self)
        self.model = LayersModel(name_of)
        self.table = LayersTable(self.model)
        self.table.picked.connect(self._on_picked)
        self.charts = make_charts(self.turns, lambda: (self._subject, self.row), self.model.name)
        for chart in self.charts.values():
            if isinstance(chart, DepthChart):
                chart.picked.connect(self._pick_kernel)
            else:
                chart.pointed.connect(self._point)
        self._build()
        self.show_subject(None)
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)

    def _build(self) -> None:
        self._run = QLabel()
        self._run.setWordWrap(True)
        self._back = QPushButton()
        self._back.setObjectName("layers.back")
        self._back.setProperty("compact", True)
        self._back.clicked.connect(self.left)
        self._sampling = QLabel()
        self._sampling.setObjectName("layers.sampling")
        self._sampling.setProperty("tone", "dim")
        self._sampling.setFont(fonts.sans(11))
        self._sampling.setWordWrap(True)
        earlier = QHBoxLayout()
        earlier.setContentsMargins(10, 6, 6, 0)
        earlier.addWidget(self._run, 1)
        earlier.addWidget(self._back)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(earlier)
        column.addWidget(self.table, 1)
        said = QVBoxLayout()
        said.setContentsMargins(10, 4, 10, 6)
        said.addWidget(self._sampling)
        column.addLayout(said)
        listing.setMinimumWidth(220)
        self._title = QLabel()
        self._title.setObjectName("layers.title")
        self._title.setFont(fonts.sans(13, 600))
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QHBoxLayout()
        self._bar.setContentsMargins(12, 6, 12, 2)
        self._bar.setSpacing(8)
        self._bar.addWidget(self._title, 1)
        self.notes = Notes()
        self._grid = ChartGrid(self.charts, self.notes)
        page = QWidget()
        right = QVBoxLayout(page)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(self._bar)
        right.addWidget(self._grid, 1)
        page.setMinimumWidth(240)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(listing)
        split.addWidget(page)
        split.setStretchFactor(1, 1)
        split.splitterMoved.connect(lambda *_place: setattr(self, "_is_moved", True))
        self._split, self._is_moved = split, False
        self._stack = QStackedLayout(self)
        self._empty = EmptyState("layers", N_("Train, and what goes on in each layer appears here."))
        self._stack.addWidget(self._empty)
        self._stack.addWidget(split)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end of the row above the charts."""
        self._bar.addWidget(widget)

    # --------------------------------------------------------------------------------------------------------- showing

    @property
    def _subject(self) -> Subject:
        assert self.subject is not None
        return self.subject

    @property
    def content(self) -> QWidget:
        """The widget that the charts are on."""
        return self._grid.content

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the charts that are shown."""
        return names_for(self.subject, self.row)

    def show_subject(self, subject: Subject | None) -> None:
        """Show a training, or none; of the same layers as before the same one stays chosen."""
        self.subject = subject
        is_other = self.model.show(
            subject.history if subject is not None else None, subject.warnings if subject is not None else ()
        )
        self.model.name_all()
        self._stack.setCurrentIndex(1 if subject is not None else 0)
        if subject is not None and (is_other or not self.table.currentIndex().isValid()):
            self._choose(next((row for row in self.model.rows if row.key == self.row.key), Row()))
        self._draw()
        self.changed.emit()

    def refresh(self) -> None:
        """Show what is known by now."""
        self.turns.ask((self._refresh_table,))
        self._draw()

    def _draw(self) -> None:
        """Say what there is to say, and let the charts be drawn."""
        subject = self.subject
        if subject is None:
            return
        self._sampling.setText(sampling_text(subject.history))
        self._run.setText(_("Run {name}").format(name=subject.run))
        for widget in (self._run, self._back):
            widget.setVisible(bool(subject.run))
        self._say()
        for name in self.shown:
            self.charts[name].ask()

    def _refresh_table(self) -> None:
        if self.subject is not None:
            self.model.show(self.subject.history, self.subject.warnings)

    def choose_node(self, node: str) -> None:
        """Choose a layer by its node, if it is one of them and not chosen already."""
        if node != self.row.node:
            row = next((row for row in self.model.rows if node and row.node == node), None)
            if row is not None:
                self._choose(row)

    def choose_row(self, key: tuple[str, str]) -> None:
        """Choose a weight by node and name; ("", "") are all layers."""
        row = next((row for row in self.model.rows if row.key == key), None)
        if row is not None:
            self._choose(row)

    def _choose(self, row: Row) -> None:
        if row in self.model.rows:
            self.table.pick(self.model.rows.index(row))
        self._show_row(row)

    def _on_picked(self, row: Row) -> None:
        self._show_row(row)
        if row.node:
            self.chosen.emit(row.node)

    def _show_row(self, row: Row) -> None:
        self.row = row
        self._grid.show_charts(self.shown)
        self._retitle()
        self._say()
        self._point(None)
        for name in self.shown:
            self.charts[name].ask()
        self.changed.emit()

    def _pick_kernel(self, place: int) -> None:
        row = self._subject.kernels[place]
        self.choose_row(row.key)
        self.chosen.emit(row.node)

    def set_ridges(self, ridges: bool) -> None:
        """Draw spreads as ridges, or as maps."""
        for chart in self.charts.values():
            if isinstance(chart, SpreadChart):
                chart.ridges = ridges
                chart.ask()

    def curves(self) -> Callable[[], Curves]:
        """Return what gives the figures of what is chosen as they are now; a thread may call it."""
        subject, row = self._subject.copy(), self.row
        return lambda: subject.curves(row)

    # ----------------------------------------------------------------------------------------------------------- words

    def _say(self) -> None:
        subject, row = self.subject, self.row
        if subject is None:
            return
        found = subject.warnings if row.layer is None else [w for w in subject.warnings if w.error.node == row.node]
        notes = [("triangle-alert", "warn", self._warning(warning)) for warning in found]
        self.notes.say([*notes, *(("info", "dim", text) for text in remarks(subject, row))])

    def _warning(self, warning: HealthWarned) -> str:
        """Return what a warning says, since when, and, among those of all layers, of which."""
        node = warning.error.node
        where = f"{self.model.name(node)} · " if self.row.layer is None and node else ""
        when = _("step {step}").format(step=number(warning.step))
        return f"{where}{when} · {describe(warning.error)}"

    def _retitle(self) -> None:
        row = self.row
        parts = [self.model.title(row)]
        if row.layer is not None:
            parts.append(row.layer.kind)
            parts += [shape] if (shape := self.model.shape_said(row)) else []
            if row.activation is not None and len(row.layer.activations) == 1:
                parts.append(row.activation.op)
        self._title.setText("  ·  ".join(parts))
        self._title.setToolTip(self._title.text())

    def _retranslate(self) -> None:
        translate(self.charts)
        self._back.setText(_("Back to the last training"))
        self.table.setAccessibleName(_("Layers"))
        self.model.name_all()
        self._retitle()
        self.refresh()

    # ---------------------------------------------------------------------------------------------------------- layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room between list and charts, until the user does."""
        super().resizeEvent(event)
        if not self._is_moved:
            width = min(_LIST, int(_SHARE * self.width()))
            self._split.setSizes([width, self.width() - width])

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which something of it can be seen."""
        return QSize(400, 160)

    def _point(self, step: float | None) -> None:
        """Set the cross of all charts at one step."""
        for name in self.shown:
            if not isinstance(self.charts[name], DepthChart):
                self.charts[name].read(step)

    def showEvent(self, event: QShowEvent) -> None:
        """Say that it is seen."""
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that it is not."""
        super().hideEvent(event)
        self.seen.emit(False)
