"""The panel of runs: a table, and beside it curves over each other, parallel coordinates, what happened, the queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QTableView,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import EngineError
from studio.run.runs.curves import curve, names_of
from studio.run.runs.folder import RunFolder
from studio.run.runs.glance import Glance
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, ngettext, number, written_size
from studio.ui.icons import icon
from studio.ui.runs.checkpoints import CheckpointsPage
from studio.ui.runs.kept import KeptRuns
from studio.ui.runs.line import LinePlot, RunLine, labels
from studio.ui.runs.parallel import ParallelPlot
from studio.ui.runs.story_page import StoryPage
from studio.ui.runs.table import RunsModel, is_found, measured_title
from studio.ui.strokes import SWATCH, stroke
from studio.ui.widgets.labels import EmptyState
from studio.ui.widgets.question import LOSE, STAY, Question, ask
from studio.ui.widgets.search_field import SearchField

#: Milliseconds in which runs are looked at before the window gets its turn again, and between two looks at changes.
BUDGET: Final = 6
PATIENCE: Final = 500
#: Least width of either half.
LEAST: Final = 200
#: Widest column at first, in pixels.
WIDEST: Final = 260
#: Most runs whose curves lie over each other.
MOST_LINES: Final = 24

_TABS: Final = (N_("Curves"), N_("Parallel coordinates"), N_("What happened"), N_("Checkpoints"))


class RunsPanel(QWidget):
    """All runs that were kept. Those that are selected are compared: their curves lie over each other.

    Signals
    -------
    resume_asked, document_asked
        A run is to go on, or its document to be opened: carries its `RunFolder`.
    run_chosen
        One run is selected, and no other: carries its `RunFolder`; None: none is, or several are.

    Parameters
    ----------
    kept
        Where runs are.
    make_plot
        Returns a widget that draws curves over each other; called when the first curve is shown.
    queue
        What shows the trainings that are still to come.
    """

    resume_asked = Signal(object)
    document_asked = Signal(object)
    run_chosen = Signal(object)

    def __init__(self, kept: KeptRuns, make_plot: Callable[[], QWidget], queue: QWidget) -> None:
        super().__init__()
        self.setObjectName("runs")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._kept, self._make_plot = kept, make_plot
        self._plot: LinePlot | None = None
        self._known: dict[str, Glance] = {}
        self._changed: set[Path] = set()
        self._waiting: list[RunFolder] = []
        self._titles: list[str] = []
        self._needed: list[int] = []
        """What the contents of each column need, in pixels."""
        self._single = self._picked = ""
        self.model = RunsModel()
        self.table = QTableView()
        self.table.setObjectName("runs.table")
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of a sweep differ at their ends
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setResizeContentsPrecision(0)  # what is in sight: of 1,000 runs all take 160 ms
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self.parallel = ParallelPlot()
        self.parallel.picked.connect(self._pick)
        self.parallel_page = QScrollArea()  # for when there are more axes than have room
        self.parallel_page.setFrameShape(QFrame.Shape.NoFrame)
        self.parallel_page.setWidgetResizable(True)
        self.parallel_page.setWidget(self.parallel)
        self.story = StoryPage()
        self.story.noted.connect(self._note)
        self.checkpoints = CheckpointsPage()
        self._build(queue)
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._read_some)
        self._page_timer = QTimer(self, interval=0, singleShot=True)  # a turn of its own: both are too much for one
        self._page_timer.timeout.connect(self._show_page)
        self._change_timer = QTimer(self, interval=PATIENCE, singleShot=True)
        self._change_timer.timeout.connect(self._read_changed)
        kept.changed.connect(self._on_changed)
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)
        appearance().theme_changed.connect(self._show_chosen)

    def _build(self, queue: QWidget) -> None:
        self._buttons: dict[str, tuple[QAbstractButton, str]] = {}
        bar = QHBoxLayout()
        bar.setSpacing(6)
        resume = QPushButton()
        resume.setProperty("compact", True)
        # with words on all of them, they would be cut off where the inspector is open
        others = [QToolButton() for _ in range(3)]
        for tool, picture in zip(others, ("square-arrow-up-right", "folder-open", "trash-2"), strict=True):
            tool.setProperty("flat", True)
            tool.setIcon(icon(picture, "dim"))
        buttons: tuple[tuple[QAbstractButton, str, str, Callable[[], None]], ...] = (
            (resume, "resume", N_("Continue"), self._resume),
            (others[0], "open", N_("Open its document"), self._open),
            (others[1], "folder", N_("Show its folder"), self._show_folder),
            (others[2], "delete", N_("Delete"), self.delete),
        )
        for button, name, text, do in buttons:
            button.setObjectName(f"runs.{name}")
            button.clicked.connect(do)
            self._buttons[name] = button, text
            bar.addWidget(button)
        self._tags = QLineEdit()
        self._tags.setObjectName("runs.tags")
        self._tags.setMaximumWidth(220)
        self._tags.returnPressed.connect(self._tag)
        bar.addWidget(self._tags, 1)
        self.filter = SearchField(N_("Filter"))
        self.filter.setObjectName("runs.filter")
        self.filter.setMaximumWidth(200)
        self.filter.textChanged.connect(self._show_runs)
        bar.addWidget(self.filter, 1)
        self._said = QLabel()
        self._said.setProperty("tone", "dim")
        bar.addWidget(self._said, 1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 6, 4, 0)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        self.names = QComboBox()
        self.names.setObjectName("runs.names")
        self.names.currentIndexChanged.connect(self._draw)
        self._log = QPushButton()
        self._log.setObjectName("runs.log")
        self._log.setProperty("compact", True)
        self._log.setCheckable(True)
        self._log.toggled.connect(lambda on: self._plot.set_log(on) if self._plot is not None else None)
        head = QHBoxLayout()
        head.addWidget(self.names)
        head.addWidget(self._log)
        head.addStretch(1)
        self.curves_page = QWidget()
        self._curves = QVBoxLayout(self.curves_page)
        self._curves.setContentsMargins(8, 6, 8, 0)
        self._curves.addLayout(head)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for page in (self.curves_page, self.parallel_page, self.story, self.checkpoints, queue):
            self.tabs.addTab(page, "")
        self._shows: dict[QWidget, Callable[[], None]] = {
            self.curves_page: self._show_curves,
            self.parallel_page: self._show_parallel,
            self.story: lambda: self.story.show_runs(self.chosen()[:MOST_LINES]),
            self.checkpoints: self._show_checkpoints,
        }
        self.tabs.currentChanged.connect(self._show_page)
        left.setMinimumWidth(LEAST)  # with room for all buttons, the window would not fit a small screen
        self.tabs.setMinimumWidth(LEAST)
        self._too_many = QLabel()
        self._too_many.setObjectName("runs.too_many")
        self._too_many.setProperty("tone", "warn")
        self._too_many.setWordWrap(True)
        self._too_many.setContentsMargins(10, 4, 8, 4)
        self._too_many.hide()
        right = QWidget()
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self.tabs, 1)
        beside.addWidget(self._too_many)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(split)
        empty = EmptyState("rows-3", N_("Train, and each run is kept here: compare, continue, tag and delete them."))
        self._stack.addWidget(empty)

    def show_queue(self) -> None:
        """Bring the queue into sight."""
        self.tabs.setCurrentIndex(len(_TABS))
        self._stack.setCurrentIndex(0)

    # ------------------------------------------------------------------------------------------------------ reading

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Look which runs there are, and at those that have changed; out of sight, that waits until it is shown."""
        if not self.isVisible():
            return
        runs = self._kept.store.runs()
        self._changed.clear()
        self._known = {r.id: self._known[r.id] for r in runs if r.id in self._known}
        self._waiting = [r for r in runs if r.id not in self._known or not self._known[r.id].is_up_to_date]
        self._timer.start()

    def _on_changed(self, path: Path) -> None:
        self._changed.add(path)
        if self.isVisible() and not self._change_timer.isActive():
            self._change_timer.start()

    def _read_changed(self) -> None:
        """Look at the runs that were said to have changed; if one is new, at all that there are."""
        changed, self._changed = self._changed, set()
        runs = [glance.run for glance in self._known.values() if glance.run.path in changed]
        if len(runs) < len(changed):
            self.refresh()
        else:
            self._waiting += runs
            self._timer.start()

    def _read_some(self) -> None:
        begin = time.perf_counter()
        while self._waiting and 1000 * (time.perf_counter() - begin) < BUDGET:
            glance = Glance.of(self._waiting.pop(0))
            self._known[glance.id] = glance
        if self._waiting:
            self._timer.start()
            return
        self._show_runs()

    def _show_runs(self) -> None:
        """Show the runs in which the words of the filter are found."""
        chosen = self.chosen_ids()
        found = [glance for glance in self._known.values() if is_found(glance, self.filter.text())]
        with QSignalBlocker(self.table.selectionModel()):
            rows = self.model.show_runs(found)
            for id in chosen if rows is None else ():
                self._select(id)
        header = self.table.horizontalHeader()
        with QSignalBlocker(header):  # they are in order already
            header.setSortIndicator(self.model.by, header.sortIndicatorOrder())
        self._fit_columns(rows)
        self._stack.setCurrentIndex(0 if self._known or self.tabs.currentIndex() == len(_TABS) else 1)
        self._say_size()
        if not self.chosen_ids() and found:
            self.choose(max(glance.id for glance in found))
        else:
            self._update_chosen()
            self._page_timer.start()

    def _fit_columns(self, rows: list[int] | None) -> None:
        """Give columns the width of what they hold when there are others than before, and more where it has grown.

        If nothing but these rows has changed, the others are not measured.
        """
        columns = range(self.model.columnCount())
        if rows is None:
            needed = [self.table.sizeHintForColumn(column) for column in columns]
        else:
            cells = [[self.model.index(row, column) for row in rows] for column in columns]
            hints = [[self.table.sizeHintForIndex(cell).width() + 1 for cell in column] for column in cells]
            needed = [max([before, *hint]) for before, hint in zip(self._needed, hints, strict=True)]
        if (titles := [column.title() for column in self.model.columns]) != self._titles:
            self._titles, self._needed = titles, needed
            self.table.resizeColumnsToContents()
            for column in range(self.model.columnCount()):
                room = 2 * SWATCH.width() if column == 0 else 0  # for the piece of its line
                self.table.setColumnWidth(column, min(self.table.columnWidth(column) + room, WIDEST))
            return
        for column, (before, now) in enumerate(zip(self._needed, needed, strict=True)):
            if now > max(before, self.table.columnWidth(column)):
                self.table.setColumnWidth(column, min(now, WIDEST))
        self._needed = needed

    # ------------------------------------------------------------------------------------------------------ choosing

    def chosen_ids(self) -> list[str]:
        """Return the runs that are selected, from the top down."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.glances[row].id for row in rows if row < len(self.model.glances)]

    def chosen(self) -> list[Glance]:
        """Return the runs that are selected."""
        return [self._known[id] for id in self.chosen_ids() if id in self._known]

    def choose(self, id: str) -> None:
        """Select a run and no other."""
        self.table.clearSelection()
        self._select(id)

    def _select(self, id: str) -> None:
        if (row := self.model.row_of(id)) >= 0:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().select(self.model.index(row, 0), flags)

    def _show_chosen(self) -> None:
        self._update_chosen()
        self._show_page()

    def _update_chosen(self) -> None:
        glances = self.chosen()
        self.model.mark([g.id for g in glances[:MOST_LINES]])
        readable = [g for g in glances if g.record is not None]
        first = glances[0] if glances else None
        single = first.id if first is not None and len(glances) == len(readable) == 1 else ""
        if single != self._single:
            self._single = single
            self.run_chosen.emit(first.run if first is not None and single else None)
        runs_now = {g.id for g in glances if g.record is not None and g.record.status == "training"}
        for name, able in {
            "resume": len(readable) == 1 and readable[0].run.can_go_on,
            "open": len(readable) == 1,
            "folder": len(glances) == 1,
            "delete": bool(glances) and not runs_now,
        }.items():
            self._buttons[name][0].setEnabled(able)
        self._tags.setEnabled(bool(readable))
        if not self._tags.hasFocus():
            self._tags.setText(", ".join(first.tags) if first is not None else "")

    def _show_page(self) -> None:
        """Show what is chosen on the page that is in front; the others wait until they are."""
        page = self.tabs.currentWidget()
        if (show := self._shows.get(page)) is not None:
            show()
        count = len(self.chosen_ids())
        self._too_many.setVisible(count > MOST_LINES and page in (self.curves_page, self.story))
        text = _("{shown} of {count} runs are shown, those highest in the table: sort it, or select fewer.")
        self._too_many.setText(text.format(shown=number(MOST_LINES), count=number(count)))

    def _show_curves(self) -> None:
        readable = [g for g in self.chosen() if g.record is not None]
        names = dict.fromkeys(name for g in readable[:MOST_LINES] for name in names_of(g.run))
        before = self.names.currentData()
        with QSignalBlocker(self.names):
            self.names.clear()
            for name in names:
                self.names.addItem(measured_title(name), name)
            self.names.setCurrentIndex(max(0, list(names).index(before) if before in names else 0))
        self._draw()

    def _show_parallel(self) -> None:
        glances = self.chosen()
        everything = list(self.model.glances)
        compared = len(glances) > 1
        marked = self._picked if compared else glances[0].id if glances else ""
        self.parallel.show_runs(glances if compared else everything, marked)

    def _pick(self, id: str) -> None:
        """Let a run of those that are compared stand out, and bring it into sight; alone, it is chosen instead."""
        if len(self.chosen_ids()) < 2:
            self.choose(id)
        self._picked = id
        index = self.model.index(self.model.row_of(id), 0)
        self.table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.table.scrollTo(index)
        self.parallel.mark(id)

    def _show_checkpoints(self) -> None:
        glances = self.chosen()
        self.checkpoints.show_run(glances[0].run if len(glances) == 1 and glances[0].record is not None else None)

    def _draw(self) -> None:
        name = self.names.currentData()
        if name is None and self._plot is None:
            return
        if self._plot is None:
            widget = self._make_plot()
            self._curves.addWidget(widget, 1)
            self._plot = widget  # type: ignore[assignment]
        chosen = self.chosen()[:MOST_LINES]
        readable = [(place, g) for place, g in enumerate(chosen) if g.record is not None and name is not None]
        lines = []
        for (place, glance), label in zip(readable, labels([g for _place, g in readable]), strict=True):
            x, y = curve(glance.run, name)
            if len(x):
                about = f"{glance.record.name if glance.record is not None else ''}\n{glance.id}"
                lines.append(RunLine(label, about, stroke(place, 1.8), x, y))
        assert self._plot is not None
        self._plot.show_lines(lines)

    # --------------------------------------------------------------------------------------------------------- doing

    def _resume(self) -> None:
        self.resume_asked.emit(self.chosen()[0].run)

    def _open(self) -> None:
        self.document_asked.emit(self.chosen()[0].run)

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.chosen()[0].run.path)))

    def _tag(self) -> None:
        tags = tuple(dict.fromkeys(t for part in self._tags.text().split(",") if (t := part.strip())))
        self._each(lambda glance: glance.run.tag(tags))

    def _note(self, run: RunFolder, text: str) -> None:
        try:
            run.annotate(text)
        except EngineError as error:
            self._said.setText(describe(error))
            return
        self.refresh()

    def delete(self) -> None:
        """Delete the selected runs, if the user is sure."""
        glances = self.chosen()
        size = written_size(sum(g.size for g in glances))
        text = ngettext("Delete {count} run, {size}?", "Delete {count} runs, {size}?", len(glances))
        question = Question(
            "delete_runs",
            _("Delete runs"),
            text.format(count=number(len(glances)), size=size),
            _("Their history and their checkpoints are gone then; your documents stay as they are."),
        )
        if ask(self, question, (("delete", _("Delete"), LOSE), ("keep", _("Keep"), STAY)), "keep") == "delete":
            self._each(lambda glance: glance.run.delete())

    def _each(self, do: Callable[[Glance], None]) -> None:
        try:
            for glance in self.chosen():
                do(glance)
        except EngineError as error:
            self._said.setText(describe(error))
            return
        self.refresh()

    def _retranslate(self) -> None:
        for button, text in self._buttons.values():
            button.setText(_(text))  # of those with an icon for who does not see it
            button.setToolTip(_(text))
        for place, text in enumerate(_TABS):
            self.tabs.setTabText(place, _(text))
        self.tabs.setTabText(len(_TABS), _("Queue"))
        self.checkpoints.retranslate()
        self.story.retranslate()
        self._log.setText(_("log"))
        self._log.setToolTip(_("Logarithmic axis"))
        self._tags.setPlaceholderText(_("Tags, parted by commas"))
        self.names.setAccessibleName(_("What the curves show"))
        self._say_size()
        self._show_chosen()

    def _say_size(self) -> None:
        size = written_size(sum(g.size for g in self._known.values()))
        text = ngettext("{count} run, {size}", "{count} runs, {size}", len(self._known))
        said = text.format(count=number(len(self._known)), size=size)
        if (count := len(self.model.glances)) < len(self._known):
            said = _("{count} of {runs}").format(count=number(count), runs=said)
        self._said.setText(said)
