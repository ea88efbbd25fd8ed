"""The actions that edit the graph and look around in it: bound to the canvas that is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from studio.canvas.view import CanvasView
from studio.ui.actions import Actions

_COMMANDS: Final[dict[str, Callable[[CanvasView], object]]] = {
    "edit.cut": lambda canvas: canvas.cut(),
    "edit.copy": lambda canvas: canvas.copy(),
    "edit.paste": lambda canvas: canvas.paste(),
    "edit.paste_with_wires": lambda canvas: canvas.paste_with_wires(),
    "edit.duplicate": lambda canvas: canvas.duplicate(),
    "edit.delete": lambda canvas: canvas.delete_selection(),
    "edit.delete_with_wires": lambda canvas: canvas.delete_with_wires(),
    "edit.disconnect": lambda canvas: canvas.disconnect_selection(),
    "edit.select_all": lambda canvas: canvas.select_all(),
    "edit.rename": lambda canvas: canvas.rename(),
    "view.frame": lambda canvas: canvas.frame_selection(),
    "view.frame_all": lambda canvas: canvas.frame_all(),
    "view.zoom_in": lambda canvas: canvas.zoom_in(),
    "view.zoom_out": lambda canvas: canvas.zoom_out(),
    "view.zoom_reset": lambda canvas: canvas.zoom_reset(),
    "canvas.add": lambda canvas: canvas.request_add(),
    "canvas.note": lambda canvas: canvas.add_note(),
    "canvas.reroute": lambda canvas: canvas.add_reroutes(),
    "canvas.replace": lambda canvas: canvas.request_replace(),
    "canvas.convert": lambda canvas: canvas.convert_selected(),
}


def bind_edit_actions(actions: Actions, canvas: Callable[[], CanvasView | None]) -> None:
    """Bind the actions to the canvas that `canvas` gives then, None if no document is open."""

    def do(command: Callable[[CanvasView], object]) -> None:
        if (shown := canvas()) is not None:
            command(shown)

    for id, command in _COMMANDS.items():
        actions.bind(id, lambda command=command: do(command))
