"""All actions of the program, as a table. A new one is a new line here, and a `bind` where it is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from studio.ui.i18n import LANGUAGES, N_

Scope = Literal["window", "canvas", "compare"]


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
        Where its shortcuts are heard: everywhere in the window, only while the canvas has the focus (keys that
        elsewhere type or move, such as Tab), or in windows that compare documents.
    """

    id: str
    text: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    scope: Scope = "window"
    tone: str = ""
    """Token of the theme that colours the icon, "" for that of texts."""


A = ActionSpec

#: The colours of notes and frames, by the theme's tokens for them.
COLOURS: Final[dict[str, str]] = {
    "": N_("Yellow"),
    "data": N_("Orange"),
    "layer": N_("Blue"),
    "op": N_("Violet"),
    "loss": N_("Red"),
    "train": N_("Green"),
    "view": N_("Grey"),
}

#: As what a node shows its value, by `studio.document.document.PICTURES`: what the menu says, and the icon.
PICTURES: Final[dict[str, tuple[str, str]]] = {
    "": (N_("Value as its shape suggests"), "eye"),
    "image": (N_("Value as an image"), "image"),
    "heat": (N_("Value as a heat map"), "flame"),
    "curve": (N_("Value as a curve"), "chart-spline"),
    "histogram": (N_("Value as a histogram"), "chart-column"),
    "number": (N_("Value as a number"), "hash"),
    "none": (N_("No value"), "eye-off"),
}

