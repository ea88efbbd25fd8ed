"""A question with a few answers, asked above a window that waits for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

_A = TypeVar("_A")

_ROLES: Final = QMessageBox.ButtonRole
#: What a button does: it goes on, something is lost by it, or all stays as it is.
GO_ON, LOSE, STAY = _ROLES.AcceptRole, _ROLES.DestructiveRole, _ROLES.RejectRole

#: Answers with their texts and what their buttons do.
Answers = Sequence[tuple[_A, str, QMessageBox.ButtonRole]]


class Question(NamedTuple):
    """What is asked, in the language in use.

    Parameters
    ----------
    id
        Name of the box.
    title, text
        Of the box.
    more
        What follows from the answers.
    """

    id: str
    title: str
    text: str
    more: str = ""


def ask(parent: QWidget, question: Question, answers: Answers[_A], default: _A) -> _A:
    """Return the answer that is given; the last one stands for closing the box, too."""
    box = QMessageBox(parent)
    box.setObjectName(question.id)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(question.title)
    box.setText(question.text)
    box.setInformativeText(question.more)
    box.setTextFormat(Qt.TextFormat.PlainText)
    buttons = [(answer, box.addButton(text, role)) for answer, text, role in answers]
    box.setDefaultButton(next(button for answer, button in buttons if answer == default))
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return next((answer for answer, button in buttons if button is clicked), answers[-1][0])
