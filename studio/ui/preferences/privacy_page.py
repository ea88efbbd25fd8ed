"""What the program tells others about its user: nothing."""

from __future__ import annotations

from studio.ui.i18n import N_
from studio.ui.preferences.page import Page


class PrivacyPage(Page):
    """Says so, and what goes over the network all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.section(
            N_("Telemetry"),
            about=N_("There is none. Trenza counts nothing, reports nothing, and never asks whether it may."),
        )
        self.section(
            N_("Network"),
            about=N_(
                "Trenza goes to the network for one thing: a data set that a document asks for, and that is in none of "
                "your folders, is downloaded when you train. The window says so while it happens."
            ),
        )
        self.section(
            N_("On this computer"),
            about=N_(
                "Settings, recent documents, what you added from the search, compiled kernels and copies of unsaved "
                "documents stay in your own folders. The page on folders shows where."
            ),
        )
        self.fill()
