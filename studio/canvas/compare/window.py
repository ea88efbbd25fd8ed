"""A window that compares two documents: two canvases that move together, and a list of what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.canvas.compare.model import ROW, ChangeDelegate, ChangeModel, Row, rows_of, summary
from studio.canvas.compare.pair import Pair
from studio.canvas.compare.view import CompareView
from studio.canvas.compare.words import Side, Words
from studio.document.catalogue import CATALOGUE
from studio.document.changes import Change, Sign, changes, marks
from studio.document.document import Document
from studio.document.nodetype import Catalogue
from studio.document.scope import Scope
from studio.document.study import Study
from studio.document.types import Types
from studio.document.work import Work
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.theme import Theme
from studio.ui.widgets.action_button import ActionButton
from studio.ui.work_run import WorkRun

_SIZE: Final = QSize(1500, 900)
_LIST: Final = 340
_SLICE_SECONDS: Final = 0.004
_FRAME_MS: Final = 16
_NEXT_MS: Final = 1
"""Milliseconds to another turn of the event loop: at once would be in the same one."""
_SIGNS: Final[tuple[Sign, Sign]] = ("−", "+")


@dataclass(frozen=True)
class Source:
    """A document to be compared, which nobody changes, and what tells its name in the language in use."""

    name: Callable[[], str]
    document: Document


class CompareWindow(QWidget):
    """Compares two documents, which it does not change.

    Parameters
    ----------
    before, after
        What is compared: the second is what has become of the first.
    actions
        The program's actions, of which it hears those of comparisons.

    Signals
    -------
    closed
        It is no more.
    """

    closed = Signal()

    def __init__(self, before: Source, after: Source, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("compare")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self.resize(_SIZE)
        self._sources = (before, after)
        self._types: dict[tuple[int, str], Types] = {}
        sides = [Side(s.document, partial(self._types_of, number)) for number, s in enumerate(self._sources)]
        self._words = Words(*sides)
        self._pairs: dict[str, Pair] = {}
        self._studies: list[Study] = []
        self._waiting = 1  # until it shows
        self._is_closed = self._has_begun = self._is_compared = False
        self.found: list[Change] = []
        self._run = WorkRun(self)
        self._telling = WorkRun(self)
        self.graphs = QComboBox()
        self.graphs.setObjectName("compare.graphs")
        self.graphs.setMinimumWidth(180)
        self.graphs.currentIndexChanged.connect(lambda _index: self._show_graph(self.graphs.currentData()))
        self.places = QCheckBox()
        self.places.setObjectName("compare.places")
        self.places.toggled.connect(lambda _on: self._tell())
        self.summary = QLabel()
        self.summary.setObjectName("compare.summary")
        self.model = ChangeModel(self)
        self.list = QListView()
        self.list.setObjectName("compare.list")
        self.list.setModel(self.model)
        self.list.setItemDelegate(ChangeDelegate(self.list))
        self.list.setUniformItemSizes(True)  # there may be thousands
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.selectionModel().currentChanged.connect(lambda index, _before: self._go(index))
        self.list.clicked.connect(self._go)
        self._pages = QStackedWidget()
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(12)
        head.addWidget(self.graphs)
        for id in ("compare.previous", "compare.next"):
            head.addWidget(ActionButton(actions[id], icon_only=True))
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.places)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self._pages)
        split.setSizes([_LIST, _SIZE.width() - _LIST])
        split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(split, 1)
        actions.attach(self, "compare")
        appearance().theme_changed.connect(self._retint)
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()

    @property
    def busy(self) -> bool:
        """Whether something is still to be found out."""
        works = self._waiting > 0 or self._run.busy or self._telling.busy
        return works or any(pair.busy for pair in self._pairs.values())

    @property
    def views(self) -> tuple[CompareView, CompareView]:
        """The two sides of the graph that is shown, both of which are there."""
        sides = self._pairs[self.graph].sides
        return sides[0], sides[1]

    @property
    def graph(self) -> str:
        """The function whose graph is shown, "" for the documents' own."""
        return str(self.graphs.currentData() or "")

    def _in_a_turn(self, do: Callable[[], object], after: int = _NEXT_MS) -> None:
        """Do something in a turn of its own of the event loop, so that none takes long."""
        self._waiting += 1

        def go() -> None:
            self._waiting -= 1
            if not self._is_closed:
                do()

        QTimer.singleShot(after, self, go)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to compare."""
        super().showEvent(event)
        if not self._has_begun:
            self._has_begun = True
            self._waiting -= 1
            self._in_a_turn(self._compare)

    # --------------------------------------------------------------------------------------------------- what differs

    def _compare(self) -> None:
        self._run.begin(changes(*(s.document.contents() for s in self._sources)), self._on_compared)

    @property
    def _names(self) -> list[str]:
        return [source.name() for source in self._sources]

    def _types_of(self, side: int, function: str) -> Catalogue:
        if (side, function) not in self._types:
            self._types[side, function] = Types(self._sources[side].document, function)
        return self._types[side, function]

    def _on_compared(self, found: list[Change]) -> None:
        self.found, self._is_compared = found, True
        self._in_a_turn(self._tell)

    def _tell(self) -> None:
        """Show the changes in words."""
        self._telling.begin(rows_of(self._told(), self._words), self._on_told)

    def _told(self) -> list[Change]:
        """Return the changes that are to be told: those of positions only if they are asked for."""
        return [c for c in self.found if self.places.isChecked() or c.aspect != "place"]

    def _on_told(self, rows: list[Row]) -> None:
        self.model.show_rows(rows)
        told = [row.change for row in rows if row.change is not None]
        moved = sum(c.aspect == "place" for c in self.found)
        self.summary.setText(summary(told))
        self.places.setText(_("Positions, too ({n})").format(n=moved))
        self.places.setVisible(moved > 0)
        self._name_graphs(told)
        for graph in self._pairs:
            self._mark(graph)
        if not self._pairs:
            self._in_a_turn(lambda: self._show_graph(""))

    def _mark(self, graph: str) -> None:
        for side in self._pairs[graph].sides:  # each is painted in a frame of its own
            self._in_a_turn(partial(self._mark_side, graph, side), _NEXT_MS + side * _FRAME_MS)

    def _mark_side(self, graph: str, side: int) -> None:
        view = self._pairs[graph].sides[side]
        view.set_marks(marks(self._told(), graph, view.canvas.document, _SIGNS[side]))

    def _name_graphs(self, told: list[Change]) -> None:
        """Offer the graphs in which something differs, and the documents' own."""
        shown = self.graph
        counts: dict[str, int] = {"": 0}
        for change in told:
            counts[change.graph] = counts.get(change.graph, 0) + 1
        counts.setdefault(shown, 0)
        with QSignalBlocker(self.graphs):
            self.graphs.clear()
            for graph, count in counts.items():
                self.graphs.addItem(f"{self._words.graph(graph)}  ({count})", graph)
            self.graphs.setCurrentIndex(self.graphs.findData(shown))

    def _begin_study(self) -> None:
        self._run.begin(self._study(), lambda _nothing: None)

    def _study(self) -> Work[None]:
        """Find out shapes and dtypes of both documents, as far as one can."""
        for number, source in enumerate(self._sources):
            study = Study(source.document, CATALOGUE)
            self._studies.append(study)
            while not study.advance(_SLICE_SECONDS):
                yield
            analysis = Scope(source.document).analysis(study.result())
            self._pairs[""].sides[number].canvas.set_analysis(analysis)
            yield

    # ------------------------------------------------------------------------------------------------------- showing

    def _show_graph(self, graph: str | None) -> None:
        graph = graph or ""
        if graph not in self._pairs:
            self._pairs[graph] = pair = Pair(partial(self._make, graph))
            self._pages.addWidget(pair)
            pair.made.connect(lambda: self._dress(graph))
            self._dress(graph)
            if not graph:
                pair.settled.connect(self._begin_study)
                pair.sides[1].setFocus()
                if pair.has_settled:  # it is small
                    self._begin_study()
        self._pages.setCurrentWidget(self._pairs[graph])

    def _dress(self, graph: str) -> None:
        """Name and mark what there is of a graph."""
        self._pairs[graph].name(self._names)
        self._mark(graph)

    def _make(self, graph: str, side: int) -> CompareView:
        document = self._sources[side].document
        body = document.functions.get(graph) if graph else document
        view = CompareView(body or Document(), self._types_of(side, graph), appearance().theme)
        view.setObjectName(f"compare.{('before', 'after')[side]}")
        view.clicked.connect(self._choose_node)
        return view

    def _go(self, index: QModelIndex) -> None:
        """Go to a change, on both sides."""
        row: Row | None = index.data(ROW) if index.isValid() else None
        if row is None or row.change is None:
            return
        if row.graph != self.graph:
            self.graphs.setCurrentIndex(self.graphs.findData(row.graph))
        self._pairs[row.graph].look_at(row.node)

    def step(self, by: int) -> None:
        """Go to the next change, or to the one before, round and round."""
        places = self.model.places()
        if not places:
            return
        row = self.list.currentIndex().row()
        at = places.index(row) + by if row in places else (0 if by > 0 else -1)
        index = self.model.index(places[at % len(places)])
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _choose_node(self, id: str) -> None:
        """Choose the first change of a node in the list."""
        for number, row in enumerate(self.model.rows):
            if row.change is not None and (row.graph, row.node) == (self.graph, id):
                self.list.setCurrentIndex(self.model.index(number))
                return

    # -------------------------------------------------------------------------------------------------------- window

    def _retranslate(self) -> None:
        before, after = self._names
        self.setWindowTitle(_("{before} compared with {after}").format(before=before, after=after))
        self.graphs.setAccessibleName(_("Graph"))
        self.list.setAccessibleName(_("Changes"))
        for pair in self._pairs.values():
            pair.name(self._names)
            for view in pair.sides.values():
                view.canvas.refresh()
                view.minimap.retranslate()
        if self._is_compared:
            self._tell()

    def _retint(self, theme: Theme) -> None:
        for pair in self._pairs.values():
            for view in pair.sides.values():
                view.set_theme(theme)
        self.list.viewport().update()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of the documents."""
        appearance().theme_changed.disconnect(self._retint)
        appearance().language_changed.disconnect(self._retranslate)
        self._is_closed = True
        self._run.cancel()
        self._telling.cancel()
        for pair in self._pairs.values():
            for view in pair.sides.values():
                view.close_document()
        for study in self._studies:
            study.close()
        for types in self._types.values():
            types.close()
        event.accept()
        self.closed.emit()
