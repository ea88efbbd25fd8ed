"""All actions of the program, as a table. A new one is a new line here, and a `bind` where it is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from studio.ui.i18n import LANGUAGES, N_

Scope = Literal["window", "canvas"]


@dataclass(frozen=True)
class ActionSpec:
    """An action before it becomes a QAction.

    Parameters
    ----------
    id
        ``area.verb``; also the action's object name.
    text
        Untranslated, as a menu shows it, without mnemonic.
    icon
        File of ``resources/icons``, "" for none.
    shortcuts
        Defaults, in Qt's portable form.
    group
        Actions of one group are checkable and exclude each other.
    scope
        Where its shortcuts are heard: everywhere in the window, or only while the canvas has the focus (keys that
        elsewhere type or move, such as Tab).
    """

    id: str
    text: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    scope: Scope = "window"


A = ActionSpec

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    A("file.new", N_("New document"), "file-plus", ("Ctrl+N",)),
    A("file.open", N_("Open…"), "folder-open", ("Ctrl+O",)),
    A("file.save", N_("Save"), "save", ("Ctrl+S",)),
    A("file.save_as", N_("Save as…"), "save-all", ("Ctrl+Shift+S",)),
    A("file.close", N_("Close document"), "x", ("Ctrl+W",)),
    A("file.quit", N_("Quit"), "log-out", ("Ctrl+Q",)),
    A("edit.undo", N_("Undo"), "undo-2", ("Ctrl+Z",)),
    A("edit.redo", N_("Redo"), "redo-2", ("Ctrl+Y", "Ctrl+Shift+Z")),
    A("edit.cut", N_("Cut"), "scissors", ("Ctrl+X",)),
    A("edit.copy", N_("Copy"), "copy", ("Ctrl+C",)),
    A("edit.paste", N_("Paste"), "clipboard-paste", ("Ctrl+V",)),
    A("edit.paste_with_wires", N_("Paste with incoming wires"), "workflow", ("Ctrl+Shift+V",)),
    A("edit.duplicate", N_("Duplicate"), "copy-plus", ("Ctrl+D",)),
    A("edit.delete", N_("Delete"), "trash-2", ("Del", "Backspace"), scope="canvas"),
    A("edit.delete_with_wires", N_("Delete, and leave the wires cut"), "trash", ("Ctrl+Del",), scope="canvas"),
    A("edit.disconnect", N_("Disconnect"), "unplug", ("Ctrl+Shift+D",)),
    A("edit.select_all", N_("Select all"), "square-dashed", ("Ctrl+A",)),
    A("edit.rename", N_("Rename"), "text-cursor-input", ("F2",)),
    A("view.frame", N_("Frame the selection"), "scan", ("F",), scope="canvas"),
    A("view.frame_all", N_("Frame everything"), "maximize", ("Home",), scope="canvas"),
    A("view.zoom_in", N_("Zoom in"), "zoom-in", ("Ctrl++", "Ctrl+=")),
    A("view.zoom_out", N_("Zoom out"), "zoom-out", ("Ctrl+-",)),
    A("view.zoom_reset", N_("Zoom to 100 %"), "search", ("Ctrl+0",)),
    A("view.theme_dark", N_("Dark theme"), "moon", group="view.theme"),
    A("view.theme_light", N_("Light theme"), "sun", group="view.theme"),
    A("view.theme_contrast", N_("High contrast theme"), "contrast", group="view.theme"),
    *(A(f"view.language_{code}", name, "languages", group="view.language") for code, name in LANGUAGES.items()),
    A("view.palette", N_("Show the palette"), "panel-left", ("Ctrl+Alt+1",), checkable=True),
    A("view.inspector", N_("Show the inspector"), "panel-right", ("Ctrl+Alt+2",), checkable=True),
    A("view.dock", N_("Show the bottom dock"), "panel-bottom", ("Ctrl+Alt+3",), checkable=True),
    A("canvas.add", N_("Add a node…"), "plus", ("Tab",), scope="canvas"),
    A("canvas.reroute", N_("Add a reroute point"), "waypoints", ("Ctrl+R",)),
    A("canvas.replace", N_("Replace the node…"), "replace", ("Ctrl+Shift+R",)),
    A("canvas.convert", N_("Insert a conversion…"), "shuffle", ("Ctrl+Shift+I",)),
    A("canvas.note", N_("Add a note"), "sticky-note", ("Ctrl+Shift+N",)),
    A("run.train", N_("Train"), "play", ("Ctrl+Return", "Ctrl+Enter")),
    A("run.pause", N_("Pause"), "pause", ("Ctrl+Shift+Return",), checkable=True),
    A("run.stop", N_("Stop"), "square", ("Ctrl+.",)),
    A("run.reset", N_("Forget what was learnt"), "rotate-ccw"),
    A("run.mode_eager", N_("Eager"), "footprints", group="run.mode"),
    A("run.mode_lazy", N_("Compiled"), "zap", group="run.mode"),
    A("run.restart_engine", N_("Restart the engine"), "power"),
    A("help.commands", N_("Commands…"), "command", ("Ctrl+Shift+P",)),
    A("help.about", N_("About Trenza"), "info"),
)
