"""Several documents in tabs: going from one to another, moving and closing them, and what each keeps for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphs import example, moons
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QListWidget, QMenu, QPushButton, QTabBar, QWidget
from user import Open, User, saved, wire_text

from studio.document.document import Node
from studio.document.edits import AddNode, SetParams, SetTitle
from studio.document.file import load
from studio.ui.appearance import appearance
from studio.ui.shell import files

pytest_plugins = ("look", "window")

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def titles(user: User) -> list[str]:
    """Return what the tabs say."""
    bar = user.window.tabs.bar
    return [bar.tabText(i) for i in range(bar.count())]


def several(open_window: Open, folder: Path, *names: str) -> User:
    """Open a window on documents of these names; the last one is shown."""
    user = open_window(saved(moons(), folder, names[0]))
    for name in names[1:]:
        assert user.window.desk.open(saved(example("tensors"), folder, name))
    return user


def press(user: User, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    """Press a key in the canvas, or on the start page."""
    QTest.keyClick(user.window.canvas or user.window.start_page, key, modifiers)


def click(user: User, index: int, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """Click a tab, once it is where it belongs."""
    bar = user.window.tabs.bar
    QTest.qWait(1)
    QTest.mouseClick(bar, button, pos=bar.tabRect(index).center())


def close_button(user: User, index: int) -> QWidget:
    """Return the cross of a tab."""
    return user.window.tabs.bar.tabButton(index, QTabBar.ButtonPosition.RightSide)


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[Any]:
    """Answer what is asked about changes, of one document or several; the list holds what was asked about."""
    asked: list[Any] = []
    monkeypatch.setattr(files, "ask_about_changes", lambda _parent, name: asked.append(name) or answer)
    monkeypatch.setattr(files, "ask_about_all", lambda _parent, found: asked.append([n for n, _ in found]) or answer)
    return asked


# ------------------------------------------------------------------------------------------------- from one to another


def test_each_document_has_a_tab_and_opening_it_again_goes_there(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two", "three")
    assert titles(user) == ["one", "two", "three"]
    assert user.window.windowTitle() == "three — Trenza"
    click(user, 0)
    assert user.window.document == moons()
    assert user.window.canvas is not None
    assert user.window.canvas.isVisible()
    assert user.window.canvas.hasFocus()
    assert user.window.windowTitle() == "one — Trenza"
    link = tmp_path / "link.trenza"
    link.symlink_to(tmp_path / "two.trenza")
    user.window.desk.open(link)
    assert titles(user) == ["one", "two", "three"], "by another name, it is the same file"
    assert user.window.desk.name == "two"
    assert sum(w.isVisible() for w in user.window.findChildren(QWidget, "canvas")) == 1
    assert len(user.window.findChildren(QWidget, "canvas")) == 1, "only what is seen bears the name"


def test_keys_lead_along_the_tabs(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two", "three")
    seen = []
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp):
        press(user, key)
        seen.append(user.window.desk.name)
    assert seen == ["one", "two", "one", "three", "two"]


def test_ctrl_tab_leads_back_to_what_was_shown_before(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two", "three")
    press(user, Qt.Key.Key_Tab)
    assert user.window.desk.name == "two"
    press(user, Qt.Key.Key_Tab)
    assert user.window.desk.name == "three", "there and back"
    assert not user.window.adding.search.isVisible(), "Tab alone asks for a node"

    seen = []
    for modifiers in (CTRL, CTRL, CTRL, CTRL | SHIFT):  # Ctrl is not let go between
        QTest.keyPress(user.window.canvas, Qt.Key.Key_Tab, modifiers)
        seen.append(user.window.desk.name)
    QTest.keyRelease(user.window.canvas, Qt.Key.Key_Control)
    assert seen == ["two", "one", "three", "one"], "while Ctrl is held, further and further back"
    press(user, Qt.Key.Key_Tab)
    assert user.window.desk.name == "three", "what was passed through does not count"


def test_the_start_page_is_reached_and_left(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two")
    user.click("tabs.home")
    assert user.window.start_page.isVisible()
    assert user.window.canvas is None
    assert not any(user.find(name).isVisible() for name in ("palette", "inspector", "plots"))
    assert titles(user) == ["one", "two"]
    click(user, 1)
    assert user.window.desk.name == "two", "the tab that was shown before can be clicked, too"
    press(user, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    press(user, Qt.Key.Key_W)
    assert user.window.desk.name == "two", "closing the start page leads back"
    assert titles(user) == ["one", "two"]
    user.click("tabs.new")
    assert titles(user) == ["one", "two", "untitled"]
    user.do("file.new")
    assert titles(user)[-1] == "untitled 2"
    user.do("file.start_page")
    press(user, Qt.Key.Key_PageDown)
    assert user.window.desk.name == "one"


# ------------------------------------------------------------------------------------------------------ moving, closing


def test_a_tab_is_dragged_or_moved_by_keys(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two", "three")
    bar = user.window.tabs.bar
    user.until(lambda: all(bar.rect().contains(bar.tabRect(index)) for index in range(3)))
    start, end = bar.tabRect(0).center(), bar.tabRect(2).center() + QPoint(20, 0)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton

    def send(kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        # at once: between QTest's events the system's own come in, which say that no button is held
        where = QPointF(at), QPointF(bar.mapToGlobal(at))
        QApplication.sendEvent(bar, QMouseEvent(kind, *where, button, held, Qt.KeyboardModifier.NoModifier))

    send(QEvent.Type.MouseButtonPress, start, left, left)
    for step in range(1, 11):
        send(QEvent.Type.MouseMove, start + (end - start) * step / 10, none, left)
        user.window.tabs.refresh()  # as when a training goes on behind one of them
    send(QEvent.Type.MouseButtonRelease, end, left, none)
    user.until(lambda: titles(user) == ["two", "three", "one"])
    assert [d.name for d in user.window.desk.documents] == ["two", "three", "one"]
    assert user.window.desk.name == "one"
    click(user, 0)
    assert user.window.desk.name == "two"
    press(user, Qt.Key.Key_PageDown, CTRL | SHIFT)
    assert titles(user) == ["three", "two", "one"]
    press(user, Qt.Key.Key_PageUp, CTRL | SHIFT)
    assert titles(user) == ["two", "three", "one"]
    assert not user.action("file.tab_left").isEnabled()


def test_tabs_are_closed_in_four_ways(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = several(open_window, tmp_path, "one", "two", "three", "four", "five")
    click(user, 0, Qt.MouseButton.MiddleButton)
    assert titles(user) == ["two", "three", "four", "five"]
    assert user.window.desk.name == "five", "what is shown stays"
    user.click(close_button(user, 1))
    assert titles(user) == ["two", "four", "five"]
    user.window.desk.show(user.window.desk.documents[0])
    press(user, Qt.Key.Key_W)
    assert titles(user) == ["four", "five"]
    assert user.window.desk.name == "five", "one is back where one was"
    asked = answering(monkeypatch, "cancel")
    user.window.history.do(AddNode(Node("new", "op.add")))
    press(user, Qt.Key.Key_W)
    assert (titles(user)[1][:4], asked) == ("five", ["five"])
    user.do("file.close_others")
    assert len(titles(user)) == 1
    assert len(asked) == 1
    user.do("edit.undo")
    user.do("file.close_all")
    assert user.window.start_page.isVisible()
    assert not user.window.tabs.isVisible()
    user.do("file.reopen")
    assert titles(user) == ["five"]


def test_the_menu_of_a_tab(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = several(open_window, tmp_path, "one", "two", "three")
    bar = user.window.tabs.bar
    shown: list[str] = []
    QTest.qWait(1)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))

    def choose(index: int, id: str) -> None:
        at = bar.tabRect(index).center()
        QTest.mouseClick(bar, Qt.MouseButton.RightButton, pos=at)
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(bar, QContextMenuEvent(reason, at, bar.mapToGlobal(at)))
        (menu,) = [m for m in user.window.findChildren(QMenu) if m.isVisible()]
        entry = menu.actionGeometry(user.action(id)).center()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=entry)
        user.until(lambda: not any(m.isVisible() for m in user.window.findChildren(QMenu)))

    choose(0, "file.copy_path")
    assert QGuiApplication.clipboard().text() == str(tmp_path / "one.trenza")
    choose(1, "file.show_folder")
    assert shown == [str(tmp_path)]
    choose(1, "file.close_others")
    assert titles(user) == ["two"]
    choose(0, "file.close")
    assert titles(user) == []


# ----------------------------------------------------------------------------------------------------- what a tab says


def test_a_tab_says_what_is_not_saved_in_both_languages(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "a & b").mkdir()
    user = several(open_window, tmp_path, "one", "<b>two</b>".replace("/", "∕"))
    bar = user.window.tabs.bar
    assert bar.tabToolTip(0) == str(tmp_path / "one.trenza")
    assert "&lt;b&gt;" in bar.tabToolTip(1), "a name is no markup"
    user.window.history.do(AddNode(Node("new", "op.add")))
    user.until(lambda: user.tab(1).endswith(" •"))
    assert not user.tab(0).endswith("•")
    assert bar.accessibleTabName(1).endswith("It has changes that are not saved.")
    appearance().set_language("es", remember=False)
    assert bar.accessibleTabName(1).endswith("Tiene cambios sin guardar.")
    assert bar.accessibleName() == "Documentos abiertos"
    assert "Cerrar" in close_button(user, 0).toolTip()
    appearance().set_language("en", remember=False)
    user.do("file.save")
    assert not user.tab(1).endswith("•")
    user.window.desk.open(saved(moons(), tmp_path / "a & b", "one"))
    assert titles(user)[-1] == "one — a && b", "two of a name are told apart"
    assert titles(user)[0] == f"one — {tmp_path.name}"


# ------------------------------------------------------------------------------------------- what each keeps for itself


def test_each_tab_keeps_its_history_canvas_problems_and_selection(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(hidden=("layer.Dense", {"units": 0})), tmp_path, "one"))
    window = user.window
    user.until(lambda: window.problems.count == 1)
    QTest.qWait(20)
    one = window.canvas
    user.hand.click(user.hand.header("hidden"))
    one.zoom_to(0.8)
    one.centerOn(300, 40)
    where = one.visible_area()
    window.history.do(SetTitle("hidden", "mine"))
    window.desk.open(saved(example("tensors"), tmp_path, "two"))
    assert (window.problems.count, len(window.document.nodes)) == (0, len(example("tensors").nodes))
    assert not window.history.can_undo
    assert not user.action("edit.undo").isEnabled()
    assert window.canvas.selected_ids() == []
    assert window.steps.model().rowCount() == 1
    press(user, Qt.Key.Key_PageUp)
    assert window.canvas is one
    assert (one.zoom, one.selected_ids()) == (0.8, ["hidden"])
    assert one.visible_area() == where
    assert window.problems.count == 1
    assert window.steps.model().rowCount() == 2
    assert "units is 0" in window.inspector.properties.problem.text()
    user.do("edit.undo")
    assert window.document.nodes["hidden"].title == ""
    user.until(lambda: user.tab(0) == "one")


def test_a_search_that_is_open_does_not_reach_another_tab(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two")
    QTest.keyClick(user.window.canvas, Qt.Key.Key_Tab)
    assert user.window.adding.search.isVisible()
    click(user, 0)
    assert not user.window.adding.search.isVisible()


def test_reloading_keeps_the_place(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two")
    click(user, 0)
    QTest.qWait(20)
    before = user.window.canvas
    before.zoom_to(0.5)
    before.centerOn(500, 100)
    corner = before.visible_area().topLeft()
    saved(moons(hidden=("layer.Dense", {"units": 3})), tmp_path, "one")
    user.until(lambda: "changed the file" in user.banner)
    user.do("file.reload")
    canvas = user.window.canvas
    assert canvas is not before
    assert user.window.document.nodes["hidden"].params["units"] == 3
    assert canvas.zoom == 0.5
    assert canvas.visible_area().topLeft() == corner
    assert canvas.isVisible()
    assert canvas.hasFocus()
    assert user.banner == ""
    user.window.history.do(SetParams("hidden", {"units": 4}))
    user.until(lambda: user.tab().endswith("•"))
    user.until(lambda: wire_text(user, "output.inputs") == "·,4")


def test_what_is_said_of_one_document_is_not_said_of_another(open_window: Open, tmp_path: Path) -> None:
    user = several(open_window, tmp_path, "one", "two")
    saved(moons(hidden="layer.Flatten"), tmp_path, "one")
    QTest.qWait(300)
    assert user.banner == ""
    click(user, 0)
    assert "'one'" in user.banner
    click(user, 1)
    assert user.banner == ""


# ------------------------------------------------------------------------------------------------- saving and leaving


def test_saving_under_the_name_of_another_tab_is_asked_about(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = several(open_window, tmp_path, "one", "two")
    answers = [False, True]
    monkeypatch.setattr(files, "ask_path_to_save", lambda *_: tmp_path / "one.trenza")
    monkeypatch.setattr(files, "ask_to_replace_open", lambda *_: answers.pop(0))
    user.do("file.save_as")
    assert titles(user) == ["one", "two"]
    assert load(tmp_path / "one.trenza") == moons()
    user.do("file.save_as")
    assert titles(user) == ["one"]
    assert load(tmp_path / "one.trenza") == example("tensors") == user.window.document


def unsaved(open_window: Open, folder: Path) -> User:
    """Open a window on three documents of which the first and the last have changes."""
    user = several(open_window, folder, "one", "two", "three")
    for index in (0, 2):
        user.window.desk.documents[index].history.do(AddNode(Node("new", "op.add")))
    return user


def test_closing_the_window_asks_once_for_all(open_window: Open, tmp_path: Path) -> None:
    user = unsaved(open_window, tmp_path)
    said: list[list[str]] = []

    def answer(name: str) -> None:
        def click() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QDialog)
            rows = box.findChild(QListWidget)
            said.append([rows.item(i).text() for i in range(rows.count())])
            QTest.mouseClick(box.findChild(QPushButton, f"unsaved_documents.{name}"), Qt.MouseButton.LeftButton)

        QTimer.singleShot(0, click)

    answer("cancel")
    assert not user.window.close()
    assert user.window.isVisible()
    assert [row.split("  ")[0] for row in said[0]] == ["one", "three"]
    assert str(tmp_path) in said[0][0]
    answer("save")
    assert user.window.close()
    assert "new" in load(tmp_path / "one.trenza").nodes
    assert "new" in load(tmp_path / "three.trenza").nodes
    assert len(said) == 2


def test_discarding_all_leaves_the_files(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = unsaved(open_window, tmp_path)
    asked = answering(monkeypatch, "discard")
    assert user.window.close()
    assert asked == [["one", "three"]]
    assert "new" not in load(tmp_path / "one.trenza").nodes


def test_what_cannot_be_saved_keeps_the_window(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = unsaved(open_window, tmp_path)
    answering(monkeypatch, "save")
    (tmp_path / "one.trenza").unlink()
    (tmp_path / "one.trenza").mkdir()
    assert not user.window.close()
    assert user.window.desk.name == "one"
    assert "cannot be saved" in user.banner
    assert len(titles(user)) == 3
    user.do("file.save_all")
    assert "new" not in load(tmp_path / "three.trenza").nodes, "it ends at the first that fails"
