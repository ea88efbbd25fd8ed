"""The small widgets: search, search-to-add, banner, problems, status."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.core.errors import InvalidArgumentError
from studio.document.analysis import Analysis, Problem
from studio.document.catalogue import CATALOGUE
from studio.document.nodetype import Catalogue
from studio.ui.appearance import Appearance
from studio.ui.settings import settings
from studio.ui.usage import Usage
from studio.ui.widgets.banner import Banner
from studio.ui.widgets.fuzzy import Candidate, rank
from studio.ui.widgets.node_search import NodeSearch
from studio.ui.widgets.problems import Problems
from studio.ui.widgets.search_field import SearchField
from studio.ui.widgets.status import STATES, EngineLight, StatusValue

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["dense", "conv", "cross"]),
        ("den", ["dense"]),
        ("CONV", ["conv"]),
        ("cv2", ["conv"]),
        ("entropia cru", ["cross"]),
        ("entropy", ["cross"]),
        ("connected", ["dense"]),
        ("xyz", []),
    ],
)
def test_what_is_found(query: str, found: list[str]) -> None:
    candidates = [
        Candidate.of("dense", ("Dense", 1.0), prose="A fully connected layer."),
        Candidate.of("conv", ("Conv2D", 1.0)),
        Candidate.of("cross", ("Cross-entropy", 1.0), ("Entropía cruzada", 0.9)),
    ]
    assert rank(query, candidates) == found


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(900, 700)
    widget.show()
    return widget


def test_search_to_add_by_keyboard(qtbot: QtBot, window: QWidget, catalogue: Catalogue) -> None:
    search = NodeSearch(catalogue, Usage(), window)
    search.popup(QPoint(100, 100), query="d")
    assert search.isVisible()
    assert search.shown_keys[0] == "layer.Dense"
    qtbot.keyClicks(search.field, "ig")
    assert search.shown_keys == ["data.Digits"]
    with qtbot.waitSignal(search.chosen) as signal:
        qtbot.keyClick(search.field, Qt.Key.Key_Return)
    assert signal.args == ["data.Digits"]
    assert not search.isVisible()


def test_search_to_add_offers_only_what_fits(window: QWidget, catalogue: Catalogue) -> None:
    search = NodeSearch(catalogue, Usage(), window)
    search.popup(QPoint(100, 100), only=["op.relu", "op.add"])
    assert search.shown_keys == ["op.relu", "op.add"]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("one hot", "op.one_hot"),
        ("eje posición nombra", "op.one_hot"),  # its summary, in Spanish
        ("convert", "op.cast"),
        ("acotar", "op.clip_by_value"),  # a synonym, in Spanish
        ("recortar", "op.slice"),
        ("entropía cruzada dispersa", "loss.SparseCategoricalCrossentropy"),
        ("tamaño salida sesgo", "layer.Dense"),  # the help of parameters, in Spanish
    ],
)
def test_synonyms_and_help_are_found_in_both_languages(window: QWidget, query: str, best: str) -> None:
    search = NodeSearch(CATALOGUE, Usage(), window)
    search.popup(QPoint(100, 100), query=query)
    assert best in search.shown_keys[:5]


def test_what_is_used_much_comes_first_among_equals(window: QWidget, catalogue: Catalogue) -> None:
    usage = Usage()
    search = NodeSearch(catalogue, usage, window)
    search.popup(QPoint(100, 100))
    assert search.shown_keys[0] == "data.Digits"
    for _ in range(3):
        usage.note("op.relu", after="layer.Dense")
    search.popup(QPoint(100, 100))
    assert search.shown_keys[:2] == ["op.relu", "data.Digits"]
    search.popup(QPoint(100, 100), query="flatten")
    assert search.shown_keys[0] == "layer.Flatten"
    search.popup(QPoint(100, 100), only=["layer.Dense", "op.add", "op.relu"], after="layer.Dense")
    assert search.shown_keys == ["op.relu", "layer.Dense", "op.add"]
    search.popup(QPoint(100, 100), only=["layer.Dense", "op.add", "op.relu"], after="layer.Flatten")
    assert search.shown_keys == ["layer.Dense", "op.add", "op.relu"]


def test_uses_are_remembered_and_fade() -> None:
    usage = Usage()
    usage.note("op.relu")
    for _ in range(40):
        usage.note("op.add")
    assert Usage().weight("op.add") == usage.weight("op.add") > 0.99
    assert 0 < Usage().weight("op.relu") < 0.5
    assert Usage().weight("op.exp") == 0
    for _ in range(80):
        usage.note("op.add")
    assert usage.weight("op.relu") == 0


@pytest.mark.parametrize("stored", ["no JSON", "[1]", '{"op.add": "much", "op.relu": NaN, "op.exp": -3}'])
def test_a_store_of_uses_that_was_tampered_with_counts_nothing(stored: str) -> None:
    settings().setValue("usage/nodes", stored)
    assert Usage().weight("op.add") == Usage().weight("op.relu") == Usage().weight("op.exp") == 0


def test_arrows_move_through_the_results_and_around(qtbot: QtBot, window: QWidget, catalogue: Catalogue) -> None:
    search = NodeSearch(catalogue, Usage(), window)
    search.popup(QPoint(100, 100))
    qtbot.keyClick(search.field, Qt.Key.Key_Down)
    assert search.list.currentIndex().row() == 1
    qtbot.keyClick(search.field, Qt.Key.Key_Up)
    qtbot.keyClick(search.field, Qt.Key.Key_Up)
    assert search.list.currentIndex().row() == len(search.shown_keys) - 1


def test_escape_empties_then_closes_and_a_click_elsewhere_closes(
    qtbot: QtBot, window: QWidget, catalogue: Catalogue
) -> None:
    search = NodeSearch(catalogue, Usage(), window)
    search.popup(QPoint(100, 100), query="d")
    qtbot.keyClick(search.field, Qt.Key.Key_Escape)
    assert search.isVisible()
    with qtbot.waitSignal(search.closed):
        qtbot.keyClick(search.field, Qt.Key.Key_Escape)
    search.popup(QPoint(100, 100))
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not search.isVisible()


def test_search_to_add_stays_in_the_window(window: QWidget, catalogue: Catalogue) -> None:
    search = NodeSearch(catalogue, Usage(), window)
    search.popup(QPoint(890, 690))
    assert window.rect().contains(search.geometry())


def test_a_search_field_leaves_the_keys_to_the_results(qtbot: QtBot) -> None:
    field = SearchField("Search nodes…", "Tab")
    qtbot.addWidget(field)
    with qtbot.waitSignals([field.moved, field.accepted, field.left]):
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            qtbot.keyClick(field, key)


def test_a_banner_offers_one_way_out(qtbot: QtBot, look: Appearance) -> None:
    banner, calls = Banner(), []
    qtbot.addWidget(banner)
    action = QAction("Restart")
    action.triggered.connect(lambda: calls.append(1))
    banner.say("bad", "Undo", action)
    look.set_language("es")
    assert (banner._text.text(), banner._buttons[0].text()) == ("Deshacer", "Restart")
    qtbot.mouseClick(banner._buttons[0], Qt.MouseButton.LeftButton)
    assert calls == [1]
    assert banner.isHidden()


def test_a_banner_keeps_what_is_about_a_document_for_its_turn(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("warn", "of one", about=1)
    assert banner.isHidden()
    banner.turn_to(1)
    assert banner._text.text() == "of one"
    banner.say("bad", "of all")
    banner.say("info", "of one, later", about=1)
    assert banner._text.text() == "of all", "what is graver comes first"
    banner.dismiss()
    assert banner._text.text() == "of one, later", "and nothing is lost behind it"
    banner.say("info", "for a while", about=1, seconds=60)
    banner.turn_to(2)
    banner.turn_to(1)
    assert banner.isHidden(), "what was to stay for a while is not there again"


def test_a_banner_goes_by_itself(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("info", "Undo", seconds=0.02)
    assert banner.isVisible()
    qtbot.waitUntil(banner.isHidden, timeout=1000)


def test_problems_are_told_once_and_lead_to_their_nodes(qtbot: QtBot, look: Appearance) -> None:
    problems = Problems({"a": "hidden", "b": "output"}.get)
    qtbot.addWidget(problems)
    problems.resize(500, 200)
    problems.show()
    error = InvalidArgumentError("{owner}: {name} is missing.", owner="Dense", name="units")
    with qtbot.waitSignal(problems.count_changed) as changed:
        problems.show_analysis(Analysis(problems=(Problem(error, "a"), Problem(error, "b", severity="warning"))))
    assert changed.args == [2]
    problems.show_errors({"a": error, "b": error})
    assert [(row.severity, row.title) for row in problems.model.rows] == [
        ("error", "hidden"),
        ("warning", "output"),
        ("error", "output"),
    ]
    look.set_language("es")
    assert problems.model.rows[0].message == "Dense: falta units."
    with qtbot.waitSignal(problems.chosen) as chosen:
        problems.list.activated.emit(problems.model.index(1))
    assert chosen.args == ["b"]
    problems.show_analysis(Analysis())
    problems.show_errors({})
    assert problems.count == 0


def test_long_messages_are_wrapped(qtbot: QtBot) -> None:
    problems = Problems()
    qtbot.addWidget(problems)
    problems.resize(420, 200)
    problems.show()
    short, long = InvalidArgumentError("No."), InvalidArgumentError("No. " * 60)
    problems.show_analysis(Analysis(problems=(Problem(short, "a"), Problem(long, "a"))))
    heights = [problems.list.sizeHintForIndex(problems.model.index(i)).height() for i in (0, 1)]
    assert heights[1] > 2 * heights[0]


def test_the_light_tells_the_state_of_the_engine(qtbot: QtBot, look: Appearance) -> None:
    light = EngineLight()
    qtbot.addWidget(light)
    said = set()
    for state in STATES:
        light.show_state(state)
        light.grab()
        said.add(light._word.text())
    assert len(said) == len(STATES)


def test_an_empty_status_takes_no_room(qtbot: QtBot) -> None:
    value = StatusValue("parameters")
    qtbot.addWidget(value)
    value.say("9 610")
    assert not value.isHidden()
    value.say("")
    assert value.isHidden()
