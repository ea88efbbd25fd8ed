"""Workspaces: for each task the panels that it needs, in the sizes that the user has given them."""

from __future__ import annotations

import contextlib
import json
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.ui.actions import Actions
from studio.ui.i18n import N_
from studio.ui.settings import settings
from studio.ui.shell.dock import BottomDock
from studio.ui.shell.docks import Docks, Layout

_ALL: Final = frozenset({"left", "right", "bottom"})

#: How each is at first, and after a reset: the layout, and the panel in front at the bottom.
WORKSPACES: Final[dict[str, tuple[Layout, str]]] = {
    "design": (Layout(_ALL, {"left": 230, "right": 320, "bottom": 300}), "plots"),
    "train": (Layout(frozenset({"bottom"}), {"left": 230, "right": 320, "bottom": 440}), "plots"),
    "debug": (Layout(frozenset({"right", "bottom"}), {"left": 230, "right": 420, "bottom": 400}), "debugger"),
    "present": (Layout(frozenset(), {"left": 230, "right": 320, "bottom": 300}), "plots"),
    "lazy": (Layout(frozenset(), {"left": 230, "right": 320, "bottom": 300}), "plots"),
}
#: What each is called where there is little room.
SHORT: Final = {
    "design": N_("Design"),
    "train": N_("Training"),
    "debug": N_("Debug"),
    "present": N_("Present"),
    "lazy": N_("Compiler"),
}
PRESENT: Final = "present"
#: The one in which the program that a document runs as lies beside it.
LAZY: Final = "lazy"
#: The one in which a run is stepped.
DEBUG: Final = "debug"
_FIRST: Final = "design"
_CURRENT: Final = "workspace"
#: Smallest and largest size of a panel that is believed, in pixels.
_BOUNDS: Final = (40, 4000)


class Workspaces(QObject):
    """Lets the panels lie as the chosen workspace says, and remembers what the user makes of it.

    `changing` tells that another one is about to be in use, `changed` that it is: both carry its name.

    Parameters
    ----------
    docks, dock
        The panels, and the one at the bottom with its tabs.
    actions
        The program's actions: `view.workspace_…` choose one.
    """

    changing = Signal(str)
    changed = Signal(str)

    def __init__(self, docks: Docks, dock: BottomDock, actions: Actions) -> None:
        super().__init__(docks)
        self._docks, self._dock, self._actions = docks, dock, actions
        stored = str(settings().value(_CURRENT) or "")
        self.current = stored if stored in WORKSPACES else _FIRST
        self._entered = False
        for name in WORKSPACES:
            actions.bind(f"view.workspace_{name}", lambda _on, name=name: self.turn_to(name))
        actions.bind("view.workspace_reset", self.reset)

    @property
    def presenting(self) -> bool:
        """Whether the canvas is alone now."""
        return self._entered and self.current == PRESENT

    @property
    def compiling(self) -> bool:
        """Whether the program that the document runs as lies beside it now."""
        return self._entered and self.current == LAZY

    def update(self, is_open: bool) -> None:
        """Tick the one in use; there is something to arrange while a document is shown."""
        for name in WORKSPACES:
            self._actions[f"view.workspace_{name}"].setEnabled(is_open)
        self._actions[f"view.workspace_{self.current}"].setChecked(True)
        self._actions["view.workspace_reset"].setEnabled(is_open)

    def enter(self) -> None:
        """Show the panels: a document is shown."""
        if not self._entered:
            self._entered = True
            self._arrange()

    def leave(self) -> None:
        """Hide the panels: no document is shown."""
        self.remember()
        self._entered = False
        self._docks.hide()

    def turn_to(self, name: str) -> None:
        """Use another workspace."""
        if name != self.current:
            self.remember()
            self.changing.emit(name)
            self.current = name
            settings().setValue(_CURRENT, name)
            self._arrange()
            self.changed.emit(name)

    def reset(self) -> None:
        """Let the workspace be as it was at first."""
        settings().remove(_key(self.current))
        self._arrange()

    def remember(self) -> None:
        """Take note of how the user has the panels."""
        if not self._entered or self._docks.settling:
            return
        layout = self._docks.layout(self._known()[0])
        front = self._dock.currentWidget().objectName()
        fields = {"shown": sorted(layout.shown), "sizes": dict(layout.sizes), "front": front}
        settings().setValue(_key(self.current), json.dumps(fields))

    def _arrange(self) -> None:
        if not self._entered:
            return
        layout, front = self._known()
        self._docks.arrange(layout)
        panel = self._dock.findChild(QWidget, front)
        if panel is not None and self._dock.indexOf(panel) >= 0:
            self._dock.setCurrentWidget(panel)

    def _known(self) -> tuple[Layout, str]:
        """Return what is remembered of the workspace; what is damaged is as it was at first."""
        layout, front = WORKSPACES[self.current]
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            fields = json.loads(str(settings().value(_key(self.current)) or ""))
            sizes = {p: min(max(int(fields["sizes"][p]), _BOUNDS[0]), _BOUNDS[1]) for p in _ALL}
            return Layout(_ALL.intersection(fields["shown"]), sizes), str(fields["front"])
        return layout, front


def _key(name: str) -> str:
    return f"workspaces/{name}"
