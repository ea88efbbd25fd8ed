"""Every command of the canvas, found by typing its name and started by Return, does what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from graphs import moons, port, wire
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from user import Open, User, saved

from studio.document.bookmarks import bookmarks
from studio.document.document import Note
from studio.document.edits import AddNote, Move
from studio.ui import motion
from studio.ui.action_table import ACTIONS

pytest_plugins = ("look", "window")

Check = Callable[[User], object]


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before a small classifier."""
    motion.set_reduced(True)
    QApplication.clipboard().clear()
    user = open_window(saved(moons(), tmp_path))
    user.until(lambda: not user.window.analysing and not user.window.canvas.canvas.busy)
    user.window.canvas.setFocus()
    return user


def command(user: User, id: str) -> None:
    """Start a command from the list of commands, with keys alone."""
    text = user.action(id).text()
    QTest.keyClick(user.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    palette = user.window.command_palette
    assert palette.isVisible()
    QTest.keyClicks(palette.field, id)
    keys = [entry.key for entry in palette._rows.entries]
    assert id in keys, (id, text, keys[:3])
    for _ in range(keys.index(id)):
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    QApplication.processEvents()


def node(user: User, id: str):
    return user.window.document.nodes[id]


def x(user: User, *ids: str) -> list[float]:
    return [user.window.canvas.canvas.box(id).x for id in ids]


def bottoms(user: User, *ids: str) -> list[float]:
    return [user.window.canvas.canvas.box(id).bottom for id in ids]


def rights(user: User, *ids: str) -> list[float]:
    return [user.window.canvas.canvas.box(id).right for id in ids]


def tops(user: User, *ids: str) -> list[float]:
    return [user.window.canvas.canvas.box(id).y for id in ids]


def equal(values: list[float]) -> bool:
    return max(values) - min(values) < 0.5


PAIR = ["hidden", "loss"]

#: For each command what is selected, and what holds afterwards.
ON_NODES: dict[str, tuple[list[str], Check]] = {
    "edit.copy": (["hidden"], lambda u: "trenza-nodes" in QApplication.clipboard().text()),
    "edit.cut": (["hidden"], lambda u: "hidden" not in u.window.document.nodes),
    "edit.duplicate": (["hidden"], lambda u: "hidden_2" in u.window.document.nodes),
    "edit.delete": (["hidden"], lambda u: u.window.document.inputs_of("output") == {"inputs": port("data.x")}),
    "edit.delete_with_wires": (["hidden"], lambda u: u.window.document.inputs_of("output") == {}),
    "edit.disconnect": (["hidden"], lambda u: not list(u.window.document.wires_of("hidden"))),
    "edit.select_all": ([], lambda u: len(u.window.canvas.selected_ids()) == 6),
    "canvas.bypass": (["hidden"], lambda u: node(u, "hidden").mode == "bypass"),
    "canvas.mute": (["hidden"], lambda u: node(u, "hidden").mode == "mute"),
    "canvas.collapse": (["hidden"], lambda u: node(u, "hidden").collapsed),
    "canvas.frame": (["hidden"], lambda u: any(n.frame for n in u.window.document.notes.values())),
    "canvas.function": (PAIR[:1], lambda u: list(u.window.document.functions) == ["function_1"]),
    "canvas.picture_image": (["hidden"], lambda u: node(u, "hidden").picture == "image"),
    "canvas.picture_heat": (["hidden"], lambda u: node(u, "hidden").picture == "heat"),
    "canvas.picture_curve": (["hidden"], lambda u: node(u, "hidden").picture == "curve"),
    "canvas.picture_histogram": (["hidden"], lambda u: node(u, "hidden").picture == "histogram"),
    "canvas.picture_number": (["hidden"], lambda u: node(u, "hidden").picture == "number"),
    "canvas.picture_none": (["hidden"], lambda u: node(u, "hidden").picture == "none"),
    "arrange.left": (PAIR, lambda u: equal(x(u, *PAIR))),
    "arrange.right": (PAIR, lambda u: equal(rights(u, *PAIR))),
    "arrange.top": (["loss", "data"], lambda u: equal(tops(u, "loss", "data"))),
    "arrange.bottom": (["loss", "data"], lambda u: equal(bottoms(u, "loss", "data"))),
    "walk.next": (["data"], lambda u: u.window.canvas.selected_ids() == ["hidden"]),
    "walk.previous": (["hidden"], lambda u: u.window.canvas.selected_ids() == ["data"]),
    "walk.next_too": (["data"], lambda u: u.window.canvas.selected_ids() == ["data", "hidden"]),
    "walk.previous_too": (["hidden"], lambda u: u.window.canvas.selected_ids() == ["hidden", "data"]),
    "walk.forward": (["hidden"], lambda u: u.window.canvas.selected_ids() == ["output"]),
    "walk.back": (["output"], lambda u: u.window.canvas.selected_ids() == ["hidden"]),
    "walk.down": (["hidden"], lambda u: u.window.canvas.selected_ids() == ["output"]),
    "walk.up": (["output"], lambda u: u.window.canvas.selected_ids() == ["hidden"]),
    "walk.next_wire": (["data"], lambda u: len(u.window.canvas.selected_wires()) == 1),
    "walk.previous_wire": (["data"], lambda u: len(u.window.canvas.selected_wires()) == 1),
    "canvas.connect_to": (["hidden"], lambda u: u.find("connect").isVisible()),
    "canvas.connect_from": (["hidden"], lambda u: u.find("connect").isVisible()),
    "canvas.replace": (["hidden"], lambda u: u.window.adding.search.isVisible()),
    "canvas.edit": (["hidden"], lambda u: QApplication.focusWidget().objectName() == "param.units"),
    "canvas.add": ([], lambda u: u.window.adding.search.isVisible()),
    "edit.rename": (["hidden"], lambda u: u.window.canvas._editor is not None),
    "view.find": ([], lambda u: u.window.places.search.isVisible()),
}


@pytest.mark.parametrize("id", ON_NODES)
def test_a_command_does_what_it_says(user: User, id: str) -> None:
    chosen, holds = ON_NODES[id]
    user.window.canvas.do(Move({"loss": (900.0, 170.0)}))
    user.window.canvas.history.seal()
    user.window.canvas.select(chosen)
    before = user.window.history.position
    command(user, id)
    user.until(lambda: holds(user))
    assert user.window.history.position - before in (0, 1)


def test_zoom_and_framing(user: User) -> None:
    canvas = user.window.canvas
    command(user, "view.zoom_reset")
    assert canvas.zoom == pytest.approx(1.0)
    command(user, "view.zoom_in")
    assert canvas.zoom == pytest.approx(1.25)
    command(user, "view.zoom_out")
    assert canvas.zoom == pytest.approx(1.0)
    canvas.select(["loss"])
    command(user, "view.frame")
    assert canvas.visible_area().contains(canvas.canvas.items_by_id["loss"].body())
    command(user, "view.frame_all")
    assert canvas.visible_area().contains(canvas.canvas.overview.bounds())


def test_colours_of_notes(user: User) -> None:
    canvas = user.window.canvas
    canvas.do(AddNote(Note("note", "Hello", (0.0, 400.0))))
    user.until(lambda: "note" in canvas.canvas.items_by_id)
    for token in ("data", "layer", "op", "loss", "train", "view", ""):
        canvas.select(["note"])
        command(user, f"canvas.colour_{token or 'note'}")
        assert user.window.document.notes["note"].colour == token


def test_reroute_points_conversions_and_pasting(user: User) -> None:
    canvas, document = user.window.canvas, user.window.document
    target = wire("hidden.output > output.inputs").target
    canvas.canvas.settle()
    canvas.canvas.select((), [target])
    command(user, "canvas.reroute")
    assert document.wires[target].source.node == "reroute"
    canvas.select(["hidden"])
    command(user, "edit.copy")
    command(user, "edit.paste")
    assert document.inputs_of("hidden_2") == {}
    command(user, "edit.paste_with_wires")
    assert document.inputs_of("hidden_3") == {"inputs": port("data.x")}
    canvas.canvas.settle()
    canvas.canvas.select((), [target])
    command(user, "canvas.convert")
    assert "no wire here that does not fit" in user.banner


def test_functions(user: User) -> None:
    canvas = user.window.canvas
    canvas.select(["hidden", "output"])
    command(user, "canvas.function")
    command(user, "canvas.own_copy")
    assert user.window.document.nodes["function_1"].type == "function.function_1_2"
    command(user, "canvas.enter")
    levels = user.window.editors.current.levels
    assert levels.scope.path == ("function_1",)
    command(user, "canvas.rename_function")
    field = user.find("function_name")
    QTest.keyClicks(field, "Pair")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert user.window.document.functions["function_1_2"].settings["title"] == "Pair"
    command(user, "canvas.leave")
    assert levels.scope.path == ()
    command(user, "canvas.unpack")
    assert {"hidden", "output"} <= set(user.window.document.nodes)


def test_bookmarks_are_made_found_renamed_and_removed(user: User) -> None:
    canvas = user.window.canvas
    canvas.select(["hidden"])
    command(user, "view.bookmark")
    canvas.pan(2000, 0)
    command(user, "view.bookmark_rename")
    QTest.keyClick(user.window.places.renamed.field, Qt.Key.Key_Return)
    dialog = user.window.findChild(QInputDialog, "bookmark_name")
    dialog.setTextValue("the first layer")
    dialog.accept()
    user.until(lambda: QApplication.activeModalWidget() is None)
    user.window.activateWindow()
    user.until(user.window.isActiveWindow)
    assert [b.name for b in bookmarks(user.window.document)] == ["the first layer"]
    command(user, "view.bookmarks")
    QTest.keyClicks(user.window.places.marks.field, "first")
    QTest.keyClick(user.window.places.marks.field, Qt.Key.Key_Return)
    assert canvas.visible_area().intersects(canvas.canvas.items_by_id["hidden"].body())
    command(user, "view.bookmark_remove")
    QTest.keyClick(user.window.places.gone.field, Qt.Key.Key_Return)
    assert bookmarks(user.window.document) == []


def test_values_on_nodes_are_shown_and_hidden(user: User) -> None:
    command(user, "view.pictures")
    assert not user.window.canvas.canvas.show_pictures
    command(user, "view.pictures")
    assert user.window.canvas.canvas.show_pictures


def test_every_enabled_command_is_in_the_list(user: User) -> None:
    QTest.keyClick(user.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    listed = {entry.key for entry in user.window.command_palette._rows.entries}
    enabled = {a.id for a in ACTIONS if user.action(a.id).isEnabled()} - {"help.commands"}
    assert listed == enabled
    assert user.action("canvas.leave").isEnabled() is False


def test_one_list_makes_way_for_another(user: User) -> None:
    command(user, "canvas.add")
    assert user.window.adding.search.isVisible()
    QTest.keyClick(user.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert user.window.command_palette.isVisible()
    assert not user.window.adding.search.isVisible()
    command(user, "view.find")
    assert user.window.places.search.isVisible()
    assert not user.window.command_palette.isVisible()
