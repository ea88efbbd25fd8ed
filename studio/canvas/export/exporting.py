"""Exporting from the window: the choices, the file, and the work, which leaves the event loop free."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.core.errors import EngineError
from studio.canvas.export.dialog import ExportDialog
from studio.canvas.export.drawing import Drawing
from studio.canvas.export.job import FORMATS, export
from studio.canvas.export.look import Look, Progress
from studio.canvas.export.progress import ProgressDialog
from studio.canvas.view import CanvasView
from studio.document.work import Work
from studio.ui.i18n import _
from studio.ui.settings import settings
from studio.ui.work_run import WorkRun

_FOLDER: Final = "export/folder"
_SHOW_MS: Final = 300
"""What takes less is done before a window about it could be read."""


class Exporting(QObject):
    """Asks how and where, and exports.

    Parameters
    ----------
    window
        Over which the dialogs show.
    canvas
        Gives the canvas of the open document, None if there is none.
    name
        Gives what the document is called.

    Signals
    -------
    done
        The path of the picture.
    failed
        The `EngineError` that says why there is none.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, window: QWidget, canvas: Callable[[], CanvasView | None], name: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._canvas, self._name = window, canvas, name
        self._work = WorkRun(self)
        self._dialog: ProgressDialog | None = None
        self._show_timer = QTimer(self, interval=_SHOW_MS, singleShot=True)
        self._show_timer.timeout.connect(self._show)

    @property
    def busy(self) -> bool:
        """Whether a picture is being made."""
        return self._work.busy

    def ask(self) -> None:
        """Let the user choose how the picture is to look, and then where it is to go."""
        canvas = self._canvas()
        if canvas is None or self.busy:
            return
        chosen = canvas.with_contents()
        dialog = ExportDialog(len(chosen), lambda only: _area(canvas, chosen if only else None), self._window)
        dialog.chosen.connect(lambda format, look, only: self._ask_path(format, look, chosen if only else None))
        dialog.open()

    def _ask_path(self, format: str, look: Look, ids: Collection[str] | None) -> None:
        folder = str(settings().value(_FOLDER) or Path.home())
        proposal = str(Path(folder) / f"{self._name()}.{format}")
        name, _filter = QFileDialog.getSaveFileName(
            self._window, _("Export as a picture"), proposal, _(FORMATS[format].filter)
        )
        if name:
            path = Path(name)
            path = path if path.suffix.lower() == f".{format}" else path.with_name(f"{path.name}.{format}")
            settings().setValue(_FOLDER, str(path.parent))
            self.begin(format, look, path, ids)

    def begin(self, format: str, look: Look, path: Path, ids: Collection[str] | None = None) -> None:
        """Export the graph, or the nodes, notes and frames called `ids`."""
        canvas = self._canvas()
        if canvas is None:
            return
        scene, progress = canvas.canvas, Progress()
        try:
            drawing = Drawing(scene.document, scene.catalogue, look.theme, ids, scene.status)
        except EngineError as error:
            self.failed.emit(error)
            return
        self._dialog = ProgressDialog(path.name, progress, self._window)
        self._dialog.rejected.connect(self.cancel)
        self._show_timer.start()
        self._work.begin(_tried(export(drawing, format, look, path, progress)), lambda error: self._end(path, error))

    def cancel(self) -> None:
        """Give it up; a file that was there stays as it was."""
        self._work.cancel()
        self._forget()

    def _show(self) -> None:
        if self._dialog is not None:
            self._dialog.open()

    def _end(self, path: Path, error: EngineError | None) -> None:
        self._forget()
        if error is None:
            self.done.emit(path)
        else:
            self.failed.emit(error)

    def _forget(self) -> None:
        self._show_timer.stop()
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.hide()
            dialog.deleteLater()


def _tried(work: Work[None]) -> Work[EngineError | None]:
    """Do the work, and return what stood in its way."""
    try:
        yield from work
    except EngineError as error:
        return error
    return None


def _area(canvas: CanvasView, ids: Collection[str] | None) -> QRectF:
    """Return about what a picture shows, without its margin."""
    scene = canvas.canvas
    if ids is None:
        return scene.overview.bounds()
    area = QRectF()
    for id in ids:
        scene.ensure(id)
        area = area.united(scene.items_by_id[id].body())
    return area
