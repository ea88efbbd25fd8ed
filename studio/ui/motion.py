"""Whether things on the screen may move by themselves."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStyle

from studio.ui.settings import settings

_KEY = "reduced_motion"
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
    Qt.UIEffect.UI_AnimateToolBox,
)


def reduced() -> bool:
    """Return whether nothing is to move: as the user has said, or else as the system says."""
    stored = settings().value(_KEY)
    if stored is not None:
        return str(stored) == "true"
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


def set_reduced(on: bool) -> None:
    """Remember what the user says."""
    settings().setValue(_KEY, "true" if on else "false")
    apply()


def apply() -> None:
    """Let Qt's own menus, lists and tool tips slide and fade, or not: unless the user says no, as the system has it."""
    for effect, as_found in _found().items():
        QApplication.setEffectEnabled(effect, as_found and not reduced())


@cache
def _found() -> dict[Qt.UIEffect, bool]:
    """Return what the system had set when the program began."""
    return {effect: QApplication.isEffectEnabled(effect) for effect in _EFFECTS}
