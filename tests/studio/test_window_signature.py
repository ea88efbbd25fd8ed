"""What a function shows to the outside, by mouse and keyboard: parameters, names, the order of its ports."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import moons
from hand import LEFT, NONE
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QToolButton, QWidget
from user import Open, User, saved

from studio.document.document import Node
from studio.document.edits import AddNode, Compound, SetParams
from studio.document.file import dumps
from studio.document.function import INPUT, exposed, ports
from studio.document.function_edits import Within
from studio.inspector.function_page import FunctionPage
from studio.ui.widgets.name_list import NameList

pytest_plugins = ("look", "window")

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody within "Function 1", two layers of a classifier, with a second node outside that stands for it."""
    user = open_window(saved(moons(), tmp_path))
    canvas = user.window.canvas
    assert canvas is not None
    canvas.select(["hidden", "output"])
    user.do("canvas.function")
    user.window.history.do(Compound("Add", (AddNode(Node("other", "function.function_1", position=(0.0, 400.0))),)))
    user.do("file.save")
    user.do("canvas.enter")
    assert page(user).isVisible()
    return user


def page(user: User) -> FunctionPage:
    return user.window.inspector.properties.function


def body(user: User):
    return user.window.document.functions["function_1"]


def names(user: User) -> list[str]:
    return [entry.name for entry in exposed(body(user))]


def row(user: User, name: str) -> QWidget:
    return user.window.inspector.properties.rows[name]


def button(user: User, name: str) -> QToolButton:
    found = row(user, name).findChild(QToolButton, f"outward.{name}")
    assert isinstance(found, QToolButton)
    return found


def choose(user: User, *ids: str) -> None:
    user.window.canvas.select(list(ids))
    QTest.qWait(20)  # what is new in the inspector shows


def show(user: User, *params: str) -> None:
    choose(user, "hidden")
    for name in params:
        user.click(button(user, name))
    user.window.canvas.select([])
    user.until(lambda: page(user).parameters.keys == list(params))


def retype(list_: NameList, text: str) -> None:
    """Rename the line that is chosen."""
    QTest.keyClick(list_, Qt.Key.Key_F2)
    field = list_.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def texts(list_: NameList) -> list[tuple[str, str]]:
    return [(list_.topLevelItem(i).text(0), list_.topLevelItem(i).text(1)) for i in range(list_.topLevelItemCount())]


# ----------------------------------------------------------------------------------------------------- exposing


@pytest.mark.parametrize("way", ["click", "key", "menu"])
def test_a_parameter_is_shown_on_the_function(user: User, way: str) -> None:
    choose(user, "hidden")
    if way == "click":
        user.click(button(user, "units"))
    elif way == "key":
        user.window.inspector.properties.rows["units"].take_focus()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is button(user, "units")
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    else:
        place = QPoint(20, 10)
        at = row(user, "units").mapToGlobal(place)
        QApplication.sendEvent(row(user, "units"), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, at))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [entry.text() for entry in menu.actions()] == ["Show on the function"]
        QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(menu.actions()[0]).center())
    assert names(user) == ["units"]
    assert user.window.history.labels[-1] == "Show on the function"
    assert button(user, "units").isChecked()
    assert button(user, "units").toolTip() == "Take back from the function, where it is “Units”"
    user.do("canvas.leave")
    user.window.canvas.select(["other"])
    assert list(user.window.inspector.properties.rows) == ["units", "repeat", "shared_weights"]
    user.enter(row(user, "units").editor.widget, "24")
    assert user.window.document.nodes["other"].params == {"units": 24}
    item = user.window.canvas.canvas.node("other")
    user.until(lambda: ("units", "24") in [(line.label, line.value) for line in item.face.lines])


def test_it_is_taken_back_with_what_it_was_set_to(user: User) -> None:
    before = dumps(user.window.document)
    show(user, "units")
    user.window.history.do(SetParams("other", {"units": 24}))
    choose(user, "hidden")
    user.click(button(user, "units"))
    assert dumps(user.window.document) == before
    user.do("edit.undo")
    assert user.window.document.nodes["other"].params == {"units": 24}


def test_outside_of_functions_and_for_several_nodes_nothing_of_the_kind_is_offered(user: User) -> None:
    user.window.canvas.select(["hidden", "output"])
    assert row(user, "units").findChild(QToolButton, "outward.units") is None
    user.window.canvas.select(["in_1"])
    assert user.window.inspector.findChild(QToolButton, "outward.place") is None
    user.do("canvas.leave")
    user.window.canvas.select(["data"])
    assert user.window.inspector.findChild(QToolButton, "outward.samples") is None
    user.window.canvas.select([])
    assert not page(user).isVisible()


def test_renaming_keeps_what_all_nodes_were_told_in_one_step(user: User) -> None:
    show(user, "units")
    for id in ("function_1", "other"):
        user.window.history.do(SetParams(id, {"units": 7}))
    user.window.history.seal()
    steps = len(user.window.history.labels)
    page(user).parameters.setFocus()
    retype(page(user).parameters, "hidden units")
    user.until(lambda: names(user) == ["hidden_units"])
    nodes = user.window.document.nodes
    assert [nodes[id].params for id in ("function_1", "other")] == [{"hidden_units": 7}] * 2
    assert texts(page(user).parameters) == [("Hidden units", "Dense: units 8")]
    assert len(user.window.history.labels) == steps + 1
    user.do("edit.undo")
    assert [nodes[id].params for id in ("function_1", "other")] == [{"units": 7}] * 2


