"""Arranging and finding one's way in the whole window: by keys, menus and lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import build, moons
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from user import Open, User, saved

from studio.document.bookmarks import bookmarks
from studio.document.document import Note
from studio.document.edits import AddNote, Move
from studio.document.file import dumps, load, loads
from studio.ui import motion

pytest_plugins = ("window", "look")

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before a small classifier."""
    motion.set_reduced(True)
    user = open_window(saved(moons(), tmp_path))
    assert user.window.canvas is not None
    user.window.canvas.setFocus()
    user.until(lambda: not user.window.analysing)
    return user


def key(user: User, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(user.window.canvas, key, keys)


def test_undo_while_things_glide_takes_back_what_lets_them_glide(user: User) -> None:
    canvas = user.window.canvas
    assert canvas is not None
    canvas.history.do(Move({"trainer": (0.0, 900.0)}))
    canvas.history.seal()
    user.until(user.action("edit.undo").isEnabled)
    motion.set_reduced(False)
    key(user, Qt.Key.Key_L)
    user.until(lambda: canvas.arranging.glide.busy)
    key(user, Qt.Key.Key_Z, CTRL)
    assert canvas.canvas.position("trainer") == (0.0, 900.0)
    assert not canvas.arranging.glide.busy


@pytest.mark.parametrize(
    ("press", "keys", "label"),
    [
        (Qt.Key.Key_L, Qt.KeyboardModifier.NoModifier, "Lay out"),
        (Qt.Key.Key_L, SHIFT, "Straighten the wires"),
        (Qt.Key.Key_L, CTRL, "Lead wires around nodes"),
        (Qt.Key.Key_Left, CTRL | SHIFT, "Align"),
        (Qt.Key.Key_Down, CTRL | SHIFT, "Align"),
        (Qt.Key.Key_B, CTRL, "Change mode"),
        (Qt.Key.Key_M, CTRL, "Change mode"),
        (Qt.Key.Key_C, ALT, "Collapse"),
        (Qt.Key.Key_G, CTRL, "Add frame"),
    ],
)
def test_each_command_has_its_key_and_is_one_step(
    user: User, press: Qt.Key, keys: Qt.KeyboardModifier, label: str
) -> None:
    window = user.window
    if label != "Lead wires around nodes":
        window.document.apply(AddNote(Note("n", "x", (0.0, 700.0))))
        window.document.apply(Move({"output": (400.0, 30.0)}))
        window.canvas.select(["hidden", "output", *(["n"] if label == "Align" else [])])
    before = loads(dumps(window.document))
    key(user, press, keys)
    user.until(lambda: window.history.labels == [label])
    if editor := window.canvas._editor:
        editor.finish(accept=False)
    window.history.undo()
    assert window.document == before


def test_every_arranging_action_does_something_and_is_off_without_a_document(user: User) -> None:
    ids = [id for id in user.window.commands.specs if id.startswith(("arrange.", "canvas.colour"))]
    assert len(ids) > 15
    assert all(user.action(id).isEnabled() and not user.action(id).icon().isNull() for id in ids)
    for id in ("arrange.spread_across", "arrange.spread_down", "arrange.center", "arrange.middle", "arrange.grid"):
        user.window.canvas.select_all()
        user.do(id)
    assert set(user.window.history.labels) == {"Align", "Distribute", "Move to the grid"}
    user.window.history.mark_saved()
    user.do("file.close")
    assert not any(user.action(id).isEnabled() for id in ids)


def test_find_goes_to_a_node(user: User) -> None:
    window = user.window
    window.canvas.zoom_to(3.0)
    key(user, Qt.Key.Key_F, CTRL)
    chooser = window.places.search
    assert chooser.isVisible()
    QTest.keyClicks(chooser.field, "softmax")  # a value of a parameter
    assert chooser.shown_keys == ["output"]
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
    assert window.canvas.selected_ids() == ["output"]
    assert window.canvas.visible_area().contains(window.canvas.canvas.items_by_id["output"].body().center())
    assert window.canvas.hasFocus()


def test_find_knows_notes_and_frames_and_zooms_in(user: User) -> None:
    window = user.window
    window.history.do(AddNote(Note("n", "# Remember\nthe seed", (9000.0, 0.0))))
    window.canvas.zoom_to(0.1)
    user.do("view.find")
    QTest.keyClicks(window.places.search.field, "rememb")
    QTest.keyClick(window.places.search.field, Qt.Key.Key_Return)
    assert window.canvas.selected_ids() == ["n"]
    assert window.canvas.zoom > 0.38


def test_bookmarks_are_made_gone_to_saved_and_removed(user: User) -> None:
    window, canvas = user.window, user.window.canvas
    canvas.reveal("trainer")
    canvas.zoom_to(1.5)
    place = canvas.visible_area().center()
    key(user, Qt.Key.Key_B, CTRL | SHIFT)
    assert [b.name for b in bookmarks(window.document)] == ["Adam"]
    assert window.history.labels == ["Change setting"]
    user.do("file.save")
    assert bookmarks(load(window.desk.path)) == bookmarks(window.document)
    canvas.select([])
    canvas.frame_all()
    user.do("view.bookmark")
    key(user, Qt.Key.Key_J, CTRL | SHIFT)
    assert window.places.marks.shown_keys == ["0", "1"]
    QTest.keyClick(window.places.marks.field, Qt.Key.Key_Return)
    assert canvas.zoom == pytest.approx(1.5)
    assert (canvas.visible_area().center() - place).manhattanLength() < 4
    user.do("view.bookmark_remove")
    QTest.keyClick(window.places.gone.field, Qt.Key.Key_Return)
    assert [b.name for b in bookmarks(window.document)] == ["View 2"]
    window.history.undo()
    assert len(bookmarks(window.document)) == 2


def test_a_bookmark_asks_for_no_preview(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(user.window.controller, "preview", lambda *args, **_: asked.append(args))
    user.do("view.bookmark")
    assert asked == []


def test_switches_are_remembered(user: User, tmp_path: Path, open_window: Open) -> None:
    window = user.window
    assert window.canvas.arranging.snapping.neighbours
    user.do("arrange.snap_grid")
    user.do("arrange.snap")
    user.do("view.minimap")
    assert window.canvas.arranging.snapping.grid
    assert not window.canvas.arranging.snapping.neighbours
    assert not window.canvas.minimap.isVisible()
    other = open_window(saved(moons(), tmp_path, "other")).window
    assert other.canvas.arranging.snapping.grid
    assert not other.commands["arrange.snap"].isChecked()


def test_the_menu_of_a_frame_offers_its_colour(user: User) -> None:
    window = user.window
    window.history.do(AddNote(Note("f", "Frame", (0.0, 400.0), (300.0, 200.0), frame=True)))
    window.canvas.select(["f"])
    menu = window.top_bar.selection_menu()
    colours = next(a.menu() for a in menu.actions() if a.menu() and a.text() == "Colour")
    assert [a.text() for a in colours.actions()] == ["Yellow", "Orange", "Blue", "Violet", "Red", "Green", "Grey"]
    colours.actions()[3].trigger()
    assert window.document.notes["f"].colour == "op"


def test_a_large_layout_leaves_the_window_answering_and_escape_calls_it_off(open_window: Open, tmp_path: Path) -> None:
    nodes = {f"n{i}": "op.relu" for i in range(600)}
    wires = "\n".join(f"n{i}.output > n{i + 1}.features" for i in range(599) if i % 25)
    user = open_window(saved(build(nodes, wires), tmp_path))
    window = user.window
    user.until(lambda: window.canvas is not None and not window.canvas.canvas.busy)
    user.do("arrange.layout")
    assert window.canvas.arranging.run.busy
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not window.canvas.arranging.run.busy
    QApplication.processEvents()
    assert window.history.labels == []
    user.do("arrange.layout")
    user.until(lambda: window.history.labels == ["Lay out"] and not window.canvas.canvas.busy)
    item = window.canvas.canvas.items_by_id["n7"]
    assert (item.x(), item.y()) == window.document.nodes["n7"].position
