"""The settings window: what is chosen is in effect at once, and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
)
from user import Open, User

from studio.run.controller import RunController
from studio.ui import i18n
from studio.ui.action_table import ACTIONS
from studio.ui.appearance import appearance
from studio.ui.preferences.folders_page import DATA_DIR
from studio.ui.preferences.sheet import sheet
from studio.ui.preferences.window import SettingsWindow
from studio.ui.settings import settings
from studio.ui.widgets.search_field import SearchField

pytest_plugins = ("look", "window")


def settings_of(user: User, page: int = 0) -> SettingsWindow:
    """Open the settings at a page, by its action and a click."""
    user.do("file.settings")
    window = user.window.findChild(SettingsWindow)
    assert isinstance(window, SettingsWindow)
    rows = window.findChild(QListWidget, "settings.pages")
    assert isinstance(rows, QListWidget)
    centre = rows.visualItemRect(rows.item(page)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    return window


def button(window: SettingsWindow, name: str) -> QAbstractButton:
    """Return a button by its object name."""
    found = window.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton), name
    return found


def test_the_look_is_chosen(open_window: Open) -> None:
    user = open_window()
    window = settings_of(user)
    for name in ("light", "contrast", "dark"):
        button(window, f"settings.view.theme_{name}").click()
        assert appearance().theme.name == name
        assert settings().value("theme") == name
    user.do("view.theme_light")
    assert button(window, "settings.view.theme_light").isChecked(), "it follows what is chosen elsewhere"
    button(window, "settings.view.language_es").click()
    assert i18n.language() == "es"
    assert window.windowTitle() == "Ajustes"
    button(window, "settings.view.language_en").click()


def test_units_are_those_that_are_chosen(open_window: Open) -> None:
    window = settings_of(open_window())
    try:
        assert i18n.written_size(1_500_000) == "1.4 MiB"
        button(window, "settings.view.units_decimal").click()
        assert i18n.written_size(1_500_000) == "1.5 MB"
        appearance().start()
        assert i18n.units() == "decimal", "it is remembered"
    finally:
        i18n.set_units("binary")


def keys(window: SettingsWindow, id: str) -> QKeySequenceEdit:
    """Return the field of an action's shortcut."""
    found = window.findChild(QKeySequenceEdit, f"shortcut.{id}")
    assert isinstance(found, QKeySequenceEdit), id
    return found


def shortcuts(action: QAction) -> list[str]:
    """Return an action's shortcuts as texts."""
    return [k.toString() for k in action.shortcuts()]


def test_a_shortcut_is_set_by_pressing_it_and_taken_from_who_had_it(open_window: Open) -> None:
    user = open_window()
    window = settings_of(user, 1)
    field = keys(window, "canvas.note")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    user.until(lambda: shortcuts(user.action("canvas.note")) == ["Ctrl+D"])
    assert shortcuts(user.action("edit.duplicate")) == []
    said = window.findChild(QLabel, "shortcuts.said")
    assert isinstance(said, QLabel)
    assert "Duplicate" in said.text()
    assert said.isVisible()

    reset = next(b for b in window.findChildren(QPushButton) if b.text() == "Reset all")
    reset.click()
    assert shortcuts(user.action("edit.duplicate")) == ["Ctrl+D"]
    assert shortcuts(user.action("canvas.note")) == ["Ctrl+Shift+N"]


def test_a_shortcut_is_taken_away_and_put_back(open_window: Open) -> None:
    user = open_window()
    window = settings_of(user, 1)
    field = keys(window, "edit.undo")
    field.clear()
    field.editingFinished.emit()
    assert shortcuts(user.action("edit.undo")) == []
    assert settings().value("shortcuts/edit.undo") == ""
    back = next(b for b in window.findChildren(QAbstractButton) if b.accessibleName() == "Reset the shortcut of Undo")
    assert not back.isHidden()
    back.click()
    assert shortcuts(user.action("edit.undo")) == ["Ctrl+Z"]
    assert back.isHidden()


@pytest.mark.parametrize(
    ("text", "found"), [("duplic", "edit.duplicate"), ("ctrl+z", "edit.undo"), ("zoom to", "view.zoom_reset")]
)
def test_shortcuts_are_searched_by_action_and_by_key(text: str, found: str, open_window: Open) -> None:
    window = settings_of(open_window(), 1)
    search = window.findChild(SearchField, "shortcuts.search")
    assert isinstance(search, QLineEdit)
    QTest.keyClicks(search, text)
    visible = [f.objectName() for f in window.findChildren(QKeySequenceEdit) if not f.isHidden()]
    assert f"shortcut.{found}" in visible
    assert len(visible) < 4


def test_every_action_is_listed(open_window: Open) -> None:
    window = settings_of(open_window(), 1)
    listed = {f.objectName().removeprefix("shortcut.") for f in window.findChildren(QKeySequenceEdit)}
    assert listed == {spec.id for spec in ACTIONS}


def test_the_sheet_of_shortcuts_is_saved(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = open_window()
    user.window.commands.rebind("edit.undo", ["Ctrl+Alt+Z"])
    text = sheet(user.window.commands)
    assert "Ctrl+Alt+Z" in text
    assert "Documents" in text
    window = settings_of(user, 1)
    path = tmp_path / "sheet.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    button(window, "shortcuts.sheet").click()
    assert path.read_bytes().startswith(b"%PDF")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no/such/sheet.pdf"), ""))
    button(window, "shortcuts.sheet").click()
    said = window.findChild(QLabel, "shortcuts.said")
    assert isinstance(said, QLabel)
    assert "cannot be written" in said.text()
    user.window.commands.rebind("edit.undo", None)


def test_the_folder_of_data_is_used_by_the_next_engine(open_window: Open, tmp_path: Path) -> None:
    user = open_window()
    window = settings_of(user, 3)
    field = window.findChild(QLineEdit, "settings.data_dir")
    assert isinstance(field, QLineEdit)
    field.setText(str(tmp_path / "nowhere"))
    field.editingFinished.emit()
    assert any(label.text() == "There is no such folder now." for label in window.findChildren(QLabel))
    field.setText(str(tmp_path))
    field.editingFinished.emit()
    assert settings().value(DATA_DIR) == str(tmp_path)
    controller: RunController = user.window.controller
    assert controller._data_dir() == str(tmp_path)


def test_it_says_that_there_is_no_telemetry(open_window: Open) -> None:
    window = settings_of(open_window(), 4)
    texts = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("There is none.") for text in texts)


def test_keys_are_named_in_the_language_in_use(open_window: Open) -> None:
    user = open_window()
    appearance().set_language("es", remember=False)
    text = sheet(user.window.commands)
    assert "Mayús" in text
    assert QKeySequence("Ctrl+Shift+S") in user.action("file.save_as").shortcuts()
