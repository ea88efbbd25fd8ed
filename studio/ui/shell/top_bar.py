"""The bar at the top: menu and workspaces at the left, running in the middle, commands and language at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from studio.ui import fonts, icons
from studio.ui.action_table import COLOURS, PICTURES, TEMPLATES
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import LANGUAGES, N_, _
from studio.ui.shell.workspaces import SHORT, WORKSPACES
from studio.ui.shortcuts import shown
from studio.ui.widgets.action_button import ActionButton
from studio.ui.widgets.segmented import Segmented, Switcher

HEIGHT: Final = 48
#: Width below which the words of all buttons have no room beside each other, in Spanish.
NARROW: Final = 1250

ALIGNMENT: Final = (
    *("arrange.left", "arrange.center", "arrange.right", "arrange.top", "arrange.middle", "arrange.bottom", ""),
    *("arrange.spread_across", "arrange.spread_down", "", "arrange.grid"),
)
COLOUR: Final = tuple(f"canvas.colour_{token or 'note'}" for token in COLOURS)

PICTURE: Final = tuple(f"canvas.picture_{kind or 'auto'}" for kind in PICTURES)
FUNCTION: Final = (
    *("canvas.function", "canvas.enter", "canvas.leave", "canvas.rename_function", ""),
    *("canvas.unpack", "canvas.own_copy", "", "library.put", "library.show"),
)
#: The menu of the function that is shown.
CRUMB_MENU: Final = ("canvas.rename_function", "library.put", "", "canvas.leave")

WALK: Final = (
    *("walk.next", "walk.previous", "walk.next_too", "walk.previous_too", ""),
    *("walk.forward", "walk.back", "walk.up", "walk.down", "", "walk.next_wire", "walk.previous_wire"),
)

#: An entry of a menu: the id of an action, "" for a line, or a title with the entries below it.
Item = str | tuple[str, tuple[str, ...]]

#: The menu of what is selected on the canvas.
SELECTION_MENU: Final = (
    *("edit.cut", "edit.copy", "edit.paste", "edit.paste_with_wires", "edit.duplicate", ""),
    *("canvas.fix", "edit.rename", "canvas.replace", "canvas.connect_to", "canvas.connect_from"),
    *("edit.disconnect", "view.frame", "debug.breakpoint", "debug.breakpoint_on_output", "debug.run_to", ""),
    *("canvas.bypass", "canvas.mute", "canvas.collapse", (N_("Value"), PICTURE), (N_("Function"), FUNCTION), ""),
    *("arrange.layout", (N_("Align"), ALIGNMENT), "canvas.frame", (N_("Colour"), COLOUR), ""),
    *("edit.delete", "edit.delete_with_wires"),
)

#: The menu of the wires that are selected.
WIRE_MENU: Final = ("canvas.add", "canvas.reroute", "canvas.convert", "debug.breakpoint", "", "edit.disconnect")

#: Where a document is saved.
PLACE: Final = ("file.show_folder", "file.copy_path")

#: The menu of a tab.
TAB_MENU: Final = (
    *("file.close", "file.close_others", "file.close_all", "", "file.save", "file.detach", ""),
    *(*PLACE, "", "file.tab_left", "file.tab_right"),
)
#: Going from one tab to another.
TABS: Final = (
    *("file.lately", "file.before", "file.next", "file.previous", "", "file.tab_left", "file.tab_right", ""),
    "file.start_page",
)

#: Which panels are shown, and how.
WORKSPACE: Final = (*(f"view.workspace_{name}" for name in WORKSPACES), "", "view.workspace_reset")

TEMPLATE: Final = tuple(f"file.new_{name}" for name in TEMPLATES)

#: The menu behind the program's name: titles and the ids under them; "" is a line.
MENUS: Final = (
    (
        N_("File"),
        (
            "file.new",
            (N_("New from a template"), TEMPLATE),
            "file.open",
            "",
            "file.reopen",
            "",
            "file.save",
            "file.save_as",
            "file.save_all",
            "file.reload",
            "file.export",
            (N_("Compare"), ("file.compare", "", "compare.next", "compare.previous")),
            "file.detach",
            (N_("Where it is saved"), PLACE),
            "",
            "file.settings",
            "",
            "file.close",
            "file.close_others",
            "file.close_all",
            "file.quit",
        ),
    ),
    (
        N_("Edit"),
        (
            *("edit.undo", "edit.redo", "", "edit.cut", "edit.copy", "edit.paste", "edit.paste_with_wires"),
            *("edit.duplicate", "edit.delete", "edit.delete_with_wires", "edit.disconnect", ""),
            *("edit.select_all", "edit.rename", "edit.replace", ""),
            *("canvas.add", "canvas.replace", "canvas.reroute", "canvas.convert", ""),
            *("canvas.connect_to", "canvas.connect_from", "canvas.edit", "canvas.fix", ""),
            (N_("Function"), FUNCTION),
        ),
    ),
    (
        N_("View"),
        (
            *("view.frame", "view.frame_all", "view.zoom_in", "view.zoom_out", "view.zoom_reset", ""),
            (N_("Workspace"), WORKSPACE),
            (N_("Tabs"), TABS),
            (N_("Walk the graph"), WALK),
            "",
            *("view.find", "view.bookmark", "view.bookmarks", "view.bookmark_rename", "view.bookmark_remove", ""),
            *("view.theme_system", "view.theme_dark", "view.theme_light", "view.theme_contrast", ""),
            *("view.palette", "view.inspector", "view.dock", "view.minimap", "view.pictures", "", "view.still"),
        ),
    ),
    (
        N_("Arrange"),
        (
            *("arrange.layout", "arrange.straighten", "arrange.tidy", (N_("Align"), ALIGNMENT), ""),
            *("arrange.snap", "arrange.snap_grid", ""),
            *("canvas.bypass", "canvas.mute", "canvas.collapse", ""),
            *("canvas.frame", "canvas.note", (N_("Colour"), COLOUR), (N_("Value"), PICTURE)),
        ),
    ),
    (
        N_("Run"),
        (
            *("run.train", "run.train_instead", "run.show", "run.pause", "run.step", "run.stop", "run.reset", ""),
            *("run.rate", "run.freeze", "run.checkpoint", "run.restore", "run.rewind", "run.resume", ""),
            *("run.enqueue", "run.sweep", "run.runs", ""),
            *("tasks.show", "tasks.refresh", "tasks.copy", "tasks.save", ""),
            *("run.mode_eager", "run.mode_lazy", "", "run.restart_engine"),
        ),
    ),
    (
        N_("Debug"),
        (
            *("debug.over", "debug.into", "debug.out", "debug.back", ""),
            *("debug.continue", "debug.pause", "debug.run_to", "debug.end", "debug.restart", ""),
            *("debug.program", ""),
            *("debug.breakpoint", "debug.breakpoint_on_output", "debug.until_bad", "", "debug.slow"),
        ),
    ),
    (
        N_("Compiler"),
        (
            *("lazy.compile", "lazy.race", "lazy.profile", "lazy.stop", ""),
            *("lazy.scope_step", "lazy.scope_forward", "", "lazy.next_pass", "lazy.previous_pass", "", "lazy.heat"),
        ),
    ),
    (
        N_("Tensor"),
        (
            *("tensor.pin", "tensor.keep", "tensor.compare", "tensor.link", ""),
            *("tensor.copy_numpy", "tensor.copy_csv", "tensor.copy_latex", ""),
            *("tensor.save", "tensor.save_picture", "tensor.constant"),
        ),
    ),
    (N_("Help"), ("help.commands", "help.shortcuts", "help.about")),
)


def _fill(menu: QMenu, items: Sequence[Item], actions: Actions) -> None:
    for id in items:
        if isinstance(id, tuple):
            _fill(menu.addMenu(_(id[0])), id[1], actions)
        elif id:
            menu.addAction(actions[id])
        else:
            menu.addSeparator()


class TopBar(QFrame):
    """The bar at the top of the window.

    Parameters
    ----------
    actions
        The program's actions, which its buttons show and trigger.
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self.setProperty("surface", "panel")
        self.setFixedHeight(HEIGHT)
        self._actions = actions
        self._menu_button = self._make_menu_button()
        self._commands = self._make_commands_button()
        languages = [actions[f"view.language_{code}"] for code in reversed(LANGUAGES)]
        left, middle, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(self._menu_button)
        left.addSpacing(8)
        self.workspaces = Switcher([actions[f"view.workspace_{name}"] for name in WORKSPACES], tuple(SHORT.values()))
        left.addWidget(self.workspaces)
        left.addStretch(1)
        middle.setSpacing(8)
        middle.addWidget(Segmented([actions["run.mode_eager"], actions["run.mode_lazy"]]))
        middle.addWidget(ActionButton(actions["run.train"], primary=True))
        middle.addWidget(ActionButton(actions["run.pause"], icon_only=True))
        middle.addWidget(ActionButton(actions["run.stop"], icon_only=True))
        middle.addWidget(ActionButton(actions["run.reset"], icon_only=True))
        right.addStretch(1)
        right.setSpacing(8)
        right.addWidget(self._commands)
        right.addWidget(Segmented(languages, [code.upper() for code in reversed(LANGUAGES)]))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 12, 1)
        layout.setSpacing(8)
        layout.addLayout(left, 1)
        layout.addLayout(middle)
        layout.addLayout(right, 1)
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)
        appearance().theme_changed.connect(self.update)

    def _make_menu_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("menu")
        button.setProperty("flat", True)
        button.setText("Trenza")
        button.setFont(fonts.sans(14, 600))
        button.setIcon(icons.app_icon())
        button.setIconSize(QSize(20, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFixedHeight(34)
        button.clicked.connect(self.open_menu)
        return button

    def _make_commands_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("commands")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setIcon(icons.icon("command"))
        button.setFixedHeight(30)
        button.clicked.connect(self._actions["help.commands"].trigger)
        return button

    def menu(self) -> QMenu:
        """Return the program's menu, made anew in the language in use."""
        menu = QMenu(self)
        for title, ids in MENUS:
            _fill(menu.addMenu(_(title)), ids, self._actions)
        return menu

    def selection_menu(self) -> QMenu:
        """Return the menu of what is selected on the canvas."""
        menu = QMenu(self)
        _fill(menu, SELECTION_MENU, self._actions)
        return menu

    def crumb_menu(self) -> QMenu:
        """Return the menu of the function that is shown."""
        menu = QMenu(self)
        _fill(menu, CRUMB_MENU, self._actions)
        return menu

    def wire_menu(self) -> QMenu:
        """Return the menu of the wires that are selected on the canvas."""
        menu = QMenu(self)
        _fill(menu, WIRE_MENU, self._actions)
        return menu

    def tab_menu(self) -> QMenu:
        """Return the menu of the tab that is chosen."""
        menu = QMenu(self)
        _fill(menu, TAB_MENU, self._actions)
        return menu

    def open_menu(self) -> None:
        """Open the program's menu under its name."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._menu_button.mapToGlobal(QPoint(0, self._menu_button.height() + 4)))

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        action = self._actions["help.commands"]
        self._commands.setText(f"{action.text()}   {shown(action.shortcut())}")
        self._commands.setToolTip(self._commands.text())
        self._menu_button.setToolTip(_("Menu"))
        self._menu_button.setAccessibleName(_("Menu"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the button for commands out where those of others would be cut."""
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        self._commands.setToolButtonStyle(
            styles.ToolButtonIconOnly if self.width() < NARROW else styles.ToolButtonTextOnly
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, appearance().theme.line)
