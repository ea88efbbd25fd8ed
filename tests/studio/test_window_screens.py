"""Every scene that is photographed comes about, and clips no text in either language."""

from __future__ import annotations

import time

import pytest
from PySide6.QtTest import QTest
from screens.clipped import clipped
from screens.scenes import SCENES
from screens.views import VIEW_SCENES
from user import Open, User

from studio.ui.appearance import Appearance
from studio.ui.i18n import LANGUAGES

pytest_plugins = ("look", "window")


def clips_nothing(user: User, scene: str) -> None:
    SCENES[scene](user.window)
    end = time.monotonic() + 5.0
    while list(clipped(user.window)) and time.monotonic() < end:  # what has just come has no place of its own yet
        QTest.qWait(50)
    assert list(clipped(user.window)) == [], scene
    if user.window.canvas is not None:
        user.window.canvas.cancel_gesture()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", sorted(SCENES.keys() - VIEW_SCENES.keys()))
def test_no_text_is_clipped(open_window: Open, look: Appearance, scene: str, language: str) -> None:
    user = open_window()
    look.set_language(language, remember=False)
    clips_nothing(user, scene)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_view_is_clipped(open_window: Open, look: Appearance, language: str) -> None:
    user = open_window()
    look.set_language(language, remember=False)
    for scene in VIEW_SCENES:
        clips_nothing(user, scene)
