"""Functions on the canvas: made of a selection, entered, left, renamed, and followed through undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from graphs import moons, port, stacked
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from studio.canvas.levels import Levels
from studio.canvas.view import CanvasView
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.edits import SetParams, SetTitle, remove
from studio.document.file import dumps
from studio.document.history import Editing, History
from studio.document.study import Study
from studio.document.types import Types
from studio.ui.theme import DARK

pytest_plugins = ("look",)


@pytest.fixture
def open_levels(qtbot: QtBot, look: object) -> Iterator[Callable[[Document], Levels]]:
    opened: list[Levels] = []

    def make(editing: Editing, types: Types) -> CanvasView:
        return CanvasView(editing, types, DARK)

    def show(document: Document) -> Levels:
        levels = Levels(History(document), make, "small")
        study = Study(document, CATALOGUE)
        study.advance()
        levels.set_analysis(study.result())
        document.subscribe(lambda _edit: (study.advance(), levels.set_analysis(study.result())))
        levels.resize(1400, 700)
        qtbot.addWidget(levels)
        levels.show()
        qtbot.waitExposed(levels)
        opened.append(levels)
        return levels

    yield show
    for levels in opened:
        levels.close_document()


@pytest.fixture
def levels(open_levels: Callable[[Document], Levels], qtbot: QtBot) -> Levels:
    """A classifier of which two layers are a function, "Function 1"."""
    shown = open_levels(moons())
    shown.canvas.select(["hidden", "output"])
    shown.canvas.functions.make()
    qtbot.waitUntil(lambda: "function_1" in shown.canvas.canvas.items_by_id)
    return shown


def settle(levels: Levels, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not levels.canvas.canvas.busy)


def test_a_selection_becomes_a_node_with_named_ports(levels: Levels, qtbot: QtBot):
    canvas = levels.canvas.canvas
    settle(levels, qtbot)
    assert levels.canvas.selected_ids() == ["function_1"]
    item = canvas.node("function_1")
    assert item is not None
    assert item.face.title == "Function 1"
    assert [slot.label for slot in (*item.face.inputs, *item.face.outputs)] == ["x", "y"]
    assert canvas.status.specs[port("function_1.out_1")].shape.rank == 2
    assert not levels.breadcrumb.isVisible()


def test_a_double_click_enters_and_the_breadcrumb_leads_back(levels: Levels, qtbot: QtBot):
    settle(levels, qtbot)
    outside = levels.canvas
    body = outside.canvas.items_by_id["function_1"].body()
    outside.centerOn(body.center())
    at = outside.mapFromScene(body.center())
    QTest.mouseDClick(outside.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert levels.scope.path == ("function_1",)
    assert set(levels.canvas.canvas.document.nodes) == {"in_1", "hidden", "output", "out_1"}
    settle(levels, qtbot)
    assert levels.canvas.canvas.status.specs[port("hidden.output")] is not None
    assert levels.breadcrumb.isVisible()
    way = levels.breadcrumb.findChild(object, "breadcrumb_0")
    QTest.mouseClick(way, Qt.MouseButton.LeftButton)
    assert levels.canvas is outside
    assert outside.selected_ids() == ["function_1"]


def test_an_edit_within_shows_outside_and_undo_goes_where_it_was(levels: Levels, qtbot: QtBot):
    history = levels._history
    text = dumps(history.document)
    levels.enter("function_1")
    levels.canvas.do(SetTitle("in_1", "points"))
    levels.leave()
    settle(levels, qtbot)
    item = levels.canvas.canvas.node("function_1")
    assert item is not None
    assert [slot.label for slot in item.face.inputs] == ["points"]
    heard: list[object] = []
    history.document.subscribe(heard.append)
    history.undo()
    levels.show_where(heard[0])
    assert levels.scope.path == ("function_1",)
    assert dumps(history.document) == text


def test_a_function_is_renamed_in_the_breadcrumb(levels: Levels, qtbot: QtBot):
    levels.enter("function_1")
    crumb = levels.breadcrumb.findChild(object, "breadcrumb_1")
    QTest.mouseDClick(crumb, Qt.MouseButton.LeftButton)
    field = levels.breadcrumb.findChild(object, "function_name")
    QTest.keyClicks(field, "Dense pair")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert levels._history.document.functions["function_1"].settings["title"] == "Dense pair"
    qtbot.waitUntil(lambda: levels.breadcrumb.findChild(object, "breadcrumb_1").text() == "Dense pair")
    levels.leave()
    settle(levels, qtbot)
    item = levels.canvas.canvas.node("function_1")
    assert item is not None
    assert item.face.title == "Dense pair"


def test_a_name_that_is_being_typed_outlasts_edits_and_escape_drops_it(levels: Levels, qtbot: QtBot):
    levels.enter("function_1")
    levels.breadcrumb.rename()
    field = levels.breadcrumb.findChild(QLineEdit, "function_name")
    QTest.keyClicks(field, "Nonsense")
    levels.canvas.do(SetTitle("hidden", "first"))
    qtbot.wait(20)
    assert levels.breadcrumb.findChild(QLineEdit, "function_name") is field
    QTest.keyClick(field, Qt.Key.Key_Escape)
    qtbot.wait(20)
    assert levels.breadcrumb.findChild(QLineEdit, "function_name") is None
    assert levels._history.document.functions["function_1"].settings["title"] == "Function 1"
    assert levels.breadcrumb.findChild(QToolButton, "breadcrumb_1").isVisible()
    assert levels.canvas.hasFocus()


def test_who_is_in_a_function_that_goes_is_led_out(levels: Levels, qtbot: QtBot):
    levels.enter("function_1")
    levels._history.undo()
    qtbot.waitUntil(lambda: levels.scope.path == ())
    assert set(levels.canvas.canvas.document.nodes) >= {"hidden", "output"}
    levels._history.redo()
    levels.enter("function_1")
    levels._history.do(remove(levels._history.document, ["function_1"]))
    qtbot.waitUntil(lambda: levels.scope.path == ())


def test_unpacking_and_an_own_copy(levels: Levels, qtbot: QtBot):
    levels.canvas.select(["function_1"])
    levels.canvas.functions.own_copy()
    document = levels._history.document
    assert document.nodes["function_1"].type == "function.function_1_2"
    levels.canvas.functions.unpack()
    assert {"hidden", "output"} <= set(document.nodes)
    assert set(levels.canvas.selected_ids()) == {"hidden", "output"}


def test_functions_within_functions_are_entered_one_by_one(levels: Levels, qtbot: QtBot):
    levels.canvas.select(["function_1", "loss"])
    levels.canvas.functions.make()
    levels.enter("function_2")
    levels.enter("function_1")
    assert levels.scope.path == ("function_2", "function_1")
    assert levels.title("function_2/function_1/hidden") == "Function 2 › Function 1 › Dense"
    levels.reveal("trainer")
    assert levels.scope.path == ()
    levels.reveal("function_2/function_1/output")
    assert levels.scope.path == ("function_2", "function_1")
    assert levels.canvas.selected_ids() == ["output"]
    levels.canvas.do(SetTitle("output", "last"))
    assert levels._history.document.functions["function_1"].nodes["output"].title == "last"


def test_copies_keep_their_functions_and_ports_are_offered_within_only(levels: Levels, qtbot: QtBot):
    levels.canvas.select(["function_1"])
    levels.canvas.duplicate()
    assert list(levels._history.document.functions) == ["function_1"]
    assert "port.input" not in list(levels.canvas.canvas.catalogue)
    levels.enter("function_1")
    within = list(levels.canvas.canvas.catalogue)
    assert "port.input" in within
    assert "function.function_1" not in within


def test_a_path_is_shown_while_its_function_is_going(levels: Levels):
    levels.enter("function_1")
    levels._history.undo()
    levels.set_name("other")
    assert levels.breadcrumb.findChild(QToolButton, "breadcrumb_0").text() == "other"


def test_each_copy_of_what_is_repeated_can_be_looked_at(open_levels: Callable[[Document], Levels], qtbot: QtBot):
    levels = open_levels(stacked(3))
    levels.enter("block")
    canvas = levels.canvas
    box = levels.breadcrumb.findChild(QSpinBox, "breadcrumb_copy_1")
    assert isinstance(box, QSpinBox)
    assert box.text() == "1 of 3"
    assert canvas.canvas.status.specs[port("x.output")].shape.as_list() == [None, 2]
    entered: list[str] = []
    levels.entered.connect(lambda: entered.append(levels.scope.prefix))
    box.setValue(2)
    assert canvas.canvas.status.specs[port("x.output")].shape.as_list() == [None, 8], "what the first one gives"
    levels.reveal("block#3/dense")
    assert entered == ["block#2/", "block#3/"]
    assert levels.canvas is canvas, "the same graph"
    assert canvas.selected_ids() == ["dense"]
    assert box.text() == "3 of 3"
    assert [levels.title(f"block{number}/dense") for number in ("", "#2")] == ["block › Dense", "block (2) › Dense"]
    assert levels.title("block") == "block"
    levels.leave()
    assert levels.canvas.selected_ids() == ["block"]


def test_a_copy_that_is_there_no_more_is_left(open_levels: Callable[[Document], Levels], qtbot: QtBot):
    levels = open_levels(stacked(3))
    levels.reveal("block#3/dense")
    assert levels.scope.path == ("block#3",)
    levels._history.do(SetParams("block", {"repeat": 2}))
    qtbot.waitUntil(lambda: levels.scope.path == ())
    levels.reveal("block#2/dense")
    assert levels.scope.copy == (2, 2)
    levels._history.undo()
    qtbot.waitUntil(lambda: levels.breadcrumb.findChild(QSpinBox, "breadcrumb_copy_1").text() == "2 of 3")


def test_where_there_is_no_such_copy_one_goes_no_further(open_levels: Callable[[Document], Levels]):
    levels = open_levels(stacked(2))
    levels.enter("block")
    levels.go_to(("block#9", "dense"))
    assert levels.scope.path == ("block",)
