"""The table of actions, and what becomes of it."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.action_table import ACTIONS
from studio.ui.actions import Actions
from studio.ui.appearance import Appearance
from studio.ui.shortcuts import shown
from studio.ui.widgets.command_palette import CommandPalette
from studio.ui.widgets.segmented import Segmented, Switcher

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")


def test_ids_and_shortcuts_are_unique() -> None:
    ids = Counter(spec.id for spec in ACTIONS)
    keys = Counter(key for spec in ACTIONS for key in spec.shortcuts)
    assert [*ids.values(), *keys.values()] == [1] * (len(ids) + len(keys))
    assert all(not QKeySequence(key).isEmpty() for key in keys)


def test_an_action_does_what_is_bound_to_it_and_is_off_before() -> None:
    actions, calls = Actions(), []
    actions["file.new"].trigger()
    assert not actions["file.new"].isEnabled()
    actions.bind("file.new", lambda: calls.append("new"))
    actions.bind("view.palette", calls.append)
    actions["file.new"].trigger()
    actions["view.palette"].trigger()
    assert calls == ["new", True]
    assert actions["file.new"].objectName() == "file.new"


def test_one_of_a_group_is_checked() -> None:
    actions = Actions()
    for id in ("run.mode_eager", "run.mode_lazy"):
        actions[id].setChecked(True)
    assert [actions[id].isChecked() for id in ("run.mode_eager", "run.mode_lazy")] == [False, True]


def test_texts_follow_the_language(look: Appearance) -> None:
    actions = Actions()
    look.set_language("es")
    assert actions["file.save"].text() == "Guardar"
    assert shown(actions["help.commands"].shortcut()) == "Ctrl+Mayús+P"
    assert "Ctrl+Mayús+P" in actions["help.commands"].toolTip()


def test_shortcuts_can_be_changed_and_are_remembered() -> None:
    Actions().rebind("file.save", ["Ctrl+K", "F12"])
    again = Actions()
    assert [keys.toString() for keys in again["file.save"].shortcuts()] == ["Ctrl+K", "F12"]
    again.rebind("file.save", None)
    assert [keys.toString() for keys in again["file.save"].shortcuts()] == ["Ctrl+S"]
    again.rebind("file.save", [])
    bare = Actions()
    assert bare["file.save"].shortcuts() == []


def test_keys_of_the_canvas_are_heard_there_only(qtbot: QtBot) -> None:
    window, canvas = QWidget(), QWidget()
    qtbot.addWidget(window)
    canvas.setParent(window)
    actions = Actions()
    actions.attach(window, "window")
    actions.attach(canvas, "canvas")
    assert actions["canvas.add"] in canvas.actions()
    assert actions["canvas.add"].shortcutContext() == Qt.ShortcutContext.WidgetWithChildrenShortcut
    assert actions["file.new"] in window.actions()
    assert not set(window.actions()) & set(canvas.actions())


def test_the_command_palette_offers_what_can_be_done(qtbot: QtBot, look: Appearance) -> None:
    window, calls = QWidget(), []
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    actions = Actions()
    for id in ("file.save", "file.save_as", "edit.undo"):
        actions.bind(id, lambda id=id: calls.append(id))
    palette = CommandPalette(actions, window)
    look.set_language("es")
    palette.popup()
    assert palette.shown_keys == ["file.save", "file.save_as", "edit.undo"]
    qtbot.keyClicks(palette.field, "desh")
    assert palette.shown_keys == ["edit.undo"]
    palette.field.setText("undo")  # the English name does as well
    assert palette.shown_keys == ["edit.undo"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert calls == ["edit.undo"]
    assert not palette.isVisible()


def test_a_segmented_switch_shows_and_triggers_its_actions(qtbot: QtBot, look: Appearance) -> None:
    actions, calls = Actions(), []
    for id in ("view.language_es", "view.language_en"):
        actions.bind(id, lambda on, id=id: calls.append((id, on)))
    switch = Segmented([actions["view.language_es"], actions["view.language_en"]], ("ES", "EN"))
    qtbot.addWidget(switch)
    buttons = switch._buttons
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert calls == [("view.language_es", True)]
    look.set_language("es")
    assert [button.text() for button in buttons] == ["ES", "EN"]


def test_a_switcher_names_what_there_is_room_for(qtbot: QtBot, look: Appearance) -> None:
    group = QActionGroup(look)
    actions = [group.addAction(QAction(name, checkable=True, checked=name == "Train")) for name in ("Design", "Train")]
    switcher = Switcher(actions, ("Design", "Train"))
    qtbot.addWidget(switcher)
    switcher.show()

    def named() -> list[str]:
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        return [b.defaultAction().text() for b in switcher.findChildren(QToolButton) if b.toolButtonStyle() == beside]

    switcher.resize(switcher.sizeHint().width(), 30)
    assert named() == ["Design", "Train"]
    switcher.resize(switcher.sizeHint().width() - 1, 30)
    assert named() == ["Train"]
    actions[0].trigger()
    assert named() == ["Design"]
    switcher.resize(switcher.minimumWidth(), 30)
    assert named() == []
