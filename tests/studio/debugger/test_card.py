"""The page that explains a step."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from engine.core.errors import InvalidArgumentError
from studio.debugger.card import StepCard
from studio.run.debug.card import Card, OperandInfo
from studio.run.debug.messages import DebugStopped, Shown
from studio.run.debug.step import Frame
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef
from studio.ui.appearance import appearance
from studio.ui.theme import DARK, LIGHT

NODE = "50% of a/b?#ñ"
INFO = summarise(np.arange(6.0).reshape(2, 3))
CARD = Card(
    "relu", "", (OperandInfo("x", (TensorRef("value", NODE, "y"),), INFO),), (INFO,), {}, 1e-5, source="x = 1\n" * 60
)
STOP = DebugStopped(
    1,
    1,
    "move",
    Shown(0, 1, 3, (Frame("batch", "0"), Frame("phase", "forward"), Frame("node", NODE), Frame("op", "relu#0"))),
    {},
    (),
    (),
    CARD,
)


@pytest.fixture
def card(qtbot: QtBot) -> StepCard:
    made = StepCard(lambda node: f"<{node}>")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def links(card: StepCard, kind: str) -> list[QUrl]:
    return [QUrl(link) for link in re.findall(rf'href="({kind}:[^"]*)"', card.text.toHtml())]


def test_names_of_any_letters_are_shown_and_lead_to_their_node(card: StepCard) -> None:
    card.show_stop(STOP)
    assert f"› <{NODE}> ›" in card.text.toPlainText()
    wanted: list[Any] = []
    card.node_wanted.connect(wanted.append)
    (link,) = links(card, "node")
    card.text.anchorClicked.emit(link)
    assert wanted == [NODE]


def test_operands_and_results_can_be_looked_into(card: StepCard) -> None:
    card.show_stop(STOP)
    wanted: list[Any] = []
    card.tensor_wanted.connect(wanted.append)
    for link in links(card, "tensor"):
        card.text.anchorClicked.emit(link)
    assert wanted == [TensorRef("value", NODE, "y"), TensorRef.of_step(0, 0)]


def test_the_place_to_which_one_has_scrolled_stays_from_step_to_step(card: StepCard) -> None:
    card.show_stop(STOP)
    card.text.verticalScrollBar().setValue(200)
    card.show_stop(replace(STOP, card=replace(CARD, seconds=2e-5)))
    assert "20 µs" in card.text.toPlainText()
    assert card.text.verticalScrollBar().value() == 200


def test_what_has_gone_wrong_is_said_without_a_card_too(card: StepCard) -> None:
    assert card.currentWidget() is not card.text
    error = InvalidArgumentError("{name} is < 0.", hint="Take another.", name="x")
    card.show_stop(replace(STOP, card=None, findings=(error,)))
    assert card.currentWidget() is card.text
    assert "x is < 0. Take another." in card.text.toPlainText()
    card.show_stop(None)
    assert card.currentWidget() is not card.text


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_links_have_the_colour_of_the_theme(card: StepCard, theme: Any) -> None:
    before = appearance().theme.name
    card.show_stop(STOP)
    appearance().set_theme(theme.name, remember=False)
    try:
        assert theme.accent in card.text.toHtml()
    finally:
        appearance().set_theme(before, remember=False)
