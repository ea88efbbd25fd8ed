"""The actions that put things in order and find the way: bound to the canvas that is open, and ticked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray

from studio.canvas.arranging import Arranging
from studio.canvas.places import Places
from studio.canvas.view import CanvasView
from studio.ui import motion
from studio.ui.action_table import COLOURS, PICTURES
from studio.ui.actions import Actions
from studio.ui.settings import settings

#: For each action what it does to what is selected.
_COMMANDS: Final[dict[str, Callable[[Arranging], object]]] = {
    "arrange.layout": Arranging.lay_out,
    "arrange.straighten": Arranging.straighten,
    "arrange.tidy": Arranging.tidy,
    **{
        f"arrange.{way}": lambda a, way=way: a.align(way)  # type: ignore[misc]
        for way in ("left", "center", "right", "top", "middle", "bottom")
    },
    "arrange.spread_across": lambda a: a.distribute(vertical=False),
    "arrange.spread_down": lambda a: a.distribute(vertical=True),
    "arrange.grid": Arranging.to_grid,
    "canvas.frame": Arranging.frame_selection,
    "canvas.bypass": lambda a: a.toggle("bypass"),
    "canvas.mute": lambda a: a.toggle("mute"),
    "canvas.collapse": Arranging.collapse,
    **{f"canvas.picture_{kind or 'auto'}": lambda a, kind=kind: a.show_value_as(kind) for kind in PICTURES},  # type: ignore[misc]
    **{f"canvas.colour_{token or 'note'}": lambda a, token=token: a.colour(token) for token in COLOURS},  # type: ignore[misc]
}

#: What is remembered from one start to the next, and what holds at the first.
_SWITCHES: Final = {"arrange.snap": True, "arrange.snap_grid": False, "view.minimap": True, "view.pictures": True}


class ArrangeActions:
    """Binds the actions.

    Parameters
    ----------
    actions
        The program's actions.
    places
        Search and bookmarks.
    canvas
        Gives the canvas of the open document, None if there is none.
    """

    def __init__(self, actions: Actions, places: Places, canvas: Callable[[], CanvasView | None]) -> None:
        self._actions, self._canvas = actions, canvas
        for id, command in _COMMANDS.items():
            actions.bind(id, lambda command=command: self._do(command))
        actions.bind("view.find", places.find)
        actions.bind("view.bookmark", places.add_mark)
        actions.bind("view.bookmarks", places.go_to_mark)
        actions.bind("view.bookmark_rename", places.rename_mark)
        actions.bind("view.bookmark_remove", places.remove_mark)
        for id in _SWITCHES:
            actions.bind(id, lambda on, id=id: self._switch(id, on))
        actions.bind("view.still", motion.set_reduced)
        self.ids = (
            *_COMMANDS,
            "view.find",
            "view.bookmark",
            "view.bookmarks",
            "view.bookmark_rename",
            "view.bookmark_remove",
            *_SWITCHES,
        )

    def dress(self, canvas: CanvasView) -> None:
        """Let a canvas behave as the switches say."""
        on = {id: _is_on(id) for id in _SWITCHES}
        canvas.arranging.snapping.neighbours = on["arrange.snap"]
        canvas.arranging.snapping.grid = on["arrange.snap_grid"]
        canvas.minimap.set_wanted(on["view.minimap"])
        canvas.canvas.set_pictures_shown(on["view.pictures"])

    def update(self, is_open: bool) -> None:
        """Enable what can be done, and tick what is in force."""
        for id in self.ids:
            self._actions[id].setEnabled(is_open)
        for id in _SWITCHES:
            self._actions[id].setChecked(_is_on(id))
        self._actions["view.still"].setChecked(motion.reduced())

    def _do(self, command: Callable[[Arranging], object]) -> None:
        if (canvas := self._canvas()) is not None:
            command(canvas.arranging)

    def _switch(self, id: str, on: bool) -> None:
        settings().setValue(f"canvas/{id}", "true" if on else "false")
        if (canvas := self._canvas()) is not None:
            self.dress(canvas)


def _is_on(id: str) -> bool:
    stored = settings().value(f"canvas/{id}")
    return _SWITCHES[id] if stored is None or isinstance(stored, QByteArray) else str(stored) == "true"
