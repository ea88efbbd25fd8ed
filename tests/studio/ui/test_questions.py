"""Questions are asked once, answered by a button or by Escape, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.library import questions
from studio.ui.shell import files

pytest_plugins = ("look",)

NAME = "<b>mine</b>"

#: Each question, and the answers that its buttons and its default stand for.
QUESTIONS: dict[str, tuple[Callable[[QWidget, str], object], dict[str, object], str]] = {
    "unsaved_changes": (files.ask_about_changes, {"Save": "save", "Discard": "discard", "Cancel": "cancel"}, "Save"),
    "replaces_open": (files.ask_to_replace_open, {"Replace": True, "Cancel": False}, "Cancel"),
    "changed_on_disk": (files.ask_to_overwrite, {"Overwrite": True, "Cancel": False}, "Cancel"),
    "library_namesake": (
        questions.ask_about_namesake,
        {"Replace it": "replace", "Keep both": "both", "Cancel": "cancel"},
        "Keep both",
    ),
    "library_delete": (questions.ask_to_delete, {"Delete": True, "Cancel": False}, "Cancel"),
}


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("id", QUESTIONS)
def test_a_question_is_answered_by_its_buttons_return_and_escape(qtbot: QtBot, id: str) -> None:
    question, answers, default = QUESTIONS[id]
    window = QWidget()
    qtbot.addWidget(window)
    seen: list[QMessageBox] = []

    def asked(act: Callable[[QMessageBox], object]) -> object:
        def look() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            seen.append(box)
            assert (box.objectName(), box.textFormat()) == (id, Qt.TextFormat.PlainText)
            assert NAME in box.text()
            act(box)

        QTimer.singleShot(0, look)
        answer = question(window, NAME)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert window.findChildren(QMessageBox) == [], "an answered question is gone"
        return answer

    for text, answer in answers.items():
        press = lambda box, text=text: next(b for b in box.buttons() if b.text() == text).click()  # noqa: E731
        assert asked(press) == answer
    assert asked(lambda box: QTest.keyClick(box, Qt.Key.Key_Return)) == answers[default]
    assert asked(lambda box: QTest.keyClick(box, Qt.Key.Key_Escape)) == answers["Cancel"]
    assert len(seen) == len(answers) + 2
