"""The tensor inspector in the whole window, with the engine: weights, pins, copies, files, constants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from graphs import moons, port
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from user import Open, User, saved

from studio.inspector import tensor_actions
from studio.inspector.export import csv_text
from studio.inspector.views.heat import HeatView
from studio.inspector.views.table import TableView
from studio.inspector.watching import Pin
from studio.run.tensor_ref import TensorRef

pytest_plugins = ("look", "window")


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    user = open_window(saved(moons(), tmp_path), engine=True)
    user.until_ready()
    user.hand.click(user.hand.header("hidden"))
    user.until(lambda: user.window.inspector.tensor.shown is not None)
    return user


def look_at(user: User, ref: TensorRef) -> np.ndarray:
    tensor = user.window.inspector.tensor
    tensor.watching.look_at(ref)
    user.until(lambda: tensor.shown is not None and tensor.shown.ref == ref)
    return tensor.shown.values


def test_the_chooser_offers_weights_and_gradients_and_they_have_values(user: User) -> None:
    tensor = user.window.inspector.tensor
    menu = tensor.head.chooser.menu()
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert texts == ["output", "∂L/∂output", "output, compiled", "kernel", "bias", "∂L/∂kernel", "∂L/∂bias"]
    next(action for action in menu.actions() if action.text() == "∂L/∂kernel").trigger()
    ref = TensorRef("weight_gradient", "hidden", "kernel")
    user.until(lambda: tensor.shown is not None and tensor.shown.ref == ref)
    assert tensor.shown.info.shape == (2, 8)
    eager = look_at(user, TensorRef.of(port("hidden.output")))
    compiled = look_at(user, TensorRef.of(port("hidden.output"), "compiled"))
    np.testing.assert_allclose(eager, compiled, rtol=1e-5, atol=1e-6)


def test_pins_live_while_a_training_runs_and_can_be_compared(user: User) -> None:
    tensor = user.window.inspector.tensor
    kernel = TensorRef("weight", "hidden", "kernel")
    before = look_at(user, kernel).copy()
    user.do("tensor.keep")
    user.do("tensor.pin")
    assert user.action("tensor.pin").isChecked()
    user.do("run.train")
    user.until(lambda: len(tensor.watching.trail(kernel)) >= 2 or not np.array_equal(tensor.shown.values, before))
    user.until_ready()
    user.until(lambda: not np.array_equal(tensor.shown.values, before))
    user.do("tensor.compare")
    assert tensor.compared == tensor.watching.pins[0]
    user.until(lambda: tensor.view.found is not None)
    assert tensor.view.found.count > 0
    user.do("tensor.compare")
    assert tensor.compared is None
    user.do("tensor.pin")
    assert Pin(kernel) not in tensor.watching.pins


def test_without_a_pin_there_is_nothing_to_compare_with(user: User) -> None:
    user.do("tensor.compare")
    assert "nothing to compare with" in user.banner
    assert not user.action("tensor.compare").isChecked()


def test_what_is_much_is_copied_beside_the_window(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensor_actions, "_AT_ONCE", 0)
    kernel = look_at(user, TensorRef("weight", "hidden", "kernel"))
    QGuiApplication.clipboard().setText("before")
    user.do("tensor.copy_csv")
    assert QGuiApplication.clipboard().text() == "before"
    user.until(lambda: QGuiApplication.clipboard().text() == csv_text(kernel))


def test_it_is_copied_saved_and_put_into_the_document(user: User, tmp_path: Path) -> None:
    kernel = look_at(user, TensorRef("weight", "hidden", "kernel"))
    user.do("tensor.copy_numpy")
    copied = eval(QGuiApplication.clipboard().text(), {"np": np})
    np.testing.assert_array_equal(copied, kernel)
    user.window.tensor_actions.save(tmp_path / "kernel.npy")
    user.until((tmp_path / "kernel.npy").exists)
    np.testing.assert_array_equal(np.load(tmp_path / "kernel.npy"), kernel)
    user.until(lambda: "kernel.npy" in user.banner)
    user.window.tensor_actions.save(tmp_path / "none" / "kernel.npy")
    user.until(lambda: "cannot be written" in user.banner)
    user.window.tensor_actions.save_picture(tmp_path / "kernel.png")
    assert (tmp_path / "kernel.png").stat().st_size > 1000
    user.do("tensor.constant")
    (id,) = user.window.canvas.selected_ids()
    node = user.window.history.document.nodes[id]
    assert node.type == "data.constant"
    np.testing.assert_array_equal(np.array(node.params["value"], np.float32), kernel)
    user.until(lambda: user.action("edit.undo").isEnabled())
    user.do("edit.undo")
    assert id not in user.window.history.document.nodes, "one step"


def test_it_is_dragged_onto_the_canvas(user: User) -> None:
    kernel = look_at(user, TensorRef("weight", "hidden", "bias"))
    data = user.window.tensor_actions.mime()
    canvas = user.window.canvas
    at = canvas.viewport().rect().center()
    before = set(user.window.history.document.nodes)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    canvas.dragEnterEvent(QDragEnterEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))
    canvas.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, buttons, keys))
    (id,) = set(user.window.history.document.nodes) - before
    assert user.window.history.document.nodes[id].params["value"] == tuple(kernel.tolist())
    assert "np.array(" in data.text()


def test_a_cell_leads_to_what_it_was_made_of(user: User) -> None:
    tensor = user.window.inspector.tensor
    look_at(user, TensorRef.of(port("hidden.output")))
    assert tensor.turn_to(TableView)
    user.do("tensor.link")
    tensor.view.grid.go_to(3, 5)
    user.until(lambda: len(tensor.sources.buttons) == 3)
    assert [button.text() for button in tensor.sources.buttons] == [
        "2 elements of x of Moons",
        "2 elements of kernel of Dense",
        "1 element of bias of Dense",
    ]
    kernel = TensorRef("weight", "hidden", "kernel")
    tensor.sources.buttons[1].click()
    user.until(lambda: tensor.shown.ref == kernel)
    np.testing.assert_array_equal(np.argwhere(tensor.view.grid.cells), [[0, 5], [1, 5]])
    tensor.turn_to(HeatView)
    assert not tensor.view.widget._marked.isNull()
    tensor.turn_to(TableView)
    tensor.view.grid.go_to(1, 2)
    user.until(lambda: "It is not known what kernel" in tensor.sources.title.text())
    assert "only of the values of wires" in tensor.sources.title.text()
    look_at(user, TensorRef.of(port("data.x")))
    tensor.view.grid.go_to(0, 1)
    user.until(lambda: tensor.sources.title.text().endswith("was made of nothing else."))
    tensor.turn_to(HeatView)
    user.do("tensor.link")
    assert not tensor.sources.isVisible()
    assert tensor.view.widget._marked.isNull()
