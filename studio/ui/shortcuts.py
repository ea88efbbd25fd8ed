"""Keyboard shortcuts: the defaults come from the table of actions, the user's own are remembered."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QKeySequence

from studio.ui.i18n import N_, _
from studio.ui.settings import settings

_GROUP: Final = "shortcuts"
# The keys whose names on the keyboard depend on the language, by their names in Qt's portable form.
_KEYS: Final = {
    "Shift": N_("Shift"),
    "Return": N_("Enter"),
    "Enter": N_("Enter"),
    "Del": N_("Del"),
    "Home": N_("Home"),
    "End": N_("End"),
    "Space": N_("Space"),
    "Left": N_("Left"),
    "Right": N_("Right"),
    "Up": N_("Up"),
    "Down": N_("Down"),
    "Backspace": N_("Backspace"),
    "PgUp": N_("PgUp"),
    "PgDown": N_("PgDown"),
}


def shortcuts_of(id: str, defaults: Sequence[str]) -> list[QKeySequence]:
    """Return the shortcuts of the action `id`: the user's, or the `defaults` where there are none."""
    stored = settings().value(f"{_GROUP}/{id}")
    if stored is None:
        texts: Sequence[str] = defaults
    else:
        texts = [text for text in str(stored).split(";;") if text]
    return [QKeySequence(text, QKeySequence.SequenceFormat.PortableText) for text in texts]


def rebind(id: str, texts: Sequence[str] | None) -> None:
    """Remember `texts`, such as ``["Ctrl+K"]``, as the shortcuts of the action `id`; None goes back to the defaults."""
    if texts is None:
        settings().remove(f"{_GROUP}/{id}")
    else:
        settings().setValue(f"{_GROUP}/{id}", ";;".join(texts))


def shown(sequence: QKeySequence) -> str:
    """Return a shortcut as the keyboards of the language in use name it, such as "Ctrl+Mayús+P"."""
    if sys.platform == "darwin":
        return sequence.toString(QKeySequence.SequenceFormat.NativeText)  # signs, the same in all languages
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    return re.sub(r"[A-Za-z]{2,}", lambda match: _(_KEYS.get(match[0], match[0])), text)
