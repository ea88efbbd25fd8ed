"""The composition root: the one file that knows every part of the studio and puts them together."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import EngineError
from studio import __version__
from studio.canvas import accessible
from studio.canvas.adding import Adding
from studio.canvas.arrange_actions import ArrangeActions
from studio.canvas.compare.comparing import Comparing
from studio.canvas.edit_actions import bind_edit_actions
from studio.canvas.export.exporting import Exporting
from studio.canvas.gallery import Gallery
from studio.canvas.keyboard_actions import KeyboardActions
from studio.canvas.levels import Levels
from studio.canvas.library_actions import LibraryActions
from studio.canvas.places import Places
from studio.canvas.view import CanvasView
from studio.debugger.panel import Debugger
from studio.desktop.checkpoints import Checkpoints
from studio.desktop.debugging import Debugging
from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.desktop.freezing import Freezing
from studio.desktop.health import Health
from studio.desktop.judging import Judging
from studio.desktop.layering import Layering
from studio.desktop.lazily import Lazily
from studio.desktop.panels import Panels
from studio.desktop.room import Room
from studio.document.analysis import Analysis
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.history import Editing, History
from studio.document.trial import Trials
from studio.document.types import Types
from studio.inspector.panel import Inspector
from studio.inspector.replace_dialog import Replacing
from studio.inspector.tensor_actions import TensorActions
from studio.layers.panel import Layers
from studio.lazy.panel import Lazy
from studio.palette.panel import Palette
from studio.plots.actions import PlotActions
from studio.plots.panel import Plots
from studio.run.controller import RunController
from studio.run.debug.controller import DebugController
from studio.run.lazy.controller import LazyController
from studio.run.messages import QUEUE
from studio.run.tasks.controller import TaskController
from studio.tasks.actions import TaskActions
from studio.tasks.panel import Tasks
from studio.ui import fonts
from studio.ui.action_table import TEMPLATES
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.fills import fill_in_this_thread
from studio.ui.garbage import Collector, collect
from studio.ui.i18n import N_, _, describe, number
from studio.ui.library.shelf import Shelf
from studio.ui.memory import keep_large_apart
from studio.ui.preferences.folders_page import DATA_DIR
from studio.ui.preferences.window import SettingsWindow
from studio.ui.resources import examples, resource
from studio.ui.runs.controls import TrainingControls
from studio.ui.runs.documents import RunsOfDocuments
from studio.ui.runs.kept import KeptRuns
from studio.ui.runs.panel import RunsPanel
from studio.ui.runs.queue import Queue
from studio.ui.runs.queue_list import QueueList
from studio.ui.settings import settings
from studio.ui.shell import files
from studio.ui.shell.desk import Desk
from studio.ui.shell.dock import BottomDock
from studio.ui.shell.docks import Docks
from studio.ui.shell.keeping import Keeping
from studio.ui.shell.marks import marks_of
from studio.ui.shell.notifier import Notifier
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.running import Running
from studio.ui.shell.session import Session
from studio.ui.shell.start_page import StartPage
from studio.ui.shell.status_line import StatusLine
from studio.ui.shell.tab_actions import TabActions
from studio.ui.shell.tabs import Tabs
from studio.ui.shell.top_bar import TopBar
from studio.ui.shell.view_actions import ViewActions
from studio.ui.shell.workspaces import DEBUG, Workspaces
from studio.ui.theme import Theme
from studio.ui.usage import Usage
from studio.ui.widgets.banner import Banner
from studio.ui.widgets.command_palette import CommandPalette
from studio.ui.widgets.history_list import HistoryList
from studio.ui.widgets.problems import Problems

_SIZE: Final = QSize(1600, 1000)
#: Milliseconds until what a closed document leaves is cleared away: its items go only then.
_COLLECT_MS: Final = 1500
#: More nodes than this take longer than 10 s to show: 5,000 take 3 s, 100,000 some minutes.
_MANY: Final = 15_000


class MainWindow(QMainWindow):
    """The studio's window: parts that know the document and the run, and not each other.

    Parameters
    ----------
    data_dir
        Folder in which data files are looked for first.
    """

    def __init__(self, data_dir: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("studio")
        self._trials = Trials(CATALOGUE)
        self.usage = Usage()
        self._settings_window: SettingsWindow | None = None

        self.desk = Desk(self)
        self.commands = Actions(self)
        self.controller = RunController(lambda: str(data_dir or settings().value(DATA_DIR) or "") or None, self)
        self.top_bar = TopBar(self.commands)
        self.tabs = Tabs(self.desk, self.commands, lambda d: marks_of(d, self.controller, self.running))
        self.banner = Banner()
        self.start_page = StartPage(self.commands, examples())
        self.gallery = Gallery(CATALOGUE, self)
        self.palette_panel = Palette(CATALOGUE, self.usage)
        self.inspector = Inspector(lambda node: self.panels.title_of(node))
        self.plots = Plots()
        self.problems = Problems(lambda node: self.panels.title_of(node))
        self.steps = HistoryList()
        self.dock = BottomDock()
        self.status_line = StatusLine(self._name_of)
        self.pages = QStackedWidget()
        self.kept = KeptRuns(self.controller)
        self.queue = Queue(self.controller, self.kept)
        self.notifier = Notifier(self)
        self.runs = RunsPanel(self.kept, _make_overlay, QueueList(self.queue))
        self.running = Running(
            self.desk, self.controller, self.commands, self.plots, self.status_line, self.banner, self.kept
        )
        self.keeping = Keeping(self.desk, self.commands, self.banner, self.start_page.copies)
        self.session = Session(self.desk, self.commands)
        self.shelf = Shelf(self)
        self.editors = Editors(self.desk, self.controller, self.pages, self._make_canvas, self.shelf.types)
        self.panels = Panels(self.editors, self.inspector, self.problems, self.steps, self.plots, self.status_line)
        self.debug_controller = DebugController(self.controller, self)
        self.debugger = Debugger(self.debug_controller, self.commands, lambda node: self.panels.title_of(node))
        self.debugging = Debugging(
            self.editors, self.controller, self.debug_controller, self.debugger, self.commands, self.banner
        )
        self.lazy_controller = LazyController(self.controller, self)
        self.lazy = Lazy(self.lazy_controller, self.commands, lambda node: self.panels.title_of(node))
        self.task_controller = TaskController(self.controller, self)
        self.tasks = Tasks(self.task_controller, self.commands, lambda node: self.panels.title_of(node))
        self.judging = Judging(self.editors, self.task_controller, self.debug_controller, self.commands, self.banner)
        self.health = Health(self.editors, self.controller, self.problems)
        self.freezing = Freezing(self.editors, self.controller)
        self.layers = Layers(lambda node: self.panels.title_of(node))
        self.adding = Adding(CATALOGUE, self, lambda: self.canvas, self.usage)
        self.places = Places(self, lambda: self.canvas)
        self.replacing = Replacing(
            lambda: self.canvas.canvas.catalogue if self.canvas is not None else CATALOGUE,
            lambda: self.canvas.history if self.canvas is not None else None,
            lambda: self.canvas.selected_ids() if self.canvas is not None else [],
            self,
        )
        self.controls = TrainingControls(self.controller, self.commands, self.banner, self._chosen_layers, self)
        self.run_documents = RunsOfDocuments(
            self.desk, self.running, self.queue, self.commands, self.banner, self._show_runs, self
        )
        self.exporting = Exporting(self, lambda: self.canvas, lambda: self.desk.name)
        self.command_palette = CommandPalette(self.commands, self)

        self._collect_timer = QTimer(self, interval=_COLLECT_MS, singleShot=True)
        self._collect_timer.timeout.connect(collect)
        self._lay_out()
        self._bind_actions()
        self._connect_parts()
        self.editors.shown.emit(None)

    # ------------------------------------------------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        self.setMenuWidget(self.top_bar)
        self.setStatusBar(self.status_line)
        self.pages.addWidget(self.start_page)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.banner)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setHandleWidth(1)
        sides.setChildrenCollapsible(False)
        sides.addWidget(self.pages)
        sides.addWidget(self.lazy)
        sides.setSizes([600, 1000])
        column.addWidget(sides, 1)
        self.setCentralWidget(centre)
        self.dock.add(self.plots, N_("Curves"))
        self.dock.add(self.tasks, N_("Results"))
        self._problems_tab = self.dock.add(self.problems, N_("Problems"))
        self.dock.add(self.steps, N_("History"))
        self.dock.add(self.runs, N_("Runs"))
        self.dock.add(self.debugger, N_("Debugger"))
        self.dock.add(self.layers, N_("Layers"))
        self.docks = Docks(self, {"left": self.palette_panel, "right": self.inspector, "bottom": self.dock})
        self.views = ViewActions(self.commands, self.docks)
        self.workspaces = Workspaces(self.docks, self.dock, self.commands)
        self.lazily = Lazily(
            self.editors,
            self.controller,
            self.lazy_controller,
            self.lazy,
            self.commands,
            self.workspaces,
            self.status_line,
        )
        self.room = Room(
            self.editors,
            self.docks,
            self.workspaces,
            self.tabs,
            self.status_line,
            lambda c: self.arrange_actions.dress(c),
        )

    # ----------------------------------------------------------------------------------------------------- actions

    def _bind_actions(self) -> None:
        bind = self.commands.bind
        bind("file.new", self.desk.new)
        for name in TEMPLATES:
            bind(f"file.new_{name}", lambda name=name: self.desk.begin(resource("templates", f"{name}.trenza")))
        bind("file.open", self.desk.ask_and_open)
        bind("file.save", self.desk.save)
        bind("file.save_as", self.desk.save_as)
        bind("file.save_all", self.desk.save_all)
        bind("file.reload", self.desk.reload)
        bind("edit.replace", self.replacing.ask)
        bind("file.export", self.exporting.ask)
        bind("file.reopen", self.desk.reopen)
        bind("file.detach", self.desk.detach)
        bind("file.quit", self.close)
        self.tab_actions = TabActions(self.commands, self.desk, self.tabs)
        bind("edit.undo", self.panels.undo)
        bind("edit.redo", self.panels.redo)
        bind_edit_actions(self.commands, lambda: self.canvas)
        self.arrange_actions = ArrangeActions(self.commands, self.places, lambda: self.canvas)
        self.keyboard_actions = KeyboardActions(self.commands, self._levels)
        self.library_actions = LibraryActions(
            self.commands, self.shelf, self._levels, self.desk.open, self.banner, self
        )
        self.comparing = Comparing(self.commands, self.desk, self.banner, self)
        self.tensor_actions = TensorActions(self.commands, self.inspector.tensor, self, self._add_constant)
        self.plot_actions = PlotActions(self.commands, self.plots, self)
        self.layering = Layering(
            self.editors, self.controller, self.health, self.kept, self.runs, self.layers, self.commands, self
        )
        self.task_actions = TaskActions(self.commands, self.tasks, self.task_controller, self)
        for saver in (self.tensor_actions, self.plot_actions.saver, self.layering.saver, self.task_actions.saver):
            saver.failed.connect(self._say_failed)
            saver.saved.connect(
                lambda path: self.banner.say("info", lambda: _("Saved as {path}.").format(path=path), seconds=8)
            )
        self.layering.failed.connect(self._say_failed)
        self.task_actions.failed.connect(self._say_failed)
        bind("canvas.edit", self._edit_values)
        bind("file.settings", lambda: self._preferences().show_page(0))
        bind("help.shortcuts", lambda: self._preferences().show_page(1))
        bind("help.commands", self.command_palette.popup)
        bind("help.about", self._about)
        self.commands.attach(self, "window")

    def _update_actions(self) -> None:
        """Enable what can be done just now."""
        is_open = self.canvas is not None
        able = {
            "file.save": is_open,
            "file.save_as": is_open,
            "file.export": is_open,
            "file.save_all": any(d.modified for d in self.desk.documents),
            "file.reload": self.desk.path is not None,
            "file.reopen": self.desk.can_reopen,
            "file.detach": self.desk.path is not None,
            "edit.undo": is_open and self.history.can_undo,
            "edit.redo": is_open and self.history.can_redo,
        }
        for id, spec in self.commands.specs.items():
            if spec.scope == "canvas" or id.startswith(("edit.", "canvas.", "view.zoom", "view.frame")):
                able.setdefault(id, is_open)
        for id, enabled in able.items():
            self.commands[id].setEnabled(enabled)
        self.running.update_actions()
        self.debugging.update_actions()
        self.lazily.update_actions()
        self.controls.update_actions()
        self.run_documents.update_actions()
        self.tab_actions.update()
        self.views.update(is_open)
        self.workspaces.update(is_open)
        self.arrange_actions.update(is_open)
        self.keyboard_actions.update()
        self.library_actions.update()
        self.comparing.update()

    def _connect_parts(self) -> None:
        self.desk.opened.connect(lambda opened: opened.changed.connect(self._on_changed))
        self.desk.closed.connect(self._on_closed)
        self.desk.moved.connect(self._update_actions)
        self.desk.reading.connect(self.status_line.show_reading)
        self.desk.reading.connect(self._update_actions)
        self.editors.shown.connect(self._on_shown)
        self.editors.made.connect(lambda editor: editor.entered.connect(lambda: self._on_entered(editor)))
        self.editors.made.connect(
            lambda editor: editor.menu_asked.connect(lambda at: _open_menu(self.top_bar.crumb_menu(), at))
        )
        self.shelf.changed.connect(self._on_library)
        self.panels.travelled.connect(self._update_actions)
        self.workspaces.changed.connect(self._update_actions)
        self.start_page.chosen.connect(self.desk.open)
        self.start_page.picture_wanted.connect(self.gallery.want)
        self.gallery.ready.connect(self.start_page.show_picture)
        self.palette_panel.chosen.connect(self.adding.add_in_the_middle)
        self.problems.count_changed.connect(lambda n: self.dock.set_count(self._problems_tab, n))
        self.plots.observed.connect(self.controller.observe)
        self.running.asked.connect(self._show_training)
        self.judging.asked.connect(self._show_tasks)
        self.task_actions.looked_into.connect(self.judging.look_into)
        self.debugging.asked.connect(self._show_debugger)
        self.runs.resume_asked.connect(self.run_documents.resume)
        self.runs.document_asked.connect(self.run_documents.open_document)
        self.runs.checkpoints.go_on_asked.connect(self.run_documents.resume)
        checkpoints = Checkpoints(self.inspector.tensor, self.commands, self.banner)
        self.runs.checkpoints.compare_asked.connect(checkpoints.compare)
        self.running.failed_at.connect(self.panels.reveal)
        self.running.changed.connect(self.tabs.refresh)
        self.running.over.connect(self.notifier.tell)
        self.queue.over.connect(self.notifier.tell)
        self.queue.begun.connect(lambda: self.plots.follow_queue(True))
        self.queue.changed.connect(self._name_queue)
        self.running.changed.connect(self._update_actions)
        self.tabs.menu_asked.connect(lambda at: _open_menu(self.top_bar.tab_menu(), at))
        self.exporting.done.connect(
            lambda path: self.banner.say("info", lambda: _("Exported: {path}").format(path=path), seconds=8)
        )
        self.exporting.failed.connect(lambda error: self.banner.say("bad", lambda: describe(error)))
        appearance().theme_changed.connect(self._on_theme)
        appearance().language_changed.connect(self._retranslate)

    def _on_theme(self, theme: Theme) -> None:
        for editor in self.editors:
            for canvas in editor.canvases:
                canvas.set_theme(theme)
        self._update_actions()

    def _retranslate(self) -> None:
        for editor in self.editors:
            for canvas in editor.canvases:
                canvas.retranslate()
        self._on_changed()

    # --------------------------------------------------------------------------------------------------- documents

    @property
    def canvas(self) -> CanvasView | None:
        """The canvas of the document that is shown."""
        return self.editors.current.canvas if self.editors.current is not None else None

    def _levels(self) -> Levels | None:
        """Return the graphs of the document that is shown."""
        return self.editors.current.levels if self.editors.current is not None else None

    @property
    def history(self) -> History:
        """The history of the document that is shown; an empty one if there is none."""
        return self.desk.history

    @property
    def document(self) -> Document:
        """The document that is shown; an empty one if there is none."""
        return self.desk.document

    @property
    def analysis(self) -> Analysis:
        """What is known of the document that is shown."""
        return self.editors.current.analysis if self.editors.current is not None else Analysis()

    @property
    def analysing(self) -> bool:
        """Whether something of the document that is shown is still to be analysed."""
        return self.editors.current is not None and self.editors.current.analysing

    def _show_training(self) -> None:
        """Bring the curves into sight, unless one looks at the layers or the results: they follow it, too."""
        if self.dock.currentWidget() not in (self.layers, self.tasks):
            self.dock.setCurrentWidget(self.plots)

    def _show_runs(self, queue: bool) -> None:
        """Bring the runs into sight, or the queue."""
        self.docks.docks["bottom"].setVisible(True)
        self.dock.setCurrentWidget(self.runs)
        if queue:
            self.runs.show_queue()

    def _show_debugger(self) -> None:
        """Bring the debugger into sight: the compiler's views make way, and a canvas that is presented stays alone."""
        if self.workspaces.compiling:
            self.workspaces.turn_to(DEBUG)
        if not self.workspaces.presenting:
            self.docks.docks["bottom"].setVisible(True)
        self.dock.setCurrentWidget(self.debugger)

    def _show_tasks(self) -> None:
        """Bring the task views into sight."""
        self.docks.docks["bottom"].setVisible(True)
        self.dock.setCurrentWidget(self.tasks)

    def _chosen_layers(self) -> list[str]:
        """Return the selected layers by the names that a training knows them by."""
        levels = self._levels()
        if levels is None:
            return []
        nodes = levels.canvas.canvas.document.nodes
        chosen = (id for id in levels.canvas.selected_ids() if id in nodes and nodes[id].type.startswith("layer."))
        return ["/".join((*levels.scope.path, id)) for id in chosen]

    def _make_canvas(self, editing: Editing, types: Types) -> CanvasView:
        canvas = CanvasView(editing, types, appearance().theme, Trials(types, self._trials))
        self.commands.attach(canvas, "canvas")
        self.arrange_actions.dress(canvas)
        canvas.addRequested.connect(self.adding.ask)
        canvas.replaceRequested.connect(self.adding.ask_replacement)
        canvas.nodeAdded.connect(self.usage.note)
        canvas.menuRequested.connect(self._open_selection_menu)
        canvas.refused.connect(self._say_failed)
        return canvas

    def _say_failed(self, error: EngineError) -> None:
        self.banner.say("warn", lambda: describe(error), seconds=8)

    def _on_shown(self, editor: Editor | None) -> None:
        """Another document is shown, or the start page."""
        for popup in (self.adding.search, self.places.search, self.places.marks, self.places.gone, self.places.renamed):
            popup.hide()
        if editor is None:
            self.pages.setCurrentWidget(self.start_page)
            self.start_page.show_recent(files.recent())
            self.start_page.setFocus()
        else:
            self._collect_timer.stop()
            self._on_entered(editor)
            editor.canvas.setFocus()
            self._warn_of_size(editor)
        self._on_changed()

    def _on_entered(self, editor: Editor) -> None:
        """Another graph is shown: what can be added is another."""
        if editor is self.editors.current:
            types = editor.canvas.canvas.catalogue
            self.arrange_actions.dress(editor.canvas)
            self.palette_panel.show_types(types)
            self.adding.search.show_types(types)
            self._update_actions()

    def _warn_of_size(self, editor: Editor) -> None:
        """Say so if it takes a while until all of a document is shown."""
        count = len(editor.document.nodes)
        if editor.is_new and count > _MANY:
            text = N_(
                "This document has {count} nodes. It takes a while until all of them show; you can work meanwhile."
            )
            self.banner.say("info", lambda: _(text).format(count=number(count)), seconds=20)

    def _on_library(self) -> None:
        """Other functions are in the library."""
        if self.editors.current is not None:
            self._on_entered(self.editors.current)

    def _on_closed(self, _opened: OpenDocument) -> None:
        self._collect_timer.start()
        self._on_changed()

    def _on_changed(self) -> None:
        """A document may be called otherwise, or be saved."""
        name = self.desk.name
        self.setWindowTitle(f"{name} — Trenza" if name else "Trenza")
        self._update_actions()

    def _name_of(self, number: int) -> str:
        document = self.desk.by_number(number)
        if number == QUEUE and self.queue.current is not None:
            place, count = self.queue.place
            return f"{_('Queue')} {place}/{count} · {self.queue.current.title}"
        return document.name if document is not None else ""

    def _name_queue(self) -> None:
        if (item := self.queue.current) is not None:
            self.plots.bar.name_queue(item.title)

    def _add_constant(self, params: Mapping[str, Any]) -> None:
        if self.canvas is not None:
            self.canvas.add_node("data.constant", self.canvas.free_place(), params=params)
            self.canvas.history.seal()

    def _edit_values(self) -> None:
        """Go to the first value of what is selected; of a note, to its text."""
        if self.canvas is not None and not self.canvas.edit_selected_note():
            self.docks.docks["right"].setVisible(True)
            self.inspector.properties.focus_values()

    def _open_selection_menu(self, at: QPoint) -> None:
        chosen = self.canvas is not None and self.canvas.selected_ids()
        _open_menu(self.top_bar.selection_menu() if chosen else self.top_bar.wire_menu(), at)

    # ------------------------------------------------------------------------------------------------------ window

    def _preferences(self) -> SettingsWindow:
        """Return the settings window, which is made when it is first asked for."""
        if self._settings_window is None:
            self._settings_window = SettingsWindow(self.commands, self)
        return self._settings_window

    def _about(self) -> None:
        box = QMessageBox(self)
        box.setWindowTitle(_("About Trenza"))
        box.setText(f"Trenza {__version__}")
        box.setInformativeText(_("Wire a network, and watch it learn."))
        box.setIconPixmap(self.windowIcon().pixmap(48, 48))
        box.open()

    def start_engine(self) -> None:
        """Start the engine's process, and load in the background what the first training needs."""
        self.controller.start()
        self.controller.show(self.desk.current.number if self.desk.current is not None else 0)
        self.plots.warm_up()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.desk.may_leave():
            event.ignore()
            return
        settings().setValue("geometry", self.saveGeometry())
        self.comparing.close()
        self.workspaces.remember()
        self.session.end()
        self.hide()  # nobody needs to see how all of it goes
        self.desk.clear()
        self.keeping.recovery.end()
        if self._settings_window is not None:  # before the actions that it shows
            self._settings_window.deleteLater()
            self._settings_window = None
        self.controller.shutdown()
        event.accept()

    def restore(self) -> None:
        """Take the place on the screen that the window had last time."""
        stored = settings().value("geometry")
        if isinstance(stored, QByteArray):
            self.restoreGeometry(stored)
        else:
            self.resize(_SIZE.boundedTo(self.screen().availableSize()))