def test_a_name_that_is_taken_is_refused_in_words(user: User) -> None:
    show(user, "units", "activation")
    page(user).parameters.setFocus()
    retype(page(user).parameters, "activation")
    user.until(page(user).said.isVisible)
    assert page(user).said.text().startswith("The function has a parameter 'activation' already.")
    assert names(user) == ["units", "activation"]
    assert [name for name, _detail in texts(page(user).parameters)] == ["Units", "Activation"]


def test_parameters_are_reordered_and_removed_by_keys(user: User) -> None:
    show(user, "units", "activation", "use_bias")
    list_ = page(user).parameters
    list_.setFocus()
    QTest.keyClick(list_, Qt.Key.Key_Down, ALT)
    assert names(user) == ["activation", "units", "use_bias"]
    QTest.keyClick(list_, Qt.Key.Key_Delete)
    assert names(user) == ["activation", "use_bias"]
    assert list(body(user).nodes) == ["in_1", "hidden", "output", "out_1"], "Delete is no order to the graph"
    user.do("edit.undo")
    user.do("edit.undo")
    user.until(lambda: list_.keys == ["units", "activation", "use_bias"])


def test_typing_within_a_function_keeps_the_keyboard(user: User) -> None:
    """Each change within a function looked at the graph anew, and took the field away that one was typing in."""
    choose(user, "hidden")
    field = row(user, "units").editor.widget
    user.enter(field, "12")
    QTest.qWait(60)
    assert body(user).nodes["hidden"].params["units"] == 12
    assert QApplication.focusWidget() is field
    assert row(user, "units").editor.widget is field


# ------------------------------------------------------------------------------------------- the function itself


def test_the_function_is_shown_while_nothing_is_selected(user: User) -> None:
    found = page(user)
    assert found.title.text() == "Function 1"
    assert [texts(list_) for list_ in (found.inputs, found.outputs, found.parameters)] == [[("x", "")], [("y", "")], []]
    assert found.users.text() == "2 nodes stand for it."
    user.do("view.language_es")
    assert found.users.text() == "2 nodos la representan."
    choose(user, "hidden")
    assert not found.isVisible()


def test_title_and_summary_can_be_changed(user: User) -> None:
    user.enter("function.title", "Two layers")
    user.enter("function.summary", "A small net.")
    assert dict(body(user).settings) == {"title": "Two layers", "summary": "A small net."}
    user.until(lambda: user.find("breadcrumb_1").text() == "Two layers")
    user.do("edit.undo")
    user.do("edit.undo")
    user.window.canvas.setFocus()
    user.until(lambda: page(user).title.text() == "Function 1" and page(user).summary.text() == "")


def more_inputs(user: User) -> NameList:
    """Give the function two more inputs."""
    for number, id in enumerate(("in_2", "in_3"), 1):
        node = Node(id, INPUT, {"place": number}, (0.0, 100.0 * number), f"x{number + 1}")
        user.window.history.do(Within("function_1", AddNode(node)))
    list_ = page(user).inputs
    user.until(lambda: list_.keys == ["in_1", "in_2", "in_3"])
    return list_


def test_inputs_are_put_into_another_order_by_keys(user: User) -> None:
    list_ = more_inputs(user)
    list_.setFocus()
    QTest.keyClick(list_, Qt.Key.Key_Down, ALT)
    assert [node.id for node in ports(body(user), INPUT)] == ["in_2", "in_1", "in_3"]
    QTest.keyClick(list_, Qt.Key.Key_Down, ALT)
    assert [node.id for node in ports(body(user), INPUT)] == ["in_2", "in_3", "in_1"]
    assert list_.hasFocus()
    user.do("canvas.leave")
    item = user.window.canvas.canvas.node("other")
    user.until(lambda: [slot.label for slot in item.face.inputs] == ["x2", "x3", "x"])
    QTest.keyClick(user.window.canvas, Qt.Key.Key_Z, CTRL)
    user.until(lambda: [node.id for node in ports(body(user), INPUT)] == ["in_2", "in_1", "in_3"])


def test_inputs_are_put_into_another_order_by_dragging(user: User) -> None:
    list_ = more_inputs(user)
    at = [list_.visualItemRect(list_.topLevelItem(i)).center() for i in range(3)]
    surface, steps = list_.viewport(), len(user.window.history.labels)
    QTest.mousePress(surface, LEFT, NONE, at[0])
    for place in (at[0] + QPoint(0, 12), at[1], at[2]):
        QTest.mouseMove(surface, place)
        QTest.qWait(1)
    assert list_.keys == ["in_2", "in_3", "in_1"]
    assert [node.id for node in ports(body(user), INPUT)] == ["in_1", "in_2", "in_3"], "not before it is let go"
    QTest.mouseRelease(surface, LEFT, NONE, at[2])
    assert [node.id for node in ports(body(user), INPUT)] == ["in_2", "in_3", "in_1"]
    assert user.window.history.labels[steps:] == ["Reorder ports"]


def test_ports_are_renamed_by_a_double_click(user: User) -> None:
    list_ = page(user).outputs
    place = list_.visualItemRect(list_.topLevelItem(0)).center()
    QTest.mouseDClick(list_.viewport(), LEFT, NONE, place)
    field = list_.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "logits")
    QTest.keyClick(field, Qt.Key.Key_Return)
    user.until(lambda: body(user).nodes["out_1"].title == "logits")
    user.do("canvas.leave")
    item = user.window.canvas.canvas.node("other")
    user.until(lambda: [slot.label for slot in item.face.outputs] == ["logits"])
