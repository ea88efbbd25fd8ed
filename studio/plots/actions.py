"""Saving the curves that are shown, as numbers or as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.core.errors import EngineError, InvalidArgumentError
from studio.plots.panel import Plots
from studio.plots.saving import save_table, table_of
from studio.ui.actions import Actions
from studio.ui.beside import beside
from studio.ui.i18n import _
from studio.ui.pictures import PICTURES
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

    def __init__(self, commands: Actions, plots: Plots, window: QWidget) -> None:
        super().__init__(window)
        self._plots, self._window, self._action = plots, window, commands["plots.save"]
        commands.bind("plots.save", self._ask_and_save)
        plots.bar.add(ActionButton(self._action, icon_only=True))
        plots.changed.connect(self._update)
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
            self._tell(path, _tried(lambda: write(self._plots.content, path)))
        elif path.suffix.lower() == ".csv":
            table = table_of({name: self._plots.curves[name] for name in self._plots.cells})
            beside(self, "curves", lambda: _tried(lambda: save_table(table, path)), lambda e: self._tell(path, e))
        else:
            self.failed.emit(
                InvalidArgumentError(
                    "Curves cannot be saved as {ending}.",
                    hint="Use {known}.",
                    ending=path.suffix,
                    known=", ".join(ENDINGS),
                )
            )

    def _tell(self, path: Path, error: EngineError | None) -> None:
        if error is None:
            self.saved.emit(path)
        else:
            self.failed.emit(error)


def _tried(write: Callable[[], None]) -> EngineError | None:
    """Write something, and return what went wrong, if anything has."""
    try:
        write()
    except EngineError as error:
        return error
    return None
