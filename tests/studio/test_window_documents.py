"""The window as a whole: documents are opened, built, saved and left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphs import build, example, moons, port
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from user import Open, saved

from studio.document import file
from studio.document.document import Wire
from studio.document.edits import SetParams
from studio.document.file import load
from studio.palette.model import ROW
from studio.ui.shell import files

pytest_plugins = ("look", "window")


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
    user.do("file.close_all")

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
    assert window.adding.search.isVisible()
    QTest.keyClicks(window.adding.search.field, "dense")
    QTest.keyClick(window.adding.search.field, Qt.Key.Key_Return)
    assert not window.adding.search.isVisible()
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
    user.until(lambda: not user.window.analysing)
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
    for leave in (window.close, lambda: user.do("file.close"), lambda: user.do("file.reload")):
        leave()
        assert window.isVisible()
        assert window.document.nodes["hidden"].params["units"] == 21
    assert asked == ["small"] * 3
    answer = "discard"
    user.do("file.close")
    assert window.start_page.isVisible()
    assert load(path) == moons()
    assert window.desk.open(path)
    window.history.do(SetParams("hidden", {"units": 22}))
    answer = "save"
    user.do("file.close")
    assert load(path).nodes["hidden"].params["units"] == 22
    assert len(asked) == 5
    window.desk.open(path)
    user.do("file.close")
    assert len(asked) == 5, "there is nothing to lose"


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
        ("newer", text.replace(f'"version": {file.VERSION}', '"version": 9'), "newer Trenza"),
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


# ------------------------------------------------------------------------------------------ large documents


def large(folder: Path, count: int = 800) -> Path:
    nodes = {f"n{i}": "op.relu" for i in range(count)}
    return saved(build(nodes, "\n".join(f"n{i}.output > n{i + 1}.features" for i in range(count - 1))), folder, "large")


def test_a_large_document_is_read_beside_the_window(open_window: Open, tmp_path: Path) -> None:
    user = open_window()
    desk = user.window.desk
    assert desk.open(large(tmp_path))
    assert desk.busy
    assert not desk.is_open
    assert user.window.status_line.values["reading"].text() == "opening large…"
    user.until(lambda: desk.is_open)
    assert not desk.busy
    assert user.window.status_line.values["reading"].text() == ""
    assert len(user.window.document.nodes) == 800
    user.until(lambda: not user.window.canvas.canvas.busy and not user.window.analysing)
    assert len(user.window.canvas.canvas.items_by_id) == 800
    assert len(user.window.analysis.problems) == 1  # the first one's input


def test_a_document_that_takes_long_waits_behind_one_that_was_opened_since(open_window: Open, tmp_path: Path) -> None:
    user = open_window()
    desk = user.window.desk
    assert desk.open(large(tmp_path))
    assert desk.open(saved(moons(), tmp_path))
    assert desk.busy
    user.until(lambda: not desk.busy)
    assert [d.name for d in desk.documents] == ["small", "large"]
    assert desk.name == "small", "what the user looks at stays"


def test_what_is_being_read_can_be_called_off(open_window: Open, tmp_path: Path) -> None:
    user = open_window()
    desk = user.window.desk
    desk.open(large(tmp_path))
    user.do("file.close")
    assert not desk.busy
    assert user.window.status_line.values["reading"].text() == ""
    user.qtbot.wait(200)
    assert desk.documents == []


def test_a_large_file_that_is_none_says_so(open_window: Open, tmp_path: Path) -> None:
    path = tmp_path / "none.trenza"
    path.write_text("{" + " " * 100_000)
    user = open_window()
    user.window.desk.open(path)
    user.until(lambda: "this is no JSON text" in user.banner)
    assert not user.window.desk.is_open