def _make_overlay() -> QWidget:
    from studio.plots.overlay import Overlay  # here, since it imports pyqtgraph

    return Overlay()


def _open_menu(menu: QMenu, at: QPoint) -> None:
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)


def application() -> QApplication:
    """Return the Qt application, made and dressed if there is none yet."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    fill_in_this_thread()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Trenza")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("trenza")
    Collector(app)
    keep_large_apart()
    accessible.install(CanvasView)
    return app


def open_studio(path: Path | str | None = None, data_dir: Path | None = None) -> MainWindow:
    """Build the window, show it and return it, with the engine starting; the event loop is the caller's.

    Parameters
    ----------
    path
        A document to open; without one, the start page shows.
    data_dir
        Folder in which data files are looked for first.
    """
    application()
    fonts.load()
    appearance().start()
    with appearance().undressed():
        window = MainWindow(data_dir)
    window.restore()
    window.session.begin(Path(path) if path is not None else None)
    window.show()
    window.keeping.recovery.look()
    QTimer.singleShot(0, window.start_engine)
    return window


def run_studio(
    path: Path | None = None, train: bool = False, mode: str | None = None, data_dir: Path | None = None
) -> int:
    """Open the studio, run its event loop, and return the program's status."""
    app = application()
    window = open_studio(path, data_dir)
    if mode in ("eager", "lazy"):
        window.running.set_mode("eager" if mode == "eager" else "lazy")
    if train:
        window.running.train()
    return app.exec()
