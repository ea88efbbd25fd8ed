"""The tensor inspector: what it is, the views of it as tabs, its figures, and what else is pinned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.core.dtype import Array
from engine.core.errors import EngineError, FailedPreconditionError
from studio.inspector.axes import AxesBar
from studio.inspector.busy import BusyLine, Stage
from studio.inspector.head import Head
from studio.inspector.pins import Pins
from studio.inspector.slices import Cut
from studio.inspector.sources import Sources
from studio.inspector.views import PINNED, VIEWS
from studio.inspector.views.compare import CompareView
from studio.inspector.views.table import TableView
from studio.inspector.views.view import View
from studio.inspector.watching import Pin, Watching
from studio.run.messages import Watched
from studio.run.tensor_ref import TensorRef
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe
from studio.ui.icons import icon
from studio.ui.widgets.labels import EmptyState, Text

#: Milliseconds for which the tensor that was in front before may stay, until the values of another one come.
_PATIENCE: Final = 250
_CHOOSE: Final = N_("Click a port or a wire to look into its tensor.")
_WAITING: Final = N_("The engine has not sent it yet.")


class TensorInspector(QWidget):
    """Looks into the tensor in front.

    Signals
    -------
    turned
        Another tensor is shown, or none, or it is compared or linked with others than before.

    Parameters
    ----------
    node_name
        Gives the title of a node by its id, for the heading.
    """

    turned = Signal()

    def __init__(self, node_name: Callable[[str], str] = str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tensor")
        self.watching = Watching()
        self._front: TensorRef | None = None
        self._shown: Watched | None = None
        self._cut = Cut.first(())
        self._other: Pin | None = None
        self.is_linking = False
        self._types: list[type[View]] = []
        self._wanted: type[View] = VIEWS[0]
        self._waiting = QTimer(self, interval=_PATIENCE, singleShot=True)
        self._waiting.timeout.connect(self._show_nothing)
        self._views: dict[type[View], View] = {}

        self.head = Head(node_name)
        self.head.asked.connect(lambda ref: self.watching.look_at(ref))
        self.axes = AxesBar()
        self.axes.cut_changed.connect(self._on_cut)
        self.index = QLineEdit()
        self.index.setObjectName("index")
        self.index.setFont(fonts.mono(12))
        self.index.textEdited.connect(self._slice)
        self.wrong = QLabel()
        self.wrong.setProperty("tone", "bad")
        self.wrong.setFont(fonts.sans(12))
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        self.stale = QLabel()
        self.stale.setObjectName("stale")
        self.stale.setProperty("tone", "warn")
        self.stale.setFont(fonts.sans(12))
        self.stale.setWordWrap(True)
        self.stale.hide()
        self.tabs = QTabBar()
        self.tabs.setObjectName("views")
        self.tabs.setProperty("icons", True)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._turn_to)
        self.tabs.tabBarClicked.connect(self._compute_after_all)
        self._stack = Stage()
        self._is_new = True
        self.magnitudes = Text(
            N_("Complex numbers: colours, pictures and figures show their magnitudes."), "dim", fonts.sans(11)
        )
        self.magnitudes.setWordWrap(True)
        self.busy = BusyLine()
        self.busy.cancelled.connect(self._cancel)
        self._pinned = [view() for view in PINNED]
        self.sources = Sources(node_name)
        self.sources.chosen.connect(self._look_at_source)
        self._first_marked: tuple[Any, ...] | None = None
        self.pins = Pins(node_name)
        self.pins.chosen.connect(lambda pin: self.watching.look_at_pin(pin))
        self.pins.compared.connect(self.compare)

        self._lay_out()
        self._close: Callable[[], None] = lambda: None
        self.open(Watching(self))
        appearance().language_changed.connect(self.retranslate)
        appearance().theme_changed.connect(self._refresh)  # pictures and texts have its colours in them

    def _lay_out(self) -> None:
        self._slicing = QWidget()
        slicing = QVBoxLayout(self._slicing)
        slicing.setContentsMargins(0, 8, 0, 0)
        slicing.setSpacing(6)
        slicing.addWidget(self.axes)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Text(N_("Index"), "dim", fonts.sans(12)))
        line.addWidget(self.index, 1)
        slicing.addLayout(line)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(12, 4, 12, 12)
        body.setSpacing(0)
        body.addWidget(self.stale)
        body.addWidget(self.tabs)
        body.addWidget(self._slicing)
        body.addWidget(self.wrong)
        body.addSpacing(8)
        body.addWidget(self.magnitudes)
        body.addSpacing(4)
        body.addWidget(self.busy)
        body.addWidget(self._stack, 1)
        body.addWidget(self.sources)
        body.addSpacing(12)
        for view in self._pinned:
            body.addWidget(view.widget)
        self._empty = EmptyState("eye", _CHOOSE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._body, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.pins)

    def open(self, watching: Watching) -> None:
        """Look into the tensors of another document."""
        self._close()
        watching.changed.connect(self._on_changed)
        watching.came.connect(self._on_came)
        watching.linked.connect(self._on_linked)

        def close() -> None:
            watching.changed.disconnect(self._on_changed)
            watching.came.disconnect(self._on_came)
            watching.linked.disconnect(self._on_linked)

        self._close = close
        self.watching.see(False)
        self.watching = watching
        watching.see(self.isVisible())
        self._front = self._shown = self._other = None
        self.head.open(watching)
        self.sources.open(watching)
        self.pins.open(watching)
        self._on_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is looked into."""
        super().showEvent(event)
        self.watching.see(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing while nobody sees it: to send it all would slow a training."""
        super().hideEvent(event)
        self.watching.see(False)

    @property
    def compared(self) -> Pin | None:
        """What the tensor in front is compared with."""
        return self._other

    @property
    def picked(self) -> Array:
        """What is copied: the cells that are selected in the table if there are several, else what the view shows."""
        if self._shown is None:
            return np.zeros(0)
        view = self.view
        if view is None or not view.plane:
            return self._shown.values
        if isinstance(view, TableView) and view.grid.has_selection:
            cells = view.grid.values[view.grid.selection()]
            return cells if self.plane.ndim > 1 else cells.reshape(-1)
        return self.plane

    @property
    def shown(self) -> Watched | None:
        """The values that are shown."""
        return self._shown

    # --------------------------------------------------------------------------------------------------------- showing

    def _on_changed(self) -> None:
        self.head.refresh()
        self.pins.refresh()
        self._show()

    def _on_came(self, ref: TensorRef) -> None:
        if self._other is not None and ref == self._other.ref and isinstance(self.view, CompareView):
            self._refresh()
        if ref == self.watching.front:
            self.head.refresh()
            self._show()
        self.pins.refresh()

    def _show(self) -> None:
        """Show what is in front; until it is heard of, what was there before stays, if it is of the same name."""
        found = self.watching.shown
        if isinstance(found, Watched):
            if found is not self._shown:
                self._show_tensor(found)
            self._mark_stale()
            self.turned.emit()
            return
        if found is None and self._body.isVisible() and self.watching.front is not None:
            self._waiting.start()  # a moment without anything would only flicker
        else:
            self._show_nothing()

    def _show_nothing(self) -> None:
        """Say why there are no values."""
        found = self.watching.shown
        if isinstance(found, Watched):
            return
        self._shown = None
        self._leave()
        self._body.hide()
        silent = _CHOOSE if self.watching.front is None else _WAITING
        self._empty.text.say(describe(found.error) if found is not None else silent)
        self._empty.show()
        self.turned.emit()

    def _show_tensor(self, shown: Watched) -> None:
        """Show values; the index is kept as long as it fits."""
        before, self._shown = self._shown, shown
        is_other = before is None or self._front != shown.ref
        if is_other or before is None or len(before.info.shape) != len(shown.info.shape):
            self._cut = Cut.first(shown.info.shape)
            if self._first_marked is not None and len(self._first_marked) == len(shown.info.shape):
                self._cut = self._cut.through(tuple(int(i) for i in self._first_marked))
            self._first_marked = None
            self.index.setText(self._cut.text)
            self._leave()
        self._is_new |= is_other
        self._front = shown.ref
        accepting = [view for view in VIEWS if view.accepts(shown.info)]
        if self._other is not None:
            accepting.append(CompareView)
        if accepting != self._types:
            self._types = accepting
            self._fill_tabs()
        self._empty.hide()
        self._body.show()
        self.magnitudes.setVisible(shown.info.dtype.startswith("complex"))
        self._lay_slicing()
        self._slice()

    def _mark_stale(self) -> None:
        """Say that the values are of an earlier run, if they are, and show them paler."""
        front, stale = self.watching.front, self.watching.stale
        is_stale = front is not None and front in stale and self.watching.held is None
        if is_stale and front is not None:
            why = stale[front]
            said = _("From an earlier run: the node has no value now.")
            self.stale.setText(_("From an earlier run.") + " " + describe(why) if why is not None else said)
        self.stale.setVisible(is_stale)
        self._stack.make_paler(is_stale)

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.index.setAccessibleName(_("Index"))
        self.index.setToolTip(_("Which part to show, as NumPy writes it: 0, :, 2:8, [1, 3], None"))
        self._name_tabs()
        for view in self._views.values():
            view.retranslate()
        self.pins.refresh()
        self._show()
        self._mark_stale()
        if self._shown is not None:
            self._slice()

    # ----------------------------------------------------------------------------------------------------------- views

    def _fill_tabs(self) -> None:
        wanted = self._wanted
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for view in self._types:
            self.tabs.addTab(icon(view.icon), "")
        self.tabs.blockSignals(False)
        place = self._types.index(wanted) if wanted in self._types else 0
        self.tabs.setCurrentIndex(place)
        self._turn_to(place)
        self._wanted = wanted  # it comes back with the next tensor that has it

    def _name_tabs(self) -> None:
        """Give the tab in front its name; of the others there is room for the icons only."""
        for i, view in enumerate(self._types):
            name = _(view.title)
            # Qt leaves no room behind the text of a tab with an icon
            self.tabs.setTabText(i, f"{name}\u2003" if i == self.tabs.currentIndex() else "")
            self.tabs.setTabToolTip(i, name)
            self.tabs.setAccessibleTabName(i, name)

    def _turn_to(self, place: int) -> None:
        if not 0 <= place < len(self._types):
            return
        self._leave()
        kind = self._types[place]
        self._wanted = kind
        if kind not in self._views:
            view = self._views[kind] = kind()
            self._stack.addWidget(view.widget)
            if view.background is not None:
                view.background.setParent(view.widget)  # so that nothing comes for what is gone
                view.background.busy_changed.connect(self._on_busy)
            if isinstance(view, CompareView):
                view.go = self.go_to
            view.picked = self._on_picked
        self._is_new = True
        self._name_tabs()
        self._lay_slicing()
        self._refresh()

    @property
    def view(self) -> View | None:
        """The view in front."""
        place = self.tabs.currentIndex()
        return self._views.get(self._types[place]) if 0 <= place < len(self._types) else None

    def turn_to(self, kind: type[View]) -> bool:
        """Bring a view to the front; return whether the tensor has it."""
        if kind in self._types:
            self.tabs.setCurrentIndex(self._types.index(kind))
        return kind in self._types

    def _on_busy(self, _busy: bool) -> None:
        view = self.view
        is_working = view is not None and view.background is not None and view.background.is_working
        self.busy.setVisible(is_working)
        if is_working and self._is_new:  # what the view shows is of another tensor
            self._stack.say_computing()
        elif view is not None:
            self._is_new &= is_working
            self._stack.bring(view.widget)

    def _cancel(self) -> None:
        if (view := self.view) is not None:
            view.leave()
            self._is_new = True
            self._stack.say_cancelled()

    def _compute_after_all(self, tab: int) -> None:
        if tab == self.tabs.currentIndex() and self._stack.is_cancelled:
            self._refresh()

    def _leave(self) -> None:
        """Stop what is worked out for what is shown now."""
        for view in self._views.values():
            view.leave()
        self.busy.hide()

    # ------------------------------------------------------------------------------------------------------- comparing

    def compare(self, pin: Pin | None) -> None:
        """Compare what is in front with a pinned tensor, from now on; None ends it."""
        self._other = pin
        if pin is not None:
            self._wanted = CompareView
        if (shown := self._shown) is not None:
            self._show_tensor(shown)
            self.turn_to(CompareView if pin is not None else TableView)
        self.turned.emit()

    def toggle_link(self) -> None:
        """Show what a chosen cell was made of, from now on; or no longer.

        Raises
        ------
        FailedPreconditionError
            If the tensor has no cells.
        """
        if not self.is_linking and self._shown is not None and not self._shown.values.size:
            raise FailedPreconditionError(
                "The tensor has no elements, so none was made of anything.", hint="Show a tensor that has some."
            )
        self.is_linking = not self.is_linking
        if not self.is_linking:
            self.watching.link(None)
        elif isinstance(self.view, TableView):
            self._on_picked(*self.view.grid.current)

    def _on_picked(self, row: int, column: int) -> None:
        """Ask what a cell was made of, if the user wants to know."""
        front = self.watching.front
        if self.is_linking and front is not None and self._shown is not None and self.plane.size:
            self.watching.link(front, self._cut.place(row, column))

    def _on_linked(self) -> None:
        self.sources.refresh()
        self._highlight()

    def _highlight(self) -> None:
        """Mark the cells of what is shown that the chosen place was made of."""
        view, marks = self.view, self.watching.links.get(self._shown.ref) if self._shown is not None else None
        if view is None or not view.plane:
            return
        fits = marks is not None and self._shown is not None and marks.shape == self._shown.info.shape
        fits = fits and self._cut.shape == marks.shape if marks is not None else False
        view.highlight(self._cut.plane(marks) if fits and marks is not None else None)

    def _look_at_source(self, ref: TensorRef) -> None:
        """Show a tensor that the chosen place was made of, where the first of its elements are."""
        marks = self.watching.links[ref]
        self.watching.look_at(ref)
        self._first_marked = np.unravel_index(int(marks.argmax()), marks.shape) if marks.any() else None

    def go_to(self, place: tuple[int, ...]) -> None:
        """Show a place of the tensor in the table."""
        self._on_cut(self._cut.through(place))
        self.turn_to(TableView)
        cell, view = self._cut.cell(place), self.view
        if cell is not None and isinstance(view, TableView):
            view.grid.show_cell(*cell)

    # --------------------------------------------------------------------------------------------------------- slicing

    def _lay_slicing(self) -> None:
        view = self.view
        shape = self._shown.info.shape if self._shown is not None else ()
        has_plane = view is not None and (view.plane or isinstance(view, CompareView))
        self._slicing.setVisible(has_plane and bool(shape) and 0 not in shape)

    def _on_cut(self, cut: Cut) -> None:
        self._cut = cut
        self.index.setText(cut.text)
        self._slice()

    def _slice(self) -> None:
        if self._shown is None:
            return
        wrong = ""
        try:
            shape = self._shown.info.shape
            # of what has no elements no place can be named
            self._cut = Cut.first(shape) if 0 in shape else Cut.read(self.index.text(), shape, self._cut)
        except EngineError as error:
            wrong = describe(error)
        self.index.setProperty("invalid", bool(wrong))
        self.index.style().polish(self.index)
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))
        if not wrong:
            self.axes.show_cut(self._cut)
        self._refresh()

    @property
    def plane(self) -> Array:
        """What the index picks of the tensor that is shown."""
        assert self._shown is not None
        if self._cut.shape != self._shown.info.shape:
            return np.zeros((0, 0))
        return self._cut.plane(self._shown.values)

    def _refresh(self) -> None:
        view = self.view
        if self._shown is None or view is None:
            return
        if self.busy.isHidden():
            self._stack.bring(view.widget)
        view.follow(self.watching.trail(self._shown.ref))
        view.cut = self._cut
        if isinstance(view, CompareView):
            other = self.watching.of(self._other) if self._other is not None else None
            name = self.pins.words(self._other)[0] if self._other is not None else ""
            view.against(name, other)
        view.show(self._shown.info, self.plane if view.plane else self._shown.values)
        self._highlight()
        for pinned in self._pinned:
            pinned.widget.setVisible(pinned.accepts(self._shown.info))
            pinned.show(self._shown.info, self._shown.values)
