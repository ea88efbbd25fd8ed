"""The window as a whole: names, languages, themes, panels and shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from graphs import EXAMPLES, moons, port
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QTabBar, QToolButton, QWidget
from user import Open, User, saved

from engine.core.errors import InvalidArgumentError
from studio.document.catalogue import CATALOGUE
from studio.document.edits import SetParams
from studio.palette.model import ROW
from studio.run.messages import Downloading, Ended, Progress, Started, Watched
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef
from studio.ui import i18n
from studio.ui.action_table import ACTIONS
from studio.ui.appearance import appearance
from studio.ui.settings import settings
from studio.ui.shell import files
from studio.ui.shell.top_bar import NARROW

pytest_plugins = ("look", "window")


def test_everything_has_the_name_of_the_plan(open_window: Open) -> None:
    user = open_window(EXAMPLES / "digits_mlp.trenza")
    for name in ("canvas", "palette", "inspector", "properties", "plots", "problems", "debugger"):
        assert user.find(name).accessibleName() or user.find(name).objectName() == name
    for spec in ACTIONS:
        action = user.action(spec.id)
        assert action.text(), spec.id
        assert action.isEnabled() or spec.id in NOT_YET, spec.id


#: What cannot be done when a document was just opened.
NOT_YET = {
    *("plots.save", "layers.save", "tasks.look_into", "tasks.copy", "tasks.save"),
    "compare.next",
    "compare.previous",
    *("edit.undo", "edit.redo", "run.pause", "run.stop", "run.train_instead", "run.show", "file.save_all"),
    *("file.close_others", "file.reopen", "file.tab_left", "file.tab_right"),
    # no tensor is looked into, and nothing is compiled before the engine is up
    *(spec.id for spec in ACTIONS if spec.id.startswith(("tensor.", "lazy."))),
    *("debug.over", "debug.into", "debug.out", "debug.back", "debug.continue", "debug.pause"),
    *("debug.end", "debug.restart"),
    *("debug.run_to", "debug.breakpoint", "debug.breakpoint_on_output", "debug.program"),
    *("run.rate", "run.freeze", "run.checkpoint", "run.restore", "run.resume"),
    *("file.lately", "file.before", "file.next", "file.previous", "canvas.leave", "canvas.rename_function"),
}


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


#: Titles that are in every language as in programs.
NAMES = {t.title for t in CATALOGUE.values() if t.category in ("layer", "op", "train")}


@pytest.fixture(scope="module")
def is_english() -> Callable[[str], bool]:
    """Tells whether a text is an English one that has another wording in Spanish, perhaps with other capitals."""
    texts = getattr(i18n.catalogue("es"), "_catalog")  # noqa: B009  (there is no public way to list it)
    pairs = {k: v for k, v in texts.items() if isinstance(k, str) and k}
    plain = {k.lower(): v.lower() for k, v in pairs.items()}

    def is_english(text: str) -> bool:
        text = text.strip()
        if text in NAMES:
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
    worded = {place: text for place, text in after.items() if text.strip() not in NAMES}
    assert sum(english.get(place) != text for place, text in worded.items()) > len(worded) / 2
    user.do("view.language_en")
    user.until(lambda: sorted(visible_texts(user).values()) == sorted(english.values()))


def test_a_switch_reaches_what_the_run_has_said(
    open_window: Open, is_english: Callable[[str], bool], tmp_path: Path
) -> None:
    user = open_window(saved(moons(), tmp_path))
    window, run = user.window, user.window.controller
    seconds = 0.00123
    one = window.desk.current.number
    run.started.emit(Started(one, 0, 3, 40, ("accuracy",), 42))
    series = {"loss": np.array([0.5]), "accuracy": np.array([0.5])}
    run.progressed.emit(Progress(one, 0, 0, np.array([0]), series, seconds))
    run.stuck.emit()
    user.until(lambda: window.plots.cells and window.plots.is_complete)
    picked = "hidden.output"
    tensor = np.zeros((2, 3, 4, 5), np.float32)
    window.editors.current.watching.look_at(TensorRef.of(port(picked)))
    run.watched.emit(Watched(one, TensorRef.of(port(picked)), summarise(tensor), tensor))
    user.enter("index", "9")
    before = run_texts(user)
    assert {"batch 1/40", "samples/s", "s left", "Restart", "does not react", "has no place", "Epoch", "Loss"} <= {
        words for words in SAID if words in before
    }
    user.do("view.language_es")
    after = run_texts(user)
    assert [words for words in SAID if words in after] == []
    assert all(words in after for words in ("lote 1/40", "muestras/s", "Reiniciar", "no reacciona", "Época", "Pérdida"))
    failed = Ended(one, 0, "failed", error=InvalidArgumentError("The document has no trainer."))
    run.ended.emit(failed)
    assert user.banner == "El documento no tiene entrenador."
    user.do("view.language_en")
    assert user.banner == "The document has no trainer."
    run.downloading.emit(Downloading(one, "mnist.npz", 3 << 20, 11 << 20))
    assert window.status_line.values["progress"].text() == "downloading mnist.npz: 3 MiB of 11 MiB"
    user.do("view.language_es")
    assert window.status_line.values["progress"].text() == "descargando mnist.npz: 3 MiB de 11 MiB"


SAID = ("batch 1/40", "samples/s", "s left", "Restart", "does not react", "has no place", "Epoch", "Loss")


def run_texts(user: User) -> str:
    """Return what the banner, the status line, the plots and the tensor inspector say."""
    window = user.window
    labels = [
        label.text()
        for part in (window.banner, window.status_line, window.plots, window.inspector)
        for label in part.findChildren(QLabel)
    ]
    buttons = [button.text() for button in window.banner.findChildren(QPushButton)]
    axes = [cell.chart.getAxis("bottom").labelText for cell in window.plots.cells.values()]
    return " | ".join((*labels, *buttons, *axes))


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


def test_the_window_fits_a_small_screen(open_window: Open, tmp_path: Path) -> None:
    """The start page lies behind every document: what it shows must not widen the window."""
    for name in "abcdef":
        files.remember(saved(moons(), tmp_path, name))
    user = open_window()
    user.window.desk.open(EXAMPLES / "mnist_cnn.trenza")
    user.window.resize(1180, 760)
    user.qtbot.wait(1)
    least = user.window.minimumSizeHint()
    assert (least.width() <= 1180, least.height() <= 760) == (True, True), least


def test_only_problems_that_are_there_are_counted(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(hidden=("layer.Dense", {"units": 0})), tmp_path))
    dock, at = user.window.dock, user.window.dock.indexOf(user.window.problems)
    assert dock.tabText(at) == "Problems  1"
    user.window.history.do(SetParams("hidden", {"units": 4}))
    user.until(lambda: dock.tabText(at) == "Problems")


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


def test_no_words_of_the_bar_are_cut_in_a_narrow_window(open_window: Open) -> None:
    user = open_window(EXAMPLES / "digits_mlp.trenza")
    user.do("view.language_es")
    bar = user.window.top_bar
    for width in (NARROW + 200, NARROW - 1, user.window.minimumSizeHint().width()):
        user.window.resize(width, 700)
        QTest.qWait(20)
        buttons = [b for b in bar.findChildren(QToolButton) if b.isVisible() and b.text()]
        worded = [b for b in buttons if b.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly]
        assert worded
        assert [b.text() for b in worded if b.width() < b.sizeHint().width()] == []
