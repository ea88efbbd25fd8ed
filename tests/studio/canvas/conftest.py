"""A canvas with the document of `tests/studio/conftest.py`, and a hand for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hand import Hand
from pytestqt.qtbot import QtBot
from real import Show

from studio.canvas.view import CanvasView
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.history import History
from studio.document.nodetype import Catalogue
from studio.document.study import Study
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


@pytest.fixture
def show(qtbot: QtBot, look: object) -> Iterator[Show]:
    """Shows a document on a canvas of 1,400 by 700, all of it in view at 100 %."""
    views: list[CanvasView] = []

    def show(document: Document) -> CanvasView:
        view = CanvasView(History(document), CATALOGUE, DARK)
        study = Study(document, CATALOGUE)

        def analyse() -> None:
            study.advance()
            view.set_analysis(study.result())

        analyse()
        document.subscribe(lambda _edit: analyse())
        qtbot.addWidget(view)
        view.resize(1400, 700)
        view.show()
        view.centerOn(view.canvas.overview.bounds().center())
        view.setFocus()
        qtbot.waitExposed(view)
        views.append(view)
        return view

    yield show
    for view in views:
        view.close_document()
