"""Whether things on the screen may move by themselves."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStyle

from studio.ui.settings import settings

_KEY = "reduced_motion"


def reduced() -> bool:
    """Return whether nothing is to move: as the user has said, or else as the system says."""
    stored = settings().value(_KEY)
    if stored is not None:
        return str(stored) == "true"
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


def set_reduced(on: bool) -> None:
    """Remember what the user says."""
    settings().setValue(_KEY, "true" if on else "false")
