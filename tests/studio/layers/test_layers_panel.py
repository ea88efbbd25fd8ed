"""The panel of layers: its list, its charts, its words, and the cross."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from layer_histories import SMALL, dense, history_of, subject, warning
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.layers.chart import Chart
from studio.layers.depth import DepthChart
from studio.layers.model import MARK, NAME, RATIO, SHAPE
from studio.layers.panel import Layers
from studio.layers.rows import Row
from studio.layers.spreads import SpreadChart
from studio.layers.subject import Subject
from studio.layers.words import SHORT
from studio.run.health.layout import ActivationPlace, LayerPlace, WeightPlace
from studio.run.health.rules import RULES
from studio.ui.appearance import Appearance

pytest_plugins = ("look",)


@pytest.fixture
def panel(look: Appearance, qtbot: QtBot) -> Layers:
    panel = Layers(lambda node: node.upper())
    qtbot.addWidget(panel)
    panel.resize(1600, 420)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def drawn(panel: Layers, qtbot: QtBot) -> None:
    """Wait until all charts are drawn."""
    qtbot.waitUntil(lambda: panel.turns.are_over)


def texts(panel: Layers, column: int) -> list[str]:
    return [panel.model.index(row, column).data() for row in range(panel.model.rowCount())]


def visible(panel: Layers) -> list[str]:
    return [name for name, chart in panel.charts.items() if chart.isVisible()]


# -------------------------------------------------------------------------------------------------------------- list


def test_layers_stand_in_order_with_shape_updates_and_warnings(panel: Layers) -> None:
    panel.show_subject(subject(warning("hidden"), warning("hidden", rule="frozen_layer"), warning("trainer")))
    names = ["All layers", "FLATTEN", "HIDDEN · kernel", "HIDDEN · bias", "OUTPUT · kernel", "OUTPUT · bias"]
    assert texts(panel, NAME) == names
    assert texts(panel, SHAPE) == ["", "", "8×8", "8", "4×4", "4"]
    assert all(texts(panel, RATIO)[2:])
    assert texts(panel, MARK) == ["dead units", "", "dead units +1", "", "", ""]
    assert panel.model.headerData(MARK, Qt.Orientation.Horizontal) == "Warnings"


def test_each_rule_has_its_words() -> None:
    assert SHORT.keys() == RULES.keys()


def test_the_list_is_walked_with_the_keyboard_and_says_what_is_chosen(panel: Layers) -> None:
    panel.show_subject(subject())
    heard: list[str] = []
    panel.chosen.connect(heard.append)
    panel.table.setFocus()
    for _ in range(3):
        QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert panel.row.key == ("hidden", "bias")
    assert heard == ["flatten", "hidden", "hidden"]
    QTest.keyClick(panel.table, Qt.Key.Key_Home)
    assert panel.row.key == ("", "")
    assert len(heard) == 3, "all layers are no node"


def test_a_node_is_chosen_without_saying_so(panel: Layers) -> None:
    panel.show_subject(subject())
    heard: list[str] = []
    panel.chosen.connect(heard.append)
    panel.choose_node("output")
    assert panel.row.key == ("output", "kernel")
    assert panel.table.currentIndex().row() == 4
    panel.choose_row(("output", "bias"))
    panel.choose_node("output")
    assert panel.row.key == ("output", "bias"), "it is one of its rows"
    panel.choose_node("nowhere")
    assert panel.row.key == ("output", "bias")
    assert not heard


def test_what_was_chosen_stays_so_in_another_training_that_has_it(panel: Layers) -> None:
    panel.show_subject(subject())
    panel.choose_row(("hidden", "kernel"))
    panel.show_subject(None)
    panel.show_subject(subject())
    assert panel.row.key == ("hidden", "kernel")
    panel.show_subject(subject(layers=(dense("other"),)))
    assert panel.row.key == ("", "")


# ------------------------------------------------------------------------------------------------------------ charts


def test_a_layer_has_the_charts_of_what_it_has(panel: Layers, qtbot: QtBot) -> None:
    panel.show_subject(subject())
    assert visible(panel) == ["depth", "updates", "map"]
    panel.choose_row(("hidden", "kernel"))
    assert set(visible(panel)) == {"values", "gradients", "norms", "ratio", "activations", "mean", "shares"}
    drawn(panel, qtbot)
    assert all(panel.charts[name].scale is not None for name in visible(panel))
    panel.choose_row(("flatten", ""))
    assert not visible(panel)
    assert panel.notes.texts == [
        "This layer has no weights, and applies no activation function: there is nothing to draw."
    ]


def test_of_several_activation_functions_each_has_its_row_its_charts_and_its_figures(
    panel: Layers, qtbot: QtBot
) -> None:
    functions = tuple(ActivationPlace(op, 8) for op in ("softmax", "relu", "relu"))
    block = LayerPlace("block", "Block", (WeightPlace("kernel", (8, 8)),), functions)
    shown = subject(warning("block"), layers=(block,))
    panel.show_subject(shown)
    assert texts(panel, NAME)[1:] == [f"BLOCK · {part}" for part in ("kernel", "softmax", "relu 1", "relu 2")]
    assert texts(panel, SHAPE)[1:] == ["8×8", "8", "8", "8"]
    assert texts(panel, MARK)[1:] == ["dead units", "", "", ""], "said once"
    panel.choose_row(("block", "kernel"))
    assert set(visible(panel)) == {"values", "gradients", "norms", "ratio"}
    for number, part in enumerate(("softmax", "relu 1", "relu 2")):
        panel.choose_row(("block", part))
        assert set(visible(panel)) == {"activations", "mean", "shares"}
        drawn(panel, qtbot)
        figures = shown.history.activation("block", number)
        assert figures is not None
        assert panel.charts["mean"].keys(3)[0].value == pytest.approx(float(figures["mean"][3]))
        (means,) = [values for name, data, _x, values in shown.curves(panel.row) if data == "activation_mean"]
        np.testing.assert_array_equal(means, figures["mean"])
    names = [name for name, data, *_ in shown.curves(Row()) if data == "activation_mean"]
    assert names == ["block/softmax", "block/relu 1", "block/relu 2"]
    assert len([1 for _name, data, *_ in shown.curves(Row()) if data == "norm"]) == 1


def test_the_cross_is_at_one_step_in_all_charts_and_tells_the_values(panel: Layers, qtbot: QtBot) -> None:
    shown = subject()
    panel.show_subject(shown)
    panel.choose_row(("hidden", "kernel"))
    drawn(panel, qtbot)
    norms = panel.charts["norms"]
    place = QPointF(float(norms.across(np.array([101]))[0]), norms.area.center().y())
    QTest.mouseMove(norms, place.toPoint())
    qtbot.waitUntil(lambda: norms.at is not None)
    assert {panel.charts[name].at for name in visible(panel)} == {5}
    weight = shown.history.weight("hidden", "kernel")
    assert weight is not None
    weight_key, gradient_key = norms.keys(5)
    assert weight_key.value == pytest.approx(float(weight["norm"][5]))
    assert gradient_key.value == pytest.approx(float(weight["gradient_norm"][5]))
    norms.setFocus()
    QTest.keyClick(norms, Qt.Key.Key_Right)
    assert {panel.charts[name].at for name in visible(panel)} == {6}
    QTest.keyClick(norms, Qt.Key.Key_Escape)
    assert norms.at is None


def test_a_warning_is_said_in_words_with_its_step_and_marked_in_the_charts(panel: Layers, qtbot: QtBot) -> None:
    panel.show_subject(subject(warning("hidden", 40), warning("trainer", 60)))
    assert panel.notes.texts == [
        "HIDDEN · step 40 · 90 % of the units are dead. Lower the learning rate.",
        "TRAINER · step 60 · 90 % of the units are dead. Lower the learning rate.",
    ]
    panel.choose_row(("hidden", "kernel"))
    assert panel.notes.texts == ["step 40 · 90 % of the units are dead. Lower the learning rate."]
    drawn(panel, qtbot)
    norms = panel.charts["norms"]
    assert norms.timeline.marks == (40,)
    x, colour = float(norms.across(np.array([40]))[0]), panel.grab().toImage()
    at = norms.mapTo(panel, QPoint(round(x), round(norms.area.top()) + 1))
    column = {colour.pixelColor(at.x(), at.y() + dy).name() for dy in range(12)}
    other = {colour.pixelColor(at.x() + 9, at.y() + dy).name() for dy in range(12)}
    assert column - other, "a line stands at the step"


def test_spreads_are_shown_as_ridges_if_one_likes(panel: Layers, qtbot: QtBot) -> None:
    panel.show_subject(subject())
    panel.choose_row(("hidden", "kernel"))
    drawn(panel, qtbot)
    values = panel.charts["values"]
    assert isinstance(values, SpreadChart)
    as_map = values.grab().toImage()
    panel.set_ridges(True)
    drawn(panel, qtbot)
    assert values.grab().toImage() != as_map
    assert values.step_at(QPointF(values.area.center().x(), values.area.bottom() - 1)) == 0
    values.read(380)
    assert values.at == 19
    assert values.cross(19).top() < values.cross(0).top(), "later looks stand behind"


def test_what_vanishes_shows_at_a_glance_and_a_click_leads_to_the_layer(panel: Layers, qtbot: QtBot) -> None:
    layers = tuple(dense(f"l{i}") for i in range(8))
    shown = subject(warning("l2"), layers=layers)
    for i in range(8):
        weight = shown.history.weight(f"l{i}", "kernel")
        assert weight is not None
        weight["gradient_norm"] = 8 * 10.0 ** (i - 8)
    panel.show_subject(shown)
    drawn(panel, qtbot)
    depth = panel.charts["depth"]
    assert isinstance(depth, DepthChart)
    np.testing.assert_allclose(depth.shown.last(), 10.0 ** (np.arange(8) - 8), rtol=1e-5)
    assert depth.shown.warned == {2}
    heights = depth.up(depth.shown.last())
    assert (np.diff(heights) < 0).all(), "it falls to the left"
    heard: list[str] = []
    panel.chosen.connect(heard.append)
    at = QPoint(round(float(depth.across(np.array([5]))[0])), round(depth.area.center().y()))
    QTest.mouseClick(depth, Qt.MouseButton.LeftButton, pos=at)
    assert panel.row.key == ("l5", "kernel")
    assert heard == ["l5"]


def test_what_comes_is_shown(panel: Layers, qtbot: QtBot) -> None:
    shown = subject(looks=5)
    panel.show_subject(shown)
    panel.choose_row(("output", "kernel"))
    drawn(panel, qtbot)
    shown.history.extend(history_of(looks=9).rows[5:])
    panel.refresh()
    drawn(panel, qtbot)
    assert panel.charts["ratio"].timeline.steps.tolist() == list(range(0, 180, 20))


def test_how_looks_are_taken_is_said(panel: Layers) -> None:
    panel.show_subject(subject())
    text = panel._sampling.text()
    assert "every 20 steps, at 32 examples, for at most 0.3 % of the time (2 % while this is shown) and 0.05 s" in text
    assert "20 looks so far" in text
    assert "256 are kept" in text


def test_nothing_is_drawn_of_a_panel_that_is_not_seen(panel: Layers, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.hide()
    calls: list[Any] = []
    monkeypatch.setattr(Chart, "_draw", lambda *_args: calls.append(1))
    panel.show_subject(subject())
    panel.choose_row(("hidden", "kernel"))
    QTest.qWait(60)
    assert not calls
    panel.show()
    QTest.qWait(100)
    assert calls


# ---------------------------------------------------------------------------------------------------------- bad input


def with_rows(change: Any, layers: tuple[LayerPlace, ...] = SMALL, looks: int = 6) -> Subject:
    found = Subject(history_of(layers, looks))
    change(found.history.rows)
    return found


def said(panel: Layers, qtbot: QtBot, shown: Subject, key: tuple[str, str]) -> list[str]:
    panel.show_subject(shown)
    panel.choose_row(key)
    drawn(panel, qtbot)
    panel.charts["norms"].pointed.emit(40.0)
    panel.grab()
    panel.set_ridges(True)
    drawn(panel, qtbot)
    panel.grab()
    return panel.notes.texts


def test_weights_that_are_no_numbers_are_said(panel: Layers, qtbot: QtBot) -> None:
    def spoil(rows: Any) -> None:
        for name in ("norm", "gradient_norm", "update_ratio"):
            rows["weights"][name][3:] = np.nan
        rows["weights"]["values"]["low"][3:] = np.nan
        rows["activations"]["mean"][3:] = np.inf

    assert said(panel, qtbot, with_rows(spoil), ("hidden", "kernel")) == [
        "From step 60 on it holds values that are no finite numbers."
    ]
    panel.choose_row(("", ""))
    drawn(panel, qtbot)
    panel.grab()


def test_weights_that_never_were_numbers_have_empty_charts_that_say_so(panel: Layers, qtbot: QtBot) -> None:
    def spoil(rows: Any) -> None:
        rows["weights"][...] = np.zeros_like(rows["weights"])
        for name in ("norm", "gradient_norm", "update_ratio"):
            rows["weights"][name] = np.nan
        for name in ("values", "gradients"):
            rows["weights"][name]["low"] = np.nan

    said(panel, qtbot, with_rows(spoil), ("hidden", "kernel"))
    assert panel.charts["values"].scale is None
    assert panel.charts["values"].nothing == "No look has found a finite value here."
    assert panel.charts["gradients"].nothing.startswith("The loss does not depend on this weight")


def test_a_single_look_says_that_lines_are_to_come(panel: Layers, qtbot: QtBot) -> None:
    found = said(panel, qtbot, subject(looks=1), ("hidden", "kernel"))
    assert found == ["There is but one look so far; lines appear with the next one."]
    panel.choose_row(("", ""))
    drawn(panel, qtbot)
    panel.grab()


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (WeightPlace("kernel", (8, 8), "frozen"), "This weight is frozen"),
        (WeightPlace("moving_mean", (8,), "kept"), "The layer keeps this weight itself"),
        (WeightPlace("kernel", (0, 8)), "This weight has no elements"),
    ],
)
def test_weights_of_which_nothing_is_known_say_why(place: WeightPlace, text: str, panel: Layers, qtbot: QtBot) -> None:
    layers = (*SMALL, LayerPlace("other", "Dense", (place,)))
    found = said(panel, qtbot, subject(layers=layers, looks=3), ("other", place.name))
    assert len(found) == 1
    assert found[0].startswith(text)
    assert not visible(panel)


def test_a_layer_that_was_frozen_meanwhile_and_a_gradient_of_0_are_said(panel: Layers, qtbot: QtBot) -> None:
    def freeze(rows: Any) -> None:
        rows["weights"]["update_ratio"][4:] = np.nan

    def cut(rows: Any) -> None:
        rows["weights"]["gradient_norm"][4:] = 0
        rows["weights"]["update_ratio"][4:] = 0

    assert said(panel, qtbot, with_rows(freeze), ("hidden", "bias")) == [
        "At the last look it rests: its layer was frozen meanwhile."
    ]
    assert said(panel, qtbot, with_rows(cut), ("hidden", "bias")) == [
        "At the last look its gradient is exactly 0: nothing comes back to here."
    ]
    panel.choose_row(("", ""))
    drawn(panel, qtbot)


def test_a_network_without_weights_that_learn_says_so(panel: Layers, qtbot: QtBot) -> None:
    frozen = tuple(
        replace(layer, weights=tuple(replace(weight, state="frozen") for weight in layer.weights)) for layer in SMALL
    )
    panel.show_subject(subject(layers=frozen))
    assert panel.notes.texts == ["No weight of this network learns: there is nothing to draw."]
    assert not visible(panel)
    panel.show_subject(Subject(history_of((), 3)))
    drawn(panel, qtbot)
    assert texts(panel, NAME) == ["All layers"]


def test_without_a_training_it_says_what_to_do(panel: Layers) -> None:
    panel.show_subject(subject())
    panel.show_subject(None)
    assert panel._empty.isVisible()
    assert texts(panel, NAME) == []
    panel.refresh()
    panel.choose_node("hidden")


def test_layers_that_bear_one_name_are_told_apart(look: Appearance, qtbot: QtBot) -> None:
    panel = Layers({"hidden": "Dense", "output": "Dense"}.get)  # type: ignore[arg-type]
    qtbot.addWidget(panel)
    panel.show_subject(subject(layers=SMALL[1:]))
    assert texts(panel, NAME)[1::2] == ["Dense (hidden) · kernel", "Dense (output) · kernel"]


def test_with_little_room_the_list_does_without_some_columns(panel: Layers) -> None:
    panel.show_subject(subject())
    assert not panel.table.isColumnHidden(SHAPE)
    panel.resize(720, 420)
    QTest.qWait(1)
    assert panel.table.isColumnHidden(SHAPE)
    assert not panel.table.isColumnHidden(MARK)
    panel.charts["depth"].resize(1, 1)
    panel.grab()
