"""The library of functions in the window: put there, added from there, renamed and deleted, by mouse and keyboard."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from graphs import moons
from hand import LEFT, NONE
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMessageBox, QPushButton
from user import Open, User, saved

from studio.document import library
from studio.document.edits import SetParams
from studio.document.file import dumps
from studio.document.function_edits import Within
from studio.palette.model import MIME_TYPE, ROW
from studio.ui.library import shelf
from studio.ui.library.window import LibraryWindow

pytest_plugins = ("look", "window")

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before a classifier of which two layers are the function "Function 1"."""
    user = open_window(saved(moons(), tmp_path))
    canvas = user.window.canvas
    assert canvas is not None
    canvas.setFocus()
    canvas.select(["hidden", "output"])
    user.do("canvas.function")
    user.until(lambda: "function_1" in canvas.canvas.items_by_id)
    user.do("file.save")
    return user


def rest(user: User) -> None:
    """Wait until the library is read."""
    user.until(lambda: not user.window.shelf.busy)


def put(user: User) -> None:
    """Put the selected function into the library, by keys."""
    user.window.activateWindow()
    user.until(user.window.isActiveWindow)
    QTest.keyClick(user.window.canvas, Qt.Key.Key_P, CTRL | ALT)
    rest(user)


def answer(name: str, button: str) -> None:
    """Click a button of the question that is about to be asked."""

    def click() -> None:
        box = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible())
        assert box.objectName() == name
        QTest.mouseClick(next(b for b in box.buttons() if b.text() == button), LEFT)

    QTimer.singleShot(100, click)


def families(user: User) -> dict[str, list[str]]:
    """Return the titles in the palette's section of functions, by family."""
    model = user.window.palette_panel.model
    rows = [model.index(i).data(ROW) for i in range(model.rowCount())]
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.category == "function" and row.node_type is not None:
            found.setdefault(row.node_type.family, []).append(row.text)
    return found


def search(user: User, text: str) -> list[str]:
    QTest.keyClick(user.window.canvas, Qt.Key.Key_Tab)
    QTest.keyClicks(user.window.adding.search.field, text)
    return user.window.adding.search.shown_keys


def shown(user: User) -> LibraryWindow:
    user.do("library.show")
    found = user.window.findChild(LibraryWindow)
    assert isinstance(found, LibraryWindow)
    user.until(found.isVisible)
    found.activateWindow()
    user.until(found.isActiveWindow)
    return found


def titles(window: LibraryWindow) -> list[str]:
    rows = (window.list.topLevelItem(i) for i in range(window.list.topLevelItemCount()))
    return [row.text(0) for row in rows if row is not None]


def click(window: LibraryWindow, name: str) -> None:
    button = window.findChild(QPushButton, f"library.{name}")
    assert button is not None
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


# ------------------------------------------------------------------------------------------------------ putting in


def test_functions_of_the_document_stand_in_the_palette_and_in_the_search(user: User) -> None:
    user.until(lambda: families(user) == {"this document": ["Function 1"]})
    assert search(user, "function 1")[0] == "function.function_1"
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    assert user.window.document.nodes[user.window.canvas.selected_ids()[0]].type == "function.function_1"


def test_the_function_of_the_selected_node_is_put_into_the_library_by_keys(user: User) -> None:
    put(user)
    assert [path.name for path in shelf.folder().iterdir()] == ["function_1.trenza"]
    assert user.banner == "'Function 1' is in your library now."
    assert families(user) == {"this document": ["Function 1"], "my functions": ["Function 1"]}
    assert not user.window.desk.modified, "the document does not change"
    put(user)
    assert user.banner == "'Function 1' is in your library already."
    assert len(list(shelf.folder().iterdir())) == 1


def test_within_a_function_the_breadcrumb_puts_it_there(user: User) -> None:
    user.do("canvas.enter")
    QTest.mouseClick(user.find("breadcrumb_menu"), LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = next(a for a in menu.actions() if a.objectName() == "library.put")
    QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(entry).center())
    rest(user)
    assert [path.name for path in shelf.folder().iterdir()] == ["function_1.trenza"]


