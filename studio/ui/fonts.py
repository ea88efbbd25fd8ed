"""The fonts that ship with the program: Inter for text, JetBrains Mono for numbers and code."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from studio.ui.resources import resource

SANS: Final = "Inter"
MONO: Final = "JetBrains Mono"

_FILES: Final = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Bold.ttf",
)


@cache
def load() -> None:
    """Make the fonts known to Qt; needs a QGuiApplication."""
    for name in _FILES:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def sans(px: int = 13, weight: int = 400) -> QFont:
    """Return the font of texts: `weight` is 400 (regular), 500 (medium) or 600 (semibold)."""
    return QFont(_font(SANS, QFont.StyleHint.SansSerif, px, weight))


def mono(px: int = 12, weight: int = 400) -> QFont:
    """Return the font of numbers and code: `weight` is 400 (regular) or 700 (bold)."""
    return QFont(_font(MONO, QFont.StyleHint.Monospace, px, weight))


def heading() -> QFont:
    """Return the font of section headings: 11 px capitals, spaced 6 %."""
    font = sans(11, 600)
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    return font


@cache  # a list of 20 lines asks for 100 while it is painted, each of which takes 20 µs; a copy takes 1
def _font(family: str, hint: QFont.StyleHint, px: int, weight: int) -> QFont:
    load()
    font = QFont(family)
    font.setStyleHint(hint)
    font.setPixelSize(px)
    font.setWeight(QFont.Weight(weight))
    # Full hinting rounds the advance widths of 11 px labels and makes them uneven.
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font
