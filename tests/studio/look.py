"""The appearance that tests of widgets begin with. A test module of widgets names this one as a plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from studio.canvas import gallery
from studio.ui import i18n, settings, stored
from studio.ui.appearance import Appearance, appearance
from studio.ui.shell import claims, recovery


@pytest.fixture
def look(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Appearance]:
    """The dark theme, in English, with settings of the test's own."""
    for module in (settings, stored):
        monkeypatch.setattr(module, "settings_file", lambda: tmp_path / "config" / "studio.ini")
    monkeypatch.setattr(recovery, "folder", lambda: tmp_path / "copies")
    monkeypatch.setattr(claims, "folder", lambda: tmp_path / "open")
    monkeypatch.setattr(gallery, "folder", lambda: tmp_path / "pictures")
    one = appearance()
    one.start()
    one.set_language("en", remember=False)
    yield one
    i18n.set_language("en")
    # No event loop runs between tests, and only one would delete the widgets that are to go; each restyling
    # would dress them all again.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
