"""The actions of functions, and of walking and wiring by keyboard: bound to the canvas that is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from studio.canvas.levels import Levels
from studio.canvas.view import CanvasView
from studio.ui.actions import Actions

#: For each action what it does on the canvas.
_COMMANDS: Final[dict[str, Callable[[CanvasView], object]]] = {
    "canvas.connect_to": lambda view: view.connecting.ask(from_here=True),
    "canvas.connect_from": lambda view: view.connecting.ask(from_here=False),
    "canvas.fix": lambda view: view.problems.focus_fixes(),
    "canvas.function": lambda view: view.functions.make(),
    "canvas.unpack": lambda view: view.functions.unpack(),
    "canvas.own_copy": lambda view: view.functions.own_copy(),
    "walk.next": lambda view: view.walking.step(1),
    "walk.previous": lambda view: view.walking.step(-1),
    "walk.next_too": lambda view: view.walking.step(1, extend=True),
    "walk.previous_too": lambda view: view.walking.step(-1, extend=True),
    "walk.forward": lambda view: view.walking.follow(forward=True),
    "walk.back": lambda view: view.walking.follow(forward=False),
    "walk.up": lambda view: view.walking.aside(-1),
    "walk.down": lambda view: view.walking.aside(1),
    "walk.next_wire": lambda view: view.walking.next_wire(1),
    "walk.previous_wire": lambda view: view.walking.next_wire(-1),
}

#: What needs to know which graph is shown.
_LEVELS: Final[dict[str, Callable[[Levels], object]]] = {
    "canvas.enter": lambda levels: levels.enter(levels.canvas.functions.entrance or ""),
    "canvas.leave": Levels.leave,
    "canvas.rename_function": lambda levels: levels.breadcrumb.rename(),
}


class KeyboardActions:
    """Binds the actions.

    Parameters
    ----------
    actions
        The program's actions.
    levels
        Gives the graphs of the document that is shown, None if there is none.
    """

    def __init__(self, actions: Actions, levels: Callable[[], Levels | None]) -> None:
        self._actions, self._levels = actions, levels
        for id, command in _COMMANDS.items():
            actions.bind(id, lambda command=command: self._do(lambda levels: command(levels.canvas)))
        for id, step in _LEVELS.items():
            actions.bind(id, lambda step=step: self._do(step))

    def update(self) -> None:
        """Enable what can be done."""
        levels = self._levels()
        for id in (*_COMMANDS, *_LEVELS):
            self._actions[id].setEnabled(levels is not None)
        inside = levels is not None and bool(levels.scope.path)
        for id in ("canvas.leave", "canvas.rename_function"):
            self._actions[id].setEnabled(inside)

    def _do(self, command: Callable[[Levels], object]) -> None:
        if (levels := self._levels()) is not None:
            command(levels)
