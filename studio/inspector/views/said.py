"""How views say a figure."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QLabel

from studio.ui.i18n import number

#: In place of a figure that there is none of.
NOTHING: Final = "–"


def figure(value: float | None) -> str:
    """Return a figure in words."""
    return NOTHING if value is None else number(value)


def say(label: QLabel, text: str, alarms: bool) -> None:
    """Show a figure, in the colour of an alarm if it should alarm."""
    label.setText(text)
    tone = "bad" if alarms else ""
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        label.style().polish(label)