def test_without_a_function_the_window_says_what_to_do(user: User) -> None:
    user.window.canvas.select(["data"])
    put(user)
    assert user.banner.startswith("There is no function here to be put into the library. Select a node")
    assert list(shelf.folder().iterdir()) == []


@pytest.mark.parametrize(("button", "files"), [("Replace it", 1), ("Keep both", 2), ("Cancel", 1)])
def test_another_function_of_the_same_name_is_asked_about(user: User, button: str, files: int) -> None:
    put(user)
    user.window.history.do(Within("function_1", SetParams("hidden", {"units": 3})))
    answer("library_namesake", button)
    put(user)
    found = [library.read(path) for path in sorted(shelf.folder().iterdir())]
    assert len(found) == files
    units = [kept.document.functions["function_1"].nodes["hidden"].params["units"] for kept in found]
    assert units == {"Replace it": [3], "Keep both": [8, 3], "Cancel": [8]}[button]


# ----------------------------------------------------------------------------------------------------- taking out


def other_document(user: User) -> str:
    """Put the function into the library, and turn to an empty document."""
    put(user)
    user.do("file.new")
    user.window.canvas.setFocus()
    return dumps(user.window.document)


def assert_taken_in(user: User, before: str) -> None:
    document = user.window.document
    (node,) = document.nodes.values()
    assert node.type == "function.function_1"
    assert sorted(document.functions["function_1"].nodes) == ["hidden", "in_1", "out_1", "output"]
    assert user.window.history.labels == ["Add node"]
    user.until(lambda: families(user).get("this document") == ["Function 1"])
    QTest.keyClick(user.window.canvas, Qt.Key.Key_Z, CTRL)
    assert dumps(user.window.document) == before


def test_the_search_adds_from_the_library_in_one_step(user: User) -> None:
    before = other_document(user)
    assert families(user) == {"my functions": ["Function 1"]}
    assert search(user, "function 1")[0] == "library.function_1"
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    assert_taken_in(user, before)


def test_the_palette_adds_from_the_library_in_one_step(user: User) -> None:
    before = other_document(user)
    palette = user.window.palette_panel
    palette.field.setFocus()
    QTest.keyClicks(palette.field, "function 1")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert_taken_in(user, before)


def test_a_drag_from_the_palette_adds_from_the_library_in_one_step(user: User) -> None:
    before = other_document(user)
    palette, canvas = user.window.palette_panel, user.window.canvas
    model = palette.model
    index = next(
        model.index(i)
        for i in range(model.rowCount())
        if (t := model.index(i).data(ROW).node_type) is not None and t.id == "library.function_1"
    )
    data = model.mimeData([index])
    assert isinstance(data, QMimeData)
    assert data.data(MIME_TYPE).data() == b"library.function_1"
    at, copying, left = QPoint(300, 200), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(canvas.viewport(), QDragEnterEvent(at, copying, data, left, NONE))
    QApplication.sendEvent(canvas.viewport(), QDropEvent(QPointF(at), copying, data, left, NONE))
    assert_taken_in(user, before)


def test_a_wire_dropped_on_empty_space_is_offered_what_fits_of_the_library(user: User) -> None:
    other_document(user)
    canvas = user.window.canvas
    canvas.add_node("data.moons", QPointF(0, 0))
    user.until(lambda: user.window.analysis.specs)
    user.hand.drag(user.hand.port("moons", "x", is_input=False), QPointF(300, 200))
    QTest.keyClicks(user.window.adding.search.field, "function 1")
    assert user.window.adding.search.shown_keys[0] == "library.function_1"
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    (added,) = canvas.selected_ids()
    assert [str(s) for s in user.window.document.inputs_of(added)] == ["in_1"]
    assert user.window.document.nodes[added].type == "function.function_1"


