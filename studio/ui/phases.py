"""The phases of a training step as a reader sees them: a name, a colour and a sign, since colour never speaks alone."""

from __future__ import annotations

from typing import Final

from studio.ui.i18n import N_

#: What the ops of a training step are for: a name, the token of its colour, and a sign, for colour alone says nothing.
PHASES: Final[dict[str, tuple[str, str, str]]] = {
    "data": (N_("Data"), "data", "▪"),
    "forward": (N_("Forward"), "accent", "▸"),
    "loss": (N_("Loss"), "loss", "▸"),
    "metrics": (N_("Metrics"), "view", "▸"),
    "backward": (N_("Backward"), "bad", "◂"),
    "update": (N_("Update"), "ok", "↻"),
    "program": (N_("Program"), "op", "▸"),
}
