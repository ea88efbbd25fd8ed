"""The window as a whole, driven as a user drives it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graphs import EXAMPLES, build, example, moons, port
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QTabBar, QWidget
from user import User

from studio.document import file
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, Wire
from studio.document.edits import SetParams, SetSetting
from studio.document.file import load, save
from studio.palette.model import ROW
from studio.ui import i18n
from studio.ui.action_table import ACTIONS
from studio.ui.appearance import appearance
from studio.ui.settings import settings
from studio.ui.shell import files

pytest_plugins = ("look", "window")

Open = Callable[..., User]


def copy_of(name: str, folder: Path) -> Path:
    return Path(shutil.copy(EXAMPLES / f"{name}.trenza", folder))


def saved(document: Document, folder: Path, name: str = "small") -> Path:
    path = folder / f"{name}.trenza"
    save(document, path)
    return path


def wire_text(user: User, target: str) -> str:
    assert user.window.canvas is not None
    return user.window.canvas.canvas.wires.strands()[port(target)].text


def steps(user: User, name: str) -> int:
    curve = user.window.plots.curves.get(name)
    return len(curve.train_points()[0]) if curve else 0


# --------------------------------------------------------------------------------------------- the main job


def test_the_main_job(open_window: Open, tmp_path: Path) -> None:
    path = copy_of("digits_mlp", tmp_path)
    document = load(path)
    document.apply(SetParams("trainer", {"epochs": 500}))
    save(document, path)
    user = open_window(path, engine=True)
    window = user.window
    assert window.canvas is not None
    user.until_ready()

    # train, and see both curves grow
    user.do("run.train")
    plots = window.plots
    user.until(lambda: plots.curves and all(len(c.validation_points()[0]) >= 2 for c in plots.curves.values()))
    assert list(plots.curves) == ["loss", "accuracy"]
    assert [cell.objectName() for cell in plots.cells.values()] == ["plot.loss", "plot.accuracy"]
    assert all(cell.isVisible() for cell in plots.cells.values())
    before = {name: steps(user, name) for name in plots.curves}
    user.until(lambda: all(steps(user, name) > count for name, count in before.items()))

    # pause: nothing more comes; resume: it goes on
    user.do("run.pause")
    user.until(lambda: window.controller.state == "paused")
    assert user.action("run.pause").isChecked()
    still = {name: steps(user, name) for name in plots.curves}
    user.qtbot.wait(200)
    assert {name: steps(user, name) for name in plots.curves} == still
    user.do("run.pause")
    user.until(lambda: steps(user, "loss") > still["loss"])
    user.do("run.stop")
    user.until_ready()
    loss, accuracy = (plots.curves[name] for name in ("loss", "accuracy"))
    assert loss.epoch_points()[1][-1] < loss.epoch_points()[1][0]
    assert accuracy.validation_points()[1][-1] > 0.8

    # look into a wire's tensor
    user.hand.click(user.on_wire(port("output.inputs")))
    tensor = window.inspector.tensor
    user.until(lambda: tensor.port == port("hidden.output"))
    assert tensor.spec.text() == "float32 (32, 128)"
    assert "hidden" in tensor.heading.text()

    # edit a layer
    assert "128" in wire_text(user, "output.inputs")
    user.hand.click(user.hand.header("hidden"))
    user.enter("param.units", "48")
    user.until(lambda: "48" in wire_text(user, "output.inputs"))
    user.until(lambda: tensor.spec.text() == "float32 (32, 48)")
    assert window.document.nodes["hidden"].params["units"] == 48
    assert "•" in window.top_bar.name.text()

    # undo, save, reopen
    user.do("edit.undo")
    user.until(lambda: "128" in wire_text(user, "output.inputs"))
    assert window.document == document
    user.do("edit.redo")
    user.do("file.save")
    assert "•" not in window.top_bar.name.text()
    edited = load(path)
    assert edited.nodes["hidden"].params["units"] == 48
    user.do("file.close")
    assert window.canvas is None
    user.until(lambda: window.start_page.isVisible())
    assert window.desk.open(path)
    assert window.document == edited


def test_a_killed_engine_loses_the_run_only(open_window: Open, tmp_path: Path) -> None:
    path = saved(moons(trainer=("train.Adam", {"epochs": 100_000, "batch_size": 8})), tmp_path)
    user = open_window(path, engine=True)
    window = user.window
    user.until_ready()
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 10)
    before = load(path)
    assert window.controller.pid is not None
    os.kill(window.controller.pid, signal.SIGKILL)
    user.until(lambda: window.controller.state == "crashed")
    assert "engine has stopped" in user.banner
    assert window.status_line.light.state == "stopped"
    assert not user.action("run.train").isEnabled()
    assert not user.action("run.stop").isEnabled()
    assert window.document == before

    button = next(b for b in window.banner.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Restart the engine"
    window.history.do(SetParams("trainer", {"epochs": 3}))
    user.click(button)
    assert user.banner == ""
    user.until_ready()
    user.do("run.train")
    user.until(lambda: window.plots.curves and len(window.plots.curves["accuracy"].validation_points()[0]) == 3)
    user.until_ready()
    assert "trained in" in window.status_line.values["progress"].text()


def test_trained_in_the_window_and_in_the_terminal_the_numbers_are_the_same(open_window: Open, tmp_path: Path) -> None:
    from studio import terminal

    path = saved(moons(), tmp_path)
    expected = terminal.run(path, quiet=True)["metrics"]
    user = open_window(path, engine=True)
    user.until_ready()
    window = user.window
    window.history.do(SetParams("hidden", {"units": 3}))
    window.history.undo()
    ends: list[Any] = []
    window.controller.ended.connect(ends.append)
    user.do("run.train")
    user.until(lambda: ends)
    assert ends[0].logs == expected


def test_training_may_be_asked_for_before_the_engine_is_up(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path), engine=True)
    assert user.window.controller.state == "starting"
    user.window.train()
    user.until(lambda: len(user.window.plots.curves.get("loss", moons_curve()).epoch_points()[0]) == 3)


def moons_curve() -> Any:
    from studio.plots.series import Curve

    return Curve(1)


def test_mode_reset_and_problems_of_a_run(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path), engine=True)
    window = user.window
    user.until_ready()
    sent: list[Any] = []
    started: list[Any] = []
    watched: list[Any] = []
    ended: list[Any] = []
    train = window.controller.train
    window.controller.train = lambda document, mode: (sent.append(mode), train(document, mode))[1]
    window.controller.started.connect(started.append)
    window.controller.ended.connect(ended.append)
    window.controller.watched.connect(watched.append)

    def look() -> np.ndarray:
        watched.clear()
        user.window._watch(port("hidden.output"))
        user.until(lambda: watched)
        return watched[-1].values

    first = look()
    for id, mode in (("run.mode_eager", "eager"), ("run.mode_lazy", "lazy")):
        user.do(id)
        assert user.action(id).isChecked()
        assert window.mode == mode == settings().value("mode")
        ended.clear()
        user.do("run.train")
        user.until(lambda: ended)
        assert (ended[0].status, sent[-1]) == ("complete", mode)
    assert window.plots.curves
    assert not np.array_equal(look(), first)
    user.do("run.reset")
    assert not window.plots.curves
    user.until(lambda: np.array_equal(look(), first))

    # what keeps it from training is said in words, on its node
    window.history.do(SetParams("output", {"units": 0}))
    ended.clear()
    user.do("run.train")
    user.until(lambda: ended)
    assert "units is 0" in user.banner
    assert window.canvas is not None
    assert window.canvas.selected_ids() == ["output"]
    user.until_ready()
    window.history.undo()

    # another document hears nothing of the run before it
    window.history.do(SetParams("trainer", {"epochs": 100_000}))
    user.do("run.train")
    user.until(lambda: steps(user, "loss") > 5)
    window.history.mark_saved()
    ended.clear()
    assert window.desk.open(EXAMPLES / "tensors.trenza")
    assert user.action("run.train").isEnabled()
    user.do("run.train")
    user.until(lambda: ended)
    assert ended[0].status == "failed"
    assert "has no trainer" in user.banner
    assert not window.plots.curves
    user.until(
        lambda: (window.canvas and port("d.output") in window.canvas.canvas.status.pictures) or _has_values(window)
    )


def _has_values(window: Any) -> bool:
    return window.inspector.tensor.port is None and window.problems.count == 0


def test_a_document_that_is_wrong_as_a_whole_is_said_to_be(open_window: Open, tmp_path: Path) -> None:
    document = example("tensors")
    document.apply(SetSetting("seed", "one"))
    user = open_window(saved(document, tmp_path), engine=True)
    user.until_ready()
    user.until(lambda: user.window.problems.count == 1)
    assert "seed is 'one'" in user.window.problems.model.rows[0].message


# ----------------------------------------------------------------------------------------------- documents


def test_the_start_page_opens_an_example(open_window: Open) -> None:
    user = open_window()
    assert user.window.start_page.isVisible()
    assert not any(user.find(name).isVisible() for name in ("palette", "inspector", "plots"))
    for id in ("file.save", "run.train", "edit.select_all"):
        assert not user.action(id).isEnabled(), id
    user.click("example.spiral")
    assert user.window.canvas is not None
    assert user.window.document == example("spiral")
    assert user.window.windowTitle() == "spiral — Trenza"
    assert all(user.find(name).isVisible() for name in ("canvas", "palette", "inspector", "plots"))
    user.do("file.close")
    assert user.window.start_page.isVisible()


def test_recent_documents_are_offered(open_window: Open, tmp_path: Path) -> None:
    one, two = saved(moons(), tmp_path, "one"), saved(example("tensors"), tmp_path, "two")
    user = open_window(one)
    assert user.window.desk.open(two)
    user.do("file.close")

    def rows() -> list[QPushButton]:
        buttons = user.window.start_page.findChildren(QPushButton)
        return [b for b in buttons if b.property("row") and b.isVisible()]

    user.until(lambda: [b.toolTip() for b in rows()] == [str(two), str(one)])
    user.click(rows()[1])
    assert user.window.document == moons()
    two.unlink()
    user.do("file.close")
    assert files.recent() == [one]


def test_a_new_document_is_built_saved_and_opened_again(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = open_window()
    window = user.window
    user.click("file.new.button")
    assert window.canvas is not None
    assert len(window.document.nodes) == 0
    assert window.windowTitle() == "untitled — Trenza"

    # a double click in the palette
    model, rows = window.palette_panel.model, window.palette_panel.list
    row = next(i for i in range(model.rowCount()) if (t := model.index(i).data(ROW).node_type) and t.id == "data.moons")
    rows.scrollTo(model.index(row))
    centre = rows.visualRect(model.index(row)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseDClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    (data,) = window.document.nodes
    assert window.document.nodes[data].type == "data.moons"

    # Tab on the canvas, and a few letters
    window.canvas.canvas.show_at({})
    QTest.mouseMove(window.canvas.viewport(), user.hand.at(user.hand.header(data)))
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    assert window.node_search.isVisible()
    QTest.keyClicks(window.node_search.field, "dense")
    QTest.keyClick(window.node_search.field, Qt.Key.Key_Return)
    assert not window.node_search.isVisible()
    dense = next(id for id in window.document.nodes if id != data)
    assert window.document.nodes[dense].type == "layer.Dense"
    assert window.canvas.hasFocus()
    window.history.do(move(dense, window.document.nodes[data].position))
    user.until(lambda: window.problems.count == 2)

    # a wire by drag, from output to input
    user.do("view.frame_all")
    user.hand.drag(user.hand.port(data, "x", is_input=False), user.hand.port(dense, "inputs", is_input=True))
    assert list(window.document.wires.values()) == [Wire(port(f"{data}.x"), port(f"{dense}.inputs"))]
    user.until(lambda: [r.node for r in window.problems.model.rows] == [dense])

    # the list of problems leads to its node
    window.canvas.select([])
    window.dock.setCurrentWidget(window.problems)
    index = window.problems.model.index(0)
    QTest.mouseClick(
        window.problems.list.viewport(), Qt.MouseButton.LeftButton, pos=window.problems.list.visualRect(index).center()
    )
    assert window.canvas.selected_ids() == [dense]
    assert "units is missing" in window.inspector.properties.problem.text()
    user.enter("param.units", "5")
    user.until(lambda: window.problems.count == 0)

    path = tmp_path / "mine"
    monkeypatch.setattr(files, "ask_path_to_save", lambda *_: path.with_suffix(".trenza"))
    user.do("file.save")
    assert window.windowTitle() == "mine — Trenza"
    assert load(path.with_suffix(".trenza")) == window.document


def move(id: str, beside: tuple[float, float]) -> Any:
    from studio.document.edits import Move

    return Move({id: (beside[0] + 300, beside[1] + 40)})


def test_an_error_is_on_its_node_in_words(open_window: Open, tmp_path: Path) -> None:
    document = build(
        {
            "a": ("data.constant", {"value": [1.0, 2.0]}),
            "b": ("data.constant", {"value": [1, 2]}),
            "sum": "op.add",
            "later": "layer.Later",
        },
        "a.output > sum.x\nb.output > sum.y\na.output > later.inputs",
    )
    user = open_window(saved(document, tmp_path))
    assert user.window.canvas is not None
    status = user.window.canvas.canvas.status
    assert status.severity("sum") == status.severity("later") == "error"
    assert "float32" in status.words("sum")[0]
    assert "int32" in status.words("sum")[0]
    assert "layer.Later" in status.words("later")[0]
    assert user.window.problems.count == 2


def test_changes_are_asked_about_before_they_are_lost(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    window = user.window
    asked: list[str] = []
    answer = "cancel"

    def ask(_parent: QWidget, name: str) -> str:
        asked.append(name)
        return answer

    monkeypatch.setattr(files, "ask_about_changes", ask)
    window.history.do(SetParams("hidden", {"units": 21}))
    for leave in (
        window.close,
        lambda: user.do("file.new"),
        lambda: user.do("file.close"),
        lambda: window.desk.open(EXAMPLES / "tensors.trenza"),
    ):
        leave()
        assert window.isVisible()
        assert window.document.nodes["hidden"].params["units"] == 21
    assert asked == ["small"] * 4
    answer = "discard"
    user.do("file.close")
    assert window.start_page.isVisible()
    assert load(path) == moons()
    assert window.desk.open(path)
    window.history.do(SetParams("hidden", {"units": 22}))
    answer = "save"
    user.do("file.new")
    assert load(path).nodes["hidden"].params["units"] == 22
    assert len(window.document.nodes) == 0
    assert len(asked) == 6
    user.do("file.close")
    assert len(asked) == 6, "there is nothing to lose"


def test_saving_that_fails_keeps_the_document_and_the_window(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    window = user.window
    window.history.do(SetParams("hidden", {"units": 21}))

    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(file.os, "fsync", full)
        user.do("file.save")
        assert "No space left on device" in user.banner
        patch.setattr(files, "ask_about_changes", lambda *_: "save")
        assert not window.close(), "what cannot be saved is not lost by closing"
    assert window.history.modified
    assert load(path) == moons()
    assert [p for p in tmp_path.iterdir() if p.is_file()] == [path]

    monkeypatch.setattr(files, "ask_path_to_save", lambda *_: tmp_path / "no such folder" / "net.trenza")
    button = next(b for b in window.banner.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Save as…"
    user.click(button)
    assert "No such file or directory" in user.banner
    assert window.desk.path == path
    monkeypatch.setattr(file.os, "access", lambda *_: False)  # root may write everywhere
    user.do("file.save")
    assert "read-only" in user.banner
    monkeypatch.undo()


def test_a_document_that_json_cannot_hold_is_not_saved(open_window: Open, tmp_path: Path) -> None:
    path = saved(example("tensors"), tmp_path)
    user = open_window(path)
    user.window.history.do(SetParams("a", {"value": float("nan")}))
    user.do("file.save")
    assert "'a' holds a value" in user.banner
    assert load(path) == example("tensors")


def test_files_that_cannot_be_opened_leave_the_window_as_it_is(open_window: Open, tmp_path: Path) -> None:
    good = saved(moons(), tmp_path)
    text = good.read_text()
    user = open_window(good)
    for name, content, words in (
        ("none", None, "There is no file"),
        ("broken", text[:200], "line"),
        ("text", "Dear diary", "no JSON text"),
        ("newer", text.replace('"version": 1', '"version": 9'), "newer Trenza"),
    ):
        path = tmp_path / f"{name}.trenza"
        if content is not None:
            path.write_text(content)
        assert not user.window.desk.open(path)
        assert words in user.banner
        assert user.window.document == moons()
        assert user.window.canvas is not None
    assert not user.window.desk.open(tmp_path)
    assert files.recent() == [good]
    user.click(user.window.banner._close)
    assert user.banner == ""


def test_a_window_opens_although_its_document_does_not(open_window: Open, tmp_path: Path) -> None:
    user = open_window(tmp_path / "none.trenza")
    assert user.window.start_page.isVisible()
    assert "There is no file" in user.banner


# ---------------------------------------------------------------------------------------------- appearance


def test_everything_has_the_name_of_the_plan(open_window: Open) -> None:
    user = open_window(EXAMPLES / "digits_mlp.trenza")
    for name in ("canvas", "palette", "inspector", "properties", "plots", "problems"):
        assert user.find(name).accessibleName() or user.find(name).objectName() == name
    for spec in ACTIONS:
        action = user.action(spec.id)
        assert action.text(), spec.id
        assert action.isEnabled() or spec.id in ("edit.undo", "edit.redo", "run.pause", "run.stop"), spec.id


def visible_texts(user: User) -> dict[str, str]:
    """Return what the window says, and where: labels, buttons, tabs, actions, tool tips, placeholders, the palette."""
    window = user.window
    found: dict[str, str] = {}
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisible():
            continue
        name = f"{type(widget).__name__} {widget.objectName()} {id(widget):x}"
        found[f"{name} tip"] = widget.toolTip()
        found[f"{name} accessible"] = widget.accessibleName()
        if isinstance(widget, QLabel | QAbstractButton):
            found[name] = widget.text()
        if isinstance(widget, QTabBar):
            found |= {f"{name} tab {i}": widget.tabText(i) for i in range(widget.count())}
        if hasattr(widget, "placeholderText"):
            found[f"{name} placeholder"] = widget.placeholderText()
    for action in window.commands:
        found[f"action {action.objectName()}"] = action.text()
        found[f"action {action.objectName()} tip"] = action.toolTip()
    menu = window.top_bar.menu()
    found |= {f"menu {i}": part.text() for i, part in enumerate(menu.actions())}
    menu.deleteLater()
    model = window.palette_panel.model
    found |= {f"palette {i}": model.index(i).data(ROW).text for i in range(model.rowCount())}
    found |= {f"problem {i}": row.message for i, row in enumerate(window.problems.model.rows)}
    return {place: text for place, text in found.items() if text}


@pytest.fixture(scope="module")
def is_english() -> Callable[[str], bool]:
    """Tells whether a text is an English one that has another wording in Spanish, perhaps with other capitals."""
    texts = getattr(i18n.catalogue("es"), "_catalog")  # noqa: B009  (there is no public way to list it)
    pairs = {k: v for k, v in texts.items() if isinstance(k, str) and k}
    plain = {k.lower(): v.lower() for k, v in pairs.items()}
    names = {t.title for t in CATALOGUE.values() if t.category in ("layer", "op", "train")}  # as in programs

    def is_english(text: str) -> bool:
        text = text.strip()
        if text in names:
            return False
        return pairs[text] != text if text in pairs else plain.get(text.lower(), text.lower()) != text.lower()

    return is_english


@pytest.mark.parametrize("name", ["", "digits_mlp"])
def test_no_english_is_left_in_spanish(
    open_window: Open, is_english: Callable[[str], bool], tmp_path: Path, name: str
) -> None:
    document = moons(hidden=("layer.Dense", {"units": 0}))
    user = open_window(saved(document, tmp_path) if name else None)
    if name:
        assert user.window.canvas is not None
        user.window.canvas.select(["loss"])
        user.until(lambda: user.window.problems.count == 1)
        user.window.dock.setCurrentWidget(user.window.problems)
    english = visible_texts(user)
    user.do("view.language_es")
    assert i18n.language() == "es"
    user.qtbot.wait(1)
    after = visible_texts(user)
    left = {place: text for place, text in after.items() if is_english(text) and "view.language" not in place}
    assert left == {}
    assert sum(english.get(place) != text for place, text in after.items()) > len(after) / 2
    user.do("view.language_en")
    user.until(lambda: sorted(visible_texts(user).values()) == sorted(english.values()))


def test_themes_change_while_the_window_is_up(open_window: Open) -> None:
    user = open_window(EXAMPLES / "digits_mlp.trenza")
    shades = []
    for name in ("light", "contrast", "dark"):
        user.do(f"view.theme_{name}")
        assert appearance().theme.name == name == settings().value("theme")
        assert user.action(f"view.theme_{name}").isChecked()
        picture = user.window.grab().toImage().scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation)
        shades.append(picture.pixelColor(0, 0).lightness())
    assert shades[0] > 150 > 100 > shades[2]


def test_panels_can_be_hidden_and_shown(open_window: Open) -> None:
    user = open_window(EXAMPLES / "tensors.trenza")
    for id, name in (("view.palette", "palette"), ("view.inspector", "inspector"), ("view.dock", "bottom_dock")):
        assert user.action(id).isChecked()
        user.do(id)
        assert not user.find(name).isVisible()
        user.do(id)
        assert user.find(name).isVisible()


def test_the_place_of_the_window_is_remembered(open_window: Open) -> None:
    user = open_window()
    user.window.resize(1111, 777)
    user.window.close()
    assert settings().value("geometry") is not None
    assert open_window().window.isVisible()


def test_shortcuts_are_heard(open_window: Open) -> None:
    user = open_window(EXAMPLES / "tensors.trenza")
    heard: list[str] = []
    for id in ("edit.select_all", "help.commands"):
        action: QAction = user.action(id)
        action.triggered.connect(lambda _checked=False, id=id: heard.append(id))
    QTest.keyClick(user.window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(user.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert heard == ["edit.select_all", "help.commands"]
    assert user.window.canvas is not None
    assert len(user.window.canvas.selected_ids()) == 8
    assert user.window.command_palette.isVisible()
    QTest.keyClicks(user.window.command_palette.field, "light theme")
    QTest.keyClick(user.window.command_palette.field, Qt.Key.Key_Return)
    assert appearance().theme.name == "light"
