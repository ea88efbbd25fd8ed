"""Keyboard shortcuts: the defaults come from the table of actions, the user's own are remembered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence

from studio.ui.settings import settings

_GROUP = "shortcuts"


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
    """Return a shortcut as a reader of the language in use knows it, such as "Ctrl+Mayús+P"."""
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)