def test_a_change_in_the_library_does_not_change_documents(user: User) -> None:
    other_document(user)
    search(user, "function 1")
    QTest.keyClick(user.window.adding.search.field, Qt.Key.Key_Return)
    before = dumps(user.window.document)
    window = shown(user)
    answer("library_delete", "Delete")
    click(window, "delete")
    rest(user)
    assert dumps(user.window.document) == before
    assert families(user) == {"this document": ["Function 1"]}


# ------------------------------------------------------------------------------------------------ looking after it


def test_the_library_is_renamed_and_deleted_by_keys(user: User) -> None:
    put(user)
    window = shown(user)
    assert titles(window) == ["Function 1"]
    QTest.keyClick(window.list, Qt.Key.Key_F2)
    field = window.list.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "Two layers")
    QTest.keyClick(field, Qt.Key.Key_Return)
    user.until(lambda: titles(window) == ["Two layers"])
    assert [path.name for path in shelf.folder().iterdir()] == ["two_layers.trenza"]
    user.until(lambda: families(user).get("my functions") == ["Two layers"])
    answer("library_delete", "Cancel")
    QTest.keyClick(window.list, Qt.Key.Key_Delete)
    assert titles(window) == ["Two layers"]
    window.activateWindow()  # nobody does so offscreen when a question is closed
    user.until(window.isActiveWindow)
    answer("library_delete", "Delete")
    QTest.keyClick(window.list, Qt.Key.Key_Delete)
    rest(user)
    assert list(shelf.folder().iterdir()) == []
    assert not window.list.isVisible()
    assert not window.buttons["rename"].isEnabled()


def test_a_function_of_the_library_opens_as_a_document(user: User) -> None:
    put(user)
    click(shown(user), "open")
    assert user.window.desk.path == shelf.folder() / "function_1.trenza"
    assert list(user.window.document.functions) == ["function_1"]


def test_the_folder_is_shown(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_urls: list[str] = []
    monkeypatch.setattr(
        "studio.ui.library.window.QDesktopServices.openUrl", lambda url: shown_urls.append(url.toLocalFile())
    )
    put(user)
    click(shown(user), "folder")
    assert shown_urls == [str(shelf.folder())]


def test_what_another_window_does_to_the_library_shows_here(user: User, open_window: Open) -> None:
    other = open_window()
    rest(other)
    put(user)
    other.until(lambda: list(other.window.shelf.types) == ["library.function_1"])
    other.do("file.new")
    assert families(other) == {"my functions": ["Function 1"]}
    window = shown(other)
    answer("library_delete", "Delete")
    click(window, "delete")
    user.until(lambda: "my functions" not in families(user))


def test_damaged_files_are_named_and_skipped(user: User) -> None:
    put(user)
    (shelf.folder() / "broken.trenza").write_text('{"format": "trenza", "nodes": [')
    user.until(lambda: user.window.shelf.damaged)
    assert families(user)["my functions"] == ["Function 1"]
    window = shown(user)
    assert titles(window) == ["Function 1", "broken"]
    window.list.setFocus()
    QTest.keyClick(window.list, Qt.Key.Key_Down)
    assert window.said.text().startswith("broken.trenza")
    assert not window.buttons["rename"].isEnabled()
    user.do("view.language_es")
    assert window.windowTitle() == "Mi biblioteca de funciones"
    assert window.buttons["delete"].text() == "Eliminar"
    answer("library_delete", "Eliminar")
    click(window, "delete")
    user.until(lambda: not user.window.shelf.damaged)


def test_a_large_library_is_read_beside_the_event_loop_and_only_what_is_new(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(user)
    read, threads = library.read, list[str]()

    def noted(path: Path) -> library.Kept:
        threads.append(threading.current_thread().name)
        return read(path)

    monkeypatch.setattr(library, "read", noted)
    text = (shelf.folder() / "function_1.trenza").read_text("utf-8")
    for number in range(60):
        (shelf.folder() / f".f{number}").write_text(text, "utf-8")
        (shelf.folder() / f".f{number}").rename(shelf.folder() / f"f{number}.trenza")
    user.until(lambda: len(user.window.shelf.kept) == 61)
    assert threads == ["library"] * 60
    assert len(families(user)["my functions"]) == 61
