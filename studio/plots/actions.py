"""Saving the curves that are shown, as numbers or as a picture."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.plots.panel import Plots
from studio.plots.saving import save_table, table_of
from studio.ui.actions import Actions
from studio.ui.i18n import N_, _
from studio.ui.saving import Kind, Saver, Write, pictures
from studio.ui.widgets.action_button import ActionButton


class PlotActions(QObject):
    """Binds the commands about curves to their panel.

    Parameters
    ----------
    commands
        The program's actions.
    plots
        The panel.
    window
        Over which dialogs show.

    Attributes
    ----------
    saver
        Writes the files.
    """

    def __init__(self, commands: Actions, plots: Plots, window: QWidget) -> None:
        super().__init__(window)
        self._plots, self._action = plots, commands["plots.save"]
        kinds = {".csv": Kind(N_("Table"), self._take_table, is_beside=True), **pictures(lambda: plots.content)}
        self.saver = Saver("plots", lambda: _("Save the curves"), lambda: _("Curves").lower(), kinds, window)
        commands.bind("plots.save", self.saver.ask)
        plots.bar.add(ActionButton(self._action, icon_only=True))
        plots.changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        self._action.setEnabled(bool(self._plots.cells))

    def _take_table(self) -> Write:
        return partial(save_table, table_of({name: self._plots.curves[name] for name in self._plots.cells}))
