"""Every scene that is photographed comes about, and clips no text in either language."""

from __future__ import annotations

import time

import pytest
from PySide6.QtTest import QTest
from screens.clipped import clipped
from screens.scenes import SCENES
from user import Open

from studio.ui.appearance import Appearance
from studio.ui.i18n import LANGUAGES

pytest_plugins = ("look", "window")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_no_text_is_clipped(open_window: Open, look: Appearance, scene: str, language: str) -> None:
    user = open_window()
    look.set_language(language, remember=False)
    SCENES[scene](user.window)
    end = time.monotonic() + 5.0
    while list(clipped(user.window)) and time.monotonic() < end:  # what has just come has no place of its own yet
        QTest.qWait(50)
    assert list(clipped(user.window)) == []
    if user.window.canvas is not None:
        user.window.canvas.cancel_gesture()
