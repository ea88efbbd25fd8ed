"""From tokens to Qt: the palette and the style sheet of a theme."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Final

from PySide6.QtGui import QColor, QPalette

from studio.ui.icons import write_tinted
from studio.ui.resources import resource
from studio.ui.theme import Theme, mix

Role = QPalette.ColorRole

_ROLES: Final = {
    Role.Window: "panel",
    Role.WindowText: "text",
    Role.Base: "panel",
    Role.AlternateBase: "raised",
    Role.Text: "text",
    Role.PlaceholderText: "dim",
    Role.Button: "raised",
    Role.ButtonText: "text",
    Role.ToolTipBase: "raised",
    Role.ToolTipText: "text",
    Role.Highlight: "accent",
    Role.HighlightedText: "on_accent",
    Role.Link: "accent",
    Role.LinkVisited: "op",
    Role.BrightText: "bad",
    Role.Light: "line",
    Role.Midlight: "raised",
    Role.Mid: "line",
    Role.Dark: "line",
    Role.Shadow: "canvas",
}

# The marks that a style sheet can only take from files, and the colour of each.
_MARKS: Final = {
    "chevron-down": ("chevron-down", "dim"),
    "chevron-up": ("chevron-up", "dim"),
    "chevron-left": ("chevron-left", "dim"),
    "chevron-right": ("chevron-right", "dim"),
    "x": ("x", "dim"),
    "tick": ("check", "accent"),
    "check": ("check", "on_accent"),
    "minus": ("minus", "on_accent"),
}


def palette(theme: Theme) -> QPalette:
    """Return the palette for Fusion; what the style sheet does not reach takes its colours from here."""
    result = QPalette()
    for role, token in _ROLES.items():
        result.setColor(role, QColor(getattr(theme, token)))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(derived(theme)["disabled"]))
    return result


def derived(theme: Theme) -> dict[str, str]:
    """Return the colours that are mixed from tokens: states of hovering, selection and the like."""
    return {
        "on_accent": theme.on_accent,
        "hover": mix(theme.raised, theme.text, 0.06),
        "pressed": mix(theme.raised, theme.text, 0.14),
        "selection": mix(theme.panel, theme.accent, 0.24),
        "accent_hover": mix(theme.accent, theme.text, 0.12),
        "edge": mix(theme.line, theme.text, 0.22),
        "scroll": mix(theme.line, theme.text, 0.12),
        "disabled": mix(theme.faint, theme.panel, 0.1),
    }


def style_sheet(theme: Theme, images: Path) -> str:
    """Return the style sheet of a theme; the marks it shows are written into the folder `images`."""
    tokens = {**asdict(theme), **derived(theme), "images": images.as_posix()}
    for file, (icon, token) in _MARKS.items():
        write_tinted(icon, tokens[token], images / f"{file}.svg")
    text = resource("themes", "studio.qss").read_text("utf-8")
    return re.sub(r"\{(\w+)\}", lambda match: str(tokens.get(match[1], match[0])), text)
