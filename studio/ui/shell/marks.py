"""What a tab says of its document beside the title: an icon, and words for its tool tip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from studio.run.controller import RunController
from studio.run.messages import Status
from studio.ui.i18n import N_
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.running import Running

#: The icon, its colour, and the untranslated words.
Mark = tuple[str, str, str]

_TRAINING: Final[Mark] = ("play", "train", N_("It is being trained."))
_PAUSED: Final[Mark] = ("pause", "warn", N_("Its training stands still."))
_MISSING: Final[Mark] = ("triangle-alert", "warn", N_("Its file is gone: it was moved, renamed or deleted."))
_LOCKED: Final[Mark] = ("lock", "dim", N_("Its file is read-only."))
_ELSEWHERE: Final[Mark] = ("app-window", "warn", N_("It is open in another window, too."))
_OUTCOMES: Final[Mapping[Status, Mark]] = {
    "complete": ("circle-check", "ok", N_("It has been trained.")),
    "stopped": ("square", "dim", N_("Its training was stopped.")),
    "failed": ("circle-alert", "bad", N_("Its training failed.")),
}


def marks_of(document: OpenDocument, controller: RunController, running: Running) -> list[Mark]:
    """Return the marks of a document, the most important one first: its icon is shown."""
    outcome = running.outcomes.get(document.number)
    found = (
        (_PAUSED if controller.state == "paused" else _TRAINING, controller.training == document.number),
        (_MISSING, document.is_missing),
        (_ELSEWHERE, document.elsewhere),
        (_LOCKED, document.is_locked),
    )
    return [mark for mark, holds in found if holds] + ([_OUTCOMES[outcome]] if outcome is not None else [])