#: What a new document may begin with, by the file name of ``resources/templates``: title and icon.
TEMPLATES: Final[dict[str, tuple[str, str]]] = {
    "classifier": (N_("Image classifier"), "layers"),
    "regression": (N_("Regression"), "chart-line"),
    "autoencoder": (N_("Autoencoder"), "fold-vertical"),
    "ops": (N_("Op playground"), "sigma"),
}

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    A("file.new", N_("New document"), "file-plus", ("Ctrl+N",)),
    *(A(f"file.new_{name}", title, picture) for name, (title, picture) in TEMPLATES.items()),
    A("file.open", N_("Open…"), "folder-open", ("Ctrl+O",)),
    A("file.save", N_("Save"), "save", ("Ctrl+S",)),
    A("file.reopen", N_("Reopen the closed document"), "history", ("Ctrl+Shift+T",)),
    A("file.save_as", N_("Save as…"), "save-all", ("Ctrl+Shift+S",)),
    A("file.save_all", N_("Save all"), "layers-2", ("Ctrl+Alt+S",)),
    A("file.detach", N_("Work on a copy"), "unlink"),
    A("file.show_folder", N_("Show in its folder"), "folder-search"),
    A("file.copy_path", N_("Copy the path"), "clipboard-copy", ("Ctrl+Alt+C",)),
    A("file.reload", N_("Reload from disk"), "rotate-ccw"),
    A("file.export", N_("Export as a picture…"), "image", ("Ctrl+Shift+E",)),
    A("file.restore", N_("Open the documents of the last time"), "history", checkable=True),
    A("file.compare", N_("Compare with…"), "git-compare", ("Ctrl+Alt+D",)),
    A("file.settings", N_("Settings…"), "sliders-horizontal", ("Ctrl+,",)),
    A("file.close", N_("Close document"), "x", ("Ctrl+W", "Ctrl+F4")),
    A("file.close_others", N_("Close the others"), "copy-x"),
    A("file.close_all", N_("Close all"), "x", ("Ctrl+Shift+W",)),
    A("file.lately", N_("Document shown before"), "history", ("Ctrl+Tab",)),
    A("file.before", N_("Document shown after"), "history", ("Ctrl+Shift+Tab",)),
    A("file.next", N_("Next tab"), "arrow-right", ("Ctrl+PgDown",)),
    A("file.previous", N_("Previous tab"), "arrow-left", ("Ctrl+PgUp",)),
    A("file.tab_right", N_("Move the tab right"), "arrow-right-to-line", ("Ctrl+Shift+PgDown",)),
    A("file.tab_left", N_("Move the tab left"), "arrow-left-to-line", ("Ctrl+Shift+PgUp",)),
    A("file.start_page", N_("Start page"), "house", ("Alt+Home",)),
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
    A("edit.replace", N_("Replace values of parameters…"), "settings-2", ("Ctrl+H",)),
    A("edit.rename", N_("Rename"), "text-cursor-input", ("F2",)),
    A("view.frame", N_("Frame the selection"), "scan", ("F",), scope="canvas"),
    A("view.frame_all", N_("Frame everything"), "maximize", ("Home",), scope="canvas"),
    A("view.find", N_("Find in the graph…"), "search", ("Ctrl+F",)),
    A("view.bookmark", N_("Bookmark this view"), "bookmark-plus", ("Ctrl+Shift+B",)),
    A("view.bookmarks", N_("Go to a bookmark…"), "bookmark", ("Ctrl+Shift+J",)),
    A("view.bookmark_rename", N_("Rename a bookmark…"), "pencil"),
    A("view.bookmark_remove", N_("Remove a bookmark…"), "bookmark-x"),
    A("view.zoom_in", N_("Zoom in"), "zoom-in", ("Ctrl++", "Ctrl+=")),
    A("view.zoom_out", N_("Zoom out"), "zoom-out", ("Ctrl+-",)),
    A("view.zoom_reset", N_("Zoom to 100 %"), "search", ("Ctrl+0",)),
    A("view.theme_system", N_("Theme of the system"), "monitor", group="view.theme"),
    A("view.theme_dark", N_("Dark theme"), "moon", group="view.theme"),
    A("view.theme_light", N_("Light theme"), "sun", group="view.theme"),
    A("view.theme_contrast", N_("High contrast theme"), "contrast", group="view.theme"),
    *(A(f"view.language_{code}", name, "languages", group="view.language") for code, name in LANGUAGES.items()),
    A("view.units_binary", N_("Memory in KiB, MiB"), "memory-stick", group="view.units"),
    A("view.units_decimal", N_("Memory in kB, MB"), "memory-stick", group="view.units"),
    A("view.workspace_design", N_("Workspace: design"), "pencil-ruler", ("Ctrl+1",), group="view.workspace"),
    A("view.workspace_train", N_("Workspace: training"), "chart-line", ("Ctrl+2",), group="view.workspace"),
    A("view.workspace_debug", N_("Workspace: debugging"), "bug", ("Ctrl+3",), group="view.workspace"),
    A("view.workspace_present", N_("Workspace: presenting"), "presentation", ("Ctrl+4",), group="view.workspace"),
    A("view.workspace_lazy", N_("Workspace: eager against lazy"), "cpu", ("Ctrl+5",), group="view.workspace"),
    A("view.workspace_reset", N_("Reset the workspace"), "rotate-ccw"),
    A("view.palette", N_("Show the palette"), "panel-left", ("Ctrl+Alt+1",), checkable=True),
    A("view.inspector", N_("Show the inspector"), "panel-right", ("Ctrl+Alt+2",), checkable=True),
    A("view.dock", N_("Show the bottom dock"), "panel-bottom", ("Ctrl+Alt+3",), checkable=True),
    A("view.minimap", N_("Show the map"), "map", ("Ctrl+Alt+4",), checkable=True),
    A("view.pictures", N_("Show values on nodes"), "images", checkable=True),
    A("view.still", N_("Reduce motion"), "feather", checkable=True),
    A("canvas.add", N_("Add a node…"), "plus", ("Tab",), scope="canvas"),
    A("canvas.reroute", N_("Add a reroute point"), "waypoints", ("Ctrl+R",)),
    A("canvas.replace", N_("Replace the node…"), "replace", ("Ctrl+Shift+R",)),
    A("canvas.convert", N_("Insert a conversion…"), "shuffle", ("Ctrl+Shift+I",)),
    A("canvas.connect_to", N_("Connect to…"), "cable", ("Ctrl+K",)),
    A("canvas.connect_from", N_("Connect from…"), "plug", ("Ctrl+Shift+K",)),
    A("canvas.fix", N_("Mend what is wrong…"), "wrench", ("Alt+Return", "Alt+Enter"), scope="canvas"),
    A("canvas.edit", N_("Edit the values"), "pencil-line", ("Return", "Enter"), scope="canvas"),
    A("canvas.function", N_("Make a function"), "package-plus", ("Ctrl+Shift+G",)),
    A("canvas.enter", N_("Enter the function"), "log-in", ("Ctrl+I",)),
    A("canvas.leave", N_("Leave the function"), "corner-left-up", ("U", "Ctrl+U"), scope="canvas"),
    A("canvas.unpack", N_("Unpack the function"), "package-open", ("Ctrl+Alt+G",)),
    A("canvas.own_copy", N_("Make an own copy of the function"), "copy-check"),
    A("canvas.rename_function", N_("Rename the function"), "pencil"),
    A("library.put", N_("Put into my library"), "book-plus", ("Ctrl+Alt+P",)),
    A("library.show", N_("Library…"), "library", ("Ctrl+Alt+L",)),
    A("canvas.note", N_("Add a note"), "sticky-note", ("Ctrl+Shift+N",)),
    A("canvas.frame", N_("Put into a frame"), "frame", ("Ctrl+G",)),
    *(A(f"canvas.colour_{token or 'note'}", name, "square", tone=token or "warn") for token, name in COLOURS.items()),
    A("canvas.bypass", N_("Bypass"), "redo-dot", ("Ctrl+B",)),
    A("canvas.mute", N_("Mute"), "volume-x", ("Ctrl+M",)),
    A("canvas.collapse", N_("Collapse"), "fold-vertical", ("Alt+C",)),
    *(A(f"canvas.picture_{kind or 'auto'}", name, icon) for kind, (name, icon) in PICTURES.items()),
    A("walk.next", N_("Next node"), "chevron-right", ("PgDown",), scope="canvas"),
    A("walk.previous", N_("Previous node"), "chevron-left", ("PgUp",), scope="canvas"),
    A("walk.next_too", N_("Select the next node, too"), "chevrons-right", ("Shift+PgDown",), scope="canvas"),
    A("walk.previous_too", N_("Select the previous node, too"), "chevrons-left", ("Shift+PgUp",), scope="canvas"),
    A("walk.forward", N_("Follow the wire"), "arrow-right", ("Alt+Right",), scope="canvas"),
    A("walk.back", N_("Follow the wire back"), "arrow-left", ("Alt+Left",), scope="canvas"),
    A("walk.up", N_("Go to another end above"), "arrow-up", ("Alt+Up",), scope="canvas"),
    A("walk.down", N_("Go to another end below"), "arrow-down", ("Alt+Down",), scope="canvas"),
    A("walk.next_wire", N_("Next wire of the node"), "spline", ("Alt+W",), scope="canvas"),
    A("walk.previous_wire", N_("Previous wire of the node"), "spline", ("Alt+Shift+W",), scope="canvas"),
    A("arrange.layout", N_("Lay out"), "network", ("L",), scope="canvas"),
    A("arrange.straighten", N_("Straighten the wires"), "spline", ("Shift+L",), scope="canvas"),
    A("arrange.tidy", N_("Lead wires around nodes"), "waypoints", ("Ctrl+L",)),
    A("arrange.left", N_("Align left edges"), "align-start-vertical", ("Ctrl+Shift+Left",), scope="canvas"),
    A("arrange.center", N_("Align centres"), "align-center-vertical"),
    A("arrange.right", N_("Align right edges"), "align-end-vertical", ("Ctrl+Shift+Right",), scope="canvas"),
    A("arrange.top", N_("Align top edges"), "align-start-horizontal", ("Ctrl+Shift+Up",), scope="canvas"),
    A("arrange.middle", N_("Align middles"), "align-center-horizontal"),
    A("arrange.bottom", N_("Align bottom edges"), "align-end-horizontal", ("Ctrl+Shift+Down",), scope="canvas"),
    A("arrange.spread_across", N_("Distribute across"), "align-horizontal-space-between"),
    A("arrange.spread_down", N_("Distribute down"), "align-vertical-space-between"),
    A("arrange.grid", N_("Move to the grid"), "grid-3x3"),
    A("arrange.snap", N_("Snap to neighbours"), "magnet", checkable=True),
    A("arrange.snap_grid", N_("Snap to the grid"), "grid-2x2", checkable=True),
    A("compare.next", N_("Next change"), "chevron-down", ("F8",), scope="compare"),
    A("compare.previous", N_("Previous change"), "chevron-up", ("Shift+F8",), scope="compare"),
    A("run.train", N_("Train"), "play", ("Ctrl+Return", "Ctrl+Enter")),
    A("run.train_instead", N_("Stop it and train this one"), "play"),
    A("run.show", N_("Go to what is being trained"), "app-window"),
    A("run.pause", N_("Pause"), "pause", ("Ctrl+Shift+Return",), checkable=True),
    A("run.stop", N_("Stop"), "square", ("Ctrl+.",)),
    A("run.reset", N_("Forget what was learnt"), "rotate-ccw"),
    A("run.step", N_("Make one step"), "arrow-right-to-line", ("Ctrl+Alt+Return",)),
    A("run.rate", N_("Change the learning rate…"), "trending-down"),
    A("run.freeze", N_("Freeze the selected layers, or let them learn"), "lock"),
    A("run.checkpoint", N_("Keep a checkpoint now"), "camera"),
    A("run.restore", N_("Go back to the last checkpoint"), "history"),
    A("run.rewind", N_("Begin again with the same seed"), "corner-left-up"),
    A("run.resume", N_("Continue from the last checkpoint"), "play"),
    A("run.runs", N_("Runs"), "rows-3"),
    A("run.enqueue", N_("Add to the queue"), "layers-2"),
    A("run.sweep", N_("Sweep over parameters…"), "grid-3x3"),
    A("run.mode_eager", N_("Eager"), "footprints", group="run.mode"),
    A("run.mode_lazy", N_("Compiled"), "zap", group="run.mode"),
    A("run.restart_engine", N_("Restart the engine"), "power"),
    A("debug.over", N_("Step over"), "redo-dot", ("F10",)),
    A("debug.into", N_("Step into"), "arrow-down-to-dot", ("F11",)),
    A("debug.out", N_("Step out"), "arrow-up-from-dot", ("Shift+F11",)),
    A("debug.back", N_("Step back"), "undo-dot", ("Shift+F10",)),
    A("debug.continue", N_("Continue"), "fast-forward", ("F5",)),
    A("debug.pause", N_("Stand still"), "pause", ("Ctrl+Alt+Pause", "F6")),
    A("debug.run_to", N_("Run to here"), "locate", ("Ctrl+F10",)),
    A("debug.program", N_("Debug a Python program…"), "code"),
    A("debug.end", N_("End debugging"), "square", ("Shift+F5",)),
    A("debug.restart", N_("Debug anew"), "rotate-ccw", ("Ctrl+Shift+F5",)),
    A("debug.breakpoint", N_("Breakpoint"), "circle-dot", ("F9",)),
    A("debug.breakpoint_on_output", N_("Breakpoint on its value"), "circle-dot", ("Ctrl+F9",)),
    A("debug.until_bad", N_("Stop at the first bad values"), "octagon-x", checkable=True),
    A("debug.slow", N_("Slow motion"), "lightbulb", checkable=True),
    A("lazy.compile", N_("Compile"), "cpu", ("Ctrl+Alt+B",)),
    A("lazy.race", N_("Race"), "flag", ("Ctrl+Alt+E",)),
    A("lazy.profile", N_("Profile"), "flame", ("Ctrl+Alt+F",)),
    A("lazy.stop", N_("Stop compiling and measuring"), "square"),
    A("lazy.next_pass", N_("Next pass"), "chevron-right", ("F7",)),
    A("lazy.previous_pass", N_("Previous pass"), "chevron-left", ("Shift+F7",)),
    A("lazy.heat", N_("Heat: the time of each node on the canvas"), "thermometer", checkable=True),
    A("lazy.scope_step", N_("Whole step"), "rotate-ccw", group="lazy.scope"),
    A("lazy.scope_forward", N_("Forward only"), "arrow-right", group="lazy.scope"),
    A("plots.save", N_("Save the curves…"), "download"),
    A("layers.ridges", N_("Spreads as ridges"), "layers-2", checkable=True),
    A("layers.save", N_("Save the charts of the layers…"), "download"),
    A("tasks.show", N_("Show the results"), "scan", ("Ctrl+Alt+J",)),
    A("tasks.refresh", N_("Evaluate the document again"), "rotate-ccw"),
    A("tasks.look_into", N_("Look into the chosen example"), "eye"),
    A("tasks.copy", N_("Copy the chosen example as NumPy"), "copy"),
    A("tasks.save", N_("Save the picture of the results…"), "download"),
    A("tensor.pin", N_("Pin the tensor"), "pin", ("Ctrl+Alt+T",), checkable=True),
    A("tensor.keep", N_("Keep the values as they are now"), "camera", ("Ctrl+Alt+V",)),
    A("tensor.compare", N_("Compare with a pinned tensor"), "git-compare", checkable=True),
    A("tensor.link", N_("Show what made the cell"), "link", ("Ctrl+Alt+M",), checkable=True),
    A("tensor.copy_numpy", N_("Copy as NumPy"), "copy"),
    A("tensor.copy_csv", N_("Copy as CSV"), "copy"),
    A("tensor.copy_latex", N_("Copy as LaTeX"), "copy"),
    A("tensor.save", N_("Save the tensor…"), "download"),
    A("tensor.save_picture", N_("Save the picture of the view…"), "image"),
    A("tensor.constant", N_("Add it as a constant"), "plus"),
    A("help.shortcuts", N_("Shortcuts…"), "keyboard", ("Ctrl+Alt+K",)),
    A("help.commands", N_("Commands…"), "command", ("Ctrl+Shift+P",)),
    A("help.about", N_("About Trenza"), "info"),
)
