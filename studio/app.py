"""The composition root: the one file that knows every part of the studio and puts them together."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from studio import __version__
from studio.canvas.adding import Adding
from studio.canvas.arrange_actions import ArrangeActions
from studio.canvas.export.exporting import Exporting
from studio.canvas.gallery import Gallery
from studio.canvas.places import Places
from studio.canvas.view import CanvasView
from studio.document.analysis import Analysis
from studio.document.bookmarks import BOOKMARKS
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, PortRef
from studio.document.edits import COSMETIC, Edit, SetSetting
from studio.document.history import History
from studio.document.infer import Inference
from studio.document.trial import Trials
from studio.inspector.panel import Inspector
from studio.inspector.replace_dialog import Replacing
from studio.palette.panel import Palette
from studio.plots.panel import Plots
from studio.run.controller import RunController
from studio.run.messages import Previewed, Watched
from studio.ui import fonts
from studio.ui.action_table import TEMPLATES
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.garbage import collect, collect_in_time
from studio.ui.i18n import N_, _, describe
from studio.ui.preferences.folders_page import DATA_DIR
from studio.ui.preferences.window import SettingsWindow
from studio.ui.resources import examples, resource
from studio.ui.settings import settings
from studio.ui.shell import files
from studio.ui.shell.desk import Desk
from studio.ui.shell.dock import BottomDock
from studio.ui.shell.docks import Docks
from studio.ui.shell.keeping import Keeping
from studio.ui.shell.running import Running
from studio.ui.shell.start_page import StartPage
from studio.ui.shell.status_line import StatusLine
from studio.ui.shell.top_bar import TopBar
from studio.ui.shell.view_actions import ViewActions
from studio.ui.theme import Theme
from studio.ui.usage import Usage
from studio.ui.widgets.banner import Banner
from studio.ui.widgets.command_palette import CommandPalette
from studio.ui.widgets.history_list import HistoryList
from studio.ui.widgets.problems import Problems

_SIZE: Final = QSize(1600, 1000)
#: Milliseconds until what a closed document leaves is cleared away: its items go only then.
_COLLECT_MS: Final = 1500
#: What inference takes of a frame of 16 ms.
_SLICE_SECONDS: Final = 0.007


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
        self.analysis = Analysis()
        self.canvas: CanvasView | None = None
        self._unsubscribe: Callable[[], None] = _nothing
        self._inference = Inference(CATALOGUE)
        self._trials = Trials(CATALOGUE)
        self.usage = Usage()
        self._watched: PortRef | None = None
        self._settings_window: SettingsWindow | None = None

        self.desk = Desk(self)
        self.commands = Actions(self)
        self.controller = RunController(lambda: str(data_dir or settings().value(DATA_DIR) or "") or None, self)
        self.top_bar = TopBar(self.commands)
        self.banner = Banner()
        self.start_page = StartPage(self.commands, examples())
        self.gallery = Gallery(CATALOGUE, self)
        self.palette_panel = Palette(CATALOGUE, self.usage)
        self.inspector = Inspector(CATALOGUE)
        self.plots = Plots()
        self.problems = Problems(self._title_of)
        self.steps = HistoryList()
        self.dock = BottomDock()
        self.status_line = StatusLine()
        self.running = Running(
            self.desk, self.controller, self.commands, self.plots, self.status_line, self.banner, self._batch_size
        )
        self.keeping = Keeping(self.desk, self.commands, self.banner, self.start_page.copies)
        self.adding = Adding(CATALOGUE, self, lambda: self.canvas, self.usage)
        self.places = Places(self, lambda: self.canvas)
        self.replacing = Replacing(
            CATALOGUE,
            lambda: self.history if self.canvas is not None else None,
            lambda: self.canvas.selected_ids() if self.canvas is not None else [],
            self,
        )
        self.exporting = Exporting(self, lambda: self.canvas, lambda: self.desk.name)
        self.command_palette = CommandPalette(self.commands, self)

        self._analyse_timer = QTimer(self, interval=0)
        self._analyse_timer.timeout.connect(self._analyse)
        self._collect_timer = QTimer(self, interval=_COLLECT_MS, singleShot=True)
        self._collect_timer.timeout.connect(collect)
        self._lay_out()
        self._bind_actions()
        self._connect_parts()
        self._on_closed()

    # ------------------------------------------------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        self.setMenuWidget(self.top_bar)
        self.setStatusBar(self.status_line)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start_page)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)
        self.dock.add(self.plots, N_("Curves"))
        self._problems_tab = self.dock.add(self.problems, N_("Problems"))
        self.dock.add(self.steps, N_("History"))
        self.docks = Docks(self, {"left": self.palette_panel, "right": self.inspector, "bottom": self.dock})
        self.views = ViewActions(self.commands, self.docks)

    # ----------------------------------------------------------------------------------------------------- actions

    def _bind_actions(self) -> None:
        bind = self.commands.bind
        bind("file.new", self.desk.new)
        for name in TEMPLATES:
            bind(f"file.new_{name}", lambda name=name: self.desk.begin(resource("templates", f"{name}.trenza")))
        bind("file.open", self.desk.ask_and_open)
        bind("file.save", self.desk.save)
        bind("file.save_as", self.desk.save_as)
        bind("file.reload", self.desk.reload)
        bind("edit.replace", self.replacing.ask)
        bind("file.export", self.exporting.ask)
        bind("file.close", self.desk.close)
        bind("file.quit", self.close)
        bind("edit.undo", self._undo)
        bind("edit.redo", self._redo)
        for id, name in (
            ("edit.cut", "cut"),
            ("edit.copy", "copy"),
            ("edit.paste", "paste"),
            ("edit.paste_with_wires", "paste_with_wires"),
            ("edit.duplicate", "duplicate"),
            ("edit.delete", "delete_selection"),
            ("edit.delete_with_wires", "delete_with_wires"),
            ("edit.disconnect", "disconnect_selection"),
            ("edit.select_all", "select_all"),
            ("edit.rename", "rename"),
            ("view.frame", "frame_selection"),
            ("view.frame_all", "frame_all"),
            ("view.zoom_in", "zoom_in"),
            ("view.zoom_out", "zoom_out"),
            ("view.zoom_reset", "zoom_reset"),
            ("canvas.add", "request_add"),
            ("canvas.note", "add_note"),
            ("canvas.reroute", "add_reroutes"),
            ("canvas.replace", "request_replace"),
            ("canvas.convert", "convert_selected"),
        ):
            bind(id, lambda name=name: self.canvas and getattr(self.canvas, name)())
        self.arrange_actions = ArrangeActions(self.commands, self.places, lambda: self.canvas)
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
            "file.close": is_open,
            "file.export": is_open,
            "file.reload": is_open and self.desk.path is not None,
            "edit.undo": is_open and self.history.can_undo,
            "edit.redo": is_open and self.history.can_redo,
        }
        for id, spec in self.commands.specs.items():
            if spec.scope == "canvas" or id.startswith(("edit.", "canvas.", "view.zoom", "view.frame")):
                able.setdefault(id, is_open)
        for id, enabled in able.items():
            self.commands[id].setEnabled(enabled)
        self.running.update_actions()
        self.views.update(is_open)
        self.arrange_actions.update(is_open)

    def _connect_parts(self) -> None:
        self.desk.opened.connect(self._on_opened)
        self.desk.closed.connect(self._on_closed)
        self.desk.saved.connect(self._show_name)
        self.desk.reading.connect(self.status_line.show_reading)
        self.docks.settled.connect(self._frame_all)
        self.start_page.chosen.connect(self.desk.open)
        self.start_page.picture_wanted.connect(self.gallery.want)
        self.gallery.ready.connect(self.start_page.show_picture)
        self.palette_panel.chosen.connect(self.adding.add_in_the_middle)
        self.problems.chosen.connect(self._reveal)
        self.steps.chosen.connect(self._go_to)
        self.problems.count_changed.connect(lambda n: self.dock.set_count(self._problems_tab, n))
        self.controller.previewed.connect(self._on_previewed)
        self.controller.watched.connect(self._on_watched)
        self.running.asked.connect(lambda: self.dock.setCurrentWidget(self.plots))
        self.running.failed_at.connect(self._reveal)
        self.running.changed.connect(self._update_actions)
        self.exporting.done.connect(
            lambda path: self.banner.say("info", lambda: _("Exported: {path}").format(path=path), seconds=8)
        )
        self.exporting.failed.connect(lambda error: self.banner.say("bad", lambda: describe(error)))
        appearance().theme_changed.connect(self._on_theme)
        appearance().language_changed.connect(self._retranslate)

    def _on_theme(self, theme: Theme) -> None:
        if self.canvas is not None:
            self.canvas.set_theme(theme)
        self._update_actions()

    def _retranslate(self) -> None:
        if self.canvas is not None:
            self.canvas.retranslate()
        self._show_name()
        self._update_actions()

    # --------------------------------------------------------------------------------------------------- documents

    @property
    def history(self) -> History:
        """The history of the open document."""
        return self.desk.history

    @property
    def document(self) -> Document:
        """The open document; an empty one if there is none."""
        return self.desk.document

    def _on_opened(self) -> None:
        self._forget_document()
        self._collect_timer.stop()
        self._unsubscribe = self.document.subscribe(self._on_edit)
        self.canvas = self._make_canvas()
        self.inspector.open(self.history)
        self.steps.show_history(self.history)
        self._pages.addWidget(self.canvas)
        self._pages.setCurrentWidget(self.canvas)
        self.docks.show()
        self.banner.dismiss()
        self._analyse()
        self.controller.preview(self.document, reset=True)
        QTimer.singleShot(0, self._frame_all)
        self.canvas.setFocus()
        self._show_name()
        self._update_actions()

    def _make_canvas(self) -> CanvasView:
        canvas = CanvasView(self.history, CATALOGUE, appearance().theme, self._trials)
        self.commands.attach(canvas, "canvas")
        self.arrange_actions.dress(canvas)
        canvas.selectionChanged.connect(self._on_selected)
        canvas.wireClicked.connect(self._watch)
        canvas.addRequested.connect(self.adding.ask)
        canvas.replaceRequested.connect(self.adding.ask_replacement)
        canvas.nodeAdded.connect(self.usage.note)
        canvas.menuRequested.connect(self._open_selection_menu)
        canvas.refused.connect(lambda error: self.banner.say("warn", lambda: describe(error), seconds=8))
        return canvas

    def _on_closed(self) -> None:
        self._forget_document()
        self._collect_timer.start()
        self._pages.setCurrentWidget(self.start_page)
        self.banner.dismiss()
        self.start_page.setFocus()
        self.start_page.show_recent(files.recent())
        self.docks.hide()
        self._show_name()
        self._update_actions()

    def _frame_all(self) -> None:
        if self.canvas is not None:
            self.canvas.frame_all()

    def _forget_document(self) -> None:
        self._unsubscribe()
        self._unsubscribe = _nothing
        self._analyse_timer.stop()
        self.running.abandon()
        self.problems.show_errors({})
        self.steps.show_history(None)
        self._watched = None
        self.controller.watch(None)
        if self.canvas is not None:
            self.canvas.close_document()
            self._pages.removeWidget(self.canvas)
            self.canvas.deleteLater()
            self.canvas = None

    def _show_name(self) -> None:
        name = self.desk.name if self.desk.is_open else ""
        self.top_bar.name.say(name, self.desk.modified)
        self.top_bar.name.setVisible(self.desk.is_open)
        self.setWindowTitle(f"{name} — Trenza" if name else "Trenza")

    # ----------------------------------------------------------------------------------------------------- editing

    def _on_edit(self, edit: Edit) -> None:
        # the history takes note of an edit after the document has announced it
        QTimer.singleShot(0, self._after_edit)
        if not all(map(_is_cosmetic, edit.leaves())):
            self._analyse_timer.start()
            self.controller.preview(self.document)

    def _go_to(self, position: int) -> None:
        self.history.go_to(position)
        self._after_edit()

    def _after_edit(self) -> None:
        self.steps.refresh()
        self._show_name()
        self._update_actions()

    def _undo(self) -> None:
        self.history.undo()
        self._after_edit()

    def _redo(self) -> None:
        self.history.redo()
        self._after_edit()

    @property
    def analysing(self) -> bool:
        """Whether something of the document is still to be analysed."""
        return self._analyse_timer.isActive()

    def _analyse(self) -> None:
        """Analyse for a slice of a frame; once all is known, show it."""
        if not self._inference.advance(self.document, _SLICE_SECONDS):
            self._analyse_timer.start()
            return
        self._analyse_timer.stop()
        self.analysis = self._inference.result(self.document)
        if self.canvas is not None:
            self.canvas.set_analysis(self.analysis)
        self.inspector.properties.show_analysis(self.analysis)
        self.problems.show_analysis(self.analysis)
        self.status_line.show_parameters(sum(self.analysis.parameters.values()))
        self._watch_selected()

    def _on_selected(self, ids: list[str]) -> None:
        self.inspector.properties.select([id for id in ids if id in self.document.nodes])
        self._watch_selected()

    def _watch_selected(self) -> None:
        """Look into the first output of the one node that is selected, unless another of its outputs is looked at."""
        ids = self.canvas.selected_ids() if self.canvas is not None else []
        outputs = [ref for ref in self.analysis.specs if ref.node in ids] if len(ids) == 1 else []
        if outputs and self._watched not in outputs:
            self._watch(outputs[0])

    def _watch(self, port: PortRef) -> None:
        self._watched = port
        self.controller.watch(port)

    def _open_selection_menu(self, at: QPoint) -> None:
        chosen = self.canvas is not None and self.canvas.selected_ids()
        menu = self.top_bar.selection_menu() if chosen else self.top_bar.wire_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _reveal(self, node: str) -> None:
        if self.canvas is not None and node in self.document.nodes:
            self.canvas.reveal(node)
            self.canvas.setFocus()

    def _title_of(self, node: str) -> str:
        return self.canvas.canvas.title(node) if self.canvas is not None else node

    # --------------------------------------------------------------------------------------------------- the run

    def _on_previewed(self, event: Previewed) -> None:
        if self.canvas is not None:
            self.canvas.set_preview(event.tensors, event.errors)
            self.problems.show_errors(event.errors)
            port = self.inspector.tensor.port
            self.inspector.tensor.mark_stale(port is not None and port not in event.tensors)

    def _on_watched(self, event: Watched) -> None:
        if event.port.node in self.document.nodes:
            self.inspector.tensor.show_tensor(event)

    def _batch_size(self) -> int:
        trainers = [n for n in self.document.nodes.values() if n.type.startswith("train.")]
        default = CATALOGUE[trainers[0].type].params["batch_size"].default if trainers else 1
        return int(trainers[0].params.get("batch_size", default)) if trainers else 1

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
        if self.canvas is not None:
            self.controller.preview(self.document, reset=True)
        self.plots.warm_up()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.desk.may_leave():
            event.ignore()
            return
        settings().setValue("geometry", self.saveGeometry())
        self._forget_document()
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


def _is_cosmetic(edit: Edit) -> bool:
    """Return whether every wire still carries after an edit what it carried before: no inference, no preview."""
    return isinstance(edit, COSMETIC) or (isinstance(edit, SetSetting) and edit.name == BOOKMARKS)


def _nothing() -> None:
    """Stand for an ended subscription."""


def application() -> QApplication:
    """Return the Qt application, made and dressed if there is none yet."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Trenza")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("trenza")
    collect_in_time(app)
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
    window = MainWindow(data_dir)
    window.restore()
    if path is not None:
        window.desk.open(Path(path))
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
