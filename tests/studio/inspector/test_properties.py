"""The property editor: made from the declarations, changing the document, following it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.core.errors import InvalidArgumentError
from engine.core.kinds import KINDS
from engine.core.param import Param
from studio.document.analysis import Analysis, Problem
from studio.document.document import Document, Node
from studio.document.edits import AddNode, SetParams, SetTitle, remove
from studio.document.history import History
from studio.document.nodetype import Catalogue
from studio.inspector.editors import EDITORS, BoolEditor, ChoiceEditor, LineEditor
from studio.inspector.panel import Inspector
from studio.inspector.properties import Properties
from studio.ui.appearance import Appearance

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def panel(qtbot: QtBot, catalogue: Catalogue, history: History) -> Iterator[Properties]:
    inspector = Inspector(str)
    qtbot.addWidget(inspector)
    inspector.resize(320, 800)
    inspector.show()
    inspector.open(history, catalogue)
    yield inspector.properties
    inspector.close()


def enter(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def params(history: History, id: str) -> dict[str, object]:
    return dict(history.document.nodes[id].params)


def test_every_kind_has_an_editor() -> None:
    assert EDITORS.keys() == KINDS.keys()


def test_there_is_a_row_for_each_parameter(panel: Properties, catalogue: Catalogue) -> None:
    panel.select(["hidden"])
    assert list(panel.rows) == list(catalogue["layer.Dense"].params)
    assert panel.rows["units"].editor.field.text() == "128"
    assert panel.rows["activation"].editor.box.currentText() == "relu"
    assert panel.rows["use_bias"].editor.box.isChecked()
    assert panel.title.text() == "hidden"


def test_what_is_typed_becomes_an_edit_and_undo_is_shown(qtbot: QtBot, panel: Properties, history: History) -> None:
    panel.select(["hidden"])
    field = panel.rows["units"].editor.field
    enter(qtbot, field, "64")
    assert params(history, "hidden")["units"] == 64
    history.undo()
    assert field.text() == "128"
    history.redo()
    assert field.text() == "64"


def test_what_is_wrong_is_told_beside_the_field_and_changes_nothing(
    qtbot: QtBot, panel: Properties, history: History, look: Appearance
) -> None:
    panel.select(["hidden"])
    row = panel.rows["units"]
    enter(qtbot, row.editor.field, "0")
    assert row.error == "Units is 0. It takes a whole number of 1 or more."
    assert params(history, "hidden")["units"] == 128
    assert not history.can_undo
    qtbot.keyClick(row.editor.field, Qt.Key.Key_Escape)
    assert (row.editor.field.text(), row.error) == ("128", "")


def test_arrows_step_within_the_limits_as_one_step_of_the_history(
    qtbot: QtBot, panel: Properties, history: History
) -> None:
    panel.select(["trainer"])
    field = panel.rows["epochs"].editor.field
    field.setFocus()
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert params(history, "trainer")["epochs"] == 13
    history.undo()
    assert params(history, "trainer")["epochs"] == 20


def test_choices_and_check_boxes(qtbot: QtBot, panel: Properties, history: History) -> None:
    panel.select(["hidden"])
    box = panel.rows["activation"].editor.box
    box.setCurrentIndex(box.findData(None))
    box.activated.emit(box.currentIndex())
    assert params(history, "hidden")["activation"] is None
    qtbot.mouseClick(panel.rows["use_bias"].editor.box, Qt.MouseButton.LeftButton, pos=_inside(panel))
    assert params(history, "hidden")["use_bias"] is False


def _inside(panel: Properties):
    box = panel.rows["use_bias"].editor.box
    return box.rect().topLeft() + box.rect().bottomLeft() / 2 + box.rect().topLeft() + type(box.pos())(8, 0)


def test_the_way_back_to_the_default(qtbot: QtBot, panel: Properties, history: History) -> None:
    panel.select(["trainer"])
    button = panel.rows["epochs"].findChild(QToolButton, "reset.epochs")
    assert button.toolTip() == "Back to 10"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "epochs" not in params(history, "trainer")
    assert button.isHidden()
    assert panel.rows["optimizer"].findChild(QToolButton, "reset.optimizer") is None


def test_several_nodes_show_what_they_share_and_change_at_once(
    qtbot: QtBot, panel: Properties, history: History
) -> None:
    panel.select(["hidden", "output"])
    field = panel.rows["units"].editor.field
    assert (field.text(), field.placeholderText()) == ("", "several values")
    assert panel.title.text() == "2 nodes"
    enter(qtbot, field, "32")
    assert [params(history, id)["units"] for id in ("hidden", "output")] == [32, 32]
    history.undo()
    assert [params(history, id)["units"] for id in ("hidden", "output")] == [128, 10]
    panel.select(["hidden", "trainer"])
    assert panel.rows == {}


def test_the_title_is_edited(qtbot: QtBot, panel: Properties, history: History) -> None:
    panel.select(["hidden"])
    enter(qtbot, panel.title, "first")
    assert history.document.nodes["hidden"].title == "first"
    history.do(SetTitle("hidden", "second"))
    assert panel.title.text() == "second"
    enter(qtbot, panel.title, "Dense")  # the name of the type is no title of its own
    assert history.document.nodes["hidden"].title == ""


def test_a_node_that_goes_leaves_the_panel(panel: Properties, history: History) -> None:
    panel.select(["hidden"])
    history.do(remove(history.document, ["hidden"]))
    assert panel.rows == {}
    history.undo()
    assert "units" in panel.rows


def test_another_document_is_followed_instead(panel: Properties, history: History, catalogue: Catalogue) -> None:
    other = History(Document())
    other.do(AddNode(Node("hidden", "layer.Dense", {"units": 5})))
    panel.open(other, catalogue)
    panel.select(["hidden"])
    history.do(SetParams("hidden", {"units": 77}))
    assert panel.rows["units"].editor.field.text() == "5"


def test_facts_of_the_analysis(panel: Properties, look: Appearance) -> None:
    panel.select(["hidden", "output"])
    error = InvalidArgumentError("{owner}: {name} is missing.", owner="Dense", name="units")
    panel.show_analysis(Analysis(parameters={"hidden": 8320, "output": 1290}, problems=(Problem(error, "output"),)))
    assert panel.count.text() == "9\u2009610 parameters"
    assert panel.problem.text() == "Dense: units is missing."
    look.set_language("es")
    assert panel.count.text() == "9\u2009610 parámetros"
    assert panel.problem.text() == "Dense: falta units."


def test_unknown_types_have_no_rows(panel: Properties, history: History) -> None:
    history.do(AddNode(Node("odd", "plugin.Odd", {"a": 1})))
    panel.select(["odd"])
    assert panel.rows == {}


def test_a_required_value_that_is_missing_is_asked_for(panel: Properties, history: History) -> None:
    history.do(AddNode(Node("new", "layer.Dense")))
    panel.select(["new"])
    assert panel.rows["units"].editor.field.placeholderText() == "required"


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (Param("float", 0.5), "0.25", 0.25),
        (Param("float", 0.5), "0,25", 0.25),
        (Param("float", 0.1234567891), "1e-3", 0.001),
        (Param("int", None, optional=True), "", None),
        (Param("int", 3), "7", 7),
        (Param("ints", (3, 3)), "5, 5", (5, 5)),
        (Param("axes", None, optional=True), "-1", -1),
        (Param("axes", 0), "(0, 1)", (0, 1)),
        (Param("text", ""), "abc", "abc"),
        (Param("value", 1.0), "[1, 2]", [1, 2]),
        (Param("any", None), "3", 3),
    ],
)
def test_lines_are_read_as_declared(qtbot: QtBot, param: Param, text: str, value: object) -> None:
    editor = LineEditor("p", param)
    qtbot.addWidget(editor)
    editor.load(9 if text == "" else param.default)
    with qtbot.waitSignal(editor.committed) as committed:
        editor.field.setText(text)
        editor.field.editingFinished.emit()
    assert committed.args == [value]


def test_a_number_is_shown_exactly_and_left_alone_when_not_edited(qtbot: QtBot, look: Appearance) -> None:
    editor = LineEditor("p", Param("float", 0.0))
    qtbot.addWidget(editor)
    editor.load(0.1234567891)
    assert editor.field.text() == "0.1234567891"
    with qtbot.assertNotEmitted(editor.committed):
        editor.field.editingFinished.emit()
    look.set_language("es")
    editor.load(0.5)
    assert editor.field.text() == "0,5"


def test_a_choice_that_is_gone_is_kept(qtbot: QtBot) -> None:
    editor = ChoiceEditor("p", Param("choice", "a", choices=("a", "b")))
    qtbot.addWidget(editor)
    editor.load("mine")
    assert editor.box.currentText() == "mine"


def test_dtypes_are_chosen_by_name(qtbot: QtBot) -> None:
    editor = EDITORS["dtype"]("p", Param("dtype", "float32", choices=("float32", "float64")))
    qtbot.addWidget(editor)
    editor.load("float64")
    assert [editor.box.itemText(i) for i in range(editor.box.count())] == ["float32", "float64"]
    assert editor.box.currentText() == "float64"


def test_an_undecided_check_box_decides_at_the_first_click(qtbot: QtBot) -> None:
    editor = BoolEditor("p", Param("bool", None, optional=True))
    qtbot.addWidget(editor)
    editor.load(None)
    assert editor.box.checkState() == Qt.CheckState.PartiallyChecked
    with qtbot.waitSignal(editor.committed) as committed:
        editor.box.click()
    assert committed.args == [True]
