"""What the user is asked about the library."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QWidget

from studio.ui.i18n import _
from studio.ui.widgets.question import GO_ON, LOSE, STAY, Answers, Question, ask

Answer = Literal["replace", "both", "cancel"]


def ask_about_namesake(parent: QWidget, title: str) -> Answer:
    """Return what shall become of another function in the library that is called the same."""
    question = Question(
        "library_namesake",
        _("Put into my library"),
        _("Another function in your library is called '{title}'.").format(title=title),
        _("Documents that hold the other one keep it, whatever you choose."),
    )
    answers: Answers[Answer] = (
        ("replace", _("Replace it"), LOSE),
        ("both", _("Keep both"), GO_ON),
        ("cancel", _("Cancel"), STAY),
    )
    return ask(parent, question, answers, default="both")


def ask_to_delete(parent: QWidget, name: str) -> bool:
    """Return whether something may go from the library for good."""
    question = Question(
        "library_delete",
        _("Delete from my library"),
        _("Delete '{name}' from your library?").format(name=name),
        _("Documents that hold it keep it. The file cannot be brought back."),
    )
    return ask(parent, question, ((True, _("Delete"), LOSE), (False, _("Cancel"), STAY)), default=False)
