"""Comparing documents in the window: asked for, walked through by keys and clicks, on both sides at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from graphs import build, moons, port, wire
from hand import ALT, CTRL, LEFT, MIDDLE, NONE, SHIFT
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from user import Open, User, saved

from studio.canvas.compare.model import ROW
from studio.canvas.compare.view import CompareView
from studio.canvas.compare.window import CompareWindow
from studio.document.changes import Marks
from studio.document.document import Document, Node, Note
from studio.document.edits import (
    AddNode,
    AddNote,
    AddWire,
    Move,
    RemoveWire,
    SetMode,
    SetNote,
    SetParams,
    SetSetting,
    SetTitle,
    remove,
)
from studio.document.file import dumps
from studio.document.function_edits import AddFunction, RemoveFunction, Within
from studio.ui.appearance import appearance
from studio.ui.shell import files

pytest_plugins = ("look", "window")


@pytest.fixture
def user(open_window: Open, tmp_path: Path) -> User:
    """Somebody before a classifier with a function, saved and changed since."""
    user = open_window(saved(moons(), tmp_path))
    user.window.canvas.select(["hidden", "output"])
    user.do("canvas.function")
    user.do("file.save")
    history = user.window.history
    for edit in (
        SetParams("trainer", {"epochs": 9}),
        Within("function_1", SetParams("hidden", {"units": 64})),
        remove(history.document, ["accuracy"]),
        AddNode(Node("drop", "layer.Dropout", {"rate": 0.5}, (300.0, 300.0))),
        AddWire(wire("data.x > drop.inputs")),
        Move({"data": (-40.0, 50.0)}),
    ):
        history.do(edit)
    return user


def ask(user: User) -> list[str]:
    """Ask by keys to compare, and return with what one may."""
    user.window.activateWindow()
    user.until(user.window.isActiveWindow)
    QTest.keyClick(user.window.canvas, Qt.Key.Key_D, CTRL | ALT)
    assert user.window.comparing.chooser.isVisible()
    return user.window.comparing.chooser.shown_keys


def opened(user: User) -> CompareWindow:
    """Return the window that compares, once all is known."""
    user.until(lambda: user.window.comparing.windows)
    (window,) = user.window.comparing.windows
    user.until(lambda: not window.busy)
    window.activateWindow()
    user.until(window.isActiveWindow)
    return window


def with_saved(user: User) -> CompareWindow:
    ask(user)
    QTest.keyClick(user.window.comparing.chooser.field, Qt.Key.Key_Return)
    return opened(user)


def told(window: CompareWindow) -> list[tuple[str, str]]:
    """Return the headings and the changes."""
    return [(row.change.sign if row.change is not None else row.kind, row.text) for row in window.model.rows]


def chosen(window: CompareWindow) -> str:
    index = window.list.currentIndex()
    return index.data(ROW).text if index.isValid() else ""


def places(view: CompareView) -> tuple[float, int, int]:
    return view.zoom, view.horizontalScrollBar().value(), view.verticalScrollBar().value()


# ---------------------------------------------------------------------------------------------- what is compared


def test_with_the_saved_state_by_keys(user: User) -> None:
    before = dumps(user.window.document)
    assert ask(user) == ["saved", "file"]
    QTest.keyClick(user.window.comparing.chooser.field, Qt.Key.Key_Return)
    window = opened(user)
    assert window.windowTitle() == "small, as it is saved compared with small"
    assert told(window) == [
        ("graph", "Document"),
        ("node", "Sparse categorical accuracy"),
        ("−", "This node is gone."),
        ("−", "No wire from Function 1 · y to y pred any more"),
        ("−", "No wire from Moons · y to y true any more"),
        ("node", "Adam"),
        ("~", "epochs 3 → 9"),
        ("node", "Dropout"),
        ("+", "This node is new."),
        ("+", "Wire from Moons · x to inputs"),
        ("graph", "Function 1"),
        ("node", "Dense"),
        ("~", "units 8 → 64"),
    ]
    assert window.summary.text() == "+ 2   − 3   ~ 2"
    assert dumps(user.window.document) == before


def test_with_another_tab(user: User) -> None:
    user.do("file.new")
    user.window.history.do(AddNode(Node("drop", "layer.Dropout")))
    other = user.window.desk.documents[0]
    assert ask(user) == [f"tab:{other.number}", "file"]
    QTest.keyClick(user.window.comparing.chooser.field, Qt.Key.Key_Return)
    window = opened(user)
    assert window.windowTitle() == "small compared with untitled"
    assert ("−", "This function is gone.") in told(window)
    assert ("~", "rate 0.5 → —") in told(window)


def test_with_a_file(user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(build({"x": "data.random_normal"}), tmp_path, "other")
    monkeypatch.setattr(files, "ask_path_to_compare", lambda _parent: path)
    ask(user)
    QTest.keyClicks(user.window.comparing.chooser.field, "file")
    QTest.keyClick(user.window.comparing.chooser.field, Qt.Key.Key_Return)
    assert opened(user).windowTitle() == "other.trenza compared with small"


def test_a_file_that_cannot_be_read_is_told_in_words(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "broken.trenza"
    path.write_text("{")
    monkeypatch.setattr(files, "ask_path_to_compare", lambda _parent: path)
    ask(user)
    QTest.keyClicks(user.window.comparing.chooser.field, "file")
    QTest.keyClick(user.window.comparing.chooser.field, Qt.Key.Key_Return)
    user.until(lambda: user.banner.startswith("broken.trenza, line 1"))
    assert user.window.comparing.windows == []


def test_shapes_stand_on_both_sides(user: User) -> None:
    window = with_saved(user)
    for view in window.views:
        user.until(lambda view=view: view.canvas.wires.strands()[port("function_1.in_1")].text)
        assert view.canvas.wires.strands()[port("function_1.in_1")].text == "·,2"


def test_where_nothing_differs_the_window_says_so(user: User) -> None:
    user.do("file.save")
    window = with_saved(user)
    assert window.summary.text() == "Nothing differs."
    QTest.keyClick(window, Qt.Key.Key_F8)
    assert chosen(window) == ""


def test_what_is_edited_later_does_not_change_the_comparison(user: User) -> None:
    window = with_saved(user)
    before = told(window)
    user.window.history.do(remove(user.window.document, ["trainer"]))
    QTest.qWait(60)
    assert told(window) == before
    assert window.views[1].canvas.node("trainer") is not None


# ------------------------------------------------------------------------------------------- on both sides at once


def test_both_sides_zoom_and_pan_together(user: User) -> None:
    window = with_saved(user)
    left, right = window.views
    assert places(left) == places(right)
    for view in (left, right):
        before = places(view)
        turn = QWheelEvent(
            QPointF(100, 80),
            QPointF(view.viewport().mapToGlobal(QPoint(100, 80))),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), turn)
        assert places(left) == places(right) != before
        for button in (LEFT, MIDDLE):
            before = places(view)
            QTest.mousePress(view.viewport(), button, NONE, QPoint(200, 300))
            QTest.mouseMove(view.viewport(), QPoint(160, 270))
            QTest.mouseMove(view.viewport(), QPoint(120, 240))
            QTest.mouseRelease(view.viewport(), button, NONE, QPoint(120, 240))
            assert places(left) == places(right) == (before[0], before[1] + 80, before[2] + 60)
        view.setFocus()
        before = places(view)
        QTest.keyClick(view, Qt.Key.Key_Right)
        assert places(left) == places(right) == (before[0], before[1] + 60, before[2])


def test_nothing_can_be_edited_there(user: User) -> None:
    window = with_saved(user)
    for view in window.views:
        document = view.canvas.document
        before = dumps(document)
        at = view.mapFromScene(view.area_of("trainer").center())
        QTest.mousePress(view.viewport(), LEFT, NONE, at)
        QTest.mouseMove(view.viewport(), at + QPoint(30, 30))
        QTest.mouseRelease(view.viewport(), LEFT, NONE, at + QPoint(30, 30))
        QTest.mouseDClick(view.viewport(), LEFT, NONE, at)
        for key in (Qt.Key.Key_Delete, Qt.Key.Key_Tab, Qt.Key.Key_D):
            QTest.keyClick(view, key)
        QTest.keyClick(view, Qt.Key.Key_Z, CTRL)
        assert dumps(document) == before


def test_marks_have_a_colour_and_a_sign(user: User) -> None:
    window = with_saved(user)
    left, right = window.views
    assert left.marks.nodes == {"accuracy": "−", "trainer": "~"}
    assert right.marks.nodes == {"drop": "+", "trainer": "~"}
    theme = appearance().theme
    for view, id, colour in ((left, "accuracy", theme.bad), (right, "drop", theme.ok), (left, "trainer", theme.warn)):
        window._pairs[""].look_at(id)
        QTest.qWait(40)
        image = view.viewport().grab().toImage()
        body = view.mapFromScene(view.area_of(id)).boundingRect()
        found = [image.pixelColor(x, body.top() - 3) for x in range(body.left(), min(body.right(), image.width()))]
        assert any(_near(pixel, QColor(colour)) for pixel in found), id
        marks = view.marks
        view.set_marks(Marks({}, {}))
        QTest.qWait(40)
        plain = view.viewport().grab().toImage()
        corner = body.topLeft() - QPoint(7, 7)
        assert not _near(plain.pixelColor(corner), QColor(colour)), "the sign stands where nothing else does"
        view.set_marks(marks)


def _near(a: QColor, b: QColor) -> bool:
    return sum(abs(x - y) for x, y in zip(a.getRgb(), b.getRgb(), strict=True)) < 60


# ---------------------------------------------------------------------------------------------- from one to the next


def test_keys_lead_from_change_to_change_round_and_round_into_functions_too(user: User) -> None:
    window = with_saved(user)
    changes = [text for sign, text in told(window) if sign in "+−~"]
    walked = []
    for _step in changes:
        QTest.keyClick(window, Qt.Key.Key_F8)
        walked.append(chosen(window))
    assert walked == changes
    assert window.graph == "function_1"
    left, right = window.views
    for view in (left, right):
        assert view.visible_area().contains(view.area_of("hidden"))
    QTest.keyClick(window, Qt.Key.Key_F8)
    assert (chosen(window), window.graph) == (changes[0], "")
    QTest.keyClick(window, Qt.Key.Key_F8, SHIFT)
    assert (chosen(window), window.graph) == (changes[-1], "function_1")


def test_a_click_in_the_list_goes_there_on_both_sides(user: User) -> None:
    window = with_saved(user)
    row = next(i for i, (sign, text) in enumerate(told(window)) if (sign, text) == ("−", "This node is gone."))
    place = window.list.visualRect(window.model.index(row)).center()
    for view in window.views:
        view.centerOn(QPointF(9000, 9000))
    QTest.mouseClick(window.list.viewport(), LEFT, NONE, place)
    left, right = window.views
    assert left.visible_area().contains(left.area_of("accuracy"))
    assert places(left) == places(right)
    left.centerOn(QPointF(9000, 9000))
    QTest.mouseClick(window.list.viewport(), LEFT, NONE, place)
    assert left.visible_area().contains(left.area_of("accuracy")), "again, though it is chosen already"


def test_a_click_on_a_marked_node_finds_it_in_the_list(user: User) -> None:
    window = with_saved(user)
    _left, right = window.views
    window._pairs[""].look_at("drop")
    QTest.mouseClick(right.viewport(), LEFT, NONE, right.mapFromScene(right.area_of("drop").center()))
    assert chosen(window) == "This node is new."


def test_what_only_moved_is_told_if_one_wants_to_know(user: User) -> None:
    window = with_saved(user)
    assert window.places.text() == "Positions, too (1)"
    assert "data" not in window.views[0].marks.nodes
    user.click(window.places)
    user.until(lambda: not window.busy)
    assert ("~", "Moved.") in told(window)
    assert window.views[0].marks.nodes["data"] == "~"


def test_a_function_that_is_gone_stands_on_one_side_only(user: User) -> None:
    document = user.window.history
    document.do(remove(document.document, ["function_1"]))
    document.do(RemoveFunction("function_1"))
    window = with_saved(user)
    window.graphs.setFocus()
    QTest.keyClick(window.graphs, Qt.Key.Key_Down)
    user.until(lambda: not window.busy)
    left, right = window.views
    assert set(left.marks.nodes.values()) == {"−"}
    assert list(left.marks.nodes) == list(left.canvas.document.nodes)
    assert len(right.canvas.document.nodes) == 0


# --------------------------------------------------------------------------------------------------- the window


def test_it_follows_language_and_theme(user: User) -> None:
    window = with_saved(user)
    before = window.views[0].viewport().grab().toImage()
    user.do("view.language_es")
    user.do("view.theme_light")
    user.until(lambda: not window.busy)
    assert window.windowTitle() == "small, como está guardado comparado con small"
    assert ("~", "unidades 8 → 64") in told(window)
    assert ("−", "Este nodo ya no está.") in told(window)
    assert window.views[0].viewport().grab().toImage() != before
    user.do("view.theme_dark")


def test_it_goes_with_all_that_it_holds(user: User) -> None:
    window = with_saved(user)
    assert user.action("compare.next").isEnabled()
    window.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    user.until(lambda: user.window.comparing.windows == [])
    assert not user.action("compare.next").isEnabled()
    user.do("view.theme_light")
    user.do("view.theme_dark")


def test_the_file_is_read_beside_the_event_loop(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    begin = threading.Thread.start

    def noted(thread: threading.Thread) -> None:
        names.append(thread.name)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", noted)
    with_saved(user)
    assert "reading" in names


WORDS: list[tuple[Callable[[Document], object], str]] = [
    (lambda d: d.apply(SetTitle("hidden", "first")), "Name — → first"),
    (lambda d: d.apply(SetMode({"hidden": "mute"})), "Mode takes part → muted"),
    (lambda d: d.apply(SetSetting("seed", 7)), "seed 1 → 7"),
    (
        lambda d: d.apply(SetSetting("exposed", [["a", "hidden", "units"]])),
        "Parameters that it shows: others than before",
    ),
    (lambda d: d.apply(SetNote(Note("note", "other"))), "This note is another."),
    (lambda d: d.apply(SetParams("hidden", {"activation": None})), "activation tanh → none"),
    (lambda d: d.apply(RemoveWire(wire("data.x > hidden.inputs"))), "No wire from Moons · x to inputs any more"),
    (lambda d: d.apply(AddFunction("f", build({"e": "op.exp"}).contents())), "This function is new."),
]


@pytest.mark.parametrize(("change", "words"), WORDS)
def test_changes_are_told_in_words(
    open_window: Open, tmp_path: Path, change: Callable[[Document], object], words: str
) -> None:
    document = moons()
    document.apply(AddNote(Note("note", "one")))
    user = open_window(saved(document, tmp_path))
    change(user.window.document)
    assert words in [text for _sign, text in told(with_saved(user))]


def test_what_is_gone_is_found_though_its_side_is_still_to_be_made(user: User) -> None:
    history = user.window.history
    history.do(Within("function_1", AddNode(Node("far", "op.exp", position=(4000.0, 4000.0)))))
    user.do("file.save")
    history.do(Within("function_1", remove(user.window.document.functions["function_1"], ["far"])))
    window = with_saved(user)
    assert told(window)[-1] == ("−", "This node is gone.")
    QTest.keyClick(window, Qt.Key.Key_F8, SHIFT)
    user.until(lambda: not window.busy)
    left, right = window.views
    assert left.visible_area().contains(left.area_of("far"))
    assert places(left) == places(right)
