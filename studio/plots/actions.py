"""Saving the curves that are shown, as numbers or as a picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.core.errors import EngineError, InvalidArgumentError
from studio.plots.panel import Plots
from studio.plots.saving import PICTURES, Table, save_table, table_of
from studio.ui.actions import Actions
from studio.ui.i18n import _
from studio.ui.settings import settings
from studio.ui.widgets.action_button import ActionButton

_FOLDER: Final = "plots/folder"
ENDINGS: Final = (".csv", *PICTURES)


class PlotActions(QObject):
    """Binds the commands about curves to their panel.

    Signals
    -------
    failed
        Something cannot be done: carries the error.
    saved
        A file was written: carries its path.

    Parameters
    ----------
    commands
        The program's actions.
    plots
        The panel.
    window
        Over which dialogs show.
    """

    failed = Signal(object)
    saved = Signal(object)
    _done = Signal(object, object)

    def __init__(self, commands: Actions, plots: Plots, window: QWidget) -> None:
        super().__init__(window)
        self._plots, self._window, self._action = plots, window, commands["plots.save"]
        commands.bind("plots.save", self._ask_and_save)
        plots.bar.add(ActionButton(self._action, icon_only=True))
        plots.changed.connect(self._update)
        self._done.connect(self._on_done)  # a method of an object of this thread: what a thread tells, comes here
        self._update()

    def _update(self) -> None:
        self._action.setEnabled(bool(self._plots.cells))

    def _ask_and_save(self) -> None:
        folder = str(settings().value(_FOLDER) or Path.home())
        filters = f"{_('Table')} (*.csv);;PNG (*.png);;SVG (*.svg)"
        proposal = str(Path(folder) / f"{_('Curves').lower()}.csv")
        name, chosen = QFileDialog.getSaveFileName(self._window, _("Save the curves"), proposal, filters)
        if not name:
            return
        path = Path(name)
        settings().setValue(_FOLDER, str(path.parent))
        self.save(path if path.suffix else path.with_suffix(next(e for e in ENDINGS if e in chosen)))

    def save(self, path: Path) -> None:
        """Write the curves that are shown to a file; of what kind, its ending says. Tables are written in a thread."""
        if (write := PICTURES.get(path.suffix.lower())) is not None:
            self._try(lambda: write(self._plots.content, path), path)
        elif path.suffix.lower() == ".csv":
            table = table_of({name: self._plots.curves[name] for name in self._plots.cells})
            threading.Thread(target=self._save_table, args=(table, path), daemon=True).start()
        else:
            self.failed.emit(
                InvalidArgumentError(
                    "Curves cannot be saved as {ending}.",
                    hint="Use {known}.",
                    ending=path.suffix,
                    known=", ".join(ENDINGS),
                )
            )

    def _save_table(self, table: Table, path: Path) -> None:
        self._try(lambda: save_table(table, path), path)

    def _try(self, write: Callable[[], None], path: Path) -> None:
        try:
            write()
        except EngineError as error:
            self._done.emit(path, error)
        else:
            self._done.emit(path, None)

    @Slot(object, object)
    def _on_done(self, path: Path, error: EngineError | None) -> None:
        if error is None:
            self.saved.emit(path)
        else:
            self.failed.emit(error)
