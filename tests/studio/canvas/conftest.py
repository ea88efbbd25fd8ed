"""A canvas with the document of `tests/studio/conftest.py`, and a hand for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hand import Hand
from pytestqt.qtbot import QtBot

from studio.canvas.view import CanvasView
from studio.document.history import History
from studio.document.nodetype import Catalogue
from studio.ui.theme import DARK


@pytest.fixture
def canvas(qtbot: QtBot, history: History, catalogue: Catalogue) -> Iterator[CanvasView]:
    """A canvas of 1,500 by 800 that shows the whole document at 100 %."""
    view = CanvasView(history, catalogue, DARK)
    qtbot.addWidget(view)
    view.resize(1500, 800)
    view.show()
    view.centerOn(670, 200)
    view.setFocus()
    qtbot.waitExposed(view)
    yield view
    view.close_document()


@pytest.fixture
def hand(canvas: CanvasView) -> Hand:
    """A hand for `canvas`."""
    return Hand(canvas)
