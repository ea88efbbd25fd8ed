"""The actions of how things look: theme, language, and which panels are shown."""

from __future__ import annotations

from typing import Final

from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import LANGUAGES, UNITS, language, units
from studio.ui.shell.docks import Docks
from studio.ui.theme import CHOICES

#: The panels that can be hidden, by the actions that do it.
PANELS: Final = {"view.palette": "left", "view.inspector": "right", "view.dock": "bottom"}


class ViewActions:
    """Binds the actions, and keeps their ticks where they belong.

    Parameters
    ----------
    actions
        The program's actions.
    docks
        The panels.
    """

    def __init__(self, actions: Actions, docks: Docks) -> None:
        self._actions, self._docks = actions, docks
        for theme in CHOICES:
            actions.bind(f"view.theme_{theme}", lambda _on, theme=theme: appearance().set_theme(theme))
        for code in LANGUAGES:
            actions.bind(f"view.language_{code}", lambda _on, code=code: appearance().set_language(code))
        for name in UNITS:
            actions.bind(f"view.units_{name}", lambda _on, name=name: appearance().set_units(name))
        for id, place in PANELS.items():
            actions.bind(id, docks.docks[place].setVisible)

    def update(self, is_open: bool) -> None:
        """Tick what is in use; panels can be hidden while a document is open."""
        for id, place in PANELS.items():
            self._actions[id].setEnabled(is_open)
            self._actions[id].setChecked(self._docks.shows(place))
        self._actions[f"view.theme_{appearance().choice}"].setChecked(True)
        self._actions[f"view.language_{language()}"].setChecked(True)
        self._actions[f"view.units_{units()}"].setChecked(True)
